"""A workbook as readers see it: visible sheets, row by row; the manifest may be in a hidden one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from reports.handed.archive import Archive
from reports.handed.file import CELL, Block, Handed, NotReadable, handed, manifest_in

FAULTS = (
    *(AttributeError, BadZipFile, IndexError, KeyError, OSError),
    *(SyntaxError, TypeError, ValueError, zlib.error),
)
"""Whatever its parsers raise the library lets through; all of these are the file's."""
MOST_ROWS = 20_000
MOST_COLUMNS = 300


def read(raw: bytes) -> Handed:
    """The rows of its visible sheets. Raises NotReadable."""
    import openpyxl  # noqa: PLC0415  few commands read a workbook

    archive = Archive(raw)
    for name in archive.names:
        if name.endswith((".xml", ".rels")):
            archive.text(name)  # openpyxl itself would take entities, and any depth
    try:
        book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=True)
        blocks: list[Block] = []
        hidden: list[str] = []
        for sheet in book.worksheets:
            rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
            if sheet.sheet_state == "visible":
                blocks += map(_row, rows)
            else:
                hidden += ["".join(_texts(row)) for row in rows]
    except FAULTS as error:
        raise NotReadable(
            f"不是完好的 XLSX：请打开后另存 / a damaged XLSX: {type(error).__name__}"
        ) from None
    found = manifest_in("".join(hidden))
    if found is None and "docProps/custom.xml" in archive.names:
        found = manifest_in(archive.text("docProps/custom.xml"))
    return handed("xlsx", blocks, found)


def _texts(row: Any) -> Iterator[str]:
    return (cell.value for cell in row if isinstance(cell.value, str))


def _row(row: Any) -> Block:
    cells = [_cell(cell) for cell in row]
    return Block(CELL.join(cells).rstrip(CELL))


def _cell(cell: Any) -> str:
    """What it shows, as far as numbers go; a float is what Excel keeps of a decimal."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, int | float):
        return str(value)
    number = Decimal(repr(value))
    shape = str(cell.number_format)
    if '"%"' in shape:
        return f"{number:f}%"
    return f"{number * 100:f}%" if "%" in shape else f"{number:f}"
