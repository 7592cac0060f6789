"""What pages of registers tell of rows: as people read them, and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from api.view import View
from domain.laws import in_chinese
from reports.registers.asking import Past
from reports.registers.register import Register, Shown
from reports.registers.tabling import text_of
from reports.shown import json_value
from reports.tables import Table


def head(register: Register) -> dict[str, Any]:
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


def texts(table: Table) -> list[list[str]]:
    """The rows as a page shows them."""
    return [
        [text_of(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]


def is_own(register: Register, past: Past) -> bool:
    return not register.columns[next(iter(past.values))].by


def said(view: View, column: Shown, value: Any) -> str:
    """A value as a page shows it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(said(view, column, each) for each in value)
    return column.names(view.bureau).get(str(value)) or text_of(value, column)


def past_texts(view: View, register: Register, past: Past) -> dict[str, Any]:
    columns = [register.columns[name] for name in past.values]
    return {
        "titles": [column.title for column in columns],
        "values": [said(view, column, past.values[column.name]) for column in columns],
        "since": past.since.isoformat(),
        "until": "" if past.until is None else (past.until - timedelta(days=1)).isoformat(),
        "recorded": "" if past.recorded is None else past.recorded.isoformat(),
    }


def past_json(view: View, register: Register, past: Past) -> dict[str, Any]:
    held = {name: register.columns[name] for name in past.values}
    return {
        **row_json(view, replace(register, columns=held), past.values),
        "since": json_value(past.since),
        "until": json_value(past.until),
        "recorded_on": json_value(past.recorded),
        "position": past.position,
    }


def row_json(view: View, register: Register, row: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored; beside a code, what it is called."""
    made: dict[str, Any] = {}
    for name, column in register.columns.items():
        made[name] = json_value(row[name])
        if column.is_coded:
            value = row[name]
            made[f"{name}_name"] = None if value is None else said(view, column, value)
    return made


def columns_of(register: Register) -> list[dict[str, str]]:
    return [
        {
            "name": column.name,
            "title": column.title,
            "kind": column.kind,
            "unit": "分" if column.kind == "money" else column.unit,
        }
        for column in register.columns.values()
    ]
