"""Restoring the journal from its topic: record by record, and the rows that it tells of.

What it tells of rows is enough to count what waits at any past moment. Their bytes stand in no
topic for ever: the intake meets them again as far as its topics reach, under the old numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from infra.failpoint import reach
from ledger import clock, journal, offsets, restoring, store
from ledger.journal import Journal, Note, subject_of
from ledger.published import JOURNAL
from ledger.seal import Sealer
from ledger.wire import message_of, note_of
from upkeep.reconcile import Runs
from upkeep.refused import Refused
from upkeep.scan import Scan


async def restore_journal(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, scan: Scan, foreign: Runs
) -> int:
    """Bring the journal up to its topic, after the entries; returns how many records it wrote.

    What was not written with the ledger secret is passed, and its offset noted in `foreign`.
    Raises Refused where topic or database hold something it must not build on.
    """
    if scan.start > 0:
        raise Refused(
            f"经办日志主题已失去偏移 {scan.start} 之前的记录 / the topic lost its beginning"
        )
    last = written = 0
    async for records in scan.to_end():
        notes = _next(records, sealer, ledger, last, foreign)
        if not notes:
            continue
        last = notes[-1].number
        stored = await journal.read(connection, ledger, notes[0].number - 1, last)
        if stored != notes[: len(stored)]:
            raise Refused(
                f"经办日志 {notes[0].number} 至 {last} 与数据库不符"
                f" / the database differs from records {notes[0].number} to {last}"
            )
        if new := notes[len(stored) :]:
            await _write(connection, ledger, new)
            written += len(new)
    return written


def _next(
    records: Sequence[Any], sealer: Sealer, ledger: str, last: int, foreign: Runs
) -> list[Note]:
    """Records of a topic as notes; what comes again is dropped, as every consumer does."""
    notes: list[Note] = []
    for record in records:
        message = message_of(record)
        number = JOURNAL.signed(sealer, message)
        if number is None or (note := note_of(message)).ledger != ledger:
            foreign.add([record.offset])
            continue
        if number > last + 1:
            raise Refused(f"经办日志主题缺少 {last + 1} / the topic lacks record {last + 1}")
        if number == last + 1:
            last += 1
            notes.append(note)
    return notes


async def _write(connection: asyncpg.Connection, ledger: str, notes: Sequence[Note]) -> None:
    """Records with the rows they tell of, and what that moves in the books."""
    async with connection.transaction():
        counters = await restoring.lock(connection, ledger)
        if counters.journal != notes[0].number - 1:
            raise Refused("另一进程正在写此账本，先停下 / another process writes this ledger")
        if notes[-1].position > counters.position:
            raise Refused(
                f"经办日志说到位置 {notes[-1].position}，记录只到 {counters.position}"
                f" / the journal speaks of position {notes[-1].position}, which is lacking"
            )
        await offsets.count(connection, await restoring.write_journal(connection, notes))
    reach("restore.journal-written")


async def begin_books(
    connection: asyncpg.Connection, prefix: str, told: Journal, ledger: store.Ledger
) -> None:
    """Note where the books of partitions begin anew, so that they add up to the journal again."""
    known = await journal.skipped(connection, ledger.name)
    at = ledger.last_recorded_at or clock.EPOCH
    for book in await offsets.books(connection, ledger.name, prefix):
        subject = subject_of(book.topic, book.partition)
        if known.get(subject, 0) != book.skipped:
            facts = {"skipped": book.skipped, "to": book.consumed}
            told.note("skipped", subject, facts, at, ledger.position)
