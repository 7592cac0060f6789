"""Pages of themes (专题): numbers by month as they were released, with what was corrected since.

Themes and registers stand at bare names, which the bureau's folder gives: /assistance/dibao,
/organisations. Of a theme that is one period: /assistance/dibao/2024-11.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, problems, record, registers
from api.answers import answer
from api.downloads import Files
from api.furniture import Place
from api.issued import address
from api.question import Pages
from api.registers_asked import LONGEST, given_of, of_moment, opened, query_of
from api.roles import EVERYBODY
from api.view import ASKED, View
from domain.laws import in_chinese
from reports import themes
from reports.measure import Exact
from reports.registers.tabling import NOT_CONNECTED
from reports.release import Altered, Release
from reports.render import chart
from reports.render.chart import Chart
from reports.shown import json_value
from reports.themes import tabling, told
from reports.themes.months import PERIODS, Month, ending_with, months, releases_of
from reports.themes.theme import Series, Theme
from reports.themes.told import Told

router = Pages(opened, admits=EVERYBODY)
HOME = "/themes"
LISTED = 13
"""Periods of a page: of a month, up to the same month of the year before."""
_YEAR = re.compile(r"[0-9]{4}")


class Listed(NamedTuple):
    """The periods of a page, and those that they are compared with."""

    listed: Sequence[Month]
    every: Sequence[Month]
    years: Sequence[str]
    """Of which anything was released, the latest first."""


@router.get(HOME)
async def index(request: Request, view: View) -> Response:
    """All themes, with the last period of each."""
    asked = given_of(request, _moments(view))
    every = themes.of(view.bureau)
    last = {path: (await listed_of(view, theme, most=1)).listed for path, theme in every.items()}
    data: dict[str, Any] = {
        "themes": [
            head_json(theme) | {"latest": last[path][-1].period if last[path] else None}
            for path, theme in every.items()
        ]
    }
    if view.auditor:
        data["unfit"] = [str(wrong) for wrong in themes.check(view.bureau)]
    return await answer(
        request,
        "themes.html",
        view,
        data,
        place=Place(canonical=HOME + query_of(_ledger(asked))),
        not_connected=NOT_CONNECTED,
        period_name=tabling.period_name,
        onward=query_of(of_moment(view, asked)),
    )


@router.get("/{name}")
async def top(request: Request, view: View, name: str) -> Response:
    """A theme, or else a register."""
    theme = themes.of(view.bureau).get(name)
    if theme is None:
        return await registers.listed(request, view, name)
    return await _page(request, view, theme, "")


@router.get("/{name}/{rest:path}")
async def below(request: Request, view: View, name: str, rest: str) -> Response:
    """A theme inside another, a period of one, or else a record of a register."""
    every = themes.of(view.bureau)
    path = f"{name}/{rest}"
    if path in every:
        return await _page(request, view, every[path], "")
    outer, _, period = path.rpartition("/")
    if outer in every:
        return await _page(request, view, every[outer], period)
    return await record.one(request, view, name, rest)


async def _page(request: Request, view: View, theme: Theme, period: str) -> Response:
    """A theme up to its last period, up to one that is asked for, or of a year."""
    asked = given_of(request, (*_moments(view), "year", *downloads.PARAMETERS))
    base, year = f"/{theme.path}", asked.get("year", "")
    up = query_of(of_moment(view, asked))
    if period and not PERIODS[theme.by].fullmatch(period):
        raise problems.not_found(f"没有 {base}/{period[:LONGEST]} 这一页", f"各期：{base}")
    if year and not _YEAR.fullmatch(year):
        raise problems.bad_choice(f"没有 {year[:LONGEST]} 年", "year 写作 2024")
    found = await listed_of(view, theme, period or year, year=year)
    if not found.listed and (period or year):
        raise problems.not_found(
            f"{theme.title}没有发布过 {period or year} 的数字", f"已发布的：{base}"
        )
    if period and found.listed[-1].period != period:
        raise problems.not_found(f"{theme.title}没有发布过 {period} 的数字", f"已发布的：{base}")
    month = found.listed[-1] if found.listed else None
    path = f"{base}/{period}" if period else base
    query = query_of({**_ledger(asked), **({"year": year} if year else {})})
    tables, compared = _tables(theme, month, found), _compared(theme, month, found)
    name = "-".join(("theme", *theme.path.split("/"), *([month.period] if month else [])))
    return await answer(
        request,
        "theme.html",
        view,
        _json(theme, month, found, compared),
        place=Place(
            None if month is None else month.release.moment,
            None if month is None else month.release,
            path + query,
            HOME,
        ),
        files=Files(name, theme.title, tables, None if month is None else month.release.moment),
        theme=theme,
        month=month,
        found=found,
        basis=in_chinese(theme.basis),
        series=tabling.of_listed(theme, found.listed),
        compared=compared,
        missing=[each for each in theme.series.values() if not each.connected],
        places=next((table for table in tables if table.name == "places"), None),
        charts=[(each, chart.render(each)) for each in tabling.charts(theme, found.listed)],
        inner=_inner(view, theme),
        above=_above(view, theme),
        tabling=tabling,
        address=address,
        base=base,
        pinned=period,
        year=year,
        up=up,
        not_connected=NOT_CONNECTED,
    )


class Front(NamedTuple):
    """What the first page shows of a theme."""

    theme: Theme
    month: Month
    values: Sequence[Compared]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return head_json(self.theme) | {
            "period": self.month.period,
            "values": _values(self.theme, {s.name: said["value"] for s, said in self.values}),
        }


async def front(view: View) -> tuple[list[Front], list[tuple[Chart, Markup]]]:
    """The last numbers of the themes that the first page shows, and the charts of the first one."""
    found: list[Front] = []
    drawn: list[tuple[Chart, Markup]] = []
    for theme in themes.of(view.bureau).values():
        if not theme.front:
            continue
        periods = await listed_of(view, theme, most=2 if found else LISTED)
        if periods.listed:
            month = periods.listed[-1]
            compared = _compared(theme, month, periods)
            values = [(each, said) for each, said in compared if each.name in theme.front]
            if not found:
                charts = tabling.charts(theme, periods.listed)
                drawn = [(each, chart.render(each)) for each in charts]
            found.append(Front(theme, month, values))
    return found, drawn


async def listed_of(
    view: View, theme: Theme, until: str = "", *, year: str = "", most: int = LISTED
) -> Listed:
    """The last periods that were released, none after `until`; with `year`, those of it.

    Of them the last one has its townships.
    """
    there = releases_of(theme, view.releases) if theme.connected else []
    periods = sorted({item.period for item in there}, reverse=True)
    chosen = {p for p in periods if not until or p[: len(until)] <= until}
    last = set(sorted(chosen, reverse=True)[:most])
    every = await periods_of(view, theme, last, [max(last)] if last else [])
    listed = [month for month in every if month.period.startswith(year)]
    return Listed(listed, every, list(dict.fromkeys(period[:4] for period in periods)))


async def periods_of(
    view: View, theme: Theme, periods: Collection[str], placed: Iterable[str]
) -> list[Month]:
    """Some periods as they were released; those `placed` with townships of others' releases."""
    there = releases_of(theme, view.releases) if theme.connected else []
    wanted = [item for item in there if item.period in periods]
    if theme.places:
        wanted += [item for each in placed for item in ending_with(each, view.releases)]
    return months(theme, await _told(view, wanted), view.releases)


async def _told(view: View, wanted: Sequence[Release]) -> list[tuple[Release, Told]]:
    """The numbers of releases, each read once. Raises Problem."""
    by_key = {("told", view.ledger.name, one.position, one.content): one for one in wanted}

    async def work(connection: asyncpg.Connection, keys: Sequence[Any]) -> list[Told]:
        return [await told.told(connection, by_key[key]) for key in keys]

    try:
        says = await view.values.several(list(by_key), work)
    except Altered as error:
        raise problems.altered(str(error)) from None
    return list(zip(by_key.values(), says, strict=True))


def _moments(view: View) -> tuple[str, ...]:
    """What a page takes besides: what was released is of no other day."""
    return ASKED if view.auditor else ("ledger",)


def _ledger(asked: Mapping[str, str]) -> dict[str, str]:
    return {"ledger": asked["ledger"]} if "ledger" in asked else {}


def _inner(view: View, theme: Theme) -> list[Theme]:
    """The themes inside this one."""
    every = themes.of(view.bureau).items()
    return [each for path, each in every if path.startswith(f"{theme.path}/")]


def _above(view: View, theme: Theme) -> list[tuple[str, str]]:
    """The way down to a theme."""
    outer = themes.of(view.bureau).get(theme.path.partition("/")[0])
    inside = [] if outer is None or outer is theme else [(f"/{outer.path}", outer.title)]
    return [(HOME, "专题"), *inside]


def _tables(theme: Theme, month: Month | None, found: Listed) -> tuple[Any, ...]:
    if month is None:
        return ()
    places = tabling.by_place(theme, month)
    first = (tabling.by_period(theme, found.listed), tabling.latest(theme, month, found.every))
    return first if places is None else (*first, places)


Compared = tuple[Series, Mapping[str, Exact]]


def _compared(theme: Theme, month: Month | None, found: Listed) -> list[Compared]:
    """The series that a period tells, each beside other periods."""
    if month is None:
        return []
    return [
        (each, tabling.compared(theme, each, month, found.every))
        for each in tabling.of_listed(theme, [month])
    ]


def head_json(theme: Theme) -> dict[str, Any]:
    return {
        "path": theme.path,
        "title": theme.title,
        "content": theme.content,
        "basis": in_chinese(theme.basis),
        "by": theme.by,
        "connected": theme.connected,
        "address": f"/{theme.path}",
    }


def _json(
    theme: Theme, month: Month | None, found: Listed, compared: Sequence[Compared]
) -> dict[str, Any]:
    return head_json(theme) | {
        "series": [
            {
                "name": each.name,
                "title": each.title,
                "unit": each.unit,
                "exact_unit": "分"
                if each.slice is not None and each.slice.measure.is_money
                else each.unit,
                "connected": each.connected,
                "definition": None if each.slice is None else each.slice.measure.definition,
            }
            for each in theme.series.values()
        ],
        "latest": None if month is None else month.period,
        "years": found.years,
        "months": [_month_json(theme, each) for each in found.listed],
        "compared": {
            each.name: {key: json_value(tabling.shown(each, exact)) for key, exact in said.items()}
            for each, said in compared
        },
        "places": [
            {"code": code, "name": name, "values": _values(theme, values)}
            for name, code, values in (month.places if month else ())
        ],
    }


def _month_json(theme: Theme, month: Month) -> dict[str, Any]:
    return {
        "period": month.period,
        "values": _values(theme, month.values),
        "to_date": _values(theme, month.to_date),
        "release": address(month.release),
        "published_at": month.release.published_at,
        "edition": month.release.edition,
        "superseded": [address(item) for item in month.editions if item is not month.release],
    }


def _values(theme: Theme, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "value": json_value(tabling.shown(theme.series[name], exact)),
            "exact": json_value(exact),
        }
        for name, exact in values.items()
    }
