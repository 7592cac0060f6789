"""低保 households of the sample year: taken over or applied for, changed, raised, ended."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from domain.assistance import benefits as facts
from domain.assistance.households import IncomeChanged
from sample.assistance.applications import Application, send_application
from sample.cases.decisions import approver, decision_day, original_decision
from sample.cases.households import Household, Stage
from sample.cases.payroll import GO_LIVE, raise_batch
from sample.cases.plan import Plan
from sample.cases.reviews import send_reviews
from sample.days import first_day, label, working_day
from sample.office import place
from sample.sender import Sender

LATE = (1, 25)
"""Month and day on which the cases taken over late arrived: after the first pay day."""
END_REASONS = ("moved-away", "withdrawn", "income-above-standard")


def send_households(sender: Sender, chance: Random, cases: Plan) -> None:
    """From being taken over or applying to the end, if it comes; counts F14 and F15."""
    for household in cases.households:
        one = _Case(sender, chance, household)
        one.send(late=household.number in cases.late, miscounted=household is cases.miscounted)
        for month in household.spell.months:
            on = first_day(sender.year, month)
            too_many = household is cases.miscounted
            sender.feed.count("F14", on)
            sender.feed.count("F15", on, household.covered(month) - too_many)


class _Case:
    """Sends the facts of one household."""

    def __init__(self, sender: Sender, chance: Random, household: Household) -> None:
        self.sender = sender
        self.case = sender.about(household.number)
        self.chance = chance
        self.year = sender.year
        self.household = household
        self.raised_on = working_day(sender.year, GO_LIVE, 1)

    def send(self, *, late: bool, miscounted: bool) -> None:
        household = self.household
        if household.spell.first <= 0:
            self.take_over(late=late)
        else:
            name, event = self.confirm()
        for stage in household.stages[1:]:
            self.change(stage)
        if household.spell.first <= GO_LIVE:
            self.recalculate()
        if household.spell.last is not None:
            self.terminate(household.spell.last)
        if miscounted:
            self.correct(name, event)

    def take_over(self, *, late: bool) -> None:
        fields = self.entitlement() | self.amounts(self.household.stages[0], raised=False)
        fields |= original_decision(self.case, self.chance, self.household.spell.first)
        known = self.case.day(*LATE) if late else None
        case = self.case.arriving(known)
        case.send(facts.CaseTakenOver, case.day(1, 1), "jg", **fields)
        self.review(fields["decided_on"], known)

    def confirm(self) -> tuple[str, facts.BenefitConfirmed]:
        """Returns the name of the event, and the event."""
        household = self.household
        on = decision_day(self.chance, self.year, household.spell.first)
        head = household.members[0][0]
        application = Application(household.number, "dibao", household.village, head, on)
        send_application(self.sender, self.chance, application)
        event = facts.BenefitConfirmed(
            case_number=household.number,
            **self.entitlement(),
            **self.amounts(household.stages[0], raised=on >= self.raised_on),
            decided_on=on,
            decision_number=f"{self.sender.office.prefix}救〔{on.year}〕{household.number}号",
            approver=approver(self.chance),
        )
        told = self.case.tell(event, "qr")
        self.review(on)
        return told, event

    def review(self, decided_on: date, known: date | None = None) -> None:
        last = self.household.spell.last
        ended_on = None if last is None else self.ends_on(last)
        send_reviews(self.case, self.chance, decided_on, ended_on=ended_on, known_from=known)

    def entitlement(self) -> dict[str, Any]:
        """What both ways in say of a household, but for the amounts."""
        household = self.household
        return {
            "programme": self.sender.office.code("dibao"),
            "area": "urban" if household.urban else "rural",
            **place(household.village),
            "first_month": label(self.year, household.spell.first),
            "members": tuple(
                facts.Member(person=person, covered=covered, head=n == 0)
                for n, (person, covered) in enumerate(household.members)
            ),
        }

    def amounts(self, stage: Stage, *, raised: bool) -> dict[str, Any]:
        """R-DB-02: covered members × (standard − income per head) + supplement."""
        household = self.household
        standard = household.standard.new if raised else household.standard.old
        income = household.income + stage.income_change
        amount = stage.covered * (standard - income) + household.supplement
        return {
            "monthly_amount_fen": 100 * amount,
            "per_capita_income_fen": 100 * income,
            "supplement_fen": 100 * household.supplement,
            "standard_fen": 100 * standard,
        }

    def change(self, stage: Stage) -> None:
        """What happened in the household, and the decision on it some days later."""
        household, before = self.household, self.household.stages[0].covered
        on = working_day(self.year, stage.from_month - 1, 6)
        if stage.covered > before and household.newcomer is not None:
            member = facts.Member(person=household.newcomer, covered=True)
            self.case.send(facts.MemberAdded, on, "bd", member=member, reason="新增家庭成员")
        elif stage.covered < before:
            leaver = [person for person, covered in household.members if covered][-1]
            self.case.send(facts.MemberRemoved, on, "bd", person=leaver, reason="户口迁出")
        else:
            income = 100 * (household.income + stage.income_change)
            self.case.send(IncomeChanged, on, "bd", per_capita_income_fen=income)
        decided_on = working_day(self.year, stage.from_month - 1, 14)
        self.adjust(stage, stage.from_month, decided_on, "家庭情况变化")

    def recalculate(self) -> None:
        """Work out anew, after the raise, every amount decided at the old standard.

        Back to January or the household's first month, also for those who have left since.
        """
        for stage in self.household.stages:
            if stage.from_month <= GO_LIVE:
                batch = raise_batch(self.year)
                self.adjust(stage, max(stage.from_month, 1), self.raised_on, "提标", batch)

    def adjust(
        self, stage: Stage, from_month: int, on: date, reason: str, batch: str | None = None
    ) -> None:
        self.case.send(
            facts.BenefitAdjusted,
            on,
            "tz",
            from_month=label(self.year, from_month),
            covered_persons=stage.covered,
            reason=reason,
            raise_batch=batch,
            **self.amounts(stage, raised=on >= self.raised_on),
        )

    def ends_on(self, last: int) -> date:
        if self.household.overpaid:
            return working_day(self.year, last + self.household.overpaid + 1, 4)
        return working_day(self.year, last, 15)

    def terminate(self, last: int) -> None:
        """With money paid too long the reason came to light only after those pay days."""
        if self.household.overpaid:
            reason = "income-above-standard"
        else:
            reason = self.chance.choice(END_REASONS)
            if reason == "income-above-standard":
                self.phase_out(last)
        ended = {"last_month": label(self.year, last), "reason": reason}
        self.case.send(facts.BenefitTerminated, self.ends_on(last), "zz", **ended)

    def phase_out(self, last: int) -> None:
        """渐退: it keeps its amount for the last two months, though its income is too high."""
        stage, first = self.household.stages[-1], last - 1
        on = working_day(self.year, max(last - 2, 1), 14)
        if max(stage.from_month, GO_LIVE) >= first or on <= self.raised_on:
            return
        amounts = self.amounts(stage, raised=True)
        income = amounts["standard_fen"] + 5_000
        reported_on = working_day(self.year, last - 2, 6)
        self.case.send(IncomeChanged, reported_on, "jt", per_capita_income_fen=income)
        self.case.send(
            facts.BenefitAdjusted,
            on,
            "jt",
            from_month=label(self.year, first),
            phase_out_until=label(self.year, last),
            covered_persons=stage.covered,
            reason="就业后收入超过标准，渐退",
            **amounts | {"per_capita_income_fen": income},
        )

    def correct(self, name: str, event: facts.BenefitConfirmed) -> None:
        """更正 in February of the next year: the last covered member never had 保障 status."""
        last = max(n for n, member in enumerate(event.members) if member.covered)
        members = tuple(
            member.model_copy(update={"covered": member.covered and n != last})
            for n, member in enumerate(event.members)
        )
        stage, known = self.household.stages[0], date(self.year + 1, 2, 19)
        amounts = self.amounts(stage._replace(covered=stage.covered - 1), raised=True)
        corrected = event.model_copy(update={"members": members, **amounts})
        case = self.case.arriving(known)
        case.tell(corrected, "qr", corrects=name, kind="changed")
        what = f"低保户 {self.household.number} 更正：一名成员无保障身份，保障人数减1"
        self.case.feed.plant(what, known, "F15")
