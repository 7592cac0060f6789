"""Lawful cases of all programmes with their money, of which a defect changes one thing.

Each is granted by every step and paid every month; what is to be wrong is said in the call, or done
to the case afterwards.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import children, disability, elderly
from domain.assistance import benefits
from domain.assistance.benefits import Member
from domain.event import Payee
from sample.days import add_working_days, working_days_before
from sample.defects.case import HANDLERS, Case
from sample.defects.ledgers import Payrolls
from sample.defects.plot import Plot

APPROVER = "SP-01"
FIRST = 9
"""The first month of entitlement, where nothing else is said: the planted year pays four months."""


class Desk:
    """Grants cases."""

    def __init__(self, plot: Plot, rolls: Payrolls) -> None:
        self.plot, self.rolls = plot, rolls
        self.cases: list[Case] = []

    def code(self, programme: str) -> str:
        """What the bureau calls a programme of the sample."""
        return self.plot.office.code(programme)

    def standard(self, programme: str, *, mode: str | None = None, level: str | None = None) -> int:
        """分 per person and month of a rural case, as in force from January."""
        found = self.plot.bureau.programmes[self.code(programme)]
        kind = found.follows(mode, level) or ""
        area = "rural" if self.plot.bureau.standards[kind].by_area else None
        return 100 * self.plot.office.amounts(kind, area)[1]

    def close(self) -> None:
        """Pay what is to be paid, and close the payrolls."""
        for case in self.cases:
            case.close()
        self.rolls.close()

    def _case(self, programme: str, **fields: Any) -> Case:
        fields.setdefault("place", self.plot.place())
        number = fields.pop("number", None) or self.plot.number()
        case = Case(self.rolls, number, self.code(programme), **fields)
        self.cases.append(case)
        return case

    def adult(self) -> Payee:
        """Somebody of working age."""
        return self.plot.folk.payee(date(self.plot.year - 48, 3, 4))

    # 低保 and 特困.

    def dibao(self, *others: Member, head: Payee | None = None, **options: Any) -> Case:
        """A household of one and perhaps others, with an income of 100 元 per member."""
        covered = 1 + sum(member.covered for member in others)
        income: int = options.pop("income", 100_00)
        supplement: int = options.pop("supplement", 0)
        standard = self.standard("dibao")
        due = (standard - income) * covered + supplement
        head = head or self.adult()
        fields: dict[str, Any] = {
            "monthly_amount_fen": options.pop("fen", due),
            "per_capita_income_fen": income,
            "supplement_fen": supplement,
            "standard_fen": standard,
            "members": (Member(person=head, covered=True, head=True), *others),
        }
        return self._assist("dibao", head, fields, **options)

    def tekun(self, person: Payee | None = None, **options: Any) -> Case:
        """A person of 70 supported at home."""
        person = person or self.plot.folk.payee(date(self.plot.year - 70, 5, 6))
        standard = self.standard("tekun")
        fields: dict[str, Any] = {
            "monthly_amount_fen": standard,
            "standard_fen": standard,
            "members": (Member(person=person, covered=True, head=True),),
            "mode": "home-based",
            "care_level": "independent",
        }
        return self._assist("tekun", person, fields, **options)

    def _assist(
        self,
        programme: str,
        person: Payee,
        fields: dict[str, Any],
        *,
        first: int = FIRST,
        decided_on: date | None = None,
        first_month: int | None = None,
        approver: str = APPROVER,
        steps: bool = True,
        number: str | None = None,
        **procedure: Any,
    ) -> Case:
        """Decided in the month before the first; the steps can be told otherwise."""
        plot = self.plot
        on = decided_on or plot.working(first - 1, 14)
        case = self._case(
            programme,
            number=number,
            first=first if first_month is None else first_month,
            fen=fields["monthly_amount_fen"],
            decided_on=on,
            person=person,
        )
        if steps:
            self._procedure(case, person, **procedure)
        case.confirmed = case.say(
            benefits.BenefitConfirmed,
            on,
            programme=programme,
            area="rural",
            **case.place,
            first_month=plot.month(case.first),
            decision_number=f"示例救〔{plot.year}〕{case.number}号",
            approver=approver,
            **fields,
        )
        return case

    def _procedure(
        self,
        case: Case,
        person: Payee,
        *,
        accepted_on: date | None = None,
        posted_on: date | None = None,
        until: date | None = None,
        closed_on: date | None = None,
        notice: bool = True,
        notice_received: date | None = None,
        handlers: tuple[str, ...] = HANDLERS,
        applied_on: date | None = None,
    ) -> None:
        """From the application to the end of the notice; 22 working days, as the law has it."""
        on = case.decided_on

        def before(days: int) -> date:
            return working_days_before(on, days)

        accepted = accepted_on or before(21)
        self.apply(case, person, applied_on or working_days_before(accepted, 1))
        case.say(benefits.ApplicationAccepted, accepted, handlers=handlers)
        case.say(benefits.EconomicCheckReported, before(17), handlers=handlers, passed=True)
        case.say(benefits.HomeVisitRecorded, before(16), handlers=handlers)
        if case.programme == self.code("tekun"):
            assessed = {"handlers": handlers, "care_level": "independent"}
            case.say(benefits.CareLevelAssessed, before(15), **assessed)
        case.say(benefits.PreliminaryOpinionGiven, before(13), handlers=handlers, support=True)
        if notice:
            posted = posted_on or before(12)
            ends = until or add_working_days(posted, 7)
            late = {} if notice_received is None else {"received": notice_received}
            case.say(benefits.NoticePosted, posted, handlers=handlers, until=ends, **late)
            case.say(benefits.NoticeClosed, closed_on or ends, handlers=handlers, **late)

    def apply(self, case: Case, person: Payee, on: date) -> None:
        """The application."""
        asked = {"programme": case.programme, **case.place, "applicant": person}
        case.say(benefits.ApplicationReceived, on, **asked)

    def taken_over(self, programme: str, decided_on: date, **options: Any) -> Case:
        """A case of before the ledger; it says nothing of its steps."""
        standard, income = self.standard(programme), 0 if programme == "tekun" else 100_00
        person, plot = options.pop("person", None) or self.adult(), self.plot
        first = (decided_on.year - plot.year) * 12 + decided_on.month + 1
        fen = standard - income
        case = self._case(programme, first=first, fen=fen, decided_on=decided_on, person=person)
        case.confirmed = case.say(
            benefits.CaseTakenOver,
            plot.day(1, 1),
            programme=programme,
            area="rural",
            **case.place,
            first_month=plot.month(first),
            monthly_amount_fen=fen,
            per_capita_income_fen=income,
            standard_fen=standard,
            members=(Member(person=person, covered=True, head=True),),
            mode="home-based" if programme == "tekun" else None,
            care_level="independent" if programme == "tekun" else None,
            decision_number=f"示例救〔{decided_on.year}〕{case.number}号",
            decided_on=decided_on,
            **options,
        )
        return case

    # Children.

    def child(self, child: children.Child | None = None, **options: Any) -> Case:
        """An orphan at home, or a child whose parents cannot bring it up."""
        plot = self.plot
        programme: str = options.pop("programme", "orphan")
        child = child or plot.folk.child(date(plot.year - 9, 4, 5))
        first: int = options.pop("first", FIRST)
        first_month: int = options.pop("first_month", first)
        fen: int | None = options.pop("fen", None)
        applied_on: date | None = options.pop("applied_on", None)
        on = options.pop("decided_on", None) or plot.working(first - 1, 14)
        situation = "died" if programme == "orphan" else "imprisoned"
        parents = tuple(
            children.Parent.model_validate({"parent": parent, "situation": situation})
            for parent in ("father", "mother")
        )
        case = self._case(
            programme,
            first=first_month,
            fen=fen or self.standard(programme, mode="home-based"),
            decided_on=on,
            person=child,
            **options,
        )
        applied = applied_on or working_days_before(on, 20)
        asked = {"programme": programme, **case.place, "child": child}
        case.say(children.ChildApplicationReceived, applied, **asked)
        verified = {"handlers": HANDLERS, "parents": parents, "agencies": ("公安", "法院")}
        case.say(children.ParentStatusVerified, working_days_before(on, 9), **verified)
        case.confirmed = case.say(
            children.ChildSupportConfirmed,
            on,
            programme=programme,
            **case.place,
            child=child,
            parents=parents,
            first_month=plot.month(case.first),
            monthly_amount_fen=fen,
            decision_number=f"示例童〔{plot.year}〕{case.number}号",
            approver=APPROVER,
        )
        return case

    # Disabled persons.

    def level(self, programme: str, grade: int) -> str | None:
        """The level of a grade, where the bureau grades the subsidy."""
        levels = self.plot.bureau.programmes[self.code(programme)].levels
        return levels[min(grade, len(levels)) - 1].code if levels else None

    def subsidy(
        self,
        programme: str,
        holder: disability.SubsidyHolder | None = None,
        *,
        first: int = FIRST,
        first_month: int | None = None,
        card: tuple[int, int] = (4, 2),
        fen: int | None = None,
        approver: str = APPROVER,
        card_valid_until: date | None = None,
    ) -> Case:
        """Applied for on the first working day of the first month, approved on the 15th."""
        plot, level = self.plot, self.level(programme, card[1])
        holder = holder or plot.folk.holder(date(plot.year - 55, 6, 7), *card)
        applied, approved = plot.working(first, 1), plot.working(first, 15)
        case = self._case(
            programme,
            first=first if first_month is None else first_month,
            fen=fen or self.standard(programme, level=level),
            decided_on=approved,
            person=holder,
        )
        asked = {"programme": programme, **case.place, "holder": holder}
        case.say(disability.SubsidyApplied, applied, **asked)
        reviewed = {"handlers": HANDLERS, "support": True}
        case.say(disability.FirstReviewDone, plot.working(first, 3), **reviewed)
        verified = {"handlers": ("CL-01",), "passed": True}
        case.say(disability.DisabilityVerified, plot.working(first, 5), **verified)
        posted = plot.working(first, 6)
        until = add_working_days(posted, 7)
        case.say(disability.SubsidyNoticePosted, posted, handlers=HANDLERS, until=until)
        case.say(disability.SubsidyNoticeClosed, until, handlers=HANDLERS)
        living = programme == "living-subsidy"
        case.confirmed = case.say(
            disability.SubsidyApproved,
            approved,
            **asked,
            ground="other-hardship" if living else None,
            card_valid_until=card_valid_until,
            level=level,
            first_month=plot.month(case.first),
            applied_on=applied,
            decision_number=f"示例残〔{plot.year}〕{case.number}号",
            approver=approver,
        )
        return case

    def nursing(self) -> Case:
        """The nursing subsidy of somebody with a grade that is entitled everywhere."""
        return self.subsidy("nursing-subsidy")

    # Elders.

    def elder(self, born: date, level: str, *, first: int = FIRST) -> Case:
        """An old-age allowance at a level."""
        plot = self.plot
        programme = self.aged
        elder = plot.folk.elder(born)
        applied, approved = plot.working(first, 1), plot.working(first, 12)
        case = self._case(
            programme,
            first=first,
            fen=self.standard(programme, level=level),
            decided_on=approved,
            person=elder,
        )
        asked = {"programme": programme, **case.place, "elder": elder}
        case.say(elderly.AllowanceApplied, applied, **asked)
        case.confirmed = case.say(
            elderly.AllowanceApproved,
            approved,
            **asked,
            level=level,
            first_month=plot.month(first),
            applied_on=applied,
            decision_number=f"示例老〔{plot.year}〕{case.number}号",
            approver=APPROVER,
        )
        return case

    @property
    def aged(self) -> str:
        """The old-age allowance by its code."""
        programmes = self.plot.bureau.programmes.values()
        return next(p.code for p in programmes if p.line == "elderly" and p.pays == "graded")


def member(person: Payee, *, covered: bool = True) -> Member:
    """Another of a household."""
    return Member(person=person, covered=covered)
