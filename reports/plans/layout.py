"""Laying a table of a plan out: its rows in order, its cells worked out, its units said once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from domain.bureau.bureau import Bureau
from reports.cells.cell import MERGED
from reports.document import Cell, Column, Row, Table
from reports.measure import Dimension
from reports.plans import plan as plans
from reports.plans.merging import Code
from reports.plans.plan import Quantity, TablePlan
from reports.plans.values import Answer, Numbers, base, written_number

PERCENT = "%"
UNKNOWN = "—"
_PLAIN = Quantity("")
_TO_DATE = {"本年累计", "上年累计"}


def ask(numbers: Numbers, table: TablePlan) -> None:
    """All numbers that a table will read."""
    for column in table.columns:
        if column.quantity is not None and table.by:
            numbers.ask(column.quantity, table.by)
            if table.total:
                numbers.ask(column.quantity)
    for row in table.rows:
        for quantity in row.quantities:
            if quantity is not None:
                numbers.ask(quantity)


def lay_out(numbers: Numbers, table: TablePlan, bureau: Bureau, note: str) -> Table:
    """The table with its values; what is hidden is left out."""
    rows = list(_by_dimension(numbers, table, bureau) if table.by else _listed(numbers, table))
    shown = [n for n, column in enumerate(table.columns) if not column.hidden]
    units = [[row.units[n] for n in shown] for row in rows]
    by_row = not table.by and _differ(units)
    columns = tuple(
        Column(
            table.columns[n].heading,
            table.columns[n].group,
            "" if by_row else next((each[i] for each in units if each[i]), ""),
        )
        for i, n in enumerate(shown)
    )
    made = tuple(
        Row(
            row.heading,
            tuple(_cell(row.answers[n]) for n in shown),
            next((unit for unit in each if unit and unit != PERCENT), "") if by_row else "",
            row.total,
        )
        for row, each in zip(rows, units, strict=True)
    )
    named = dict.fromkeys(column.unit for column in columns if column.unit not in ("", PERCENT))
    return Table(table.title, table.corner, columns, made, note, "、".join(named))


class _Row:
    """A row with an answer for each column, hidden ones too."""

    def __init__(self, heading: str, answers: list[Answer], *, total: bool = False) -> None:
        self.heading, self.answers, self.total = heading, answers, total
        self.units = [answer.unit for answer in answers]


def _differ(units: list[list[str]]) -> bool:
    """Whether some column has more than one unit, percent apart."""
    columns = zip(*units, strict=True)
    return any(
        len({unit for unit in column if unit not in ("", PERCENT)}) > 1 for column in columns
    )


def _cell(answer: Answer) -> Cell:
    """A number without its unit, but for percent."""
    if answer.value is None:
        return Cell(UNKNOWN)
    mark = PERCENT if answer.unit == PERCENT else ""
    return Cell(answer.text.removesuffix(answer.unit) + mark, answer.value, answer.exact)


def _by_dimension(numbers: Numbers, table: TablePlan, bureau: Bureau) -> Iterator[_Row]:
    quantities = [column.quantity for column in table.columns if column.quantity is not None]
    dimension = _dimension(quantities, table.by)
    total = None
    if table.total:
        answers = _answers(numbers, table, tuple(column.quantity for column in table.columns))
        total = _Row(table.total, answers, total=True)
    if total is not None and table.total_first:
        yield total
    if dimension is not None:
        codes = _codes(numbers, quantities, dimension, bureau)
        asked = tuple(column.quantity for column in table.columns)
        merged = frozenset(
            code or ""
            for code in codes
            if any(numbers.hides(q, table.by, code) for q in quantities)
        )
        for code in codes:
            if (code or "") not in merged:
                answers = _answers(numbers, table, asked, table.by, code)
                yield _Row(dimension.label(bureau, code), answers)
        if merged:
            yield _Row(MERGED, _answers(numbers, table, asked, table.by, merged))
    if total is not None and not table.total_first:
        yield total


def _dimension(quantities: list[Quantity], by: str) -> Dimension | None:
    for quantity in quantities:
        if quantity.slice is not None:
            return quantity.slice.measure.dimension(by)
    return None


def _codes(
    numbers: Numbers, quantities: list[Quantity], dimension: Dimension, bureau: Bureau
) -> list[str | None]:
    """The folder's codes in its order, those that no list has after them, and what has none last.

    Where the columns leave only some codes, these are all.
    """
    found = numbers.codes(quantities, dimension.name)
    cuts = [q.slice.cut.get(dimension.name) for q in quantities if q.slice is not None]
    if cuts and all(cut is not None for cut in cuts):
        wanted = {code for cut in cuts for code in cut or ()}
        there = [code for code in dimension.labels(bureau) if code in wanted]
        return [*there, *sorted(wanted - set(there))]
    there = [
        code
        for code in dimension.labels(bureau)
        if code in found or not _is_statistical(bureau, code)
    ]
    others = sorted(code for code in found if code is not None and code not in there)
    return [*there, *others, *([None] if None in found else [])]


def _is_statistical(bureau: Bureau, code: str) -> bool:
    """Whether it is counted like a township and is none: without cells it needs no row."""
    place = bureau.place(code)
    return place is not None and place.statistical


def _listed(numbers: Numbers, table: TablePlan) -> Iterator[_Row]:
    for row in table.rows:
        yield _Row(row.heading, _answers(numbers, table, row.quantities))


def _answers(
    numbers: Numbers,
    table: TablePlan,
    quantities: tuple[Quantity | None, ...],
    by: str = "",
    code: Code = None,
) -> list[Answer]:
    """The cells of a row; formulas after what they name."""
    made: dict[str, Fraction | None] = {}
    work: dict[str, plans.Column] = {}
    answers: dict[str, Answer] = {}
    for column, quantity in zip(table.columns, quantities, strict=True):
        if quantity is not None and not (table.rows and _has_no_sum(quantity)):
            answers[column.name] = numbers.answer(quantity, by, code)
            made[column.name] = numbers.number(quantity, by, code)
        elif column.formula is not None:
            work[column.name] = column
    for name, column in work.items():
        answers[name] = written_number(_shape(column), _formula(column, work, made))
    return [answers.get(column.name, written_number(_PLAIN, None)) for column in table.columns]


def _has_no_sum(quantity: Quantity) -> bool:
    """Whether it is a stock of the year to date: that is its value at the end, and no sum."""
    part = quantity.slice
    return part is not None and part.measure.kind == "stock" and bool(_TO_DATE & {*quantity.shift})


def _shape(column: plans.Column) -> Quantity:
    return replace(column.shape, formula=column.formula)


def _formula(
    column: plans.Column, work: Mapping[str, plans.Column], made: dict[str, Fraction | None]
) -> Fraction | None:
    """The value of a formula column; one that names itself has none."""
    if column.name not in made and column.formula is not None:
        made[column.name] = None
        for name in column.formula.names:
            if name in work and name not in made:
                _formula(work[name], work, made)
        values = {name: base(made.get(name)) for name in column.formula.names}
        made[column.name] = column.formula.work(values)
    return made.get(column.name)
