"""临时救助 (temporary relief): one benefit at one time, counted in 户次 and 人次.

Flow: application, or need found by the township → decision → handed over. Small amounts are
decided by the township where the district has entrusted it (委托); where need is pressing, relief
comes first and its papers follow (先行救助).
"""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, add, counts, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.casework import Area, Handlers, ReliefProgramme
from domain.codes import Labels
from domain.event import Code, Day, DocumentNumber, Event, Fen, Payee, Text, Township, Village
from domain.money import FEN_PER_YUAN

ReliefKind = Annotated[Literal["emergency", "expenses"], Labels("急难型", "支出型")]
ReliefCause = Annotated[
    Literal["fire", "traffic-accident", "accident", "illness", "education", "disaster", "other"],
    Labels("火灾", "交通事故", "其他意外事件", "疾病", "教育支出", "自然灾害", "其他困难"),
]
ReliefManner = Annotated[
    Literal["money", "goods", "referral"], Labels("发放救助金", "发放实物", "提供转介服务")
]
Decider = Annotated[Literal["township", "district"], Labels("乡镇（街道）", "区县民政部门")]
Breach = Annotated[
    Literal[
        "above-township-limit",
        "amount-missing",
        "decided-twice",
        "not-decided",
        "no-papers-to-follow",
        "papers-late",
        "paid-more-than-decided",
    ],
    Labels(
        "金额超过委托乡镇（街道）审批的限额",
        "未载明救助金额",
        "同一申请决定两次",
        "尚未作出救助决定",
        "并非先行救助，无手续可补",
        "先行救助后逾期补办手续",
        "发放超过决定金额",
    ),
]


class ReliefEvent(Event):
    """Common fields of the facts about one relief."""

    STREAM: ClassVar[str] = "relief"
    KEY: ClassVar[str] = "relief_number"

    relief_number: Code


class ReliefApplied(ReliefEvent):
    """申请, or need that the township found itself (主动发现)."""

    TYPE: ClassVar[str] = "assistance.relief-applied.v1"
    TITLE: ClassVar[str] = "临时救助申请"
    BASIS: ClassVar[str] = "社会救助暂行办法 47, 48"
    RECORD_ONLY: ClassVar[str] = "opens the relief; the decision says what is given to whom"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "received_on"

    programme: ReliefProgramme
    township: Township
    village: Village
    received_on: Day
    applicant: Payee
    found_by_township: bool = False


class ReliefDecided(ReliefEvent):
    """救助决定. Of 先行救助 it may be the first that is told; its papers follow."""

    TYPE: ClassVar[str] = "assistance.relief-decided.v1"
    TITLE: ClassVar[str] = "临时救助决定"
    BASIS: ClassVar[str] = "社会救助暂行办法 48"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "decided_on"

    programme: ReliefProgramme
    kind: ReliefKind
    cause: ReliefCause
    manner: ReliefManner
    urgent: bool = False
    """先行救助: relief first, papers afterwards."""
    area: Area
    township: Township
    village: Village
    recipient: Payee
    persons: Annotated[int, Field(ge=1, le=20)]
    """Of the household whom it helps (人次)."""
    amount_fen: Fen
    """Of goods their value; 0 for 转介服务."""
    decided_by: Decider
    decision_number: DocumentNumber
    decided_on: Day
    handlers: Handlers


class ReliefRefused(ReliefEvent):
    """不予救助, with the reason told to the applicant."""

    TYPE: ClassVar[str] = "assistance.relief-refused.v1"
    TITLE: ClassVar[str] = "不予临时救助"
    BASIS: ClassVar[str] = "社会救助暂行办法 48"
    RECORD_ONLY: ClassVar[str] = "nothing is given, and no figure counts refusals"
    ON: ClassVar[str] = "decided_on"

    decided_on: Day
    reason: Text


class ReliefPapersCompleted(ReliefEvent):
    """补办手续 after 先行救助."""

    TYPE: ClassVar[str] = "assistance.relief-papers-completed.v1"
    TITLE: ClassVar[str] = "补办手续"
    BASIS: ClassVar[str] = "社会救助暂行办法 48"
    ON: ClassVar[str] = "completed_on"

    completed_on: Day
    handlers: Handlers


class ReliefPaid(ReliefEvent):
    """Money arrived, or goods were handed over; by instalments where the decision says so."""

    TYPE: ClassVar[str] = "assistance.relief-paid.v1"
    TITLE: ClassVar[str] = "临时救助发放"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2), 48"
    PAYS: ClassVar[bool] = True
    ON: ClassVar[str] = "paid_on"

    amount_fen: Annotated[int, Field(gt=0, le=10**9)]
    paid_on: Day


class Relief(Aggregate):
    """One relief: what was decided, and how much of it was given."""

    STREAM: ClassVar[str] = "relief"
    COUNTED: ClassVar[tuple[str, ...]] = ("paid",)

    decided_on: Day | None = None
    urgent: bool = False
    granted_fen: int = 0
    paid: dict[str, int] = field(default_factory=dict)
    """分 that were given, under "fen"."""

    @judges
    @once("decided-twice")
    def judge_decision(self, event: ReliefDecided, bureau: Bureau) -> tuple[Breach, ...]:
        """One decision; money and goods have an amount, the township's within its limit."""
        breaches: list[Breach] = []
        if self.decided_on is not None:
            breaches.append("decided-twice")
        if not event.amount_fen and event.manner != "referral":
            breaches.append("amount-missing")
        if event.decided_by == "township":
            limit = bureau.rules.number("assistance.township-limit-yuan", event.decided_on) or 0
            if event.amount_fen > limit * FEN_PER_YUAN:
                breaches.append("above-township-limit")
        return tuple(breaches)

    @judges
    def judge_papers(self, event: ReliefPapersCompleted, bureau: Bureau) -> tuple[Breach, ...]:
        """They follow 先行救助, within the working days of the rule."""
        if self.decided_on is None:
            return ("not-decided",)
        if not self.urgent:
            return ("no-papers-to-follow",)
        limit = "assistance.papers-working-days"
        late = bureau.is_over(limit, self.decided_on, event.completed_on)
        return ("papers-late",) if late else ()

    @judges
    def judge_payment(self, event: ReliefPaid) -> tuple[Breach, ...]:
        """Not before a decision, and no more than it says."""
        if self.decided_on is None:
            return ("not-decided",)
        given = self.paid.get("fen", 0) + event.amount_fen
        return ("paid-more-than-decided",) if given > self.granted_fen else ()

    @evolves
    def on_decided(self, event: ReliefDecided) -> None:
        self.decided_on = event.decided_on
        self.urgent = event.urgent
        self.granted_fen = event.amount_fen

    @counts
    def count_paid(self, event: ReliefPaid, times: int) -> None:
        add(self.paid, ("fen",), times * event.amount_fen)
