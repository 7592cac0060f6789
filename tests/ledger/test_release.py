"""Releasing what is in quarantine: judged again by the same engine, or repaired by an event."""

from __future__ import annotations

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from domain.catalogue import EVENTS
from ledger import release, store
from ledger.aside import NoSuchNumber
from ledger.intake import Intake
from ledger.outcomes import Accepted, Tally
from ledger.records import Record
from ledger.release import CannotRelease, Verdict
from tests.support.bureau import SAMPLE, adopt, sample_but
from tests.support.engine import altered, ledger_dump, take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
NEGATIVE = altered(PAYMENT, {"amount_fen": -5})


async def an_intake(connection: asyncpg.Connection, kind: str = "replay") -> Intake:
    return (await Bench.open(connection, kind)).intake


async def before_its_type_was_known(
    connection: asyncpg.Connection, intake: Intake, *lines: bytes
) -> None:
    with pytest.MonkeyPatch.context() as before:
        before.delitem(EVENTS, "assistance.payment-settled.v1")
        await take(connection, intake, *lines)


async def row(connection: asyncpg.Connection, number: int = 1) -> tuple[str | None, int | None]:
    found = await connection.fetchrow(
        "SELECT released_by, released_at FROM ledger.quarantine WHERE number = $1", number
    )
    return found[0], found[1]


# Judged again.


async def test_once_its_source_is_registered_an_event_is_taken_and_its_row_stays(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await adopt(connection, sample_but("sources.toml", '"payouts"', '"payouts-of-old"'))
    await take(connection, intake, CASE, PAYMENT)
    assert await connection.fetchval("SELECT reason FROM ledger.quarantine") == "unknown_source"

    await adopt(connection, SAMPLE)
    verdict = await release.judge_again(connection, intake, 1)
    assert verdict == Verdict(released_by="payouts/p-1", released_at=2)
    assert await row(connection) == ("payouts/p-1", 2)
    entries = await connection.fetch("SELECT event_id FROM ledger.entry ORDER BY position")
    assert [entry[0] for entry in entries] == ["c-1", "p-1"]

    before_again = await ledger_dump(connection, leave_out={})
    assert await release.judge_again(connection, intake, 1) == verdict
    assert await take(connection, intake, PAYMENT) == Tally(duplicate=1)
    assert await ledger_dump(connection, leave_out={}) == before_again


async def test_what_is_still_refused_says_why_and_changes_nothing(
    connection: asyncpg.Connection,
) -> None:
    """Malformed; another content under a used id; a correction that does not fit its target."""
    intake = await an_intake(connection)
    other = altered(PAYMENT, {"amount_fen": 1})
    misfit = event(
        BANK, "p-9", a_payment("DB-2", 1, "2024-01"), corrects=f"{BANK}/p-1", kind="changed"
    )
    case = event(OFFICE, "c-2", a_household("DB-2"))
    await take(connection, intake, CASE, case, PAYMENT, altered(NEGATIVE, id="p-2"), other, misfit)
    before = await ledger_dump(connection, leave_out={})
    faults = []
    for number in (1, 2, 3):
        fault = (await release.judge_again(connection, intake, number)).fault
        assert fault is not None
        faults.append((fault.code, fault.pointer))
    assert faults == [
        ("negative_amount", "/data/amount_fen"),
        ("id_conflict", "/id"),
        ("correction_mismatch", "/corrects"),
    ]
    assert await ledger_dump(connection, leave_out={}) == before


async def test_what_is_understood_now_but_refers_to_the_unknown_is_parked_and_released_later(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await before_its_type_was_known(connection, intake, PAYMENT)
    parked = Verdict(prerequisite="stream:case/DB-1")
    assert await release.judge_again(connection, intake, 1) == parked
    assert await release.judge_again(connection, intake, 1) == parked
    assert await connection.fetchval("SELECT count(*) FROM ledger.parked") == 1
    assert await row(connection) == (None, None)
    await take(connection, await an_intake(connection), CASE)
    assert await row(connection) == ("payouts/p-1", 2)


async def test_judged_again_a_record_of_a_topic_still_speaks_for_that_topics_source_only(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    topic = f"mingjian.intake.{BANK}"
    await intake.take(connection, [Record(CASE, f"{topic}/0/7", BANK, (topic, 0))])
    fault = (await release.judge_again(connection, intake, 1)).fault
    assert fault is not None
    assert (fault.code, fault.expected) == ("unauthorised", BANK)
    assert await connection.fetchval("SELECT count(*) FROM ledger.entry") == 0


async def test_bytes_refused_after_they_were_taken_in_by_another_way_are_released_by_their_event(
    connection: asyncpg.Connection,
) -> None:
    """They came once more, by the topic of a source that may not send them, and then by its own."""
    intake = await an_intake(connection)
    records = [Record(CASE, "one:1", OFFICE), Record(CASE, "two:1", BANK)]
    accepted, refused = (await intake.take(connection, records)).outcomes
    assert (accepted, refused.kind) == (Accepted(1), "quarantined")
    assert await row(connection) == (None, None)

    verdict = await release.judge_again(connection, intake, 1)
    assert verdict == Verdict(released_by="social-assistance/c-1", released_at=1)
    assert await row(connection) == ("social-assistance/c-1", 1)


async def test_bytes_taken_in_by_another_way_release_their_row_in_the_same_batch_too(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    refused, accepted = (
        await intake.take(connection, [Record(CASE, "one:1", BANK), Record(CASE, "two:1", OFFICE)])
    ).outcomes
    assert (refused.kind, accepted) == ("quarantined", Accepted(1))
    assert await row(connection) == ("social-assistance/c-1", 1)


async def test_a_live_ledger_takes_them_at_its_own_time(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection, "live")
    line = altered(CASE, receivedat=None)
    await adopt(connection, sample_but("sources.toml", f'"{OFFICE}"', '"assistance"'))
    await take(connection, intake, line)
    await adopt(connection, SAMPLE)
    verdict = await release.judge_again(connection, intake, 1)
    assert verdict.released_by == "social-assistance/c-1"


async def test_another_secret_opens_nothing(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, b"not json")
    with pytest.raises(InvalidTag):
        await release.judge_again(connection, Intake(intake.ledger, b"another"), 1)


# Repaired by another event.


async def test_the_repairing_event_is_named_once(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, NEGATIVE, CASE, altered(PAYMENT, id="p-1b"))
    named = await release.name_repair(connection, intake.sealer, LEDGER, 1, "payouts/p-1b")
    assert named == Verdict(released_by="payouts/p-1b", released_at=2)
    await take(connection, intake, event(OFFICE, "c-3", a_household("DB-3")))
    assert await release.name_repair(connection, intake.sealer, LEDGER, 1, "payouts/p-1b") == named
    with pytest.raises(CannotRelease, match="payouts/p-1b"):
        await release.name_repair(connection, intake.sealer, LEDGER, 1, "social-assistance/c-1")
    assert await release.judge_again(connection, intake, 1) == named


async def test_what_a_person_noted_is_not_overwritten_when_the_bytes_are_taken_later(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await before_its_type_was_known(connection, intake, CASE, PAYMENT)
    await release.name_repair(connection, intake.sealer, LEDGER, 1, "social-assistance/c-1")
    assert (await take(connection, intake, PAYMENT)).accepted == 1
    assert await row(connection) == ("social-assistance/c-1", 1)


async def test_only_an_event_of_this_ledger_can_repair(connection: asyncpg.Connection) -> None:
    """One that still waits is not in the ledger yet."""
    intake = await an_intake(connection)
    await take(connection, intake, b"not json", PAYMENT)
    for event_name in ("payouts/p-1", "payouts/none", "payouts", ""):
        with pytest.raises(CannotRelease, match="没有事件"):
            await release.name_repair(connection, intake.sealer, LEDGER, 1, event_name)
    assert await row(connection) == (None, None)


async def test_numbers_that_are_not_there_are_told(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, CASE, b"not json")
    with pytest.raises(NoSuchNumber, match="编号 2"):
        await release.judge_again(connection, intake, 2)
    with pytest.raises(NoSuchNumber, match="编号 2"):
        await release.name_repair(connection, intake.sealer, LEDGER, 2, "social-assistance/c-1")
    with pytest.raises(store.LedgerMissing):
        await release.name_repair(connection, intake.sealer, "445103", 1, "social-assistance/c-1")


# All of a reason, or of a source.


async def test_all_of_a_reason_are_judged_again_in_their_order(
    connection: asyncpg.Connection,
) -> None:
    """What was refused since its source was not registered; what is wrong by itself stays."""
    intake = await an_intake(connection)
    await adopt(connection, sample_but("sources.toml", '"payouts"', '"payouts-of-old"'))
    waits = altered(PAYMENT, {"case_number": "DB-9"}, id="p-9")
    second = altered(PAYMENT, {"months": ["2024-02"]}, id="p-2")
    await take(connection, intake, CASE, PAYMENT, waits, altered(NEGATIVE, id="p-3"), second, b"{")
    await adopt(connection, SAMPLE)
    seen: list[int] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "AGAIN_AT_ONCE", 2)
        ended = await release.judge_all_again(
            connection, intake, reason="unknown_source", progress=seen.append
        )
    assert ended == {"released": 2, "parked": 1, "refused": 1}
    assert sum(seen) == 4
    assert await row(connection, 1) == ("payouts/p-1", 2)
    assert [(await row(connection, number))[0] for number in (2, 3, 4, 5)] == [
        None,
        None,
        "payouts/p-2",
        None,
    ]
    assert await release.judge_all_again(connection, intake, source="payouts") == {
        "parked": 1,
        "refused": 1,
    }
    assert await connection.fetchval("SELECT count(*) FROM ledger.duplicate") == 0


async def test_one_event_is_named_as_the_repair_of_all_of_a_source(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, CASE, NEGATIVE, altered(NEGATIVE, id="p-2"), b"{")
    sealer = intake.sealer
    with pytest.raises(CannotRelease, match="没有事件"):
        await release.name_repairs(connection, sealer, LEDGER, "payouts/p-7", source=BANK)
    named = f"{OFFICE}/c-1"
    assert await release.name_repairs(connection, sealer, LEDGER, named, source=BANK) == 2
    assert await release.name_repairs(connection, sealer, LEDGER, named, source=BANK) == 0
    assert [(await row(connection, number))[0] for number in (1, 2, 3)] == [named, named, None]
