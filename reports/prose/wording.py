"""Words that reports get wrong, as data: `wording.toml` of the country and of the bureau.

A folder that was adopted before there was such a file has the one of this program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from domain.bureau.bureau import Bureau
from domain.bureau.reading import NATIONAL, WORDING
from domain.bureau.reading.tables import Document, Table
from domain.bureau.reading.wrong import Wrong
from infra.bureaus import national_file


@dataclass(frozen=True, slots=True)
class Phrase:
    """A set phrase that is often written wrongly."""

    wrong: re.Pattern[str]
    right: str


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A title that no law has, and those that are meant."""

    wrong: str
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is not counted in some units: households are not counted in persons."""

    of: re.Pattern[str]
    wrong: tuple[str, ...]
    right: str


@dataclass(frozen=True, slots=True)
class Whole:
    """Parts that make up a whole: their sum is that of the whole, nothing is left over."""

    parts: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that claim more than one case: with what they are borne out."""

    words: re.Pattern[str]
    first: bool
    """Whether they claim to be before or above others: then no number bears them out."""


@dataclass(frozen=True, slots=True)
class Wording:
    """All of them."""

    phrases: tuple[Phrase, ...] = ()
    misnamed: tuple[Misnamed, ...] = ()
    titles: frozenset[str] = frozenset()
    """Of laws that exist and stand in no list of editions."""
    units: tuple[Unit, ...] = ()
    wholes: tuple[Whole, ...] = ()
    claims: tuple[Claim, ...] = ()


def of(bureau: Bureau) -> Wording:
    """What a bureau's reports are checked by."""
    return _read(bureau)[0]


def check(bureau: Bureau) -> list[Wrong]:
    """All that is wrong with a bureau's own words, each with file and line."""
    return list(_read(bureau)[1])


@lru_cache(maxsize=16)
def _read(bureau: Bureau) -> tuple[Wording, tuple[Wrong, ...]]:
    wrong: list[Wrong] = []
    own = Document(WORDING, bureau.files.get(WORDING, b""), wrong)
    country = bureau.files.get(NATIONAL + WORDING) or national_file(WORDING)
    documents = (own, Document(NATIONAL + WORDING, country, wrong))
    made = Wording(
        phrases=tuple(one for d in documents for one in _phrases(d)),
        misnamed=tuple(one for d in documents for one in _misnamed(d)),
        titles=frozenset(one for d in documents for one in d.top.texts("titles")),
        units=tuple(one for d in documents for one in _units(d)),
        wholes=tuple(one for d in documents for one in _wholes(d)),
        claims=tuple(one for d in documents for one in _claims(d)),
    )
    for document in documents:
        document.top.end()
    return made, tuple(wrong)


def _pattern(table: Table, key: str) -> re.Pattern[str] | None:
    return _compiled(table, key, table.text(key))


def _compiled(table: Table, key: str, text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        table.note(key, f"{key} is no regular expression: {error}", "such as 法制政府")
        return None


def _phrases(document: Document) -> Iterator[Phrase]:
    for table in document.top.tables("phrase"):
        wrong, right = _pattern(table, "wrong"), table.text("right")
        table.end()
        if wrong and right:
            yield Phrase(wrong, right)


def _misnamed(document: Document) -> Iterator[Misnamed]:
    for table in document.top.tables("misnamed"):
        wrong, right = table.text("wrong"), table.texts("right", needed=True)
        table.text("read")
        table.flag("checked", default=True)
        table.end()
        if wrong and right:
            yield Misnamed(wrong, right)


def _units(document: Document) -> Iterator[Unit]:
    for table in document.top.tables("unit"):
        what, wrong = _pattern(table, "of"), table.texts("wrong", needed=True)
        right = table.text("right")
        table.end()
        if what and wrong and right:
            yield Unit(what, wrong, right)


def _wholes(document: Document) -> Iterator[Whole]:
    for table in document.top.tables("whole"):
        named = table.texts("parts", needed=True)
        parts = [_compiled(table, "parts", one) for one in named]
        table.end()
        if parts and all(parts):
            yield Whole(tuple(one for one in parts if one))


def _claims(document: Document) -> Iterator[Claim]:
    for table in document.top.tables("claim"):
        words, first = _pattern(table, "words"), table.flag("first")
        table.end()
        if words:
            yield Claim(words, first)
