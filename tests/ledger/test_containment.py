"""An exception of one record is that record's quarantine: all others go on as without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from domain import corrections
from domain.aggregate import Aggregate
from domain.envelope import Door, read
from domain.faults import fault
from ledger import adopted, batch, sealing, states
from ledger.intake import Intake
from ledger.leaf import leaf_of
from ledger.outcomes import Accepted, Quarantined
from ledger.records import Record
from ledger.seal import Sealer
from projections.read_model import SCHEMA
from tests.support.bureau import SAMPLE
from tests.support.engine import altered, ledger_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
CASE, CHANGED = (
    next(line for line in LINES if f'"id":"{name}"'.encode() in line) for name in ("a-1", "a-1b")
)
POISON = altered(CASE, {"reason": "POISON"}, id="poison-1")
IN_A_THREAD = altered(CHANGED, {"reason": "POISON"}, id="poison-2")

Fails = Callable[[pytest.MonkeyPatch], None]


def is_poison(fact: Any) -> bool:
    return getattr(fact, "reason", None) == "POISON"


def fails_read(patch: pytest.MonkeyPatch) -> None:
    strictly = Door.read

    def reading(door: Door, raw: bytes, message: Any = None) -> Any:
        if b"POISON" in raw:
            raise KeyError(raw)
        return strictly(door, raw, message)

    patch.setattr(Door, "read", reading)


def fails_to_name_what_it_refers_to(patch: pytest.MonkeyPatch) -> None:
    received = type(read(POISON, SAMPLE, replay=True).event)  # made of the event's class
    refers = received.refers

    def deep(self: Any) -> Any:
        return deep(self) if is_poison(self) else refers(self)

    patch.setattr(received, "refers", deep)


def fails_to_be_sealed(patch: pytest.MonkeyPatch) -> None:
    split = Sealer.split

    def no_memory(self: Sealer, received: Any, bureau: Any) -> Any:
        if is_poison(received.event):
            raise MemoryError
        return split(self, received, bureau)

    patch.setattr(Sealer, "split", no_memory)


def fails_to_be_judged(patch: pytest.MonkeyPatch) -> None:
    judge = Aggregate.judge

    def judging(self: Aggregate, fact: Any, *rest: Any, **more: Any) -> Any:
        if is_poison(fact):
            raise OverflowError("date value out of range")
        return judge(self, fact, *rest, **more)

    patch.setattr(Aggregate, "judge", judging)


def fails_when_the_state_has_changed(patch: pytest.MonkeyPatch) -> None:
    take_fact = Aggregate.take

    def taking(self: Aggregate, fact: Any, told: Any) -> None:
        take_fact(self, fact, told)
        if is_poison(fact):
            raise ValueError

    patch.setattr(Aggregate, "take", taking)


def fails_when_the_order_has_changed(patch: pytest.MonkeyPatch) -> None:
    taken = corrections.take

    def taking(state: Aggregate, entry: Any, *rest: Any, **more: Any) -> Any:
        done = taken(state, entry, *rest, **more)
        if is_poison(entry.data):
            raise ValueError
        return done

    patch.setattr(corrections, "take", taking)


STEPS: list[Fails] = [
    fails_read,
    fails_to_name_what_it_refers_to,
    fails_to_be_sealed,
    fails_to_be_judged,
    fails_when_the_state_has_changed,
    fails_when_the_order_has_changed,
]


async def told(connection: asyncpg.Connection) -> Any:
    """What the ledger holds but for its quarantine, and what the journal says of that."""
    dump = await ledger_dump(
        connection,
        leave_out={
            "entry": {"leaf", "mac"},
            "sealed_part": {"sealed"},
            "person_key": {"key"},
            "parked": {"journal_from", "journal_to", "origin"},
        },
    )
    return {name: dump[name] for name in dump if name not in ("ledger", "quarantine", "journal")}


async def wiped(connection: asyncpg.Connection) -> Intake:
    await connection.execute(f"DROP SCHEMA ledger, read, {SCHEMA} CASCADE")
    return (await Bench.open(connection)).intake


@pytest.mark.parametrize("step", STEPS, ids=[step.__name__ for step in STEPS])
async def test_all_others_go_on_as_if_it_had_not_come(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, step: Fails
) -> None:
    """However the records are cut into batches, and wherever among them it stands."""
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES)
    right = await told(connection)
    known = LINES.index(CASE) + 1
    lines = LINES[:known] + [x for line in LINES[known:] for x in (POISON, IN_A_THREAD, line)]
    step(monkeypatch)
    for size in (1, 4, 1000):
        intake = await wiped(connection)
        tally = await take(connection, intake, *lines, batch=size)
        assert await told(connection) == right
        quarantined = await connection.fetch("SELECT reason, event_id FROM ledger.quarantine")
        assert [row["reason"] for row in quarantined] == ["judge_failed"] * 2
        assert (tally.quarantined, tally.duplicate) == (2, 2 * len(LINES[known:]) - 2)


async def test_where_our_code_failed_is_told_and_never_what_it_said(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    fails_to_be_judged(monkeypatch)
    taken = await intake.take(
        connection, [Record(line, f"t/0/{n}") for n, line in enumerate([*LINES, POISON])]
    )
    outcome = taken.outcomes[-1]
    assert isinstance(outcome, Quarantined)
    (found,) = outcome.faults
    assert found.code == "judge_failed"
    assert found.expected.startswith("OverflowError at test_containment.py:")
    assert found.expected.endswith(" judging")
    assert [(record.origin if record else None, f) for record, f in taken.failures] == [
        (f"t/0/{len(LINES)}", found)
    ]


async def test_it_is_taken_once_the_code_is_mended(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *LINES)
    with monkeypatch.context() as broken:
        fails_when_the_state_has_changed(broken)
        assert (await take(connection, intake, POISON)).quarantined == 1
        assert (await take(connection, intake, POISON)).duplicate == 1
    assert (await take(connection, intake, POISON)).accepted == 1
    released = await connection.fetchval("SELECT released_by FROM ledger.quarantine")
    assert released == f"{OFFICE}/poison-1"


async def test_a_parked_event_that_fails_when_it_is_woken_is_refused_and_the_others_are_taken(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    waiting = [altered(CASE, id=f"w-{n}") for n in range(3)]
    waiting[1] = altered(waiting[1], {"reason": "POISON"})
    assert (await take(connection, intake, *waiting)).parked == 3
    fails_when_the_state_has_changed(monkeypatch)
    opener = event(OFFICE, "c-1", a_household("DB-1"))
    later = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
    taken = await intake.take(connection, [Record(opener, "a"), Record(later, "b")])
    assert taken.outcomes == [Accepted(1), Accepted(4)]
    assert [event.outcome.kind for event in taken.woken] == ["accepted", "quarantined", "accepted"]
    assert (
        await connection.fetchval("SELECT count(*) FROM ledger.parked WHERE taken_at IS NULL") == 0
    )
    told_of = await connection.fetch("SELECT kind, subject FROM ledger.journal ORDER BY number")
    assert [tuple(row) for row in told_of][4:] == [
        ("taken-up", "parked/1"),
        ("refused", "quarantine/1"),
        ("refused", "parked/2"),
        ("taken-up", "parked/3"),
    ]


async def test_a_stream_that_cannot_be_read_stops_only_what_is_about_it(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    cases = [event(OFFICE, f"c-{n}", a_household(f"DB-{n}")) for n in range(3)]
    await take(connection, intake, *cases)
    load = states.load

    async def loading(c: asyncpg.Connection, ledger: str, streams: Any, *rest: Any) -> Any:
        if "case/DB-1" in streams:
            raise AssertionError
        return await load(c, ledger, streams, *rest)

    monkeypatch.setattr(states, "load", loading)
    found = await Bench.join(connection)
    payments = [event(BANK, f"p-{n}", a_payment(f"DB-{n}", 50_000, "2024-01")) for n in range(3)]
    taken = await found.intake.take(connection, [Record(line, "x") for line in payments])
    assert [outcome.kind for outcome in taken.outcomes] == ["accepted", "quarantined", "accepted"]


async def test_what_fails_to_be_written_is_found_by_halves(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There no single record is at work, so that only trying tells."""
    intake = (await Bench.open(connection)).intake

    def leaves(row: Any, parts: Any) -> bytes:
        if b"POISON" in row[8]:
            raise ZeroDivisionError
        return leaf_of(row, parts)

    monkeypatch.setattr(sealing, "leaf_of", leaves)
    lines = [*LINES[:7], POISON, *LINES[7:]]
    await take(connection, intake, *lines)
    reasons = await connection.fetch("SELECT reason, expected FROM ledger.quarantine")
    assert [row["reason"] for row in reasons] == ["judge_failed"]
    assert reasons[0]["expected"].startswith("ZeroDivisionError at test_containment.py:")
    right = await told(connection)
    monkeypatch.undo()
    await take(connection, await wiped(connection), *LINES)
    assert right == await told(connection)


@pytest.mark.parametrize(
    "refused",
    [
        asyncpg.NumericValueOutOfRangeError,
        asyncpg.NotNullViolationError,
        asyncpg.ProgramLimitExceededError,
    ],
)
async def test_what_the_database_cannot_store_is_found_by_halves(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, refused: type[Exception]
) -> None:
    intake = (await Bench.open(connection)).intake
    write = batch.Batch.write

    async def writing(self: batch.Batch, *rest: Any) -> None:
        if any(b"POISON" in row[8] for row in self.rows):
            raise refused
        await write(self, *rest)

    monkeypatch.setattr(batch.Batch, "write", writing)
    records = [Record(line, str(n)) for n, line in enumerate([*LINES[:7], POISON, *LINES[7:]])]
    taken = await intake.take(connection, records)
    assert taken.outcomes[7] == Quarantined((fault("storage_refused"),))
    assert taken.tally.quarantined == 1


async def test_taken_alone_what_the_database_cannot_store_is_refused(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it was parked, and is woken by what is taken alone."""
    intake = (await Bench.open(connection)).intake
    parked = event(BANK, "p-77", a_payment("DB-77", 50_000, "2024-01"))
    opener = event(OFFICE, "c-77", a_household("DB-77"))
    write = batch.Batch.write

    async def writing(self: batch.Batch, *rest: Any) -> None:
        if any(b"POISON" in row[8] or row[4] == "p-77" for row in self.rows):
            raise asyncpg.ProgramLimitExceededError
        await write(self, *rest)

    async def kept(*_: object) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(batch.Batch, "write", writing)
    outcomes: list[Any] = []
    for n, line in enumerate([*LINES, POISON, parked, opener]):
        taken = await intake.take_alone(connection, "t", Record(line, f"t:{n}"), kept)
        outcomes += taken.outcomes
    refused = Quarantined((fault("storage_refused"),))
    assert outcomes[len(LINES)] == refused
    assert isinstance(outcomes[-1], Accepted)
    assert [woken.outcome for woken in taken.woken] == [refused]
    assert await connection.fetchval("SELECT count(*) FROM ledger.waking") == 0


@pytest.mark.parametrize(
    "out_of_reach",
    [
        asyncpg.DiskFullError,
        asyncpg.ConnectionDoesNotExistError,
        asyncpg.AdminShutdownError,
        asyncpg.InterfaceError,
        ConnectionResetError,
        TimeoutError,
    ],
)
async def test_a_server_out_of_reach_is_no_fault_of_a_record(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, out_of_reach: type[Exception]
) -> None:
    intake = (await Bench.open(connection)).intake

    async def lost(*_: object) -> None:
        raise out_of_reach("gone")

    with monkeypatch.context() as patch:
        patch.setattr(states, "load", lost)
        with pytest.raises(out_of_reach):
            await take(connection, intake, *LINES)
    assert await connection.fetchval("SELECT max(kind) FROM ledger.journal") == adopted.KIND
    assert (await take(connection, intake, *LINES)).quarantined == 0


async def test_one_more_that_fails_asks_the_database_not_twice_more(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = (await Bench.open(connection)).intake
    await take(connection, intake, *LINES)
    fails_to_be_judged(monkeypatch)
    asked: list[str] = []
    connection.add_query_logger(lambda query: asked.append(query.query))
    counts = []
    for count in (1, 20):
        asked.clear()
        await take(connection, intake, *(altered(POISON, id=f"{count}-{n}") for n in range(count)))
        counts.append(len(asked))
    assert counts[1] - counts[0] < 2 * 19
