"""The state of a case (救助个案) of any programme: what the ledger needs to judge its next fact.

One stream per case number, shared by 低保, 特困, children's and disability lines and by payouts.
Judging names what is wrong with a fact, given the state and the fact itself; the fact is recorded
all the same. Whether a flat amount is the standard in force is not known here: standards are
streams of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, add, counts, evolves, judges
from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
    CaseTakenOver,
)
from domain.assistance.payouts import ArrearsPaid, PaymentReturned, PaymentSettled
from domain.calendar import month_of, next_month, previous_month
from domain.children import (
    GONE,
    ChildCaseTakenOver,
    ChildEntitlement,
    ChildSupportAdjusted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
)
from domain.codes import Labels
from domain.disability import (
    MIND_CATEGORIES,
    SEVERE_GRADES,
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyEntitlement,
    SubsidyResumed,
    SubsidyStopped,
)
from domain.money import FEN_PER_YUAN

Spans = tuple[tuple[str, str | None], ...]
"""Stretches of entitled months, first and last; last None = open-ended."""
Amounts = tuple[tuple[str, int | None], ...]
"""From which month the case has which amount; None = the standard in force."""

PARENTS = 2


Breach = Annotated[
    Literal[
        "first-month-too-early",
        "more-than-one-person",
        "amount-differs",
        "income-not-below-standard",
        "parents-situation-differs",
        "upbringing-differs",
        "first-month-differs-from-application",
        "card-grade-differs",
        "programme-differs",
        "month-not-entitled",
        "month-already-paid",
        "paid-in-advance",
    ],
    Labels(
        "起始月份不晚于决定当月",
        "特困个案不止一人",
        "金额与应发不符",
        "人均收入不低于标准",
        "父母情形与保障类别不符",
        "养育方式与保障类别不符",
        "起始月份不是申请当月",
        "残疾类别、等级不符合补贴条件",
        "保障类别与个案不符",
        "所发月份不在保障期内",
        "所发月份已发放过",
        "提前发放以后的月份",
    ),
]


class Case(Aggregate):
    """A case that may be paid monthly: what was decided, and how often each month was paid."""

    STREAM: ClassVar[str] = "case"
    COUNTED: ClassVar[tuple[str, ...]] = ("paid_months",)

    programme: str = ""
    granted_from: str = ""
    """The first month that was ever granted: before it there is nothing to change or resume."""
    spans: Spans = ()
    amounts: Amounts = ()
    paid_months: dict[str, int] = field(default_factory=dict)
    """Month → standing payments of it, less those sent back."""

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_benefit(self, event: CaseTakenOver | BenefitConfirmed) -> tuple[Breach, ...]:
        """R-DB-02 amount, R-DB-01 income, R-DB-06 first month; 特困: the standard, one person."""
        covered = sum(member.covered for member in event.members)
        breaches = list(_amount_breaches(event, event.programme, covered))
        if event.first_month <= month_of(event.decided_on):
            breaches.append("first-month-too-early")
        if event.programme == "tekun" and len(event.members) != 1:
            breaches.append("more-than-one-person")
        return tuple(breaches)

    @judges
    def judge_adjustment(self, event: BenefitAdjusted) -> tuple[Breach, ...]:
        """R-DB-02."""
        return _amount_breaches(event, self.programme, event.covered_persons)

    @judges
    def judge_child(self, event: ChildCaseTakenOver | ChildSupportConfirmed) -> tuple[Breach, ...]:
        """R-CH-02 situations of the parents, R-CH-04 first month, R-CH-06 upbringing."""
        breaches: list[Breach] = []
        if event.parents is not None and not _parents_fit(event):
            breaches.append("parents-situation-differs")
        if event.first_month <= month_of(event.decided_on):
            breaches.append("first-month-too-early")
        if event.programme == "unattended-child" and event.mode == "institutional":
            breaches.append("upbringing-differs")
        return tuple(breaches)

    @judges
    def judge_subsidy(self, event: SubsidyApproved) -> tuple[Breach, ...]:
        """R-DS-06 the card fits the subsidy, R-DS-02 paid from the month of application."""
        breaches = _card_breaches(event)
        if event.first_month != month_of(event.applied_on):
            breaches = (*breaches, "first-month-differs-from-application")
        return breaches

    @judges
    def judge_subsidy_taken_over(self, event: SubsidyCaseTakenOver) -> tuple[Breach, ...]:
        """R-DS-06 the card fits the subsidy."""
        return _card_breaches(event)

    @judges
    def judge_payment(self, event: PaymentSettled) -> tuple[Breach, ...]:
        """Programme, entitled months, months already paid, amount, payment ahead of the month."""
        breaches: list[Breach] = []
        if event.programme != self.programme:
            breaches.append("programme-differs")
        if event.item != "basic":
            return tuple(breaches)
        months, due = event.months, self._due(event.months)
        if not self._entitled(months):
            breaches.append("month-not-entitled")
        if self._paid(months):
            breaches.append("month-already-paid")
        if due is not None and event.amount_fen != due:
            breaches.append("amount-differs")
        if max(months) > month_of(event.settled_on):
            breaches.append("paid-in-advance")
        return tuple(breaches)

    @judges
    def judge_arrears(self, event: ArrearsPaid) -> tuple[Breach, ...]:
        """Programme, entitled months; whole amounts only for months not paid yet."""
        breaches: list[Breach] = []
        if event.programme != self.programme:
            breaches.append("programme-differs")
        if event.item != "basic":
            return tuple(breaches)
        if not self._entitled(event.months):
            breaches.append("month-not-entitled")
        if event.reason == "late-approval" and self._paid(event.months):
            breaches.append("month-already-paid")
        return tuple(breaches)

    # Plain loops: these run for every payment, and generators would cost more than what they do.

    def _entitled(self, months: Iterable[str]) -> bool:
        """Whether every month lies in a stretch of entitlement."""
        for month in months:
            for first, last in self.spans:
                if first <= month and (last is None or month <= last):
                    break
            else:
                return False
        return True

    def _paid(self, months: Iterable[str]) -> bool:
        """Whether one of the months was paid already."""
        if self.paid_months.keys().isdisjoint(months):
            return False
        return any(self.paid_months.get(month, 0) > 0 for month in months)

    def _due(self, months: Iterable[str]) -> int | None:
        """What is due of these months by the case's own decisions, if they fix it for each."""
        due = 0
        for month in months:
            of_month = None
            for start, amount in self.amounts:
                if start <= month:
                    of_month = amount
            if of_month is None:
                return None
            due += of_month
        return due

    # Evolution: assignments only; these bodies run again on every replay. Before anything was
    # granted there is nothing to adjust or to resume.

    @evolves
    def on_confirmed(self, event: BenefitConfirmed | ChildSupportConfirmed) -> None:
        self._begin(event.programme, event.first_month, None, event.monthly_amount_fen)

    @evolves
    def on_taken_over(self, event: CaseTakenOver | ChildCaseTakenOver) -> None:
        self._begin(event.programme, event.first_month, event.last_month, event.monthly_amount_fen)

    @evolves
    def on_subsidy_approved(self, event: SubsidyApproved) -> None:
        self._begin(event.programme, event.first_month, None, None)

    @evolves
    def on_subsidy_taken_over(self, event: SubsidyCaseTakenOver) -> None:
        self._begin(event.programme, event.first_month, event.last_month, None)

    def _begin(self, programme: str, first: str, last: str | None, amount: int | None) -> None:
        self.programme = programme
        self.granted_from = min(first, self.granted_from or first)
        self.spans = (*_ended(self.spans, before=first), (first, last))
        # 特困 follows the standard, whatever the decision printed.
        own = None if programme == "tekun" else amount
        self.amounts = _with_amount(self.amounts, first, own)

    @evolves
    def on_adjusted(self, event: BenefitAdjusted | ChildSupportAdjusted) -> None:
        if self.programme:
            own = None if self.programme == "tekun" else event.monthly_amount_fen
            month = max(event.from_month, self.granted_from)
            self.amounts = _with_amount(self.amounts, month, own)

    @evolves
    def on_suspended(self, event: BenefitSuspended) -> None:
        self.spans = _ended(self.spans, before=event.from_month)

    @evolves
    def on_resumed(self, event: BenefitResumed | SubsidyResumed) -> None:
        if self.programme:
            first = max(event.first_month, self.granted_from)
            self.spans = (*_ended(self.spans, before=first), (first, None))

    @evolves
    def on_terminated(
        self, event: BenefitTerminated | ChildSupportTerminated | SubsidyStopped
    ) -> None:
        self.spans = _ended(self.spans, before=next_month(event.last_month))

    # Counting: payments come in any order, and each can be taken out again.

    @counts
    def count_payment(self, event: PaymentSettled, times: int) -> None:
        if event.item == "basic":
            add(self.paid_months, event.months, times)

    @counts
    def count_arrears(self, event: ArrearsPaid, times: int) -> None:
        if event.reason == "late-approval" and event.item == "basic":
            add(self.paid_months, event.months, times)

    @counts
    def count_return(self, event: PaymentReturned, times: int) -> None:
        if event.item == "basic":
            add(self.paid_months, event.months, -times)


def _ended(spans: Spans, *, before: str) -> Spans:
    """The stretches as far as they lie before a month."""
    kept: list[tuple[str, str | None]] = []
    for first, last in spans:
        if first < before:
            ends = last is None or last >= before
            kept.append((first, previous_month(before) if ends else last))
    return tuple(kept)


def _with_amount(amounts: Amounts, month: str, amount: int | None) -> Amounts:
    """A new amount from a month on replaces what was fixed for that month and later ones."""
    return (*(pair for pair in amounts if pair[0] < month), (month, amount))


def _amount_breaches(
    event: CaseTakenOver | BenefitConfirmed | BenefitAdjusted, programme: str, covered: int
) -> tuple[Breach, ...]:
    """R-DB-01, R-DB-02. Which way a part of a 元 is rounded is not settled: both are accepted."""
    standard = event.standard_fen
    if standard is None:
        return ()
    amount = event.monthly_amount_fen
    if programme == "tekun":
        return () if amount == standard else ("amount-differs",)
    if event.per_capita_income_fen >= standard:
        return ("income-not-below-standard",)
    due = (standard - event.per_capita_income_fen) * covered + event.supplement_fen
    fits = abs(amount - due) < FEN_PER_YUAN and amount % FEN_PER_YUAN == 0
    return () if fits else ("amount-differs",)


def _card_breaches(event: SubsidyEntitlement) -> tuple[Breach, ...]:
    """R-DS-06."""
    holder = event.holder
    severe = holder.card_grade in SEVERE_GRADES or holder.card_category in MIND_CATEGORIES
    fits = event.programme != "nursing-subsidy" or severe
    return () if fits else ("card-grade-differs",)


def _parents_fit(event: ChildEntitlement) -> bool:
    """Orphan: both parents gone. 事实无人抚养: both in a listed situation, not both gone."""
    parents = event.parents or ()
    gone = [parent.situation in GONE for parent in parents]
    if event.programme == "orphan":
        return all(gone)
    return len({parent.parent for parent in parents}) == PARENTS and not all(gone)
