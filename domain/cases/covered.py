"""Whom a case covers in which months, and what the same persons have beside it.

What is seen here is a warning, given as things were known then: a case whose end is told later
still stands. What remains of it is found by the audit rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from domain.aggregate import Others, compares, evolves, judges
from domain.assistance.benefits import (
    BenefitConfirmed,
    CaseTakenOver,
    Entitlement,
    MemberAdded,
    MemberRemoved,
)
from domain.assistance.households import HeadChanged, HouseholdMerged, HouseholdSplit
from domain.bureau.bureau import Bureau
from domain.calendar import month_of, next_month, previous_month
from domain.cases.money import Payments
from domain.children import ChildCaseTakenOver, ChildEntitlement, ChildSupportConfirmed
from domain.codes import Labels
from domain.disability import SubsidyApproved, SubsidyCaseTakenOver, SubsidyEntitlement
from domain.elderly import Allowance, AllowanceApproved, AllowanceTakenOver
from domain.funeral import Cremation

Grant = (
    BenefitConfirmed
    | CaseTakenOver
    | ChildSupportConfirmed
    | ChildCaseTakenOver
    | SubsidyApproved
    | SubsidyCaseTakenOver
    | AllowanceApproved
    | AllowanceTakenOver
)
Decision = Entitlement | ChildEntitlement | SubsidyEntitlement | Allowance
"""What grants something from a month on."""
Stretch = tuple[str, str | None]
"""First and last month; last None = open."""
PersonBreach = Annotated[
    Literal["covered-in-two-cases", "programmes-exclude-each-other", "granted-after-death"],
    Labels(
        "同一人同月在两个个案中享受同一保障",
        "同一人同月享受不得同时享受的保障",
        "对已死亡的人给予保障",
    ),
]
HouseholdBreach = Annotated[
    Literal["member-already", "not-a-member", "household-names-itself", "more-than-one-head"],
    Labels(
        "该人已是本户家庭成员",
        "该人不是本户家庭成员",
        "分户、并户所指为本个案",
        "一户登记了两名以上户主",
    ),
]
_END = "9999-12"


class Covered(Payments):
    """Whom the case covers, of those that were ever covered."""

    spans: tuple[Stretch, ...] = ()
    """Stretches of entitled months."""
    programme: str = ""
    covered: tuple[tuple[str, str, str | None], ...] = ()
    """Pseudonym, first and last month; last None = as long as the case stands."""
    household: tuple[str, ...] = ()
    """Pseudonyms of all its members, covered or not; of a household only."""

    def months_of(self, ref: str) -> Iterator[Stretch]:
        """The stretches of months in which the case covers a person."""
        for person, first, last in self.covered:
            if person == ref:
                for span in self.spans:
                    yield from _both((first, last), span)

    @judges
    def judge_joined(self, event: MemberAdded) -> tuple[HouseholdBreach, ...]:
        """Somebody who is no member yet."""
        return ("member-already",) if event.member.person.ref in self.household else ()

    @judges
    def judge_left(self, event: MemberRemoved) -> tuple[HouseholdBreach, ...]:
        """One of its members."""
        return self._not_members({event.person.ref})

    @judges
    def judge_head(self, event: HeadChanged) -> tuple[HouseholdBreach, ...]:
        """One of its members."""
        return self._not_members({event.head.ref})

    @judges
    def judge_split(self, event: HouseholdSplit) -> tuple[HouseholdBreach, ...]:
        """Members of it, into a case of their own."""
        found = self._not_members({person.ref for person in event.leaving})
        return ("household-names-itself", *found) if event.into == event.case_number else found

    @judges
    def judge_merged(self, event: HouseholdMerged) -> tuple[HouseholdBreach, ...]:
        """With another case, by those who are no members yet."""
        found: list[HouseholdBreach] = []
        if event.merged == event.case_number:
            found.append("household-names-itself")
        if any(member.person.ref in self.household for member in event.joining):
            found.append("member-already")
        return tuple(found)

    def _not_members(self, refs: set[str]) -> tuple[HouseholdBreach, ...]:
        """A household of which nothing was told yet has any member."""
        known = not self.household or refs <= set(self.household)
        return () if known else ("not-a-member",)

    def cover(self, event: Decision, last: str | None) -> None:
        """A grant says whom it covers from its first month on."""
        first = event.first_month
        members = getattr(event, "members", ())
        self.household = tuple(member.person.ref for member in members)
        self._leave({person for person, _, _ in self.covered}, first)
        self.covered = (*self.covered, *((ref, first, last) for ref in persons_of(event)))

    @evolves
    def on_joined(self, event: MemberAdded) -> None:
        self.household = (*self.household, event.member.person.ref)
        if event.member.covered:
            first = next_month(month_of(event.changed_on))
            self.covered = (*self.covered, (event.member.person.ref, first, None))

    @evolves
    def on_left(self, event: MemberRemoved) -> None:
        self._part({event.person.ref})
        self._leave({event.person.ref}, next_month(month_of(event.changed_on)))

    @evolves
    def on_split(self, event: HouseholdSplit) -> None:
        leaving = {person.ref for person in event.leaving}
        self._part(leaving)
        self._leave(leaving, event.from_month)

    @evolves
    def on_merged(self, event: HouseholdMerged) -> None:
        self.household = (*self.household, *(member.person.ref for member in event.joining))
        joined = (member.person.ref for member in event.joining if member.covered)
        self.covered = (*self.covered, *((ref, event.from_month, None) for ref in joined))

    def _part(self, refs: set[str]) -> None:
        """They are members no more."""
        self.household = tuple(ref for ref in self.household if ref not in refs)

    def _leave(self, refs: set[str], month: str) -> None:
        """They are covered no more from a month on."""
        kept: list[tuple[str, str, str | None]] = []
        for person, first, last in self.covered:
            if person not in refs or (last is not None and last < month):
                kept.append((person, first, last))
            elif first < month:
                kept.append((person, first, previous_month(month)))
        self.covered = tuple(kept)

    @compares("case", "cremation")
    def compare_grant(
        self, event: Grant, bureau: Bureau, others: Others
    ) -> tuple[PersonBreach, ...]:
        """R-TK-05 and the like: covered twice, programmes that exclude each other, the dead."""
        months = (event.first_month, getattr(event, "last_month", None))
        return self._beside(
            persons_of(event),
            months,
            event.programme,
            event.decided_on,
            event.continues,
            bureau,
            others,
        )

    @compares("case", "cremation")
    def compare_member(
        self, event: MemberAdded, bureau: Bureau, others: Others
    ) -> tuple[PersonBreach, ...]:
        """The same of who joins a household."""
        if not event.member.covered:
            return ()
        first = next_month(month_of(event.changed_on))
        return self._beside(
            [event.member.person.ref],
            (first, None),
            self.programme,
            event.changed_on,
            None,
            bureau,
            others,
        )

    def _beside(
        self,
        refs: list[str],
        months: Stretch,
        programme: str,
        on: date,
        continues: str | None,
        bureau: Bureau,
        others: Others,
    ) -> tuple[PersonBreach, ...]:
        found: dict[PersonBreach, None] = {}
        for ref in refs:
            for other in others(ref):
                if isinstance(other, Cremation) and other.died_before(on):
                    found["granted-after-death"] = None
                elif isinstance(other, Covered) and other.id != f"case/{continues}":
                    stretches = other.months_of(ref)
                    shared = next((b for s in stretches for b in _both(s, months)), None)
                    if shared is not None and (code := _clash(programme, other, on, bureau)):
                        found[code] = None
        return tuple(found)


def persons_of(event: Decision) -> list[str]:
    """Pseudonyms of those whom a grant covers."""
    members = getattr(event, "members", None)
    if members is not None:
        return [member.person.ref for member in members if member.covered]
    persons = (getattr(event, name, None) for name in ("child", "holder", "elder"))
    return [person.ref for person in persons if person is not None]


def _clash(programme: str, other: Covered, on: date, bureau: Bureau) -> PersonBreach | None:
    if programme == other.programme:
        return "covered-in-two-cases"
    one, beside = bureau.programmes.get(programme), bureau.programmes.get(other.programme)
    if one is None or beside is None or one.exclusion(beside, on) is None:
        return None
    return "programmes-exclude-each-other"


def _both(one: Stretch, other: Stretch) -> Iterator[Stretch]:
    """The months of both stretches, if there are any."""
    first = max(one[0], other[0])
    last = min(one[1] or _END, other[1] or _END)
    if first <= last:
        yield first, None if last == _END else last
