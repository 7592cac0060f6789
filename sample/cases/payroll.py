"""What the sample pays and when: standards before and after the raise, pay days, claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from domain.casework import Programme
from sample.days import working_day
from sample.office import Office

GO_LIVE = 6
"""The first payroll at the new standards; arrears for the months before follow in this month."""


class Standard(NamedTuple):
    """元 per person and month: of the year before, and as raised from 1 January."""

    old: int
    new: int

    @property
    def raised(self) -> int:
        """By how much."""
        return self.new - self.old


def standard(office: Office, kind: str, area: str | None = None) -> Standard:
    """A standard of the office."""
    return Standard(*office.amounts(kind, area))


def standard_of(
    office: Office, programme: str, area: str | None = None, mode: str | None = None
) -> Standard:
    """The standard that a case of a programme follows."""
    found = office.programmes[programme]
    kind = dict(found.standards_by_mode).get(mode or "", found.standard or "")
    named = office.bureau.standards.get(kind)
    return standard(office, kind, area if named is not None and named.by_area else None)


CARE_STANDARDS = {"partial-care": "care-partial", "full-care": "care-full"}
"""Level of care → the standard of 照料护理费, an item of its own."""

PAY_WORKING_DAY: dict[Programme, int] = {
    "dibao": 8,
    "tekun": 8,
    "orphan": 9,
    "unattended-child": 9,
    "nursing-subsidy": 10,
    "living-subsidy": 10,
}
"""Of the month, by programme: when the payroll reaches the accounts."""
LAGGING = {"living-subsidy", "nursing-subsidy"}
"""Paid from the month of application (R-DS-02), so the first month comes with the second; January
comes with February, once the year's money is there."""


class Due(NamedTuple):
    """What a case is due for a month at the raised standard, and how much of it is the raise."""

    yuan: int
    raised: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A case as the payroll sees it.

    `dues` lists the months of the year that are paid, those paid by mistake after `last` included;
    `late_december` 元 of last December are paid in January.
    """

    number: str
    programme: Programme
    township: str
    first: int
    last: int | None
    dues: Mapping[int, Due]
    late_december: int = 0

    @property
    def overpaid(self) -> tuple[int, ...]:
        """Months paid after the last month of entitlement."""
        return () if self.last is None else tuple(m for m in self.dues if m > self.last)


@cache
def payments(programme: Programme, first: int, paid_to: int) -> Mapping[int, tuple[int, ...]]:
    """Payroll month → months paid in it, for a case paid from `first` to `paid_to` of the year."""
    months = range(max(first, 1), paid_to + 1)
    if programme not in LAGGING:
        return {month: (month,) for month in months}
    together = max(first, 1)
    if together in (paid_to, 12):
        return {min(together + 1, 12): tuple(months)}
    later = {month: (month,) for month in months if month > together + 1}
    return {together + 1: (together, together + 1), **later}


def pay_day(year: int, month: int, programme: Programme) -> date:
    """The day on which a month's payroll of a programme reaches the accounts."""
    return working_day(year, month, PAY_WORKING_DAY[programme])


def raise_batch(year: int) -> str:
    """The batch of the year's raise (提标)."""
    return f"TB-{year}"


def arrears(claim: Claim) -> list[tuple[tuple[int, ...], int]]:
    """Lines of arrears (months, 元): months paid at the old standard, by amount."""
    paid_to = max(claim.dues, default=0)
    by_amount: dict[int, list[int]] = {}
    for pay_month, months in payments(claim.programme, claim.first, paid_to).items():
        if pay_month < GO_LIVE:
            for month in months:
                by_amount.setdefault(claim.dues[month].raised, []).append(month)
    return [(tuple(months), yuan * len(months)) for yuan, months in by_amount.items()]
