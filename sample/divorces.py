"""离婚登记 of the sample: applications on the way when the year began, and those on the way after.

Each application has its cooling-off period and its window; it ends in a registration, is taken
back, or lapses.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from domain.marriage.divorces import (
    DivorceApplicationTakenOver,
    DivorceApplied,
    DivorceLapsed,
    DivorceRegistered,
    DivorceWithdrawn,
    divorce_window,
)
from sample.registry import Couple, Registry

REGISTERED, WITHDRAWN, LAPSED, NEXT_YEAR = 442, 61, 44, 27
ACROSS = 129
"""Of the registrations of the year: neither of the couple lives in the district."""


class _Planned(NamedTuple):
    """An application, the day it ends and how."""

    applied_on: date
    ends_on: date
    outcome: Literal["registered", "withdrawn", "lapsed"]


def _plan(registry: Registry) -> list[_Planned]:
    """Applications of which none ended before the year began."""
    year, draw = registry.year, registry.dice
    start, end = registry.start, date(year, 12, 31)
    days = registry.working_days(date(year - 1, 11, 20), end)
    inside: list[tuple[date, list[date]]] = []
    after: list[tuple[date, list[date]]] = []
    for day in days:
        ends, closes = divorce_window(day)
        window = registry.working_days(ends + timedelta(days=1), closes)
        inside.append((day, [d for d in window if start <= d <= end]))
        after.append((day, [d for d in window if d > end]))
    planned: list[_Planned] = []
    for options, count in ((inside, REGISTERED), (after, NEXT_YEAR)):
        open_days = [option for option in options if option[1]]
        for applied_on, window in draw.choices(open_days, k=count):
            planned.append(_Planned(applied_on, draw.choice(window), "registered"))
    for applied_on in draw.choices([d for d in days if divorce_window(d)[0] > start], k=WITHDRAWN):
        ends = divorce_window(applied_on)[0]
        first = max(start, applied_on + timedelta(days=2))
        back = first + timedelta(days=draw.randrange((ends - first).days + 1))
        planned.append(_Planned(applied_on, back, "withdrawn"))
    for applied_on in draw.choices(days, k=LAPSED):
        closes = divorce_window(applied_on)[1]
        planned.append(_Planned(applied_on, closes + timedelta(days=1), "lapsed"))
    return sorted(p for p in planned if p.ends_on >= start)


def send_divorces(registry: Registry) -> None:
    """All applications, then how each ended, in the order of the days."""
    year = registry.year
    planned = _plan(registry)
    of_the_year = [
        n for n, p in enumerate(planned) if p.outcome == "registered" and p.ends_on.year == year
    ]
    across = set(registry.dice.sample(of_the_year, ACROSS))
    couples: dict[int, Couple] = {}
    for n, plan in enumerate(planned):
        couples[n] = registry.couple(across=n in across, least_age=26)
        _apply(registry, _receipt(n, plan), couples[n], plan.applied_on)
    for n, plan in sorted(enumerate(planned), key=lambda item: (item[1].ends_on, item[0])):
        _finish(registry, _receipt(n, plan), couples[n], plan)
        if plan.outcome == "registered":
            registry.count("F41", plan.ends_on, across=n in across)


def _receipt(number: int, plan: _Planned) -> str:
    return f"LS-{plan.applied_on.year}-{number + 1:05d}"


def _apply(registry: Registry, receipt: str, parties: Couple, applied_on: date) -> None:
    if applied_on >= registry.start:
        applied = DivorceApplied(receipt=receipt, parties=parties, applied_on=applied_on)
        registry.send(f"applied-{receipt}", applied)
        return
    open_still = DivorceApplicationTakenOver(
        receipt=receipt, parties=parties, applied_on=applied_on, taken_over_on=registry.start
    )
    registry.send(f"taken-over-{receipt}", open_still)


def _finish(registry: Registry, receipt: str, parties: Couple, plan: _Planned) -> None:
    on = plan.ends_on
    if plan.outcome == "withdrawn":
        registry.send(f"withdrawn-{receipt}", DivorceWithdrawn(receipt=receipt, withdrawn_on=on))
    elif plan.outcome == "lapsed":
        registry.send(f"lapsed-{receipt}", DivorceLapsed(receipt=receipt, lapsed_on=on))
    else:
        number = registry.number("L", on.year)
        registered = DivorceRegistered(
            receipt=receipt,
            certificate_number=number,
            parties=parties,
            registered_on=on,
            registrars=registry.registrars(),
        )
        registry.send(f"l-{number}", registered)
