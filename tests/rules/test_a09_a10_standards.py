"""What is paid by a standard: 1,120.00 元 of 特困, raised to 1,200.00 from January on."""

from __future__ import annotations

from datetime import date

import pytest

from domain.event import Event
from rules import a09_not_the_standard, a10_raise_not_completed
from rules.rule import Rule
from tests.support.findings import findings, seen
from tests.support.ledger import Bench
from tests.support.money import (
    a_child,
    a_destitute_person,
    a_payment,
    a_raise,
    a_standard,
    arrears,
)

OLD, NEW = 112_000, 120_000
CASE = a_destitute_person("TK-1")
BEFORE = a_standard("tekun", 1_120, "rural", since="2023-01-01")
AFTER = a_standard("tekun", 1_200, "rural", since="2024-01-01", adopted="2024-03-01")
RAISE = a_raise({"kind": "tekun", "area": "rural"})
OTHER, NOT_YET = a09_not_the_standard.RULE, a10_raise_not_completed.RULE


def paid(month: str, fen: int) -> Event:
    return a_payment("TK-1", fen, month, programme="tekun")


def more(*months: str, on: str = "2024-04-20") -> Event:
    return arrears("TK-1", (NEW - OLD) * len(months), *months, on=on, programme="tekun")


async def found(bench: Bench, rule: Rule) -> list[tuple[str, date, date | None]]:
    return [(each.key, each.since, each.until) for each in await seen(bench, rule)]


async def missing(bench: Bench) -> list[tuple[str, int | None, str]]:
    """With which list, how much, and in which words."""
    return [(each.key, each.amount_fen, each.what) for _, each in await findings(bench, NOT_YET)]


@pytest.mark.parametrize(("fen", "wrong"), [(OLD, 0), (OLD + 1, 1), (OLD - 1, 1)])
async def test_what_follows_a_standard_gets_it(bench: Bench, fen: int, wrong: int) -> None:
    await bench.tell(BEFORE, CASE, paid("2023-10", fen))

    assert await found(bench, OTHER) == wrong * [("2023-10", date(2023, 10, 8), None)]


async def test_a_standard_of_the_other_area_is_another_amount(bench: Bench) -> None:
    urban = a_standard("tekun", 1_400, "urban", since="2023-01-01")
    await bench.tell(BEFORE, urban, CASE, paid("2023-10", 140_000))

    assert [key for key, _, _ in await found(bench, OTHER)] == ["2023-10"]


async def test_a_child_that_has_an_amount_of_its_own_gets_that(bench: Bench) -> None:
    standard = a_standard("unattended-child", 1_484, since="2023-01-01")
    child = a_child("SW-1", "unattended-child", fen=70_000)
    right, wrong = (
        a_payment("SW-1", fen, month, programme="unattended-child")
        for month, fen in (("2024-03", 70_000), ("2024-04", 148_400))
    )
    await bench.tell(standard, child, right, wrong)

    assert [key for key, _, _ in await found(bench, OTHER)] == ["2024-04"]


async def test_several_months_in_one_line_are_looked_at_month_by_month(bench: Bench) -> None:
    two = a_payment("TK-1", 2 * OLD, "2023-10", "2023-11", programme="tekun")
    await bench.tell(BEFORE, CASE, two)

    assert await found(bench, OTHER) == []


async def test_a_raise_is_complete_with_its_arrears(bench: Bench) -> None:
    """January to March at the old standard; the first list at the new one is that of April."""
    old = [paid(month, OLD) for month in ("2024-01", "2024-02", "2024-03")]
    await bench.tell(BEFORE, CASE, *old, AFTER, paid("2024-04", NEW), RAISE)
    assert await found(bench, OTHER) == []
    assert await missing(bench) == [
        ("2024-04", 240_00, "2024-01、2024-02、2024-03未按新标准发放，差额240.00元未补发")
    ]

    await bench.tell(more("2024-01", "2024-02"))
    assert await found(bench, NOT_YET) == [("2024-04", date(2024, 5, 1), None)]
    assert await missing(bench) == [("2024-04", 80_00, "2024-03未按新标准发放，差额80.00元未补发")]

    await bench.tell(more("2024-03", on="2024-05-20"))
    assert await found(bench, NOT_YET) == [("2024-04", date(2024, 5, 1), date(2024, 5, 20))]
    assert await found(bench, OTHER) == []


async def test_what_is_made_up_in_parts_is_missing_less_and_less(bench: Bench) -> None:
    """Both are late: 160.00 元 from May on, 80.00 元 from the 10th, nothing from the 20th."""
    old = [paid(month, OLD) for month in ("2024-02", "2024-03")]
    parts = [more("2024-02", on="2024-05-10"), more("2024-03", on="2024-05-20")]
    await bench.tell(BEFORE, CASE, *old, AFTER, RAISE, *parts)

    told = [each for _, each in await findings(bench, NOT_YET)]
    assert [(each.valid_from, each.valid_to, each.amount_fen) for each in told] == [
        (date(2024, 5, 1), date(2024, 5, 10), 160_00),
        (date(2024, 5, 10), date(2024, 5, 20), 80_00),
    ]


async def test_who_is_still_paid_the_old_standard_is_found(bench: Bench) -> None:
    await bench.tell(BEFORE, CASE, AFTER, RAISE, paid("2024-05", OLD))

    assert await found(bench, NOT_YET) == [("2024-05", date(2024, 6, 1), None)]


async def test_the_raise_of_the_towns_says_nothing_of_the_country(bench: Bench) -> None:
    """The towns get theirs with the list of March; the country with that of May."""
    towns = a_raise({"kind": "tekun", "area": "urban"}, go_live="2024-03")
    towns = towns.model_copy(update={"batch": "TB-urban"})
    country = a_raise({"kind": "tekun", "area": "rural"}, go_live="2024-05")
    urban = a_standard("tekun", 1_400, "urban", since="2024-01-01", adopted="2024-03-01")
    old = paid("2024-03", OLD)
    await bench.tell(BEFORE, CASE, old, AFTER, urban, towns, country)

    assert await found(bench, NOT_YET) == [("2024-05", date(2024, 6, 1), None)]


async def test_before_a_raise_is_in_the_payroll_nothing_is_late(bench: Bench) -> None:
    await bench.tell(BEFORE, CASE, AFTER, paid("2024-03", OLD))

    assert await found(bench, NOT_YET) == []
    assert await found(bench, OTHER) == []
