"""Reading a table of a plan: its rows and columns, and what each cell counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.bureau.reading.tables import Table, listed, shown
from reports.formula import Formula
from reports.measure import Unknown
from reports.plans import syntax
from reports.plans.phrases import Phrases
from reports.plans.plan import Column, FigurePlan, Node, Quantity, Row, TablePlan
from reports.plans.quantities import Known, Where, missing, parsed, shape_of, sliced, where_of

TOTALS = ("top", "bottom")
_PLAIN = Quantity("")


@dataclass(frozen=True, slots=True)
class _Side:
    """What a row or a column says: what is counted, its cut, its shape."""

    table: Table
    heading: str
    group: str
    name: str
    measure: str
    figure: FigurePlan | None
    formula: Formula | None
    where: Where
    shape: Quantity
    hidden: bool

    @property
    def counts(self) -> bool:
        """Whether it says what is counted."""
        return bool(self.measure) or self.figure is not None


class TableReader:
    """Reads the tables of one plan."""

    def __init__(self, known: Known, figures: Mapping[str, FigurePlan], phrases: Phrases) -> None:
        self.known, self.figures, self.phrases = known, figures, phrases

    def read(self, table: Table) -> TablePlan:
        """The table, as far as it is right."""
        title = table.text("title", needed=False)
        total = table.text("total", needed=False)
        first = table.one_of("total_at", TOTALS, needed=False) == "top"
        corner = table.text("corner", needed=False)
        where = where_of(table)
        by = table.raw("rows") if isinstance(table.raw("rows"), str) else ""
        columns = [self._side(each, column=True) for each in table.tables("columns", needed=True)]
        listed_rows = [] if by else list(table.tables("rows", needed=True))
        rows = [self._side(each, column=False) for each in listed_rows]
        note = self._note(table)
        table.end()
        made = self._columns(columns, where, rows_count=any(row.counts for row in rows))
        if by:
            self._can_be_cut(table, by, columns, made)
        return TablePlan(
            title=title,
            columns=tuple(made),
            by=by,
            rows=tuple(self._row(row, columns, where) for row in rows),
            total=total,
            total_first=first,
            note=note,
            corner=corner or by,
        )

    def _note(self, table: Table) -> tuple[Node, ...]:
        text = table.text("note", needed=False)
        try:
            nodes = syntax.nodes(text)
        except syntax.Misspelt as error:
            table.note("note", error.what, error.expected)
            return ()
        return self.phrases.nodes(nodes, lambda _, what, want: table.note("note", what, want))

    def _side(self, table: Table, *, column: bool) -> _Side:
        figure_id = table.text("figure", needed=False)
        figure = self.figures.get(figure_id)
        if figure_id and figure is None:
            table.note("figure", f"no figure {shown(figure_id)}", f"one of {listed(self.figures)}")
        made = None
        if column and (text := table.text("formula", needed=False)):
            made = parsed(table.note, "formula", text)
        heading = table.text("heading")
        side = _Side(
            table=table,
            heading=heading,
            group=table.text("group", needed=False) if column else "",
            name=(table.text("name", needed=False) if column else "") or heading,
            measure=table.text("measure", needed=False),
            figure=figure,
            formula=made,
            where=where_of(table),
            shape=shape_of(table),
            hidden=table.flag("hidden") if column else False,
        )
        table.end()
        if bool(side.measure) + bool(figure_id) + (made is not None) > 1:
            table.note(None, "counts two things", "measure, figure or formula")
        return side

    def _columns(self, sides: list[_Side], where: Where, *, rows_count: bool) -> list[Column]:
        names: dict[str, _Side] = {}
        for side in sides:
            if side.name in names:
                side.table.note(None, f"column {side.name!r} stands twice", "a name of its own")
            names.setdefault(side.name, side)
        made = []
        for side in sides:
            quantity = None
            if side.counts and rows_count:
                side.table.note(None, "rows and column say what is counted", "only one of them")
            elif side.counts:
                quantity = self._quantity(side, None, where)
            elif side.formula is None and not rows_count:
                side.table.note(None, "nothing is counted", "measure, figure or formula")
            if side.formula is not None:
                missing(side.table.note, "formula", side.formula.names, names)
                if names[side.name] is side and side.name in _behind(side, names):
                    what = f"{side.name!r} is made of itself"
                    side.table.note("formula", what, "other columns")
            made.append(
                Column(
                    side.heading,
                    side.group,
                    side.name,
                    quantity,
                    side.formula,
                    side.shape,
                    hidden=side.hidden,
                )
            )
        return made

    def _row(self, row: _Side, columns: list[_Side], where: Where) -> Row:
        quantities: list[Quantity | None] = []
        for column in columns:
            if column.formula is not None:
                quantities.append(None)
            elif column.counts:
                quantities.append(self._quantity(column, row, where))
            else:
                quantities.append(self._quantity(row, column, where))
        return Row(row.heading, tuple(quantities))

    def _quantity(self, counting: _Side, other: _Side | None, where: Where) -> Quantity | None:
        """What a cell counts: that of the side that says so, in the shape of both."""
        shape, cut = counting.shape, {**where, **counting.where}
        if other is not None:
            for dimension, values in other.where.items():
                if cut.setdefault(dimension, values) != values:
                    other.table.note("where", f"{dimension} is cut twice", "one of row and column")
            shape = _joined(counting.shape, other.shape)
        figure = counting.figure
        if figure is None:
            name = counting.measure
            return sliced(self.known, counting.table.note, name, cut, shape) if name else None
        if cut:
            counting.table.note("figure", "a figure has its cut", "a measure")
            return None
        return replace(
            figure.quantity.moved(shape.shift),
            unit=shape.unit or figure.quantity.unit,
            digits=figure.quantity.digits if shape.digits is None else shape.digits,
            show=shape.show,
            against=shape.against,
        )

    @staticmethod
    def _can_be_cut(table: Table, by: str, sides: list[_Side], columns: list[Column]) -> None:
        """Notes columns whose measure has not the dimension of the rows."""
        for side, column in zip(sides, columns, strict=True):
            if column.quantity is None:
                continue
            if column.quantity.slice is None:
                side.table.note("figure", f"{side.heading} cannot be cut by {by}", "a measure")
                continue
            try:
                column.quantity.slice.measure.dimension(by)
            except Unknown as error:
                what, _, expected = str(error).partition("；")
                table.note("rows", what, expected)
                return


def _behind(side: _Side, names: Mapping[str, _Side]) -> set[str]:
    """The names of all columns that a formula is worked out from, through other formulas too."""
    found: set[str] = set()
    waiting = [side]
    while waiting:
        made = waiting.pop().formula
        fresh = set(() if made is None else made.names) & names.keys() - found
        found |= fresh
        waiting += [names[name] for name in fresh]
    return found


def _joined(one: Quantity, other: Quantity) -> Quantity:
    """Two shapes as one: what the first leaves open the other says."""
    return Quantity(
        "",
        shift=(*other.shift, *one.shift),
        unit=one.unit or other.unit,
        digits=other.digits if one.digits is None else one.digits,
        rounding=other.rounding if one.rounding == _PLAIN.rounding else one.rounding,
        show=one.show or other.show,
        against=one.against or other.against,
    )
