"""离婚登记 of the sample: applications on the way when the year began, and those on the way after.

Each application has its cooling-off period and its window; it ends in a registration, is taken
back, or lapses.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from domain.marriage import divorces as facts
from domain.marriage.divorces import divorce_window
from sample.marriage.registry import Couple, Registry
from sample.office import Office


class _Planned(NamedTuple):
    """An application, the day it ends and how: registered, withdrawn or lapsed."""

    applied_on: date
    ends_on: date
    outcome: str


def _plan(registry: Registry) -> list[_Planned]:
    """Applications of which none ended before the year began."""
    dice, start, end = registry.dice, registry.start, date(registry.year, 12, 31)
    days = registry.working_days(date(registry.year - 1, 11, 20), end)
    office = registry.sender.office
    goals, windows = office.goals, {}
    for day in days:
        ends, closes = _window(office, day)
        windows[day] = registry.working_days(ends + timedelta(days=1), closes)
    inside = {day: [d for d in window if start <= d <= end] for day, window in windows.items()}
    after = {day: [d for d in window if d > end] for day, window in windows.items()}
    planned = [
        _Planned(applied_on, dice.choice(options[applied_on]), "registered")
        for options, count in ((inside, goals.divorces), (after, goals.divorces_next_year))
        for applied_on in dice.choices([day for day in days if options[day]], k=count)
    ]
    for applied_on in dice.choices(
        [d for d in days if _window(office, d)[0] > start], k=goals.divorces_withdrawn
    ):
        ends = _window(office, applied_on)[0]
        first = max(start, applied_on + timedelta(days=2))
        back = first + timedelta(days=dice.randrange((ends - first).days + 1))
        planned.append(_Planned(applied_on, back, "withdrawn"))
    for applied_on in dice.choices(days, k=goals.divorces_lapsed):
        closes = _window(office, applied_on)[1]
        planned.append(_Planned(applied_on, closes + timedelta(days=1), "lapsed"))
    return sorted(p for p in planned if p.ends_on >= start)


def _window(office: Office, applied_on: date) -> tuple[date, date]:
    """The window of an application; the sample year has one."""
    window = divorce_window(office.bureau, applied_on)
    ends, closes = (None, None) if window is None else (due.day for due in window)
    if ends is None or closes is None:
        raise ValueError(f"no divorce window for {applied_on}")
    return ends, closes


def send_divorces(registry: Registry) -> None:
    """All applications, then how each ended, in the order of the days."""
    year = registry.year
    planned = _plan(registry)
    of_the_year = [
        n for n, p in enumerate(planned) if p.outcome == "registered" and p.ends_on.year == year
    ]
    across = set(registry.dice.sample(of_the_year, registry.sender.office.goals.divorces_across))
    couples: list[Couple] = []
    for n, plan in enumerate(planned):
        couples.append(registry.couple(across=n in across, least_age=26))
        _apply(registry, _receipt(n, plan), couples[n], plan.applied_on)
    for n, plan in sorted(enumerate(planned), key=lambda item: (item[1].ends_on, item[0])):
        _finish(registry, _receipt(n, plan), couples[n], plan)
        if plan.outcome == "registered":
            registry.count("F41", plan.ends_on, across=n in across)
    first = of_the_year[0]
    _revoke(registry, _receipt(first, planned[first]), planned[first])


def _revoke(registry: Registry, receipt: str, plan: _Planned) -> None:
    """One of the two had sent somebody else in their place. It was registered and counts."""
    on = plan.ends_on + timedelta(days=40)
    registry.sender.about(receipt).send(
        facts.DivorceRegistrationRevoked,
        on,
        f"revoked-{receipt}",
        document_number=f"示例婚撤〔{on.year}〕离{on:%m%d}号",
        ground="false-identity",
        proof=f"示例司建〔{on.year}〕{on:%m%d}号",
        reason="他人冒用当事人身份办理离婚登记",
    )


def _receipt(number: int, plan: _Planned) -> str:
    return f"LS-{plan.applied_on.year}-{number + 1:05d}"


def _apply(registry: Registry, receipt: str, parties: Couple, applied_on: date) -> None:
    case = registry.sender.about(receipt)
    if applied_on >= registry.start:
        case.send(facts.DivorceApplied, applied_on, f"applied-{receipt}", parties=parties)
    else:
        fields = {"parties": parties, "applied_on": applied_on}
        name = f"taken-over-{receipt}"
        case.send(facts.DivorceApplicationTakenOver, registry.start, name, **fields)


def _finish(registry: Registry, receipt: str, parties: Couple, plan: _Planned) -> None:
    case, on = registry.sender.about(receipt), plan.ends_on
    if plan.outcome == "withdrawn":
        case.send(facts.DivorceWithdrawn, on, f"withdrawn-{receipt}")
    elif plan.outcome == "lapsed":
        case.send(facts.DivorceLapsed, on, f"lapsed-{receipt}")
    else:
        number = registry.number("L", on.year)
        fields = {"parties": parties, "registrars": registry.registrars()}
        name = f"l-{number}"
        case.send(facts.DivorceRegistered, on, name, certificate_number=number, **fields)
