"""Reconciling (对账) the ledger's table with its topic; nothing is changed.

Both sides are read in order and compared a thousand entries at a time, so memory stays flat. A
thousand that differs is named by its hash on either side, and looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg

from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import journal_topic, ledger_topic
from ledger import journal, unpublished
from ledger.wire import (
    Message,
    entry_message,
    fingerprint,
    message_of,
    note_message,
    position_of,
)
from upkeep.scan import Scan, scanning

BUCKET = 1_000
PATIENCE_SECONDS = 5.0
"""How long the relay may take to publish what the table held when we began."""
LISTED = 200
"""Most differences kept one by one; all are counted."""

Progress = Callable[[int, int], None]
"""Gets how much is done, and of how much."""


@dataclass(slots=True)
class Runs:
    """Numbers as runs of neighbours: a million missing ones are one run."""

    count: int = 0
    runs: list[list[int]] = field(default_factory=list)

    def add(self, numbers: Iterable[int]) -> None:
        """Numbers in ascending order."""
        for number in numbers:
            self.count += 1
            if self.runs and self.runs[-1][1] == number - 1:
                self.runs[-1][1] = number
            elif len(self.runs) < LISTED:
                self.runs.append([number, number])

    def __str__(self) -> str:
        return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in self.runs)


@dataclass(slots=True)
class Entries:
    """A table against its topic: of entries, or of the journal.

    `extra` and `foreign` stand in the topic only.
    """

    table: int = 0
    topic: int = 0
    buckets: int = 0
    differing: list[dict[str, Any]] = field(default_factory=list)
    missing: Runs = field(default_factory=Runs)
    extra: Runs = field(default_factory=Runs)
    different: Runs = field(default_factory=Runs)
    foreign: Runs = field(default_factory=Runs)
    """Offsets of records that name no position."""
    repeated: int = 0
    """Records that stand there again, the same: harmless, consumers drop them."""

    @property
    def equal(self) -> bool:
        return not any(
            (
                self.differing,
                *(r.count for r in (self.missing, self.extra, self.different, self.foreign)),
            )
        )


async def compare_entries(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    prefix: str,
    ledger: str,
    progress: Progress = lambda _done, _of: None,
) -> Entries:
    """Compare the ledger's table with its topic, while relay and intake go on."""
    return await _compare_logs(connection, bootstrap, prefix, ledger, _ENTRIES, progress)


async def compare_journal(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    prefix: str,
    ledger: str,
    progress: Progress = lambda _done, _of: None,
) -> Entries:
    """The same of the ledger's journal."""
    return await _compare_logs(connection, bootstrap, prefix, ledger, _JOURNAL, progress)


class _Log(NamedTuple):
    """One of the two logs of a ledger, in its table and in its topic."""

    topic: Callable[[str, str], str]
    number: str
    """The header with the dense number."""
    head: Callable[[unpublished.Heads], int]
    stored: Callable[[asyncpg.Connection, str, int, int], Awaitable[list[tuple[int, Message]]]]
    """What stands in the table after a number, up to another."""


async def _entries(
    connection: asyncpg.Connection, ledger: str, after: int, to: int
) -> list[tuple[int, Message]]:
    rows = await unpublished.entries(connection, ledger, after, to, BUCKET)
    return [(row["position"], entry_message(row)) for row in rows]


async def _notes(
    connection: asyncpg.Connection, ledger: str, after: int, to: int
) -> list[tuple[int, Message]]:
    notes = await journal.read(connection, ledger, after, to)
    return [(note.number, note_message(note)) for note in notes]


_ENTRIES = _Log(ledger_topic, "position", lambda heads: heads.accepted, _entries)
_JOURNAL = _Log(journal_topic, "number", lambda heads: heads.journal, _notes)


async def _compare_logs(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    prefix: str,
    ledger: str,
    log: _Log,
    progress: Progress,
) -> Entries:
    async with scanning(bootstrap, log.topic(ledger, prefix)) as scan:
        # The topic's end was noted first: what stands before it was in the table by now.
        head = log.head(await unpublished.heads(connection, ledger))
        entries = Entries(table=head)
        topic = _Topic(scan, log.number, head, entries)
        for after in range(0, max(head, 1), BUCKET):
            last = min(after + BUCKET, head)
            stored = await log.stored(connection, ledger, after, last)
            published = await topic.up_to(last)
            while topic.again:
                await _compare_again(connection, ledger, entries, topic, log)
                published += await topic.up_to(last)
            _compare(entries, (after + 1, last), stored, published)
            progress(last, head)
    return entries


class _Topic:
    """The topic, as a consumer sees it: ascending positions, and beside them what comes again."""

    def __init__(self, scan: Scan, number: str, head: int, found: Entries) -> None:
        self._scan = scan
        self._number = number
        self._head = head
        self._found = found
        self._seen = 0
        self._ended = False
        self._ahead: deque[tuple[int, Message]] = deque()
        self.again: list[tuple[int, Message]] = []

    async def up_to(self, last: int) -> list[tuple[int, Message]]:
        """The next records, up to a position; fewer when many that came again want a look first."""
        taken: list[tuple[int, Message]] = []
        while True:
            while self._ahead and self._ahead[0][0] <= last:
                taken.append(self._ahead.popleft())
            if self._ahead or len(self.again) > BUCKET or not await self._read():
                return taken

    async def _read(self) -> bool:
        if self._scan.next_offset < self._scan.end:
            records = await self._scan.next_of_old()
        elif self._ended or self._seen == self._head:
            return False
        else:
            records = await self._scan.more(PATIENCE_SECONDS)
            self._ended = not records
        for record in records:
            self._sort(record)
        return not self._ended

    def _sort(self, record: Any) -> None:
        message = message_of(record)
        position = position_of(message, self._number) or 0
        old = record.offset < self._scan.end
        if position > self._head and not old:
            return  # taken in since we began
        self._found.topic += 1
        if position == 0:
            self._found.foreign.add([record.offset])
        elif position > self._head:
            self._found.extra.add([position])
        elif position > self._seen:
            self._seen = position
            self._ahead.append((position, message))
        else:
            self.again.append((position, message))


def _compare(
    found: Entries,
    span: tuple[int, int],
    stored: list[tuple[int, Message]],
    published: list[tuple[int, Message]],
) -> None:
    """One bucket as a whole, then one by one."""
    found.buckets += bool(stored or published)
    # Both are here, so they are compared themselves: a third faster than two hashes.
    if stored == published:
        return
    here = fingerprint(message for _, message in stored)
    there = fingerprint(message for _, message in published)
    if len(found.differing) < LISTED:
        first, last = span
        found.differing.append(
            {"first": first, "last": last, "table": here.hex(), "topic": there.hex()}
        )
    table, topic = dict(stored), dict(published)
    found.missing.add(sorted(table.keys() - topic.keys()))
    found.extra.add(sorted(topic.keys() - table.keys()))
    found.different.add(p for p, m in published if p in table and table[p] != m)


async def _compare_again(
    connection: asyncpg.Connection, ledger: str, found: Entries, topic: _Topic, log: _Log
) -> None:
    """Records whose positions had passed: each is harmless if it is the table's entry."""
    again, topic.again = topic.again, []
    wanted: dict[int, list[tuple[int, Message]]] = defaultdict(list)
    for position, message in again:
        wanted[(position - 1) // BUCKET].append((position, message))
    for bucket in sorted(wanted):
        after = bucket * BUCKET
        table = dict(await log.stored(connection, ledger, after, after + BUCKET))
        for position, message in wanted[bucket]:
            if table.get(position) == message:
                found.repeated += 1
            else:
                found.different.add([position])
