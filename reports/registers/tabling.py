"""Registers as tables: what people read, and take along as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.laws import in_chinese
from reports.registers.asking import Listing
from reports.registers.register import Register, Shown
from reports.shown import SAMPLE_BANNER
from reports.tables import Column, Table

NOT_CONNECTED = "未接入"
"""What is said of a register whose line reports nothing: not that there is nothing."""


def table_of(listing: Listing, bureau: Bureau, *, sample: bool = False) -> Table:
    """The rows of a listing under the register's columns; codes stand there by their names."""
    register, moment = listing.register, listing.moment
    columns = register.columns.values()
    names = {column.name: column.names(bureau) for column in columns}
    about = {"说明": SAMPLE_BANNER} if sample else {}
    about |= {
        "来源": bureau.name,
        "数据截至": moment.end.isoformat(),
        "账本位置": str(moment.at),
        "事项": register.item,
        "依据": in_chinese(register.basis),
    }
    return Table(
        name=register.name,
        title=register.title,
        columns=tuple(
            Column(column.name, column.title, column.kind, column.unit) for column in columns
        ),
        rows=[
            tuple(_value(row[column.name], names[column.name]) for column in columns)
            for row in listing.rows
        ],
        about=about,
    )


def _value(value: Any, names: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(_value(each, names)) for each in value)
    return value if value is None or not names else names.get(str(value), str(value))


def text_of(value: Any, column: Shown | Column) -> str:
    """A value of a table as a page shows it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if column.kind == "money":
        whole, rest = divmod(int(value), 100)
        return f"{whole:,}.{rest:02}" if rest else f"{whole:,}"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return f"{value:,}" if column.kind == "number" else str(value)


def limit_of(register: Register) -> str:
    """Until when what changes is to be public, in words; empty where no limit is known."""
    if register.working_days is None:
        return ""
    return f"信息形成或者变更之日起{register.working_days}个工作日内"
