"""Builders of organisations, officers, inspections and penalties: tests name only what matters."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.event import Person
from domain.inspection import (
    InspectionConducted,
    InspectionNotified,
    InspectionResultPublished,
    RectificationOrdered,
    RectificationVerified,
)
from domain.officers import LicenceTakenOver, OfficerTakenOver
from domain.organisations.events import Deregistered, EstablishmentApproved, OrganisationTakenOver
from domain.penalties.events import EvidenceTaken, PenaltyDecided
from tests.support.ledger import Bench

ASSOCIATION = "51445102MJ0000018G"
SECOND = "51445102MJ0000026B"
PRIVATE = "52445102MJ0000018D"
RECORD = "a" * 64
BODY = f"organisation/{ASSOCIATION}"
PERSON = Person(id_kind="resident-id", id_number="445190200203150010", name="示例甲")
OTHER = Person(id_kind="resident-id", id_number="445190200402290024", name="示例乙")


def on(text: str) -> date:
    """A date, "MM-DD" of 2024 or "YYYY-MM-DD"."""
    return date.fromisoformat(text if len(text) > 5 else f"2024-{text}")


async def counts(bench: Bench, **when: Any) -> list[object]:
    """检查, 处罚, 执法."""
    return [(await bench.figure(figure, **when)).value for figure in ("F29", "F30", "F28")]


def a_body(uscc: str = ASSOCIATION, **more: Any) -> OrganisationTakenOver:
    """A body registered in 2015 and taken over."""
    return OrganisationTakenOver.model_validate(
        {
            "uscc": uscc,
            "kind": "association" if uscc.startswith("51") else "private-non-enterprise",
            "name": "示例协会",
            "township": "445102100",
            "legal_representative": PERSON,
            "capital_fen": 3_000_000,
            "decision_number": "示例民社〔2015〕1号",
            "decided_on": on("2015-05-20"),
            "taken_over_on": on("01-01"),
            **more,
        }
    )


def established(uscc: str = ASSOCIATION, day: str = "03-07", **more: Any) -> EstablishmentApproved:
    """A body established in 2024."""
    return EstablishmentApproved.model_validate(
        {
            "uscc": uscc,
            "kind": "association" if uscc.startswith("51") else "private-non-enterprise",
            "name": "示例协会",
            "township": "445102100",
            "legal_representative": PERSON,
            "capital_fen": 3_000_000,
            "decision_number": "示例民社〔2024〕1号",
            "decided_on": on(day),
            "handlers": ("JB-01",),
            **more,
        }
    )


def an_officer(code: str, *, leader: bool = False, **more: Any) -> OfficerTakenOver:
    """An officer in post since 2020."""
    return OfficerTakenOver.model_validate(
        {
            "officer": code,
            "person": PERSON,
            "post": f"P-{code}",
            "department": None if leader else "ZZ",
            "leader": leader,
            "in_post_since": on("2020-01-01"),
            "taken_over_on": on("01-01"),
            **more,
        }
    )


def a_licence(code: str, *, until: str = "2026-05-31", serial: str = "1") -> LicenceTakenOver:
    """A licence valid from June 2021."""
    return LicenceTakenOver(
        officer=code,
        licence_number=f"示例证{code}-{serial}",
        scope="民政行政执法",
        valid_from=on("2021-06-01"),
        valid_until=on(until),
        taken_over_on=on("01-01"),
    )


def an_inspection(number: str, day: str = "06-05", **more: Any) -> InspectionConducted:
    """A routine inspection of the association, with a full record."""
    return InspectionConducted.model_validate(
        {
            "inspection_number": number,
            "object": f"organisation/{ASSOCIATION}",
            "mode": "routine",
            "officers": ("ZF-03", "ZF-04"),
            "licences_shown": True,
            "text_record": RECORD,
            "recording": RECORD,
            "outcome": "nothing-found",
            "inspected_on": on(day),
            **more,
        }
    )


def a_result(number: str, day: str) -> InspectionResultPublished:
    """The result of an inspection on the site."""
    return InspectionResultPublished(
        inspection_number=number, place="示例网站", published_on=on(day)
    )


def evidence(case: str, day: str = "08-01", **more: Any) -> EvidenceTaken:
    """Evidence taken by two officers, with full record."""
    return EvidenceTaken.model_validate(
        {
            "case_number": case,
            "officers": ("ZF-03", "ZF-04"),
            "licences_shown": True,
            "text_record": RECORD,
            "recording": RECORD,
            "taken_on": on(day),
            **more,
        }
    )


def a_decision(case: str, day: str = "09-27", **more: Any) -> PenaltyDecided:
    """A warning to the association."""
    return PenaltyDecided.model_validate(
        {
            "case_number": case,
            "subject": f"organisation/{ASSOCIATION}",
            "decision_number": f"示例民罚〔2024〕{case}号",
            "kinds": ("warning",),
            "legal_basis": "社会团体登记管理条例 第三十条",
            "handlers": ("ZF-03", "ZF-04"),
            "approved_by": "ZF-01",
            "decided_on": on(day),
            **more,
        }
    )


STEPS = (
    InspectionNotified(
        inspection_number="JC-1", object=BODY, planned_on=on("06-05"), notified_on=on("06-03")
    ),
    an_inspection("JC-1", outcome="rectification"),
    RectificationOrdered(
        inspection_number="JC-1", problems="示例", due_on=on("07-05"), ordered_on=on("06-05")
    ),
    RectificationVerified(
        inspection_number="JC-1",
        outcome="passed",
        officers=("ZF-03", "ZF-04"),
        verified_on=on("07-01"),
    ),
    a_result("JC-1", "06-14"),
)
"""An inspection from its notice to its published result, in this order."""
ENDED = Deregistered(
    uscc=ASSOCIATION,
    reason="自行解散",
    certificate_collected=True,
    seal_collected=True,
    decision_number="示例民社〔2024〕9号",
    decided_on=on("11-20"),
)
ENDED_AGAIN = ENDED.model_copy(update={"decided_on": on("12-20")})
"""A body taken off the register at its own wish, once and a month later again."""
