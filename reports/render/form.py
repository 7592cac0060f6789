"""A statistics return as one sheet of a workbook, laid out as the form is.

Title, number of the form and who made it at the right, who fills it in, for which period; the
numbered columns, the parts one below the other; then what was checked, what is left out, and the
line that people sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from infra.visible import visible
from reports.document import Cell, Document, Paragraph, Section, Table
from reports.render.text import width
from reports.render.xlsx import put, sheet_name
from reports.shown import INTERNAL, SAMPLE_BANNER

_WIDTHS = (44, 10, 18, 16, 16, 14)
_HEIGHT = 15
"""Points of a line."""
_LEAST = len(_WIDTHS)


Name = Callable[[Any, int, int, Cell], None]
"""Names where a cell of a table stands: sheet, line, column, cell."""


def sheet(book: Any, document: Document, taken: set[str], name: Name) -> None:
    """Write the sheet; adds its name to those taken, and names its cells."""
    _Sheet(book, document, taken, name).write()


class _Sheet:
    """Writes from top to bottom, over as many columns as the widest table has."""

    def __init__(self, book: Any, document: Document, taken: set[str], name: Name) -> None:
        self.book, self.document, self.name = book, document, name
        self.sheet = book.add_worksheet(sheet_name(document.title, taken))
        self.wide = max([_LEAST, *(_width(table) for table in document.tables())])
        self.line = 0
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.right = book.add_format({"align": "right"})
        self.left = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        )
        self.part = book.add_format({"bold": True, "border": 1})
        self.text = book.add_format({"border": 1})
        self.code = book.add_format({"border": 1, "align": "center"})
        self.number: dict[str, Any] = {}

    def write(self) -> None:
        for n in range(self.wide):
            self.sheet.set_column(n, n, _WIDTHS[n] if n < _LEAST else _WIDTHS[-1])
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        if self.document.watermark:
            self.sheet.set_header(f"&C&24{self.document.watermark}")
        self._across(self.document.title, self.title)
        for text in self._marks():
            self._across(text, self.bold)
        front, *others = self.document.sections
        *above, below = front.paragraphs
        for paragraph in above:
            self._across(paragraph.text, self.right)
        self._across(below.text, self.left)
        heads: tuple[str, ...] = ()
        for section in (replace(front, blocks=front.tables), *others):
            heads = self._section(section, heads)
        self.line += 1
        self._across(self.document.signed, self.left)
        self._across(self.document.origin, self.left)

    def _marks(self) -> list[str]:
        document = self.document
        said = [SAMPLE_BANNER] if document.sample else []
        said += [INTERNAL] if document.internal else []
        said += [document.notice] if document.notice else []
        return said + ([document.lacks.text] if document.lacks else [])

    def _section(self, section: Section, heads: tuple[str, ...]) -> tuple[str, ...]:
        """A heading, paragraphs and tables; columns are headed anew where they are others."""
        if section.heading:
            self.line += 1
            self._across(section.heading, self.bold)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                self._across(block.text, self.left)
                continue
            named = _heads(block)
            if named != heads:
                self._heads(block, named)
            self._table(block)
            heads = named
        return heads

    def _heads(self, table: Table, named: tuple[str, ...]) -> None:
        for n, heading in enumerate(named):
            put(self.sheet, self.line, n, visible(heading), self.head)
        for n, sign in enumerate(table.numbering):
            put(self.sheet, self.line + 1, n, sign, self.head)
        self.line += 1 + bool(table.numbering)

    def _table(self, table: Table) -> None:
        width = _width(table)
        self.sheet.merge_range(self.line, 0, self.line, width - 1, "", self.part)
        put(self.sheet, self.line, 0, visible(table.title), self.part)
        self.line += 1
        for row in table.rows:
            put(self.sheet, self.line, 0, visible(row.heading), self.text)
            if table.by_row:
                put(self.sheet, self.line, 1, visible(row.unit), self.code)
            for n, cell in enumerate(row.cells, 1 + table.by_row):
                self._cell(n, cell)
                self.name(self.sheet, self.line, n, cell)
            self.line += 1

    def _cell(self, column: int, cell: Cell) -> None:
        value = cell.value
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            put(self.sheet, self.line, column, visible(cell.text), self.code)
            return
        places = max(-int(value.as_tuple().exponent), 0) if isinstance(value, Decimal) else 0
        shape = f"#,##0.{'0' * places}" if places else "#,##0"
        if shape not in self.number:
            self.number[shape] = self.book.add_format({"border": 1, "num_format": shape})
        self.sheet.write_number(self.line, column, float(value), self.number[shape])

    def _across(self, text: str, form: Any) -> None:
        # Merged cells do not grow by themselves.
        room = sum(_WIDTHS[n] if n < _LEAST else _WIDTHS[-1] for n in range(self.wide))
        lines = -(-width(text) // room)
        if lines > 1 and form is self.left:
            self.sheet.set_row(self.line, _HEIGHT * lines)
        self.sheet.merge_range(self.line, 0, self.line, self.wide - 1, "", form)
        put(self.sheet, self.line, 0, visible(text), form)
        self.line += 1


def _heads(table: Table) -> tuple[str, ...]:
    units = [""] * len(table.columns) if table.by_row else [c.unit for c in table.columns]
    columns = (
        f"{column.group}{column.heading}{f'（{unit}）' if unit and unit != '%' else ''}"
        for column, unit in zip(table.columns, units, strict=True)
    )
    return (table.corner, *(["单位"] if table.by_row else []), *columns)


def _width(table: Table) -> int:
    return len(table.columns) + 1 + table.by_row
