"""Penalties: what counts as one 宗; service and legal review.

Working days by hand: 7 after 2024-09-27 end on 10-12.
"""

from __future__ import annotations

import asyncpg

from domain.penalties.events import (
    LegalReviewPassed,
    PenaltyRevoked,
    PenaltyServed,
)
from tests.support.enforcement import (
    RECORD,
    a_decision,
    counts,
    given,
    on,
    told,
)


async def test_one_decision_with_three_kinds_is_one_penalty_even_when_revoked_later(
    connection: asyncpg.Connection,
) -> None:
    kinds = ("warning", "illegal-gains-confiscated", "registration-revoked")
    bench = await given(
        connection,
        a_decision("CF-1", kinds=kinds),
        PenaltyRevoked(
            case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on("12-02")
        ),
    )

    assert await counts(bench) == [0, 1, 1]
    (case,) = await bench.rows("penalty_case")
    assert len(case["kinds"]) == 3  # the reading not taken


def served(day: str, *, receipt: bool = True) -> PenaltyServed:
    return PenaltyServed(
        case_number="CF-1",
        method="in-person",
        receipt_number="示例证〔2024〕1号" if receipt else None,
        receipt=RECORD if receipt else None,
        served_on=on(day),
    )


async def test_a_penalty_is_served_with_receipt_within_seven_working_days(
    connection: asyncpg.Connection,
) -> None:
    for service, holds in (
        (served("10-12"), True),
        (served("10-14"), False),
        (served("10-08", receipt=False), False),
    ):
        bench = await given(connection, a_decision("CF-1"), service)

        assert (await bench.statement("S06")).holds is holds, service


async def test_a_limit_that_still_runs_is_not_broken(connection: asyncpg.Connection) -> None:
    bench = await given(connection, a_decision("CF-1", "12-30"))

    assert (await bench.statement("S06")).holds
    assert not (await bench.statement("S06", asof=on("2025-01-31"))).holds


async def test_a_listed_decision_needs_a_review_before_it_and_a_warning_needs_none(
    connection: asyncpg.Connection,
) -> None:
    def review(day: str) -> LegalReviewPassed:
        return LegalReviewPassed(
            case_number="CF-1",
            reviewer="FS-01",
            legally_qualified=True,
            opinion=RECORD,
            reviewed_on=on(day),
        )

    listed = a_decision("CF-1", listed_ground="complex")
    bench = await given(connection, a_decision("CF-2"), listed, review("09-28"))
    assert not (await bench.statement("S08")).holds

    await bench.take(*told(review("09-20"), prefix="later"))
    statement = await bench.statement("S08")
    assert statement.holds
    assert len(statement.conditions) == 1
