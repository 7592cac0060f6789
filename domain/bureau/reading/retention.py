"""Periods of retention: the country's, which a bureau may make longer and never shorter."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from domain.bureau.reading.office import KEBAB, NAME
from domain.bureau.reading.tables import Document, Table
from domain.bureau.retention import Period, Retention

_MOST_YEARS = 1_000


def read_retention(own: Document, national: Document) -> Retention:
    """The periods of both files; all that is wrong is noted."""
    found: dict[str, Period] = {}
    for table in national.top.tables("period"):
        period = _period(table, table.code("name", NAME, KEBAB))
        if period.name in found:
            table.note("name", f"the period {period.name} stands here twice", "another name")
        found[period.name] = period
    national.top.end()
    for table in own.top.tables("period"):
        name = table.code("name", NAME, KEBAB)
        if name not in found and name:
            table.note("name", f"no period {name}", f"one of {', '.join(sorted(found))}")
        elif name:
            length = _length(table)
            longer = replace(found[name], **length._asdict())
            if not longer.is_longer_than(found[name]):
                table.note("years", f"{name} is not longer than it is for the country", "more")
            found[name] = longer
        table.end()
    own.top.end()
    return Retention(found.values())


def _period(table: Table, name: str) -> Period:
    length = _length(table)
    made = Period(
        name=name,
        title=table.text("title"),
        classes=frozenset(table.texts("classes", needed=True)),
        years=length.years,
        closes=frozenset(table.texts("closes")),
        reopens=frozenset(table.texts("reopens")),
        basis=length.basis,
        checked=length.checked,
    )
    table.end()
    return made


class _Length(NamedTuple):
    years: int | None
    basis: str
    checked: bool


def _length(table: Table) -> _Length:
    for_ever = table.flag("for_ever")
    years = None if for_ever else table.number("years")
    if for_ever and "years" in table:
        table.note("years", "years of what is kept for ever", "years, or for_ever = true")
    if years is not None and not 1 <= years <= _MOST_YEARS:
        table.note("years", f"years = {years}", f"1 to {_MOST_YEARS}")
        years = None
    return _Length(years, table.text("basis"), table.flag("checked", default=True))
