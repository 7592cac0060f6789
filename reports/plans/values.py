"""Working out what a plan asks for: every number of it in one snapshot, and how it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import asyncpg

from domain.bureau.bureau import Bureau
from projections.snapshot import snapshot
from reports.cells.cell import Cell, Pattern, Release, merge
from reports.cells.pattern import pattern
from reports.evaluate import FigureValue
from reports.lacks import Lacks
from reports.measure import Exact, Measure, Slice, Value
from reports.moment import Moment
from reports.plans.merging import Code, Leaf, cells, open_cells, tells, wholes
from reports.plans.plan import Quantity, Rounding
from reports.plans.quantities import MONEY
from reports.plans.spans import Span, shifted
from reports.shown import written
from reports.table import Asked, NotAsked, Table, tabulate

_FEN = 100
_DIGITS = 2
"""Places of what is worked out, where the plan does not say."""
_GROWTH_DIGITS = 1


def base(exact: Exact | Fraction, *, money: bool = False) -> Fraction | None:
    """A value as formulas take it: money in 元; None for what is no number."""
    if isinstance(exact, bool) or not isinstance(exact, int | Decimal | Fraction):
        return None
    return Fraction(exact) / _FEN if money else Fraction(exact)


def rounded(number: Fraction | None, digits: int | None, rounding: Rounding) -> Value:
    """A number with so many places; without any, an integer."""
    if number is None:
        return None
    places = _DIGITS if digits is None else digits
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    how = ROUND_DOWN if rounding == "down" else ROUND_HALF_UP
    made = exact.quantize(Decimal(1).scaleb(-places), how)
    return int(made) if places == 0 else made


def decimal(number: Fraction | None) -> int | Decimal | None:
    """As exact as decimals are; a whole number as one."""
    if number is None or number.denominator == 1:
        return None if number is None else number.numerator
    return Decimal(number.numerator) / Decimal(number.denominator)


def in_unit(number: Fraction, unit: str) -> Fraction:
    """元 in a unit of money; a number of any other unit as it is."""
    for n, name in enumerate(MONEY):
        if unit.startswith(name):
            return number / Fraction(10_000**n)
    return number


@dataclass(frozen=True, slots=True)
class Answer:
    """A number as it is written: its value, unit and text; exact is unrounded (money in 分)."""

    value: Value
    exact: Exact
    unit: str
    text: str


@dataclass
class Numbers:
    """All numbers of a document: first they are asked for, then worked out, then read."""

    span: Span
    since: date | None = None
    """The day from which the ledger holds everything: no earlier period is compared with."""
    leaves: dict[tuple[object, ...], Leaf] = field(default_factory=dict)
    tables: dict[tuple[object, ...], Table] = field(default_factory=dict)
    given: dict[tuple[object, ...], Exact] = field(default_factory=dict)
    beside: dict[Leaf, Table] = field(default_factory=dict)
    """What is to be known of all cells that these numbers are among."""
    unanswered: set[tuple[object, ...]] = field(default_factory=set)
    """What older read models cannot tell, and what was before the records begin."""
    lacks: Lacks = field(default_factory=Lacks)
    pattern: Pattern | None = None
    """What is merged of small cells; None where everything is told."""

    @classmethod
    def of(cls, moment: Moment, bureau: Bureau) -> Numbers:
        """Those of a period of a bureau, as far back as its ledger holds everything."""
        return cls((moment.start, moment.end), bureau.complete_since)

    def ask(self, quantity: Quantity, by: str = "") -> None:
        """A number will be read; with `by`, of each value of a dimension."""
        if quantity.show:
            other = _against(quantity)
            self.ask(other, by)
            quantity = replace(quantity, show="", against=())
        for part in quantity.parts:
            self.ask(part.moved(quantity.shift), by)
        if quantity.slice is not None:
            leaf = self._leaf(quantity, quantity.slice, by)
            if self._is_recorded(leaf):
                self.leaves.setdefault(leaf.key, leaf)
            else:
                self.unanswered.add(leaf.key)

    def _is_recorded(self, leaf: Leaf) -> bool:
        """Whether all of it is in the ledger: 0 of a year that nobody entered would be a lie.

        A stock is as at the end of its period: the first records say it as it was the day before.
        """
        if self.since is None or leaf.span == self.span:
            return True
        start, end = leaf.span
        if leaf.slice.measure.kind == "stock":
            return end >= self.since - timedelta(days=1)
        return start >= self.since

    def _leaf(self, quantity: Quantity, part: Slice, by: str) -> Leaf:
        return Leaf(part, (by,) if by else (), shifted(self.span, quantity.shift))

    def take(self, figures: Iterable[FigureValue]) -> None:
        """Values of figures at the moment of the document, worked out already."""
        for value in figures:
            self.given[id(value.figure.slice), (), self.span] = value.exact
            self.lacks = Lacks.of([self.lacks, value.lacks])

    async def work_out(
        self, connection: asyncpg.Connection, moment: Moment, *, merging: bool = False
    ) -> None:
        """All that was asked for, as known at one moment; for `merging` also all beside it."""
        by_span: defaultdict[Span, list[Leaf]] = defaultdict(list)
        for key, leaf in self.leaves.items():
            if key not in self.tables and key not in self.given:
                by_span[leaf.span].append(leaf)
        for leaf in wholes(self.leaves.values()) if merging else ():
            by_span[leaf.span].append(leaf)
        async with snapshot(connection):
            for (start, end), leaves in by_span.items():
                then = replace(moment, start=start, end=end)
                await self._tabulate(connection, then, leaves)
        self.lacks = Lacks.of([self.lacks, *(table.lacks for table in self.tables.values())])

    async def _tabulate(
        self, connection: asyncpg.Connection, moment: Moment, leaves: Sequence[Leaf]
    ) -> None:
        """All at once; where older read models lack something, one by one, and that is unknown."""
        try:
            asked = [Asked(leaf.slice, leaf.by) for leaf in leaves]
            tables = await tabulate(connection, moment, asked)
        except NotAsked:
            if len(leaves) > 1:
                for leaf in leaves:
                    await self._tabulate(connection, moment, [leaf])
                return
            (leaf,) = leaves
            if leaf.key not in self.leaves:
                raise  # what is merged must not be guessed
            self.unanswered.add(leaf.key)
            return
        for leaf, table in zip(leaves, tables, strict=True):
            if leaf.key in self.leaves:
                self.tables[leaf.key] = table
            else:
                self.beside[leaf] = table

    async def merge(
        self, connection: asyncpg.Connection, moment: Moment, earlier: Sequence[Release]
    ) -> tuple[Cell, ...]:
        """Merge small cells, given all public releases so far; returns what is told."""
        if not self.beside:
            await self.work_out(connection, moment, merging=True)
        every = cells(self.beside, self.leaves.values(), earlier)
        self.pattern = pattern(every, earlier)
        by_leaf = {self.leaves[key]: table for key, table in self.tables.items()}
        return (*merge(self.pattern, every), *open_cells(by_leaf))

    def hides(self, quantity: Quantity, by: str = "", code: Code = None) -> bool:
        """Whether a number, or one that it is worked out from, may not be told."""
        if self.pattern is None:
            return False
        plain = replace(quantity, show="", against=())
        if quantity.show and self.hides(_against(quantity), by, code):
            return True
        if any(self.hides(part.moved(plain.shift), by, code) for part in plain.parts):
            return True
        if plain.slice is None:
            return False
        leaf = self._leaf(plain, plain.slice, by)
        return leaf.key not in self.unanswered and not tells(self.pattern, leaf, code)

    def exact(self, quantity: Quantity, by: str = "", code: Code = None) -> Exact | Fraction:
        """The unrounded value; of a formula a fraction, money in 元; None if it may not be told."""
        if quantity.formula is not None:
            values = {
                name: base(self.exact(part.moved(quantity.shift), by, code), money=part.is_money)
                for name, part in zip(quantity.formula.names, quantity.parts, strict=True)
            }
            return quantity.formula.work(values)
        if quantity.slice is None:
            return None
        leaf = self._leaf(quantity, quantity.slice, by)
        told = self.pattern is None or tells(self.pattern, leaf, code)
        if leaf.key in self.unanswered or not told:
            return None
        if leaf.key in self.given:
            return self.given[leaf.key]
        table = self.tables[leaf.key]
        if isinstance(code, frozenset):
            return _sum(quantity.slice.measure, [table.at(one or None) for one in code])
        return table.at(*((code,) if by else ()))

    def number(self, quantity: Quantity, by: str = "", code: Code = None) -> Fraction | None:
        """The value as formulas take it: a difference or growth where that is shown."""
        plain = replace(quantity, show="", against=())
        one = base(self.exact(plain, by, code), money=quantity.is_money)
        if not quantity.show:
            return one
        other = base(self.exact(_against(quantity), by, code), money=quantity.is_money)
        if one is None or other is None:
            return None
        if quantity.show == "增减":
            return one - other
        return (one - other) / other * 100 if other else None

    def answer(self, quantity: Quantity, by: str = "", code: Code = None) -> Answer:
        """A number as tables and sentences have it; a difference has its sign."""
        if quantity.show == "增长率":
            return written_number(replace(quantity, unit="%"), self.number(quantity, by, code))
        if quantity.show or quantity.formula is not None:
            return written_number(quantity, self.number(quantity, by, code))
        exact = self.exact(quantity, by, code)
        if quantity.slice is None or isinstance(exact, Fraction):
            raise TypeError(f"{quantity.name} is neither a measure nor a formula")
        return written_exact(quantity, quantity.slice.measure, exact)

    def codes(self, quantities: Iterable[Quantity], by: str) -> set[str | None]:
        """The values of a dimension that any of these has a cell for."""
        found: set[str | None] = set()
        for quantity in quantities:
            for each in (quantity, *([_against(quantity)] if quantity.show else [])):
                if each.slice is not None:
                    table = self.tables.get(self._leaf(each, each.slice, by).key)
                    found |= {cell.codes[0] for cell in table.cells} if table else set()
                found |= self.codes((part.moved(each.shift) for part in each.parts), by)
        return found


def _sum(measure: Measure, values: Iterable[Exact]) -> Exact:
    """Of merged codes together; None where their values do not add up."""
    found = [value for value in values if isinstance(value, int)]
    return sum(found) if measure.take == "sum" and measure.derive is None else None


def _against(quantity: Quantity) -> Quantity:
    """What a quantity is compared with."""
    return replace(quantity.moved(quantity.against), show="", against=())


def written_exact(quantity: Quantity, measure: Measure, exact: Exact) -> Answer:
    """A slice's value as its measure has it, or in the unit and places of the plan."""
    unit = quantity.unit or measure.unit
    number = base(exact, money=measure.is_money)
    if number is None or (quantity.digits is None and quantity.unit in ("", measure.unit)):
        value = measure.shown(exact)
        return Answer(value, exact, unit, written(value, unit))
    digits = quantity.digits
    if digits is None and not measure.is_money:
        digits = 0 if number.denominator == 1 else None
    value = rounded(
        in_unit(number, unit) if measure.is_money else number, digits, quantity.rounding
    )
    return Answer(value, exact, unit, _text(value, unit))


def written_number(quantity: Quantity, number: Fraction | None) -> Answer:
    """A number that was worked out."""
    part = quantity.slice
    unit = quantity.unit or (part.measure.unit if part is not None else "")
    if number is None:
        return Answer(None, None, unit, written(None))
    digits = quantity.digits
    if quantity.show == "增长率" and digits is None:
        digits = _GROWTH_DIGITS
    money = part is None or quantity.is_money
    scaled = in_unit(number, unit) if money and quantity.show != "增长率" else number
    if digits is None and part is not None and scaled.denominator == 1 and not quantity.is_money:
        digits = 0
    value = rounded(scaled, digits, quantity.rounding)
    exact = int(number * _FEN) if quantity.is_money and quantity.show == "增减" else decimal(number)
    return Answer(value, exact, unit, _text(value, unit))


def _text(value: Value, unit: str) -> str:
    """A value with all of its places and its unit."""
    return f"{value:f}{unit}" if isinstance(value, Decimal) else written(value, unit)


def as_change(answer: Answer, show: str) -> str:
    """A difference or growth in words: 增加3户, 下降1.5%, 持平."""
    value = answer.value
    if not isinstance(value, int | Decimal):
        return answer.text
    if value == 0:
        return "持平"
    up, down = ("增加", "减少") if show == "增减" else ("增长", "下降")
    unit = "个百分点" if show == "增减" and answer.unit == "%" else answer.unit
    size: Value = -value if value < 0 else value
    return (up if value > 0 else down) + _text(size, unit)
