"""Penalties: what counts as one 宗; the steps before a decision; service and legal review.

Days by hand: 90 after 2024-06-29 end on 09-27; 7 working days after 2024-09-27 end on 10-12; 5
after 2024-09-19 on 09-26, and after 09-20 on 09-27.
"""

from __future__ import annotations

import pytest

from domain.event import Event
from domain.penalties.events import (
    CaseClosed,
    CaseFiled,
    ClueRegistered,
    HearingHeld,
    HearingRequested,
    LegalReviewPassed,
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyRevoked,
    PenaltyServed,
    PriorNoticeServed,
)
from projections.penalties.cases import penalty_cases
from tests.support.enforcement import (
    BODY,
    RECORD,
    a_body,
    a_decision,
    counts,
    evidence,
    on,
)
from tests.support.ledger import Bench
from tests.support.rulebook import given


def filed(day: str = "07-02") -> CaseFiled:
    return CaseFiled(
        case_number="CF-1",
        subject=BODY,
        handlers=("ZF-03", "ZF-04"),
        approved_by="ZF-01",
        filed_on=on(day),
    )


def noticed(day: str = "09-01") -> PriorNoticeServed:
    return PriorNoticeServed(case_number="CF-1", hearing_offered=True, served_on=on(day))


def review(day: str) -> LegalReviewPassed:
    return LegalReviewPassed(
        case_number="CF-1",
        reviewer="FS-01",
        legally_qualified=True,
        opinion=RECORD,
        reviewed_on=on(day),
    )


def served(day: str, *, receipt: bool = True) -> PenaltyServed:
    return PenaltyServed(
        case_number="CF-1",
        method="in-person",
        receipt_number="示例证〔2024〕1号" if receipt else None,
        receipt=RECORD if receipt else None,
        served_on=on(day),
    )


# Counting

KINDS = ("warning", "illegal-gains-confiscated", "registration-revoked")
REVOKED = PenaltyRevoked(
    case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on("12-02")
)


async def test_one_decision_with_three_kinds_is_one_penalty_even_when_revoked_later(
    bench: Bench,
) -> None:
    """The reading not taken: one for each kind."""
    await bench.tell(a_body(), a_decision("CF-1", kinds=KINDS), REVOKED)

    assert await counts(bench) == [0, 1, 1]


def test_a_case_is_one_row_with_all_its_kinds() -> None:
    (case,) = given(a_body(), a_decision("CF-1", kinds=KINDS), REVOKED).rows(penalty_cases)

    assert sorted(case.kinds) == sorted(KINDS)
    assert (case.decided_on, case.revoked_on) == (on("09-27"), on("12-02"))


def published(day: str) -> PenaltyPublished:
    return PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on(day))


def test_a_case_keeps_the_day_of_every_step() -> None:
    """The first publication is the one that must be in time; the first evidence begins the case."""
    clue = ClueRegistered(
        case_number="CF-1",
        subject=BODY,
        origin="complaint",
        summary="示例",
        registered_on=on("06-24"),
    )
    steps = (
        *(clue, filed(), evidence("CF-1", "08-01"), evidence("CF-1", "07-20", recording=None)),
        *(noticed(), review("09-20"), a_decision("CF-1"), served("10-08")),
        *(published("10-11"), published("10-09"), REVOKED),
        PenaltyPublicationWithdrawn(case_number="CF-1", reason="已撤销", withdrawn_on=on("12-04")),
        CaseClosed(case_number="CF-1", archive=RECORD, closed_on=on("12-10")),
    )
    (case,) = given(a_body(), *steps).rows(penalty_cases)

    assert (case.subject, case.clue_origin, case.filed_on) == (BODY, "complaint", on("07-02"))
    assert (case.first_evidence_on, case.evidence) == (on("07-20"), 2)
    assert (case.has_text_record, case.has_recording) == (True, False)
    assert (case.noticed_on, case.reviewed_on) == (on("09-01"), on("09-20"))
    assert (case.served_on, case.has_receipt) == (on("10-08"), True)
    assert (case.service_due_on, case.publication_due_on) == (on("10-12"), on("10-12"))
    assert (case.published_on, case.publication_withdrawn_on) == (on("10-09"), on("12-04"))
    assert (case.revoked_on, case.closed_on) == (on("12-02"), on("12-10"))


# Service and review


@pytest.mark.parametrize(
    ("service", "holds"),
    [
        (served("10-12"), True),
        (served("10-14"), False),
        (served("10-08", receipt=False), False),
    ],
)
async def test_a_penalty_is_served_with_receipt_within_seven_working_days(
    bench: Bench, service: PenaltyServed, *, holds: bool
) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), service)

    assert (await bench.statement("S06")).holds is holds


async def test_a_limit_that_still_runs_is_not_broken(bench: Bench) -> None:
    await bench.tell(a_body(), a_decision("CF-1", "12-30"))

    assert (await bench.statement("S06")).holds
    assert not (await bench.statement("S06", asof=on("2025-01-31"))).holds


async def test_a_listed_decision_needs_a_review_before_it_and_a_warning_needs_none(
    bench: Bench,
) -> None:
    listed = a_decision("CF-1", listed_ground="complex")
    await bench.tell(a_body(), a_decision("CF-2"), listed, review("09-28"))
    assert not (await bench.statement("S08")).holds

    await bench.tell(review("09-20"))
    statement = await bench.statement("S08")
    assert statement.holds
    assert len(statement.conditions) == 1


async def test_evidence_without_a_recording_breaks_the_full_record(bench: Bench) -> None:
    gap = evidence("CF-1", recording=None)
    await bench.tell(a_body(), a_decision("CF-1"), evidence("CF-1"), gap)

    assert not (await bench.statement("S05")).holds


# What is recorded with a breach


@pytest.mark.parametrize(
    ("officers", "expected"),
    [
        (("ZF-03", "ZF-04"), []),
        (("ZF-03",), ["fewer-than-two-officers"]),
    ],
)
def test_two_officers_take_evidence(officers: tuple[str, ...], expected: list[str]) -> None:
    """R-PN-01."""
    assert given(a_body(), filed()).when(evidence("CF-1", officers=officers)) == expected


def test_evidence_is_taken_with_licences_shown_and_recorded_in_text_and_sound() -> None:
    """R-PN-02, R-PN-14."""
    book = given(a_body(), filed())

    assert book.when(evidence("CF-1", licences_shown=False)) == ["licences-not-shown"]
    assert book.when(evidence("CF-1", text_record=None)) == ["record-incomplete"]
    assert book.when(evidence("CF-1", recording=None)) == ["record-incomplete"]


STEPS = {"filed": filed(), "evidence": evidence("CF-1"), "notice": noticed()}


def after(**instead: Event | None) -> list[Event]:
    """The steps before a decision, with some put differently or left out."""
    steps: dict[str, Event | None] = {**STEPS, **instead}
    return [a_body(), *(step for step in steps.values() if step is not None)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (after(), []),
        (after(evidence=None), ["no-evidence"]),
        (after(notice=None), ["no-prior-notice"]),
        (after(notice=noticed("09-27")), ["hearing-term-not-over"]),
        (after(notice=noticed("09-20")), ["hearing-term-not-over"]),
        (after(notice=noticed("09-19")), []),
        (after(notice=noticed("09-28")), ["no-prior-notice"]),
        (after(filed=filed("06-29")), []),
        (after(filed=filed("06-28")), ["decided-late"]),
        (after(filed=None, evidence=None, notice=None),
         ["not-filed", "no-evidence", "no-prior-notice"]),
    ],
)  # fmt: skip
def test_a_penalty_is_decided_after_its_steps_and_within_ninety_days(
    steps: list[Event], expected: list[str]
) -> None:
    """R-PN-04 to R-PN-06."""
    assert given(*steps).when(a_decision("CF-1")) == expected


def test_a_hearing_that_was_asked_for_is_held_before_the_decision() -> None:
    book = given(*after(), HearingRequested(case_number="CF-1", requested_on=on("09-03")))
    assert book.when(a_decision("CF-1")) == ["hearing-not-held"]

    book.tell(HearingHeld(case_number="CF-1", chair="FS-02", record=RECORD, held_on=on("09-20")))
    assert book.when(a_decision("CF-1")) == []


@pytest.mark.parametrize(("day", "expected"), [("09-27", []), ("09-28", ["no-legal-review"])])
def test_a_listed_decision_is_reviewed_by_the_day_it_is_made(day: str, expected: list[str]) -> None:
    """R-PN-07: listed on a ground, or because a registration is revoked."""
    of_a_kind = a_decision("CF-1", kinds=("registration-revoked",))
    on_a_ground = a_decision("CF-1", listed_ground="complex")

    for listed in (of_a_kind, on_a_ground):
        assert given(*after()).when(listed) == ["no-legal-review"]
        assert given(*after(), review(day)).when(listed) == expected


def test_who_handles_a_case_does_not_approve_its_penalty() -> None:
    book = given(*after())

    assert book.when(a_decision("CF-1", approved_by="ZF-03")) == ["approver-is-handler"]
    assert book.when(a_decision("CF-1", approved_by="ZF-01")) == []


def test_a_case_is_decided_once() -> None:
    book = given(*after(), a_decision("CF-1"))

    assert book.when(a_decision("CF-1", "09-28")) == ["already-decided"]


@pytest.mark.parametrize(
    ("day", "expected"), [("12-05", []), ("12-06", ["publication-left-standing"])]
)
def test_what_was_undone_is_withdrawn_in_three_working_days(day: str, expected: list[str]) -> None:
    """R-PN-11: revoked on Monday 2 December 2024, so by Thursday."""
    withdrawn = PenaltyPublicationWithdrawn(
        case_number="CF-1", reason="已撤销", withdrawn_on=on(day)
    )
    steps = (a_body(), filed(), a_decision("CF-1"), REVOKED)
    assert given(*steps).when(withdrawn) == expected


def test_why_it_was_withdrawn_is_told_to_the_public() -> None:
    withdrawn = PenaltyPublicationWithdrawn(case_number="CF-1", withdrawn_on=on("12-03"))

    book = given(a_body(), filed(), a_decision("CF-1"), REVOKED)
    assert book.when(withdrawn) == ["withdrawn-without-reason"]
