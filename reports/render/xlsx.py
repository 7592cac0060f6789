"""A document as a workbook: a sheet for each table, and one with every number in its sentences.

Values are numbers, not text, as they are printed; the same document gives the same bytes. A cell
has the name of each number and claim that it is (fig_3, cell_1_2_4), and FIG_F16 of the figure. The
manifest stands in a hidden sheet, in pieces below each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from infra.visible import visible
from reports import manifest
from reports.document import Cell, Document, FigureRef, StatementRef, Table
from reports.measure import Value
from reports.render.package import stored
from reports.shown import INTERNAL, INVENTED, SAMPLE_BANNER, written

MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""A workbook says when it was made; the same document is the same bytes whenever it is made."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
NUMBERS = "正文数值"
MANIFEST = "manifest"
PIECE = 32_000
"""Characters of the manifest in a cell, which holds 32,767."""
_WIDE, _NARROW = 36, 14


def render(document: Document) -> bytes:
    """The workbook."""
    import xlsxwriter  # noqa: PLC0415  few commands and pages write a workbook

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": visible(document.title), "created": MADE_AT})
    writer = _Book(book, document)
    if document.kind == "return":
        from reports.render import form  # noqa: PLC0415  it writes with what stands here

        form.sheet(book, document, writer.names, writer.name)
    else:
        for table in document.tables():
            writer.table(table)
        writer.numbers()
    writer.manifest()
    book.set_custom_property("ledger", document.moment.ledger, "text")
    book.set_custom_property("ledger_position", document.moment.at, "number")
    book.close()
    return stored(buffer.getvalue())


class _Book:
    """Writes sheets that have names of their own and say what they are."""

    def __init__(self, book: Any, document: Document) -> None:
        self.book, self.document = book, document
        self.names: set[str] = set()
        self.cells: set[str] = set()
        self.marks: dict[int, list[str]] = {}
        for each in manifest.marked(document):
            self.marks.setdefault(id(each.said), []).append(each.mark)
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "border": 1, "align": "center"})
        self.cell = book.add_format({"border": 1})

    def table(self, table: Table) -> None:
        """A sheet with a table: title, units, headings, rows, note."""
        sheet = self._sheet(table.title or "表")
        line = self._above(sheet, table.title)
        if table.units:
            put(sheet, line, 0, f"单位：{table.units}")
            line += 1
        first = 1 + table.by_row
        if any(column.group for column in table.columns):
            self._groups(sheet, line, first, table)
            line += 1
        heads = [table.corner, *(["单位"] if table.by_row else [])]
        for n, head in enumerate([*heads, *(column.heading for column in table.columns)]):
            put(sheet, line, n, visible(head), self.head)
        for row in table.rows:
            line += 1
            put(sheet, line, 0, visible(row.heading), self.cell)
            if table.by_row:
                put(sheet, line, 1, row.unit, self.cell)
            for n, cell in enumerate(row.cells, first):
                self._write(sheet, line, n, cell)
                self.name(sheet, line, n, cell)
        self._below(sheet, line + 1, table.note)

    def numbers(self) -> None:
        """A sheet with all figures and claims of the sentences, each once."""
        sheet = self._sheet(NUMBERS)
        line = self._above(sheet, self.document.title)
        for n, head in enumerate(("编号", "名称", "数值", "单位", "备注")):
            put(sheet, line, n, head, self.head)
        for row, said in _rows(self.document).items():
            line += 1
            for n, text in ((0, row.item), (1, row.name), (3, row.unit), (4, row.beside)):
                put(sheet, line, n, visible(text), self.cell)
            self._write(sheet, line, 2, Cell(written(row.value), row.value))
            names = [mark for run in said for mark in self.marks.get(id(run), [])]
            self._name(sheet, line, 2, [*names, cell_name(row.item)] if row.item else names)
        self._below(sheet, line + 1, "")

    def manifest(self) -> None:
        """The manifest, for programs."""
        sheet = self.book.add_worksheet(sheet_name(MANIFEST, self.names))
        told = manifest.embedded(self.document)
        for n, at in enumerate(range(0, len(told), PIECE)):
            put(sheet, n, 0, told[at : at + PIECE])
        sheet.very_hidden()

    def name(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        """Name where a cell of a table stands by its mark."""
        self._name(sheet, line, column, self.marks.get(id(cell), []))

    def _name(self, sheet: Any, line: int, column: int, names: Sequence[str]) -> None:
        """Name a cell; a name that is taken stays where it is."""
        from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415  as above

        place = xl_rowcol_to_cell(line, column, row_abs=True, col_abs=True)
        quoted = sheet.get_name().replace("'", "''")
        for name in names:
            if name.lower() not in self.cells:
                self.cells.add(name.lower())
                self.book.define_name(name, f"='{quoted}'!{place}")

    def _sheet(self, title: str) -> Any:
        """A new sheet with a title."""
        sheet = self.book.add_worksheet(sheet_name(title, self.names))
        sheet.set_column(0, 0, _WIDE)
        sheet.set_column(1, 30, _NARROW)
        if self.document.watermark:
            sheet.set_header(f"&C&24{self.document.watermark}")
        return sheet

    def _above(self, sheet: Any, title: str) -> int:
        """What stands above: the title, and what must be known of every number below."""
        document = self.document
        said = [title] if title else []
        said += [SAMPLE_BANNER] if document.sample else []
        said += [INTERNAL] if document.internal else []
        said += [document.notice] if document.notice else []
        said += [document.lacks.text] if document.lacks else []
        for n, text in enumerate(said):
            put(sheet, n, 0, visible(text), self.bold)
        return len(said)

    def _groups(self, sheet: Any, line: int, first: int, table: Table) -> None:
        at = first
        for heading, count in table.groups():
            if count > 1:
                sheet.merge_range(line, at, line, at + count - 1, visible(heading), self.head)
            else:
                put(sheet, line, at, visible(heading), self.head)
            at += count

    def _below(self, sheet: Any, line: int, note: str) -> None:
        if note:
            put(sheet, line, 0, visible(note))
            line += 1
        put(sheet, line, 0, self.document.origin)

    def _write(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        value = cell.value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            places = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
            percent = cell.text.endswith("%")
            shape = "0" + (f".{'0' * places}" if places > 0 else "") + ('"%"' if percent else "")
            form = self.book.add_format({"border": 1, "num_format": shape})
            sheet.write_number(line, column, float(value), form)
        else:
            put(sheet, line, column, visible(cell.text), self.cell)


def put(sheet: Any, line: int, column: int, text: str, form: Any = None) -> None:
    """Write a text as it is; the library would take `<r>…</r>` for markup of its own."""
    if text.startswith("<r>") and text.endswith("</r>"):
        own = () if form is None else (form,)
        sheet.write_rich_string(line, column, text[0], text[1], text[2:], *own)
    else:
        sheet.write_string(line, column, text, form)


def sheet_name(title: str, taken: set[str]) -> str:
    """The title as far as names of sheets may go, and no name twice; adds it to those taken."""
    base = _FORBIDDEN.sub("", visible(title)).strip("' ")[:_LONGEST_NAME].strip("' ") or "表"
    name, n = base, 1
    while name.lower() in taken:
        n += 1
        name = f"{base[: _LONGEST_NAME - len(str(n)) - 1]} {n}"
    taken.add(name.lower())
    return name


class _Row(NamedTuple):
    """A figure or claim of the sentences; `beside` is what stands beside it, too."""

    item: str
    name: str
    value: Value
    unit: str
    beside: str
    text: str = ""


def _rows(document: Document) -> dict[_Row, list[FigureRef | StatementRef]]:
    """Figures and claims, each once, and where in the sentences they stand."""
    seen: dict[tuple[str, str, str], _Row] = {}
    found: dict[_Row, list[FigureRef | StatementRef]] = {}
    for section in document.sections:
        for run in (run for paragraph in section.paragraphs for run in paragraph.runs):
            if isinstance(run, StatementRef):
                key, row = (
                    (run.id, run.name, ""),
                    _Row(run.id, run.name, _answer(run), "", run.text),
                )
            elif isinstance(run, FigureRef):
                marks = [INVENTED] if run.invented else []
                marks += [run.beside] if run.beside else []
                key = (run.id, run.name, run.text)
                row = _Row(run.id, run.name, run.value, run.unit, "，".join(marks), run.text)
            else:
                continue
            found.setdefault(seen.setdefault(key, row), []).append(run)
    return found


def cell_name(item: str) -> str:
    """What the cell of a figure is called: `F16` alone would be the cell in column F."""
    return "FIG_" + re.sub(r"[^0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]+", "_", item)[:200]


def _answer(run: StatementRef) -> str:
    if run.holds is None:
        return "不适用"
    return "成立" if run.holds else "未能证实"
