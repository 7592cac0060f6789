"""What a statistics return (统计报表) is: the form of an authority, and what fills its cells.

A form is filled from the ledger and typed on by people. It has parts, as its headings part it; a
part is printed only where every cell of it can be filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.formula import Formula, Relation
from reports.plans.plan import PeriodKind, Quantity


@dataclass(frozen=True, slots=True)
class Dated:
    """Something of a form that holds from one day to another; `source` says where it was read."""

    since: date | None
    until: date | None
    source: str

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Head(Dated):
    """What stands above a form: its number (表号), who made it, who approved it and how."""

    number: str = ""
    maker: str = ""
    approver: str = ""
    approval: str = ""
    """批准文号."""


@dataclass(frozen=True, slots=True)
class Code(Dated):
    """The code of an indicator (指标代码), in the series that its first letters name.

    `checked` is false for one that was not read on a form of these days, but worked out.
    """

    text: str
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """An indicator: a row of a form, or a column of one by townships."""

    name: str
    """What relations call it."""
    heading: str
    unit: str
    quantity: Quantity | None
    """None where the ledger cannot tell it; then `lacking` says why."""
    codes: tuple[Code, ...] = ()
    formula: Formula | None = None
    """Of a column that is worked out from others of its part."""
    group: str = ""
    lacking: str = ""
    hidden: bool = False
    """Whether it is only there for a formula."""

    def code(self, on: date) -> Code | None:
        """Its code on a day; None where nobody has read it."""
        return next((code for code in self.codes if code.holds(on)), None)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form: its rows, or with `by` its columns over the values of a dimension."""

    title: str
    items: tuple[Item, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A return: its heads by date, its parts, and the relations that it prints."""

    name: str
    title: str
    periods: tuple[PeriodKind, ...]
    heads: tuple[Head, ...]
    parts: tuple[Part, ...]
    checks: tuple[Relation, ...] = ()
    connected: bool = True

    def head(self, on: date) -> Head | None:
        """What stands above it on a day; None where nobody has read it."""
        return next((head for head in self.heads if head.holds(on)), None)
