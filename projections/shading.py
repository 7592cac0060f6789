"""Views show no text that is withheld (ledger/withheld.py): it is blanked as it is read.

A connection decodes texts, JSON and stored bytes so while a snapshot for views lasts, and as they
are before and after it: who folds, verifies or restores reads what stands there. So no page,
figure, file or command can forget to ask, and no row is changed.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

import asyncpg
import msgspec

from ledger import withheld
from ledger.withheld import MARK

SETTING = "mingjian.withheld"
"""The pattern, where queries search texts: of the transaction."""
_TEXTS = ("text", "varchar")
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?')
"""A text in JSON; with a colon after it, it is a name."""
_OBJECTS = ("{", "[{")
"""How JSON begins in a column of texts or bytes; prose may begin with a bracket, too."""


def shaded(column: str) -> str:
    """SQL: a text as views show it, for what is searched and not only shown."""
    pattern = f"current_setting('{SETTING}', true)"
    return (
        f"CASE WHEN coalesce({pattern}, '') = '' THEN {column}"
        f" ELSE regexp_replace({column}, {pattern}, '{MARK}', 'g') END"
    )


class Shade:
    """What a connection blanks: nothing, but while views read."""

    def __init__(self) -> None:
        self.known: tuple[int, int] | None = None
        """What the journal said when the pattern was made."""
        self.pattern = ""
        self._wanted: re.Pattern[str] | None = None
        self.decodes = False
        """Whether the connection was told to decode so."""
        self.drawn = False

    def take(self, known: tuple[int, int], pattern: str) -> None:
        """Blank what fits the pattern from now on."""
        self.known, self.pattern = known, pattern
        self._wanted = re.compile(pattern) if pattern else None

    def text(self, text: str) -> str:
        """A text as it is read."""
        if not self.drawn or self._wanted is None:
            return text
        if text.startswith(_OBJECTS) and _is_json(text):
            return self.json(text)
        return self._wanted.sub(MARK, text)

    def octets(self, value: bytes) -> bytes:
        """Bytes as they are read: those of a text."""
        if not self.drawn or self._wanted is None:
            return value
        try:
            return self.text(value.decode()).encode()
        except UnicodeDecodeError:
            return value

    def json(self, text: str) -> str:
        """JSON as it is read: its texts are blanked, and it stays JSON.

        A number, or a name in an object, may hold the same digits; without them nobody could read
        what stands around them.
        """
        if not self.drawn or self._wanted is None:
            return text
        return _QUOTED.sub(self._quoted, text)

    def _quoted(self, found: re.Match[str]) -> str:
        written = found[0]
        if found[1] is not None or self._wanted is None:
            return written
        read = written[1:-1]
        if "\\" in read:  # written for those who know only ASCII, or in several lines
            read = msgspec.json.decode(written, type=str)
        blanked, count = self._wanted.subn(MARK, read)
        return msgspec.json.encode(blanked).decode() if count else written


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


_shades: WeakKeyDictionary[asyncpg.Connection, Shade] = WeakKeyDictionary()


async def draw(connection: asyncpg.Connection) -> Shade:
    """Blank what is withheld by now, in the transaction under way; `drawn` is the caller's to end.

    Where nothing ever was, this costs a look at an index.
    """
    shade = _of(connection)
    known = await withheld.stamp(connection)
    if shade.known != known:
        shade.take(known, withheld.pattern_of(await withheld.pieces(connection)))
    if shade.pattern:
        if not shade.decodes:
            await _decode(connection, shade)
        await connection.execute("SELECT set_config($1, $2, true)", SETTING, shade.pattern)
    shade.drawn = True
    return shade


def count(connection: asyncpg.Connection) -> int:
    """How often something was withheld or shown again, as the snapshot under way knows it."""
    known = _of(connection).known
    if known is None:
        raise LookupError("no snapshot for views is under way")
    return known[0]


def _of(connection: asyncpg.Connection) -> Shade:
    # A pool hands out a stand-in each time; what decodes is the connection behind it.
    return _shades.setdefault(getattr(connection, "_con", connection), Shade())


async def _decode(connection: asyncpg.Connection, shade: Shade) -> None:
    """In binary: COPY, for which the same connection may be used later, knows no other form."""
    for name in _TEXTS:
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=str.encode,
            decoder=lambda value: shade.text(value.decode()),
            format="binary",
        )
    await connection.set_type_codec(
        "json",
        schema="pg_catalog",
        encoder=str.encode,
        decoder=lambda value: shade.json(value.decode()),
        format="binary",
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=str, decoder=shade.json, format="text"
    )
    await connection.set_type_codec(
        "bytea", schema="pg_catalog", encoder=bytes, decoder=shade.octets, format="binary"
    )
    shade.decodes = True
