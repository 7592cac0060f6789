"""Workbooks that go back to people: a roster with its wrong cells marked, and an empty template.

Every text is written as text, whatever it begins with, so that nothing in them is ever a formula.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

from domain import examples
from domain.bureau.bureau import Bureau
from infra.visible import visible
from rosters.cells import EXACT_DIGITS
from rosters.contract import EACH
from rosters.maps import Column, RosterMap
from rosters.pointers import at
from rosters.rows import WrongCell
from rosters.sheets import MOST_ROWS, Sheet, Value
from rosters.table import EXAMPLE, Roster

_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST = 32_000
_WIDEST, _NARROWEST = 40, 6
_ROOM = 500
"""Rows of a template that have drop-down lists and formats."""
_LONG_TITLE = 31
CODES = "代码"
_ACCOUNT = "62000000000000000"


def _begun() -> tuple[BytesIO, Any]:
    import xlsxwriter  # noqa: PLC0415  few commands write a workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _MADE_AT})
    return buffer, book


def marked(roster: Roster, wrong: Sequence[WrongCell]) -> bytes:
    """The sheet that was read, as values; wrong cells are red, a remark says what was expected.

    A row that is wrong as a whole is marked in its first column.
    """
    buffer, book = _begun()
    sheet = book.add_worksheet(_sheet_name(roster.sheet.name))
    formats = {
        (red, shape): book.add_format(
            ({"bg_color": "#F8B4B4", "border": 2, "border_color": "#C00000"} if red else {})
            | ({"num_format": shape} if shape else {})
        )
        for red in (False, True)
        for shape in ("", "@", "yyyy-mm-dd")
    }
    why: dict[tuple[int, int], list[str]] = defaultdict(list)
    for each in wrong:
        why[each.row, max(each.column, 1)].append(each.why)
    for number, row in enumerate(roster.sheet.rows, 1):
        for column, value in enumerate(row, 1):
            red = (number, column) in why
            _write(sheet, number - 1, column - 1, value, formats, red=red)
    for (line, place), texts in why.items():
        if roster.sheet.value(line, place) is None:
            sheet.write_blank(line - 1, place - 1, None, formats[True, ""])
        said = visible("\n".join(dict.fromkeys(texts)), lines=True)
        sheet.write_comment(line - 1, place - 1, said, {"x_scale": 2.5, "y_scale": 1.5})
    for column, longest in enumerate(_longest(roster.sheet)):
        sheet.set_column(column, column, max(_NARROWEST, min(_WIDEST, longest + 4)))
    sheet.freeze_panes(roster.headings[1], 0)
    # Merged last, as they are in the file: written again, the first cell keeps what it says.
    taken: set[tuple[int, int]] = set()
    for top, left, bottom, right in roster.sheet.merges:
        value = roster.sheet.value(top, left)
        cells = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if len(cells) == 1 or not taken.isdisjoint(cells):
            continue
        taken |= cells
        red = not cells.isdisjoint(why)
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", formats[red, ""])
        _write(sheet, top - 1, left - 1, value, formats, red=red)
    book.close()
    return buffer.getvalue()


def _longest(sheet: Sheet) -> list[int]:
    """How long the longest text of each column is; each cell is looked at once."""
    found = [0] * sheet.width
    for row in sheet.rows:
        for column, value in enumerate(row):
            found[column] = max(found[column], len(str(value)))
    return found


def _write(
    sheet: Any,
    row: int,
    column: int,
    value: Value,
    formats: Mapping[tuple[bool, str], Any],
    *,
    red: bool,
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, formats[red, ""])
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, column, value, formats[red, "yyyy-mm-dd"])
    elif isinstance(value, int | float) and len(f"{value:.0f}") <= EXACT_DIGITS:
        sheet.write_number(row, column, value, formats[red, ""])
    else:
        text = value.isoformat() if isinstance(value, time) else str(value)
        sheet.write_string(row, column, visible(text, lines=True)[:_LONGEST], formats[red, "@"])


def template(made: RosterMap, bureau: Bureau, month: str | None) -> bytes:
    """An empty roster for a map: headings, units, drop-down lists of codes, an example row.

    The example row is refused as long as it is left in. Without a month, the title has room for it.
    """
    buffer, book = _begun()
    sheet = book.add_worksheet(_sheet_name(made.title))
    head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
    when = "　　年　月" if month is None else f"{month[:4]}年{int(month[5:])}月"
    title = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"{made.title}（{when}）", title)
    units = "、".join(dict.fromkeys(c.unit for c in made.columns if c.unit))
    notes = [f"金额单位：{units}"] if units else []
    if any(c.field is not None and c.field.listed == "village" for c in made.columns):
        notes.append("村（社区）写 12 位代码，前 9 位为镇街代码；本局列有村（社区）的，也可写名称")
    sheet.write_string(1, 0, "；".join([*notes, "示例行须删除"]))
    top, last = 2, 1 + made.heading_rows
    _headings(sheet, [c.written for c in made.columns], made.heading_rows, top, head)
    shapes = {True: book.add_format({"num_format": "0.00"})}
    shapes[False] = book.add_format({"num_format": "@"})
    told = examples.full(made.model, bureau)
    lists: list[tuple[int, str, list[str]]] = []
    for place, column in enumerate(made.columns):
        width = max(12, 2 * len(column.written[-1]) + 4)
        sheet.set_column(place, place, width, shapes[bool(column.unit)])
        lists.append((place, column.title, _words(column, bureau)))
        example = _example(column, told, bureau, month or "2024-01")
        sheet.write_string(last + 1, place, (EXAMPLE if place == 0 else "") + example)
    for place, rule in enumerate(made.leave_out, len(made.columns)):
        _headings(sheet, [rule.written], made.heading_rows, top, head, place)
        lists.append((place, "/".join(rule.written), ["", *rule.values]))
    _lists(book, sheet, [each for each in lists if each[2]], last + 1, head)
    sheet.freeze_panes(last + 1, 0)
    book.close()
    return buffer.getvalue()


def _lists(
    book: Any, sheet: Any, lists: Sequence[tuple[int, str, list[str]]], first: int, head: Any
) -> None:
    """Drop-down lists, whose words stand in a sheet of their own."""
    if not lists:
        return
    codes = book.add_worksheet(CODES)
    for number, (place, title, words) in enumerate(lists):
        codes.write_string(0, number, title, head)
        for line, word in enumerate(words, 1):
            codes.write_string(line, number, word)
        codes.set_column(number, number, 24)
        letters = _letters(number)
        source = f"={CODES}!${letters}$2:${letters}${len(words) + 1}"
        sheet.data_validation(
            first, place, first + _ROOM, place, {"validate": "list", "source": source}
        )


def _headings(
    sheet: Any, paths: Sequence[tuple[str, ...]], rows: int, top: int, head: Any, left: int = 0
) -> None:
    """Headings; one that stands over several columns, or goes down all rows, is merged."""
    for place, path in enumerate(paths):
        if rows > 1 and len(path) == 1:
            sheet.merge_range(top, left + place, top + rows - 1, left + place, path[0], head)
            continue
        for depth, part in enumerate(path):
            above = path[: depth + 1]
            first = place == 0 or paths[place - 1][: depth + 1] != above
            last = place
            while last + 1 < len(paths) and paths[last + 1][: depth + 1] == above:
                last += 1
            if first and last > place and depth < len(path) - 1:
                sheet.merge_range(top + depth, left + place, top + depth, left + last, part, head)
            elif first or depth == len(path) - 1:
                sheet.write_string(top + depth, left + place, part, head)


def _words(column: Column, bureau: Bureau) -> list[str]:
    """What may stand in a column of codes, in the words of who fills it in."""
    if column.field is None:
        return []
    if column.field.kind == "flag":
        return [*column.yes, "否"] if column.yes else ["是", "否"]
    if column.field.kind not in ("choice", "listed"):
        return []
    names = [name for _, name in sorted(column.field.names(bureau).items())]
    return list(dict.fromkeys([*column.codes, *names]))[: MOST_ROWS // 100]


def _example(column: Column, told: Any, bureau: Bureau, month: str) -> str:
    """What the example row says in a column; `told` is an example of the event, as JSON."""
    field, value = column.field, None
    if field is None:
        return "1"
    value = at(told, field.pointer.replace(f"/{EACH}", "/0"))
    value = value[0] if isinstance(value, list) else value
    if field.kind in ("choice", "listed", "flag") and field.listed != "village":
        words = _words(column, bureau)
        name = column.yes[0] if column.yes else field.names(bureau).get(str(value), "")
        return name if name in words else next(iter(words), str(value or ""))
    examples = {"money": "650.00", "day": f"{month}-08", "month": month, "count": "1"}
    if field.pointer.endswith("/account"):
        return _ACCOUNT
    return examples.get(field.kind) or str(value or "示例")


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415  as above

    return str(xl_col_to_name(column))


def _sheet_name(title: str) -> str:
    kept = "".join(c for c in title if c not in "[]:*?/\\").strip("'")
    return kept[:_LONG_TITLE] or "Sheet1"
