"""行政检查 (inspections) of all lines, 双随机 draws, and 执法公示 (publication of enforcement).

Draw: population snapshot at a baseline date → draw of bodies and officers → inspections that name
the draw. A drawn body that ended before its turn is exempted with a cause, on record.
Inspection: notified → conducted (one object, officers, licences shown, records) → rectification
ordered and verified, or transferred to a penalty case → result published.
An inspection counts as 1 宗 with a full record; a patrol, or one that ended in a penalty, as 0
(R-IN-08). Basis: 社会组织抽查暂行办法 (民发〔2017〕45号), 广东省行政检查办法, 国办发〔2018〕118号.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.enforcement import (
    ClockTime,
    ExemptionCause,
    InformationKind,
    ObjectKind,
    ObjectStream,
    Officers,
    OnTheSpot,
    PublicationStage,
    registered,
    too_few,
)
from domain.event import Code, Count, Day, Digest, Event, LongText, Text, Township, Uscc

InspectionMode = Annotated[
    Literal["random", "routine", "special", "joint", "patrol"],
    Labels("双随机抽查", "日常检查", "专项检查", "联合检查", "巡查"),
]
InspectionOutcome = Annotated[
    Literal["nothing-found", "rectification", "transferred"],
    Labels("未发现问题", "责令整改", "移送立案"),
]
VerificationOutcome = Annotated[
    Literal["passed", "failed", "overdue"], Labels("整改到位", "整改不到位", "逾期未整改")
]
Objects = Annotated[tuple[ObjectStream, ...], Field(min_length=1, max_length=500), DISTINCT]


class ObjectEvent(Event):
    """Common fields of the facts about what is inspected and stands on no other register."""

    STREAM: ClassVar[str] = "inspected-object"
    KEY: ClassVar[str] = "object_code"

    object_code: Code


class ObjectRegistered(ObjectEvent):
    """检查对象登记: a home, a cemetery, a shop, from now on on the list of what is inspected."""

    TYPE: ClassVar[str] = "inspection.object-registered.v1"
    TITLE: ClassVar[str] = "检查对象登记"
    BASIS: ClassVar[str] = "国办发〔2015〕58号"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "registered_on"

    kind: ObjectKind
    name: Text
    uscc: Uscc | None = None
    township: Township | None = None
    registered_on: Day


class ObjectRemoved(ObjectEvent):
    """检查对象移出: closed, or no longer under the bureau; the day is the first without it."""

    TYPE: ClassVar[str] = "inspection.object-removed.v1"
    TITLE: ClassVar[str] = "检查对象移出"
    BASIS: ClassVar[str] = "国办发〔2015〕58号"
    ON: ClassVar[str] = "removed_on"

    reason: Text
    removed_on: Day


class DrawEvent(Event):
    """Common fields of the facts about one draw (抽查批次)."""

    STREAM: ClassVar[str] = "draw"
    KEY: ClassVar[str] = "draw_number"
    OPENS: ClassVar[bool] = True

    draw_number: Code


class PopulationSnapshotTaken(DrawEvent):
    """名录库快照: the bodies on the register at a fixed date (R-IN-04)."""

    TYPE: ClassVar[str] = "inspection.population-snapshot-taken.v1"
    TITLE: ClassVar[str] = "检查对象名录库快照"
    BASIS: ClassVar[str] = "国办发〔2015〕58号"
    ON: ClassVar[str] = "taken_on"

    baseline_on: Day
    bodies: Count
    list_digest: Digest
    taken_on: Day


class RandomDrawPerformed(DrawEvent):
    """随机抽取 of objects and officers, repeatable from the list, the algorithm and the seed."""

    TYPE: ClassVar[str] = "inspection.random-draw-performed.v1"
    TITLE: ClassVar[str] = "双随机抽取"
    BASIS: ClassVar[str] = "社会组织抽查暂行办法 5-7"
    ON: ClassVar[str] = "drawn_on"

    drawn_on: Day
    population: Count
    list_digest: Digest
    algorithm: Text
    seed: Code
    drawn_objects: Objects
    drawn_officers: Officers
    redrawn_because: Text | None = None
    """Why it was drawn again under this number, as disclosed; None the first time."""

    def refers(self) -> tuple[str, ...]:
        return registered(*self.drawn_objects)


class DrawnObjectExempted(DrawEvent):
    """A drawn body is not inspected because it ended before its turn; recorded and disclosed."""

    TYPE: ClassVar[str] = "inspection.drawn-object-exempted.v1"
    TITLE: ClassVar[str] = "抽中对象免检"
    BASIS: ClassVar[str] = "社会组织抽查暂行办法"
    ON: ClassVar[str] = "exempted_on"

    object: ObjectStream
    cause: ExemptionCause
    approved_by: Code
    exempted_on: Day

    def refers(self) -> tuple[str, ...]:
        return registered(self.object)


class InspectionEvent(Event):
    """Common fields of the facts about one inspection."""

    STREAM: ClassVar[str] = "inspection"
    KEY: ClassVar[str] = "inspection_number"

    inspection_number: Code


class InspectionNotified(InspectionEvent):
    """检查通知 to the object; unannounced inspections have none."""

    TYPE: ClassVar[str] = "inspection.inspection-notified.v1"
    TITLE: ClassVar[str] = "检查通知"
    BASIS: ClassVar[str] = "社会组织抽查暂行办法"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "notified_on"

    object: ObjectStream
    draw_number: Code | None = None
    planned_on: Day
    notified_on: Day

    def refers(self) -> tuple[str, ...]:
        return registered(self.object)


class InspectionCancelled(InspectionEvent):
    """取消检查 before anybody went."""

    TYPE: ClassVar[str] = "inspection.inspection-cancelled.v1"
    TITLE: ClassVar[str] = "取消检查"
    BASIS: ClassVar[str] = "工作惯例：取消检查留痕"
    ON: ClassVar[str] = "cancelled_on"

    reason: Text
    cancelled_on: Day


class InspectionConducted(InspectionEvent):
    """实施检查 of one object: who went, 亮证 (licences shown), 全过程记录 (record hashes)."""

    TYPE: ClassVar[str] = "inspection.inspection-conducted.v1"
    TITLE: ClassVar[str] = "实施行政检查"
    BASIS: ClassVar[str] = "行政处罚法 42, 55; 社会组织抽查暂行办法 8; 国办发〔2018〕118号"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "inspected_on"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "object": "keeping-body/GH-01",
        "officers": ["ZF-03", "ZF-04"],
        "text_record": "0" * 64,
        "recording": "0" * 64,
    }

    object: ObjectStream
    mode: InspectionMode
    draw_number: Code | None = None
    """The draw that chose this object, for mode "random"."""
    cause: Text | None = None
    """Why an inspection outside the draw was made: complaint, assignment (R-IN-05)."""
    township: Township | None = None
    officers: Officers
    joint_with: Text | None = None
    """The other body of a joint inspection (联合检查)."""
    licences_shown: bool
    text_record: Digest | None = None
    """Hash of the signed record of the inspection (文字记录)."""
    recording: Digest | None = None
    """Hash of the audio-visual record (音像记录)."""
    from_time: ClockTime | None = None
    until_time: ClockTime | None = None
    """For R-OF-02: nobody is at two places at once."""
    outcome: InspectionOutcome
    inspected_on: Day

    def refers(self) -> tuple[str, ...]:
        return registered(self.object)


class RectificationOrdered(InspectionEvent):
    """责令整改 with what was found and a due date."""

    TYPE: ClassVar[str] = "inspection.rectification-ordered.v1"
    TITLE: ClassVar[str] = "责令限期整改"
    BASIS: ClassVar[str] = "社会组织抽查暂行办法; 行政处罚法 28(1)"
    ON: ClassVar[str] = "ordered_on"

    problems: Text
    due_on: Day | None = None
    document: Digest | None = None
    ordered_on: Day


class RectificationVerified(InspectionEvent):
    """整改复查: what came of the order; overdue is an outcome too, with what follows."""

    TYPE: ClassVar[str] = "inspection.rectification-verified.v1"
    TITLE: ClassVar[str] = "整改复查"
    BASIS: ClassVar[str] = "社会组织抽查暂行办法"
    ON: ClassVar[str] = "verified_on"

    outcome: VerificationOutcome
    officers: Officers
    from_time: ClockTime | None = None
    until_time: ClockTime | None = None
    further_action: Text | None = None
    verified_on: Day


class CaseTransferred(InspectionEvent):
    """移送立案: the inspection led to a penalty case."""

    TYPE: ClassVar[str] = "inspection.case-transferred.v1"
    TITLE: ClassVar[str] = "移送立案"
    BASIS: ClassVar[str] = "行政处罚法 54"
    ON: ClassVar[str] = "transferred_on"

    penalty_case: Code
    transferred_on: Day


class InspectionResultPublished(InspectionEvent):
    """检查结果公示, within 20 working days (R-IN-07)."""

    TYPE: ClassVar[str] = "inspection.inspection-result-published.v1"
    TITLE: ClassVar[str] = "检查结果公示"
    BASIS: ClassVar[str] = "国办发〔2018〕118号"
    ON: ClassVar[str] = "published_on"

    place: Text
    published_on: Day


class EnforcementInformationPublished(Event):
    """执法公示 that belongs to no single case.

    Before enforcement: subject, basis, procedure, …; or the result of supervision over it.
    """

    TYPE: ClassVar[str] = "inspection.enforcement-information-published.v1"
    TITLE: ClassVar[str] = "执法信息公示"
    BASIS: ClassVar[str] = "国办发〔2018〕118号"
    STREAM: ClassVar[str] = "enforcement-information"
    KEY: ClassVar[str] = "item_number"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "published_on"

    item_number: Code
    stage: PublicationStage
    kinds: Annotated[tuple[InformationKind, ...], Field(min_length=1, max_length=8), DISTINCT]
    title: Text
    content: LongText | None = None
    place: Text
    published_on: Day


class EnforcementInformationWithdrawn(Event):
    """An item of 执法公示 was taken down, e.g. replaced by a newer one."""

    TYPE: ClassVar[str] = "inspection.enforcement-information-withdrawn.v1"
    TITLE: ClassVar[str] = "执法信息撤下"
    BASIS: ClassVar[str] = "国办发〔2018〕118号"
    STREAM: ClassVar[str] = "enforcement-information"
    KEY: ClassVar[str] = "item_number"
    ON: ClassVar[str] = "withdrawn_on"

    item_number: Code
    reason: Text
    withdrawn_on: Day


Breach = (
    OnTheSpot
    | Annotated[
        Literal[
            "already-conducted",
            "no-draw",
            "no-due-date",
            "no-order",
            "result-without-order",
            "object-not-registered",
        ],
        Labels(
            "同一检查重复记录",
            "双随机抽查未注明抽取批次",
            "责令整改未定期限",
            "未责令整改而复查",
            "检查结果为责令整改，公示时仍无整改文书",
            "检查对象未登记",
        ),
    ]
)


class Inspection(Aggregate):
    """One inspection, as far as the next fact is judged by it."""

    STREAM: ClassVar[str] = "inspection"

    inspected_on: date | None = None
    rectify: bool = False
    told_to_rectify: bool = False
    """Whether that was the outcome of the inspection."""

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    @once("already-conducted")
    def judge_conduct(self, event: InspectionConducted, bureau: Bureau) -> tuple[Breach, ...]:
        """R-IN-02: two officers, licences shown, a full record unless it was a patrol."""
        breaches: list[Breach] = [] if self.inspected_on is None else ["already-conducted"]
        if too_few(event.officers, event.inspected_on, bureau):
            breaches.append("fewer-than-two-officers")
        if not event.licences_shown:
            breaches.append("licences-not-shown")
        if event.mode != "patrol" and (event.text_record is None or event.recording is None):
            breaches.append("record-incomplete")
        if event.mode == "random" and event.draw_number is None:
            breaches.append("no-draw")
        if not registered(event.object):
            breaches.append("object-not-registered")
        return tuple(breaches)

    @judges
    def judge_order(self, event: RectificationOrdered) -> tuple[Breach, ...]:
        return ("no-due-date",) if event.due_on is None else ()

    @judges
    def judge_verification(
        self, event: RectificationVerified, bureau: Bureau
    ) -> tuple[Breach, ...]:
        few = too_few(event.officers, event.verified_on, bureau)
        breaches: list[Breach] = ["fewer-than-two-officers"] if few else []
        return tuple(breaches) if self.rectify else (*breaches, "no-order")

    @judges
    def judge_result(self, _event: InspectionResultPublished) -> tuple[Breach, ...]:
        """What was published as an order is one by then."""
        missing = self.told_to_rectify and not self.rectify
        return ("result-without-order",) if missing else ()

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves
    def on_conducted(self, event: InspectionConducted) -> None:
        self.inspected_on = event.inspected_on
        self.told_to_rectify = event.outcome == "rectification"

    @evolves
    def on_ordered(self, _event: RectificationOrdered) -> None:
        self.rectify = True
