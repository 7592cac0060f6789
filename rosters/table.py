"""Finding the table in a sheet: titles above, headings of a row or several, rows, totals below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rosters.cells import folded, text_of
from rosters.maps import Column, LeaveOut, RosterMap
from rosters.sheets import Book, NotReadable, Sheet, Value

_LOOKED_AT = 30
"""Rows in which the headings are looked for."""
_TOTAL = re.compile(
    r"(\u672c\u9875|\u672c\u8868)?(\u5408\u8ba1|\u603b\u8ba1|\u5c0f\u8ba1|\u5171\u8ba1)[:\uff1a]?"
)
_GRAND = re.compile(r"(\u672c\u8868)?(\u5408\u8ba1|\u603b\u8ba1|\u5171\u8ba1)[:\uff1a]?")
_PERIOD = re.compile(r"((?:19|20|21)[0-9]{2})\u5e74(1[0-2]|0?[1-9])\u6708")
_FEW = 1
"""A row with no more than so many of the columns' cells filled, and not its key, is a remark."""
EXAMPLE = "【示例】"
"""What the example row of a template begins with: left in, it is refused."""


_MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")


def is_month(text: str) -> bool:
    """Whether a text is a month as people say it to us: 2024-03."""
    return _MONTH.fullmatch(text) is not None


class Cell(NamedTuple):
    """A cell of the body; `filled` where it only repeats what a merged cell begins with."""

    row: int
    column: int
    value: Value
    filled: bool = False


@dataclass(frozen=True)
class Roster:
    """The table of a sheet, in the columns of a map."""

    sheet: Sheet
    headings: tuple[int, int]
    """First and last row of the headings."""
    places: Mapping[Column, int]
    rows: Sequence[Mapping[Column, Cell]]
    totals: Sequence[Mapping[Column, Cell]]
    titles: Sequence[str]
    """What stands above the headings."""
    unused: Sequence[str] = ()
    """Headings that the map does not name."""
    remarks: Sequence[int] = ()
    """Rows passed over: remarks, totals, headings that are repeated."""
    left_out: int = 0
    """Rows that the map leaves out."""
    across: Sequence[Cell] = field(default=())
    """Cells of the body that are merged across columns."""

    @property
    def months(self) -> list[str]:
        """The months that titles and the sheet's name say, each once."""
        found = [_PERIOD.search(text) for text in (*self.titles, folded(self.sheet.name))]
        return list(dict.fromkeys(f"{m[1]}-{int(m[2]):02d}" for m in found if m))


def find(book: Book, made: RosterMap) -> Roster:
    """The one sheet that has the map's headings. Raises NotReadable."""
    sheets = [s for s in book.sheets if not made.sheet or folded(s.name) == folded(made.sheet)]
    if not sheets:
        names = "、".join(sheet.name for sheet in book.sheets)
        raise NotReadable(f"没有工作表“{made.sheet}”；有 / no such sheet; there are: {names}")
    found: list[Roster] = []
    nearest: tuple[int, int, list[str]] = (-1, 0, [])
    for sheet in sheets:
        for top in range(1, min(_LOOKED_AT, len(sheet.rows)) + 1):
            paths = _paths(sheet, top, made.heading_rows)
            lacking = [c.title for c in made.columns if not c.optional and c.heading not in paths]
            known = sum(column.heading in paths for column in made.columns)
            if not lacking:
                found.append(_roster(sheet, top, paths, made))
                break
            nearest = max(nearest, (known, top, lacking), key=lambda near: near[0])
    if len(found) > 1:
        names = "、".join(roster.sheet.name for roster in found)
        raise NotReadable(
            f"几个工作表都有这些列：{names}；在对照表中写明 sheet / several sheets fit"
        )
    if not found:
        known, top, lacking = nearest
        where = (
            f"第 {top} 行最接近，缺 / nearest is row {top}, without: "
            if known
            else "缺 / lacking: "
        )
        raise NotReadable(
            f"找不到表头（按 {book.encoding} 读取）/ the headings are not there；"
            f"{where}{'、'.join(lacking)}。"
            "表头不同的，改对照表中的 heading，或者另写一份（--map 文件.toml）"
            " / edit `heading` in the map, or give --map FILE.toml"
        )
    return found[0]


def _paths(sheet: Sheet, top: int, count: int) -> dict[tuple[str, ...], int]:
    """Heading, from the topmost row down, → its column."""
    found: dict[tuple[str, ...], int] = {}
    rows = range(top, top + count)
    before = ""
    for column in range(1, sheet.width + 1):
        own = [
            folded(text_of(v)) if (v := sheet.value(r, column)) is not None else "" for r in rows
        ]
        over = sheet.covered
        merged = [over.get((row, column)) for row in rows]
        parts = [
            text or (folded(text_of(sheet.value(*first) or "")) if first else "")
            for text, first in zip(own, merged, strict=True)
        ]
        # Without merged cells (CSV), one that stands over several columns stands in the first.
        if count > 1 and not parts[0] and any(parts[1:]):
            parts[0] = before
        before = parts[0]
        path: list[str] = []
        for part, first, row in zip(parts, merged, rows, strict=True):
            goes_on = first is not None and first[0] < row and path
            if part and not goes_on:
                path.append(part)
        if path:
            found.setdefault(tuple(path), column)
    return found


def _roster(
    sheet: Sheet, top: int, paths: Mapping[tuple[str, ...], int], made: RosterMap
) -> Roster:
    places = {c: paths[c.heading] for c in made.columns if c.heading in paths}
    last = top + made.heading_rows - 1
    key = next(c for c in places if c.field and c.field.pointer == made.key[0])
    rows: list[dict[Column, Cell]] = []
    totals: list[dict[Column, Cell]] = []
    remarks: list[int] = []
    left_out = 0
    heads = [
        [folded(text_of(v)) for v in sheet.rows[r - 1] if v is not None]
        for r in range(top, last + 1)
    ]
    for number in range(last + 1, len(sheet.rows) + 1):
        cells = {column: _cell(sheet, number, place) for column, place in places.items()}
        held = [folded(text_of(v)) for v in sheet.rows[number - 1] if v is not None]
        held = [text for text in held if text]
        filled = sum(cell.value is not None and not cell.filled for cell in cells.values())
        of = (filled, len(places))
        if not held:
            continue
        if any(_TOTAL.fullmatch(text) for text in held[:3]):
            remarks.append(number)
            if any(_GRAND.fullmatch(text) for text in held[:3]):
                totals.append(cells)
        elif held in heads or _is_remark(held[0], cells[key], of, below=bool(totals)):
            remarks.append(number)
        elif any(_is_left_out(sheet, number, paths, each) for each in made.leave_out):
            left_out += 1
        else:
            rows.append(cells)
    named = {column.heading for column in made.columns} | {o.heading for o in made.leave_out}
    return Roster(
        sheet,
        (top, last),
        places,
        rows,
        totals,
        list(_titles(sheet, top)),
        ["/".join(path) for path in paths if path not in named],
        remarks,
        left_out,
        list(_across(sheet, last, places)),
    )


def _is_remark(first: str, key: Cell, of: tuple[int, int], *, below: bool) -> bool:
    """A line of text, such as who drew up the list; below a total, whatever fills few columns.

    `of`: how many of the columns are filled, and how many there are.
    """
    filled, columns = of
    if filled <= _FEW and key.value is None:
        return True
    says = ":" in first or first.startswith(("注", "说明", "备注"))
    return (says or below) and 2 * filled < columns


def _titles(sheet: Sheet, top: int) -> Iterator[str]:
    for row in sheet.rows[: top - 1]:
        yield from (folded(text_of(value)) for value in row if value is not None)


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    first = sheet.covered.get((row, column))
    if first is None or first == (row, column):
        return Cell(row, column, sheet.value(row, column))
    return Cell(row, column, sheet.value(*first), filled=True)


def _across(sheet: Sheet, last: int, places: Mapping[Column, int]) -> Iterator[Cell]:
    """Merged cells of the body that go over more than one of the columns."""
    columns = set(places.values())
    for top, left, bottom, right in sheet.merges:
        if top > last and sum(left <= column <= right for column in columns) > 1:
            text = folded(text_of(sheet.value(top, left) or ""))
            if not _TOTAL.fullmatch(text):
                yield from (Cell(row, left, text) for row in range(top, bottom + 1))


def _is_left_out(
    sheet: Sheet, row: int, paths: Mapping[tuple[str, ...], int], rule: LeaveOut
) -> bool:
    column = paths.get(rule.heading)
    if column is None:
        raise NotReadable(f"没有列 / there is no column {'/'.join(rule.heading)}")
    value = _cell(sheet, row, column).value
    return folded(text_of("" if value is None else value)) in map(folded, rule.values)
