"""The money lines of the sample year: real households, exact money, what goes wrong with it."""

from __future__ import annotations

from collections import Counter

import pytest

from projections.read_model import SCHEMA
from sample.cases.plan import Plan, plan
from sample.office import default
from tests.support.ledger import Bench
from tests.year.conftest import KNOWN, Loaded, data_of

YUAN = 100
"""分."""


@pytest.fixture(scope="module")
def cases() -> Plan:
    """Everybody on the money lines of 2024."""
    return plan(default(), 2024)


def test_no_household_makes_up_a_difference(cases: Plan) -> None:
    """R-DB-02 for every household and month, incomes below the old standard, none above 0.5 %."""
    for household in cases.households:
        assert household.settled() < 18_090_486 * 0.005
        for month in household.paid_months():
            stage = household.stage(month)
            income = household.income + stage.income_change
            assert 0 <= income < household.standard.old
            top_up = household.standard.new - income
            assert household.due(month).yuan == stage.covered * top_up + household.supplement
    incomes = Counter(h.income for h in cases.households)
    assert max(incomes.values()) < 0.02 * len(cases.households)


async def test_money_is_exact_to_the_fen(bench: Bench) -> None:
    """Person-months behind the report, at the raised standards."""
    money = {
        "F16": 18_090_486 * YUAN,
        "F18": (828 * 1400 + 7752 * 1120) * YUAN,
        "F20": 192 * 1484 * YUAN,
        "F22": 1009 * 1484 * YUAN,
        "F24": 62_804 * 281 * YUAN,
        "F26": 13_840 * 215 * YUAN,
    }

    assert {f: (await bench.figure(f, known=KNOWN)).exact for f in money} == money


async def test_every_record_ends_where_it_belongs(loaded: Loaded, bench: Bench) -> None:
    """Three payments for cases nobody knows, nine broken messages, each for its own reason."""
    assert (loaded.tally.parked, loaded.tally.quarantined) == (3, 9)
    reasons = await bench.connection.fetch("SELECT reason FROM ledger.quarantine")
    assert Counter(row[0] for row in reasons) == Counter(
        ["amount_not_integer", "negative_amount", "no_such_date", "wrong_check_digit",
         "missing_field", "id_conflict", "unknown_type", "duplicate_key", "not_json"]
    )  # fmt: skip


async def test_one_payment_was_booked_twice_and_nothing_else_is_breached(bench: Bench) -> None:
    """Corrections aside; money paid after the end was in order as far as was known then."""
    rows = await bench.connection.fetch(
        "SELECT type, unnest(breaches) FROM ledger.entry WHERE breaches IS NOT NULL"
        " AND type ~ '^(assistance|children|disability|standards)' AND event_id NOT LIKE 'cx-%'"
    )

    assert [tuple(row) for row in rows] == [("assistance.payment-settled.v1", "month-already-paid")]


async def test_late_cases_took_their_parked_payments_with_them(bench: Bench) -> None:
    taken = "SELECT count(*) FROM ledger.parked WHERE taken_at IS NOT NULL"

    assert await bench.connection.fetchval(taken) >= 17


def test_instructed_money_is_not_what_arrived(lines: list[bytes]) -> None:
    """Returned money was instructed twice; the arrears of the raise are no payroll."""
    instructed = sum(
        data["amount_fen"]
        for data in data_of(lines, "assistance.payment-instructed", "assistance.arrears-paid")
        if data["programme"] == "nursing-subsidy"
    )

    assert instructed > 62_804 * 281 * YUAN


@pytest.mark.parametrize("table", ["payment", "raise_standard"])
async def test_the_raise_is_not_complete_without_its_records(
    bench: Bench, cases: Plan, table: str
) -> None:
    """Not without the arrears of one who has left, nor without having gone live."""
    left = next(c for c in cases.claims() if c.last == 3 and c.programme == "nursing-subsidy")
    where = {
        "payment": f"kind = 'arrears' AND case_number = '{left.number}'",
        "raise_standard": "kind = 'orphan'",
    }
    assert (await bench.statement("S16", known=KNOWN)).holds
    change = bench.connection.transaction(isolation="repeatable_read")
    await change.start()
    await bench.connection.execute(f"SET LOCAL search_path = {SCHEMA}")  # else the snapshot does it
    await bench.connection.execute(f"DELETE FROM {SCHEMA}.{table} WHERE {where[table]}")
    holds = (await bench.statement("S16", known=KNOWN)).holds
    await change.rollback()

    assert not holds
