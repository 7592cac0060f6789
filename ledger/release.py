"""Taking up what is in quarantine (未通过校验) again after a repair; the row stays, as evidence.

Where the repair is ours (a source registered, a contract mended), the sealed bytes are judged once
more, by the same engine and in one transaction: accepted bytes release their row, and bytes refused
again are a duplicate that changes nothing. Where the source repaired it with a new event, that
event is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import asyncpg

from domain.faults import Fault
from infra.kafka.topics import intake_source
from ledger import aside, evidence, journal, setting_aside
from ledger.aside import QUARANTINE, BytesLacking
from ledger.intake import Intake
from ledger.journal import Said
from ledger.outcome_document import Told, of_item
from ledger.outcomes import Accepted, Duplicate, Parked, Quarantined
from ledger.records import Record, partition_of, split
from ledger.seal import Sealer

AGAIN_AT_ONCE = 200
"""So many are judged again in one transaction."""
ROWS = 5_000
"""So many are given up in one transaction."""


class CannotRelease(ValueError):
    """The event named is not in the ledger, or another one is noted; the message says which."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a row of quarantine now stands: released, or parked, or refused once more."""

    released_by: str | None = None
    released_at: int | None = None
    prerequisite: str | None = None
    fault: Fault | None = None
    told: Told | None = field(default=None, compare=False)
    """What is told of one that is refused once more."""


async def judge_again(connection: asyncpg.Connection, intake: Intake, number: int) -> Verdict:
    """Judge the bytes of a row by what is acceptable today.

    Raises NoSuchNumber when there is no such row, WrongSecret when the secret is another one.
    """
    ledger = intake.ledger.name
    row = await aside.row(connection, QUARANTINE, ledger, number)
    if row["released_by"] is not None:
        return Verdict(row["released_by"], row["released_at"])
    if row["discarded_by"] is not None:
        raise CannotRelease(_discarded(row))
    raw = intake.sealer.unbox(await aside.sealed(connection, QUARANTINE, ledger, number))
    record = Record(raw, f"quarantine/{number}", _credentials(row["origin"]))
    items = await intake.read(connection, [record])
    taken = await intake.take_read(connection, items)
    (outcome,), (item,) = taken.outcomes, items
    again = isinstance(outcome, Duplicate)
    if isinstance(outcome, Duplicate):
        outcome = outcome.of
    if isinstance(outcome, Quarantined):
        return Verdict(fault=outcome.faults[0], told=of_item(item, ledger))
    if isinstance(outcome, Parked):
        return Verdict(prerequisite=outcome.prerequisite)
    if again and item.name is not None:  # accepted by another way before these bytes were refused
        return await name_repair(connection, intake.sealer, ledger, number, item.name)
    return Verdict(item.name, outcome.position)


async def judge_all_again(
    connection: asyncpg.Connection,
    intake: Intake,
    *,
    reason: str | None = None,
    source: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Counter[str]:
    """Judge all open rows of a reason and a source (None: of any) by what is acceptable today.

    In parts, each one transaction, in the order of their numbers. Returns how many were `released`,
    `parked`, `refused` once more, and of how many the bytes are `lacking`.
    """
    ended: Counter[str] = Counter()
    ledger, last = intake.ledger.name, 0
    while found := await aside.waiting_in_quarantine(
        connection, ledger, reason, source, last, AGAIN_AT_ONCE
    ):
        last = found[-1][0]
        records, numbers = [], []
        for number, _ in found:
            try:
                sealed = await aside.sealed(connection, QUARANTINE, ledger, number)
            except BytesLacking:
                ended["lacking"] += 1
                continue
            origin = (await aside.row(connection, QUARANTINE, ledger, number))["origin"]
            raw = intake.sealer.unbox(sealed)
            records.append(Record(raw, f"quarantine/{number}", _credentials(origin)))
            numbers.append(number)
        items = await intake.read(connection, records)
        outcomes = (await intake.take_read(connection, items)).outcomes
        for number, item, outcome in zip(numbers, items, outcomes, strict=True):
            became = outcome.of if isinstance(outcome, Duplicate) else outcome
            if isinstance(outcome, Duplicate) and isinstance(became, Accepted) and item.name:
                await name_repair(connection, intake.sealer, ledger, number, item.name)
            ended[_BECAME[became.kind]] += 1
        progress(len(found))
    return ended


_BECAME = {"accepted": "released", "parked": "parked", "quarantined": "refused"}


async def name_repairs(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    event: str,
    *,
    reason: str | None = None,
    source: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Note of all open rows of a reason and a source that one event repaired them; how many.

    Raises CannotRelease when that event is not in the ledger.
    """
    count = last = 0
    while found := await aside.waiting_in_quarantine(
        connection, ledger, reason, source, last, AGAIN_AT_ONCE
    ):
        last = found[-1][0]
        for number, _ in found:
            await name_repair(connection, sealer, ledger, number, event)
            count += 1
        progress(len(found))
    return count


async def name_repair(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, number: int, event: str
) -> Verdict:
    """Note that the event "<source>/<id>" in the ledger repaired what a row could not tell.

    Raises CannotRelease when it is not in the ledger, or when another repair is noted already.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        row = await aside.row(connection, QUARANTINE, ledger, number)
        if row["discarded_by"] is not None:
            raise CannotRelease(_discarded(row))
        if row["released_by"] not in (None, event):
            raise CannotRelease(
                f"未通过校验的来件 {number} 已由 {row['released_by']} 修复，不再改写"
                " / already released"
            )
        if not await evidence.holds(connection, ledger, split(event)):
            raise CannotRelease(
                f"账本 {ledger} 中没有事件 {event}；先记入修复它的事件 / not in the ledger"
            )
        if row["released_by"] is not None:
            return Verdict(event, row["released_at"])
        subject = journal.subject_of("quarantine", number)
        told = deed.note("taken-up", subject, {"event": event, "number": number})
        repaired = setting_aside.Repaired(number, event, deed.ledger.position, told)
        await setting_aside.mark_repaired(connection, ledger, [repaired])
    return Verdict(event, deed.ledger.position)


async def discard(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, number: int, said: Said
) -> None:
    """Note that a person gives a row up: it stays, and counts as open no more.

    Raises CannotRelease when it is settled already.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        row = await aside.row(connection, QUARANTINE, ledger, number)
        if row["discarded_by"] is not None:
            raise CannotRelease(_discarded(row))
        if row["released_by"] is not None:
            raise CannotRelease(
                f"未通过校验的来件 {number} 已由 {row['released_by']} 修复 / already released"
            )
        await _give_up(connection, deed, [number], said)


async def discard_all(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    said: Said,
    *,
    reason: str | None = None,
    source: str | None = None,
) -> tuple[int, int]:
    """Give up all rows of a reason and a source (None: of any), each with a record of its own.

    Returns how many there were, and the amount (分) that they claimed. In parts, so that the intake
    waits for none of them long; what comes meanwhile is given up, too.
    """
    count = claimed = last = 0
    while True:
        async with journal.deed(connection, sealer, ledger) as deed:
            found = await aside.waiting_in_quarantine(
                connection, ledger, reason, source, last, ROWS
            )
            await _give_up(connection, deed, [number for number, _ in found], said)
        count += len(found)
        claimed += sum(fen for _, fen in found)
        if len(found) < ROWS:
            return count, claimed
        last = found[-1][0]


async def _give_up(
    connection: asyncpg.Connection, deed: journal.Deed, numbers: Sequence[int], said: Said
) -> None:
    told = {
        number: deed.note(
            "discarded", journal.subject_of("quarantine", number), {"number": number}, said
        )
        for number in numbers
    }
    await setting_aside.mark_discarded(connection, deed.ledger.name, told)


def _discarded(row: aside.Row) -> str:
    return f"未通过校验的来件 {row['number']} 已由 {row['discarded_by']} 废弃 / already discarded"


def _credentials(origin: str) -> str | None:
    """Whose topic it came by; judged again, it may still speak for that source only."""
    partition = partition_of(origin)
    if partition is None:
        found = re.match(r"http/([^/:]+)[/:]", origin)
        return None if found is None else found[1]
    return intake_source(partition[0])
