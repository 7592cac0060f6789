"""疑点核实表: findings go out as a workbook per township, and come back with what was found.

A row is a finding. The columns on the right are for whoever looks at it; the same file is read back
and makes an event for each row that was answered. A row that was left empty says nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

from pydantic import ValidationError

from domain.codes import labels_of
from domain.dates import read_day
from domain.event import Event
from domain.laws import in_chinese
from domain.money import FEN_PER_YUAN
from domain.rectification import (
    FindingDismissed,
    FindingRectified,
    FindingState,
    FindingUpheld,
    RecoveryWaived,
)
from infra.visible import visible
from reports.render.xlsx import MADE_AT, put
from reports.shown import INTERNAL, SAMPLE_BANNER
from rules.answers import Answer
from rules.asked import Finding

SHEET = "疑点核实表"
HEADING = 3
"""Number of the row with the names of the columns."""
TOLD = ("编号", "疑点", "类别", "对象", "日期", "金额（元）", "情况", "依据", "现状")
"""Columns that say what the finding is."""
RESULT = "核实结果"
ASKED = (
    RESULT,
    "核实说明",
    "责任单位",
    "整改期限",
    "涉及或追回金额（元）",
    "文号",
    "核实人",
    "核实日期",
    "批准人",
)
"""Columns to be filled in."""
_WIDTHS = (18, 22, 10, 24, 12, 14, 44, 34, 14, 16, 30, 16, 12, 18, 20, 10, 12, 10)
_STATES = {name: code for code, name in labels_of(FindingState).items() if code != "suspected"}


class Wrong(NamedTuple):
    """A cell that cannot be read: where it is, and what was expected there."""

    file: str
    row: int
    column: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.row} 行“{self.column}”：{self.expected}"


class WorksheetWrong(ValueError):
    """A worksheet that cannot be taken: nothing of it is."""

    def __init__(self, faults: Sequence[Wrong]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def write(
    title: str, findings: Iterable[Finding], answers: Mapping[str, Answer], *, sample: bool
) -> bytes:
    """The workbook of some findings, with what was said of them so far."""
    import xlsxwriter  # noqa: PLC0415  few commands and pages write a workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": visible(title), "created": MADE_AT})
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#E8EEF5"})
    fill = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#FFF3D6"})
    told = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    asked = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "locked": False})
    put(sheet, 0, 0, visible(title), bold)
    put(sheet, 1, 0, f"{SAMPLE_BANNER}　{INTERNAL}" if sample else INTERNAL)
    for column, name in enumerate((*TOLD, *ASKED)):
        sheet.set_column(column, column, _WIDTHS[column])
        put(sheet, HEADING - 1, column, name, head if column < len(TOLD) else fill)
    row = HEADING
    for finding in findings:
        values = _told(finding, answers.get(finding.id))
        for column, text in enumerate(values):
            put(sheet, row, column, visible(text), told)
        for column in range(len(TOLD), len(TOLD) + len(ASKED)):
            sheet.write_blank(row, column, None, asked)
        row += 1
    choices = {"validate": "list", "source": list(_STATES)}
    result = len(TOLD)
    sheet.data_validation(HEADING, result, max(row - 1, HEADING), result, choices)
    sheet.freeze_panes(HEADING, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING - 1)
    book.close()
    return buffer.getvalue()


def _told(finding: Finding, answer: Answer | None) -> tuple[str, ...]:
    money = (
        "" if finding.amount_fen is None else f"{Decimal(finding.amount_fen) / FEN_PER_YUAN:.2f}"
    )
    return (
        finding.id,
        finding.rule.name,
        finding.classed,
        finding.subject,
        finding.on_date.isoformat(),
        money,
        finding.what,
        in_chinese(finding.rule.basis),
        "疑点待核实" if answer is None else answer.called,
    )


# Reading back.


@dataclass(slots=True)
class _Reader:
    """Reads the cells of a row, and keeps what is wrong with them."""

    file: str
    row: int
    cells: Mapping[str, Any]
    faults: list[Wrong]

    def text(self, column: str, *, needed: bool = True) -> str | None:
        value = self.cells.get(column)
        text = "" if value is None else str(value).strip()
        if not text and needed:
            self.wrong(column, "请填写")
        return text or None

    def day(self, column: str) -> date | None:
        value = self.cells.get(column)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = self.text(column)
        if text is None:
            return None
        try:
            return read_day(text)
        except ValueError:
            self.wrong(column, f"应为日期，如 2025-03-01，不是“{text}”")
        return None

    def fen(self, column: str, *, needed: bool) -> int | None:
        text = self.text(column, needed=needed)
        if text is None:
            return None
        try:
            fen = Decimal(text.replace(",", "")) * FEN_PER_YUAN
        except InvalidOperation:
            fen = Decimal(-1)
        if fen < 0 or fen != int(fen):
            self.wrong(column, f"应为不小于零的金额（元），至多两位小数，不是“{text}”")
            return None
        return int(fen)

    def wrong(self, column: str, expected: str) -> None:
        self.faults.append(Wrong(self.file, self.row, column, expected))


def read(path: Path) -> list[Event]:
    """What a filled-in worksheet says, in the order of its rows. Raises WorksheetWrong, OSError."""
    # Imported here: a quarter of a second, of which one command makes use.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    faults: list[Wrong] = []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book[SHEET]
    except (BadZipFile, InvalidFileException, KeyError, ValueError):
        raise WorksheetWrong(
            [Wrong(path.name, 1, SHEET, f"应为导出的疑点核实表（XLSX，含“{SHEET}”页）")]
        ) from None
    rows = list(sheet.iter_rows(values_only=True))
    book.close()
    names = [
        str(value or "").strip() for value in (rows[HEADING - 1] if len(rows) >= HEADING else ())
    ]
    missing = [name for name in (TOLD[0], *ASKED) if name not in names]
    if missing:
        raise WorksheetWrong([Wrong(path.name, HEADING, name, "缺少这一列") for name in missing])
    found: list[Event] = []
    for number, values in enumerate(rows[HEADING:], start=HEADING + 1):
        cells = dict(zip(names, values, strict=False))
        if not str(cells.get(RESULT) or "").strip():
            continue
        reader = _Reader(path.name, number, cells, faults)
        event = _answer(reader)
        if event is not None:
            found.append(event)
    if faults:
        raise WorksheetWrong(faults)
    return found


def _answer(cells: _Reader) -> Event | None:
    result = str(cells.text(RESULT))
    make = _MAKERS.get(str(_STATES.get(result)))
    if make is None:
        cells.wrong(RESULT, f"应为 {'、'.join(_STATES)}，不是“{result}”")
        return None
    before = len(cells.faults)
    common = {
        "finding": cells.text(TOLD[0]),
        "reason": cells.text("核实说明"),
        "decided_by": cells.text("核实人"),
        "decided_on": cells.day("核实日期"),
    }
    fields = common | _more(cells, make)
    if len(cells.faults) > before:
        return None
    try:
        return make(**fields)
    except ValidationError as error:
        for fault in error.errors():
            column = _COLUMNS.get(str(fault["loc"][0]), TOLD[0])
            cells.wrong(column, f"写法不对：{cells.cells.get(column)}")
        return None


_MAKERS: Mapping[str, Callable[..., Event]] = {
    "dismissed": FindingDismissed,
    "upheld": FindingUpheld,
    "rectified": FindingRectified,
    "waived": RecoveryWaived,
}
_COLUMNS = {
    "finding": TOLD[0],
    "reason": "核实说明",
    "decided_by": "核实人",
    "decided_on": "核实日期",
    "unit": "责任单位",
    "due_on": "整改期限",
    "amount_fen": "涉及或追回金额（元）",
    "recovered_fen": "涉及或追回金额（元）",
    "document_number": "文号",
    "approved_by": "批准人",
}


def _more(cells: _Reader, make: Callable[..., Event]) -> dict[str, Any]:
    """What an answer of this kind needs beside what all do."""
    money = "涉及或追回金额（元）"
    if make is FindingUpheld:
        return {
            "unit": cells.text("责任单位"),
            "due_on": cells.day("整改期限"),
            "amount_fen": cells.fen(money, needed=False),
        }
    if make is FindingRectified:
        return {
            "document_number": cells.text("文号"),
            "recovered_fen": cells.fen(money, needed=False),
        }
    if make is RecoveryWaived:
        return {
            "approved_by": cells.text("批准人"),
            "document_number": cells.text("文号"),
            "amount_fen": cells.fen(money, needed=True),
        }
    return {}
