"""Searching texts as people write them: any width of letters, several words, all of them.

Chinese is not cut into words: a text holds a word where its characters stand in it side by side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

LONGEST_SNIPPET = 120


class Text(NamedTuple):
    """Something that can be found: what it is called, what stands in it, and where it is."""

    title: str
    address: str
    body: str
    folded: str
    """All that is searched, in one spelling."""


class Piece(NamedTuple):
    """Part of a text, and whether it was looked for."""

    text: str
    found: bool


def folded(text: str) -> str:
    """One spelling of a text: full-width letters and capitals are as good as others.

    Sign by sign, so that each sign of the result belongs to one of the text.
    """
    return "".join(map(_fold, text))


def words(asked: str) -> tuple[str, ...]:
    """The words that are looked for, each once."""
    return tuple(dict.fromkeys(folded(asked).split()))


def text(title: str, address: str, body: str = "", *more: str) -> Text:
    """Something that is found by its title, its body, or by more that is not shown."""
    return Text(title, address, body, folded("\n".join((title, body, *more))))


def find(texts: Iterable[Text], looked_for: Sequence[str]) -> list[Text]:
    """Those that hold all words, in their order; those whose title does come first."""
    found = [item for item in texts if all(word in item.folded for word in looked_for)]
    return sorted(found, key=lambda item: not _holds(folded(item.title), looked_for))


def marked(body: str, looked_for: Sequence[str]) -> list[Piece]:
    """A text in pieces, from a little before the first word on."""
    signs, of = [], []
    for index, sign in enumerate(body):
        for one in _fold(sign):
            signs.append(one)
            of.append(index)
    spelled = "".join(signs)
    hit = set[int]()
    for word in looked_for:
        at = spelled.find(word)
        while at >= 0:
            hit.update(of[at : at + len(word)])
            at = spelled.find(word, at + len(word))
    first = max(0, min(hit, default=0) - LONGEST_SNIPPET // 3)
    last = first + LONGEST_SNIPPET
    pieces = [Piece("…", found=False)] if first else []
    for index in range(first, min(last, len(body))):
        if pieces and pieces[-1].found == (index in hit) and pieces[-1].text != "…":
            pieces[-1] = Piece(pieces[-1].text + body[index], index in hit)
        else:
            pieces.append(Piece(body[index], index in hit))
    return pieces + ([Piece("…", found=False)] if last < len(body) else [])


def _fold(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).casefold()


def _holds(spelled: str, looked_for: Sequence[str]) -> bool:
    return all(word in spelled for word in looked_for)
