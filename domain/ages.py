"""Whether a person has reached an age that a parameter sets, and when that will be."""

from __future__ import annotations

from datetime import date, timedelta

from domain.bureau.bureau import Bureau
from domain.calendar import completed_years
from domain.event import Person

NEVER = "9999-12-31"
"""A day that does not come while anybody waits for it, as days are compared as text."""
A_YEAR = 365


def has_years(person: Person, on: date, parameter: str, bureau: Bureau) -> bool | None:
    """Whether somebody has reached an age; None when the document states no birth date."""
    born, least = person.born_on(), bureau.rules.number(parameter, on)
    return None if born is None or least is None else completed_years(born, on) >= least


def reaches(person: Person, on: date, parameter: str, bureau: Bureau) -> str | None:
    """The birthday on which somebody will reach an age, where that is within a year."""
    if has_years(person, on, parameter, bureau) is not False:
        return None
    days = (on + timedelta(days=n) for n in range(1, A_YEAR + 1))
    return next((f"{day}" for day in days if has_years(person, day, parameter, bureau)), None)
