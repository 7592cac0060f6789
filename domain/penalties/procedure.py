"""What the law asks of the steps before a decision by the ordinary procedure (行政处罚法 ch. 5).

Asked when a decision is told, of the state of its case, and later of what is known of it by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal, NamedTuple

from domain.bureau.bureau import Bureau
from domain.calendar import Due, completed_years
from domain.codes import Labels
from domain.penalties.kinds import MAJOR

StepFault = Annotated[
    Literal[
        "limitation-over",
        "decided-late",
        "no-prior-notice",
        "hearing-not-offered",
        "hearing-not-held",
        "hearing-term-not-over",
        "no-legal-review",
        "reviewer-is-handler",
        "reviewer-not-qualified",
    ],
    Labels(
        "违法行为已过追责期限",
        "立案后超过期限作出决定",
        "决定前未事先告知",
        "应当告知听证权利而未告知",
        "当事人要求听证而未举行",
        "要求听证的期限未满即作出决定",
        "应当审核而未经法制审核",
        "法制审核人同时是办案人",
        "初次从事法制审核的人员无法律职业资格",
    ),
]


class Steps(NamedTuple):
    """What a decision rests on, each step on its first day; None = it was not taken."""

    breach_ended_on: date | None
    grave: bool
    found_on: date | None
    """When the clue came, else when the case was filed."""
    filed_on: date | None
    handlers: tuple[str, ...]
    noticed_on: date | None
    hearing_offered_on: date | None
    hearing_waived_on: date | None
    hearing_requested_on: date | None
    hearing_held_on: date | None
    reviewed_on: date | None
    reviewer: str | None
    reviewer_fit: bool
    """Legally qualified, or not a reviewer for the first time."""
    decided_on: date
    person: bool
    """Whether the party is a natural person."""
    kinds: tuple[str, ...]
    amount_fen: int
    listed: bool

    def by_decision(self, on: date | None) -> bool:
        """Whether a step was taken by the day of the decision."""
        return on is not None and on <= self.decided_on

    @property
    def heard(self) -> bool:
        """Whether a hearing came before the decision."""
        return self.by_decision(self.hearing_held_on)


def faults(steps: Steps, bureau: Bureau) -> Iterator[tuple[StepFault, bool]]:
    """What is wrong with the steps; False beside what nobody can say without more calendars."""
    if expired(steps.breach_ended_on, steps.found_on, bureau, grave=steps.grave):
        yield "limitation-over", True
    if late(steps.filed_on, steps.decided_on, bureau):
        yield "decided-late", True
    if not steps.by_decision(steps.noticed_on):
        yield "no-prior-notice", True
    else:
        yield from _hearing(steps, bureau)
    yield from ((fault, True) for fault in _review(steps, bureau))


def expired(ended_on: date | None, found_on: date | None, bureau: Bureau, *, grave: bool) -> bool:
    """Whether an act was found when its limitation of two or five years was over (art. 36)."""
    if ended_on is None or found_on is None:
        return False
    name = f"penalties.{'grave-' if grave else ''}limitation-years"
    years = bureau.rules.number(name, found_on)
    return years is not None and completed_years(ended_on, found_on - timedelta(days=1)) >= years


def late(filed_on: date | None, decided_on: date, bureau: Bureau) -> bool:
    """Whether more than the 90 days had gone since the case was filed (art. 60)."""
    due = term(filed_on, bureau)
    return due is not None and due.over(decided_on) is True


def term(filed_on: date | None, bureau: Bureau) -> Due | None:
    """The last day for a decision in a case that was filed."""
    return None if filed_on is None else bureau.due_in_days("penalties.decide-days", filed_on)


def _hearing(steps: Steps, bureau: Bureau) -> Iterator[tuple[StepFault, bool]]:
    """Offered where major rights are touched, held where asked for, its term waited for."""
    noticed, offered = steps.noticed_on, steps.hearing_offered_on
    if steps.heard or noticed is None:
        return
    asked = steps.hearing_requested_on
    if asked is not None and steps.by_decision(asked):
        due = bureau.due("penalties.hearing-working-days", noticed)
        over = due is not None and due.over(asked)
        if over is not True:
            yield "hearing-not-held", over is False
    elif offered is None or not steps.by_decision(offered):
        if _major(steps, bureau):
            yield "hearing-not-offered", True
    elif not steps.by_decision(steps.hearing_waived_on):
        due = bureau.due("penalties.hearing-working-days", offered)
        over = due is None or due.over(steps.decided_on)
        if over is not True:
            yield "hearing-term-not-over", over is False


def _review(steps: Steps, bureau: Bureau) -> Iterator[StepFault]:
    """Before the decisions that art. 58 lists; by who may do it, wherever it was done."""
    if not steps.by_decision(steps.reviewed_on):
        if steps.listed or (steps.heard and _major(steps, bureau)):
            yield "no-legal-review"
        return
    if steps.reviewer in steps.handlers:
        yield "reviewer-is-handler"
    if not steps.reviewer_fit:
        yield "reviewer-not-qualified"


def _major(steps: Steps, bureau: Bureau) -> bool:
    """Whether a hearing is due (art. 63): by its kind, or because it takes much money."""
    if any(kind in MAJOR for kind in steps.kinds):
        return True
    party = "person" if steps.person else "body"
    yuan = bureau.rules.number(f"penalties.hearing-{party}-yuan", steps.decided_on)
    return yuan is not None and steps.amount_fen >= yuan * 100
