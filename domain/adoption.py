"""收养登记: applications, assessment, the search for a foundling's parents, registration.

Published as counts only: minors' privacy, and the law's secrecy on request (民法典 art. 1110).
Basis: 民法典 arts 1093-1118; 中国公民收养子女登记办法 (2023-07-20); 收养评估办法(试行).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.ages import NEVER, has_years, reaches
from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.calendar import completed_years
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Day,
    Division,
    DocumentNumber,
    Event,
    Person,
    Sealed,
    Text,
    flag,
    in_clear,
)

LEAST_ASSESSORS = 2
WITHOUT_LIMIT = ("orphan", "foundling")
"""Whoever adopts one of these may have children of their own (民法典 1100(2))."""
NEAR = ("kin", "step-child")
"""To these the years between adopter and child do not matter (民法典 1099, 1103)."""

ChildKind = Annotated[
    Literal["orphan", "foundling", "parents-unable", "step-child", "kin"],
    Labels(
        "孤儿",
        "查找不到生父母的未成年人",
        "生父母有特殊困难无力抚养的子女",
        "继子女",
        "三代以内旁系同辈血亲的子女",
    ),
]


class Adopter(Person):
    """One who adopts. Open stays only whether the age conditions are met on the business date."""

    residence_division: Sealed[Division]

    @flag
    def old_enough(self, on: date, _division: str, bureau: Bureau) -> bool | None:
        """Whether the age condition is met; None when the document states no birth date."""
        return has_years(self, on, "adoption.adopter-years", bureau)

    @flag
    def old_enough_from(self, on: date, _division: str, bureau: Bureau) -> str | None:
        """The day within a year on which the age condition will be met, where it is not yet."""
        return reaches(self, on, "adoption.adopter-years", bureau)

    @flag
    def too_near_in_age(
        self, on: date, _division: str, bureau: Bureau, event: Event
    ) -> bool | None:
        """True for one who adopts alone, a child of the other sex and not enough years younger."""
        adopters: tuple[Adopter, ...] = getattr(event, "adopters", ())
        child: Child | None = getattr(event, "child", None)
        gap = bureau.rules.number("adoption.gap-years", on)
        if len(adopters) != 1 or child is None or gap is None:
            return None
        born, later = self.born_on(), child.born_on()
        if born is None or later is None or self.is_man() is child.is_man():
            return None
        return True if completed_years(born, later) < gap else None

    @flag
    def resident_here(self, _on: date, division: str) -> bool:
        """Whether the 户籍 is in the district."""
        return in_clear(self.residence_division) == division


class Child(Person):
    """The child. Open stays only whether consent is needed on the business date."""

    @flag
    def consent_needed(self, on: date, _division: str, bureau: Bureau) -> bool | None:
        """Whether the child must agree; None when the document states no birth date."""
        return has_years(self, on, "adoption.consent-years", bureau)

    @flag
    def consent_needed_from(self, on: date, _division: str, bureau: Bureau) -> str | None:
        """The day within a year from which the child must agree, where it need not yet."""
        return reaches(self, on, "adoption.consent-years", bureau)

    @flag
    def grown_up_from(self, on: date, _division: str, bureau: Bureau) -> str | None:
        """The day within a year from which it is no minor any more."""
        return reaches(self, on, "adoption.child-years", bureau)

    @flag
    def grown_up(self, on: date, _division: str, bureau: Bureau) -> bool | None:
        """True for one who is no minor any more."""
        return has_years(self, on, "adoption.child-years", bureau) or None


Adopters = Annotated[tuple[Adopter, ...], Field(min_length=1, max_length=2)]


class AdoptionEvent(Event):
    """Facts about one application."""

    STREAM: ClassVar[str] = "adoption"
    KEY: ClassVar[str] = "application"

    application: Code


class _Applied(AdoptionEvent):
    """What an application says."""

    child_kind: ChildKind
    adopters: Adopters
    child: Child
    children_before: Annotated[int, Field(ge=0, le=20)]
    """Children the adopters have already (art. 1098: none or one)."""
    applied_on: Day


class AdoptionApplied(_Applied):
    """收养登记申请受理."""

    TYPE: ClassVar[str] = "adoption.adoption-applied.v1"
    TITLE: ClassVar[str] = "收养登记申请"
    BASIS: ClassVar[str] = "民法典 1093, 1098; 中国公民收养子女登记办法 4-6"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "applied_on"


class AdoptionTakenOver(_Applied):
    """An application open, or an adoption registered, before the ledger began (期初接收)."""

    TYPE: ClassVar[str] = "adoption.adoption-taken-over.v1"
    TITLE: ClassVar[str] = "收养期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    taken_over_on: Day
    registered_on: Day | None = None


class AssessmentCompleted(AdoptionEvent):
    """收养评估, by at least two staff when done in-house; step-children need none."""

    TYPE: ClassVar[str] = "adoption.assessment-completed.v1"
    TITLE: ClassVar[str] = "收养评估"
    BASIS: ClassVar[str] = "收养评估办法（试行）"
    ON: ClassVar[str] = "completed_on"

    completed_on: Day
    assessors: Annotated[tuple[Code, ...], Field(min_length=1, max_length=6), DISTINCT]
    suitable: bool


class ParentsSearchAnnounced(AdoptionEvent):
    """查找生父母公告, for foundlings: an announcement, not a notice before decision."""

    TYPE: ClassVar[str] = "adoption.parents-search-announced.v1"
    TITLE: ClassVar[str] = "查找生父母公告"
    BASIS: ClassVar[str] = "中国公民收养子女登记办法 8"
    ON: ClassVar[str] = "announced_on"

    announced_on: Day


class ParentsSearchExpired(AdoptionEvent):
    """公告期满无人认领."""

    TYPE: ClassVar[str] = "adoption.parents-search-expired.v1"
    TITLE: ClassVar[str] = "公告期满无人认领"
    BASIS: ClassVar[str] = "中国公民收养子女登记办法 8(2)"
    RECORD_ONLY: ClassVar[str] = "a registration is judged from the start of the search"
    ON: ClassVar[str] = "expired_on"

    expired_on: Day


class AdoptionRegistered(AdoptionEvent):
    """收养登记: the relation starts this day (art. 1105)."""

    TYPE: ClassVar[str] = "adoption.adoption-registered.v1"
    TITLE: ClassVar[str] = "收养登记"
    BASIS: ClassVar[str] = "民法典 1105; 中国公民收养子女登记办法 8"
    ON: ClassVar[str] = "registered_on"

    certificate_number: DocumentNumber
    child_consented: bool | None = None
    registered_on: Day
    registrars: Annotated[tuple[Code, ...], Field(min_length=1, max_length=4), DISTINCT]


class AdoptionRefused(AdoptionEvent):
    """不予收养登记."""

    TYPE: ClassVar[str] = "adoption.adoption-refused.v1"
    TITLE: ClassVar[str] = "不予收养登记"
    BASIS: ClassVar[str] = "中国公民收养子女登记办法 8(1)"
    ON: ClassVar[str] = "refused_on"

    refused_on: Day
    reason: Text


class AdoptionWithdrawn(AdoptionEvent):
    """The applicants took the application back."""

    TYPE: ClassVar[str] = "adoption.adoption-withdrawn.v1"
    TITLE: ClassVar[str] = "撤回收养申请"
    BASIS: ClassVar[str] = "业务管理需要：当事人撤回申请"
    ON: ClassVar[str] = "withdrawn_on"

    withdrawn_on: Day


class AdoptionDissolved(AdoptionEvent):
    """解除收养关系登记: ends the relation; the registration still counts in its year."""

    TYPE: ClassVar[str] = "adoption.adoption-dissolved.v1"
    TITLE: ClassVar[str] = "解除收养关系"
    BASIS: ClassVar[str] = "民法典 1114-1116"
    ON: ClassVar[str] = "dissolved_on"

    certificate_number: DocumentNumber
    dissolved_on: Day


class AdoptionRevoked(AdoptionEvent):
    """撤销收养登记 (弄虚作假骗取)."""

    TYPE: ClassVar[str] = "adoption.adoption-revoked.v1"
    TITLE: ClassVar[str] = "撤销收养登记"
    BASIS: ClassVar[str] = "中国公民收养子女登记办法 13"
    ON: ClassVar[str] = "revoked_on"

    revoked_on: Day
    reason: Text


Breach = Annotated[
    Literal[
        "adopter-under-age",
        "too-near-in-age",
        "child-grown-up",
        "too-many-children",
        "person-named-twice",
        "child-did-not-consent",
        "too-few-assessors",
        "registered-twice",
        "not-assessed",
        "search-too-short",
        "review-too-long",
    ],
    Labels(
        "收养人未到法定年龄",
        "无配偶者收养异性子女，年龄相差不足",
        "被收养人已成年",
        "收养人子女数超过规定",
        "收养人与被收养人或者收养人之间为同一人",
        "未征得应当同意的被收养人同意",
        "评估人员少于两名",
        "同一申请重复登记",
        "登记前未作收养评估",
        "查找生父母的公告期不足",
        "超过审查期限",
    ),
]


class Adoption(Aggregate):
    """State of one application."""

    STREAM: ClassVar[str] = "adoption"

    child_kind: str = ""
    applied_on: date | None = None
    assessed: bool = False
    searched_on: date | None = None
    registered: bool = False
    old_enough_from: str = ""
    """The first day on which every adopter is, as text; days compare as text."""
    consent_from: str = NEVER
    grown_up_from: str = NEVER
    too_near_in_age: bool = False
    children_before: int = 0

    @judges
    def judge_application(self, event: AdoptionApplied | AdoptionTakenOver) -> tuple[Breach, ...]:
        """Who may adopt whom is judged when it is registered."""
        named = [event.child.ref, *(adopter.ref for adopter in event.adopters)]
        return ("person-named-twice",) if len(set(named)) < len(named) else ()

    @judges
    def judge_assessment(self, event: AssessmentCompleted) -> tuple[Breach, ...]:
        """Fewer than two staff (R-AD-08)."""
        few = len(set(event.assessors)) < LEAST_ASSESSORS
        return ("too-few-assessors",) if few else ()

    @judges
    @once("registered-twice")
    def judge_registration(self, event: AdoptionRegistered, bureau: Bureau) -> tuple[Breach, ...]:
        """Twice, without assessment (R-AD-08), search too short or review too long (R-AD-06)."""
        breaches: list[Breach] = ["registered-twice"] if self.registered else []
        if not self.assessed and self.child_kind != "step-child":
            breaches.append("not-assessed")
        on = event.registered_on
        breaches += self._conditions(on, bureau)
        if self.consent_from <= f"{on}" and not event.child_consented:
            breaches.append("child-did-not-consent")
        search = bureau.rules.number("adoption.search-days", on)
        review = bureau.rules.number("adoption.review-days", on)
        searching = 0
        if self.child_kind == "foundling" and search is not None:
            searching = self._searching(search, on)
            if _days(self.searched_on, on) <= search:
                breaches.append("search-too-short")
        if review is not None and _days(self.applied_on, on) - searching > review:
            breaches.append("review-too-long")
        return tuple(breaches)

    def _conditions(self, on: date, bureau: Bureau) -> Iterator[Breach]:
        """民法典 1093, 1098, 1100, 1102; 1103 frees step-parents of 1098 and the limit of 1100."""
        kind, day = self.child_kind, f"{on}"
        if kind != "step-child":
            if day < self.old_enough_from:
                yield "adopter-under-age"
            most = bureau.rules.number("adoption.children-before", on)
            limited = most is not None and kind not in WITHOUT_LIMIT
            if limited and self.children_before > (most or 0):
                yield "too-many-children"
        if kind not in NEAR and self.too_near_in_age:
            yield "too-near-in-age"
        if self.grown_up_from <= day:
            yield "child-grown-up"

    def _searching(self, days: int, on: date) -> int:
        """How many days between application and registration the search ran: they do not count.

        A search before the application prolongs no review (登记办法 art. 8).
        """
        if self.searched_on is None or self.applied_on is None:
            return 0
        ends = min(self.searched_on + timedelta(days=days), on)
        return max(0, (ends - max(self.searched_on, self.applied_on)).days)

    def _keep(self, event: AdoptionApplied | AdoptionTakenOver) -> None:
        """What the conditions of a registration rest on."""
        child, adopters = event.child, event.adopters
        self.old_enough_from = max(
            adopter.old_enough_from or NEVER if adopter.old_enough is False else ""
            for adopter in adopters
        )
        self.consent_from = "" if child.consent_needed else child.consent_needed_from or NEVER
        self.grown_up_from = "" if child.grown_up else child.grown_up_from or NEVER
        self.too_near_in_age = any(adopter.too_near_in_age for adopter in adopters)
        self.children_before = event.children_before

    @evolves
    def on_applied(self, event: AdoptionApplied) -> None:
        self.child_kind, self.applied_on = event.child_kind, event.applied_on
        self.registered = False
        self._keep(event)

    @evolves
    def on_taken_over(self, event: AdoptionTakenOver) -> None:
        self.child_kind, self.applied_on = event.child_kind, event.applied_on
        self._keep(event)
        self.registered = event.registered_on is not None

    @evolves
    def on_assessed(self, event: AssessmentCompleted) -> None:
        self.assessed = event.suitable

    @evolves
    def on_searched(self, event: ParentsSearchAnnounced) -> None:
        self.searched_on = event.announced_on

    @evolves
    def on_registered(self, _event: AdoptionRegistered) -> None:
        self.registered = True


def _days(start: date | None, on: date) -> int:
    """Days from `start` to a day; 0 when there was no start."""
    return 0 if start is None else (on - start).days
