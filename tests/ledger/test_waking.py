"""Waking what was parked: in one order, however much of it goes into one transaction."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate import Aggregate
from ledger import attempts, batch, setting_aside, tables, waking
from ledger.intake import Intake
from ledger.outcomes import Accepted, Parked
from ledger.records import Record
from projections.read_model import SCHEMA
from tests.support.engine import altered, ledger_dump, take
from tests.support.history import BANK, OFFICE, history
from tests.support.ledger import LEDGER, Bench, event, rolled_back
from tests.support.money import a_household, a_payment

LINES = [line for lines in history().values() for line in lines]
OPENER = event(OFFICE, "c-1", a_household("DB-1"))


def payments(count: int) -> list[bytes]:
    """Of one case, month by month."""
    return [
        altered(event(BANK, "p", a_payment("DB-1", 50_000 + n, "2024-01")), id=f"p-{n}")
        for n in range(count)
    ]


async def wiped(connection: asyncpg.Connection) -> Intake:
    await connection.execute(f"DROP SCHEMA ledger, read, {SCHEMA} CASCADE")
    return (await Bench.open(connection)).intake


async def waiting(connection: asyncpg.Connection) -> tuple[int, int]:
    """How many are parked, and how much is left to wake."""
    return (
        await connection.fetchval("SELECT count(*) FROM ledger.parked WHERE taken_at IS NULL"),
        await connection.fetchval("SELECT count(*) FROM ledger.waking"),
    )


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.permutations(LINES), at_once=st.integers(1, 4), size=st.sampled_from([1, 5, 100]))
async def test_it_leaves_the_same_however_much_is_woken_at_once(
    ledger_url: str, lines: list[bytes], at_once: int, size: int
) -> None:
    """Chains too: what was woken wakes others, and those come before its brothers."""
    found = []
    for most in (1_000, at_once):
        async with rolled_back(ledger_url) as bench:
            bench.intake.wake_at_once = most
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(waking, "READ_AT_ONCE", most)
                await take(bench.connection, bench.intake, *lines, batch=size)
            assert (await waiting(bench.connection))[1] == 0
            found.append(await ledger_dump(bench.connection))
    assert found[0] == found[1]


async def test_who_dies_while_waking_leaves_the_rest_to_the_next(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [*payments(10), OPENER, event(OFFICE, "c-2", a_household("DB-2"))]
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *lines)
    right = await ledger_dump(connection)

    intake = await wiped(connection)
    intake.wake_at_once = 3
    await take(connection, intake, *lines[:10])
    moves = 0
    move_on = tables.move_on

    async def dying(*rest: Any) -> None:
        nonlocal moves
        moves += 1
        if moves == 3:
            raise ConnectionResetError
        await move_on(*rest)

    with monkeypatch.context() as patch:
        patch.setattr(tables, "move_on", dying)
        with pytest.raises(ConnectionResetError):
            await take(connection, intake, lines[10], batch=1)
    assert await waiting(connection) == (4, 1)
    following = (await Bench.join(connection)).intake
    following.wake_at_once = 3
    records = [Record(line, f"test:{n}") for n, line in enumerate(lines)]
    taken = await following.take(connection, records[11:])
    assert [event.outcome.kind for event in taken.woken] == ["accepted"] * 4
    assert taken.outcomes == [Accepted(12)]
    assert await ledger_dump(connection) == right


async def test_what_another_writer_left_is_woken_before_a_record_is_taken_alone(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *payments(3))
    other = (await Bench.join(connection)).intake
    noted = attempts.alone

    async def alone(*rest: Any) -> bool:
        if not await connection.fetchval("SELECT count(*) FROM ledger.entry"):
            items = await other.read(connection, [Record(OPENER, "other:1")])
            await other._take_one(connection, items, None)
        return await noted(*rest)

    async def kept(*_: object) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(attempts, "alone", alone)
    record = Record(event(OFFICE, "c-2", a_household("DB-2")), "t:1")
    taken = await intake.take_alone(connection, "t", record, kept)
    assert taken.outcomes == [Accepted(5)]
    assert await waiting(connection) == (0, 0)


async def test_what_a_restore_left_waiting_for_what_has_arrived_is_woken(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It brings an entry from the topic, and not all that this had woken."""
    changing = altered(
        payments(1)[0], id="p-0-changed", corrects=f"{BANK}/p-0", correctionkind="changed"
    )
    elsewhere = altered(event(BANK, "p", a_payment("DB-9", 1, "2024-01")), id="p-elsewhere")
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *payments(3)[1:], elsewhere, changing)
    with monkeypatch.context() as restored:
        restored.setattr(waking.Wakings, "wake", lambda *_: None)
        await take(connection, intake, OPENER, payments(1)[0])
    assert await waiting(connection) == (4, 0)

    await setting_aside.leave_arrived(connection, LEDGER)
    assert await waiting(connection) == (4, 2)
    following = (await Bench.join(connection)).intake
    await take(connection, following, event(OFFICE, "c-2", a_household("DB-2")))
    assert await waiting(connection) == (1, 0)
    taken = await connection.fetch("SELECT event_id FROM ledger.entry ORDER BY position")
    assert [row[0] for row in taken] == ["c-1", "p-0", "p-1", "p-2", "p-0-changed", "c-2"]


async def test_one_that_the_database_refuses_is_refused_and_what_woke_it_is_taken(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *payments(25))
    write = batch.Batch.write

    async def writing(self: batch.Batch, *rest: Any) -> None:
        if any(row[4] == "p-13" for row in self.rows):
            raise asyncpg.ProgramLimitExceededError
        await write(self, *rest)

    monkeypatch.setattr(batch.Batch, "write", writing)
    taken = await intake.take(connection, [Record(OPENER, "a"), Record(OPENER, "b")])
    assert taken.outcomes[0] == Accepted(1)
    kinds = {event.name: event.outcome.kind for event in taken.woken}
    assert kinds.pop(f"{BANK}/p-13") == "quarantined"
    assert set(kinds.values()) == {"accepted"}
    assert len(kinds) == 24
    reasons = await connection.fetch("SELECT reason FROM ledger.quarantine")
    assert [row[0] for row in reasons] == ["storage_refused"]
    assert await waiting(connection) == (0, 0)


async def test_another_event_of_a_stream_for_which_many_are_parked_opens_none_of_them(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *payments(30))

    def never(_: bytes) -> bytes:
        raise AssertionError

    monkeypatch.setattr(intake.sealer, "unbox", never)
    one_more = Record(altered(payments(1)[0], id="p-more"), "x")
    taken = await intake.take(connection, [one_more])
    assert taken.outcomes == [Parked("stream:case/DB-1")]


async def test_bytes_of_few_are_held_at_a_time(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many transactions as their bytes need, whatever their number."""
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *payments(20))
    monkeypatch.setattr(waking, "WAKE_BYTES", 5 * len(payments(1)[0]))
    held: list[int] = []
    write = batch.Batch.write

    async def writing(self: batch.Batch, *rest: Any) -> None:
        held.append(len(self.parked))
        await write(self, *rest)

    monkeypatch.setattr(batch.Batch, "write", writing)
    monkeypatch.setattr(waking, "READ_AT_ONCE", 2)
    assert (await take(connection, intake, OPENER)).accepted == 21
    assert max(held) <= 7
    judged = await connection.fetch("SELECT event_id FROM ledger.entry ORDER BY position")
    assert [row[0] for row in judged] == ["c-1", *(f"p-{n}" for n in range(20))]


async def test_a_second_writer_asks_only_what_the_first_changed(
    connection: asyncpg.Connection,
) -> None:
    """Two writers in turn: what is aside from long ago is not read anew by each batch."""
    first, second = [(await Bench.open(connection)).intake for _ in range(2)]
    await take(connection, first, *payments(5), b"junk")
    await take(connection, second, b"more junk")
    asked: list[Any] = []
    connection.add_query_logger(lambda query: asked.append(query.query))
    assert (await take(connection, first, OPENER)).accepted == 6
    assert not [query for query in asked if "DISTINCT waits_for FROM ledger.parked" in query]
    assert (await take(connection, second, b"junk", *payments(1))).duplicate == 2


async def test_what_fails_in_its_turn_is_settled(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *payments(3))

    def judging(_: Aggregate, fact: Any, *_rest: Any, **_more: Any) -> tuple[str, ...]:
        if getattr(fact, "amount_fen", 0) == 50_001:
            raise RecursionError
        return ()

    monkeypatch.setattr(Aggregate, "judge", judging)
    await take(connection, intake, OPENER)
    assert await waiting(connection) == (0, 0)
    taken_up = await connection.fetch("SELECT kind, subject FROM ledger.journal WHERE number > 3")
    assert ("refused", "parked/2") in [tuple(row) for row in taken_up]
