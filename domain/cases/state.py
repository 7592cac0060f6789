"""The state of a case (救助个案) of any programme: what the ledger needs to judge its next fact.

One stream per case number, shared by all lines that grant something monthly and by payouts. What is
lawful depends on the programme, as the bureau's folder describes it. Judging names what is wrong
with a fact, given the state and the fact itself; the fact is recorded all the same. Whether a flat
amount is the standard in force is not known here: standards are streams of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from domain.aggregate import evolves, judges
from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
    CaseTakenOver,
)
from domain.assistance.households import HouseholdMoved
from domain.assistance.payouts import ArrearsPaid, PaymentSettled
from domain.bureau.bureau import Bureau
from domain.calendar import month_number, month_of, next_month, previous_month
from domain.cases.covered import Covered, Decision, HouseholdBreach
from domain.cases.decisions import (
    Breach,
    amount_breaches,
    begin_breaches,
    card_breaches,
    end_breaches,
    grant_breaches,
    level_breaches,
    parents_fit,
)
from domain.cases.money import Breach as MoneyBreach
from domain.casework import BASIC
from domain.children import (
    ChildCaseTakenOver,
    ChildMoved,
    ChildSupportAdjusted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
)
from domain.disability import (
    SubsidyAdjusted,
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyResumed,
    SubsidyStopped,
)
from domain.elderly import (
    AllowanceAdjusted,
    AllowanceApproved,
    AllowanceResumed,
    AllowanceStopped,
    AllowanceTakenOver,
)

Spans = tuple[tuple[str, str | None], ...]
"""Stretches of entitled months, first and last; last None = open-ended."""
Amounts = tuple[tuple[str, int | None], ...]
"""From which month decisions told which amount; None = none, so the standard in force."""


class Case(Covered):
    """A case that may be paid monthly: what was decided, and what was paid."""

    STREAM: ClassVar[str] = "case"

    programme: str = ""
    line: str = ""
    """The business line by whose events it was granted."""
    granted_from: str = ""
    """The first month that was ever granted: before it there is nothing to change or resume."""
    spans: Spans = ()
    amounts: Amounts = ()

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_taken_over(
        self, event: CaseTakenOver, bureau: Bureau
    ) -> tuple[Breach | HouseholdBreach, ...]:
        """R-DB-02 amount, R-DB-01 income, R-DB-06 first month; 特困: the standard, one person."""
        return self._benefit(event, bureau)

    @judges
    def judge_benefit(
        self, event: BenefitConfirmed, bureau: Bureau
    ) -> tuple[Breach | HouseholdBreach, ...]:
        """As a case that is taken over, and by its procedure."""
        programme = bureau.programmes.get(event.programme)
        if programme is None:
            return ()
        return (
            *self._benefit(event, bureau),
            *self.procedure_breaches(event, programme, bureau),
        )

    def _benefit(
        self, event: CaseTakenOver | BenefitConfirmed, bureau: Bureau
    ) -> tuple[Breach | HouseholdBreach, ...]:
        programme = bureau.programmes.get(event.programme)
        if programme is None:
            return ()
        covered = sum(member.covered for member in event.members)
        breaches: list[Breach | HouseholdBreach] = [
            *amount_breaches(event, programme, bureau, covered)
        ]
        breaches += begin_breaches(event, programme)
        if sum(member.head for member in event.members) > 1:
            breaches.append("more-than-one-head")
        if programme.one_person and len(event.members) != 1:
            breaches.append("more-than-one-person")
        return (*breaches, *level_breaches(event.level, programme))

    @judges
    def judge_adjustment(self, event: BenefitAdjusted, bureau: Bureau) -> tuple[Breach, ...]:
        """R-DB-02."""
        programme = bureau.programmes.get(self.programme)
        if programme is None:
            return ()
        if programme.line != "assistance":
            return ("programme-differs",)
        breaches = amount_breaches(event, programme, bureau, event.covered_persons)
        if event.level is None:
            return breaches
        return (*breaches, *level_breaches(event.level, programme))

    @judges
    def judge_child_confirmed(
        self, event: ChildSupportConfirmed, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """As a case that is taken over, and by its procedure."""
        breaches = (*self._child(event, bureau), *self.child_procedure_breaches(event))
        grown = event.child.of_age and event.first_month > self.studies_until
        return (*breaches, "child-of-age") if grown else breaches

    @judges
    def judge_child(self, event: ChildCaseTakenOver, bureau: Bureau) -> tuple[Breach, ...]:
        return self._child(event, bureau)

    def _child(
        self, event: ChildCaseTakenOver | ChildSupportConfirmed, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """R-CH-02 situations of the parents, R-CH-04 first month, R-CH-06 upbringing."""
        programme = bureau.programmes.get(event.programme)
        if programme is None:
            return ()
        breaches: list[Breach] = []
        if event.parents is not None and not parents_fit(event, programme):
            breaches.append("parents-situation-differs")
        breaches += begin_breaches(event, programme)
        if programme.parents == "unable" and event.mode == "institutional":
            breaches.append("upbringing-differs")
        return tuple(breaches)

    @judges
    def judge_approval(self, event: SubsidyApproved, bureau: Bureau) -> tuple[Breach, ...]:
        """As a case that is taken over, and by its procedure."""
        return (*self._subsidy(event, bureau), *self.subsidy_procedure_breaches(event))

    @judges
    def judge_subsidy(self, event: SubsidyCaseTakenOver, bureau: Bureau) -> tuple[Breach, ...]:
        return self._subsidy(event, bureau)

    def _subsidy(
        self, event: SubsidyApproved | SubsidyCaseTakenOver, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """R-DS-06 the card fits subsidy and level, R-DS-02 paid from the month of application."""
        programme = bureau.programmes.get(event.programme)
        if programme is None:
            return ()
        level = programme.level(event.level)
        rules = (programme.grades, None if level is None else level.grades)
        holder, on = event.holder, event.decided_on
        breaches = card_breaches(
            holder.card_category, holder.card_grade, on, bureau, filter(None, rules)
        )
        return (*breaches, *grant_breaches(event, programme))

    @judges
    def judge_allowance(
        self, event: AllowanceApproved | AllowanceTakenOver, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """The person is of the age that the level asks for in the first month."""
        programme = bureau.programmes.get(event.programme)
        if programme is None:
            return ()
        breaches = grant_breaches(event, programme)
        level = programme.level(event.level)
        born = event.elder.born_in
        if level is not None and born is not None:
            months = month_number(event.first_month) - month_number(born)
            least, most = level.ages
            if months < 12 * (least or 0) or (most is not None and months > 12 * (most + 1)):
                return ("age-differs", *breaches)
        return breaches

    @judges
    def judge_grant_adjusted(
        self, event: SubsidyAdjusted | AllowanceAdjusted, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """Only what the programme has: levels where graded, amounts where each is decided."""
        programme = bureau.programmes.get(self.programme)
        if programme is None:
            return ()
        if programme.line != event.TYPE.partition(".")[0]:
            return ("programme-differs",)
        breaches: tuple[Breach, ...] = ()
        if event.level is not None:
            breaches = level_breaches(event.level, programme)
        if event.monthly_amount_fen is not None and programme.pays != "decided":
            breaches = (*breaches, "granted-amount-differs")
        return breaches

    @judges
    def judge_move(self, event: HouseholdMoved | ChildMoved) -> tuple[Breach, ...]:
        """Said by the line by whose events the case was granted."""
        return () if self.line == event.TYPE.partition(".")[0] else ("programme-differs",)

    @judges
    def judge_end(
        self,
        event: BenefitTerminated | ChildSupportTerminated | SubsidyStopped | AllowanceStopped,
        bureau: Bureau,
    ) -> tuple[Breach, ...]:
        return end_breaches(event, bureau)

    @judges
    def judge_payment(
        self, event: PaymentSettled, bureau: Bureau
    ) -> tuple[Breach | MoneyBreach, ...]:
        """Programme, item, entitled months, months already paid, amount, payment in advance.

        One that makes good a return: what came back.
        """
        breaches: list[Breach | MoneyBreach] = [
            *self._money_breaches(event, bureau),
            *self.repayment_breaches(event),
        ]
        if event.item != BASIC:
            return tuple(breaches)
        months, due = event.months, self._due(event.months, bureau)
        if not self._entitled(months):
            breaches.append("month-not-entitled")
        if self.paid(months):
            breaches.append("month-already-paid")
        if due is not None and event.amount_fen != due:
            breaches.append("amount-differs")
            if self.above(event.months, event.amount_fen):
                breaches.append("above-standard")
        if max(months) > month_of(event.settled_on):
            breaches.append("paid-in-advance")
        return tuple(breaches)

    @judges
    def judge_arrears(self, event: ArrearsPaid, bureau: Bureau) -> tuple[Breach, ...]:
        """Programme, item, entitled months; whole amounts only for months not paid yet."""
        breaches = self._money_breaches(event, bureau)
        if event.item != BASIC:
            return tuple(breaches)
        if not self._entitled(event.months):
            breaches.append("month-not-entitled")
        if event.reason == "late-approval" and self.paid(event.months):
            breaches.append("month-already-paid")
        return tuple(breaches)

    def _money_breaches(self, event: PaymentSettled | ArrearsPaid, bureau: Bureau) -> list[Breach]:
        """Whether the case is of the programme, and the programme has the item."""
        programme = bureau.programmes.get(event.programme)
        breaches: list[Breach] = []
        if event.programme != self.programme:
            breaches.append("programme-differs")
        if programme is not None and programme.item(event.item) is None:
            breaches.append("item-differs")
        if event.item == BASIC and self.conditional:
            breaches += self.person_breaches(event.months, event.settled_on, programme, bureau)
        return breaches

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

    def _due(self, months: Iterable[str], bureau: Bureau) -> int | None:
        """What is due of these months by the case's own decisions, if they fix it for each."""
        programme = bureau.programmes.get(self.programme)
        due = 0
        for month in months:
            told = None
            for start, amount in self.amounts:
                if start <= month:
                    told = amount
            of_month = told if programme is None else programme.fixes(told)
            if of_month is None:
                return None
            due += of_month
        return due

    # Evolution: assignments only; these bodies run again on every replay. Before anything was
    # granted there is nothing to adjust or to resume.

    @evolves
    def on_granted(
        self,
        event: BenefitConfirmed | ChildSupportConfirmed | SubsidyApproved | AllowanceApproved,
    ) -> None:
        self._begin(event, None)

    @evolves
    def on_taken_over(
        self,
        event: CaseTakenOver | ChildCaseTakenOver | SubsidyCaseTakenOver | AllowanceTakenOver,
    ) -> None:
        self._begin(event, event.last_month)

    def _begin(self, event: Decision, last: str | None) -> None:
        first = event.first_month
        self.programme, self.line = event.programme, event.TYPE.partition(".")[0]
        self.granted_from = min(first, self.granted_from or first)
        self.spans = (*_ended(self.spans, before=first), (first, last))
        self.is_of(event)
        self.cover(event, last)
        self.amounts = _with_amount(self.amounts, first, event.monthly_amount_fen)
        covered = sum(member.covered for member in getattr(event, "members", ()))
        self.caps = _with_amount(self.caps, first, _cap(event, covered))

    @evolves
    def on_adjusted(self, event: BenefitAdjusted | ChildSupportAdjusted) -> None:
        if self.line == event.TYPE.partition(".")[0]:
            month = max(event.from_month, self.granted_from)
            self.amounts = _with_amount(self.amounts, month, event.monthly_amount_fen)
            cap = _cap(event, getattr(event, "covered_persons", 0))
            self.caps = _with_amount(self.caps, month, cap)

    @evolves
    def on_grant_adjusted(self, event: SubsidyAdjusted | AllowanceAdjusted) -> None:
        """An amount that is left out stays as it was."""
        if self.line == event.TYPE.partition(".")[0] and event.monthly_amount_fen is not None:
            month = max(event.from_month, self.granted_from)
            self.amounts = _with_amount(self.amounts, month, event.monthly_amount_fen)

    @evolves
    def on_suspended(self, event: BenefitSuspended) -> None:
        self.spans = _ended(self.spans, before=event.from_month)

    @evolves
    def on_resumed(self, event: BenefitResumed | SubsidyResumed | AllowanceResumed) -> None:
        if self.programme:
            first = max(event.first_month, self.granted_from)
            self.spans = (*_ended(self.spans, before=first), (first, None))

    @evolves
    def on_terminated(
        self,
        event: BenefitTerminated | ChildSupportTerminated | SubsidyStopped | AllowanceStopped,
    ) -> None:
        self.spans = _ended(self.spans, before=next_month(event.last_month))


def _cap(event: Decision | BenefitAdjusted | ChildSupportAdjusted, covered: int) -> int | None:
    """The most that a decision allows a month, where it says by which standard."""
    standard: int | None = getattr(event, "standard_fen", None)
    supplement: int = getattr(event, "supplement_fen", 0)
    return None if standard is None else standard * covered + supplement


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
