"""The two subsidies for disabled persons: one case per person per subsidy."""

from __future__ import annotations

from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.disability import (
    SubsidyApplied,
    SubsidyApproved,
    SubsidyProgramme,
    SubsidyResumed,
    SubsidyStopped,
)
from tests.support.ledger import Bench, event
from tests.support.money import (
    PUBLISHED,
    TOWN,
    VILLAGE,
    a_holder,
    a_payment,
    a_subsidy,
    arrears,
    breaches,
    judged,
    sent,
)


async def exact(bench: Bench, figure: str, **when: Any) -> object:
    return (await bench.figure(figure, **when)).exact


async def test_a_person_may_hold_both_subsidies_and_counts_in_each(
    connection: asyncpg.Connection,
) -> None:
    """Three holders of nursing, one of living; distinct persons over both would be 3, not 4."""
    bench = await Bench.open(connection)
    both = a_holder()
    await bench.take(
        *sent(
            a_subsidy("ZD-1", holder=both),
            a_subsidy("ZD-2"),
            a_subsidy("ZD-3"),
            a_subsidy("KN-1", "living-subsidy", holder=both),
        )
    )

    assert (await exact(bench, "F23"), await exact(bench, "F25")) == (3, 1)
    persons = "SELECT count(DISTINCT person_ref) FROM read.case_entitlement"
    assert await connection.fetchval(persons) == 3


async def test_a_second_case_of_the_same_subsidy_is_no_second_holder(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    holder = a_holder()
    await bench.take(*sent(a_subsidy("ZD-1", holder=holder), a_subsidy("ZD-2", holder=holder)))

    assert await exact(bench, "F23") == 1


async def test_entitlement_begins_with_the_month_of_application(
    connection: asyncpg.Connection,
) -> None:
    """R-DS-02: applied on 20 March, approved in May, entitled and paid from March."""
    bench = await Bench.open(connection)
    holder = a_holder()
    applied = SubsidyApplied(
        case_number="ZD-5",
        programme="nursing-subsidy",
        township=TOWN,
        village=VILLAGE,
        received_on=date(2024, 3, 20),
        holder=holder,
        channel="cross-province",
    )
    approved = SubsidyApproved(
        case_number="ZD-5",
        programme="nursing-subsidy",
        township=TOWN,
        village=VILLAGE,
        first_month="2024-03",
        holder=holder,
        decision_number="湘民〔2024〕5号",
        decided_on=date(2024, 5, 6),
        applied_on=date(2024, 3, 20),
    )
    late = arrears(
        "ZD-5", 56_200, "2024-03", "2024-04", on="2024-05-08", programme="nursing-subsidy",
        reason="late-approval",
    )  # fmt: skip
    await bench.take(
        *sent(applied),
        event("disability", "ok", approved),
        event("payouts", "late", late),
        event("payouts", "may", a_payment("ZD-5", 28_100, "2024-05", programme="nursing-subsidy")),
        event(
            "payouts", "twice", a_payment("ZD-5", 28_100, "2024-04", programme="nursing-subsidy")
        ),
        event("disability", "late-start", approved.model_copy(update={"first_month": "2024-06"})),
    )

    assert await exact(bench, "F24") == 3 * 28_100 + 28_100
    assert await breaches(connection, "ok") == []
    assert await breaches(connection, "late") == []
    assert await breaches(connection, "may") == []
    assert await breaches(connection, "twice") == ["month-already-paid"]
    assert await breaches(connection, "late-start") == ["first-month-differs-from-application"]


async def test_stopped_and_resumed(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *sent(
            a_subsidy("ZD-1"),
            SubsidyStopped(
                case_number="ZD-1",
                last_month="2024-02",
                reason="review-missed",
                decided_on=date(2024, 2, 26),
            ),
            SubsidyResumed(
                case_number="ZD-1",
                first_month="2024-05",
                decided_on=date(2024, 5, 9),
                reason="补办复核",
            ),
        )
    )

    active = [(await bench.figure("F23", asof=date(2024, m, 28))).exact for m in range(1, 7)]
    assert active == [1, 1, 0, 0, 1, 1]


async def test_a_death_told_in_2025_is_true_in_2024_only_since_then(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    died = SubsidyStopped(
        case_number="KN-1",
        last_month="2024-11",
        reason="died",
        died_on=date(2024, 11, 30),
        decided_on=date(2025, 2, 5),
    )
    await bench.take(*sent(a_subsidy("KN-1", "living-subsidy"), died))

    assert await exact(bench, "F25", known=PUBLISHED) == 1
    assert await exact(bench, "F25") == 0


@pytest.mark.parametrize(
    ("programme", "category", "grade", "expected"),
    [
        ("nursing-subsidy", 4, 1, []),
        ("nursing-subsidy", 4, 2, []),
        ("nursing-subsidy", 4, 3, ["card-grade-differs"]),
        ("nursing-subsidy", 5, 3, []),
        ("nursing-subsidy", 6, 4, []),
        ("living-subsidy", 4, 4, []),
    ],
)
async def test_the_card_must_fit_the_subsidy(
    programme: SubsidyProgramme,
    category: int,
    grade: int,
    expected: list[str],
) -> None:
    """R-DS-06, R-DS-01: grades 1 and 2, in Guangdong 智力 and 精神 also 3 and 4."""
    holder = a_holder(category=category, grade=grade)

    assert judged(a_subsidy("D-1", programme, holder=holder)) == expected
