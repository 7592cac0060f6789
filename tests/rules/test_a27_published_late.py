"""Results of enforcement that were published late, or never.

Working days by hand: 7 after 2024-09-27 end on 10-12, 20 after 2024-06-05 on 07-04.
"""

from __future__ import annotations

import pytest

from domain.penalties.events import PenaltyPublished, PenaltyRevoked
from rules.a27_published_late import RULE
from tests.support.enforcement import PERSON, a_body, a_decision, a_result, an_inspection, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench, Correction

DECIDED = a_decision("CF-1")


def published(day: str) -> PenaltyPublished:
    return PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on(day))


async def test_a_penalty_is_published_by_the_seventh_working_day(bench: Bench) -> None:
    await bench.tell(a_body(), DECIDED, published("10-12"))

    assert await seen(bench, RULE) == []


async def test_one_day_later_it_is_late_for_good(bench: Bench) -> None:
    await bench.tell(a_body(), DECIDED, published("10-13"))

    assert await seen(bench, RULE) == [Seen("penalty/CF-1", "published", on("10-13"))]
    ((_, found),) = await findings(bench, RULE)
    assert found.what == "应于2024-10-12（含当日）前公示，2024-10-13才公示，逾期1日"
    assert found.position == 2


async def test_until_it_is_published_it_is_not(bench: Bench) -> None:
    await bench.tell(a_body(), DECIDED)
    assert await seen(bench, RULE) == [Seen("penalty/CF-1", "published", on("10-13"))]

    await bench.tell(published("10-20"))
    assert await seen(bench, RULE) == [
        Seen("penalty/CF-1", "published", on("10-13"), on("10-20")),
        Seen("penalty/CF-1", "published", on("10-20")),
    ]


@pytest.mark.parametrize(
    ("day", "late"), [("07-04", []), ("07-05", [Seen("inspection/JC-1", "published", on("07-05"))])]
)
async def test_an_inspection_has_twenty_working_days(
    bench: Bench, day: str, late: list[Seen]
) -> None:
    await bench.tell(a_body(), an_inspection("JC-1"), a_result("JC-1", day))

    assert await seen(bench, RULE) == late


def revoked(day: str) -> PenaltyRevoked:
    return PenaltyRevoked(
        case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on(day)
    )


async def test_what_was_revoked_before_is_not_published_any_more(bench: Bench) -> None:
    await bench.tell(a_body(), DECIDED, revoked("10-12"))
    assert await seen(bench, RULE) == []

    await bench.tell(Correction(revoked("10-20"), "changed", revoked("10-12")))
    assert await seen(bench, RULE) == [Seen("penalty/CF-1", "published", on("10-13"), on("10-20"))]


async def test_what_has_no_result_of_its_own_need_not_be_published(bench: Bench) -> None:
    """A patrol, a case handed on, and a warning on the spot to a natural person."""
    await bench.tell(
        a_body(),
        an_inspection("JC-1", mode="patrol"),
        an_inspection("JC-2", outcome="transferred"),
        a_decision("CF-1", procedure="simple", subject=None, person=PERSON.model_dump()),
    )

    assert await seen(bench, RULE) == []


async def test_a_limit_in_a_year_without_calendar_is_undecided_for_some_days_only(
    bench: Bench,
) -> None:
    """The holidays of January 2027 are not known: some weeks later it is over, whatever is off."""
    await bench.tell(a_body(), an_inspection("JC-1", "2026-12-08"))

    first, second = await seen(bench, RULE)
    assert first.undecidable
    assert not second.undecidable
    assert (first.until, second.until) == (second.since, None)
