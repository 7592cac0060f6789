"""What pages and JSON of registers show: rows, cells with where they lead, addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from api.registers_asked import query_of
from api.view import View
from domain.laws import in_chinese
from reports.registers.asking import Listing
from reports.registers.register import Register, Shown
from reports.registers.tabling import table_of, text_of
from reports.shown import json_value
from reports.tables import Table

HOME = "/registers"


class Cell(NamedTuple):
    """What stands in a cell, and the address that it leads to, if any."""

    text: str
    href: str = ""


def head(register: Register) -> dict[str, Any]:
    """What a register is, for machines."""
    return {
        "name": register.name,
        "title": register.title,
        "item": register.item,
        "content": register.content,
        "basis": in_chinese(register.basis),
        "working_days": register.working_days,
        "connected": register.connected,
        "address": f"/{register.name}",
    }


def columns(register: Register) -> list[dict[str, str]]:
    """Its columns, for machines."""
    return [
        {
            "name": column.name,
            "title": column.title,
            "kind": column.kind,
            "unit": "分" if column.kind == "money" else column.unit,
        }
        for column in register.columns.values()
    ]


def address(register: Register, record: str) -> str:
    """Where a record has its page: that of the register that its rows are of."""
    return f"/{register.of or register.name}/{quote(record, safe='')}"


def table(view: View, found: Listing) -> Table:
    """The rows of a listing, to be read and to be taken along."""
    return table_of(found, view.bureau, sample=view.ledger.sample)


def cells(found: Listing, made: Table, pinned: Mapping[str, str]) -> list[list[Cell]]:
    """The rows of a table as a page shows them."""
    held = list(found.register.columns.values())
    return [
        [
            Cell(text_of(value, column), _leads_to(shown, row[shown.name], pinned))
            for value, column, shown in zip(values, made.columns, held, strict=True)
        ]
        for values, row in zip(made.rows, found.rows, strict=True)
    ]


def _leads_to(column: Shown, value: Any, pinned: Mapping[str, str]) -> str:
    if not column.to or value is None:
        return ""
    return f"/{column.to}{query_of({**pinned, column.name: str(value)})}"


def rows_json(view: View, found: Listing) -> list[dict[str, Any]]:
    """The rows of a listing, each with the record that it is of and where that is."""
    register = found.register
    return [
        {"id": record, "address": address(register, record), **row_json(view, held(register), row)}
        for record, row in zip(found.ids, found.rows, strict=True)
    ]


def held(register: Register) -> Sequence[Shown]:
    """Its columns in order."""
    return list(register.columns.values())


def row_json(view: View, shown: Sequence[Shown], row: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored; beside a code, what it is called."""
    made: dict[str, Any] = {}
    for column in shown:
        value = row[column.name]
        made[column.name] = json_value(value)
        if column.is_coded:
            made[f"{column.name}_name"] = None if value is None else said(view, column, value)
    return made


def said(view: View, column: Shown, value: Any) -> str:
    """A value as a page shows it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(said(view, column, each) for each in value)
    return column.names(view.bureau).get(str(value)) or text_of(value, column)
