"""Folding: the rows depend on the entries alone, not on batches, order of arrival or restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, time

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate import Entry
from domain.corrections import effective
from infra import postgres
from infra.settings import Settings
from ledger import adopted, store
from ledger.intake import Intake
from projections import opening, projector, tail
from projections.assistance import payments
from projections.catalogue import READ_MODELS
from projections.checkpoint import Stand
from projections.decoding import decode
from projections.read_model import MAX_POSITION, SCHEMA, VERSION
from projections.snapshot import reached, serving, snapshot
from sample.feed import SHANGHAI
from tests.support.bureau import new_ledger
from tests.support.engine import (
    Rows,
    forget_rows,
    ledger_dump,
    read_dump,
    read_entries,
    rows_at_head,
    take,
    without_positions,
)
from tests.support.history import BANK, DAY, OFFICE, STANDARDS, WAITING, history, in_turn
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment
from tests.support.rulebook import changed, revoked

HISTORY = history()
LINES = in_turn(HISTORY, [BANK, OFFICE, STANDARDS] * 20)


@asynccontextmanager
async def emptied(connection: asyncpg.Connection) -> AsyncIterator[Intake]:
    """A fresh ledger on prepared tables, inside a transaction that is rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        ledger = await new_ledger(connection)
        yield Intake(ledger, Settings().secret)
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("size", [1, 7])
async def test_batches_of_any_size_give_identical_tables(
    connection: asyncpg.Connection, size: int
) -> None:
    """Entries with their positions, parked, quarantine and every row of every read model."""
    await opening.prepare(connection)
    lines = [*LINES[:9], b"not json", *LINES[3:5], *LINES[9:], b"not json", b"{}"]
    found = []
    for batch in (5_000, size):
        async with emptied(connection) as intake:
            await take(connection, intake, *lines, batch=batch)
            await tail.catch_up(connection, LEDGER, batch=batch)
            await connection.execute(f"SET LOCAL search_path = {SCHEMA}")
            far = await reached(connection, LEDGER)
            found.append((await ledger_dump(connection), await read_dump(connection), far))
    assert found[0] == found[1]


async def test_a_read_model_knows_which_entry_changed_its_rows_last(bench: Bench) -> None:
    """An entry that another read model takes, or that changes nothing, leaves it as it was."""
    await bench.tell(CASE, PAYMENT)
    await bench.tell(changed(PAYMENT, by=LESS), changed(LESS, by=LESS), received=JUNE)
    async with snapshot(bench.connection):
        far = await reached(bench.connection, LEDGER)
    assert far["payment"] == Stand("payment", 4, changed=3)
    assert far["case_entitlement"] == Stand("case_entitlement", 4, changed=1)
    assert far["village"] == Stand("village", 4, changed=0)

    await bench.tell(revoked(CASE), received=JUNE)
    async with snapshot(bench.connection):
        far = await reached(bench.connection, LEDGER)
    assert far["case_entitlement"] == Stand("case_entitlement", 5, changed=5)
    assert far["payment"] == Stand("payment", 5, changed=3)


async def at_head(
    connection: asyncpg.Connection, lines: Sequence[bytes], batch: int
) -> dict[str, Rows]:
    """The rows that are valid at the end of these lines, of an empty ledger."""
    async with emptied(connection) as intake:
        tally = await take(connection, intake, *lines, batch=batch)
        assert (tally.accepted, tally.parked) == (len(LINES) - WAITING, WAITING)
        await tail.catch_up(connection, LEDGER, batch=batch)
        return await rows_at_head(connection)


@pytest.fixture
async def in_order(connection: asyncpg.Connection) -> dict[str, Rows]:
    """What stands when the sources take fixed turns and all is taken at once."""
    return await at_head(connection, LINES, len(LINES))


@given(st.permutations([OFFICE] * 12 + [BANK] * 11 + [STANDARDS] * 2), st.integers(1, 25))
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_sources_may_take_turns_in_any_way(
    connection: asyncpg.Connection, in_order: dict[str, Rows], turns: list[str], batch: int
) -> None:
    """Received on one day, in each source's own order: the same rows are valid at head."""
    assert await at_head(connection, in_turn(HISTORY, turns), batch) == in_order


async def test_rows_known_now_are_a_plain_fold_of_each_stream(
    connection: asyncpg.Connection,
) -> None:
    """However corrections came in between, what stands is what a fold of what stands gives."""
    bench = await Bench.open(connection)
    await bench.take(*LINES, batch=3)
    streams: dict[str, list[Entry]] = {}
    for entry in await read_entries(connection, LEDGER, 0, 10_000):
        streams.setdefault(entry.stream, []).append(entry)
    head = await rows_at_head(connection)
    for model in READ_MODELS:
        plain = [
            (stream, *without_positions(model, row))
            for stream, history_ in streams.items()
            for row in model.fold_stream(effective(history_))
        ]
        assert head[model.name] == sorted(plain, key=repr), model.name
    assert len(head["payment"]) == 7
    assert len(head["case_entitlement"]) == 7


async def test_dropping_and_rebuilding_gives_identical_tables(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(*LINES, batch=4)
    before = await read_dump(connection)

    await forget_rows(connection, LEDGER)
    assert not any((await read_dump(connection)).values())
    assert await tail.catch_up(connection, LEDGER) == len(LINES) - WAITING

    assert await read_dump(connection) == before


async def test_folding_the_same_entries_again_changes_nothing(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(*LINES)
    before = await read_dump(connection)
    rows = await store.read_rows(connection, LEDGER, 0, 10_000)

    bureaus = await adopted.versions(connection, LEDGER)

    for start in (0, 5, len(rows) - 1):
        await projector.project(connection, LEDGER, await decode(LEDGER, rows[start:], bureaus))
    assert await read_dump(connection) == before


async def test_a_gap_stops_the_projector(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES)
    rows = await store.read_rows(connection, LEDGER, 1, 10_000)

    bureaus = await adopted.versions(connection, LEDGER)

    with pytest.raises(LookupError, match="at 0, got entries from 2"):
        await projector.project(connection, LEDGER, await decode(LEDGER, rows, bureaus))
    assert set((await projector.positions(connection, LEDGER)).values()) == {0}


async def test_one_read_model_is_rebuilt_without_moving_the_others(
    connection: asyncpg.Connection,
) -> None:
    """A rebuild of one while others are behind must not mark the others as done."""
    bench = await Bench.open(connection)
    await bench.take(*LINES[:10])
    await take(connection, bench.intake, *LINES[10:])

    await forget_rows(connection, LEDGER, [payments])
    await tail.catch_up(connection, LEDGER, [payments])
    positions = await projector.positions(connection, LEDGER)
    assert positions.pop(payments.name) == len(LINES) - WAITING
    assert max(positions.values()) < len(LINES) - WAITING
    one = await read_dump(connection)

    await tail.catch_up(connection, LEDGER)
    both = await read_dump(connection)
    assert both[payments.name] == one[payments.name]
    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_dump(connection) == both


# Corrections.


async def _payment_rows(bench: Bench) -> list[tuple[int, int, int | None]]:
    rows = await bench.connection.fetch(
        f"SELECT amount_fen, known_from, nullif(known_to, $1) FROM {SCHEMA}.payment"
        " ORDER BY known_from, n",
        MAX_POSITION,
    )
    return [tuple(row) for row in rows]


CASE = a_household("DB-1")
PAYMENT = a_payment("DB-1", 50_000, "2024-01")
LESS = a_payment("DB-1", 40_000, "2024-01")
JUNE = date(2024, 6, 1)


async def test_a_changed_fact_ends_the_old_row_and_begins_a_new_one(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT)
    await bench.tell(changed(PAYMENT, by=LESS), received=JUNE)
    assert await _payment_rows(bench) == [(50_000, 2, 3), (40_000, 3, None)]


async def test_a_revoked_fact_was_never(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT)
    await bench.tell(revoked(PAYMENT), received=JUNE)
    assert await _payment_rows(bench) == [(50_000, 2, 3)]


async def test_a_correction_of_a_correction(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT)
    more = a_payment("DB-1", 45_000, "2024-01")
    await bench.tell(changed(PAYMENT, by=LESS), changed(LESS, by=more), received=JUNE)
    assert await _payment_rows(bench) == [(50_000, 2, 3), (40_000, 3, 4), (45_000, 4, None)]


async def test_revoking_a_change_brings_back_what_stood_before(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT, changed(PAYMENT, by=LESS), revoked(LESS))
    assert [row for row in await _payment_rows(bench) if row[2] is None] == [(50_000, 4, None)]


async def test_a_correction_that_changes_nothing_keeps_the_row(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT, changed(PAYMENT, by=PAYMENT))
    assert await _payment_rows(bench) == [(50_000, 2, None)]


async def test_what_was_known_before_a_correction_can_still_be_asked(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT)
    await bench.take(*history()[STANDARDS])
    await bench.tell(changed(PAYMENT, by=LESS), received=date(2025, 2, 1))
    old = await bench.figure("F16", known=datetime.combine(DAY, time(23, 59), SHANGHAI))
    assert (old.exact, (await bench.figure("F16")).exact) == (50_000, 40_000)


async def test_services_that_start_at_once_on_an_empty_database_all_open_it(
    database_url: str,
) -> None:
    """The second found nothing left to make, asked for nothing, and ended by the empty answer."""

    async def start() -> None:
        async with postgres.connect(database_url) as connection:
            await opening.prepare(connection)

    await asyncio.gather(*(start() for _ in range(6)))

    async with postgres.connect(database_url) as connection:
        assert await serving(connection) == VERSION
