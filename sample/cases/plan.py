"""All cases of the sample year, planned once for every part that sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sample.cases.holders import (
    Holder,
    plan_children,
    plan_late_approvals,
    plan_living,
    plan_nursing,
    plan_tekun,
)
from sample.cases.households import Household, plan_households
from sample.cases.payroll import GO_LIVE, Claim
from sample.feed import dice
from sample.office import Office
from sample.people import People


@dataclass(frozen=True, slots=True)
class Plan:
    """The cases of the year by line."""

    households: list[Household]
    tekun: list[Holder]
    children: list[Holder]
    living: list[Holder]
    nursing: list[Holder]
    late_approvals: list[Holder]
    """Nursing subsidy from December, approved only in the next year; not paid in this one."""
    miscounted: Household
    """Confirmed in the second half-year with one covered member too many, found out next year."""
    late: frozenset[str]
    """Case numbers taken over only after their first payment of the year had arrived."""

    def holders(self) -> Iterator[Holder]:
        """The cases of the flat programmes."""
        for holders in (self.tekun, self.children, self.living, self.nursing):
            yield from holders

    def claims(self) -> Iterator[Claim]:
        """All cases as the payroll sees them."""
        yield from (household.claim() for household in self.households)
        yield from (holder.claim() for holder in self.holders())


@lru_cache(maxsize=2)
def plan(office: Office, year: int) -> Plan:
    """The plan of an office's year; the same year gives the same people."""
    assisted, young, disabled = (dice(n, year) for n in ("assisted", "children", "disability"))
    people = People(assisted, 0)
    households = plan_households(office, assisted, people, year)
    tekun = plan_tekun(office, assisted, people, year)
    living = plan_living(office, disabled, People(disabled, 2), households, year)
    people = People(disabled, 3)
    nursing = plan_nursing(office, disabled, people, living, year)
    return Plan(
        households,
        tekun,
        plan_children(office, young, People(young, 1), year),
        living,
        nursing,
        late_approvals=plan_late_approvals(office, disabled, people, year),
        miscounted=_miscounted(households),
        late=frozenset(
            case.number
            for cases, count in ((households, 6), (tekun, 3), (nursing, 8))
            for case in assisted.sample([c for c in cases if c.spell.all_year], count)
        ),
    )


def _miscounted(households: Sequence[Household]) -> Household:
    return next(
        h
        for h in households
        if h.spell.first in range(GO_LIVE + 1, 11) and h.spell.last is None and h.covered(12) > 2
    )
