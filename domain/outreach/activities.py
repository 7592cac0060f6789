"""Outreach: study of law (学法), publicity (普法), training, 社工站 activities, guides and boards.

人次 (participations) add up; 人 would need distinct people and is not counted here: people appear
only as numbers. A programme or campaign has a code, so that a figure can name the one it means.
The report's first responsible person (第一责任人) hears and deploys the work on rule of law.
Charity drives: domain/charity.py. Couples' ceremonies (颁证): domain/marriage.py.
Basis: 国家机关"谁执法谁普法"; 法治政府建设与责任落实督察工作规定.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import Code, Count, Day, Event, Text, Township, Village

StudyKind = Annotated[
    Literal[
        "first-agenda",
        "centre-group",
        "special-topic",
        "party-group",
        "staff-meeting",
        "party-branch",
        "lecture",
    ],
    Labels(
        "第一议题", "理论学习中心组学习", "专题学习", "党组会议", "机关学习会", "党支部会", "讲座"
    ),
]
TrainingKind = Annotated[
    Literal[
        "disclosure", "social-work", "children-directors", "enforcement", "assistance", "other"
    ],
    Labels("政务公开", "社会工作业务", "儿童主任", "行政执法", "社会救助业务", "其他"),
]
Mode = Annotated[
    Literal["online", "offline"],
    Labels("线上", "线下"),
]

GUIDES: dict[str, str] = {
    "social-assistance": "社会救助指南",
    "canteens": "长者食堂",
    "smart-elderly-care": "智慧养老服务平台服务指南",
}
"""Guides that must be in print (S11), by code."""

LawTitle = Annotated[str, Field(min_length=2, max_length=200, pattern=r"^[^《》]+$")]
"""Title of a law without its book marks; domain/laws.py is the table it is looked up in."""


class StudySession(Event):
    """A fact about one study session (学法); reported twice, it is still one session."""

    STREAM: ClassVar[str] = "study-session"
    KEY: ClassVar[str] = "session"

    session: Code


class StudySessionScheduled(StudySession):
    """A session was put on the calendar; it counts only once held."""

    TYPE: ClassVar[str] = "outreach.study-session-scheduled.v1"
    TITLE: ClassVar[str] = "学法安排"
    BASIS: ClassVar[str] = "关于完善国家工作人员学法用法制度的意见"
    RECORD_ONLY: ClassVar[str] = "opens the session; it counts only once held"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "scheduled_on"

    title: Text
    planned_for: Day
    scheduled_on: Day


class StudySessionHeld(StudySession):
    """A session was held; it may be of several kinds at once (e.g. 第一议题 of a 党组会议)."""

    TYPE: ClassVar[str] = "outreach.study-session-held.v1"
    TITLE: ClassVar[str] = "学法"
    BASIS: ClassVar[str] = "关于完善国家工作人员学法用法制度的意见"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "held_on"

    title: Text
    kinds: Annotated[tuple[StudyKind, ...], Field(min_length=1, max_length=7), DISTINCT]
    laws: Annotated[tuple[LawTitle, ...], Field(max_length=50), DISTINCT] = ()
    """Laws and regulations studied, by title."""
    documents: Annotated[tuple[Text, ...], Field(max_length=50), DISTINCT] = ()
    """What else was read (party documents, outlines): not looked up among the laws."""
    chaired_by: Code | None = None
    participants: Count
    held_on: Day


class StudySessionCancelled(StudySession):
    """A scheduled session did not take place."""

    TYPE: ClassVar[str] = "outreach.study-session-cancelled.v1"
    TITLE: ClassVar[str] = "学法取消"
    BASIS: ClassVar[str] = "关于完善国家工作人员学法用法制度的意见"
    RECORD_ONLY: ClassVar[str] = "a session counts only once held"
    ON: ClassVar[str] = "cancelled_on"

    reason: Text
    cancelled_on: Day


class StationActivityHeld(Event):
    """社工站活动: one sitting of an activity of a social-work station."""

    TYPE: ClassVar[str] = "outreach.station-activity-held.v1"
    TITLE: ClassVar[str] = "社工站活动"
    BASIS: ClassVar[str] = "社会救助暂行办法 55"
    STREAM: ClassVar[str] = "station-activity"
    KEY: ClassVar[str] = "activity"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "held_on"

    activity: Code
    programme: Code
    title: Text
    station: Code
    township: Township
    participations: Count
    held_on: Day


class PublicityHeld(Event):
    """普法宣传: one sitting of a publicity campaign, with the laws it was about."""

    TYPE: ClassVar[str] = "outreach.publicity-held.v1"
    TITLE: ClassVar[str] = "普法宣传"
    BASIS: ClassVar[str] = "关于实行国家机关“谁执法谁普法”普法责任制的意见"
    STREAM: ClassVar[str] = "publicity"
    KEY: ClassVar[str] = "publicity"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "held_on"

    publicity: Code
    programme: Code
    title: Text
    place: Text
    township: Township | None = None
    laws: Annotated[tuple[LawTitle, ...], Field(max_length=50), DISTINCT] = ()
    participations: Count
    held_on: Day


class TrainingHeld(Event):
    """培训: one sitting. A course that runs in issues (期) says which issue the sitting is of."""

    TYPE: ClassVar[str] = "outreach.training-held.v1"
    TITLE: ClassVar[str] = "培训"
    BASIS: ClassVar[str] = "工作惯例：业务培训"
    STREAM: ClassVar[str] = "training"
    KEY: ClassVar[str] = "training"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "held_on"

    training: Code
    programme: Code
    title: Text
    kind: TrainingKind
    mode: Mode
    issue_number: Annotated[int, Field(ge=1, le=1000)] | None = None
    """期次; sittings of one issue count as one issue."""
    participations: Count
    held_on: Day


class TrainingAttended(Event):
    """The sign-in sheet of one township: which villages sent somebody, and how many came."""

    TYPE: ClassVar[str] = "outreach.training-attended.v1"
    TITLE: ClassVar[str] = "参训签到"
    BASIS: ClassVar[str] = "工作惯例：业务培训"
    STREAM: ClassVar[str] = "training"
    KEY: ClassVar[str] = "training"
    ON: ClassVar[str] = "attended_on"

    training: Code
    township: Township
    villages: Annotated[tuple[Village, ...], Field(min_length=1, max_length=500), DISTINCT]
    persons: Count
    attended_on: Day

    def refers(self) -> tuple[str, ...]:
        return tuple(f"village/{village}" for village in self.villages)


class GuideIssued(Event):
    """A printed guide was issued and handed out."""

    TYPE: ClassVar[str] = "outreach.guide-issued.v1"
    TITLE: ClassVar[str] = "办事指南印发"
    BASIS: ClassVar[str] = "政府信息公开条例 20()(5)"
    STREAM: ClassVar[str] = "guide"
    KEY: ClassVar[str] = "guide"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "issued_on"

    guide: Code
    title: Text
    edition: Text
    copies: Count
    issued_on: Day


class NoticeBoardUpdated(Event):
    """政策法规宣传栏: the content of a board was replaced."""

    TYPE: ClassVar[str] = "outreach.notice-board-updated.v1"
    TITLE: ClassVar[str] = "宣传栏更换"
    BASIS: ClassVar[str] = "社会救助暂行办法 62"
    STREAM: ClassVar[str] = "notice-board"
    KEY: ClassVar[str] = "board"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "updated_on"

    board: Code
    title: Text
    content: Text
    updated_on: Day


class LawListCompiled(Event):
    """应知应会法律法规清单: the laws that staff must know were listed."""

    TYPE: ClassVar[str] = "outreach.law-list-compiled.v1"
    TITLE: ClassVar[str] = "应知应会法律法规清单编制"
    BASIS: ClassVar[str] = "关于建立领导干部应知应会党内法规和国家法律清单制度的意见"
    STREAM: ClassVar[str] = "law-list"
    KEY: ClassVar[str] = "law_list"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "compiled_on"

    law_list: Code
    title: Text
    laws: Annotated[tuple[LawTitle, ...], Field(min_length=1, max_length=500), DISTINCT]
    compiled_on: Day


class RuleOfLawMeeting(Event):
    """A fact about one meeting on the work on rule of law."""

    STREAM: ClassVar[str] = "meeting"
    KEY: ClassVar[str] = "meeting"
    OPENS: ClassVar[bool] = True

    meeting: Code
    title: Text
    first_responsible: bool
    """Whether the first responsible person (党政主要负责人) did it in person."""


class WorkReportHeard(RuleOfLawMeeting):
    """听取法治政府建设工作汇报."""

    TYPE: ClassVar[str] = "outreach.work-report-heard.v1"
    TITLE: ClassVar[str] = "听取法治工作汇报"
    BASIS: ClassVar[str] = "党政主要负责人履行推进法治建设第一责任人职责规定"
    ON: ClassVar[str] = "heard_on"

    heard_by: Code
    heard_on: Day


class WorkDeployed(RuleOfLawMeeting):
    """部署法治工作: a task was given out."""

    TYPE: ClassVar[str] = "outreach.work-deployed.v1"
    TITLE: ClassVar[str] = "部署法治工作"
    BASIS: ClassVar[str] = "党政主要负责人履行推进法治建设第一责任人职责规定"
    ON: ClassVar[str] = "deployed_on"

    task: Text
    deployed_by: Code
    deployed_on: Day
