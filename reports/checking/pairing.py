"""Which sign of what was handed in is which sign of what we said: by the words around it.

Lines that read the same but for their numbers are paired first; what is left between them is
aligned sign by sign, so that a paragraph that was cut in two, or put together with another, is no
difference. A number that finds no partner so is looked for by its bookmark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from reports.checking.expected import Expected, Line
from reports.checking.tokens import NUMBER, Token, of_blocks, signs
from reports.handed.file import Handed
from reports.manifest import Marked

MOST = 12_000
"""Signs that are aligned at once, on either side: a rewritten yearbook would take hours."""
_SHORT = 4
"""A piece of the frame so short counts only in a line that is made of such pieces."""
_LONGEST_LINE = 400
_MARKS = "-()[]:;,.。、|*·~"
_PAGE = re.compile(rf"[-·第共/]*{NUMBER}[-·页/]*(?:[-·第共/]*{NUMBER}[-·页]*)?")
"""The number of a page."""


@dataclass
class Paired:
    """The signs of both sides, and for each of ours the place of its partner, or None."""

    expected: Expected
    handed: Handed
    ours: list[Token] = field(default_factory=list)
    of: list[Marked | None] = field(default_factory=list)
    """What number or claim each of our signs belongs to."""
    lines: list[Line] = field(default_factory=list)
    """Our lines, by the number that tokens have."""
    theirs: list[Token] = field(default_factory=list)
    partner: list[int | None] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    """Where among theirs a sign of ours would stand."""
    taken: list[bool] = field(default_factory=list)
    """Of theirs: whether it is some sign's partner, or of the frame."""
    framed: list[bool] = field(default_factory=list)

    def pair(self, ours: int, theirs: int) -> None:
        self.partner[ours] = theirs
        self.near[ours] = theirs
        self.taken[theirs] = True

    def written(self) -> frozenset[int]:
        """The blocks of theirs in which something is of staff, or of nobody that we know."""
        known = {
            partner
            for n, partner in enumerate(self.partner)
            if partner is not None and not self.lines[self.ours[n].line].by_staff
        }
        return frozenset(
            token.line
            for n, token in enumerate(self.theirs)
            if n not in known and not self.framed[n]
        )

    def said(self, start: int, end: int) -> str:
        """What they say between two of their signs, as it stands there."""
        pieces = []
        part = self.theirs[start:end]
        for n, token in enumerate(part):
            if n and part[n - 1].line != token.line:
                pieces.append(" ")
            elif n:
                pieces.append(self._between(part[n - 1], token))
            pieces.append(self.handed.blocks[token.line].text[token.start : token.end])
        return "".join(pieces)

    def _between(self, one: Token, other: Token) -> str:
        text = self.handed.blocks[one.line].text[one.end : other.start]
        return " " if text and text.isspace() else text


def pair(expected: Expected, handed: Handed) -> Paired:
    """Align a document with what was handed in."""
    made = Paired(expected, handed)
    theirs = of_blocks(handed)
    for line in expected.lines:
        made.lines.append(line)
        made.ours += line.tokens
        made.of += line.of
    for found in theirs:
        made.theirs += found
    made.partner = [None] * len(made.ours)
    made.near = [0] * len(made.ours)
    made.taken = [False] * len(made.theirs)
    made.framed = [False] * len(made.theirs)
    ours_at = _starts([line.tokens for line in expected.lines])
    theirs_at = _starts(theirs)
    matcher = SequenceMatcher(
        None,
        [signs(line.tokens) for line in expected.lines],
        [signs(found) for found in theirs],
        autojunk=False,
    )
    for change, i1, i2, j1, j2 in matcher.get_opcodes():
        if change == "equal":
            for ours, partner in zip(
                range(ours_at[i1], ours_at[i2]), range(theirs_at[j1], theirs_at[j2]), strict=True
            ):
                made.pair(ours, partner)
        else:
            _align(made, (ours_at[i1], ours_at[i2]), (theirs_at[j1], theirs_at[j2]))
    _moved(made)
    _by_marks(made)
    return made


def _starts(lines: Sequence[Sequence[Token]]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def _align(made: Paired, ours: tuple[int, int], theirs: tuple[int, int]) -> None:
    """Sign by sign; of theirs without what belongs to the frame."""
    mine = range(*ours)
    for place in mine:
        made.near[place] = theirs[0]
    _frame(made, ours, theirs)
    yours = [n for n in range(*theirs) if not made.taken[n]]
    if not mine or not yours or len(mine) > MOST or len(yours) > MOST:
        return
    matcher = SequenceMatcher(
        None,
        signs(made.ours[ours[0] : ours[1]]),
        "".join(made.theirs[n].sign for n in yours),
        autojunk=False,
    )
    for change, i1, i2, j1, j2 in matcher.get_opcodes():
        at = yours[min(j1, len(yours) - 1)]
        for place in mine[i1:i2]:
            made.near[place] = at
        if change == "equal":
            for place, partner in zip(mine[i1:i2], yours[j1:j2], strict=True):
                made.pair(place, partner)
        elif change == "replace":
            _numbers(made, mine[i1:i2], yours[j1:j2])


def _numbers(made: Paired, ours: Sequence[int], theirs: Sequence[int]) -> None:
    """Where words were replaced, too: numbers of the same value, then in their order."""
    mine = [n for n in ours if made.ours[n].is_number]
    yours = [n for n in theirs if made.theirs[n].is_number]
    matcher = SequenceMatcher(
        None,
        [made.ours[n].value for n in mine],
        [made.theirs[n].value for n in yours],
        autojunk=False,
    )
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        for place, partner in zip(mine[i1:i2], yours[j1:j2], strict=False):
            made.pair(place, partner)


def _frame(made: Paired, ours: tuple[int, int], theirs: tuple[int, int]) -> None:
    """Take what belongs to the frame off: long pieces anywhere, lines that are made of pieces."""
    mine = signs(made.ours[slice(*ours)])
    for piece in made.expected.frame:
        wanted = signs(piece)
        if len(piece) <= _SHORT or wanted in mine:
            continue  # it may be a line of ours that was changed
        free = [n for n in range(*theirs) if not made.taken[n]]
        text = "".join(made.theirs[n].sign for n in free)
        at = text.find(wanted)
        while at >= 0:
            _take_same(made, free[at : at + len(wanted)], piece)
            at = text.find(wanted, at + len(wanted))
    lines = {signs(line.tokens) for line in made.lines[_line_of(made, ours[0]) :]}
    for line in by_line(made, theirs):
        rest = [n for n in line if not made.taken[n]]
        text = "".join(made.theirs[n].sign for n in rest)
        if text in lines:
            continue
        if _PAGE.fullmatch(text) or _made_of(made, rest):
            _take(made, rest)


def _line_of(made: Paired, place: int) -> int:
    return made.ours[place].line if place < len(made.ours) else len(made.lines)


def _made_of(made: Paired, places: Sequence[int]) -> bool:
    """Whether a line is nothing but pieces of the frame and marks between them."""
    if len(places) > _LONGEST_LINE or all(made.theirs[n].sign in _MARKS for n in places):
        return False
    reached = {0}
    for at in range(len(places)):
        if at not in reached:
            continue
        if made.theirs[places[at]].sign in _MARKS:
            reached.add(at + 1)
        for piece in made.expected.frame:
            end = at + len(piece)
            if end not in reached and _same(made, places[at:end], piece):
                reached.add(end)
    return len(places) in reached


def _take_same(made: Paired, places: Sequence[int], piece: Sequence[Token]) -> None:
    if _same(made, places, piece):
        _take(made, places)


def _same(made: Paired, places: Sequence[int], piece: Sequence[Token]) -> bool:
    """Whether these are the piece, numbers by their values."""
    return len(places) == len(piece) and all(
        (made.theirs[n].sign, made.theirs[n].value) == (token.sign, token.value)
        for n, token in zip(places, piece, strict=True)
    )


def _take(made: Paired, places: Sequence[int]) -> None:
    for n in places:
        made.taken[n] = made.framed[n] = True


def by_line(made: Paired, theirs: tuple[int, int]) -> list[list[int]]:
    """Places of theirs, line by line."""
    found: dict[int, list[int]] = {}
    for n in range(*theirs):
        found.setdefault(made.theirs[n].line, []).append(n)
    return list(found.values())


def _moved(made: Paired) -> None:
    """A line that was moved elsewhere, whole: it is found by its words."""
    free: dict[str, list[list[int]]] = {}
    for line in by_line(made, (0, len(made.theirs))):
        if not any(made.taken[n] for n in line):
            free.setdefault("".join(made.theirs[n].sign for n in line), []).append(line)
    start = 0
    for said in made.lines:
        places = range(start, start + len(said.tokens))
        start += len(said.tokens)
        if any(made.partner[n] is not None for n in places):
            continue
        found = free.get(signs(said.tokens))
        if found:
            for ours, theirs in zip(places, found.pop(0), strict=True):
                made.pair(ours, theirs)


def _by_marks(made: Paired) -> None:
    """Numbers without a partner whose bookmark still holds a number that has none.

    A number in another one's bookmark is no partner, but where it has the very value.
    """
    known = {of_it.mark for of_it in made.of if of_it is not None}
    marked = {n: mark for n in range(len(made.theirs)) if (mark := _mark_of(made, n)) in known}
    undone = [(n, partner) for n, partner in enumerate(made.partner) if _strange(made, n, marked)]
    for n, partner in undone:
        made.partner[n] = None
        made.taken[partner or 0] = False
    held = {mark: n for n, mark in reversed(marked.items()) if not made.taken[n]}
    for n, token in enumerate(made.ours):
        of_it = made.of[n]
        if token.is_number and made.partner[n] is None and of_it is not None:
            found = held.pop(of_it.mark, None)
            if found is not None:
                made.pair(n, found)
    for n, partner in undone:
        # A bookmark that was pasted with its number: the number stands where another should.
        if partner is not None and made.partner[n] is None and not made.taken[partner]:
            made.pair(n, partner)


def _strange(made: Paired, place: int, marked: Mapping[int, str]) -> bool:
    """Whether the partner of a number of ours stands in the bookmark of another, and differs."""
    partner, of_it = made.partner[place], made.of[place]
    if partner is None or of_it is None or not made.ours[place].is_number:
        return False
    other = marked.get(partner, of_it.mark) != of_it.mark
    return other and made.theirs[partner].value != made.ours[place].value


def _mark_of(made: Paired, place: int) -> str:
    """The bookmark that a number of theirs stands in; empty where there is none."""
    token = made.theirs[place]
    if not token.is_number:
        return ""
    marks = made.handed.blocks[token.line].marks
    return next((mark.name for mark in marks if mark.start <= token.start < mark.end), "")
