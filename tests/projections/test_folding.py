"""Decisions in order of business, contributions by name: the rows after each entry, and their cost.

Each past position is compared with a plain fold of what stood then; how rows are brought there (by
difference, in batches, from what was told before) must not be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate import Entry
from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
)
from domain.assistance.payouts import PaymentReturned, PaymentSettled
from domain.bureau.bureau import Bureau
from domain.corrections import effective
from domain.event import Event
from ledger import store
from projections import tail
from projections.assistance import payments
from projections.cases.entitlement import cases
from projections.read_model import MAX_POSITION, ReadModel
from tests.oracle.everything import differences, tables
from tests.support.engine import forget_rows, read_entries, take
from tests.support.ledger import LEDGER, Bench, event, rolled_back
from tests.support.money import a_household, a_payment
from tests.support.rulebook import changed

RECEIVED = date(2025, 4, 1)
SPRING = date(2024, 3, 1)
MONTHS = st.integers(1, 12).map(lambda month: f"2024-{month:02d}")
DAYS = st.dates(date(2023, 11, 1), date(2025, 3, 1))


def adjusted(month: str, on: date, persons: int) -> BenefitAdjusted:
    return BenefitAdjusted(
        case_number="DB-1",
        from_month=month,
        monthly_amount_fen=persons * 10_000,
        covered_persons=persons,
        decided_on=on,
        reason="示例",
    )


def suspended(month: str, on: date, _persons: int) -> BenefitSuspended:
    return BenefitSuspended(case_number="DB-1", from_month=month, decided_on=on, reason="示例")


def resumed(month: str, on: date, _persons: int) -> BenefitResumed:
    return BenefitResumed(case_number="DB-1", first_month=month, decided_on=on, reason="示例")


def ended(month: str, on: date, _persons: int) -> BenefitTerminated:
    return BenefitTerminated(
        case_number="DB-1", last_month=month, reason="withdrawn", decided_on=on
    )


def granted(month: str, _on: date, persons: int) -> Event:
    return a_household("DB-1", covered=persons, first=month)


def paid(month: str, _on: date, persons: int) -> PaymentSettled:
    return a_payment("DB-1", persons * 10_000, month)


FACTS = (granted, adjusted, suspended, resumed, ended, paid, paid)
Told = tuple[Callable[..., Event], str, date, int, int, str | None]
"""How a fact is made, of what month, day and number; which line it corrects (counted back), how."""
GRANT: Told = (granted, "2024-03", date(2024, 1, 1), 2, 0, None)
TOLD = st.tuples(
    st.sampled_from(FACTS),
    MONTHS,
    DAYS,
    st.integers(1, 4),
    st.integers(1, 8),
    st.sampled_from([None, None, "changed", "revoked"]),
)


def lines_of(told: Sequence[Told]) -> list[bytes]:
    """A grant, then what was told; whoever would correct a line that is not there tells a fact."""
    made: list[tuple[Callable[..., Event], str]] = []
    lines = []
    for number, (of_itself, month, on, persons, back, kind) in enumerate([GRANT, *told]):
        corrected = kind is not None and back <= number
        make, corrects = made[number - back] if corrected else (of_itself, None)
        source = "payouts" if make is paid else "social-assistance"
        made.append((make, f"{source}/e-{number}"))
        fact = make(month, on, persons)
        how = kind if corrected else None
        lines.append(
            event(source, f"e-{number}", fact, received=RECEIVED, corrects=corrects, kind=how)
        )
    return lines


@given(st.lists(TOLD, max_size=25), st.integers(1, 9), st.integers(1, 9))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_each_past_position_is_a_fold_of_what_stood_then(
    ledger_url: str, told: Sequence[Told], size: int, batch: int
) -> None:
    """Late, corrected, corrected again, several in one batch; folded live, and all anew."""
    lines = lines_of(told)
    async with rolled_back(ledger_url) as bench:
        for start in range(0, len(lines), size):
            await take(bench.connection, bench.intake, *lines[start : start + size])
            await tail.catch_up(bench.connection, LEDGER)
        live = await tables(bench.connection)
        entries = await read_entries(bench.connection, LEDGER, 0, 1_000)
        assert len(entries) == len(lines)
        for model in (cases, payments):
            rows = await bench.connection.fetch(f"SELECT * FROM {model.table}")
            for position in range(len(entries) + 1):
                known = [r for r in rows if r["known_from"] <= position < r["known_to"]]
                found = sorted(repr(tuple(r[name] for name in model.columns)) for r in known)
                plain = model.fold_stream(effective(entries[:position]))
                assert found == sorted(repr(tuple(row)) for row in plain), (model.name, position)
        await forget_rows(bench.connection, LEDGER)
        await tail.catch_up(bench.connection, LEDGER, batch=batch)
        assert not differences(live, await tables(bench.connection))


async def test_a_row_that_an_entry_leaves_alone_keeps_who_made_it(bench: Bench) -> None:
    """A late decision about other months moves no other row."""
    june, march = adjusted("2024-06", date(2024, 5, 20), 3), adjusted("2024-03", SPRING, 4)
    await bench.tell(a_household("DB-1", covered=2))
    await bench.tell(june)
    await bench.tell(march)

    assert await history(bench, cases, "first_month", "last_month", "persons") == [
        (1, 2, "2023-01", None, 2),
        (2, 3, "2023-01", "2024-05", 2),
        (2, None, "2024-06", None, 3),
        (3, None, "2023-01", "2024-02", 2),
        (3, None, "2024-03", "2024-05", 4),
    ]


async def test_a_corrected_decision_keeps_its_place_among_those_of_its_day(bench: Bench) -> None:
    """Two of one day: the second counts, also after the first was changed."""
    first, second = adjusted("2024-03", SPRING, 3), adjusted("2024-03", SPRING, 4)
    await bench.tell(a_household("DB-1"), first, second)
    await bench.tell(changed(first, by=adjusted("2024-03", SPRING, 5)))

    assert [row["persons"] for row in await bench.rows("case_entitlement")] == [1, 4]


async def test_a_corrected_decision_goes_to_its_new_day(bench: Bench) -> None:
    """Told as of March, it was made in April, after another."""
    first, second = adjusted("2024-03", SPRING, 3), adjusted("2024-03", date(2024, 3, 20), 4)
    await bench.tell(a_household("DB-1"), first, second)
    await bench.tell(changed(first, by=adjusted("2024-03", date(2024, 4, 1), 3)))

    assert [row["persons"] for row in await bench.rows("case_entitlement")] == [1, 3]


async def history(bench: Bench, model: ReadModel, *columns: str) -> list[tuple[Any, ...]]:
    """Who made and ended each row (None = it stands), and these columns of it."""
    rows = await bench.connection.fetch(
        f"SELECT known_from, nullif(known_to, {MAX_POSITION}), {', '.join(columns)}"
        f" FROM {model.table} ORDER BY known_from, n"
    )
    return sorted((tuple(row) for row in rows), key=lambda row: (row[0], row[2]))


# What it costs.


@pytest.fixture
async def old_case(bench: Bench) -> Bench:
    """A case (#1) that was paid two hundred times (#2 to #201)."""
    made = [a_payment("DB-1", 100 * number, f"2024-{number % 12 + 1:02d}") for number in range(200)]
    paid_out = [event("payouts", f"p-{number}", fact) for number, fact in enumerate(made)]
    await bench.take(event("social-assistance", "c-1", a_household("DB-1")), *paid_out)
    return bench


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions of the entries that were read."""
    positions: list[int] = []
    plain = store.entry_of

    def noted(row: Sequence[Any], bureau: Bureau) -> Entry:
        entry = plain(row, bureau)
        positions.append(entry.position)
        return entry

    monkeypatch.setattr(store, "entry_of", noted)
    return positions


async def test_to_correct_a_payment_only_what_was_said_of_it_is_read(
    old_case: Bench, read: list[int]
) -> None:
    """All of the case's payments were read again, and a thousand corrections took minutes."""
    less = a_payment("DB-1", 7, "2024-01")
    for number, (of, kind) in enumerate([("p-0", "changed"), ("m-0", "revoked")]):
        line = event("payouts", f"m-{number}", less, corrects=f"payouts/{of}", kind=kind)
        await take(old_case.connection, old_case.intake, line)
        read.clear()
        await tail.catch_up(old_case.connection, LEDGER)
        assert sorted(read) == [2, *range(202, 203 + number)]
    assert (await history(old_case, payments, "amount_fen"))[:2] == [(2, 202, 0), (3, None, 100)]
    assert (await history(old_case, payments, "amount_fen"))[-2:] == [(202, 203, 7), (203, None, 0)]


async def test_for_a_late_decision_only_the_decisions_are_read(
    old_case: Bench, read: list[int]
) -> None:
    line = event("social-assistance", "s-1", suspended("2024-03", SPRING, 0))
    await take(old_case.connection, old_case.intake, line)
    read.clear()
    await tail.catch_up(old_case.connection, LEDGER)
    assert sorted(read) == [1, 202]


# What cannot be.


def test_a_kind_of_stream_adds_or_folds() -> None:
    """The rows of decisions are their stream's: those of a contribution would be among them."""
    model = ReadModel("example", payments.row, doc="example")

    @model.adds
    def rows(_entry: Entry[PaymentSettled]) -> tuple[()]:
        return ()

    def turn(kept: Sequence[Any], _entry: Entry[PaymentReturned]) -> Sequence[Any]:
        return kept

    with pytest.raises(TypeError, match="example adds and folds in streams case/"):
        model.folds(turn)
