"""Reading the rows of a roster: what each cell says, or why nothing can be made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.bureau.bureau import Bureau
from domain.calendar import month_end
from rosters import cells
from rosters.cells import BLANK, CellWrong, folded, text_of
from rosters.contract import Field
from rosters.maps import Column, RosterMap
from rosters.table import EXAMPLE, Cell, Roster

VILLAGE_DIGITS = 12
_SEPARATORS = re.compile(r"\s*[\u3001\uff0c\uff1b,;]\s*")
"""Between the values of a list in one cell."""


class WrongCell(NamedTuple):
    """A cell that nothing is made of; `column` 0 is the row as a whole."""

    row: int
    column: int
    why: str


class Row(NamedTuple):
    number: int
    key: str
    cells: Mapping[Column, Cell]
    values: Mapping[Column, Any]


class RowReader:
    """Reads rows; what is wrong is noted."""

    def __init__(
        self, roster: Roster, made: RosterMap, bureau: Bureau, month: str, wrong: list[WrongCell]
    ) -> None:
        self.roster, self.made, self.bureau, self.month = roster, made, bureau, month
        self.wrong = wrong
        self._names: dict[str, dict[str, str]] = {}
        # A village is known by its name only within its township.
        self._order = sorted(
            roster.places, key=lambda c: c.field is not None and c.field.listed.endswith("village")
        )

    def row(self, cells_of_row: Mapping[Column, Cell]) -> Row:
        """One row, each cell read."""
        values: dict[Column, Any] = {}
        number = next(iter(cells_of_row.values())).row
        for column in self._order:
            cell = cells_of_row[column]
            try:
                value = self._value(column, cell, values)
            except CellWrong as error:
                self.note(cell, str(error))
                continue
            if value is not None:
                values[column] = value
        if any(text_of(cell.value or "").startswith(EXAMPLE) for cell in cells_of_row.values()):
            self.wrong.append(
                WrongCell(number, 0, "模板的示例行：请删除 / the example row: delete it")
            )
        parts = [values.get(c) for c in map(self.made.column_of, self.made.key) if c]
        key = "\x1f".join(map(str, parts)) if parts and parts[0] is not None else f"\x1f{number}"
        return Row(number, key, cells_of_row, values)

    def note(self, cell: Cell, why: str) -> None:
        if cell.value is None and (cell.row, cell.column) in self.roster.sheet.formulas:
            why = "公式没有算出的值：请在表格软件中打开并保存，或改为值 / a formula without a value"
        self.wrong.append(WrongCell(cell.row, cell.column, why))

    def _value(self, column: Column, cell: Cell, values: Mapping[Column, Any]) -> Any:
        value, field_ = cell.value, column.field
        if value is None:
            if (cell.row, cell.column) in self.roster.sheet.formulas:
                raise CellWrong("")
            return None
        own = field_ is not None and (field_.personal or field_.pointer in self.made.key[:1])
        if cell.filled and field_ is not None and field_.personal:
            raise CellWrong("人员的单元格不能跨行合并 / a cell of a person merged over rows")
        if cell.filled and own and self.made.grants is None:
            raise CellWrong("区分各行的单元格不能跨行合并 / merged over rows that it tells apart")
        if field_ is None:
            return cells.count(value)
        text = folded(text_of(value))
        if not field_.needed and text in BLANK and text not in column.codes and not column.yes:
            return None
        if not field_.many:
            return self._read(field_, column, value, values)
        parts = _SEPARATORS.split(value) if isinstance(value, str) else [value]
        return [self._read(field_, column, part, values) for part in parts if part != ""]

    def _read(  # noqa: PLR0911  one branch for each kind
        self, field_: Field, column: Column, value: Any, values: Mapping[Column, Any]
    ) -> Any:
        epoch = self.roster.sheet.epoch
        match field_.kind:
            case "money":
                return cells.money(value, column.unit)
            case "day":
                return cells.day(value, epoch)
            case "month":
                return cells.month(value, epoch)
            case "count":
                return cells.count(value)
            case "flag":
                return cells.flag(value, column.yes)
            case "number":
                return cells.number(value, resident=is_number(field_))
            case "choice" | "listed":
                return self._code(field_, column, value, values)
        return cells.number(value) if isinstance(value, int | float) else cells.words(value)

    def _code(self, field_: Field, column: Column, value: Any, values: Mapping[Column, Any]) -> str:
        if field_.listed not in ("township", "village"):
            return cells.code(value, column.codes, self._names_of(field_))
        if isinstance(value, int | float):
            value = cells.number(value)
        names = self._names_of(field_)
        if field_.listed == "village":
            township = next(
                (v for c, v in values.items() if c.field and c.field.listed == "township"), ""
            )
            names = {code: name for code, name in names.items() if code.startswith(township)}
            digits = folded(value)
            if digits not in column.codes and digits.isdecimal():
                return _within(digits, township)
            if not names and not column.codes:
                raise _village(township)
        return cells.code(value, column.codes, names)

    def _names_of(self, field_: Field) -> dict[str, str]:
        if field_.pointer not in self._names:
            names = field_.names(self.bureau)
            if field_.listed == "township":
                first, last = date.fromisoformat(f"{self.month}-01"), month_end(self.month)
                open_ = {
                    code: name
                    for code, name in names.items()
                    if self.bureau.townships[code].stands(first)
                    or self.bureau.townships[code].stands(last)
                }
                said = set(open_.values())
                names = open_ | {c: n for c, n in names.items() if n not in said}
            self._names[field_.pointer] = names
        return self._names[field_.pointer]


def _within(digits: str, township: str) -> str:
    """The code of a village; the ledger says whether the bureau has it. Raises CellWrong."""
    if len(digits) != VILLAGE_DIGITS or not digits.startswith(township):
        raise _village(township)
    return digits


def _village(township: str) -> CellWrong:
    zh, en = (f" {township}", f" {township}") if township else ("", "")
    return CellWrong(
        f"应为村（社区）代码：12 位数字，前 9 位为镇街代码{zh}"
        f" / the 12-digit code of a village, of which the first 9 are its township{en}"
    )


def is_number(field_: Field) -> bool:
    """Whether it holds the number of a document, which is a 居民身份证 if none is named."""
    return field_.pointer.endswith("/id_number")
