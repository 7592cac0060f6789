"""Reading the statistics returns of returns.toml: each is a plan that a bureau may print.

The forms are the country's; a bureau's own file switches one off, or defines those of its province.
What a bureau has not (a programme, a source) is no mistake of a national form: that part of it is
left out, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from domain.bureau.bureau import Bureau
from domain.bureau.reading import RETURNS
from domain.bureau.reading.tables import Table, listed, shown
from domain.bureau.reading.wrong import Wrong
from reports import formula, layered, reads
from reports.dimensions import TOWNSHIP
from reports.formula import Relation
from reports.measure import Unknown
from reports.plans.form import Code, Form, Head, Item, Part
from reports.plans.plan import PeriodKind, Plan, Quantity
from reports.plans.quantities import (
    MOST_DIGITS,
    ROUNDINGS,
    Known,
    missing,
    parsed,
    sliced,
    where_of,
)

NAME = re.compile(r"return-[a-z0-9-]+")
PERIODS: tuple[PeriodKind, ...] = ("month", "quarter")
TO_DATE = "本年累计"
SIGNED = "单位负责人：　　　　统计负责人：　　　　填表人：　　　　报出日期：　　年　　月　　日"
"""What people sign; nothing of it is printed for them."""
NOT_CONNECTED = "没有接入报送这些数据的系统"
NO_MEASURE = "账本没有这项数据"
KIND = layered.Kind(
    RETURNS, "return", "name", NAME, "return- and then a-z, 0-9 and -", mark="title"
)


def read(known: Known) -> tuple[Mapping[str, Plan], list[Wrong]]:
    """The returns that a bureau prints, as plans, and what is wrong with their definitions."""

    def make(table: Table, name: str) -> Form:
        return _Reader(known, strict=layered.is_own(table)).form(table, name)

    found = layered.read(known.bureau, KIND, make)
    plans = {
        name: plan_of(form, found.tables[name].document.file)
        for name, form in found.shown.items()
        if form.connected
    }
    return plans, found.wrong


def plan_of(form: Form, file: str = RETURNS) -> Plan:
    """A form as a plan: it goes to an authority, so it is internal and whole."""
    return Plan(
        name=form.name,
        file=file,
        title=(form.title,),
        kind="return",
        periods=form.periods,
        audience="internal",
        signed=(SIGNED,),
        dated=(),
        form=form,
    )


class _Reader:
    """Reads the definition of one form; `strict`: what the bureau has not is a mistake."""

    def __init__(self, known: Known, *, strict: bool) -> None:
        self.known, self.strict = known, strict
        self.sources: Mapping[str, str] = {}

    @property
    def bureau(self) -> Bureau:
        return self.known.bureau

    def form(self, table: Table, name: str) -> Form:
        """The form, as far as it is right."""
        title = table.text("title")
        periods = tuple(kind for kind in PERIODS if kind in table.texts("periods", needed=True))
        for word in table.texts("periods"):
            if word not in PERIODS:
                table.note("periods", f"periods holds {shown(word)}", f"of {listed(PERIODS)}")
        self.sources = self._sources(table)
        heads = tuple(map(self._head, table.tables("form", needed=True)))
        _in_order(table, "form", heads)
        parts = tuple(map(self._part, table.tables("part", needed=True)))
        names = [item.name for part in parts for item in part.items]
        for twice in {each for each in names if names.count(each) > 1}:
            table.note("part", f"{twice!r} stands twice", "a name of its own")
        checks = tuple(self._checks(table, dict.fromkeys(names)))
        connected = table.flag("connected", default=True)
        return Form(name, title, periods, heads, parts, checks, connected)

    @staticmethod
    def _sources(table: Table) -> Mapping[str, str]:
        """Forms that were made public, by a short name: what each is, and where it was read."""
        held = table.table("sources")
        if held is None:
            return {}
        found = {name: held.text(name) for name in tuple(held.keys())}
        held.end()
        return found

    def _seen(self, table: Table) -> str:
        """Where something of a form was read."""
        names = table.texts("seen", needed=True)
        for name in names:
            if name not in self.sources:
                table.note("seen", f"no source {shown(name)}", f"one of {listed(self.sources)}")
        return "；".join(self.sources.get(name, name) for name in names)

    def _head(self, table: Table) -> Head:
        since, until = table.span()
        made = Head(
            since=since,
            until=until,
            source=self._seen(table),
            number=table.text("number", needed=False),
            maker=table.text("maker", needed=False),
            approver=table.text("approver", needed=False),
            approval=table.text("approval", needed=False),
        )
        table.end()
        return made

    def _part(self, table: Table) -> Part:
        title = table.text("title")
        by = table.one_of("by", (TOWNSHIP.name,), needed=False) or ""
        items = tuple(self._item(each, by=by) for each in table.tables("items", needed=True))
        table.end()
        there = {item.name for item in items}
        for item in items:
            if item.formula is not None:
                missing(table.note, "items", item.formula.names, dict.fromkeys(there))
        return Part(title, items, by)

    def _item(self, table: Table, *, by: str) -> Item:
        heading = table.text("heading")
        name = table.text("name", needed=False) or heading
        if name != heading and not formula.NAME.fullmatch(name):
            table.note("name", f"{name!r} is no name", "a letter, then letters, digits and _")
        shape = self._shape(table)
        codes = tuple(map(self._code, table.tables("codes")))
        _in_order(table, "codes", codes)
        made = table.text("formula", needed=False)
        worked_out = parsed(table.note, "formula", made) if made else None
        quantity, lacking = self._quantity(table, shape, by)
        item = Item(
            name=name,
            heading=heading,
            unit=shape.unit,
            quantity=replace(shape, name=heading) if worked_out is not None else quantity,
            codes=codes,
            formula=worked_out,
            group=table.text("group", needed=False),
            lacking="" if worked_out is not None else lacking,
            hidden=table.flag("hidden"),
        )
        table.end()
        return item

    @staticmethod
    def _shape(table: Table) -> Quantity:
        """Unit, places, and whether it counts from the beginning of the year."""
        digits = table.number("digits") if "digits" in table else None
        if digits is not None and digits > MOST_DIGITS:
            table.note("digits", f"digits = {digits}", f"at most {MOST_DIGITS}")
        table.raw("digits")
        return Quantity(
            "",
            shift=(TO_DATE,) if table.flag("to_date") else (),
            unit=table.text("unit", needed=False),
            digits=digits,
            rounding=table.one_of("rounding", ROUNDINGS, needed=False) or "half-up",
        )

    def _quantity(self, table: Table, shape: Quantity, by: str) -> tuple[Quantity | None, str]:
        """What an indicator counts; or None, and why the ledger cannot tell it."""
        measure, where = table.text("measure", needed=False), where_of(table)
        if not measure:
            return None, NO_MEASURE
        if measure not in self.known.measures:
            table.note("measure", f"measure = {shown(measure)}", "one of docs/bureau.md, Measures")
            return None, NO_MEASURE
        found = self.known.measures[measure]
        if found.take == "all" or found.kind in ("date", "state"):
            table.note("measure", f"{measure} is no number", "a number")
        if shape.shift and found.kind == "stock":
            table.note("to_date", f"{measure} is as at a day", "what adds up over the year")
        for dimension in (*where, *((by,) if by else ())):
            try:
                found.dimension(dimension)
            except Unknown as error:
                what, _, expected = str(error).partition("；")
                table.note("where", what, expected)
                return None, NO_MEASURE
        try:
            part = self.known.slice(measure, where)
        except Unknown as error:
            what, _, expected = str(error).partition("；")
            if self.strict:
                table.note("where", what, expected)
            return None, f"本单位{what}"
        if not reads.reported(self.bureau, part):
            return None, NOT_CONNECTED
        return sliced(self.known, table.note, measure, where, shape), ""

    def _code(self, table: Table) -> Code:
        since, until = table.span()
        made = Code(
            since=since,
            until=until,
            source=self._seen(table),
            text=table.text("code"),
            checked=table.flag("checked", default=True),
        )
        table.end()
        return made

    @staticmethod
    def _checks(table: Table, names: Mapping[str, None]) -> Iterator[Relation]:
        for text in table.texts("checks"):
            try:
                found = formula.relation(text)
            except formula.Malformed as error:
                table.note("checks", str(error), "a = b + c")
                continue
            missing(table.note, "checks", found.names, names)
            yield found


def _in_order(table: Table, key: str, dated: tuple[Head, ...] | tuple[Code, ...]) -> None:
    """Notes what holds on the same days as another of the list."""
    for number, one in enumerate(dated):
        for other in dated[:number]:
            if (one.since or date.min) <= (other.until or date.max) and (
                other.since or date.min
            ) <= (one.until or date.max):
                table.note(key, f"two of {key} hold on the same days", "since after until before")
