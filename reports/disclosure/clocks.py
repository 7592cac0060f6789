"""How a thing that is to be made public stands on a day: pure functions of days and limits.

公布 and 公告 come after: they are due so long after a day. 公示 comes before a decision: it is up
for so many days, and then down. A column (栏目) of the website is stale where nothing was added for
too long. Limits are parameters, each as of the day from which it runs; of several the shortest
holds. A limit in working days of a year whose notice is not known is a span of days (`Due`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.bureau.bureau import Bureau
from domain.bureau.parameters import PARAMETERS
from domain.calendar import Due, months_after
from domain.codes import Labels

State = Annotated[
    Literal[
        "due",
        "late",
        "done-late",
        "done",
        "undecidable",
        "excused",
        "no-limit",
        "running",
        "to-be-down",
        "down",
        "down-early",
        "fresh",
        "stale",
    ],
    Labels(
        "待公开",
        "逾期未公开",
        "逾期公开",
        "按期公开",
        "不能判定",
        "不再公开",
        "已公开",
        "公示中",
        "应撤下",
        "已撤下",
        "公示期不足",
        "更新正常",
        "超期未更新",
    ),
]


class Standing(NamedTuple):
    """How a thing stands."""

    state: State
    due: Due | None = None
    """The last day on which it may be done; of a notice the last day on which it is up."""
    left: int | None = None
    """Working days after the one asked about, up to that day; None where nobody knows."""
    over: int | None = None
    """Days by which it is, or was, late."""


def due(bureau: Bureau, limits: Collection[str], start: date) -> Due | None:
    """The last day of the shortest of some limits that run from a day; None where there is none."""
    found = [each for name in limits if (each := _due(bureau, name, start)) is not None]
    if not found:
        return None
    return Due(min(each.earliest for each in found), min(each.latest for each in found))


def _due(bureau: Bureau, name: str, start: date) -> Due | None:
    unit = PARAMETERS[name].unit
    if unit == "工作日":
        return bureau.due(name, start)
    if unit == "日":
        return bureau.due_in_days(name, start)
    months = bureau.rules.number(name, start)
    if months is None:
        return None
    last = months_after(start, months)
    return Due(last, last)


def publication(
    bureau: Bureau,
    limits: Collection[str],
    start: date,
    done: date | None,
    on: date,
    excused: date | None = None,
) -> Standing:
    """公布、公告: whether it was done in time, was done late, is due, or is late.

    What happens after the day asked about has not happened. What was undone before anybody
    published it need not be published any more.
    """
    done = done if done is not None and done <= on else None
    last = due(bureau, limits, start)
    if excused is not None and excused <= on and (done is None or excused <= done):
        return Standing("excused", last)
    if last is None:
        return Standing("no-limit" if done else "due")
    over = last.over(done or on)
    if over is None:
        return Standing("undecidable", last)
    if not over:
        left = None if done else bureau.calendar.working_days_between(on, last.latest)
        return Standing("done" if done else "due", last, left)
    return Standing("done-late" if done else "late", last, over=((done or on) - last.latest).days)


def notice(
    bureau: Bureau,
    limits: Collection[str],
    opened: date,
    until: date | None,
    closed: date | None,
    on: date,
) -> Standing:
    """公示: whether it is up, should be down, is down, or was up for too short a time.

    It is up to the last day that it says itself, else to that of the limit.
    """
    closed = closed if closed is not None and closed <= on else None
    least = due(bureau, limits, opened)
    last = least if until is None else Due(until, until)
    if last is None:
        return Standing("running" if closed is None else "down")
    if closed is not None:
        ended = closed if until is None else min(closed, until)
        short = least is not None and ended < least.earliest
        return Standing("down-early" if short else "down", last)
    over = last.over(on)
    if over is None:
        return Standing("undecidable", last)
    if over:
        return Standing("to-be-down", last, over=(on - last.latest).days)
    return Standing("running", last, bureau.calendar.working_days_between(on, last.latest))


def column(bureau: Bureau, every: str, updated: date, on: date) -> Standing:
    """栏目: whether so long after its last update there must be another one."""
    last = _due(bureau, every, updated)
    if last is None:
        return Standing("no-limit")
    if last.over(on):
        return Standing("stale", last, over=(on - last.latest).days)
    return Standing("fresh", last, bureau.calendar.working_days_between(on, last.latest))


def least_of(bureau: Bureau, limits: Collection[str], on: date) -> tuple[int, str] | None:
    """The number and unit of the shortest limit in force on a day, for people to read."""
    units = {"工作日": 7 / 5, "日": 1, "月": 30}
    found = [
        (number, PARAMETERS[name].unit)
        for name in limits
        if (number := bureau.rules.number(name, on)) is not None
    ]
    return min(found, key=lambda each: each[0] * units[each[1]], default=None)
