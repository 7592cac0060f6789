"""Penalties: whom they may be about, the simple procedure, hearings, limitation and service.

Working days by hand: 7 after 2024-09-27 end on 10-12, the days off of 1 to 7 October left out.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.codes import labels_of
from domain.envelope import read
from domain.event import Event
from domain.faults import Unacceptable
from domain.penalties.events import (
    CaseFiled,
    ClueRegistered,
    EvidencePreserved,
    FinePaid,
    HearingHeld,
    LegalReviewPassed,
    PenaltyNotImposed,
    PenaltyServed,
    PenaltyVaried,
    PreservedEvidenceHandled,
    PriorNoticeServed,
    StatementHeard,
)
from domain.penalties.kinds import Kinds
from projections.penalties.cases import PreservedEvidence, penalty_cases, preserved_evidence
from tests.support.bureau import SAMPLE
from tests.support.enforcement import (
    BODY,
    PERSON,
    RECORD,
    a_body,
    a_decision,
    counts,
    evidence,
    on,
)
from tests.support.ledger import Bench
from tests.support.rulebook import given

UNREGISTERED = "示例联谊会（未登记）"
OF_PERSON: dict[str, Any] = {"subject": None, "person": PERSON.model_dump()}
OF_NOBODY: dict[str, Any] = {"subject": None, "unregistered_body": UNREGISTERED}
HANDLERS = ("ZF-03", "ZF-04")


def filed(day: str = "07-02", **more: Any) -> CaseFiled:
    return CaseFiled.model_validate(
        {
            "case_number": "CF-1",
            "subject": BODY,
            "handlers": HANDLERS,
            "approved_by": "ZF-01",
            "filed_on": on(day),
            **more,
        }
    )


def clue(day: str, **more: Any) -> ClueRegistered:
    return ClueRegistered.model_validate(
        {
            "case_number": "CF-1",
            "subject": BODY,
            "origin": "complaint",
            "summary": "示例",
            "registered_on": on(day),
            **more,
        }
    )


def on_the_spot(**more: Any) -> Event:
    """A warning by the simple procedure, as the law has it."""
    usual: dict[str, Any] = {"procedure": "simple", "approved_by": None}
    return a_decision("CF-1", **usual, **{"licences_shown": True, "handed_over": True} | more)


# Whom


@pytest.mark.parametrize(
    ("party", "row"),
    [
        ({}, ("registered", BODY)),
        (OF_PERSON, ("person", None)),
        (OF_NOBODY, ("unregistered-body", UNREGISTERED)),
    ],
)
async def test_a_penalty_may_be_about_anybody_and_waits_for_a_register_only(
    bench: Bench, party: dict[str, Any], row: tuple[str, str | None]
) -> None:
    """On a natural person it was parked for ever, since a stream of theirs never begins."""
    facts = (clue("06-24", **party), filed(**party), on_the_spot(**party))
    waiting = {BODY} if row[0] == "registered" else set()
    assert [given().waits_for(fact) for fact in facts] == [waiting] * 3

    await bench.tell(a_body(), *facts)
    assert await counts(bench) == [0, 1, 1]
    (case,) = await bench.rows("penalty_case")
    assert (case["party"], case["subject"]) == row


def test_the_person_of_a_penalty_stays_sealed() -> None:
    text = given().open_text(on_the_spot(**OF_PERSON))

    assert "示例甲" not in text
    assert "445190200203150010" not in text


@pytest.mark.parametrize(
    ("party", "code", "field"),
    [
        ({}, "missing_field", "subject"),
        ({"subject": BODY, "unregistered_body": "示例"}, "malformed_value", "unregistered_body"),
    ],
)
def test_a_penalty_is_about_one_party(party: dict[str, Any], code: str, field: str) -> None:
    message = examples.message(EVENTS["penalties.penalty-decided.v1"], SAMPLE)
    del message["data"]["unregistered_body"]
    message["data"] |= party

    with pytest.raises(Unacceptable) as refusal:
        read(json.dumps(message).encode(), SAMPLE, replay=True)
    assert (refusal.value.code, refusal.value.pointer) == (code, f"/data/{field}")


def test_a_party_that_no_register_can_hold_is_said_and_not_waited_for() -> None:
    party = {"subject": "elderly-home/YL-01"}

    assert given().waits_for(on_the_spot(**party)) == set()
    assert given().when(on_the_spot(**party)) == ["party-not-registered"]


# The simple procedure (R-PN-12)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (on_the_spot(), []),
        (on_the_spot(kinds=("fine",), amount_fen=300_000), []),
        (on_the_spot(kinds=("fine",), amount_fen=300_001), ["beyond-simple-procedure"]),
        (on_the_spot(kinds=("fine",), amount_fen=20_000, **OF_PERSON), []),
        (on_the_spot(kinds=("fine",), amount_fen=20_001, **OF_PERSON),
         ["beyond-simple-procedure"]),
        (on_the_spot(kinds=("fine",), amount_fen=20_001, **OF_NOBODY), []),
        (on_the_spot(kinds=("criticism",)), ["beyond-simple-procedure"]),
        (on_the_spot(kinds=("warning", "registration-revoked")), ["beyond-simple-procedure"]),
        (on_the_spot(handlers=("ZF-03",)), ["fewer-than-two-officers"]),
        (on_the_spot(licences_shown=None), ["licences-not-shown"]),
        (on_the_spot(handed_over=False), ["not-handed-over"]),
    ],
)  # fmt: skip
def test_on_the_spot_no_steps_are_missed_but_its_own(decision: Event, expected: list[str]) -> None:
    """行政处罚法 arts 51, 52: no filing, no notice of days before, no approval."""
    assert given(a_body()).when(decision) == expected


async def test_a_decision_on_the_spot_is_served_shown_and_needs_no_recording(bench: Bench) -> None:
    await bench.tell(a_body(), on_the_spot())

    for statement in ("S04", "S06"):
        assert (await bench.statement(statement)).holds, statement
    assert (await bench.statement("S05")).conditions == ()


async def test_one_that_was_not_handed_over_was_not_served(bench: Bench) -> None:
    await bench.tell(a_body(), on_the_spot(handed_over=False, licences_shown=False))

    for statement in ("S04", "S06"):
        assert not (await bench.statement(statement)).holds, statement


def test_by_the_ordinary_procedure_somebody_approves() -> None:
    steps = (a_body(), filed(), evidence("CF-1"), notice())

    assert given(*steps).when(a_decision("CF-1", approved_by=None)) == ["not-approved"]


def test_two_officers_handle_what_is_decided() -> None:
    steps = (a_body(), filed(), evidence("CF-1"), notice())

    alone = a_decision("CF-1", handlers=("ZF-03",))
    assert given(*steps).when(alone) == ["fewer-than-two-officers"]


# Kinds


@pytest.mark.parametrize("kind", ["certificate-revoked", "registration-revoked"])
def test_whose_certificate_is_revoked_is_offered_a_hearing_after_review(kind: str) -> None:
    steps = (a_body(), filed(), evidence("CF-1"))
    decision = a_decision("CF-1", kinds=(kind,))

    assert given(*steps, notice(offered=True)).when(decision) == ["no-legal-review"]
    expected = ["hearing-not-offered", "no-legal-review"]
    assert given(*steps, notice(offered=False)).when(decision) == expected


def test_all_kinds_of_a_decision_are_kept() -> None:
    kinds = ("criticism", "illegal-property-confiscated", "certificate-revoked")
    (row,) = given(a_body(), a_decision("CF-1", kinds=kinds)).rows(penalty_cases)

    assert row.kinds == sorted(kinds)


OF_ARTICLE_9 = (
    *("warning", "criticism", "fine", "illegal-gains-confiscated", "illegal-property-confiscated"),
    *("licence-suspended", "qualification-lowered", "licence-revoked", "operations-restricted"),
    *("operations-stopped", "closure", "practice-restricted", "detention"),
)
OF_OUR_REGULATIONS = (
    *("activities-suspended", "officers-replaced", "registration-revoked", "certificate-revoked"),
)


def test_every_kind_of_the_law_can_be_told() -> None:
    """行政处罚法 art. 9, and what the regulations on organisations add to it."""
    assert labels_of(Kinds).keys() == {*OF_ARTICLE_9, *OF_OUR_REGULATIONS}
    for kind in labels_of(Kinds):
        assert given(a_body()).waits_for(a_decision("CF-1", kinds=(kind,))) == set()


@pytest.mark.parametrize(
    "kind",
    ["qualification-lowered", "licence-revoked", "operations-stopped", "closure",
     "practice-restricted", "activities-suspended"],
)  # fmt: skip
def test_what_touches_major_rights_is_heard(kind: str) -> None:
    """行政处罚法 art. 63: lowering, revoking, stopping, closing, barring; not suspending."""
    steps = (a_body(), filed(), evidence("CF-1"), notice(offered=False))

    decision = a_decision("CF-1", kinds=(kind,))
    assert given(*steps).when(decision) == ["hearing-not-offered", "no-legal-review"]
    suspended = a_decision("CF-1", kinds=("licence-suspended",))
    assert given(*steps).when(suspended) == []


# Hearing (R-PN-05)


def notice(day: str = "09-01", *, offered: bool = True) -> PriorNoticeServed:
    return PriorNoticeServed(case_number="CF-1", hearing_offered=offered, served_on=on(day))


@pytest.mark.parametrize(("waived", "expected"), [(True, []), (False, ["hearing-term-not-over"])])
def test_who_asks_for_no_hearing_need_not_be_waited_for(
    *, waived: bool, expected: list[str]
) -> None:
    """Of a notice of 24 September the term ends after the decision of 27 September."""
    heard = StatementHeard(case_number="CF-1", hearing_waived=waived, heard_on=on("09-25"))
    book = given(a_body(), filed(), evidence("CF-1"), notice("09-24"), heard)

    assert book.when(a_decision("CF-1")) == expected


# Limitation, review, service (R-PN-03, R-PN-06, R-PN-08)


@pytest.mark.parametrize(
    ("found", "ended", "grave", "expected"),
    [
        (None, "2022-07-02", False, []),
        (None, "2022-07-01", False, ["limitation-over"]),
        ("06-24", "2022-06-24", False, []),
        ("06-24", "2022-06-23", False, ["limitation-over"]),
        (None, "2022-07-01", True, []),
        (None, "2019-07-01", True, ["limitation-over"]),
        (None, None, False, []),
    ],
)
def test_an_act_found_after_two_years_is_not_punished(
    found: str | None, ended: str | None, *, grave: bool, expected: list[str]
) -> None:
    """Found when the clue came, else when the case was filed, on 2 July; five years if grave."""
    before = () if found is None else (clue(found),)
    case = filed(breach_ended_on=on(ended) if ended else None, grave=grave)

    assert given(a_body(), *before).when(case) == expected


@pytest.mark.parametrize(
    ("reviewer", "before", "expected"),
    [
        ({"reviewer": "ZF-03"}, False, ["reviewer-is-handler"]),
        ({}, False, []),
        ({"legally_qualified": False}, False, ["reviewer-not-qualified"]),
        ({"legally_qualified": False}, True, []),
    ],
)
def test_a_review_is_done_by_who_may_do_it(
    reviewer: dict[str, Any], *, before: bool, expected: list[str]
) -> None:
    """Not by a handler; the qualification is asked of who does it for the first time."""
    review = LegalReviewPassed.model_validate(
        {
            "case_number": "CF-1",
            "reviewer": "FS-01",
            "legally_qualified": True,
            "reviewed_before": before,
            "opinion": RECORD,
            "reviewed_on": on("09-20"),
            **reviewer,
        }
    )

    assert given(a_body(), filed()).when(review) == expected


@pytest.mark.parametrize(("day", "expected"), [("10-12", []), ("10-13", ["served-late"])])
def test_a_penalty_served_late_is_said_at_once(day: str, expected: list[str]) -> None:
    service = PenaltyServed(
        case_number="CF-1",
        method="post",
        receipt_number="示例证〔2024〕1号",
        receipt=RECORD,
        served_on=on(day),
    )

    assert given(a_body(), a_decision("CF-1")).when(service) == expected


@pytest.mark.parametrize(
    ("method", "receipt", "expected"),
    [
        ("post", {}, []),
        ("post", {"receipt": None}, ["receipt-missing"]),
        ("left", {"receipt_number": None}, ["receipt-missing"]),
        ("public-notice", {"receipt": None, "receipt_number": None}, []),
    ],
)
def test_who_is_served_signs_for_it(
    method: str, receipt: dict[str, None], expected: list[str]
) -> None:
    fields = {"receipt_number": "示例证〔2024〕1号", "receipt": RECORD, **receipt}
    service = {"case_number": "CF-1", "method": method, "served_on": on("10-08"), **fields}

    book = given(a_body(), a_decision("CF-1"))
    assert book.when(PenaltyServed.model_validate(service)) == expected


@pytest.mark.parametrize(("day", "expected"), [("11-11", []), ("11-12", ["served-late"])])
def test_a_public_notice_serves_when_its_thirty_days_have_passed(
    day: str, expected: list[str]
) -> None:
    service = PenaltyServed(case_number="CF-1", method="public-notice", served_on=on(day))

    assert given(a_body(), a_decision("CF-1")).when(service) == expected


# Who does what (arts 18, 64), and how long (arts 56, 60)


def test_a_hearing_is_chaired_by_somebody_who_did_not_investigate() -> None:
    def held(chair: str) -> HearingHeld:
        return HearingHeld(case_number="CF-1", chair=chair, record=RECORD, held_on=on("09-20"))

    assert given(a_body(), filed()).when(held("ZF-03")) == ["chair-is-handler"]
    assert given(a_body(), filed()).when(held("FS-02")) == []


def test_nobody_is_detained_by_a_bureau_of_civil_affairs() -> None:
    steps = (a_body(), filed(), evidence("CF-1"), notice())

    assert given(*steps).when(a_decision("CF-1", kinds=("detention",))) == ["not-ours-to-decide"]


@pytest.mark.parametrize(("day", "expected"), [("09-30", []), ("10-01", ["decided-late"])])
def test_not_to_punish_is_decided_within_ninety_days_too(day: str, expected: list[str]) -> None:
    dropped = PenaltyNotImposed(case_number="CF-1", reason="示例", decided_on=on(day))

    assert given(a_body(), filed()).when(dropped) == expected


KEPT = EvidencePreserved(case_number="CF-1", items="账册", preserved_on=on("09-27"))


def given_back(day: str) -> PreservedEvidenceHandled:
    return PreservedEvidenceHandled(case_number="CF-1", how="returned", handled_on=on(day))


@pytest.mark.parametrize(
    ("day", "expected"), [("10-12", []), ("10-13", ["evidence-kept-too-long"])]
)
def test_evidence_is_kept_for_seven_working_days(day: str, expected: list[str]) -> None:
    assert given(a_body(), filed(), KEPT).when(given_back(day)) == expected
    assert given(a_body(), filed(), KEPT, given_back("10-08")).when(given_back(day)) == []


def test_evidence_is_kept_until_it_is_dealt_with() -> None:
    later = KEPT.model_copy(update={"preserved_on": on("10-20")})
    book = given(a_body(), filed(), KEPT, given_back("10-09"), later)

    assert book.rows(preserved_evidence) == [
        PreservedEvidence("CF-1", on("09-27"), on("10-09")),
        PreservedEvidence("CF-1", on("10-20"), None),
    ]


# Who takes the money (R-PN-13; arts 67-69)


def paid(amount_fen: int, **how: Any) -> FinePaid:
    fields = {"case_number": "CF-1", "amount_fen": amount_fen, "paid_on": on("10-08"), **how}
    return FinePaid.model_validate(fields)


BY_HAND = {"collected": "officers"}


@pytest.mark.parametrize(
    ("simple", "payment", "expected"),
    [
        (False, paid(10_000), []),
        (False, paid(10_000, collected="bank"), []),
        (False, paid(10_000, **BY_HAND), ["collected-by-officers"]),
        (True, paid(10_000, **BY_HAND), []),
        (True, paid(10_001, **BY_HAND), ["collected-by-officers"]),
        (True, paid(10_001, **BY_HAND, collection_ground="hard-to-collect-later"), []),
        (False, paid(10_001, **BY_HAND, collection_ground="hard-to-collect-later"),
         ["collected-by-officers"]),
        (False, paid(10_001, **BY_HAND, collection_ground="remote"), []),
    ],
)  # fmt: skip
def test_officers_take_small_fines_on_the_spot_only(
    payment: FinePaid, expected: list[str], *, simple: bool
) -> None:
    decision = on_the_spot() if simple else a_decision("CF-1")

    assert given(a_body(), decision).when(payment) == expected


def test_a_decision_that_was_varied_is_kept_with_its_day() -> None:
    varied = PenaltyVaried(
        case_number="CF-1", kinds=("warning",), reason="示例", varied_on=on("11-01")
    )
    (row,) = given(a_body(), a_decision("CF-1"), varied).rows(penalty_cases)

    assert row.varied_on == on("11-01")
