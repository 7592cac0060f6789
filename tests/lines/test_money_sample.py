"""The money lines of the sample year: the plan adds up, the ledger gives the report's figures."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from domain.calendar import month_end
from infra import postgres
from ledger.intake import Tally
from reports import evaluate, published
from reports.figure import Moment, expand
from sample import assistance, children, disability, payouts, standards
from sample.feed import SHANGHAI, Feed, Truth, add_truth, dice
from sample.payroll import MONTHS, Claim, Due, arrears, payments
from sample.places import villages
from sample.register import Register, register
from sample.stock import spells, stock_path
from tests.support.ledger import LEDGER, Bench

PARTS = (standards, assistance, children, disability, payouts)
MINE = tuple(f"F{number:02d}" for number in range(4, 27))
KNOWN = datetime(2025, 1, 17, 23, 59, 59, tzinfo=SHANGHAI)
YUAN = 100
"""分."""


# The plan: pure arithmetic


@pytest.fixture(scope="module")
def plan() -> Register:
    """Everybody on the money lines of 2024."""
    return register(2024)


def test_a_stock_path_ends_and_adds_up_as_asked() -> None:
    path = stock_path(dice("t", 1), final=86, total=1009, swing=3)

    assert (len(path), path[-1], sum(path)) == (12, 86, 1009)


def test_spells_give_the_stock_of_every_month() -> None:
    path = (10, 9, 12, 12, 11, 13, 13, 10, 10, 11, 12, 12)
    made = spells(dice("t", 2), path, (1, 3))

    assert tuple(sum(s.holds(month) for s in made) for month in MONTHS) == path
    assert all(s.last is None or s.last - s.first >= 1 for s in made)


def test_there_are_167_villages_in_nine_townships() -> None:
    assert len(set(villages())) == 167
    assert len({village[:9] for village in villages()}) == 9


def test_households_add_up_to_the_years_money(plan: Register) -> None:
    there = [h for h in plan.households if h.spell.holds(12)]

    assert len(there) == 1435
    assert sum(h.covered(12) for h in there) == 2622
    assert sum(h.settled() for h in plan.households) == 18_090_486


def test_no_household_makes_up_a_difference(plan: Register) -> None:
    """R-DB-02 for every household and month, incomes below the old standard, none above 0.5 %."""
    for household in plan.households:
        assert household.settled() < 18_090_486 * 0.005
        for month in household.paid_months():
            stage = household.stage(month)
            income = household.income + stage.income_change
            assert 0 <= income < household.standard.old
            top_up = household.standard.new - income
            assert household.due(month).yuan == stage.covered * top_up + household.supplement
    incomes = Counter(h.income for h in plan.households)
    assert max(incomes.values()) < 0.02 * len(plan.households)


def test_person_months_paid_are_those_behind_the_report(plan: Register) -> None:
    months = Counter[str]()
    for claim in plan.claims():
        months[claim.programme] += len(claim.dues)
    at_home = [c for c in plan.children if c.number.startswith("GE")]

    assert months["nursing-subsidy"] == 62_804
    assert months["living-subsidy"] == 13_840
    assert months["unattended-child"] == 1009
    assert sum(len(c.claim().dues) for c in at_home) == 192
    urban = sum(len(h.claim().dues) for h in plan.tekun if h.urban)
    assert (urban, months["tekun"] - urban) == (828, 7752)


def test_everybody_has_an_id_of_their_own(plan: Register) -> None:
    """But for those on two lines: living-subsidy holders in a household, holders of both."""
    members = [p.id_number for h in plan.households for p, _ in h.members]
    alone = [h.person.id_number for line in (plan.tekun, plan.children) for h in line]
    nursing = [h.person.id_number for h in plan.nursing]
    living = [h.person.id_number for h in plan.living]

    for group in (members + alone, nursing, living):
        assert len(set(group)) == len(group)
    assert len(set(nursing) & set(living)) > 200
    assert not set(alone) & (set(nursing) | set(living))


def _claim(first: int, last: int | None, paid_to: int) -> Claim:
    dues = {month: Due(281, 14) for month in range(max(first, 1), paid_to + 1)}
    return Claim("HL-1", "nursing-subsidy", "445102100", first, last, dues)


def test_subsidies_are_paid_with_the_second_month_first() -> None:
    assert payments("nursing-subsidy", -3, 4) == {2: (1, 2), 3: (3,), 4: (4,)}
    assert payments("nursing-subsidy", -3, 1) == {2: (1,)}
    assert payments("nursing-subsidy", 11, 12) == {12: (11, 12)}
    assert payments("nursing-subsidy", 12, 12) == {12: (12,)}
    assert payments("tekun", 5, 6) == {5: (5,), 6: (6,)}


def test_arrears_are_the_difference_for_the_months_paid_at_the_old_standard() -> None:
    assert arrears(_claim(-3, None, 12)) == [((1, 2, 3, 4, 5), 70)]
    assert arrears(_claim(-3, 3, 3)) == [((1, 2, 3), 42)]
    assert arrears(_claim(5, None, 12)) == []


# The ledger


@dataclass(frozen=True)
class Sample:
    """The money lines in a database of their own."""

    url: str
    feed: Feed
    truth: Truth
    tally: Tally


@pytest.fixture(scope="module")
def sample(server_url: str) -> Sample:
    """Loaded once; the tests of this file only read it."""
    feed, truth = Feed(), Truth()
    for part in PARTS:
        add_truth(truth, [part.send(feed, 2024)])
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/money_sample" + (f"?{query}" if query else "")

    async def load() -> Tally:
        async with postgres.connect(server_url) as admin:
            await admin.execute("CREATE DATABASE money_sample")
        async with postgres.connect(url) as connection:
            bench = await Bench.open(connection)
            return await bench.take(*feed.lines(), batch=2000)

    return Sample(url, feed, truth, asyncio.run(load()))


@pytest.fixture
async def bench(sample: Sample) -> AsyncIterator[Bench]:
    """The loaded sample."""
    async with postgres.connect(sample.url) as connection:
        yield await Bench.open(connection)


async def _ask(bench: Bench, sql: str, *, known: datetime | None = KNOWN) -> int:
    """A number by a reading of the test's own; $1..$4 as in figures."""
    moment = await bench.moment(known=known)
    text = f"WITH m AS (SELECT $1::text, $2::bigint, $3::date, $4::date) {expand(sql)}"
    return int(await bench.connection.fetchval(text, *moment.parameters))


async def _exact(bench: Bench, figure_id: str, known: datetime | None = KNOWN) -> int:
    exact = (await bench.figure(figure_id, known=known)).exact
    assert isinstance(exact, int)
    return exact


async def test_every_record_ends_where_it_belongs(sample: Sample, bench: Bench) -> None:
    """Nine re-deliveries, three payments for cases nobody knows, nine broken messages."""
    assert 110_000 < sample.tally.accepted < 130_000
    assert (sample.tally.duplicate, sample.tally.parked, sample.tally.quarantined) == (9, 3, 9)
    assert sum((9, 3, 9)) + sample.tally.accepted == len(sample.feed.sent)
    reasons = await bench.connection.fetch("SELECT reason FROM ledger.quarantine")
    assert Counter(row[0] for row in reasons) == Counter(
        ["amount_not_integer", "negative_amount", "no_such_date", "wrong_check_digit",
         "missing_field", "id_conflict", "unknown_type", "duplicate_key", "not_json"]
    )  # fmt: skip


@pytest.mark.parametrize("figure_id", MINE)
async def test_the_figure_is_the_one_of_the_report(bench: Bench, figure_id: str) -> None:
    value = (await bench.figure(figure_id, known=KNOWN)).value
    printed = published.find(2024, figure_id)

    assert printed is not None
    assert printed.agrees(value), (printed.wording, value)


async def test_money_is_exact_to_the_fen(bench: Bench) -> None:
    assert await _exact(bench, "F16") == 18_090_486 * YUAN
    assert await _exact(bench, "F18") == (828 * 1400 + 7752 * 1120) * YUAN
    assert await _exact(bench, "F20") == 192 * 1484 * YUAN
    assert await _exact(bench, "F22") == 1009 * 1484 * YUAN
    assert await _exact(bench, "F24") == 62_804 * 281 * YUAN
    assert await _exact(bench, "F26") == 13_840 * 215 * YUAN


async def test_the_raise_is_complete_then_and_now(bench: Bench) -> None:
    for known in (KNOWN, None):
        statement = await bench.statement("S16", known=known)
        assert statement.holds, [what for ok, what, _ in statement.conditions if not ok]


async def test_at_head_only_what_was_planted_has_moved(sample: Sample, bench: Bench) -> None:
    moved = {
        figure_id
        for figure_id in MINE
        if (await bench.figure(figure_id)).exact
        != (await bench.figure(figure_id, known=KNOWN)).exact
    }

    assert moved == {item["figures"] for item in sample.feed.planted}
    assert await _exact(bench, "F15", None) == 2621
    assert await _exact(bench, "F23", None) == 5250
    assert await _exact(bench, "F24", None) == (62_804 * 281 - 281) * YUAN
    assert (await bench.figure("F16")).value != (await bench.figure("F16", known=KNOWN)).value


async def test_every_month_equals_the_generators_own_count(sample: Sample, bench: Bench) -> None:
    at = (await bench.moment()).at
    wrong = []
    for month, counts in sample.truth.items():
        moment = Moment(LEDGER, date.fromisoformat(f"{month}-01"), month_end(month), at)
        values = await evaluate.figures(bench.connection, moment, list(counts))
        found = {value.figure.id: value.exact for value in values}
        wrong += [(month, f, found[f], own) for f, own in counts.items() if found[f] != own]

    assert len(sample.truth) == 12
    assert wrong == []


async def test_one_payment_was_booked_twice_and_nothing_else_is_breached(bench: Bench) -> None:
    """Corrections aside; money paid after the end was in order as far as was known then."""
    rows = await bench.connection.fetch(
        "SELECT type, unnest(breaches) FROM ledger.entry"
        " WHERE breaches IS NOT NULL AND event_id NOT LIKE 'cx-%'"
    )

    assert [tuple(row) for row in rows] == [("assistance.payment-settled.v1", "month-already-paid")]


async def test_late_cases_took_their_parked_payments_with_them(bench: Bench) -> None:
    waited = await bench.connection.fetchval(
        "SELECT count(*) FROM ledger.parked WHERE taken_at IS NOT NULL"
    )
    assert waited >= 17


async def _without(bench: Bench, table: str, where: str) -> bool:
    """Whether S16 holds when some rows are not there; they are put back."""
    rows = await bench.connection.fetch(f"DELETE FROM read.{table} WHERE {where} RETURNING *")
    assert rows
    holds = (await bench.statement("S16", known=KNOWN)).holds
    await bench.connection.copy_records_to_table(
        table, schema_name="read", columns=list(rows[0].keys()), records=rows
    )
    return holds


async def test_the_raise_is_not_complete_without_its_records(plan: Register, bench: Bench) -> None:
    """Not without the arrears of one who has left, nor without having gone live."""
    left = next(c for c in plan.claims() if c.last == 3 and c.programme == "nursing-subsidy")

    assert not await _without(
        bench, "payment", f"kind = 'arrears' AND case_number = '{left.number}'"
    )
    assert not await _without(bench, "raise_standard", "kind = 'orphan'")
    assert (await bench.statement("S16", known=KNOWN)).holds


# Readings that were not settled on: the sample must tell them apart


async def _cases(bench: Bench, programme: str, count: str) -> int:
    """A number of cases active in December as known at publication."""
    return await _ask(
        bench,
        f"SELECT {count} FROM read.case_entitlement WHERE {{known}} AND programme = '{programme}'"
        " AND first_month <= '2024-12' AND (last_month IS NULL OR last_month >= '2024-12')",
    )


async def _fen(bench: Bench, programme: str, where: str) -> int:
    """Money of a programme as known at publication."""
    return await _ask(
        bench,
        f"SELECT sum(amount_fen) FROM read.payment WHERE {{known}} AND programme = '{programme}'"
        f" AND {where}",
    )


async def _printed_as_reported(bench: Bench, figure_id: str, fen: int) -> bool:
    """Whether an amount would be printed as the report prints the figure."""
    printed = published.find(2024, figure_id)
    assert printed is not None
    return printed.agrees((await bench.figure(figure_id)).figure.shown(fen))


SETTLED = "kind IN ('settled', 'returned', 'arrears')"
IN_YEAR = "paid_on BETWEEN $3 AND $4"


async def test_members_without_status_would_raise_the_persons_of_dibao(bench: Bench) -> None:
    assert await _exact(bench, "F15") == 2622
    assert await _cases(bench, "dibao", "sum(members)") > 2622


async def test_orphans_in_the_institution_would_raise_number_and_money(bench: Bench) -> None:
    assert await _exact(bench, "F19") == 16
    assert await _cases(bench, "orphan", "count(*)") == 19
    assert await _exact(bench, "F20") == 28_492_800
    every_orphan = await _fen(bench, "orphan", f"{SETTLED} AND {IN_YEAR}")
    assert every_orphan == 28_492_800 + 3 * 12 * 2202 * YUAN


async def test_care_and_funeral_money_would_raise_tekun(bench: Bench) -> None:
    every_item = await _fen(bench, "tekun", f"{SETTLED} AND {IN_YEAR}")

    assert await _exact(bench, "F18") == 984_144_000
    assert every_item > 984_144_000
    assert not await _printed_as_reported(bench, "F18", every_item)


@pytest.mark.parametrize(
    ("figure_id", "programme"),
    [("F16", "dibao"), ("F18", "tekun"), ("F24", "nursing-subsidy"), ("F26", "living-subsidy")],
)
async def test_recoveries_would_lower_the_money(
    bench: Bench, figure_id: str, programme: str
) -> None:
    recovered = await _fen(bench, programme, f"kind = 'recovered' AND {IN_YEAR}")
    exact = await _exact(bench, figure_id)

    assert recovered > 0
    assert await _printed_as_reported(bench, figure_id, exact)
    assert not await _printed_as_reported(bench, figure_id, exact - recovered)


@pytest.mark.parametrize(
    ("figure_id", "programme"),
    [
        ("F16", "dibao"),
        ("F18", "tekun"),
        ("F20", "orphan"),
        ("F22", "unattended-child"),
        ("F24", "nursing-subsidy"),
        ("F26", "living-subsidy"),
    ],
)
async def test_returns_not_taken_off_would_raise_the_money(
    bench: Bench, figure_id: str, programme: str
) -> None:
    """What went out to the banks, whether it arrived or not."""
    where = f"item = 'basic' AND kind IN ('settled', 'arrears') AND {IN_YEAR}"
    if programme == "orphan":
        where += " AND case_number LIKE 'GE-%'"
    sent_out = await _fen(bench, programme, where)

    assert sent_out > await _exact(bench, figure_id)
    assert not await _printed_as_reported(bench, figure_id, sent_out)


async def test_the_month_of_entitlement_would_leave_out_late_money(bench: Bench) -> None:
    """Money of last December that arrived in January is money of this year."""
    of_the_year = "left(months, 7) BETWEEN '2024-01' AND '2024-12'"
    by_month = await _fen(bench, "dibao", f"item = 'basic' AND {SETTLED} AND {of_the_year}")

    assert by_month < await _exact(bench, "F16")
    assert not await _printed_as_reported(bench, "F16", by_month)


async def test_instructed_money_is_not_what_arrived(sample: Sample, bench: Bench) -> None:
    """Returned money was instructed twice; the arrears of the raise are no payroll."""
    instructed = 0
    for item in sample.feed.sent:
        if item.message is not None and item.message["type"].endswith("payment-instructed.v1"):
            data = item.message["data"]
            if data["programme"] == "nursing-subsidy":
                instructed += data["amount_fen"]
    arrears_paid = await _fen(bench, "nursing-subsidy", f"kind = 'arrears' AND {IN_YEAR}")

    assert await _exact(bench, "F24") == 1_764_792_400
    assert instructed + arrears_paid > 1_764_792_400
