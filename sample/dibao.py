"""低保 households of the sample year: taken over or applied for, changed, raised, ended."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitTerminated,
    CaseTakenOver,
    IncomeChanged,
    Member,
    MemberAdded,
    MemberRemoved,
    ReviewCompleted,
    TerminationReason,
)
from sample.applications import (
    Application,
    approver,
    decision_day,
    original_decision,
    send_application,
    two_handlers,
)
from sample.households import Household, Stage
from sample.outbox import Outbox
from sample.payroll import GO_LIVE, label, raise_batch, working_day

LATE = (1, 25)
"""Month and day on which the cases taken over late arrived: after the first pay day."""


class Households:
    """Sends the facts of households to the ledger."""

    def __init__(self, outbox: Outbox, chance: Random) -> None:
        self._outbox = outbox
        self._chance = chance
        self._year = outbox.year
        self._raised_on = working_day(outbox.year, GO_LIVE, 1)

    def send(self, household: Household, *, late: bool) -> tuple[str, BenefitConfirmed] | None:
        """From being taken over or applying to the end, if it comes; returns the confirmation."""
        confirmed = None
        if household.spell.first <= 0:
            self._take_over(household, late=late)
        else:
            confirmed = self._confirm(household)
        for stage in household.stages[1:]:
            self._change(household, stage)
        if household.spell.first <= GO_LIVE:
            self._recalculate(household)
        if household.spell.last is not None:
            self._terminate(household, household.spell.last)
        return confirmed

    def _take_over(self, household: Household, *, late: bool) -> None:
        event = CaseTakenOver(
            **self._entitlement(household),
            **self._amounts(household, household.stages[0], raised=False),
            **original_decision(self._chance, self._year, household.spell.first),
        )
        received = date(self._year, *LATE) if late else None
        self._outbox.send("jg", event, received=received)
        if household.spell.last is None:
            send_review(self._outbox, self._chance, household.number)

    def _confirm(self, household: Household) -> tuple[str, BenefitConfirmed]:
        on = decision_day(self._chance, self._year, household.spell.first)
        head = household.members[0][0]
        application = Application(household.number, "dibao", household.village, head, on)
        send_application(self._outbox, self._chance, application)
        event = BenefitConfirmed(
            **self._entitlement(household),
            **self._amounts(household, household.stages[0], raised=on >= self._raised_on),
            decided_on=on,
            decision_number=f"湘民救〔{on.year}〕{household.number}号",
            approver=approver(self._chance),
        )
        return self._outbox.send("qr", event), event

    def _entitlement(self, household: Household) -> dict[str, Any]:
        """What both ways in say of a household, but for the amounts."""
        return {
            "case_number": household.number,
            "programme": "dibao",
            "area": "urban" if household.urban else "rural",
            "township": household.village[:9],
            "village": household.village,
            "first_month": label(self._year, household.spell.first),
            "members": tuple(
                Member(person=person, covered=covered, head=n == 0)
                for n, (person, covered) in enumerate(household.members)
            ),
        }

    def _amounts(self, household: Household, stage: Stage, *, raised: bool) -> dict[str, Any]:
        """R-DB-02: covered members × (standard − income per head) + supplement."""
        standard = household.standard.new if raised else household.standard.old
        income = household.income + stage.income_change
        amount = stage.covered * (standard - income) + household.supplement
        return {
            "monthly_amount_fen": 100 * amount,
            "per_capita_income_fen": 100 * income,
            "supplement_fen": 100 * household.supplement,
            "standard_fen": 100 * standard,
        }

    def _change(self, household: Household, stage: Stage) -> None:
        """What happened in the household, and the decision on it some days later."""
        number = household.number
        changed_on = working_day(self._year, stage.from_month - 1, 6)
        if stage.covered > household.stages[0].covered and household.newcomer is not None:
            member = Member(person=household.newcomer, covered=True)
            self._outbox.send(
                "bd",
                MemberAdded(
                    case_number=number, member=member, changed_on=changed_on, reason="新增家庭成员"
                ),
            )
        elif stage.covered < household.stages[0].covered:
            leaver = [person for person, covered in household.members if covered][-1]
            self._outbox.send(
                "bd",
                MemberRemoved(
                    case_number=number, person=leaver, changed_on=changed_on, reason="户口迁出"
                ),
            )
        else:
            income = household.income + stage.income_change
            self._outbox.send(
                "bd",
                IncomeChanged(
                    case_number=number, per_capita_income_fen=100 * income, changed_on=changed_on
                ),
            )
        on = working_day(self._year, stage.from_month - 1, 14)
        self._adjust(household, stage, stage.from_month, on, "家庭情况变化")

    def _recalculate(self, household: Household) -> None:
        """Work out anew, after the raise, every amount decided at the old standard.

        Back to January or the household's first month, also for those who have left since.
        """
        for stage in household.stages:
            if stage.from_month <= GO_LIVE:
                from_month = max(stage.from_month, 1)
                self._adjust(household, stage, from_month, self._raised_on, "提标")

    def _adjust(
        self, household: Household, stage: Stage, from_month: int, on: date, reason: str
    ) -> None:
        self._outbox.send(
            "tz",
            BenefitAdjusted(
                case_number=household.number,
                from_month=label(self._year, from_month),
                covered_persons=stage.covered,
                decided_on=on,
                reason=reason,
                raise_batch=raise_batch(self._year) if reason == "提标" else None,
                **self._amounts(household, stage, raised=on >= self._raised_on),
            ),
        )

    def _terminate(self, household: Household, last: int) -> None:
        reasons: tuple[TerminationReason, ...] = (
            "moved-away",
            "withdrawn",
            "income-above-standard",
        )
        reason = "income-above-standard" if household.overpaid else self._chance.choice(reasons)
        # With money paid too long the reason came to light only after those pay days.
        on = working_day(self._year, last, 15)
        if household.overpaid:
            on = working_day(self._year, last + household.overpaid + 1, 4)
        self._outbox.send(
            "zz",
            BenefitTerminated(
                case_number=household.number,
                last_month=label(self._year, last),
                reason=reason,
                decided_on=on,
            ),
        )

    def correct(self, household: Household, name: str, event: BenefitConfirmed) -> None:
        """更正 in February of the next year: the last covered member never had 保障 status."""
        last = max(n for n, member in enumerate(event.members) if member.covered)
        members = tuple(
            member.model_copy(update={"covered": member.covered and n != last})
            for n, member in enumerate(event.members)
        )
        stage = household.stages[0]
        fewer = stage._replace(covered=stage.covered - 1)
        amounts = self._amounts(household, fewer, raised=True)
        corrected = event.model_copy(update={"members": members, **amounts})
        received = date(self._year + 1, 2, 19)
        self._outbox.send("qr", corrected, received=received, corrects=name, how="changed")


def send_review(outbox: Outbox, chance: Random, case_number: str) -> None:
    """The yearly review (R-DB-07), with nothing to change."""
    outbox.send(
        "hc",
        ReviewCompleted(
            case_number=case_number,
            done_on=working_day(outbox.year, chance.randint(2, 11), chance.randint(1, 16)),
            handlers=two_handlers(chance),
            outcome="keep",
        ),
    )
