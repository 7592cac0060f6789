"""What a question about registers asks: which day, as known where, which rows in which order."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import asyncpg
from starlette.requests import Request

from api import downloads, gate, looks, problems
from api.furniture import Place
from api.question import view_of
from api.roles import audits
from api.view import ASKED, View
from reports.lacks import Lacks, within
from reports.moment import (
    SHANGHAI,
    Moment,
    Unanswerable,
    ahead,
    day_of,
    period_of,
    position_of,
    recorded_to,
)
from reports.registers.asking import Query
from reports.registers.register import Register, Shown
from reports.shown import json_value, written_day

T = TypeVar("T")
_PUBLIC = ("ledger", "asof", "at")
IN_ORDER = ("q", "sort")
"""What says, beside filters, which rows a list has and in which order."""
IN_LIST = (*IN_ORDER, "page", "size")
LONGEST = 60
"""Characters of a search, and of what a refusal repeats."""
_MONTH = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_WRITTEN = "asof 写作 2024-12-31，at 为账本位置；不写即为最近的情况"


async def opened(request: Request) -> View:
    """The ledger that is asked about, and for auditors the moment.

    Links to other pages take that along; of the public's moment these would know nothing.
    """
    given = request.query_params
    moment = ASKED if audits(request) else ("ledger",)
    names = (*moment, *downloads.PARAMETERS)
    _once(request, "ledger")
    return await view_of(request, {name: given[name] for name in names if given.get(name)})


@dataclass(frozen=True, slots=True)
class Then:
    """The moment that a page speaks of, and what of it was asked for."""

    moment: Moment
    recorded: date | None
    """The day up to which the ledger was recorded."""
    asked: Mapping[str, str]
    view: View
    today: date
    """The reader's own day, by which it is told what may still be shown."""

    @property
    def pinned(self) -> dict[str, str]:
        """What an address says that shall show the same again."""
        named = {"ledger": self.asked["ledger"]} if "ledger" in self.asked else {}
        day = {"asof": self.moment.end.isoformat()} if self.has_day else {}
        return named | day | {"at": str(self.moment.at)}

    @property
    def has_day(self) -> bool:
        """Whether it is about a day: without one asked for, an empty ledger is about none."""
        return self.recorded is not None or bool(self.asked.keys() & {"asof", "period"})

    @property
    def about(self) -> str:
        """What day the page is about, as people read it."""
        return f"截至{written_day(self.moment.end)}" if self.has_day else "账本还没有记录"

    def place(self, path: str, column: str = "", **more: str) -> Place:
        """Where a page stands: its moment, and its one address; what is asked of now has no day."""
        day = {name: self.asked[name] for name in ("ledger", "asof", "at") if name in self.asked}
        shows = self.moment if self.has_day else None
        return Place(shows, canonical=path + query_of(day | more), column=column)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "asof": self.moment.end.isoformat() if self.has_day else None,
            "at": self.moment.at,
            "recorded_to": json_value(self.recorded),
            **Lacks.of(self.view.lacking).as_json(),
        }


async def once(
    then: Then, name: str, work: Callable[[asyncpg.Connection], Awaitable[T]], *, now: bool
) -> T:
    """What `work` says of a moment; of that which is asked of now it is worked out once."""
    view = then.view
    if not now:
        async with view.values.reading() as connection:
            return await work(connection)
    stands = tuple(sorted((model, stand.position) for model, stand in view.reach.items()))
    found: T = await view.values.get((name, then.moment, view.bureau.digest, stands), work)
    return found


def given_of(request: Request, known: Collection[str]) -> dict[str, str]:
    """What was asked, without what was left empty. Raises Problem."""
    given = request.query_params
    if unknown := [n for n in given if n not in {*known, gate.PARAMETER, looks.PARAMETER}]:
        raise problems.unknown_parameters(unknown, (*known, looks.PARAMETER))
    for name in given:
        _once(request, name)
    return {name: value for name, value in given.items() if value and name in known}


def _once(request: Request, name: str) -> None:
    """Raises Problem where a parameter is given twice: each may mean something else."""
    if len(request.query_params.getlist(name)) > 1:
        raise problems.bad_choice(f"参数 {name} 只能给一次", "去掉多余的")


def moments(view: View) -> tuple[str, ...]:
    """What every page of registers may be asked; auditors come from pages that know more."""
    return ASKED if view.auditor else _PUBLIC


def of_moment(view: View, asked: Mapping[str, str]) -> dict[str, str]:
    """What was asked of the moment."""
    return {name: asked[name] for name in moments(view) if name in asked}


async def then_of(view: View, asked: Mapping[str, str], models: Collection[str]) -> Then:
    """The moment asked for, no later than what these read models hold. Raises Problem."""
    try:
        at = position_of(asked["at"]) if "at" in asked else view.folded
        if "known" in asked:
            at = await view.position()
        named = day_of(asked["asof"]) if "asof" in asked else None
        if named is None and "period" in asked:
            named = period_of(asked["period"])[1]
    except Unanswerable as error:
        raise problems.bad_choice(str(error), _WRITTEN) from None
    if at > view.folded:
        raise problems.bad_choice(f"位置 {at} 尚不可读：现在到 {view.folded}", _WRITTEN)
    recorded = await _recorded(view, at)
    day = named or recorded or date.min
    found = within(view.reach, Moment(view.ledger.name, day, day, at), models)
    view.lacking.append(found.lacks)
    return Then(found.moment, recorded, asked, view, await _today(view))


async def _today(view: View) -> date:
    """The reader's own day, by the clock; it is not before what is recorded.

    Of invented records it is the day up to which they go: they show the same whoever looks when.
    """
    recorded = await _recorded(view, view.folded) or date.min
    return recorded if view.ledger.sample else max(recorded, datetime.now(SHANGHAI).date())


async def _recorded(view: View, at: int) -> date | None:
    """The day on which a position was recorded; only what many ask for is remembered."""
    if at == view.folded:
        return await view.values.get(
            ("recorded", view.ledger.name, at),
            lambda connection: recorded_to(connection, view.ledger.name, at),
        )
    async with view.values.reading() as connection:
        return await recorded_to(connection, view.ledger.name, at)


def ahead_of(then: Then) -> str:
    """What there is to say where days to come are asked about; else nothing."""
    return ahead(then.moment, then.recorded) if then.asked.keys() & {"asof", "period"} else ""


def looked_for(view: View, register: Register, asked: Mapping[str, str]) -> Query:
    """What is searched for, chosen and sorted by. Raises Problem."""
    search = asked.get("q", "").strip()
    if len(search) > LONGEST:
        raise problems.bad_choice("查找的字太多", f"最多 {LONGEST} 个字")
    if search and not register.search:
        raise problems.bad_choice("这个名录不能按文字查找", "去掉参数 q")
    sort = asked.get("sort", "")
    if sort and sort.removeprefix("-") not in register.sort:
        there = "、".join(register.sort)
        raise problems.bad_choice(
            f"不能按 {sort[:LONGEST]} 排序", f"可用：{there}，前加 - 为从后到前"
        )
    filters: dict[str, str | int] = {}
    days: dict[str, tuple[date | None, date | None]] = {}
    for name in (name for name in register.filters if name in asked):
        column, text = register.columns[name], asked[name]
        if column.kind == "date":
            days[name] = _month(column, text)
            continue
        names = column.names(view.bureau)
        if column.is_coded and text not in names:
            there = "、".join(f"{code} {called}" for code, called in names.items())
            raise problems.bad_choice(f"{column.title}没有 {text[:LONGEST]}", f"可选：{there}")
        filters[name] = _number(column, text) if column.kind == "number" else text
    return Query(search, filters, days, sort)


def _number(column: Shown, text: str) -> int:
    """A number that a column is to hold. Raises Problem."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise problems.bad_choice(f"{column.title}没有 {text[:LONGEST]}", "写作整数")
    return int(text)


def _month(column: Shown, text: str) -> tuple[date, date]:
    """The days of a month or a year that a column is to be in. Raises Problem."""
    with suppress(Unanswerable):
        if _MONTH.fullmatch(text):
            return period_of(text)
    written = "按月或者按年查，写作 2024-11、2024"
    raise problems.bad_choice(f"{column.title}没有 {text[:LONGEST]}", written)


def kept(asked: Mapping[str, str], register: Register) -> dict[str, str]:
    """What the next page asks again."""
    return {name: asked[name] for name in (*IN_ORDER, *register.filters) if name in asked}


def query_of(asked: Mapping[str, str]) -> str:
    return "?" + urlencode(asked) if asked else ""
