"""Measures: cut every way they say, adding up, and asked for any period."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from domain.assistance.benefits import BenefitResumed, BenefitSuspended, BenefitTerminated
from reports.catalogue import CHECKS, MEASURES, slice_of
from reports.measure import Exact, Unknown
from reports.moment import Moment, Unanswerable, period_of
from reports.table import Asked, Table, tabulate
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench
from tests.support.money import a_child, a_destitute_person, a_household, a_payment, a_standard

Where = dict[str, list[str]]
DIBAO: Where = {"保障类别": ["低保"]}
MONTHS = [f"2024-{number:02}" for number in range(1, 13)]


async def table(
    bench: Bench, name: str, *by: str, period: str = "2024", where: Where | None = None
) -> Table:
    (made,) = await tabulate(
        bench.connection,
        await over(bench, period),
        [Asked(slice_of(SAMPLE, name, where or {}), by)],
    )
    return made


async def over(bench: Bench, period: str) -> Moment:
    start, end = period_of(period)
    moment = await bench.moment()
    return Moment(moment.ledger, start, end, moment.at)


async def value(bench: Bench, name: str, period: str = "2024", where: Where | None = None) -> Exact:
    return (await table(bench, name, period=period, where=where)).at()


def cells(made: Table) -> dict[tuple[str | None, ...], Exact]:
    return {cell.codes: cell.exact for cell in made.cells}


async def test_households_by_area_and_township_add_up(bench: Bench) -> None:
    street = next(iter(SAMPLE.townships))
    elsewhere = {"township": street, "village": f"{street}001"}
    await bench.tell(
        a_household("DB-1", area="urban"),
        a_household("DB-2", area="urban").model_copy(update=elsewhere),
        a_household("DB-3", area="rural", covered=3),
        a_household("DB-4", area="rural", last="2024-05"),
        a_destitute_person("TK-1"),
    )

    made = await table(bench, "在保户数", "城乡", "镇街", where=DIBAO)
    assert cells(made) == {
        ("urban", street): 1,
        ("urban", "445102100"): 1,
        ("rural", "445102100"): 1,
    }
    assert await value(bench, "在保户数", where=DIBAO) == 3
    persons = await table(bench, "在保人数", "保障类别", "城乡")
    assert cells(persons) == {
        ("dibao", "urban"): 2,
        ("dibao", "rural"): 3,
        ("tekun", "rural"): 1,
    }


async def test_those_in_a_home_and_those_in_a_family_are_told_apart(bench: Bench) -> None:
    """What was paid counts for the way a child was brought up in the month that it was for."""
    await bench.tell(
        a_child("ET-1", mode="home-based"),
        a_child("ET-2", mode="institutional"),
        a_payment("ET-1", 135_000, "2024-01", programme="orphan"),
        a_payment("ET-2", 201_000, "2024-01", programme="orphan"),
    )

    made = await table(bench, "在保人数", "供养方式", where={"保障类别": ["孤儿"]})
    assert cells(made) == {("home-based",): 1, ("institutional",): 1}
    paid = await table(bench, "发放金额", "供养方式", where={"保障类别": ["孤儿"]})
    assert cells(paid) == {("home-based",): 135_000, ("institutional",): 201_000}


async def test_who_came_less_who_went_is_the_difference_of_two_month_ends(bench: Bench) -> None:
    """Also where a household is suspended, goes on again, and changes meanwhile."""
    off: dict[str, Any] = {"decided_on": date(2024, 2, 20), "reason": "下落不明"}
    await bench.tell(
        a_household("DB-1"),
        a_household("DB-2", first="2024-03", covered=2),
        a_household("DB-3"),
        BenefitTerminated(
            case_number="DB-1",
            last_month="2024-05",
            reason="withdrawn",
            decided_on=date(2024, 5, 20),
        ),
        BenefitSuspended(case_number="DB-3", from_month="2024-03", **off),
        BenefitResumed(case_number="DB-3", first_month="2024-06", **off),
    )

    came = await table(bench, "新增户数", "月", where=DIBAO)
    went = await table(bench, "退出户数", "月", where=DIBAO)
    assert cells(came) == {("2024-03",): 1, ("2024-06",): 1}
    assert cells(went) == {("2024-03",): 1, ("2024-06",): 1}
    assert await value(bench, "新增人数", "2024-03", where=DIBAO) == 2
    stock = await table(bench, "在保户数", "月", where=DIBAO)
    for before, month in pairwise(MONTHS):
        change = int(str(came.at(month))) - int(str(went.at(month)))
        assert stock.at(month) == int(str(stock.at(before))) + change, month


async def test_an_average_is_money_by_persons_and_months(bench: Bench) -> None:
    """Two persons for two months: 1,600 元 ÷ 4 = 400 元; in February 1,000 ÷ 2 = 500 元."""
    await bench.tell(
        a_household("DB-1", covered=2, last="2024-02"),
        a_payment("DB-1", 60_000, "2024-01"),
        a_payment("DB-1", 100_000, "2024-02"),
    )

    assert await value(bench, "在保人月数", where=DIBAO) == 4
    assert await value(bench, "人均发放水平", "2024-02", where=DIBAO) == 50_000
    assert await value(bench, "人均发放水平", "2024-02/ytd", where=DIBAO) == 40_000
    assert await value(bench, "户均发放水平", "2024-02", where=DIBAO) == 100_000
    by_month = await table(bench, "人均发放水平", "月", where=DIBAO)
    assert cells(by_month) == {("2024-01",): 30_000, ("2024-02",): 50_000}
    assert await value(bench, "人均发放水平", "2024-03", where=DIBAO) is None


async def test_a_standard_that_is_set_for_both_areas_is_that_of_each(bench: Bench) -> None:
    """Until one of the two has its own again."""
    await bench.tell(
        a_standard("dibao", 800), a_standard("dibao", 900, "urban", since="2024-06-01")
    )

    def of(area: str) -> Where:
        return {"标准": ["dibao"], "城乡": [area]}

    assert await value(bench, "保障标准", "2024-03", of("城市")) == 80_000
    assert await value(bench, "保障标准", "2024-03", of("农村")) == 80_000
    assert await value(bench, "保障标准", "2024", of("城市")) == 90_000
    assert await value(bench, "保障标准", "2024", of("农村")) == 80_000


async def test_every_measure_is_cut_by_each_of_its_dimensions(bench: Bench) -> None:
    """Of an empty ledger too; a sum has no cells then, and is 0."""
    for name, measure in MEASURES.items():
        for dimension in measure.dimensions:
            made = await table(bench, name, dimension.name)
            assert not [cell for cell in made.cells if cell.exact not in (None, 0)]
        if measure.take == "sum" and measure.derive is None:
            assert await value(bench, name) == 0


def test_the_guide_lists_every_measure_and_check() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "bureau.md").read_text("utf-8")
    for measure in MEASURES.values():
        dimensions = "、".join(dimension.name for dimension in measure.dimensions) or "—"
        assert f"| {measure.name} | {measure.unit or '—'} | {dimensions} |" in guide
    for check in CHECKS.values():
        assert f"| {check.name} |" in guide
        assert all(f"`{name}`" in guide for name in check.parameters)


@pytest.mark.parametrize(
    ("measure", "where", "said"),
    [
        ("在保户口", {}, "没有指标“在保户口”；有"),
        ("在保户数", {"城镇": ["城市"]}, "在保户数没有维度“城镇”；有保障类别、城乡"),
        ("在保户数", {"城乡": ["城镇"]}, "城乡没有“城镇”；有城市、农村"),
        ("集体颁证", {"日": ["5月20日"]}, "日没有“5月20日”"),
    ],
)
def test_a_word_that_names_nothing_is_told_with_those_that_do(
    measure: str, where: Where, said: str
) -> None:
    with pytest.raises(Unknown, match=said):
        slice_of(SAMPLE, measure, where)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-H1", "2024-01-01", "2024-06-30"),
        ("2024-H2", "2024-07-01", "2024-12-31"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2024-Q3", "2024-07-01", "2024-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-11/ytd", "2024-01-01", "2024-11-30"),
        ("2024-Q3/ytd", "2024-01-01", "2024-09-30"),
    ],
)
def test_a_period_is_written_in_these_ways(text: str, first: str, last: str) -> None:
    assert period_of(text) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["2024-Q5", "2024-H3", "2024-13", "2024-1", "2024/ytd/ytd", "ytd"])
def test_no_other_period_is_understood(text: str) -> None:
    with pytest.raises(Unanswerable, match="2024-Q3"):
        period_of(text)
