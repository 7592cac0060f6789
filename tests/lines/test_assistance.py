"""低保 in 户 and 人, 特困 in 人: who is entitled when, and what a decision must fit."""

from __future__ import annotations

from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.assistance.benefits import (
    ApplicationReceived,
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
    Member,
    MemberAdded,
    SupportChanged,
)
from tests.support.ledger import Bench, event
from tests.support.money import (
    PUBLISHED,
    TOWN,
    VILLAGE,
    a_destitute_person,
    a_household,
    a_payment,
    a_person,
    breaches,
    judged,
    sent,
)


async def stocks(bench: Bench, *ids: str, **when: Any) -> list[object]:
    return [(await bench.figure(i, **when)).exact for i in ids]


def a_termination(number: str, last: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number,
        last_month=last,
        reason="income-above-standard",
        decided_on=date.fromisoformat(f"{last}-20"),
    )


async def test_households_and_covered_members_are_two_counts(
    connection: asyncpg.Connection,
) -> None:
    """户 2, 人 4; counting every member would give 6, as one member each has no 保障 status."""
    bench = await Bench.open(connection)
    await bench.take(
        *sent(
            a_household("DB-1", covered=3, uncovered=1), a_household("DB-2", covered=1, uncovered=1)
        )
    )

    assert await stocks(bench, "F14", "F15") == [2, 4]
    assert await connection.fetchval("SELECT sum(members) FROM read.case_entitlement") == 6


async def test_a_household_counts_from_its_first_to_its_last_month(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(*sent(a_household("DB-1", first="2024-03"), a_termination("DB-1", "2024-09")))

    active = [
        (await bench.figure("F14", asof=date(2024, month, 15))).exact for month in range(1, 13)
    ]
    assert active == [0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]


async def test_a_confirmed_household_follows_its_application(
    connection: asyncpg.Connection,
) -> None:
    """Entitled from the month after the decision (R-DB-06)."""
    bench = await Bench.open(connection)
    confirmed = BenefitConfirmed(
        case_number="DB-9",
        programme="dibao",
        area="urban",
        township=TOWN,
        village=VILLAGE,
        first_month="2024-06",
        monthly_amount_fen=2 * (87_400 - 30_000) + 8_700,
        per_capita_income_fen=30_000,
        supplement_fen=8_700,
        standard_fen=87_400,
        members=(
            Member(person=a_person(), covered=True, head=True),
            Member(person=a_person(), covered=True),
        ),
        decision_number="湘民〔2024〕9号",
        decided_on=date(2024, 5, 20),
    )
    assert (await bench.take(event("social-assistance", "k-9", confirmed))).parked == 1

    await bench.take(
        *sent(
            ApplicationReceived(
                case_number="DB-9",
                programme="dibao",
                township=TOWN,
                village=VILLAGE,
                received_on=date(2024, 4, 2),
                applicant=a_person(),
            )
        )
    )
    assert await stocks(bench, "F14", "F15", asof=date(2024, 5, 31)) == [0, 0]
    assert await stocks(bench, "F14", "F15", asof=date(2024, 6, 1)) == [1, 2]
    assert await breaches(connection, "k-9") == []


async def test_an_adjustment_changes_persons_from_its_month(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    adjusted = BenefitAdjusted(
        case_number="DB-1",
        from_month="2024-05",
        monthly_amount_fen=50_000,
        per_capita_income_fen=20_000,
        covered_persons=1,
        decided_on=date(2024, 4, 20),
        reason="成员减少",
    )
    await bench.take(*sent(a_household("DB-1", covered=2), adjusted))

    assert await stocks(bench, "F14", "F15", asof=date(2024, 4, 30)) == [1, 2]
    assert await stocks(bench, "F14", "F15", asof=date(2024, 5, 31)) == [1, 1]


async def test_a_new_member_without_status_is_no_covered_person(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    joined = MemberAdded(
        case_number="DB-1",
        member=Member(person=a_person(), covered=False),
        changed_on=date(2024, 7, 3),
        reason="迁入",
    )
    await bench.take(*sent(a_household("DB-1"), joined))

    assert await stocks(bench, "F14", "F15") == [1, 1]
    rows = await bench.rows("case_entitlement", ("first_month", "last_month", "members"))
    assert [tuple(row.values()) for row in rows] == [
        ("2023-01", "2024-06", 1),
        ("2024-07", None, 2),
    ]


async def test_a_suspended_case_is_not_active_until_resumed(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *sent(
            a_household("DB-1"),
            BenefitSuspended(
                case_number="DB-1",
                from_month="2024-03",
                decided_on=date(2024, 2, 20),
                reason="下落不明",
            ),
            BenefitResumed(
                case_number="DB-1",
                first_month="2024-06",
                decided_on=date(2024, 5, 20),
                reason="已核实",
            ),
        )
    )

    active = [(await bench.figure("F14", asof=date(2024, m, 28))).exact for m in range(1, 8)]
    assert active == [1, 1, 0, 0, 0, 1, 1]


async def test_a_correction_known_only_in_2025_moves_the_figure_now_and_not_as_published(
    connection: asyncpg.Connection,
) -> None:
    """更正: the second member never had 保障 status. 人 2 as published, 1 as known now."""
    bench = await Bench.open(connection)
    await bench.take(
        event("social-assistance", "c-1", a_household("DB-1", covered=2)),
        event(
            "social-assistance",
            "c-1b",
            a_household("DB-1", covered=1, uncovered=1),
            received=date(2025, 2, 10),
            corrects="social-assistance/c-1",
            kind="changed",
        ),
    )

    assert await stocks(bench, "F14", "F15") == [1, 1]
    assert await stocks(bench, "F14", "F15", known=PUBLISHED) == [1, 2]


async def test_a_termination_told_late_is_true_before_it_is_known(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *sent(a_household("DB-1")),
        event(
            "social-assistance", "t-1", a_termination("DB-1", "2024-10"), received=date(2025, 2, 1)
        ),
    )

    assert await stocks(bench, "F14", known=PUBLISHED) == [1]
    assert await stocks(bench, "F14") == [0]


async def test_a_withdrawn_termination_brings_the_case_back(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *sent(a_household("DB-1")),
        event("social-assistance", "t-1", a_termination("DB-1", "2024-06")),
        event(
            "social-assistance",
            "t-1x",
            a_termination("DB-1", "2024-06"),
            received=date(2024, 8, 1),
            corrects="social-assistance/t-1",
            kind="revoked",
        ),
    )

    assert await stocks(bench, "F14") == [1]
    assert await stocks(bench, "F14", known=PUBLISHED.replace(year=2024, month=7)) == [0]


async def test_a_case_that_ended_before_it_began_was_never_active(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(*sent(a_household("DB-1", first="2024-05"), a_termination("DB-1", "2024-04")))

    assert [
        (await bench.figure("F14", asof=date(2024, month, 28))).exact for month in (4, 5, 6)
    ] == [0, 0, 0]
    assert len(await bench.rows("case_entitlement")) == 1


async def test_destitute_persons_count_as_persons_in_either_mode(
    connection: asyncpg.Connection,
) -> None:
    """Two persons, one moved into an institution; a second case of the same person adds nobody."""
    bench = await Bench.open(connection)
    person = a_person()
    moved = SupportChanged(
        case_number="TK-1",
        from_month="2024-04",
        mode="institutional",
        care_level="full-care",
        decided_on=date(2024, 3, 15),
    )
    await bench.take(
        *sent(
            a_destitute_person("TK-1"),
            moved,
            a_destitute_person("TK-2", person=person),
            a_destitute_person("TK-3", person=person),
        )
    )

    assert await stocks(bench, "F17") == [2]
    rows = await bench.rows("case_entitlement", ("case_number", "mode", "first_month"))
    assert [tuple(row.values()) for row in rows][:2] == [
        ("TK-1", "home-based", "2023-01"),
        ("TK-1", "institutional", "2024-04"),
    ]


async def test_care_money_is_not_the_basic_standard(connection: asyncpg.Connection) -> None:
    """特困供养金 1,120.00; with the care allowance it would be 1,480.00."""
    bench = await Bench.open(connection)
    await bench.take(
        *sent(
            a_destitute_person("TK-1"),
            a_payment("TK-1", 112_000, "2024-01", programme="tekun"),
            a_payment("TK-1", 36_000, "2024-01", programme="tekun", item="care"),
        )
    )

    assert await stocks(bench, "F18") == [112_000]
    assert await connection.fetchval("SELECT sum(amount_fen) FROM read.payment") == 148_000


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"monthly_amount_fen": 100_100}, ["amount-differs"]),
        ({"monthly_amount_fen": 100_050}, ["amount-differs"]),
        ({"supplement_fen": 8_000, "monthly_amount_fen": 108_000}, []),
        ({"per_capita_income_fen": 19_970}, []),
        ({"per_capita_income_fen": 19_950}, ["amount-differs"]),
        ({"per_capita_income_fen": 70_000}, ["income-not-below-standard"]),
        ({"first_month": "2022-12"}, ["first-month-too-early"]),
        ({"standard_fen": None, "monthly_amount_fen": 1}, []),
    ],
)
def test_the_amount_is_the_standard_less_income_for_each_covered_member(
    changes: dict[str, object], expected: list[str]
) -> None:
    """(700 − 200) × 2 = 1,000.00 in whole 元 (R-DB-02); decided 2022-12-10, so from 2023-01.

    With an income of 199.70 the sum is 1,000.60: cut to 1,000.00 is accepted, as 1,001.00 would be.
    """
    household = a_household("DB-1", covered=2, uncovered=1).model_copy(update=changes)

    assert judged(household) == expected
