"""Reading a roster's file into a sheet of plain values: XLSX, or CSV in whatever encoding.

Nothing of a file is run: of a formula only the value that was last worked out is read. A file is
bounded before it is unpacked, so that a small one cannot fill the memory.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path

Value = str | int | float | bool | date | datetime | time | None
"""What stands in a cell. A datetime is a date that Excel keeps as a number."""

MOST_BYTES = 32 * 2**20
MOST_UNPACKED = 256 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 16_384
"""As many as a workbook has."""
MOST_CELLS = 1_500_000
_PIECE = 2**20
_OLD = b"\xd0\xcf\x11\xe0"
"""How an .xls begins, and an .xlsx with a password."""
# None of these looks beyond the next `<`: marks that are never closed would be searched for ever.
_CELL = re.compile(rb"<(?:[^\s<>/]*:)?(?:c|row)[\s/>]")
"""A cell, or a row of which something is kept."""
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s[^<>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>\s*<(?:\w+:)?f[\s/>]'
)
_MERGED = re.compile(rb"<[^\s<>/]*mergeCell[\s/>]")
_MERGE = re.compile(
    rb"<[^\s<>/]*mergeCell\s[^<>]*\bref\s*=\s*[\"']"
    rb"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How XML begins that is not UTF-8: nothing in it would be found."""
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DELIMITERS = ",\t;|"


class NotReadable(ValueError):
    """A file is no roster that can be read; the message says why, and what to do."""


@dataclass(frozen=True)
class Sheet:
    """One sheet. Rows and columns count from 1, as people see them."""

    name: str
    rows: Sequence[Sequence[Value]]
    merges: Sequence[tuple[int, int, int, int]] = ()
    """First row, first column, last row, last column of each merged cell."""
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    """Where a formula stands: the value is that of the last time it was worked out."""
    epoch: date = date(1899, 12, 30)
    """Day 0 of a date that is written as a number."""
    _covered: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, compare=False)

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell; of a merged one but its first, nothing."""
        if not 1 <= row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        value = cells[column - 1] if 1 <= column <= len(cells) else None
        return None if isinstance(value, str) and not value.strip() else value

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max(map(len, self.rows), default=0)

    @property
    def covered(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """Cell → the first cell of the merged one that it is in; others are left out."""
        if not self._covered:
            for top, left, bottom, right in self.merges:
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        self._covered[row, column] = (top, left)
        return self._covered


@dataclass(frozen=True)
class Book:
    """What was read of a file: its visible sheets, and what people should know of the others."""

    sheets: Sequence[Sheet]
    encoding: str
    """“XLSX”, or the encoding of a CSV."""
    raw: bytes
    hidden_sheets: Sequence[str] = ()


def read(path: Path) -> Book:
    """The sheets of a file. Raises OSError, NotReadable."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise NotReadable(f"文件有 {size:,} 字节，超过 {MOST_BYTES:,}：请分册导出 / split the file")
    return book_of(path.stem, path.read_bytes())


def book_of(name: str, raw: bytes) -> Book:
    """The sheets of a file's bytes; a CSV has one, of that name. Raises NotReadable."""
    if raw.startswith(_OLD):
        raise NotReadable(
            "这是 .xls 或者加了密码的文件：请另存为不加密码的 .xlsx"
            " / an .xls, or a file with a password: save it as .xlsx without one"
        )
    if raw.startswith(b"PK"):
        return _book(raw)
    return _text(name, raw)


def _text(name: str, raw: bytes) -> Book:
    text, encoding = decoded(raw)
    if "\0" in text:
        raise NotReadable("不是表格文件：含二进制内容 / no table: it holds binary data")
    head = text[:20_000].split("\n")[:20]
    delimiter = max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in head))
    rows: list[list[Value]] = []
    cells = 0
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell if cell.strip() else None for cell in row])
            cells += len(row)
            _bounded(len(rows), cells, len(row))
    except csv.Error as error:
        raise NotReadable(f"第 {len(rows) + 1} 行不是 CSV / no CSV in that row: {error}") from None
    return Book([Sheet(name, rows)], encoding, raw)


def decoded(raw: bytes) -> tuple[str, str]:
    """The text of a CSV, and the name of its encoding. Raises NotReadable."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = [("utf-16", "UTF-16")]
    elif raw.startswith(b"\xef\xbb\xbf"):
        candidates = [("utf-8-sig", "UTF-8（BOM）")]
    else:
        candidates = [("utf-8", "UTF-8"), ("gb18030", "GB18030/GBK")]
    for codec, name in candidates:
        try:
            return raw.decode(codec), name
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise NotReadable(
        f"第 {line} 行既不是 UTF-8 也不是 GB18030：请另存为 UTF-8 的 CSV / neither in that line"
    )


def _bounded(rows: int, cells: int, columns: int = 0) -> None:
    if rows > MOST_ROWS or cells > MOST_CELLS or columns > MOST_COLUMNS:
        raise NotReadable(
            f"行数超过 {MOST_ROWS:,}、列数超过 {MOST_COLUMNS:,} 或者单元格超过 {MOST_CELLS:,}："
            "请删去表外的空行空列，或者分册导出"
            " / too many rows, columns or cells: delete empty ones, or split the file"
        )


def _book(raw: bytes) -> Book:
    import openpyxl  # noqa: PLC0415  few commands read a workbook

    try:
        formulas = _looked_through(raw)
        book = openpyxl.load_workbook(BytesIO(raw), data_only=True, keep_links=False)
    except NotReadable:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        # openpyxl lets through whatever its parsers raise; all of these are the file's.
        raise NotReadable(
            f"不是完好的 XLSX：请在表格软件中打开后另存 / a damaged XLSX: {type(error).__name__}"
        ) from None
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if not visible:
        raise NotReadable("没有可见的工作表 / there is no visible sheet")
    made = []
    for sheet in visible:
        _bounded(sheet.max_row, sheet.max_row * sheet.max_column)
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        while rows and all(cell is None for cell in rows[-1]):
            rows.pop()
        made.append(
            Sheet(
                sheet.title,
                rows,
                [(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges],
                sorted(n for n, row in sheet.row_dimensions.items() if row.hidden),
                sorted(_hidden_columns(sheet)),
                formulas,
                book.epoch.date(),
            )
        )
    return Book(made, "XLSX", raw, hidden)


def _hidden_columns(sheet: object) -> Iterator[int]:
    for column in sheet.column_dimensions.values():  # type: ignore[attr-defined]  # of openpyxl
        if column.hidden:
            yield from range(column.min, min(column.max, 500) + 1)


def _looked_through(raw: bytes) -> frozenset[tuple[int, int]]:
    """Where formulas stand in any of the sheets; raises NotReadable at what is too much."""
    found: set[tuple[int, int]] = set()
    cells = 0
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise NotReadable("不是 XLSX 工作簿 / no XLSX workbook")
        if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
            raise NotReadable(
                f"解压后超过 {MOST_UNPACKED:,} 字节，不予读取 / too large when unpacked"
            )
        # A workbook may keep its sheets under any name.
        for info in archive.infolist():
            for number, piece in enumerate(_pieces(archive, info)):
                if _DECLARES.search(piece.replace(b"\0", b"")):
                    raise NotReadable("文件含有实体声明，不予读取 / it declares entities")
                merges = _MERGE.findall(piece)
                if (number == 0 and piece.startswith(_WIDE)) or len(merges) != _merged(piece):
                    raise NotReadable(
                        "读不出合并单元格：请在表格软件中打开后另存 / open it in Excel and save it"
                    )
                cells += len(_CELL.findall(piece)) + sum(_area(*merge) for merge in merges)
                _bounded(0, cells)
                if info.filename.startswith("xl/worksheets/"):
                    found.update(map(_place, _FORMULA.findall(piece)))
    return frozenset(found)


def _merged(piece: bytes) -> int:
    """How many merged cells there are, however their places are written."""
    return len(_MERGED.findall(piece))


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part piece by piece, each beginning with a little of the end of the one before."""
    with archive.open(info) as part:
        before = b""
        while piece := part.read(_PIECE):
            # The end is looked through with the next piece: no mark is cut in two.
            cut = max(piece.rfind(b"<"), 0)
            yield before + piece[:cut]
            before = piece[cut:]
        yield before


def _place(reference: tuple[bytes, bytes]) -> tuple[int, int]:
    """Row and column of a cell."""
    letters, row = reference
    column = 0
    for letter in letters:
        column = 26 * column + letter - ord("A") + 1
    return int(row), column


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    """How many cells a merged one covers."""
    (first, start), (last, end) = _place((left, top)), _place((right, bottom))
    return abs(last - first + 1) * abs(end - start + 1)
