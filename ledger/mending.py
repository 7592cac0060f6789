"""A mended event closes what it mends by itself (修复): what is open in quarantine under its name.

Under the same id that is plain. Under another the event says what it mends, in the extension
attribute `mends`; nobody guesses. What one source sent no other one mends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import msgspec

from ledger import setting_aside

Under = tuple[str, str]
"""Who sent what was refused, and its id, or where it came from: "topic/partition/offset"."""


HTTP = "http/"
"""The origin of what came over HTTP begins so; it has no other slash."""


class _Mends(msgspec.Struct):
    mends: Any = None


_read = msgspec.json.Decoder(_Mends).decode


def mends(raw: bytes, source: str) -> list[Under]:
    """What an event of a source says it mends: nothing, or one thing.

    It names the event that was refused, "<source>/<id>", or, where its id could not be read, where
    it came from, "topic/partition/offset".
    """
    if b'"mends"' not in raw:
        return []
    try:
        named = _read(raw).mends
    except msgspec.MsgspecError:
        return []
    if not isinstance(named, str):
        return []
    of, _, name = named.partition("/")
    if "/" in name or named.startswith(HTTP):
        return [(source, named)]
    return [(source, name)] if of == source else []


class Mending:
    """What is open in quarantine, of what one batch may mend."""

    def __init__(self) -> None:
        self._open: dict[Under, set[int]] = {}
        self._mended: set[int] = set()

    async def meet(
        self, connection: asyncpg.Connection, ledger: str, names: Sequence[Under]
    ) -> None:
        """Look up what is open under these names."""
        for column, wanted in (
            ("event_id", [name for name in names if "/" not in name[1]]),
            ("origin", [name for name in names if "/" in name[1]]),
        ):
            for name, number in await setting_aside.open_under(connection, ledger, column, wanted):
                self.add(name, number)

    def add(self, name: Under, number: int) -> None:
        """Something more is open."""
        self._open.setdefault(name, set()).add(number)

    def take(self, names: Iterable[Under], own: int) -> list[int]:
        """Numbers, in order, that an event closes which bears these names, each only once.

        `own` is that of the same bytes, where they were refused before (0 or less: they were not).
        """
        found = set().union(*(self._open.pop(name, ()) for name in names))
        if own > 0:
            found.add(own)
        new = sorted(found - self._mended)
        self._mended.update(new)
        return new
