"""专题: numbers by month or year as releases told them, and merged as those merged them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.issued import address
from api.question import Pages
from api.read import asked as asking
from api.read.answers import head, listed, only, page, sent, single
from api.read.asked import AT, LEDGER, PAGED, public
from api.read.moments import said_of, then_asked
from api.read.shape import BASE, Field, Operation, Parameter
from api.registers_asked import Then
from api.roles import EVERYBODY
from api.themes import head_json, listed_of, periods_of
from api.view import View
from domain.bureau.bureau import Bureau
from reports import themes
from reports.measure import Exact
from reports.release import Release
from reports.shown import json_value
from reports.themes import tabling
from reports.themes.months import Month, releases_of
from reports.themes.theme import Series, Theme

PATH = "/themes"
TAG = "专题"
router = Pages(public, admits=EVERYBODY)
_BY = {"month": "按月", "year": "按年"}
_SPANS = {"period": "本期", "to-date": "本年累计"}
_OF = ("series", "项目的代码")
_PLACES = {"district": "全区（县）", "township": "一个镇街", "merged": "合并的镇街"}
_NAME = Parameter(
    "name",
    "专题；地址中的 / 写作 .，如 assistance.dibao",
    {"type": "string", "minLength": 1},
    "专题",
    in_path=True,
)
_ABOUT = (
    Field("name", "专题，即其地址中的名字", optional=False),
    Field("title", "名称", optional=False),
    Field("content", "内容", optional=False),
    Field("basis", "依据", optional=False),
    Field("by", "按月还是按年", optional=False, codes=_BY),
    Field("connected", "是否已接入", "boolean", optional=False),
    Field("latest", "发布过的最近一期；没有发布过的为 null"),
    Field("address", "网页", optional=False),
)
_SERIES = Field(
    "series",
    "各项数",
    "array",
    optional=False,
    inside=(
        Field("name", "代码", optional=False),
        Field("title", "名称", optional=False),
        Field("unit", "单位", optional=False),
        Field("connected", "是否已接入", "boolean", optional=False),
        Field("adds_up", "各期可否相加；可相加的有本年累计", "boolean", optional=False),
        Field("by_township", "是否另有按镇街的", "boolean", optional=False),
        Field("definition", "定义；本单位没有的为 null"),
    ),
)
_VALUE = (
    Field("period", "哪一期：2024-11，按年的为 2024", optional=False),
    Field("series", "哪一项数", optional=False),
    Field("series_name", "这项数的名称", optional=False),
    Field("span", "本期的还是本年累计的", optional=False, codes=_SPANS),
    Field("place", "哪里的数", optional=False, codes=_PLACES),
    Field("township", "镇街代码；不是一个镇街的为 null"),
    Field("township_name", "镇街，或“其他（合并）”；全区（县）的为 null"),
    Field("number", "数，按单位", "number", optional=False),
    Field("exact", "未经取整的数；金额见 exact_fen", "integer"),
    Field("exact_fen", "未经取整的金额，单位为分", "integer"),
    Field("unit", "单位", optional=False),
    Field("release", "说出它的发布的网页", optional=False),
    Field("edition", "该发布的第几版", "integer", optional=False),
    Field("published_at", "该发布的时间", optional=False, format="date-time"),
)
_ALL = Operation(
    id="themes",
    path=PATH,
    title="专题",
    says="按月（或按年）公布的数字，每个专题一项，及其发布过的最近一期。",
    parameters=(
        *(LEDGER, AT),
        asking.code("by", "周期", _BY),
        asking.yes("connected", "是否已接入"),
        asking.chosen(_ABOUT),
        *PAGED,
    ),
    answer=listed(_ABOUT),
    tag=TAG,
)
_ONE = Operation(
    id="themes-one",
    path=PATH + "/{name}",
    title="一个专题",
    says="一个专题，和它的各项数。",
    parameters=(_NAME, LEDGER, AT, asking.chosen(_ABOUT)),
    answer=single(_ABOUT, _SERIES),
    tag=TAG,
)


def operations(bureau: Bureau) -> Iterator[Operation]:
    """The list, one theme, and its numbers."""
    yield from (_ALL, _ONE, _values(bureau, asking.text(*_OF)))


def _values(bureau: Bureau, series: Parameter) -> Operation:
    townships = {code: place.name for code, place in bureau.townships.items()}
    return Operation(
        id="themes-values",
        path=_ONE.path + "/values",
        title="一个专题的数字",
        says="各期发布过的数，一行一个；没有发布过的没有。按镇街的照发布时合并的合并，"
        "不足 3 人（户）的镇街不单列。更正过的为现行的一版。",
        parameters=(
            *(_NAME, LEDGER, AT),
            *asking.periods("period", "期"),
            series,
            asking.code("span", "时段", _SPANS),
            asking.code("place", "范围", _PLACES),
            asking.code("township", "镇街", townships),
            asking.chosen(_VALUE),
            *PAGED,
        ),
        answer=listed(_VALUE),
        tag=TAG,
    )


@router.get(PATH)
async def index(request: Request, view: View) -> Response:
    """All themes with the last period of each."""
    asked = asking.read(request, _ALL)
    then, view = await _then(request, view, asked)
    found = [await _about(view, theme) for theme in themes.of(view.bureau).values()]
    said = said_of(then)
    listing = page(request, found, _own(asked), said, lambda row: str(row["name"]))
    return sent(head(view) | said | listing)


@router.get(_ONE.path)
async def one(request: Request, view: View, name: str) -> Response:
    """One theme and its series."""
    theme = _found(view, name)
    asked = asking.read(request, _ONE)
    then, view = await _then(request, view, asked)
    about = only(await _about(view, theme), asked)
    series = [_series(theme, each) for each in theme.series.values()]
    return sent(head(view) | said_of(then) | {"row": about, "series": series})


@router.get(_ONE.path + "/values")
async def values(request: Request, view: View, name: str) -> Response:
    """The numbers of a theme, of all periods that were released."""
    theme = _found(view, name)
    there = {each.name: each.title for each in theme.series.values()}
    asked = asking.read(request, _values(view.bureau, asking.code(*_OF, there)))
    then, view = await _then(request, view, asked)
    periods = {item.period for item in releases_of(theme, view.releases)}
    told = await periods_of(view, theme, periods, sorted(periods))
    found = [row for month in told for row in _rows(theme, month)]
    said = said_of(then)
    return sent(head(view) | said | page(request, found, _own(asked), said, _key))


def _own(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name != AT.name}


async def _then(request: Request, view: View, asked: Mapping[str, Any]) -> tuple[Then, View]:
    """The position asked for, and what had been released there. Raises Problem."""
    then = await then_asked(request, view, asked, ("release", "release_section"))
    known = [item for item in view.releases if item.position <= then.moment.at]
    return then, replace(view, releases=known)


def _found(view: View, name: str) -> Theme:
    """Raises Problem."""
    there = themes.of(view.bureau)
    found = there.get(name.replace(".", "/"))
    if found is None or "/" in name:
        raise problems.not_found(f"没有专题 {name[:40]}", f"各个专题见 {BASE}{PATH}")
    return found


async def _about(view: View, theme: Theme) -> dict[str, Any]:
    last = (await listed_of(view, theme, most=1)).listed
    said = head_json(theme) | {
        "name": theme.path.replace("/", "."),
        "latest": last[-1].period if last else None,
    }
    return {field.name: said[field.name] for field in _ABOUT}


def _series(theme: Theme, series: Series) -> dict[str, Any]:
    return {
        "name": series.name,
        "title": series.title,
        "unit": series.unit,
        "connected": series.connected,
        "adds_up": series.adds_up,
        "by_township": series.name in theme.places,
        "definition": None if series.slice is None else series.slice.measure.definition,
    }


def _rows(theme: Theme, month: Month) -> Iterator[dict[str, Any]]:
    """All that was released of a period, as the page of that period shows it."""
    for span, values in (("period", month.values), ("to-date", month.to_date)):
        for name, exact in values.items():
            if span == "period" or theme.by == "month":
                yield _row(theme, month, month.release, name, exact, span=span)
    for called, code, values in month.places:
        place = "merged" if code is None else "township"
        for name, exact in values.items():
            if exact is None:
                continue
            by = month.places_by or month.release
            at = {"place": place, "township": code or None, "township_name": called}
            yield _row(theme, month, by, name, exact, **at)


def _row(
    theme: Theme, month: Month, by: Release, name: str, exact: Exact, **more: str | None
) -> dict[str, Any]:
    series = theme.series[name]
    money = series.slice is not None and series.slice.measure.is_money
    said = {
        "period": month.period,
        "series": name,
        "series_name": series.title,
        "span": "period",
        "place": "district",
        "township": None,
        "township_name": None,
        "number": json_value(tabling.shown(series, exact)),
        "exact": None if money else exact,
        "exact_fen": exact if money else None,
        "unit": series.unit,
        "release": address(by),
        "edition": by.edition,
        "published_at": by.published_at,
    }
    return said | more


def _key(row: Mapping[str, Any]) -> str:
    named = ("period", "series", "span", "place", "township")
    return " ".join(row[name] or "" for name in named)
