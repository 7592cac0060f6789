"""Tables as one workbook: a sheet that lists them and says what they are, then one sheet for each.

Numbers are numbers, money is in 元, days are days, and every other thing is text: nothing is a
formula. The cell of a figure has a name, `FIG_F16`: where a table has a column `id` and a column
`value`, the latter's cells are named after the former's. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from infra.visible import visible
from reports.render import csv
from reports.render.xlsx import MADE_AT, cell_name, put, sheet_name
from reports.tables import Column, Table

CONTENTS = "目录"
UNITS = "单位"
UNIT = "unit"
"""The column of each row's unit."""
NAMED, FIGURE = "id", "value"
"""The columns of a figure's id, and of its value."""
MOST_ROWS = 1_048_000
"""A sheet holds 1,048,576, with what stands above."""
_LONGEST_TEXT = 32_767
_CUT = "……（全文见 CSV）"
_EXACT_TO = 10**15
"""Greater numbers lose digits in a spreadsheet: they are written as text."""
_EARLIEST = date(1900, 3, 1)
"""Spreadsheets count days from 1900, and have a 29 February of that year."""
_NARROWEST, _WIDEST = 8, 60
_SHAPES = {"money": "#,##0.00", "day": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm:ss"}


class TooManyRows(ValueError):
    """A sheet cannot hold a table; CSV can."""

    def __init__(self, table: Table) -> None:
        super().__init__(f"“{table.title}”行数过多，工作表放不下：请用 CSV")


class _Sheet(NamedTuple):
    """Where a table stands: the name of its sheet, and how many rows it has."""

    name: str
    table: Table
    rows: int


def render(title: str, tables: Sequence[Table]) -> bytes:
    """The workbook. Raises TooManyRows."""
    import xlsxwriter  # noqa: PLC0415  few commands and pages write a workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": visible(title), "created": MADE_AT})
    writer = _Book(book)
    front = writer.sheet(CONTENTS)
    made = [writer.table(table) for table in tables]
    writer.contents(front, title, made)
    book.close()
    return buffer.getvalue()


class _Book:
    """Writes sheets, and gives cells their names."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.sheets: set[str] = set()
        self.names: set[str] = set()
        self.bold = book.add_format({"bold": True, "font_size": 14})
        self.notice = book.add_format({"bold": True, "font_color": "#B00000"})
        self.head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "bg_color": "#E8EEF5", "text_wrap": True}
        )
        self.text = book.add_format(
            {"border": 1, "num_format": "@", "text_wrap": True, "valign": "top"}
        )
        self.link = book.add_format({"border": 1, "font_color": "#0B57A4", "underline": 1})
        self.shapes: dict[str, Any] = {}

    def sheet(self, title: str) -> Any:
        """A new sheet, printed as wide as its paper."""
        sheet = self.book.add_worksheet(sheet_name(title, self.sheets))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # ids are meant to be
        return sheet

    def table(self, table: Table) -> _Sheet:
        """A sheet with a table: title, what must be known of it, headings that stay, rows."""
        sheet = self.sheet(table.title)
        line = self._above(sheet, table.title, table.about)
        titles = [csv.heading(column) for column in table.columns]
        widths = [_wide(title) for title in titles]
        for n, title in enumerate(titles):
            put(sheet, line, n, visible(title), self.head)
        sheet.freeze_panes(line + 1, 0)
        sheet.repeat_rows(line)
        places = {column.name: n for n, column in enumerate(table.columns)}
        count = 0
        for row in table.rows:
            count += 1
            if count > MOST_ROWS:
                raise TooManyRows(table)
            for n, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                widths[n] = max(widths[n], self._cell(sheet, line + count, n, column, value))
            if NAMED in places and FIGURE in places:
                self._name(row[places[NAMED]], sheet.get_name(), line + count, places[FIGURE])
        for n, width in enumerate(widths):
            sheet.set_column(n, n, min(max(width + 2, _NARROWEST), _WIDEST))
        if count:
            sheet.autofilter(line, 0, line + count, len(titles) - 1)
        return _Sheet(sheet.get_name(), table, count)

    def contents(self, sheet: Any, title: str, made: Sequence[_Sheet]) -> None:
        """What all tables have in common, then a line for each."""
        common = _common([each.table.about for each in made])
        line = self._above(sheet, title, common)
        for name, text in common.items():
            put(sheet, line, 0, visible(name))
            put(sheet, line, 1, visible(text, lines=True))
            line += 1
        line += 1
        own = [name for name in _keys(made) if name not in (*common, UNITS)]
        for n, head in enumerate(("表", "标题", "行数", UNITS, *own, csv.DIGEST)):
            put(sheet, line, n, visible(head), self.head)
        for each in made:
            line += 1
            place = each.name.replace("'", "''")
            sheet.write_url(line, 0, f"internal:'{place}'!A1", self.link, each.name)
            about = [each.table.about.get(name) or None for name in own]
            said = [each.table.title, each.rows, _units(each.table), *about]
            for n, value in enumerate((*said, csv.digest_of(each.table)), 1):
                column = Column("", "", "number" if isinstance(value, int) else "text")
                self._cell(sheet, line, n, column, value)
        for n, width in enumerate((24, 36, 8, 16, *(36 for _ in own), 68)):
            sheet.set_column(n, n, width)

    def _above(self, sheet: Any, title: str, about: Mapping[str, str]) -> int:
        put(sheet, 0, 0, visible(title), self.bold)
        notice = about.get(csv.NOTICE)
        if notice:
            put(sheet, 1, 0, visible(notice), self.notice)
        return 2 if notice else 1

    def _cell(self, sheet: Any, line: int, n: int, column: Column, value: Any) -> int:
        """Write a cell; how wide it is."""
        told = csv.as_told(column, value)
        if told is None:
            sheet.write_blank(line, n, None, self.text)
            return 0
        if isinstance(told, bool):
            told = "是" if told else "否"
        elif isinstance(told, int | Decimal) and -_EXACT_TO < told < _EXACT_TO:
            amount: int | Decimal = csv.yuan(told) if column.kind == "money" else told
            sheet.write_number(line, n, float(amount), self._number(column, amount))
            return len(f"{amount:,}")
        elif isinstance(told, datetime):
            told = told.replace(tzinfo=None)
            if told.date() >= _EARLIEST:
                sheet.write_datetime(line, n, told, self._shape(_SHAPES["time"]))
                return len("2024-12-31 00:00:00")
        elif isinstance(told, date) and told >= _EARLIEST:
            sheet.write_datetime(line, n, told, self._shape(_SHAPES["day"]))
            return len("2024-12-31")
        text = visible(str(told), lines=True)
        if len(text) > _LONGEST_TEXT:
            text = text[: _LONGEST_TEXT - len(_CUT)] + _CUT
        put(sheet, line, n, text, self.text)
        return _wide(text)

    def _number(self, column: Column, amount: int | Decimal) -> Any:
        if column.kind == "money":
            return self._shape(_SHAPES["money"])
        places = -int(amount.as_tuple().exponent) if isinstance(amount, Decimal) else 0
        return self._shape("0" + (f".{'0' * places}" if places > 0 else ""))

    def _shape(self, shape: str) -> Any:
        if shape not in self.shapes:
            self.shapes[shape] = self.book.add_format(
                {"border": 1, "num_format": shape, "valign": "top"}
            )
        return self.shapes[shape]

    def _name(self, item: Any, sheet: str, line: int, column: int) -> None:
        """Name the cell of a figure, once in the workbook."""
        if item is None:
            return
        name = cell_name(str(item))
        if name.lower() in self.names:
            return
        self.names.add(name.lower())
        from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415  as above

        place = xl_rowcol_to_cell(line, column, row_abs=True, col_abs=True)
        quoted = sheet.replace("'", "''")
        self.book.define_name(name, f"='{quoted}'!{place}")


def _common(abouts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What is said of every table."""
    first = abouts[0] if abouts else {}
    return {
        name: text
        for name, text in first.items()
        if text and all(about.get(name) == text for about in abouts)
    }


def _keys(made: Sequence[_Sheet]) -> Iterator[str]:
    yield from dict.fromkeys(
        name for each in made for name, text in each.table.about.items() if text
    )


def _units(table: Table) -> str:
    """The units of a table's numbers, where rows have none of their own."""
    if any(column.name == UNIT for column in table.columns):
        return "见各行"
    if told := table.about.get(UNITS):
        return told
    return "、".join(
        dict.fromkeys(
            "元" if column.kind == "money" else column.unit
            for column in table.columns
            if column.unit or column.kind == "money"
        )
    )


def _wide(text: str) -> int:
    """How many columns of a terminal the longest line takes; Chinese characters two."""
    return max(
        sum(2 if east_asian_width(char) in "WF" else 1 for char in line)
        for line in text.split("\n")
    )
