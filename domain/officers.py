"""执法人员 (officers), departments, posts, exams, licences; 法律顾问 (legal advisers).

An officer has a code (staff number) that every other line uses; the name is sealed. A licence
(行政执法证) belongs to the officer's stream with its validity. 持证率 at D = officers in post with
a valid licence ÷ posts that require one (R-OF-01). An exam pass (资格认证考试) may come before
the licence (R-OF-03). Legal advisers: one stream per engagement of a firm; lawyers are persons.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges, once
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import Code, Day, Digest, DocumentNumber, Event, Person, Text

Lawyers = Annotated[tuple[Person, ...], Field(min_length=1, max_length=20), DISTINCT]
ServiceKind = Annotated[
    Literal["consultation", "document-review", "major-affair", "litigation", "training"],
    Labels("法律问题咨询", "文件审查", "办理重要法律事务", "诉讼代理", "法律培训"),
]
LeavingReason = Annotated[
    Literal["retired", "resigned", "moved", "dismissed", "died"],
    Labels("退休", "辞职", "调离", "开除或者辞退", "死亡"),
]


class DepartmentEvent(Event):
    """Common fields of the facts about one department (股室)."""

    STREAM: ClassVar[str] = "department"
    KEY: ClassVar[str] = "department"

    department: Code


class DepartmentEstablished(DepartmentEvent):
    """股室设立, or as it stood when the ledger began."""

    TYPE: ClassVar[str] = "officers.department-established.v1"
    TITLE: ClassVar[str] = "股室设立"
    BASIS: ClassVar[str] = "业务管理需要：内设机构名册"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "established_on"

    title: Text
    document_number: DocumentNumber | None = None
    established_on: Day


class DepartmentAbolished(DepartmentEvent):
    """股室撤并; the day is its first day gone."""

    TYPE: ClassVar[str] = "officers.department-abolished.v1"
    TITLE: ClassVar[str] = "股室撤并"
    BASIS: ClassVar[str] = "业务管理需要：内设机构名册"
    ON: ClassVar[str] = "abolished_on"

    abolished_on: Day


class PostEvent(Event):
    """Common fields of the facts about one post (岗位)."""

    STREAM: ClassVar[str] = "post"
    KEY: ClassVar[str] = "post"
    OPENS: ClassVar[bool] = True

    post: Code


class PostLicenceRequired(PostEvent):
    """The post requires a licence from this day (执法岗位)."""

    TYPE: ClassVar[str] = "officers.post-licence-required.v1"
    TITLE: ClassVar[str] = "执法岗位设定"
    BASIS: ClassVar[str] = "行政处罚法 42(1)"
    ON: ClassVar[str] = "from_on"

    department: Code | None = None
    """None for the bureau's leaders."""
    title: Text
    from_on: Day


class PostLicenceReleased(PostEvent):
    """The post no longer requires a licence; the day is the first without."""

    TYPE: ClassVar[str] = "officers.post-licence-released.v1"
    TITLE: ClassVar[str] = "执法岗位取消"
    BASIS: ClassVar[str] = "行政处罚法 42(1)"
    ON: ClassVar[str] = "released_on"

    reason: Text
    released_on: Day


class OfficerEvent(Event):
    """Common fields of the facts about one officer."""

    STREAM: ClassVar[str] = "officer"
    KEY: ClassVar[str] = "officer"

    officer: Code


class PostHeld(OfficerEvent):
    """Where an officer sits from a day on; `leader` = of the bureau's leadership (局班子)."""

    post: Code
    department: Code | None = None
    leader: bool = False


class OfficerTakenOver(PostHeld):
    """An officer in post when the ledger began (期初接收)."""

    TYPE: ClassVar[str] = "officers.officer-taken-over.v1"
    TITLE: ClassVar[str] = "人员期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    person: Person
    in_post_since: Day
    taken_over_on: Day


class OfficerJoined(PostHeld):
    """入职."""

    TYPE: ClassVar[str] = "officers.officer-joined.v1"
    TITLE: ClassVar[str] = "人员入职"
    BASIS: ClassVar[str] = "公务员法"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "joined_on"

    person: Person
    joined_on: Day


class OfficerTransferred(PostHeld):
    """岗位调整 within the bureau."""

    TYPE: ClassVar[str] = "officers.officer-transferred.v1"
    TITLE: ClassVar[str] = "岗位调整"
    BASIS: ClassVar[str] = "公务员法"
    ON: ClassVar[str] = "transferred_on"

    transferred_on: Day


class OfficerSeconded(OfficerEvent):
    """借调 to another body: not in post from this day."""

    TYPE: ClassVar[str] = "officers.officer-seconded.v1"
    TITLE: ClassVar[str] = "人员借调"
    BASIS: ClassVar[str] = "工作惯例：借调"
    ON: ClassVar[str] = "seconded_on"

    to: Text
    seconded_on: Day


class OfficerReturned(PostHeld):
    """借调期满返岗."""

    TYPE: ClassVar[str] = "officers.officer-returned.v1"
    TITLE: ClassVar[str] = "借调返岗"
    BASIS: ClassVar[str] = "工作惯例：借调"
    ON: ClassVar[str] = "returned_on"

    returned_on: Day


class OfficerLeft(OfficerEvent):
    """离职 or 退休: not in post from this day."""

    TYPE: ClassVar[str] = "officers.officer-left.v1"
    TITLE: ClassVar[str] = "人员离职"
    BASIS: ClassVar[str] = "公务员法"
    ON: ClassVar[str] = "left_on"

    reason: LeavingReason
    left_on: Day


class ExamPassed(OfficerEvent):
    """通过行政执法资格认证考试."""

    TYPE: ClassVar[str] = "officers.exam-passed.v1"
    TITLE: ClassVar[str] = "通过执法资格考试"
    BASIS: ClassVar[str] = "行政处罚法 42; 国办发〔2018〕118号"
    ON: ClassVar[str] = "passed_on"

    exam: Code
    passed_on: Day


class LicenceHeld(OfficerEvent):
    """A licence with its validity, both days included."""

    licence_number: DocumentNumber
    scope: Text
    valid_from: Day
    valid_until: Day


class LicenceTakenOver(LicenceHeld):
    """A licence issued before the ledger began (期初接收)."""

    TYPE: ClassVar[str] = "officers.licence-taken-over.v1"
    TITLE: ClassVar[str] = "执法证期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    ON: ClassVar[str] = "taken_over_on"

    taken_over_on: Day


class LicenceIssued(LicenceHeld):
    """核发行政执法证."""

    TYPE: ClassVar[str] = "officers.licence-issued.v1"
    TITLE: ClassVar[str] = "核发执法证"
    BASIS: ClassVar[str] = "行政处罚法 42"
    ON: ClassVar[str] = "issued_on"

    issued_on: Day


class LicenceEvent(OfficerEvent):
    """Common fields of what happens to a licence."""

    licence_number: DocumentNumber


class LicenceSuspended(LicenceEvent):
    """暂扣执法证: not valid from this day."""

    TYPE: ClassVar[str] = "officers.licence-suspended.v1"
    TITLE: ClassVar[str] = "暂扣执法证"
    BASIS: ClassVar[str] = "行政处罚法 42(1); 国办发〔2018〕118号"
    ON: ClassVar[str] = "suspended_on"

    reason: Text
    suspended_on: Day


class LicenceResumed(LicenceEvent):
    """发还执法证 after a suspension: valid again from this day."""

    TYPE: ClassVar[str] = "officers.licence-resumed.v1"
    TITLE: ClassVar[str] = "发还执法证"
    BASIS: ClassVar[str] = "行政处罚法 42(1); 国办发〔2018〕118号"
    ON: ClassVar[str] = "resumed_on"

    valid_until: Day
    resumed_on: Day


class LicenceRevoked(LicenceEvent):
    """吊销 or 收回执法证: not valid from this day."""

    TYPE: ClassVar[str] = "officers.licence-revoked.v1"
    TITLE: ClassVar[str] = "收回执法证"
    BASIS: ClassVar[str] = "行政处罚法 42(1); 国办发〔2018〕118号"
    ON: ClassVar[str] = "revoked_on"

    reason: Text
    revoked_on: Day


class AdviserEvent(Event):
    """Common fields of the facts about one engagement of a law firm."""

    STREAM: ClassVar[str] = "adviser"
    KEY: ClassVar[str] = "engagement"

    engagement: Code


class AdviserEngaged(AdviserEvent):
    """聘请法律顾问: a firm and its lawyers, from a day to a day, both included.

    Lawyers are persons; their identification may be the practising licence (id_kind "other").
    """

    TYPE: ClassVar[str] = "officers.adviser-engaged.v1"
    TITLE: ClassVar[str] = "聘请法律顾问"
    BASIS: ClassVar[str] = "关于推行法律顾问制度和公职律师公司律师制度的意见"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "from_on"

    firm: Text
    firm_code: Code
    lawyers: Lawyers
    contract: Digest | None = None
    from_on: Day
    until_on: Day


class AdviserEngagementEnded(AdviserEvent):
    """解聘 before the contract's end; the day is the first without."""

    TYPE: ClassVar[str] = "officers.adviser-engagement-ended.v1"
    TITLE: ClassVar[str] = "法律顾问解聘"
    BASIS: ClassVar[str] = "关于推行法律顾问制度和公职律师公司律师制度的意见"
    ON: ClassVar[str] = "ended_on"

    reason: Text
    ended_on: Day


class LegalServiceRecorded(AdviserEvent):
    """法律顾问服务记录."""

    TYPE: ClassVar[str] = "officers.legal-service-recorded.v1"
    TITLE: ClassVar[str] = "法律顾问服务记录"
    BASIS: ClassVar[str] = "关于推行法律顾问制度和公职律师公司律师制度的意见"
    ON: ClassVar[str] = "served_on"

    service: ServiceKind
    subject: Text
    opinion: Digest | None = None
    served_on: Day


Breach = Annotated[
    Literal["not-in-post", "no-exam", "validity-reversed", "exam-already-passed"],
    Labels("发证时不在岗", "未通过资格考试", "有效期止早于有效期起", "同一考试重复记录通过"),
]


class Officer(Aggregate):
    """An officer, as far as the next fact is judged by it."""

    STREAM: ClassVar[str] = "officer"

    in_post: bool = False
    exams: tuple[str, ...] = ()
    licensed: bool = False

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_licence(self, event: LicenceIssued) -> tuple[Breach, ...]:
        """A licence goes to somebody in post who passed the exam; a renewal asks for none."""
        breaches: list[Breach] = [] if self.in_post else ["not-in-post"]
        if not self.exams and not self.licensed:
            breaches.append("no-exam")
        if event.valid_until < event.valid_from:
            breaches.append("validity-reversed")
        return tuple(breaches)

    @judges
    @once("exam-already-passed")
    def judge_exam(self, event: ExamPassed) -> tuple[Breach, ...]:
        return ("exam-already-passed",) if event.exam in self.exams else ()

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves
    def on_in_post(self, _event: OfficerTakenOver | OfficerJoined | OfficerReturned) -> None:
        self.in_post = True

    @evolves
    def on_away(self, _event: OfficerSeconded | OfficerLeft) -> None:
        self.in_post = False

    @evolves
    def on_licensed(self, _event: LicenceTakenOver | LicenceIssued) -> None:
        self.licensed = True

    @evolves
    def on_exam(self, event: ExamPassed) -> None:
        self.exams = (*self.exams, event.exam)
