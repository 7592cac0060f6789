"""Whose streams are whose: the person index of one batch, which holds pseudonyms only.

A judge that compares is given the states of the other streams that name the same persons, as they
stand before its entry: those that are stored, and those that the batch told before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import asyncpg

from domain.aggregate import Aggregate, Others
from domain.catalogue import COMPARED
from ledger.history import sized

if TYPE_CHECKING:
    from ledger.streams import Streams

_FIND = """
SELECT DISTINCT person, stream FROM unnest($2::text[]) AS want (person)
JOIN ledger.sealed_part AS s USING (person) JOIN ledger.entry AS e USING (ledger, position)
WHERE ledger = $1 AND split_part(stream, '/', 1) = ANY($3)
"""


class Persons:
    """`aliases` are pseudonyms of older releases (ledger/aliases.py)."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        ledger: str,
        aliases: Mapping[str, str],
        streams: Streams,
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._aliases = aliases
        self._streams = streams
        self._of: dict[str, set[str]] = {}
        """Pseudonym → streams that name the person, of those that judges compare."""
        self._met: set[str] = set()

    async def meet(self, refs: Collection[str]) -> None:
        """Look up the stored streams that name these persons, and who is married to them."""
        for _ in range(2):
            new = set(refs) - self._met
            if not new:
                return
            found = await self._find(new)
            await self._streams.load(found)
            states = filter(None, map(self._streams.readable, found))
            refs = {ref for state in states for ref in getattr(state, "parties", ())}

    async def _find(self, refs: set[str]) -> list[str]:
        self._met |= refs
        old = [name for name, ref in self._aliases.items() if ref in refs]
        rows = await self._connection.fetch(
            sized(_FIND, self._streams.position), self._ledger, [*refs, *old], list(COMPARED)
        )
        for person, stream in rows:
            self._of.setdefault(self._aliases.get(person, person), set()).add(stream)
        return sorted({row["stream"] for row in rows})

    def note(self, stream: str, refs: Iterable[str]) -> None:
        """The batch told something of persons in a stream."""
        if stream.partition("/")[0] in COMPARED:
            for ref in refs:
                self._of.setdefault(ref, set()).add(stream)

    def beside(self, stream: str) -> Others:
        """What judges of a stream ask: the other streams of a person, in the order of names."""

        def others(ref: str) -> list[Aggregate]:
            names = sorted(self._of.get(ref, set()) - {stream})
            return [state for name in names if (state := self._streams.readable(name))]

        return others
