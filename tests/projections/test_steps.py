"""A case, an application, a body is one row with its steps, in whatever order they were told.

Histories in the order of their dates, with the rows worked out by hand. A stream is opened by the
telling, its history by the dates: steps dated before the fact that opens it are among them.
"""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from domain.adoption import (
    Adopter,
    AdoptionApplied,
    AdoptionDissolved,
    AdoptionRefused,
    AdoptionRegistered,
    Child,
)
from domain.assistance.relief import ReliefDecided, ReliefPapersCompleted
from domain.disclosure import ItemPublished, ItemTakenOver, ItemWithdrawn
from domain.event import Event
from domain.identifiers import resident_id_check
from domain.inspection import EnforcementInformationPublished, EnforcementInformationWithdrawn
from domain.marriage.marriages import MarriageRegistered, RegistrationRevoked
from domain.marriage.parties import Party
from domain.outreach.activities import StudySessionHeld
from domain.penalties.events import CaseFiled, PenaltyPublished, PenaltyServed
from domain.placename import (
    AssessmentReported,
    ExpertReviewHeld,
    NameAnnounced,
    NameFiled,
    OpinionsCollected,
)
from domain.reporting import ReportSectionWritten
from projections.adoption import Adoption, adoptions
from projections.assistance import Relief, reliefs
from projections.disclosure import Item, items
from projections.inspection.draws import EnforcementInformation, enforcement_information
from projections.inspection.inspections import inspections
from projections.marriage.registrations import Registration, registrations
from projections.organisations import (
    Organisation,
    organisations,
)
from projections.outreach.activities import StudySession, study_sessions
from projections.penalties.cases import penalty_cases
from projections.placename import (
    PlaceName,
    place_names,
)
from projections.read_model import ReadModel
from projections.reporting import Section, sections
from tests.support.enforcement import (
    ASSOCIATION,
    BODY,
    ENDED,
    ENDED_AGAIN,
    RECORD,
    STEPS,
    a_body,
    a_decision,
    a_result,
    evidence,
    on,
)
from tests.support.money import TOWN, VILLAGE, a_person
from tests.support.orders import History, in_any_order
from tests.support.placename import RENAMED, a_proposal, an_approval
from tests.support.rulebook import given, revoked

CERTIFICATE = "J445102-2024-000001"


def an_id(born: str, serial: int) -> str:
    body = f"445199{born}{serial:03d}"
    return body + resident_id_check(body)


def a_couple() -> tuple[Party, Party]:
    man, woman = an_id("19900101", 1), an_id("19920101", 2)
    return tuple(  # type: ignore[return-value]  # of two
        Party(id_kind="resident-id", id_number=number, name="示例", residence_division="445102")
        for number in (man, woman)
    )


def announced(day: str, location: str | None) -> NameAnnounced:
    return NameAnnounced(place="R1", announced_on=on(day), location=location)


def an_item(day: str, column: str) -> ItemPublished:
    return ItemPublished.model_validate(
        {
            "item": "a",
            "column": column,
            "topic": "other",
            "title": "示例信息",
            "published_on": on(day),
        }
    )


def taken_down(day: str) -> ItemWithdrawn:
    return ItemWithdrawn(item="a", withdrawn_on=on(day), reason="重复")


def put_up(day: str) -> EnforcementInformationPublished:
    return EnforcementInformationPublished.model_validate(
        {
            "item_number": "GS-1",
            "stage": "before",
            "title": "执法主体",
            "kinds": ("subject",),
            "place": "示例网站",
            "published_on": on(day),
        }
    )


def down(day: str) -> EnforcementInformationWithdrawn:
    return EnforcementInformationWithdrawn(item_number="GS-1", reason="更新", withdrawn_on=on(day))


def a_section(text: str, day: str) -> ReportSectionWritten:
    return ReportSectionWritten(
        report_year=2024, section="opening", text=text, written_on=on(day), author="JB-01"
    )


def a_relief(day: str) -> ReliefDecided:
    return ReliefDecided(
        relief_number="LJ-1",
        programme="temporary-relief",
        kind="emergency",
        cause="fire",
        manner="goods",
        urgent=True,
        area="rural",
        township=TOWN,
        village=VILLAGE,
        recipient=a_person(),
        persons=3,
        amount_fen=80_000,
        decided_by="township",
        decision_number="示例临救〔2024〕1号",
        decided_on=on(day),
        handlers=("JB-01",),
    )


def papers_of_relief(day: str) -> ReliefPapersCompleted:
    return ReliefPapersCompleted(relief_number="LJ-1", completed_on=on(day), handlers=("JB-01",))


def a_session(title: str, day: str, law: str, participants: int) -> StudySessionHeld:
    return StudySessionHeld(
        session="S1",
        title=title,
        kinds=("lecture",),
        laws=(law,),
        participants=participants,
        held_on=on(day),
    )


HISTORIES: tuple[History, ...] = (
    (
        organisations,  # ended in the old year, and told only after it was taken over
        (
            ENDED.model_copy(update={"decided_on": on("2023-12-20")}),
            a_body(),
            ENDED_AGAIN,
        ),
        [
            Organisation(
                *(ASSOCIATION, "association", "445102100", on("2015-05-20"), "taken-over"),
                *(on("2023-12-20"), "deregistered", 3_000_000),
            )
        ],
    ),
    (
        adoptions,  # registered a day before it was applied for
        (
            AdoptionRegistered(
                application="SY-1",
                certificate_number="示例收〔2024〕1号",
                registered_on=on("02-29"),
                registrars=("HY-01",),
            ),
            AdoptionApplied(
                application="SY-1",
                child_kind="kin",
                adopters=(
                    Adopter(
                        id_kind="resident-id",
                        id_number=an_id("19800101", 11),
                        name="示例甲",
                        residence_division="445102",
                    ),
                ),
                child=Child(id_kind="resident-id", id_number=an_id("20200101", 21), name="示例丙"),
                children_before=0,
                applied_on=on("03-01"),
            ),
            AdoptionRefused(application="SY-1", refused_on=on("03-25"), reason="示例"),
            AdoptionDissolved(
                application="SY-1", certificate_number="示例收〔2024〕1号", dissolved_on=on("09-02")
            ),
        ),
        [Adoption("SY-1", "kin", on("03-01"), on("02-29"), on("09-02"), "dissolved")],
    ),
    (
        registrations,  # the second couple bears a number that was revoked before
        (
            RegistrationRevoked(
                certificate_number=CERTIFICATE,
                revoked_on=on("02-01"),
                document_number="示例1号",
                reason="冒名顶替",
            ),
            MarriageRegistered(
                certificate_number=CERTIFICATE,
                parties=a_couple(),
                registered_on=on("02-02"),
                registrars=("HY-01",),
            ),
            MarriageRegistered(
                certificate_number=CERTIFICATE,
                parties=a_couple(),
                registered_on=on("02-05"),
                registrars=("HY-01",),
            ),
        ),
        [
            Registration(CERTIFICATE, "marriage", on("02-02"), 2, "mainland", 2, [], on("02-01")),
            Registration(CERTIFICATE, "marriage", on("02-05"), 2, "mainland", 2, []),
        ],
    ),
    (
        place_names,  # assessed and approved before the proposal that opens it
        (
            AssessmentReported(place="R1", reported_on=on("02-20"), passed=True),
            ExpertReviewHeld(place="R1", held_on=on("02-21"), experts=3),
            OpinionsCollected(place="R1", opened_on=on("02-21"), closed_on=on("02-28"), opinions=0),
            a_proposal("示例大道", "03-01"),
            an_approval("06-03"),
            NameFiled(place="R1", filed_with="省人民政府", filed_on=on("06-10")),
            announced("06-12", "东西走向"),
            an_approval("07-01", "另名路"),
            RENAMED,
        ),
        [
            PlaceName(
                place="R1",
                given_name="示例路",
                batch=1,
                township="445102100",
                proposed_on=on("03-01"),
                assessed_on=on("02-20"),
                reviewed_on=on("02-21"),
                asked_on=on("02-28"),
                approved_on=on("06-03"),
                authority="市人民政府",
                filed_on=on("06-10"),
                announced_on=on("06-12"),
                changed_on=on("09-03"),
            )
        ],
    ),
    (
        place_names,  # a second proposal takes the place of one that failed
        (
            a_proposal("示例大道", "01-02"),
            AssessmentReported(place="R1", reported_on=on("02-20"), passed=True),
            a_proposal("示例路", "03-01"),
        ),
        [PlaceName("R1", "示例路", 1, "445102100", on("03-01"))],
    ),
    (
        items,
        (
            an_item("2023-06-01", "work-news"),
            taken_down("2023-08-01"),
            ItemTakenOver(
                item="a",
                column="work-news",
                topic="shuangbai",
                title="示例信息，接收时",
                published_on=on("2023-05-01"),
                taken_over_on=on("01-01"),
            ),
            an_item("02-01", "notices"),
            taken_down("03-01"),
            an_item("04-01", "notices"),
        ),
        [
            Item("a", "work-news", "other", "示例信息", on("2023-05-01"), on("2023-08-01")),
            Item("a", "work-news", "other", "示例信息", on("2023-05-01"), on("03-01"), on("01-01")),
            Item("a", "notices", "other", "示例信息", on("02-01"), on("03-01")),
            Item("a", "notices", "other", "示例信息", on("02-01"), None, on("04-01")),
        ],
    ),
    (
        enforcement_information,
        (put_up("01-01"), down("03-01"), put_up("05-01"), down("08-01"), put_up("09-01")),
        [
            EnforcementInformation("GS-1", "before", "subject", on("01-01"), on("03-01")),
            EnforcementInformation("GS-1", "before", "subject", on("05-01"), on("08-01")),
            EnforcementInformation("GS-1", "before", "subject", on("09-01"), None),
        ],
    ),
    (
        sections,
        (a_section("初稿", "12-20"), a_section("定稿", "2025-01-10")),
        [Section(2024, "opening", "定稿", "JB-01", on("2025-01-10"))],
    ),
    (
        study_sessions,
        (
            a_session("学法", "03-04", "慈善法", 10),
            a_session("学法补报", "03-05", "信访工作条例", 8),
        ),
        [
            StudySession("S1", "学法", ["lecture"], ["慈善法"], [], 10, on("03-04")),
            StudySession("S1", "学法补报", ["lecture"], ["信访工作条例"], [], 8, on("03-05")),
        ],
    ),
    (
        reliefs,  # given at once; its papers came twice
        (a_relief("05-06"), papers_of_relief("05-10"), papers_of_relief("05-13")),
        [
            Relief._make(
                (
                    *("LJ-1", "temporary-relief", "emergency", "fire", "goods", True, "rural"),
                    *(TOWN, VILLAGE, 3, 80_000, "township", on("05-06"), None, on("05-10")),
                )
            )
        ],
    ),
)
"""The read model, a history of one stream in the order of its dates, the rows it comes to."""


@pytest.mark.parametrize(
    ("model", "history", "expected"),
    [pytest.param(*each, id=f"{each[0].name}-{n}") for n, each in enumerate(HISTORIES)],
)
@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=60, deadline=None)
def test_told_in_any_order_a_row_has_the_days_of_its_steps(
    model: ReadModel, history: tuple[Event, ...], expected: list[Any], data: st.DataObject
) -> None:
    told = data.draw(in_any_order(history))

    assert sorted(given(*told).rows(model), key=str) == sorted(expected, key=str)


PENALTY = (
    evidence("CF-1", "07-01", recording=None),
    CaseFiled(
        case_number="CF-1",
        subject=BODY,
        handlers=("ZF-03", "ZF-04"),
        approved_by="ZF-01",
        filed_on=on("07-02"),
    ),
    evidence("CF-1", "08-01"),
    a_decision("CF-1", "09-27"),
    PenaltyServed(
        case_number="CF-1",
        method="in-person",
        receipt_number="示例证〔2024〕1号",
        receipt=RECORD,
        served_on=on("10-08"),
    ),
    *(
        PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on(day))
        for day in ("10-09", "10-11")
    ),
)


@hypothesis.given(in_any_order(PENALTY))
@hypothesis.settings(max_examples=60, deadline=None)
def test_a_penalty_case_is_one_row_with_the_days_of_its_steps(told: list[Event]) -> None:
    (case,) = given(a_body(), *told).rows(penalty_cases)

    assert (case.filed_on, case.first_evidence_on, case.evidence, case.has_recording) == (
        *(on("07-02"), on("07-01"), 2, False),
    )
    assert (case.decided_on, case.served_on, case.published_on) == (
        *(on("09-27"), on("10-08"), on("10-09")),
    )


INSPECTION = (*STEPS[:2], STEPS[4], a_result("JC-1", "06-20"), STEPS[3])
"""Notified, conducted, published twice, verified; an order to rectify has the day of the visit."""


@hypothesis.given(in_any_order(INSPECTION))
@hypothesis.settings(max_examples=60, deadline=None)
def test_an_inspection_is_one_row_with_the_days_of_its_steps(told: list[Event]) -> None:
    (row,) = given(a_body(), *told).rows(inspections)

    assert (row.planned_on, row.inspected_on, row.outcome) == (
        *(on("06-05"), on("06-05"), "rectification"),
    )
    assert (row.rectification_verified_on, row.result_published_on) == (on("07-01"), on("06-14"))


def test_what_depends_on_an_application_taken_back_waits_for_another() -> None:
    registration, application = HISTORIES[1][1][:2]
    book = given(application, registration, revoked(application))
    assert book.rows(adoptions) == []

    book.tell(application)
    assert [row.registered_on for row in book.rows(adoptions)] == [on("02-29")]
