"""Views show no text that is withheld (ledger/withheld.py): it is blanked as it is read.

A connection decodes texts, JSON and stored bytes so while a snapshot for views lasts, and as they
are before and after it: who folds, verifies or restores reads what stands there. So no page,
figure, file or command can forget to ask, and no row is changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg
import msgspec

from ledger import withheld
from ledger.withheld import MARK

SETTING = "mingjian.withheld"
"""The pattern, where queries search texts: of the transaction."""
_TEXTS = ("text", "varchar", "json")


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
        return self._wanted.sub(MARK, text)

    def octets(self, value: bytes) -> bytes:
        """Bytes as they are read: those of a text."""
        if not self.drawn or self._wanted is None:
            return value
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return value
        if "\\u" in text:  # written for those who know only ASCII
            try:
                return msgspec.json.encode(self._each(msgspec.json.decode(value)))
            except msgspec.DecodeError:
                return value
        return self._wanted.sub(MARK, text).encode()

    def _each(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self._each(inner) for name, inner in value.items()}
        if isinstance(value, Sequence):
            return [self._each(inner) for inner in value]
        return value


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
        "jsonb", schema="pg_catalog", encoder=str, decoder=shade.text, format="text"
    )
    await connection.set_type_codec(
        "bytea", schema="pg_catalog", encoder=bytes, decoder=shade.octets, format="binary"
    )
    shade.decodes = True
