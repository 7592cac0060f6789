"""What goes wrong around a batch: it is taken wholly or not at all, and caches know no better."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from domain.envelope import Door, Received
from domain.faults import fault
from infra import postgres
from infra.settings import Settings
from ledger import batch, files, store, tables
from ledger.intake import Intake
from ledger.outcomes import Accepted, Quarantined, Tally
from ledger.records import Gap, Record
from projections import opening, tail
from projections.read_model import SCHEMA
from tests.support.engine import altered, ledger_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, WAITING, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
TAKEN = Tally(accepted=len(LINES) - WAITING, parked=WAITING)
CASE = event(OFFICE, "c-1", a_household("DB-1"))


def payment(number: int, fen: int = 50_000) -> bytes:
    return event(BANK, f"p-{number}", a_payment("DB-1", fen, f"2024-{number:02d}"))


async def expected(connection: asyncpg.Connection) -> Any:
    """What the history leaves behind when nothing goes wrong."""
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES, batch=5)
    return await ledger_dump(connection)


async def wiped(connection: asyncpg.Connection) -> Intake:
    """A fresh ledger in the same database."""
    await connection.execute(f"DROP SCHEMA ledger, read, {SCHEMA} CASCADE")
    return (await Bench.open(connection)).intake


# A COMMIT may meet the news that the backend is gone: the driver calls that an internal error.
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
STEPS = ("entry", "person_key", "sealed_part", "parked", "move_on", "commit")


@pytest.mark.parametrize("step", STEPS)
async def test_a_connection_lost_before_the_commit_leaves_nothing_and_the_retry_takes_all(
    database_url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The backend is killed at each step of the third batch; the same Intake tries again."""
    async with postgres.connect(database_url) as connection:
        right = await expected(connection)
        taking = await wiped(connection)
        await take(connection, taking, *LINES[:10], batch=5)
        before = await ledger_dump(connection)
    kill_at = [step]

    async def kill(victim: asyncpg.Connection) -> None:
        kill_at.clear()
        async with postgres.connect(database_url) as admin:
            # With a time-out the call waits until the backend is gone, so that no COMMIT slips by.
            pid = victim.get_server_pid()
            await admin.execute("SELECT pg_terminate_backend($1, 10000)", pid)

    copy, move_on, write = tables.copy, tables.move_on, batch.Batch.write

    async def copying(c: asyncpg.Connection, table: str, *rest: Any) -> None:
        if kill_at == [table]:
            await kill(c)
        await copy(c, table, *rest)

    async def moving(c: asyncpg.Connection, ledger: store.Ledger, head: bytes) -> None:
        if kill_at == ["move_on"]:
            await kill(c)
        await move_on(c, ledger, head)

    async def writing(self: batch.Batch, c: asyncpg.Connection, *rest: Any) -> None:
        await write(self, c, *rest)
        if kill_at == ["commit"]:
            await kill(c)

    monkeypatch.setattr(tables, "copy", copying)
    monkeypatch.setattr(tables, "move_on", moving)
    monkeypatch.setattr(batch.Batch, "write", writing)
    async with postgres.connect(database_url) as lost:
        items = await taking.read(
            connection, [Record(line, f"test:{n}") for n, line in enumerate(LINES)]
        )
        with pytest.raises(LOST):
            await taking.take_read(lost, items[10:])
    assert not kill_at
    async with postgres.connect(database_url) as connection:
        assert await ledger_dump(connection) == before
        for part in (items[10:15], items[15:20], items[20:]):
            assert (await taking.take_read(connection, part)).tally.duplicate == 0
        assert await ledger_dump(connection) == right


async def test_an_answer_to_commit_that_is_lost_makes_the_retry_a_duplicate(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = (await Bench.open(connection)).intake
    await take(connection, taking, CASE)
    with monkeypatch.context() as patched:

        def lose(_: object) -> None:
            raise ConnectionResetError

        patched.setattr(taking, "_remember", lose)
        with pytest.raises(ConnectionResetError):
            await take(connection, taking, payment(1))
    assert await take(connection, taking, payment(1), payment(2)) == Tally(accepted=1, duplicate=1)
    assert await connection.fetchval("SELECT max(version) FROM ledger.entry") == 3


async def test_a_failed_batch_changes_no_cache(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payment of a batch that failed must not count as paid when it comes again."""
    taking = (await Bench.open(connection)).intake
    await take(connection, taking, CASE)
    states = {stream: dict(vars(state)) for stream, state in taking._states.items()}
    stranger = event(OFFICE, "c-2", a_household("DB-2"))

    async def full(*_: object) -> None:
        raise asyncpg.DiskFullError

    with monkeypatch.context() as patched:
        patched.setattr(tables, "move_on", full)
        with pytest.raises(asyncpg.DiskFullError):
            await take(connection, taking, payment(1), stranger)
    assert {stream: dict(vars(state)) for stream, state in taking._states.items()} == states

    assert (await take(connection, taking, payment(1), stranger)).accepted == 2
    breaches = await connection.fetch("SELECT breaches FROM ledger.entry")
    assert all(row[0] is None for row in breaches)


async def test_a_batch_that_the_database_refuses_is_bisected(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should reading let through what PostgreSQL cannot store, one record is put aside, not all."""
    taking = (await Bench.open(connection)).intake
    reading = Door.read

    def careless(door: Door, raw: bytes, _: object) -> Received:
        received = reading(door, raw.replace(b"POISON", b"P"))
        if b"POISON" in raw:
            received.id = "p\x00"
        return received

    monkeypatch.setattr(Door, "read", careless)
    lines = [CASE, *(payment(n) for n in range(1, 12))]
    lines.insert(7, altered(payment(12), id="POISON-1"))
    lines.insert(3, altered(payment(12), id="POISON-2"))
    moved: list[str] = []

    async def offsets(_: asyncpg.Connection, records: Sequence[Record]) -> dict[str, Gap]:
        moved.append(",".join(record.origin for record in records))
        return {}

    taken = await taking.take(
        connection, [Record(line, str(n)) for n, line in enumerate(lines)], offsets
    )
    assert str(taken.tally) == "accepted 12, duplicate 0, parked 0, quarantined 2"
    refused = Quarantined((fault("storage_refused"),))
    assert [n for n, outcome in enumerate(taken.outcomes) if outcome == refused] == [3, 8]
    others = [outcome for outcome in taken.outcomes if outcome != refused]
    assert others == [Accepted(position) for position in range(1, 13)]
    rows = await connection.fetch("SELECT reason, origin FROM ledger.quarantine ORDER BY number")
    assert [tuple(row) for row in rows] == [("storage_refused", "3"), ("storage_refused", "8")]
    assert await connection.fetchval("SELECT max(position) FROM ledger.entry") == 12
    assert {origin for part in moved for origin in part.split(",")} == {
        str(n) for n in range(len(lines))
    }


async def test_offsets_that_are_fenced_take_nothing(connection: asyncpg.Connection) -> None:
    taking = (await Bench.open(connection)).intake

    async def fenced(_: asyncpg.Connection, __: Sequence[Record]) -> dict[str, Gap]:
        raise PermissionError

    with pytest.raises(PermissionError):
        await taking.take(connection, [Record(CASE, "t/0/1")], fenced)
    assert await connection.fetchval("SELECT count(*) FROM ledger.entry") == 0
    assert (await take(connection, taking, CASE)).accepted == 1


async def test_two_intakes_on_one_ledger_taking_turns(connection: asyncpg.Connection) -> None:
    """Each sees what the other wrote; nothing is judged by a stale state."""
    first = (await Bench.open(connection)).intake
    second = (await Bench.open(connection)).intake
    await take(connection, first, CASE)
    await take(connection, second, payment(1))
    twice = altered(payment(1), id="p-again")
    await take(connection, first, twice)
    assert await connection.fetchval(
        "SELECT breaches FROM ledger.entry WHERE event_id = 'p-again'"
    ) == ["month-already-paid"]
    assert await take(connection, second, payment(1), twice) == Tally(duplicate=2)


async def test_two_intakes_taking_turns_leave_what_one_would(
    connection: asyncpg.Connection,
) -> None:
    found: list[Any] = []
    for both in (False, True):
        if found:
            await connection.execute(f"DROP SCHEMA ledger, read, {SCHEMA} CASCADE")
        intakes = [(await Bench.open(connection)).intake for _ in range(2)]
        for number, start in enumerate(range(0, len(LINES), 3)):
            await take(connection, intakes[both and number % 2], *LINES[start : start + 3])
        found.append(await ledger_dump(connection))
    assert found[0] == found[1]


async def test_two_intakes_at_once_wait_for_each_other(database_url: str) -> None:
    """Twelve batches from two connections at once: positions dense, versions right, all taken."""
    async with (
        postgres.connect(database_url) as one,
        postgres.connect(database_url) as other,
    ):
        intakes = [(await Bench.open(one)).intake, (await Bench.open(one)).intake]
        cases = [event(OFFICE, f"c-{n}", a_household(f"DB-{n}")) for n in range(24)]

        async def send(connection: asyncpg.Connection, taking: Intake, mine: list[bytes]) -> None:
            await take(connection, taking, *mine, batch=2)

        await asyncio.gather(
            send(one, intakes[0], cases[::2]), send(other, intakes[1], cases[1::2])
        )
        positions = await one.fetch("SELECT position FROM ledger.entry ORDER BY 1")
        assert [row[0] for row in positions] == list(range(1, 25))


async def test_nobody_sees_past_a_transaction_that_is_still_open(database_url: str) -> None:
    """The gap problem: what commits later never stands before what was seen already."""
    async with (
        postgres.connect(database_url) as slow,
        postgres.connect(database_url) as quick,
        postgres.connect(database_url) as reader,
    ):
        held = (await Bench.open(slow)).intake
        other = (await Bench.open(slow)).intake
        await take(slow, held, CASE)
        assert await tail.catch_up(reader, LEDGER) == 1

        transaction = slow.transaction()
        await transaction.start()
        await take(slow, held, payment(1))
        waiting = asyncio.create_task(take(quick, other, payment(2)))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
        assert await tail.catch_up(reader, LEDGER) == 0

        await transaction.commit()
        assert (await waiting).accepted == 1
        assert await tail.catch_up(reader, LEDGER) == 2
        rows = await reader.fetch("SELECT position, event_id FROM ledger.entry ORDER BY 1")
        assert [tuple(row) for row in rows] == [(1, "c-1"), (2, "p-1"), (3, "p-2")]


async def test_a_file_whose_batch_fails_stops_there_and_goes_on_when_sent_again(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading ahead takes nothing by itself."""
    ledger = await opening.create_ledger(connection, LEDGER, "replay", Settings())
    taking = Intake(ledger, Settings().secret)
    records = [Record(line, str(n)) for n, line in enumerate(LINES)]
    groups = [records[start : start + 5] for start in range(0, len(records), 5)]
    calls = 0
    copy = tables.copy

    async def failing(c: asyncpg.Connection, table: str, *rest: Any) -> None:
        nonlocal calls
        calls += table == "entry"
        if calls == 3:
            raise asyncpg.DiskFullError
        await copy(c, table, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(tables, "copy", failing)
        with pytest.raises(asyncpg.DiskFullError):
            await files.ingest(connection, taking, groups)
    tally = await files.ingest(connection, taking, groups)
    assert tally.duplicate == 10
    assert await connection.fetchval("SELECT count(*) FROM ledger.entry") == TAKEN.accepted
