"""Texts that are shown no more (隐去文字): a number in a report, a name in a title.

A record of the journal says where such a piece stands: entry, JSON pointer, first and last sign. It
does not repeat it. From then on no view of any moment shows the piece, wherever it stands, but
`MARK`; what is recorded, signed and hashed stays as it is. Where a piece is too common to be left
out everywhere (a name that is also a village's), the record names the words around it, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

import asyncpg
import msgspec

from domain.catalogue import EVENTS
from domain.form import convert, open_form
from ledger import journal
from ledger.journal import Deed, Note, Said
from ledger.store import END

WITHHELD: Literal["text-withheld"] = "text-withheld"
SHOWN_AGAIN: Literal["text-shown-again"] = "text-shown-again"
SUBJECT = "entry/"
"""Before the position, the subject of the records."""
KINDS = f"kind IN ('{WITHHELD}', '{SHOWN_AGAIN}')"
MARK = "【涉及个人隐私，已隐去】"
LONGEST = 200
"""Signs of a piece, and of the words around it."""
SURE = 6
"""So many digits or letters in a piece are nobody's village."""
_SEPARATORS = " \u00a0\u3000-"
_SEPARATOR = f"[{_SEPARATORS}]?"
_OF_NUMBERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WIDE = 0xFEE0
"""From a sign of ASCII to the full-width one."""


class CannotWithhold(ValueError):
    """The text cannot be withheld so; the message says what to do."""


class Place(NamedTuple):
    """Where a text stands: entry, JSON pointer to the field, first sign and the one after it."""

    position: int
    type: str
    stream: str
    pointer: str
    text: str
    """The whole field."""
    start: int
    end: int
    readable: bool = True
    """Whether the entry can be read without what stands there; a day or a code is no prose."""


class Piece(NamedTuple):
    """What is shown no more, between what stands before and after it."""

    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A record that says so."""

    ledger: str
    number: int
    at: datetime
    position: int
    pointer: str
    by: str
    why: str
    facts: Mapping[str, Any]
    shown_again: Note | None = None
    """The record that takes it back."""


# The pieces, as a pattern that Python and PostgreSQL understand alike.


def pattern_of(pieces: Iterable[Piece]) -> str:
    """A regular expression for all of them, the longest first; empty where there are none."""
    several = sorted(set(pieces), key=lambda piece: (-len(piece.text), piece))
    return "|".join(
        (f"(?<={_spelled(before)})" if before else "")
        + _spelled(text, apart=is_number(text))
        + (f"(?={_spelled(after)})" if after else "")
        for before, text, after in several
    )


def is_number(text: str) -> bool:
    """Whether it holds a number or code, that nothing else is called by."""
    plain = [sign for sign in map(_plain, text) if sign in _OF_NUMBERS]
    return len(plain) >= SURE and any(sign.isdigit() for sign in plain)


def _spelled(text: str, *, apart: bool = False) -> str:
    """A text in every width of its letters and digits, those of a number also set apart."""
    signs = [sign for sign in text if not (apart and sign in _SEPARATORS)]
    return (_SEPARATOR if apart else "").join(map(_sign, signs))


def _sign(sign: str) -> str:
    """One sign, as it may be typed otherwise."""
    plain = _plain(sign)
    if plain not in _OF_NUMBERS:
        return re.escape(sign) if sign.isascii() else sign
    both = sorted({plain.lower(), plain.upper()})
    return f"[{''.join(both + [chr(ord(each) + _WIDE) for each in both])}]"


def _plain(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign)


# What stands in the journal.


async def read(connection: asyncpg.Connection, ledger: str, to: int = END) -> list[Withheld]:
    """All that was ever withheld in a ledger, in order, with what is shown again.

    `to`: as the journal told of it up to that number.
    """
    rows = await connection.fetch(
        f"SELECT {', '.join(journal.COLUMNS)} FROM ledger.journal"
        f" WHERE ledger = $1 AND {KINDS} AND number <= $2 ORDER BY number",
        ledger,
        to,
    )
    return _told(Note(*row) for row in rows)


async def stamp(connection: asyncpg.Connection) -> tuple[int, int]:
    """What is another pair as soon as anything is withheld or shown again, in any ledger.

    The first number only grows.
    """
    count, numbers = await connection.fetchrow(
        f"SELECT count(*), coalesce(sum(number), 0)::bigint FROM ledger.journal WHERE {KINDS}"
    )
    return count, numbers


async def pieces(connection: asyncpg.Connection) -> list[Piece]:
    """What is withheld by now, of all ledgers of the database."""
    rows = await connection.fetch(
        f"SELECT {', '.join(journal.COLUMNS)} FROM ledger.journal"
        f" WHERE {KINDS} ORDER BY ledger, number"
    )
    told = [each for each in _told(Note(*row) for row in rows) if each.shown_again is None]
    return [await _piece(connection, each) for each in told]


def _told(notes: Iterable[Note]) -> list[Withheld]:
    found: dict[tuple[str, int], Withheld] = {}
    for note in notes:
        if note.kind == SHOWN_AGAIN:
            again = found[note.ledger, note.facts["number"]]
            found[note.ledger, again.number] = replace(again, shown_again=note)
            continue
        position = int(note.subject.removeprefix(SUBJECT))
        found[note.ledger, note.number] = Withheld(
            note.ledger,
            note.number,
            note.recorded_at,
            position,
            note.facts["pointer"],
            note.by or "",
            note.why or "",
            note.facts,
        )
    return list(found.values())


async def _piece(connection: asyncpg.Connection, told: Withheld) -> Piece:
    open_part = await connection.fetchval(
        "SELECT open FROM ledger.entry WHERE ledger = $1 AND position = $2",
        told.ledger,
        told.position,
    )
    text = dict(texts(msgspec.json.decode(open_part)))[told.pointer]
    facts = told.facts
    return Piece(
        text[facts["within_from"] : facts["from"]],
        text[facts["from"] : facts["to"]],
        text[facts["to"] : facts["within_to"]],
    )


def texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """All texts in a JSON value, each with its pointer (RFC 6901)."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from texts(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, Sequence):
        for number, inner in enumerate(value):
            yield from texts(inner, f"{pointer}/{number}")


# Withholding.


async def places(
    connection: asyncpg.Connection, ledger: str, piece: Piece, most: int | None = None
) -> list[Place]:
    """Where a piece stands in the data of entries and is not withheld yet, in order of position.

    Reads the whole ledger, as it is recorded, or as far as `most` places.
    """
    pattern, known = pattern_of([piece]), pattern_of(await pieces(connection))
    wanted, gone = re.compile(pattern), re.compile(known) if known else None
    found: list[Place] = []
    async for position, kind, stream, open_part in connection.cursor(
        "SELECT position, type, stream, open FROM ledger.entry WHERE ledger = $1"
        " AND (convert_from(open, 'UTF8') ~ $2 OR strpos(convert_from(open, 'UTF8'), '\\u') > 0)"
        " ORDER BY position",
        ledger,
        pattern,
    ):
        data = msgspec.json.decode(open_part).get("data")
        before = len(found)
        for pointer, text in texts(data, "/data"):
            spans = [match.span() for match in gone.finditer(text)] if gone else []
            for start, end in (match.span() for match in wanted.finditer(text)):
                if not any(first <= start and end <= last for first, last in spans):
                    found.append(Place(position, kind, stream, pointer, text, start, end))
        if len(found) > before and _reads(kind, data) and not _reads(kind, _blanked(data, wanted)):
            found[before:] = [each._replace(readable=False) for each in found[before:]]
        if most is not None and len(found) >= most:
            break
    return found[:most]


def _reads(type_name: str, data: Any) -> bool:
    """Whether views can read data of an entry; of a type that is not known they do not try."""
    if type_name not in EVENTS:
        return True
    try:
        convert(data, open_form(EVENTS[type_name]))
    except (msgspec.ValidationError, ValueError):
        return False
    return True


def _blanked(value: Any, wanted: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return wanted.sub(MARK, value)
    if isinstance(value, Mapping):
        return {name: _blanked(inner, wanted) for name, inner in value.items()}
    if isinstance(value, list):
        return [_blanked(inner, wanted) for inner in value]
    return value


def piece_of(text: str, within: str = "") -> Piece:
    """A text, and the words that it stands in. Raises CannotWithhold."""
    for each in (text, within):
        if len(each) > LONGEST or not each.isprintable() or '"' in each or "\\" in each:
            raise CannotWithhold(
                f"文字须为一行，不超过 {LONGEST} 字，不含英文引号和反斜线"
                f' / one line of at most {LONGEST} characters, without " and \\'
            )
    if not text.strip():
        raise CannotWithhold("没有写明要隐去的文字 / no text is given")
    if not within:
        return Piece("", text, "")
    before, found, after = within.partition(text)
    if not found:
        raise CannotWithhold("上下文中没有这段文字 / the text does not stand in the words around")
    return Piece(before, text, after)


def require_readable(found: Iterable[Place]) -> None:
    """Raise CannotWithhold where views could not read an entry without what stands there."""
    if not all(each.readable for each in found):
        raise CannotWithhold(
            "这段文字也是日期或者代码，隐去后那里的记录无法读出：写明上下文，只隐去文字中的"
            " / it is a day or a code as well, and without it nobody can read that:"
            " give the words around it"
        )


def withhold(deed: Deed, piece: Piece, place: Place, said: Said) -> int:
    """No view shows the piece any more; returns the number of the record.

    `place` is one of `places`. Raises CannotWithhold where the reason, which is shown, holds the
    text itself.
    """
    if re.search(pattern_of([Piece("", piece.text, "")]), said.why):
        raise CannotWithhold(
            "事由中不得有要隐去的文字：事由会显示，也记入经办日志"
            " / the reason, which is shown, holds the text that is to be withheld"
        )
    facts = {
        "pointer": place.pointer,
        "from": place.start,
        "to": place.end,
        "within_from": place.start - len(piece.before),
        "within_to": place.end + len(piece.after),
    }
    return deed.note(WITHHELD, f"{SUBJECT}{place.position}", facts, said)


async def show_again(deed: Deed, number: int, said: Said) -> None:
    """What a record withholds is shown again. Raises CannotWithhold."""
    known = await read(deed.connection, deed.ledger.name)
    told = next((each for each in known if each.number == number), None)
    if told is None or told.shown_again is not None:
        raise CannotWithhold(
            f"经办日志第 {number} 条没有隐去文字，或已恢复显示"
            f" / record {number} withholds nothing: mingjian withhold list"
        )
    deed.note(SHOWN_AGAIN, f"{SUBJECT}{told.position}", {"number": number}, said)
