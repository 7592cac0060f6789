"""What people find about a finding (疑点核查): software suspects, people confirm.

A rule names what may be wrong; whoever is responsible looks at it and says what it is: not so
(不属实), or so and to be put right by a day (属实待整改), put right (已整改), or not to be
recovered, with approval (经批准不再追回). One stream per finding, named as `mingjian findings`
names it: the rule and 12 hex digits that follow from what it is about.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges
from domain.codes import Labels
from domain.event import Code, Day, DocumentNumber, Event, Fen, Text

FindingId = Annotated[str, Field(pattern=r"^A[0-9]{2}-[0-9a-f]{12}$")]
"""A finding, e.g. A06-0c1b2a3d4e5f: the code of its rule, and what it is about."""
FindingState = Annotated[
    Literal["suspected", "dismissed", "upheld", "rectified", "waived"],
    Labels("疑点待核实", "不属实", "属实待整改", "已整改", "经批准不再追回"),
]
"""Where a finding stands; suspected until somebody has looked at it."""


class FindingEvent(Event):
    """What was decided on one finding, by whom and why.

    Who entered the fact cannot close its finding: an answer of the fact's own source, or of a
    person whom the fact names as having handled it, does not count.
    """

    STREAM: ClassVar[str] = "finding"
    KEY: ClassVar[str] = "finding"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "decided_on"

    finding: FindingId
    decided_by: Code
    """Who looked at it, by the number of the member of staff."""
    decided_on: Day
    reason: Text
    """What was found on the spot, and in which papers."""


class FindingDismissed(FindingEvent):
    """不属实: looked at, and in order."""

    TYPE: ClassVar[str] = "rectification.finding-dismissed.v1"
    TITLE: ClassVar[str] = "疑点核查不属实"
    BASIS: ClassVar[str] = "业务管理需要：疑点核查整改"


class FindingUpheld(FindingEvent):
    """属实待整改: so it is; a unit has to put it right by a day."""

    TYPE: ClassVar[str] = "rectification.finding-upheld.v1"
    TITLE: ClassVar[str] = "疑点核查属实"
    BASIS: ClassVar[str] = "业务管理需要：疑点核查整改"

    unit: Text
    """The office that has to put it right (责任单位)."""
    due_on: Day
    amount_fen: Fen | None = None
    """The money in question, where it is about money."""


class FindingRectified(FindingEvent):
    """已整改: put right, and proved by a document."""

    TYPE: ClassVar[str] = "rectification.finding-rectified.v1"
    TITLE: ClassVar[str] = "疑点整改完成"
    BASIS: ClassVar[str] = "业务管理需要：疑点核查整改"

    document_number: DocumentNumber
    recovered_fen: Fen | None = None


class RecoveryWaived(FindingEvent):
    """经批准不再追回: the money is not pursued, with approval."""

    TYPE: ClassVar[str] = "rectification.recovery-waived.v1"
    TITLE: ClassVar[str] = "经批准不再追回"
    BASIS: ClassVar[str] = "业务管理需要：疑点核查整改"

    approved_by: Code
    document_number: DocumentNumber
    amount_fen: Fen


Breach = Annotated[
    Literal["not-upheld", "rectified-late", "due-before-decision", "approver-is-handler"],
    Labels(
        "未核实属实即作整改或者不再追回的结论",
        "超过整改期限才完成整改",
        "整改期限早于核查日期",
        "批准人同时是核查人",
    ),
]


class AnsweredFinding(Aggregate):
    """A finding and what was said of it."""

    STREAM: ClassVar[str] = "finding"

    now: FindingState = "suspected"
    due_on: date | None = None

    @judges
    def judge_upheld(self, event: FindingUpheld) -> tuple[Breach, ...]:
        """There is time to put it right."""
        return ("due-before-decision",) if event.due_on < event.decided_on else ()

    @judges
    def judge_rectified(self, event: FindingRectified) -> tuple[Breach, ...]:
        """Only what is so is put right, and by its day."""
        breaches: tuple[Breach, ...] = () if self.now == "upheld" else ("not-upheld",)
        late = self.due_on is not None and event.decided_on > self.due_on
        return (*breaches, "rectified-late") if late else breaches

    @judges
    def judge_waived(self, event: RecoveryWaived) -> tuple[Breach, ...]:
        """Only what is so is given up, and somebody else approves it."""
        breaches: tuple[Breach, ...] = () if self.now == "upheld" else ("not-upheld",)
        alone = event.approved_by == event.decided_by
        return (*breaches, "approver-is-handler") if alone else breaches

    @evolves
    def on_dismissed(self, event: FindingDismissed) -> None:
        self.now, self.due_on = "dismissed", None

    @evolves
    def on_upheld(self, event: FindingUpheld) -> None:
        self.now, self.due_on = "upheld", event.due_on

    @evolves
    def on_rectified(self, event: FindingRectified) -> None:
        self.now = "rectified"

    @evolves
    def on_waived(self, event: RecoveryWaived) -> None:
        self.now = "waived"
