"""A read model that cannot fold an entry halts before it, by name; all others go on as without it.

It goes on once the entry is left out of it: as if that had been taken back when it was told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate import Entry
from domain.corrections import replaces
from infra.settings import Settings
from ledger import journal
from projections import checkpoint, tail
from projections.assistance import payments
from projections.cases.entitlement import cases
from projections.catalogue import READ_MODELS
from projections.read_model import SCHEMA, ReadModel
from tests.oracle.delivery import of_all_types
from tests.oracle.everything import Tables, as_of, differences, tables
from tests.support.engine import forget_rows, read_dump, read_entries, take
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment
from tests.support.poison import poisoned
from tests.support.rulebook import changed, revoked
from upkeep.leaving_out import NotHalted, leave_out

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
SAID = journal.said("示例经办人", "读不了")
CASE = a_household("DB-1")
JANUARY = a_payment("DB-1", 50_000, "2024-01")
FEBRUARY = a_payment("DB-1", 60_000, "2024-02")
LESS = a_payment("DB-1", 40_000, "2024-01")
JUNE = date(2024, 6, 1)


async def halts(connection: asyncpg.Connection) -> dict[str, int]:
    """Read model → where it has halted."""
    stands = await checkpoint.stands(connection, LEDGER)
    return {name: stand.halt.position for name, stand in stands.items() if stand.halt is not None}


async def leaves_out(connection: asyncpg.Connection, model: ReadModel, position: int) -> None:
    secret = Settings().secret
    await leave_out(connection, secret, LEDGER, model.name, position, SAID)
    await tail.catch_up(connection, LEDGER)


def rows_of(found: Tables) -> Tables:
    return {name: rows for name, rows in found.items() if name.startswith(SCHEMA)}


def table(model: ReadModel) -> str:
    return f"{SCHEMA}.{model.name}"


def one_in_the_middle(model: ReadModel, entries: Sequence[Entry]) -> int:
    """The position of a fact, no correction, that the read model takes."""
    mine = [entry for entry in entries if entry.type in model.types and not replaces(entry)]
    return mine[len(mine) // 2].position


async def test_each_read_model_halts_by_itself(connection: asyncpg.Connection) -> None:
    """One that fails in the middle of a batch has its rows up to there, all others have theirs."""
    bench = await Bench.open(connection)
    await bench.take(*of_all_types(2, 300), batch=100)
    right = await tables(connection)
    entries = await read_entries(connection, LEDGER, 0, 10_000)
    end = entries[-1].position
    taking = [model for model in READ_MODELS if right[table(model)]]
    assert len(taking) > 30
    for model in taking:
        position = one_in_the_middle(model, entries)
        await forget_rows(connection, LEDGER)
        with poisoned(model, position):
            await tail.catch_up(connection, LEDGER)
        assert await halts(connection) == {model.name: position}
        stands = await checkpoint.stands(connection, LEDGER)
        others = {stand.position for name, stand in stands.items() if name != model.name}
        assert others == {end}, model.name
        found = as_of(await tables(connection), end)
        expected = as_of(right, end)
        assert found.pop(table(model)) == as_of(right, position - 1)[table(model)]
        del expected[table(model)]
        assert differences(expected, found) == []


TOO_LARGE = 2**63


def forever(rows: Any) -> Any:
    return forever(rows)


UNSTORABLE = {
    "what is no row": lambda _: [()],
    "a number past all bounds": lambda rows: [rows[0]._replace(amount_fen=TOO_LARGE)],
    "a text that PostgreSQL cannot hold": lambda rows: [rows[0]._replace(programme="\0")],
    "a value of another type": lambda rows: [rows[0]._replace(paid_on="2024-01-31")],
    "nothing where something must be": lambda rows: [rows[0]._replace(programme=None)],
    "a row too long for an index": lambda rows: [
        rows[0]._replace(programme="".join(chr(33 + n * n % 9_000) for n in range(9_000)))
    ],
    "calls without end": forever,
}


@pytest.mark.parametrize("instead", UNSTORABLE.values(), ids=UNSTORABLE)
async def test_rows_that_cannot_be_stored_halt_it_too(
    bench: Bench, instead: Callable[[Any], Any]
) -> None:
    with poisoned(payments, 2, instead):
        await bench.tell(CASE, JANUARY, FEBRUARY)
    assert await halts(bench.connection) == {"payment": 2}
    assert await bench.rows("payment") == []
    assert len(await bench.rows("case_entitlement")) == 1


async def test_an_entry_that_cannot_be_read_halts_those_that_take_its_type(bench: Bench) -> None:
    await take(bench.connection, bench.intake, *LINES)
    entries = await read_entries(bench.connection, LEDGER, 0, 100)
    position = one_in_the_middle(payments, entries)
    async with bench.connection.transaction():
        await bench.connection.execute("SET LOCAL session_replication_role = replica")
        await bench.connection.execute(
            "UPDATE ledger.entry SET open = '{' WHERE position = $1", position
        )
    await tail.catch_up(bench.connection, LEDGER)
    taking = [m.name for m in READ_MODELS if entries[position - 1].type in m.types]
    assert await halts(bench.connection) == dict.fromkeys(taking, position)
    for name in taking:
        model = next(model for model in READ_MODELS if model.name == name)
        await leaves_out(bench.connection, model, position)
    assert await halts(bench.connection) == {}
    assert position not in {row["known_from"] for row in await bench.rows("payment")}


async def test_it_is_told_what_failed_and_where_but_not_of_whom(bench: Bench) -> None:
    with poisoned(payments, 2):
        await bench.tell(CASE, JANUARY)
    stand = (await checkpoint.stands(bench.connection, LEDGER))["payment"]
    assert stand.halt is not None
    assert stand.halt.error.startswith("ValueError at poison.py:")
    assert stand.halt.error.endswith(" raising")
    assert stand.halt.since is not None


async def test_what_comes_later_is_folded_by_the_others(bench: Bench) -> None:
    with poisoned(payments, 2):
        await bench.tell(CASE, JANUARY)
    await bench.tell(FEBRUARY, a_household("DB-2"))
    assert await halts(bench.connection) == {"payment": 2}
    assert await bench.rows("payment") == []
    assert len(await bench.rows("case_entitlement")) == 2
    assert await tail.behind(bench.connection, LEDGER) == 0


async def test_where_all_have_halted_nothing_is_read_again(bench: Bench) -> None:
    with poisoned(payments, 2):
        await take(bench.connection, bench.intake, *LINES)
        await tail.catch_up(bench.connection, LEDGER, [payments])
        assert await tail.catch_up(bench.connection, LEDGER, [payments]) == 0


@given(
    st.sampled_from([payments, cases]),
    st.integers(1, len(LINES)),
    st.integers(1, 9),
    st.integers(1, 9),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_however_batches_are_cut_it_halts_at_the_same_entry(
    connection: asyncpg.Connection, model: ReadModel, position: int, size: int, other: int
) -> None:
    """And once that is left out, the rows are the same again, whether it had halted or not."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM ledger.ledger)"):
        bench = await Bench.open(connection)
        await bench.take(*LINES)
    transaction = connection.transaction()
    await transaction.start()
    try:
        found = []
        with poisoned(model, position):
            for batch in (size, other):
                await forget_rows(connection, LEDGER)
                await tail.catch_up(connection, LEDGER, batch=batch)
                found.append((await halts(connection), rows_but_times(await tables(connection))))
            assert found[0] == found[1]
            if model.name not in found[0][0]:
                return
            await leaves_out(connection, model, found[0][0][model.name])
            gone_on = await read_dump(connection)
            for batch in (size, other):
                await forget_rows(connection, LEDGER)
                await tail.catch_up(connection, LEDGER, batch=batch)
                assert await read_dump(connection) == gone_on
    finally:
        await transaction.rollback()


def rows_but_times(found: Tables) -> Tables:
    kept = rows_of(found)
    kept[f"{SCHEMA}.checkpoint"] = sorted(
        tuple(column for column in row if column[0] != "halted_at")
        for row in kept[f"{SCHEMA}.checkpoint"]
    )
    return kept


# Left out.


async def left_out(bench: Bench, model: ReadModel, position: int, *told: Any) -> list[Any]:
    """The rows of a read model after these were told, one of which it cannot fold."""
    with poisoned(model, position):
        await bench.tell(*told, received=JUNE)
        await leaves_out(bench.connection, model, position)
    rows = await bench.rows(model.name)
    return [(row["known_from"], row["amount_fen"]) for row in rows]


TWICE = changed(LESS, by=a_payment("DB-1", 45_000, "2024-01"))
OF_CORRECTIONS: list[tuple[str, list[Any], int, list[tuple[int, int]]]] = [
    ("a payment", [JANUARY, FEBRUARY], 2, [(3, 60_000)]),
    ("a payment that is put right later", [JANUARY, changed(JANUARY, by=LESS)], 2, [(3, 40_000)]),
    ("a payment that is taken back later", [JANUARY, revoked(JANUARY)], 2, []),
    ("what puts one right", [JANUARY, changed(JANUARY, by=LESS)], 3, [(2, 50_000)]),
    (
        "what puts one right, and is put right itself",
        [JANUARY, changed(JANUARY, by=LESS), TWICE],
        3,
        [(4, 45_000)],
    ),
    (
        "what puts one right, and is taken back itself",
        [JANUARY, changed(JANUARY, by=LESS), revoked(LESS)],
        3,
        [(2, 50_000)],
    ),
]


@pytest.mark.parametrize(
    ("told", "position", "rows"),
    [case[1:] for case in OF_CORRECTIONS],
    ids=[c[0] for c in OF_CORRECTIONS],
)
async def test_what_is_left_out_is_as_if_taken_back(
    bench: Bench, told: list[Any], position: int, rows: list[tuple[int, int]]
) -> None:
    assert await left_out(bench, payments, position, CASE, *told) == rows


async def test_a_decision_that_is_left_out_turns_no_row(bench: Bench) -> None:
    await bench.tell(CASE)
    other = a_household("DB-1", covered=3)
    with poisoned(cases, 2):
        await bench.tell(changed(CASE, by=other))
        assert await halts(bench.connection) == {"case_entitlement": 2}
        await leaves_out(bench.connection, cases, 2)
    assert [row["persons"] for row in await bench.rows("case_entitlement")] == [1]
    await bench.tell(changed(other, by=a_household("DB-1", covered=2)))
    assert [row["persons"] for row in await bench.rows("case_entitlement")] == [2]


async def test_only_where_it_has_halted_may_an_entry_be_left_out(bench: Bench) -> None:
    with poisoned(payments, 3):
        await bench.tell(CASE, JANUARY, FEBRUARY)
    secret = Settings().secret
    for model, position in (("payment", 2), ("case_entitlement", 3), ("none", 3)):
        with pytest.raises(NotHalted, match="payment 3"):
            await leave_out(bench.connection, secret, LEDGER, model, position, SAID)
    notes = await journal.read(bench.connection, LEDGER)
    assert [note.kind for note in notes] == ["bureau-adopted"]


async def test_one_that_halts_again_is_left_with_both(bench: Bench) -> None:
    with poisoned(payments, 2), poisoned(payments, 3):
        await bench.tell(CASE, JANUARY, FEBRUARY, LESS)
        await leaves_out(bench.connection, payments, 2)
        assert await halts(bench.connection) == {"payment": 3}
        await leaves_out(bench.connection, payments, 3)
    assert await halts(bench.connection) == {}
    assert [row["known_from"] for row in await bench.rows("payment")] == [4]
    found = await journal.left_out(bench.connection, LEDGER, ["payment"])
    assert {position: note.by for position, note in found["payment"].items()} == {
        2: SAID.by,
        3: SAID.by,
    }
