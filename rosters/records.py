"""From rows to records: cases of one row or several, and facts, in the fields of the contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from domain.bureau.bureau import Bureau
from domain.calendar import month_end
from domain.documents import identity_of
from rosters import cells
from rosters.cells import CellWrong, text_of
from rosters.contract import EACH, Field
from rosters.maps import Column, RosterMap
from rosters.pointers import at, put
from rosters.rows import Row, RowReader, WrongCell, is_number
from rosters.table import Cell, Roster


@dataclass(frozen=True)
class Record:
    """One case, or one fact: the rows that tell it, its data as JSON, and where each stands."""

    rows: tuple[int, ...]
    data: Mapping[str, Any]
    where: Mapping[str, Cell] = field(compare=False)

    def cell_of(self, pointer: str) -> tuple[int, int]:
        """Row and column of what stands at a pointer in `data`, or nearest above; else its row."""
        while pointer:
            if (found := self.where.get(pointer)) is not None:
                return found.row, found.column
            below = (c for p, c in self.where.items() if p.startswith(f"{pointer}/"))
            if (first := next(below, None)) is not None:
                return first.row, 0
            pointer = pointer.rpartition("/")[0]
        return self.rows[0], 0


@dataclass(frozen=True)
class Records:
    """All records of a roster; those with a wrong cell are not among them."""

    good: Sequence[Record]
    wrong: Sequence[WrongCell]
    doubts: Sequence[str] = ()
    """What somebody should look at, and is told all the same."""


def records_of(roster: Roster, made: RosterMap, bureau: Bureau, month: str) -> Records:
    """What a roster of a month says."""
    wrong: list[WrongCell] = []
    reader = RowReader(roster, made, bureau, month, wrong)
    grouping = _Grouping(reader)
    groups: dict[str, list[Row]] = defaultdict(list)
    body = {next(iter(row.values())).row for row in roster.rows}
    for cell in roster.across:
        if cell.row in body:
            why = "正文中跨列合并的单元格：请取消合并 / cells merged across columns: part them"
            wrong.append(WrongCell(cell.row, cell.column, why))
    for cells_of_row in roster.rows:
        row = reader.row(cells_of_row)
        groups[row.key].append(row)
    good: list[Record] = []
    spoilt = {each.row for each in wrong}
    for rows in groups.values():
        record = grouping.record(rows)
        if spoilt.isdisjoint(record.rows) and not ({each.row for each in wrong} & {*record.rows}):
            good.append(record)
    wrong.extend(_totals(roster, good, wrong))
    doubts = list(_twice(good, made))
    return Records(good, sorted(set(wrong)), doubts)


class _Grouping:
    """Makes records of rows; what is wrong is noted."""

    def __init__(self, reader: RowReader) -> None:
        self.reader, self.made, self.bureau = reader, reader.made, reader.bureau
        self.month, self.wrong = reader.month, reader.wrong
        person = self.made.grants.person if self.made.grants else ""
        self._each = person.partition(f"/{EACH}")[0] if EACH in person else ""
        """Where the members of a case stand, if it may have several rows."""

    def record(self, rows: Sequence[Row]) -> Record:
        """What rows of one key say together."""
        data: dict[str, Any] = {}
        where: dict[str, Cell] = {}
        if len(rows) > 1 and not self._each:
            for row in rows:
                others = "、".join(str(other.number) for other in rows if other is not row)
                why = f"与第 {others} 行重复 / told twice, in row {others}"
                self.wrong.append(WrongCell(row.number, 0, why))
            rows = rows[:1]
        for index, row in enumerate(rows):
            for column, value in row.values.items():
                if column.field is None:
                    continue
                pointer = column.field.pointer.replace(f"/{EACH}", f"/{index}")
                if not self._agrees(
                    column, column.field, row, where.get(pointer), at(data, pointer), value
                ):
                    continue
                if column.add_up and pointer in where:
                    value += at(data, pointer)  # noqa: PLW2901  the sum so far
                put(data, pointer, value)
                where.setdefault(pointer, row.cells[column])
        if "township" not in data and "/village" in where:
            where["/township"] = where["/village"]
        self._complete(data, len(rows))
        self._counted(rows)
        return Record(tuple(row.number for row in rows), data, {**self._all(rows), **where})

    def _all(self, rows: Sequence[Row]) -> dict[str, Cell]:
        """Where each field stands, or would."""
        return {
            column.field.pointer.replace(f"/{EACH}", f"/{index}"): cell
            for index, row in reversed(list(enumerate(rows)))
            for column, cell in row.cells.items()
            if column.field is not None
        }

    def _agrees(
        self, column: Column, field_: Field, row: Row, first: Cell | None, before: Any, value: Any
    ) -> bool:
        """Whether a row says of its case what the rows before it said; nobody knows which errs."""
        if first is None or before is None or column.add_up or before == value:
            return True
        for cell, other in ((first, row.cells[column]), (row.cells[column], first)):
            self.reader.note(cell, _otherwise(cell, other, shown=not field_.personal))
        return False

    def _complete(self, data: dict[str, Any], rows: int) -> None:
        """What the map says without a column, and what follows from other fields."""
        if "village" in data and "township" not in data:
            data["township"] = str(data["village"])[:9]
        said = self._words(data)
        for pointer, value in self.made.constants.items():
            for place in self._each_of(pointer, rows):
                if at(data, place) is None:
                    put(data, place, said.get(value, value) if isinstance(value, str) else value)
        if self._each:
            for member in data.get(self._each.removeprefix("/"), ()):
                member.setdefault("covered", True)
        fields = (column.field for column in self.made.columns if column.field)
        for owner in (f.pointer.rpartition("/")[0] for f in fields if is_number(f)):
            for place in self._each_of(owner, rows):
                if isinstance(person := at(data, place), dict):
                    person.setdefault("id_kind", "resident-id")

    def _each_of(self, pointer: str, rows: int) -> list[str]:
        """A pointer for each of the rows, where it goes by them."""
        each = range(rows) if f"/{EACH}" in pointer else (0,)
        return [pointer.replace(f"/{EACH}", f"/{number}") for number in each]

    def _words(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Constants that are worked out: what each stands for."""
        first = date.fromisoformat(f"{self.month}-01")
        said = {
            "@month": self.month,
            "@first-day": first.isoformat(),
            "@last-day": month_end(self.month).isoformat(),
            "@day-before": (first - timedelta(days=1)).isoformat(),
        }
        begins = data.get("first_month")
        if isinstance(begins, str):
            begun = date.fromisoformat(f"{begins}-01")
            said["@before-first-month"] = (begun - timedelta(days=1)).isoformat()
        places = (self.bureau.place(str(data.get(key))) for key in ("village", "township"))
        area = next((place.area for place in places if place and place.area), None)
        return said | ({"@area": area} if area else {})

    def _counted(self, rows: Sequence[Row]) -> None:
        for row in rows:
            for column, value in row.values.items():
                if column.field is None and not row.cells[column].filled and value != len(rows):
                    why = f"本户有 {len(rows)} 行，一人一行 / {len(rows)} rows, one a person"
                    self.reader.note(row.cells[column], why)


def _otherwise(cell: Cell, other: Cell, *, shown: bool) -> str:
    """What is told of a cell where another row of the case says something else."""
    here, there = (f"“{text_of(each.value or '')}”" if shown else "" for each in (cell, other))
    return (
        f"与本户第 {other.row} 行{there}不一致{here and f'（本行{here}）'}：请核对，改为相同"
        f" / row {other.row} of the case says {there or 'something else'}"
        f"{here and f', this one {here}'}: make them the same"
    )


def _totals(
    roster: Roster, good: Sequence[Record], wrong: Sequence[WrongCell]
) -> Iterator[WrongCell]:
    """A total that is not the sum of its rows; nothing is said where a row is wrong or left out."""
    if roster.left_out or wrong:
        return
    for totals in roster.totals:
        for column, cell in totals.items():
            if column.field is None or column.field.kind != "money" or cell.value is None:
                continue
            try:
                said = cells.money(cell.value, column.unit)
            except CellWrong:
                continue
            pointer = column.field.pointer
            summed = sum(value for r in good if isinstance(value := at(r.data, pointer), int))
            if said != summed:
                is_ = f"{summed / cells.UNITS[column.unit]:,.2f}{column.unit}"
                why = f"合计与各行之和 {is_} 不符 / the rows come to {is_}"
                yield WrongCell(cell.row, cell.column, why)


def _twice(good: Sequence[Record], made: RosterMap) -> Iterator[str]:
    """Persons who stand in two cases of a roster: the ledger says what is wrong with that."""
    if made.grants is None:
        return
    seen: dict[object, int] = {}
    for record in good:
        for person in _persons(record.data):
            identity = identity_of(person.get("id_kind", ""), str(person.get("id_number", "")))
            first = seen.setdefault(identity, record.rows[0])
            if person.get("id_number") and first != record.rows[0]:
                name = masked(str(person.get("name", "")))
                rows = f"第 {first} 行与第 {record.rows[0]} 行"
                yield f"{name}：{rows}是同一人，在两个个案中 / one person in two cases"


def _persons(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "id_kind" in value:
            yield value
        for below in value.values():
            yield from _persons(below)
    elif isinstance(value, list):
        for below in value:
            yield from _persons(below)


def persons(record: Record) -> list[Mapping[str, Any]]:
    """The persons whom a record names, as they stand in its data."""
    return list(_persons(record.data))


def masked(name: str) -> str:
    """A name as a preview shows it: 张*."""
    return f"{name[:1]}*" if name else "*"
