"""Breakdowns: cells add up to the total, and small cells cannot be told apart."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import BenefitTerminated
from reports.breakdown import Breakdown, Cell, breakdowns
from reports.catalogue import slice_of
from reports.measure import Figure
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES
from tests.support.ledger import Bench
from tests.support.money import a_household, a_payment
from tests.support.published import STREET

TOWN = "445102100"


ABOUT_PERSONS = {
    "F13": "应发月份是否发足",
    "F14": "低保户数",
    "F15": "低保人数",
    "F16": "发放低保金额",
    "F17": "特困人数",
    "F18": "发放特困供养金",
    "F19": "散居孤儿人数",
    "F20": "发放散居孤儿基本生活保障费",
    "F21": "事实无人抚养儿童人数",
    "F22": "发放事实无人抚养儿童基本生活保障金",
    "F23": "重度残疾人护理补贴人数",
    "F24": "发放重度残疾人护理补贴",
    "F25": "困难残疾人生活补贴人数",
    "F26": "发放困难残疾人生活补贴",
    "F40": "结婚登记",
    "F41": "离婚登记",
    "F42": "补领结婚登记",
    "F43": "补领离婚登记",
    "F44": "异地业务办理",
    "F47": "收养登记",
}
"""Figures of the report about households, children, disabled persons, couples and adoptions."""


def test_whose_small_cells_are_merged() -> None:
    """Of the figures about bodies, roads, officers' licences and acts of the bureau: none."""
    marked = {figure.id for figure in FIGURES.values() if (figure.measure.cells == "persons")}

    assert marked == set(ABOUT_PERSONS)


async def cuts(bench: Bench, figure_id: str, asof: date | None = None) -> dict[str, Breakdown]:
    moment = await bench.moment(asof=asof)
    value = await bench.figure(figure_id, asof=asof)
    made = await breakdowns(bench.connection, moment, FIGURES[figure_id], value.exact)
    return {cut.by: cut for cut in made}


def amounts(cut: Breakdown) -> dict[str, int | None]:
    return {cell.label: cell.exact for cell in cut.cells}


async def test_money_is_cut_by_month_and_township_and_adds_up(bench: Bench) -> None:
    for number in range(3):
        case = f"DB-{number}"
        here = a_payment(case, 50_000, "2024-01")
        there = a_payment(case, 20_000, "2024-03").model_copy(update={"township": STREET})
        await bench.tell(a_household(case), here, there)
    made = await cuts(bench, "F16")

    months = amounts(made["month"])
    assert list(months) == [f"{n}月" for n in range(1, 13)]
    assert {label: fen for label, fen in months.items() if fen} == {"1月": 150_000, "3月": 60_000}
    assert amounts(made["township"]) == {"桥东街道": 60_000, "意溪镇": 150_000}
    for cut in made.values():
        assert cut.adds_up
        assert cut.difference == 0
        assert cut.total == 210_000
        assert not cut.merged


async def test_a_stock_is_shown_at_each_month_end(bench: Bench) -> None:
    ended = BenefitTerminated(
        case_number="DB-1",
        last_month="2024-05",
        reason="withdrawn",
        decided_on=date(2024, 5, 20),
    )
    await bench.tell(a_household("DB-1"), a_household("DB-2", first="2024-03"), ended)
    (cut,) = (await cuts(bench, "F14")).values()

    assert not cut.adds_up
    assert [cell.exact for cell in cut.cells] == [1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1]
    assert cut.cells[0].label == "1月31日"
    assert cut.cells[-1].exact == cut.total == 1


async def test_the_last_cell_of_a_stock_is_the_date_asked_for(bench: Bench) -> None:
    await bench.tell(a_household("DB-1"))
    (cut,) = (await cuts(bench, "F14", asof=date(2024, 3, 15))).values()

    assert [cell.label for cell in cut.cells] == ["1月31日", "2月29日", "3月15日"]


async def test_cells_of_fewer_than_three_households_are_merged(bench: Bench) -> None:
    """3 households in one township, 1 in another, 1 in a third: the last two become one line.

    With one small cell only, the next smallest joins it; else it could be worked out.
    """
    for number, township in enumerate([TOWN] * 4 + [STREET] * 3 + ["445102111"]):
        case = a_household(f"DB-{number}").model_copy(update={"township": township})
        await bench.tell(case)
    made = await cuts(bench, "F14")

    assert amounts(made["township"]) == {"意溪镇": 4, "其他（合并）": 4}
    assert made["township"].merged
    assert made["township"].difference == 0


async def test_a_figure_that_nobody_marked_merges_its_small_cells(bench: Bench) -> None:
    """F14 under another id showed a township with one household: a list of ids had decided."""
    for number, township in enumerate([TOWN] * 4 + [STREET] * 3 + ["445102111"]):
        case = a_household(f"DB-{number}").model_copy(update={"township": township})
        await bench.tell(case)
    new = Figure("F65", "户数", slice_of(SAMPLE, "在保户数", {}), "户", "")
    made = await breakdowns(bench.connection, await bench.moment(), new, 8)
    (cut,) = [cut for cut in made if cut.by == "township"]

    assert amounts(cut) == {"意溪镇": 4, "其他（合并）": 4}


async def test_one_large_payment_to_one_household_is_not_a_cell_of_its_own(bench: Bench) -> None:
    """Cells are judged by households behind them, not by the amount; empty ones hide it, too."""
    for number in range(7):
        case = f"DB-{number}"
        months = ["2024-01", "2024-02"] if number else ["2024-02"]
        await bench.tell(a_household(case), *(a_payment(case, 10, month) for month in months))
    one = a_payment("DB-0", 999_999, "2024-04").model_copy(update={"township": STREET})
    await bench.tell(one)
    made = await cuts(bench, "F16")

    assert amounts(made["month"]) == {"2月": 70, "其他（合并）": 999_999 + 60}


async def test_an_average_and_who_came_have_no_breakdown(bench: Bench) -> None:
    """A district may say how many came, no township: who they are would be plain there."""
    for name in ("人均发放水平", "新增户数"):
        figure = Figure("F65", name, slice_of(SAMPLE, name, {}), "", "")
        assert await breakdowns(bench.connection, await bench.moment(), figure, 0) == []


def test_a_breakdown_that_does_not_add_up_shows_the_difference() -> None:
    cut = Breakdown("month", (Cell("a", "a", 3), Cell("b", "b", None)), 5, adds_up=True)

    assert cut.difference == -2
    assert cut.largest == 3
