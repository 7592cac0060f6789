"""The running numbers of sources: which a ledger lacks, and which were used twice.

A source numbers what it sends. Of each the ledger keeps the least and the highest number that its
entries have, and every stretch between that none has: so a number that was left out is seen at the
next one, and one that comes late closes what it was missing in. What is parked or refused is no
entry. All of this is worked out from the entries, in the order of position.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import asyncpg

from ledger import tables

OPEN = 2**63 - 1
"""`known_to` of what still stands."""
MOST = 1_000
"""So many breaks of a source may stand: with more it numbers nothing, and is looked at no more."""
_COLUMNS = ("ledger", "source", "first", "last", "again", "entry", "known_from", "known_to")


@dataclass(slots=True)
class Break:
    """Numbers that no entry of a source has or, `again`, one that several have.

    It is known from one position to another; `entry` is the position of the entry that shows it.
    """

    source: str
    first: int
    last: int
    entry: int
    known_from: int
    known_to: int = OPEN
    again: bool = False
    stored: bool = False


@dataclass(slots=True)
class Sequences:
    """The numbers of a ledger's sources, as far as they were taken."""

    ends: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Source → its least and its highest number."""
    standing: dict[str, list[Break]] = field(default_factory=dict)
    """Source → its breaks that stand."""
    _changed: list[Break] = field(default_factory=list)
    """Those that began or ended since the last writing."""
    _moved: set[str] = field(default_factory=set)

    def take(self, source: str, number: int, position: int) -> None:
        """One more entry of a source, with its number."""
        if len(self.standing.get(source, ())) >= MOST:
            return
        least, highest = self.ends.get(source, (number, number - 1))
        if least <= number <= highest:
            self._fill(source, number, position)
            return
        if number > highest + 1:
            self._lack(source, highest + 1, number - 1, position)
        if number < least - 1:
            self._lack(source, number + 1, least - 1, position)
        self.ends[source] = min(least, number), max(highest, number)
        self._moved.add(source)

    def _lack(self, source: str, first: int, last: int, entry: int, known: int = 0) -> None:
        if first <= last:
            self._begin(Break(source, first, last, entry, known or entry))

    def _begin(self, found: Break) -> None:
        self.standing.setdefault(found.source, []).append(found)
        self._changed.append(found)

    def _fill(self, source: str, number: int, position: int) -> None:
        """A number that was missing; else it was used before, which is told once."""
        its = [e for e in self.standing.get(source, ()) if e.first <= number <= e.last]
        gap = next((each for each in its if not each.again), None)
        if gap is not None:
            gap.known_to = position
            self.standing[source].remove(gap)
            if gap.stored:
                self._changed.append(gap)
            self._lack(source, gap.first, number - 1, gap.entry, position)
            self._lack(source, number + 1, gap.last, gap.entry, position)
        elif not its:
            self._begin(Break(source, number, number, position, position, again=True))

    async def write(self, connection: asyncpg.Connection, ledger: str) -> None:
        """Write what changed since the last time."""
        if self._moved:
            ends = [(source, *self.ends[source]) for source in sorted(self._moved)]
            await connection.execute(
                "INSERT INTO ledger.sequence (ledger, source, least, highest)"
                " SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[])"
                " ON CONFLICT (ledger, source)"
                " DO UPDATE SET least = excluded.least, highest = excluded.highest",
                ledger,
                *map(list, zip(*ends, strict=True)),
            )
            self._moved.clear()
        ended = [each for each in self._changed if each.stored]
        if ended:
            await connection.execute(
                "UPDATE ledger.sequence_break SET known_to = t"
                " FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[])"
                " AS ended (s, f, k, t)"
                " WHERE ledger = $1 AND source = s AND first = f AND known_from = k",
                ledger,
                [each.source for each in ended],
                [each.first for each in ended],
                [each.known_from for each in ended],
                [each.known_to for each in ended],
            )
        await tables.copy(connection, "sequence_break", _COLUMNS, list(self._rows(ledger)))
        self._changed.clear()

    def _rows(self, ledger: str) -> Iterable[tuple[str | int | bool, ...]]:
        for each in self._changed:
            if not each.stored:
                each.stored = True
                numbers = each.first, each.last, each.again, each.entry
                yield (ledger, each.source, *numbers, each.known_from, each.known_to)


async def load(connection: asyncpg.Connection, ledger: str) -> Sequences:
    """The numbers of a ledger's sources, as they are stored."""
    ends = await connection.fetch(
        "SELECT source, least, highest FROM ledger.sequence WHERE ledger = $1", ledger
    )
    breaks = await connection.fetch(
        "SELECT source, first, last, entry, known_from, again FROM ledger.sequence_break"
        f" WHERE ledger = $1 AND known_to = {OPEN}",
        ledger,
    )
    made = Sequences({source: (least, highest) for source, least, highest in ends})
    for source, first, last, entry, known_from, again in breaks:
        its = made.standing.setdefault(source, [])
        its.append(Break(source, first, last, entry, known_from, again=again, stored=True))
    return made


async def following(connection: asyncpg.Connection, ledger: str, source: str) -> int:
    """The number of what a source sends next, after all that the ledger has of it."""
    query = "SELECT highest + 1 FROM ledger.sequence WHERE ledger = $1 AND source = $2"
    return int(await connection.fetchval(query, ledger, source) or 1)


async def given_up(connection: asyncpg.Connection, ledger: str, source: str) -> bool:
    """Whether so many breaks of a source stand that its numbers are looked at no more."""
    query = "SELECT count(*) FROM ledger.sequence_break WHERE ledger = $1 AND source = $2"
    count: int = await connection.fetchval(f"{query} AND known_to = {OPEN}", ledger, source)
    return count >= MOST
