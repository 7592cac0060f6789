"""Standards in force, their ratios, and the raise: F13 and S16.

The raise of these tests is of 低保 农村 650 → 700 and of the living subsidy 200 → 215, adopted in
March 2024 with effect from January, live in April; January to March are owed as arrears.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from domain.assistance.benefits import BenefitAdjusted, BenefitTerminated
from domain.casework import Programme
from domain.disability import SubsidyStopped
from domain.event import Event
from domain.standards import ArrearsBatchApproved
from projections.standards import arrears_batches, raises, standards
from tests.support.ledger import Bench
from tests.support.money import (
    PUBLISHED,
    a_child,
    a_destitute_person,
    a_household,
    a_payment,
    a_raise,
    a_return,
    a_standard,
    a_subsidy,
    arrears,
)
from tests.support.rulebook import given

MONTHS = [f"2024-{number:02d}" for number in range(1, 13)]
LIVING: Literal["living-subsidy"] = "living-subsidy"


async def value(bench: Bench, figure: str, **when: Any) -> object:
    return (await bench.figure(figure, **when)).value


async def complete(bench: Bench, **when: Any) -> tuple[object, bool | None]:
    """F13 and S16."""
    return await value(bench, "F13", **when), (await bench.statement("S16", **when)).holds


def standards_of_2024() -> list[Event]:
    return [
        a_standard("dibao", 700, "rural"),
        a_standard("dibao", 874, "urban"),
        a_standard("tekun", 1120, "rural"),
        a_standard("tekun", 1400, "urban"),
        a_standard(LIVING, 215),
        a_standard("nursing-subsidy", 281),
        a_standard("orphan", 1484),
        a_standard("unattended-child", 1484),
    ]


async def test_the_standard_in_force_at_the_date_asked_for(bench: Bench) -> None:
    await bench.tell(
        a_standard("dibao", 650, "rural", since="2023-01-01"),
        a_standard("dibao", 700, "rural", since="2024-01-01", adopted="2024-03-05"),
        a_standard("dibao", 750, "rural", since="2025-01-01", adopted="2024-12-20"),
    )

    assert await value(bench, "F04") == 700
    assert await value(bench, "F04", year=2023) == 650
    assert await value(bench, "F04", year=2025) == 750
    assert await value(bench, "F05") is None
    # Adopted in March with effect from January: at the end of January nobody knew it.
    january = PUBLISHED.replace(year=2024, day=31)
    assert await value(bench, "F04", asof=date(2024, 1, 31), known=january) == 650
    assert await value(bench, "F04", asof=date(2024, 1, 31)) == 700


async def test_of_two_standards_from_one_day_on_the_one_adopted_later_is_in_force(
    bench: Bench,
) -> None:
    """Whichever was told first: 12 × 700 is paid, 690 would be enough by the one that was not."""
    await bench.tell(
        a_standard("dibao", 700, "rural", since="2024-01-01", adopted="2024-03-05"),
        a_standard("dibao", 690, "rural", since="2024-01-01", adopted="2024-02-01"),
        a_household("DB-1", fen=69_000, standard=69_000),
        *(a_payment("DB-1", 69_000, month) for month in MONTHS),
    )

    assert await value(bench, "F04") == 700
    assert await value(bench, "F13") is False


async def test_all_standards_and_their_ratios(bench: Bench) -> None:
    """700 / 874 = 80.0915… %; 1120 / 700 = 1.6 and 1400 / 874 = 1.60183…, the smaller is 1.6."""
    await bench.tell(*standards_of_2024())

    found = [await value(bench, f"F{number:02d}") for number in range(4, 11)]
    assert found == [700, 874, 1120, 1400, 215, 281, 1484]
    assert await value(bench, "F11") == Decimal("80.09")
    assert await value(bench, "F12") == Decimal("1.6000")


async def test_the_multiple_is_cut_not_rounded(bench: Bench) -> None:
    """1121 / 700 = 1.60142857…, 1400 / 874 = 1.60183066…: the smaller, cut to 1.6014."""
    await bench.tell(*standards_of_2024(), a_standard("tekun", 1121, "rural"))

    assert await value(bench, "F12") == Decimal("1.6014")


async def test_children_have_one_standard_or_none(bench: Bench) -> None:
    await bench.tell(a_standard("orphan", 1484), a_standard("unattended-child", 1400))

    assert await value(bench, "F10") is None


async def test_an_institution_orphan_has_a_standard_of_its_own(bench: Bench) -> None:
    await bench.tell(
        a_standard("orphan", 1484),
        a_standard("orphan-institutional", 2250),
        a_child("GE-2", mode="institutional"),
        *(a_payment("GE-2", 148_400, month, programme="orphan") for month in MONTHS),
    )

    assert await value(bench, "F10") == 1484
    assert await value(bench, "F13") is False


# 提标


def the_raise(*, without: str = "") -> list[Event]:
    """What the books of a completed raise hold; a test may leave out a step."""
    raised = a_raise({"kind": "dibao", "area": "rural"}, {"kind": LIVING})
    owed: list[tuple[Programme, int, int]] = [("dibao", 1, 15_000), (LIVING, 2, 7_500)]
    approved = [
        ArrearsBatchApproved(
            batch="TB-2024",
            programme=programme,
            months=("2024-01", "2024-02", "2024-03"),
            lines=lines,
            amount_fen=fen,
            approved_on=date(2024, 4, 15),
            prepared_by="JB-01",
            approved_by="SP-01",
        )
        for programme, lines, fen in owed
    ]
    facts: list[Event] = [
        a_standard("dibao", 650, "rural", since="2023-01-01"),
        a_standard(LIVING, 200, since="2023-01-01"),
        a_standard("dibao", 700, "rural", adopted="2024-03-05"),
        a_standard(LIVING, 215, adopted="2024-03-05"),
    ]
    if without != "implementation":
        facts.append(raised)
        if without != "approval":
            facts += approved
    return facts


def a_raised_household(*, adjusted: bool = True, arrears_paid: bool = True) -> list[Event]:
    """(650 − 200) × 1 = 450.00, raised to 500.00; 3 × 50.00 owed."""
    facts: list[Event] = [a_household("DB-1", standard=65_000)]
    if adjusted:
        facts.append(
            BenefitAdjusted(
                case_number="DB-1",
                from_month="2024-01",
                monthly_amount_fen=50_000,
                per_capita_income_fen=20_000,
                standard_fen=70_000,
                covered_persons=1,
                raise_batch="TB-2024",
                decided_on=date(2024, 4, 2),
                reason="提标",
            )
        )
    facts += [a_payment("DB-1", 45_000, month) for month in MONTHS[:3]]
    facts += [a_payment("DB-1", 50_000 if adjusted else 45_000, month) for month in MONTHS[3:]]
    if arrears_paid:
        facts.append(arrears("DB-1", 15_000, *MONTHS[:3], on="2024-04-18"))
    return facts


def raised_holders(*, leaver_arrears: bool = True) -> list[Event]:
    """One holder for the whole year; one who died in February and is owed two months."""
    died = SubsidyStopped(
        case_number="KN-2",
        last_month="2024-02",
        reason="died",
        died_on=date(2024, 2, 11),
        decided_on=date(2024, 3, 1),
    )
    facts: list[Event] = [a_subsidy("KN-1", LIVING), a_subsidy("KN-2", LIVING), died]
    facts += [a_payment("KN-1", 20_000, month, programme=LIVING) for month in MONTHS[:3]]
    facts += [a_payment("KN-1", 21_500, month, programme=LIVING) for month in MONTHS[3:]]
    facts += [a_payment("KN-2", 20_000, month, programme=LIVING) for month in MONTHS[:2]]
    facts.append(arrears("KN-1", 4_500, *MONTHS[:3], on="2024-04-18", programme=LIVING))
    if leaver_arrears:
        facts.append(arrears("KN-2", 3_000, *MONTHS[:2], on="2024-04-18", programme=LIVING))
    return facts


async def test_a_raise_with_arrears_also_for_those_who_left_is_complete(bench: Bench) -> None:
    """Owed and paid: 3 × 50.00 to the household, 3 × 15.00 and 2 × 15.00 to the two holders."""
    await bench.tell(*the_raise(), *a_raised_household(), *raised_holders())

    assert await complete(bench) == (True, True)
    assert (await bench.figure("F26")).exact == 3 * 20_000 + 9 * 21_500 + 2 * 20_000 + 7_500


async def test_before_the_arrears_were_paid_the_raise_was_not_complete(bench: Bench) -> None:
    await bench.tell(*the_raise(), *a_raised_household(), *raised_holders())

    assert await complete(bench, asof=date(2024, 4, 17)) == (False, False)
    assert await complete(bench, asof=date(2024, 4, 18)) == (True, True)


async def test_one_person_who_left_without_arrears_makes_it_incomplete(bench: Bench) -> None:
    await bench.tell(*the_raise(), *a_raised_household(), *raised_holders(leaver_arrears=False))

    assert await complete(bench) == (False, False)
    failing = [c for c in (await bench.statement("S16")).conditions if not c[0]]
    assert "缺补发 KN-2 2024-01" in {what for _, what, _ in failing}


async def test_a_household_left_on_the_old_standard_makes_it_incomplete(bench: Bench) -> None:
    """Its amount in force was paid in full, but was worked out with 650 instead of 700."""
    await bench.tell(
        *the_raise(),
        *a_raised_household(adjusted=False, arrears_paid=False),
        *raised_holders(),
    )

    assert await complete(bench) == (False, False)


async def test_the_raise_itself_must_be_on_record(bench: Bench) -> None:
    """F13 looks at the money alone; S16 also wants the raise and its approved arrears."""
    await bench.tell(*the_raise(without="implementation"), *a_raised_household())

    assert await complete(bench) == (True, False)


async def test_arrears_must_have_been_approved(bench: Bench) -> None:
    await bench.tell(*the_raise(without="approval"), *a_raised_household(), *raised_holders())

    assert await complete(bench) == (True, False)


async def test_approved_arrears_must_have_been_paid(bench: Bench) -> None:
    """The subsidy's holders are not in the ledger, so 75.00 approved for them are missing."""
    await bench.tell(*the_raise(), *a_raised_household())

    assert await complete(bench) == (True, False)


# What counts as paid.


async def test_money_sent_back_leaves_the_month_below(bench: Bench) -> None:
    """The June payment came back on 20 June; repaid on 5 July."""
    await bench.tell(a_household("DB-1"), *(a_payment("DB-1", 50_000, m) for m in MONTHS))
    await bench.tell(a_return("DB-1", "payouts/e-6", 50_000, "2024-06", on="2024-06-20"))
    assert await value(bench, "F13") is False

    await bench.tell(a_payment("DB-1", 50_000, "2024-06", on="2024-07-05"))
    assert await value(bench, "F13") is True


async def test_a_month_not_yet_due_may_be_unpaid_but_not_short(bench: Bench) -> None:
    """December is due on 10 January; an eleventh of it paid in December is too little."""
    await bench.tell(
        a_household("DB-1"), *(a_payment("DB-1", 50_000, month) for month in MONTHS[:11])
    )
    assert await value(bench, "F13") is True
    assert await value(bench, "F13", asof=date(2024, 12, 9)) is True

    await bench.tell(a_payment("DB-1", 45_000, "2024-12", on="2024-12-08"))
    assert await value(bench, "F13") is False


async def test_an_unpaid_month_that_is_due_is_below(bench: Bench) -> None:
    await bench.tell(a_household("DB-1"), *(a_payment("DB-1", 50_000, m) for m in MONTHS[:10]))

    assert await value(bench, "F13", asof=date(2024, 12, 9)) is True
    assert await value(bench, "F13", asof=date(2024, 12, 10)) is False


async def test_a_line_for_several_months_pays_each_in_equal_parts(bench: Bench) -> None:
    """A quarter in one payment, the first one settled in December before the year."""
    quarters = [MONTHS[i : i + 3] for i in range(0, 12, 3)]
    days = ["2023-12-28", "2024-04-08", "2024-07-08", "2024-10-08"]
    paid = [a_payment("DB-1", 150_000, *q, on=d) for q, d in zip(quarters, days, strict=True)]
    await bench.tell(a_household("DB-1"), *paid)

    assert await value(bench, "F13") is True
    assert (await bench.figure("F16")).exact == 450_000


async def test_a_line_of_several_months_sent_back_leaves_all_of_them_below(bench: Bench) -> None:
    quarters = [MONTHS[i : i + 3] for i in range(0, 12, 3)]
    await bench.tell(a_household("DB-1"), *(a_payment("DB-1", 150_000, *q) for q in quarters))
    assert await value(bench, "F13") is True

    sent_back = a_return("DB-1", "payouts/e-1", 150_000, *quarters[0], on="2024-06-20")
    await bench.tell(sent_back)
    assert await value(bench, "F13") is False
    assert await value(bench, "F13", asof=date(2024, 6, 19)) is True

    await bench.tell(arrears("DB-1", 100_000, *MONTHS[:2], on="2024-07-01"))
    assert await value(bench, "F13") is False
    await bench.tell(a_payment("DB-1", 50_000, MONTHS[2], on="2024-07-02"))
    assert await value(bench, "F13") is True


@pytest.mark.parametrize("lacking", [0, 11, 12, 23, 24])
async def test_a_period_of_more_than_a_year_is_looked_at_to_its_end(
    bench: Bench, lacking: int
) -> None:
    """From January 2024 to January 2026: whichever of the 25 months is not paid is found."""
    months = [f"{2024 + n // 12}-{n % 12 + 1:02d}" for n in range(25)]
    paid = [a_payment("DB-1", 50_000, m, on="2024-01-08") for m in months if m != months[lacking]]
    await bench.tell(a_household("DB-1"), *paid)

    asof = date(2026, 3, 10)
    await bench.tell(a_payment("DB-1", 50_000, "2026-02", on="2026-02-08"))
    await bench.tell(a_payment("DB-1", 50_000, "2026-03", on="2026-03-08"))
    assert await value(bench, "F13", asof=asof) is False
    await bench.tell(a_payment("DB-1", 50_000, months[lacking], on="2026-03-09"))
    assert await value(bench, "F13", asof=asof) is True
    assert await value(bench, "F13", asof=date(2026, 3, 8)) is False


async def test_a_month_paid_long_before_it_began_is_paid(bench: Bench) -> None:
    early = a_payment("DB-1", 600_000, *MONTHS, on="2022-06-01")
    await bench.tell(a_household("DB-1"), early)

    assert await value(bench, "F13") is True


async def test_months_after_the_end_are_not_owed(bench: Bench) -> None:
    ended = BenefitTerminated(
        case_number="DB-1",
        last_month="2024-03",
        reason="moved-away",
        decided_on=date(2024, 3, 25),
    )
    await bench.tell(
        a_household("DB-1"), ended, *(a_payment("DB-1", 50_000, m) for m in MONTHS[:3])
    )

    assert await value(bench, "F13") is True


async def test_a_flat_programme_without_a_standard_cannot_be_called_complete(bench: Bench) -> None:
    paid = [a_payment("TK-1", 112_000, m, programme="tekun") for m in MONTHS]
    await bench.tell(a_destitute_person("TK-1"), *paid)
    assert await value(bench, "F13") is False

    await bench.tell(a_standard("tekun", 1120, "rural"))
    assert await value(bench, "F13") is True


async def test_with_nobody_entitled_there_is_no_answer(bench: Bench) -> None:
    await bench.tell(*standards_of_2024())

    assert await value(bench, "F13") is None
    assert not (await bench.statement("S16")).holds


# What is read of it


def test_a_standard_keeps_what_it_was_before() -> None:
    book = given(
        a_standard("dibao", 650, "rural", since="2023-01-01"),
        a_standard("dibao", 700, "rural", adopted="2024-03-05"),
    )

    rows = [
        (row.kind, row.area, row.amount_fen, row.effective_from) for row in book.rows(standards)
    ]
    assert rows == [
        ("dibao", "rural", 65_000, date(2023, 1, 1)),
        ("dibao", "rural", 70_000, date(2024, 1, 1)),
    ]


def test_a_raise_waits_for_the_standards_it_puts_into_the_payroll() -> None:
    raised = a_raise({"kind": "dibao", "area": "rural"}, {"kind": LIVING})

    assert given().waits_for(raised) == {"standard/dibao-rural", f"standard/{LIVING}"}


def test_a_raise_has_a_row_for_each_standard_and_a_batch_one_for_each_programme() -> None:
    book = given(*the_raise())

    assert [(row.kind, row.go_live_month) for row in book.rows(raises)] == [
        ("dibao", "2024-04"),
        (LIVING, "2024-04"),
    ]
    assert [(row.programme, row.lines, row.amount_fen) for row in book.rows(arrears_batches)] == [
        ("dibao", 1, 15_000),
        (LIVING, 2, 7_500),
    ]


def test_a_standard_for_all_alike_is_told_without_an_area() -> None:
    assert given().when(a_standard("nursing-subsidy", 281)) == []
    assert given().when(a_standard("nursing-subsidy", 281, "rural")) == ["area-not-distinguished"]
    assert given().when(a_standard("dibao", 700, "rural")) == []
    assert given().when(a_standard("dibao", 700)) == []


async def test_a_standard_set_for_both_is_that_of_either(bench: Bench) -> None:
    """700 for 城市 and 农村 from January, 720 for 农村 from July on: 500 and 520 are due."""
    paid = [a_payment("DB-1", 50_000, month) for month in MONTHS[:6]]
    await bench.tell(
        a_standard("dibao", 700),
        a_standard("dibao", 720, "rural", since="2024-07-01"),
        a_household("DB-1"),
        *paid,
    )
    assert await value(bench, "F13", asof=date(2024, 7, 31)) is True

    await bench.tell(*(a_payment("DB-1", 50_000, month) for month in MONTHS[6:]))
    assert await value(bench, "F13") is False

    await bench.tell(arrears("DB-1", 12_000, *MONTHS[6:], on="2024-12-20", reason="standard-raise"))
    assert await value(bench, "F13") is True
