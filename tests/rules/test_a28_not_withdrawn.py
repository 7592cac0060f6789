"""Penalties that were undone and still stand on the site; revoked on Monday 2 December 2024."""

from __future__ import annotations

from typing import Any

import pytest

from domain.penalties.events import (
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyRevoked,
    PenaltyVaried,
)
from rules.a28_not_withdrawn import RULE
from tests.support.enforcement import a_body, a_decision, on
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

PUBLISHED = PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on("10-08"))
REVOKED = PenaltyRevoked(
    case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on("12-02")
)


def withdrawn(day: str, **more: Any) -> PenaltyPublicationWithdrawn:
    fields: dict[str, Any] = {"case_number": "CF-1", "reason": "已撤销", "withdrawn_on": on(day)}
    return PenaltyPublicationWithdrawn.model_validate(fields | more)


def varied(day: str) -> PenaltyVaried:
    return PenaltyVaried(case_number="CF-1", kinds=("warning",), reason="复议", varied_on=on(day))


@pytest.mark.parametrize(
    ("day", "late"),
    [("12-05", []), ("12-06", [Seen("penalty/CF-1", "withdrawn", on("12-06"))])],
)
async def test_it_is_withdrawn_by_the_third_working_day(
    bench: Bench, day: str, late: list[Seen]
) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), PUBLISHED, REVOKED, withdrawn(day))

    assert await seen(bench, RULE) == late


async def test_it_stands_until_it_is_withdrawn(bench: Bench) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), PUBLISHED, REVOKED)

    assert await seen(bench, RULE) == [Seen("penalty/CF-1", "withdrawn", on("12-06"))]


async def test_the_public_is_told_why(bench: Bench) -> None:
    await bench.tell(
        a_body(), a_decision("CF-1"), PUBLISHED, REVOKED, withdrawn("12-04", reason=None)
    )

    assert await seen(bench, RULE) == [Seen("penalty/CF-1", "reason", on("12-04"))]


async def test_what_never_was_published_need_not_be_withdrawn(bench: Bench) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), REVOKED)

    assert await seen(bench, RULE) == []


async def test_what_was_varied_is_withdrawn_and_what_is_published_after_that_is_not(
    bench: Bench,
) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), varied("10-01"), PUBLISHED)
    assert await seen(bench, RULE) == []

    await bench.tell(a_decision("CF-2"))
    await bench.tell(
        PUBLISHED.model_copy(update={"case_number": "CF-2"}),
        varied("12-02").model_copy(update={"case_number": "CF-2"}),
    )
    assert await seen(bench, RULE) == [Seen("penalty/CF-2", "withdrawn", on("12-06"))]
