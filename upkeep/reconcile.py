"""Reconciling (对账) the ledger's table with its topic; nothing is changed.

The topic is read in order, and each record is compared with what the table holds under the number
that it claims. What is not the table's is named and passed. Memory: a byte for each number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import journal_topic, ledger_topic
from ledger import foreign, published, unpublished
from ledger.foreign import Foreign
from ledger.published import Log
from ledger.wire import message_of
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

    `missing`, `extra` and `different` are numbers of the log, `foreign` are offsets of the topic.
    """

    table: int = 0
    topic: int = 0
    buckets: int = 0
    differing: list[dict[str, int]] = field(default_factory=list)
    """Thousands of which an entry stands in the topic otherwise than in the table, or nowhere."""
    missing: Runs = field(default_factory=Runs)
    extra: Runs = field(default_factory=Runs)
    """What foreign records claim to be and the table does not hold."""
    different: Runs = field(default_factory=Runs)
    """What foreign records claim to be and the table holds otherwise."""
    foreign: Runs = field(default_factory=Runs)
    """Where records stand that are not the ledger's."""
    strangers: list[dict[str, Any]] = field(default_factory=list)
    """The first of them: offset, fault, what it claims, and its fingerprint."""
    repeated: int = 0
    """Records that stand there again, the same: harmless, consumers drop them."""

    @property
    def equal(self) -> bool:
        return not (self.missing.count or self.extra.count or self.foreign.count)


async def compare_entries(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    prefix: str,
    ledger: str,
    progress: Progress = lambda _done, _of: None,
) -> Entries:
    """Compare the ledger's table with its topic, while relay and intake go on."""
    topic = ledger_topic(ledger, prefix)
    return await _compare(connection, bootstrap, ledger, topic, published.ENTRIES, progress)


async def compare_journal(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    prefix: str,
    ledger: str,
    progress: Progress = lambda _done, _of: None,
) -> Entries:
    """The same of the ledger's journal."""
    topic = journal_topic(ledger, prefix)
    return await _compare(connection, bootstrap, ledger, topic, published.JOURNAL, progress)


_OWN, _OTHERWISE, _NOT_HELD = 1, 2, 4
"""What was met of a number: the table's own record, another, one that the table does not hold."""


async def _compare(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    ledger: str,
    topic: str,
    log: Log,
    progress: Progress,
) -> Entries:
    async with scanning(bootstrap, topic) as scan:
        # The topic's end was noted first: what stands before it was in the table by now.
        heads = await unpublished.heads(connection, ledger)
        head = heads.accepted if log is published.ENTRIES else heads.journal
        found = Entries(table=head, buckets=-(-head // BUCKET))
        met = bytearray(head + 1)
        async for records in _until_all(scan, met):
            messages = list(map(message_of, records))
            stored = await published.held(connection, ledger, log, messages)
            for record, message in zip(records, messages, strict=True):
                own = published.judge(ledger, log, message, stored)
                if isinstance(own, str):
                    _foreign(found, met, foreign.named(topic, record.offset, message, own, log))
                elif own <= head:  # else taken in since we began
                    found.topic += 1
                    found.repeated += met[own] & _OWN
                    met[own] |= _OWN
            progress(head - met.count(0, 1), head)
    _sum_up(found, met)
    return found


async def _until_all(scan: Scan, met: bytearray) -> AsyncIterator[Sequence[Any]]:
    """The records of a topic, until all that the table held is met or nothing more comes."""
    async for records in scan.to_end():
        yield records
    while met.count(0, 1) and (records := await scan.more(PATIENCE_SECONDS)):
        yield records


def _foreign(found: Entries, met: bytearray, one: Foreign) -> None:
    """A record that is not the ledger's."""
    found.topic += 1
    found.foreign.add([one.offset])
    if len(found.strangers) < LISTED:
        found.strangers.append(
            {
                "offset": one.offset,
                "fault": one.fault,
                "claims": one.claims,
                "fingerprint": one.fingerprint.hex(),
            }
        )
    if one.fault == "differs" and one.claims is not None and one.claims < len(met):
        met[one.claims] |= _OTHERWISE
    elif one.fault == "not-held" and one.claims is not None:
        found.extra.add([one.claims])
        if one.claims < len(met):
            met[one.claims] |= _NOT_HELD


def _sum_up(found: Entries, met: bytearray) -> None:
    """What was met of each number, as runs and by the thousand."""
    for first in range(1, len(met), BUCKET):
        part = met[first : first + BUCKET]
        if part.count(_OWN) == len(part):
            continue
        numbers = range(first, first + len(part))
        found.missing.add(n for n in numbers if not met[n])
        found.different.add(n for n in numbers if met[n] & _OTHERWISE)
        if any(not known & _OWN for known in part) and len(found.differing) < LISTED:
            found.differing.append({"first": first, "last": numbers[-1]})
