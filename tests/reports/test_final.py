"""An answer that is said to be final never changes; one that may change is not said to be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.event import Event
from infra import postgres
from ledger import clock, store, tables
from ledger.intake import Record
from ledger.records import Gap
from projections import tail
from reports import aside
from reports.aside import Aside
from reports.moment import resolve
from tests.support import defined
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench, event, rolled_back
from tests.support.money import a_household, a_payment

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
FIRST = datetime(2024, 12, 1, tzinfo=UTC)


def sent(source: str, event_id: str, fact: Event) -> bytes:
    """As it is sent to a live ledger, whose own clock says when it was received."""
    return altered(event(source, event_id, fact), receivedat=None)


class Said(NamedTuple):
    """What a reader is told of the year 2024."""

    final: bool
    answer: tuple[int, Any, Aside]
    """Position, payments in 分, what waits."""


async def ask(connection: asyncpg.Connection, **when: Any) -> Said:
    """A question as a command asks it."""
    settled = (await clock.settled(connection)).get(LEDGER)
    await tail.catch_up(connection, LEDGER)
    moment = await resolve(connection, LEDGER, "2024", **when, settled=settled)
    (paid,) = await defined.figures(connection, moment, ["F16"])
    return Said(moment.final, (moment.at, paid.exact, await aside.at(connection, moment)))


async def now(connection: asyncpg.Connection) -> datetime:
    found: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return found


async def test_nothing_is_final_that_a_batch_under_way_may_still_record(
    database_url: str, connection: asyncpg.Connection
) -> None:
    bench = await Bench.open(connection, "live")
    await bench.take(sent(OFFICE, "c-1", a_household("DB-1")))
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def held_open(
        _connection: asyncpg.Connection, _records: Sequence[Record]
    ) -> dict[str, Gap]:
        begun.set()
        await may_end.wait()
        return {}

    async with postgres.connect(database_url) as reader:
        before = await now(reader)
        lines = [sent(BANK, f"p-{n}", a_payment("DB-1", 50_000, f"2024-0{n}")) for n in (1, 2)]
        records = [Record(line, "test:1") for line in lines]
        batch = asyncio.create_task(bench.intake.take(connection, records, held_open))
        await begun.wait()
        during = await now(reader)
        asked = {t: await ask(reader, known=t.isoformat()) for t in (before, during)}
        at_once = await ask(reader)
        may_end.set()
        await batch
        again = {t: await ask(reader, known=t.isoformat()) for t in asked}
        later = await ask(reader, known=(await now(reader) + timedelta(hours=1)).isoformat())

    assert not asked[before].final  # from outside nobody can tell when the batch began
    assert not asked[during].final
    assert not at_once.final
    assert again[before] == Said(final=True, answer=(1, 0, Aside()))
    assert again[during] == Said(final=True, answer=(3, 100_000, Aside()))
    assert not later.final


async def test_what_was_recorded_is_final_while_somebody_writes(
    database_url: str, connection: asyncpg.Connection
) -> None:
    """Also where two write at once: neither waits for the mark of the other."""
    bench = await Bench.open(connection, "live")
    start = await now(connection)
    await bench.take(sent(OFFICE, "c-1", a_household("DB-1")))
    async with (
        postgres.connect(database_url) as reader,
        connection.transaction(),
        reader.transaction(),
    ):
        for writer in (connection, reader):
            await clock.begin(writer, LEDGER)
        last = (await clock.settled(reader))[LEDGER]
    assert start < last < await now(connection)
    assert await ask(connection, known=start.isoformat()) == Said(
        final=True, answer=(0, 0, Aside())
    )
    assert last == await connection.fetchval("SELECT max(recorded_at) FROM ledger.entry")


async def test_a_batch_has_one_time_of_the_database_and_none_before_what_is_recorded(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection, "live")
    begin = await now(connection)
    await bench.take(*[altered(line, receivedat=None) for line in LINES])
    times = await connection.fetch("SELECT DISTINCT recorded_at FROM ledger.entry")
    ((time,),) = times
    assert begin < time < await now(connection)

    # The clock of another server, after a failover, may be behind.
    ahead = time + timedelta(days=1)
    await connection.execute("UPDATE ledger.ledger SET last_recorded_at = $1", ahead)
    late = (await Bench.join(connection)).intake
    await tables.renew_head(connection, late.sealer, LEDGER)
    await late.take(connection, [Record(sent(OFFICE, "c-8", a_household("DB-8")), "test:1")])
    assert await connection.fetchval("SELECT max(recorded_at) FROM ledger.entry") == ahead


async def test_nothing_is_final_or_answered_while_a_ledger_is_restored(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection, "live")
    await bench.take(sent(OFFICE, "c-1", a_household("DB-1")))
    start = datetime(2024, 1, 1, tzinfo=UTC).isoformat()
    assert (await ask(connection, known=start)).final
    await connection.execute("UPDATE ledger.ledger SET restoring = true")
    assert await clock.settled(connection) == {}
    with pytest.raises(store.LedgerRestoring):
        await ask(connection, known=start)


async def test_in_a_replay_a_time_is_final_up_to_the_last_receipt(bench: Bench) -> None:
    connection = bench.connection
    assert not (await ask(connection, known=FIRST.isoformat())).final
    await bench.take(altered(LINES[0], receivedat=FIRST.isoformat()))
    await bench.take(altered(LINES[1], receivedat=(FIRST + timedelta(hours=1)).isoformat()))
    last = await connection.fetchval("SELECT last_recorded_at FROM ledger.ledger")
    assert (await ask(connection, known=(last - timedelta(microseconds=1)).isoformat())).final
    assert not (await ask(connection, known=last.isoformat())).final


async def test_a_position_is_final_when_another_follows(bench: Bench) -> None:
    """At the last one more may yet be put aside, which is then known at it."""
    await bench.take(event(OFFICE, "c-1", a_household("DB-1")))
    await bench.take(event(OFFICE, "c-2", a_household("DB-2")))
    said = {at: (await ask(bench.connection, at=at)).final for at in (0, 1, 2)}
    assert said == {0: True, 1: True, 2: False}


@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_is_final_stays_as_it_was(ledger_url: str, data: st.DataObject) -> None:
    """Received in any order of time, in any batches, asked at any time in between."""
    hours = st.integers(0, 8).map(lambda n: FIRST + timedelta(hours=n))
    lines = [altered(line, receivedat=data.draw(hours).isoformat()) for line in LINES]
    questions = st.one_of(
        st.fixed_dictionaries({"known": hours.map(datetime.isoformat)}),
        st.fixed_dictionaries({"at": st.integers(0, len(lines))}),
    )
    final: list[tuple[dict[str, Any], Said]] = []
    async with rolled_back(ledger_url) as bench:
        while lines:
            size = data.draw(st.integers(1, 12))
            await bench.take(*lines[:size], batch=size)
            lines = lines[size:]
            position = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
            for question in data.draw(st.lists(questions, max_size=3)):
                if question.get("at", 0) <= position:
                    said = await ask(bench.connection, **question)
                    final += [(question, said)] if said.final else []
        for question, said in final:
            assert await ask(bench.connection, **question) == said, question
