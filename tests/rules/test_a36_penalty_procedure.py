"""Steps before a decision, its term and its service, as they stand when all is known.

Days by hand: 90 after 2024-07-02 end on 09-30; 5 working days after 2024-09-19 end on 09-26; 7
after 2024-09-27 on 10-12.
"""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.penalties.events import (
    CaseFiled,
    ClueRegistered,
    HearingHeld,
    HearingRequested,
    LegalReviewPassed,
    PenaltyNotImposed,
    PenaltyServed,
    PriorNoticeServed,
)
from rules.a36_penalty_procedure import RULE
from tests.support.enforcement import BODY, RECORD, a_body, a_decision, evidence, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench, Correction


def filed(day: str = "07-02", **more: Any) -> CaseFiled:
    fields: dict[str, Any] = {
        "case_number": "CF-1",
        "subject": BODY,
        "handlers": ("ZF-03", "ZF-04"),
        "approved_by": "ZF-01",
        "filed_on": on(day),
    }
    return CaseFiled.model_validate(fields | more)


def clue(day: str) -> ClueRegistered:
    return ClueRegistered(
        case_number="CF-1",
        subject=BODY,
        origin="complaint",
        summary="示例",
        registered_on=on(day),
    )


def noticed(day: str = "09-10", *, offered: bool = True) -> PriorNoticeServed:
    return PriorNoticeServed(case_number="CF-1", hearing_offered=offered, served_on=on(day))


def review(day: str = "09-20", **more: Any) -> LegalReviewPassed:
    fields: dict[str, Any] = {
        "case_number": "CF-1",
        "reviewer": "FS-01",
        "legally_qualified": True,
        "opinion": RECORD,
        "reviewed_on": on(day),
    }
    return LegalReviewPassed.model_validate(fields | more)


def served(day: str = "10-08", method: str = "in-person") -> PenaltyServed:
    return PenaltyServed.model_validate(
        {
            "case_number": "CF-1",
            "method": method,
            "receipt_number": "示例证〔2024〕1号",
            "receipt": RECORD,
            "served_on": on(day),
        }
    )


DECIDED = a_decision("CF-1", kinds=("registration-revoked",))
USUAL: dict[str, Event | None] = {
    "filed": filed(),
    "evidence": evidence("CF-1"),
    "notice": noticed(),
    "review": review(),
    "decided": DECIDED,
    "served": served(),
}


def a_case(**instead: Event | None) -> list[Event]:
    """A revocation with all its steps, with some put differently or left out."""
    return [a_body(), *(step for step in (USUAL | instead).values() if step is not None)]


async def keys(bench: Bench) -> list[str]:
    return [each.key for each in await seen(bench, RULE)]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (a_case(), []),
        (a_case(notice=None), ["no-prior-notice"]),
        (a_case(notice=noticed("09-28")), ["no-prior-notice"]),
        (a_case(notice=noticed(offered=False)), ["hearing-not-offered"]),
        (a_case(notice=noticed("09-19")), []),
        (a_case(notice=noticed("09-20")), ["hearing-term-not-over"]),
        (a_case(review=None), ["no-legal-review"]),
        (a_case(review=review("09-27")), []),
        (a_case(review=review("09-28")), ["no-legal-review"]),
        (a_case(review=review(reviewer="ZF-03")), ["reviewer-is-handler"]),
        (a_case(review=review(legally_qualified=False)), ["reviewer-not-qualified"]),
        (a_case(review=review(legally_qualified=False, reviewed_before=True)), []),
        (a_case(filed=filed(breach_ended_on=on("2022-07-02"))), []),
        (a_case(filed=filed(breach_ended_on=on("2022-07-01"))), ["limitation-over"]),
        (a_case(filed=filed(breach_ended_on=on("2019-07-02"), grave=True)), []),
        (a_case(filed=filed(breach_ended_on=on("2019-07-01"), grave=True)), ["limitation-over"]),
        (a_case(clue=clue("06-30"), filed=filed(breach_ended_on=on("2022-06-30"))), []),
        (a_case(filed=filed("06-29")), []),
        (a_case(filed=filed("06-28")), ["decided-late"]),
        (a_case(served=served("10-12")), []),
        (a_case(served=served("10-13")), ["served-late"]),
        (a_case(served=None), ["served-late"]),
    ],
)
async def test_a_penalty_without_one_of_its_steps_breaks_the_law(
    bench: Bench, case: list[Event], expected: list[str]
) -> None:
    """Whatever breaks it stands from the decision, but for what is late: from the day after."""
    await bench.tell(*case)

    assert await keys(bench) == expected


@pytest.mark.parametrize(("day", "late"), [("11-11", False), ("11-12", True)])
async def test_a_public_notice_serves_when_its_days_have_passed(
    bench: Bench, day: str, *, late: bool
) -> None:
    """Nothing had served it from 13 October until then: the notice tells its last day only."""
    await bench.tell(*a_case(served=served(day, "public-notice")))

    waiting = Seen("penalty/CF-1", "served-late", on("10-13"), on(day))
    after = Seen("penalty/CF-1", "served-late", on(day))
    assert await seen(bench, RULE) == ([waiting, after] if late else [waiting])


async def test_a_hearing_that_was_asked_for_in_time_is_held(bench: Bench) -> None:
    asked = HearingRequested(case_number="CF-1", requested_on=on("09-19"))
    held = HearingHeld(case_number="CF-1", chair="FS-02", record=RECORD, held_on=on("09-25"))
    await bench.tell(*a_case(), asked)
    assert await keys(bench) == []  # 5 working days after 10 September end on the 18th

    in_time = asked.model_copy(update={"requested_on": on("09-18")})
    await bench.tell(Correction(in_time, "changed", asked))
    assert await keys(bench) == ["hearing-not-held"]

    await bench.tell(held)
    assert await keys(bench) == []


async def test_a_fine_is_heard_and_reviewed_by_its_amount(bench: Bench) -> None:
    """Of a body from 50,000 元 on: the notice says so, and after the hearing comes a review."""
    fine = a_decision("CF-1", kinds=("fine",), amount_fen=5_000_000)
    less = fine.model_copy(update={"amount_fen": 4_999_999})
    case = a_case(notice=noticed(offered=False), review=None, decided=less)
    await bench.tell(*case)
    assert await keys(bench) == []

    await bench.tell(Correction(fine, "changed", less))
    assert await keys(bench) == ["hearing-not-offered"]


async def test_a_case_that_nobody_decides_is_late_from_the_ninety_first_day(bench: Bench) -> None:
    await bench.tell(*a_case(review=None, decided=None, served=None))
    assert await seen(bench, RULE) == [Seen("penalty/CF-1", "decided-late", on("10-01"))]

    dropped = PenaltyNotImposed(case_number="CF-1", reason="示例", decided_on=on("10-09"))
    await bench.tell(dropped)
    first, second = await seen(bench, RULE)
    assert (first.until, second.since, second.until) == (on("10-09"), on("10-09"), None)


async def test_what_is_told_late_counts_in_its_place(bench: Bench) -> None:
    """The notice reached the ledger after the decision; it was served before it."""
    await bench.tell(*a_case(notice=None), noticed())
    assert await keys(bench) == []


async def test_the_finding_says_what_is_wrong_and_where(bench: Bench) -> None:
    await bench.tell(*a_case(review=None))

    ((subject, found),) = await findings(bench, RULE)
    assert (subject, found.what, found.position) == ("penalty/CF-1", "应当审核而未经法制审核", 5)


async def test_a_revocation_with_everything_wrong_is_found_for_all_of_it(bench: Bench) -> None:
    """Of an act that ended five years ago: noticed and decided on one day, with no hearing offered.

    A handler without the qualification reviewed it, and it was served after 61 days.
    """
    await bench.tell(
        *a_case(
            filed=filed(breach_ended_on=on("2019-07-02")),
            notice=noticed("09-27", offered=False),
            review=review("09-27", reviewer="ZF-03", legally_qualified=False),
            served=served("11-27"),
        )
    )

    assert sorted(set(await keys(bench))) == [
        "hearing-not-offered",
        "limitation-over",
        "reviewer-is-handler",
        "reviewer-not-qualified",
        "served-late",
    ]


async def test_whether_a_term_was_over_in_unknown_holidays_nobody_can_say(bench: Bench) -> None:
    """5 working days after 29 December 2026 end in January 2027."""
    days = {"filed": filed("2026-12-01"), "evidence": evidence("CF-1", "2026-12-08")}
    late = a_case(
        **days,
        notice=noticed("2026-12-29"),
        review=review("2026-12-30"),
        decided=DECIDED.model_copy(update={"decided_on": on("2027-01-06")}),
        served=served("2027-01-07"),
    )
    await bench.tell(*late)

    ((_, found),) = await findings(bench, RULE)
    assert (found.key, found.undecidable) == ("hearing-term-not-over", True)
    assert found.what == "无法判断：要求听证的期限未满即作出决定（工作日安排不明）"
