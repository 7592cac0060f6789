"""Themes as tables, and as charts: the numbers that were released, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.laws import in_chinese
from reports.cells.cell import MERGED
from reports.measure import Exact, Value
from reports.render.chart import Chart, Row
from reports.tables import Column, Table
from reports.themes.months import Month, before, change, range_of
from reports.themes.theme import ChartPlan, Series, Theme

WHOLE = "没有合并的镇街"
WITHHELD = f"“{MERGED}”为不足 3 人（户）或可推算出不足 3 人（户）的镇街的合计"


def shown(series: Series, exact: Exact) -> Value:
    """A number in the unit of its series."""
    return None if series.slice is None or exact is None else series.slice.measure.shown(exact)


def text(series: Series, exact: Exact) -> str:
    """A number as a page shows it, without its unit; empty where there is none."""
    value = shown(series, exact)
    return "" if value is None else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def change_text(series: Series, more: int | None) -> str:
    """A difference with its sign."""
    if more is None:
        return ""
    return f"{'+' if more > 0 else '−' if more < 0 else ''}{text(series, abs(more))}"


def period_name(period: str) -> str:
    """2024年3月, 2024年."""
    year, _, month = period.partition("-")
    return f"{year}年{int(month)}月" if month else f"{year}年"


def of_listed(theme: Theme, listed: Sequence[Month]) -> list[Series]:
    """The series of which any of these periods has a number."""
    return [s for s in theme.series.values() if any(s.name in month.values for month in listed)]


def by_period(theme: Theme, listed: Sequence[Month]) -> Table:
    """A row for each period."""
    series = of_listed(theme, listed)
    columns = (
        Column("period", "月份" if theme.by == "month" else "年份"),
        *map(_column, series),
        Column("edition", "版次", "number"),
        Column("release", "发布"),
    )
    rows = [
        (
            month.period,
            *(month.values.get(each.name) for each in series),
            month.release.edition,
            month.release.name,
        )
        for month in listed
    ]
    return Table("months", f"{theme.title}（各期）", columns, rows, about(theme))


def _column(series: Series) -> Column:
    money = series.slice is not None and series.slice.measure.is_money
    return Column(
        series.name, series.title, "money" if money else "number", "" if money else series.unit
    )


def latest(theme: Theme, month: Month, every: Sequence[Month]) -> Table:
    """One period beside the one before and the same of the year before."""
    columns = (
        Column("name", "代码"),
        Column("title", "名称"),
        Column("unit", "单位"),
        Column("value", period_name(month.period), "number"),
        Column("more", "比上期", "number"),
        Column("more_than_last_year", "比上年同期", "number"),
        Column("to_date", "本年累计", "number"),
        Column("definition", "定义"),
    )
    rows = []
    for each in of_listed(theme, [month]):
        said = compared(theme, each, month, every)
        part = each.slice
        values = (shown(each, said[key]) for key in ("value", "more", "year", "to_date"))
        rows.append((each.name, each.title, each.unit, *values, part and part.measure.definition))
    title = f"{theme.title}（{period_name(month.period)}）"
    return Table("latest", title, columns, rows, about(theme))


def compared(
    theme: Theme, series: Series, month: Month, every: Sequence[Month]
) -> Mapping[str, Exact]:
    """A series in a period: its number, how much more than before, from the year's beginning on."""
    last = before(month, every, "上期" if theme.by == "month" else "上年同期")
    year = before(month, every, "上年同期") if theme.by == "month" else None
    return {
        "value": month.values.get(series.name),
        "more": change(series, month, last),
        "year": change(series, month, year),
        "to_date": month.to_date.get(series.name) if theme.by == "month" else None,
    }


def by_place(theme: Theme, month: Month) -> Table | None:
    """A row for each township, as it was released; None where none was."""
    if not month.places:
        return None
    there = {name for _, _, values in month.places for name in values}
    series = [theme.series[name] for name in theme.places if name in there]
    columns = (Column("code", "镇街代码"), Column("place", "镇街"), *map(_column, series))
    rows: list[tuple[Any, ...]] = [
        (code, name, *(values.get(each.name) for each in series))
        for name, code, values in month.places
    ]
    title = f"{theme.title}（按镇街，{period_name(month.period)}）"
    said = {**about(theme), "合并情况": _merged(month)}
    if month.places_by is not None:
        said["发布"] = month.places_by.title
    return Table("places", title, columns, rows, said)


def _merged(month: Month) -> str:
    merged = any(code is None and name == MERGED for name, code, _ in month.places)
    return WITHHELD if merged else WHOLE


def about(theme: Theme) -> dict[str, str]:
    """What must be known of a table."""
    return {"内容": theme.content, "依据": in_chinese(theme.basis), "口径": "各期为发布时的数值"}


def charts(theme: Theme, listed: Sequence[Month]) -> list[Chart]:
    """The charts of a theme over these periods; none over a single one."""
    periods = range_of(theme.by, listed)
    if len(listed) <= 1:
        return []
    by_name = {month.period: month for month in listed}
    made = (
        _chart(theme, f"chart-{n}", plan, periods, by_name)
        for n, plan in enumerate(theme.charts, 1)
    )
    return [chart for chart in made if chart.rows]


def _chart(
    theme: Theme, name: str, plan: ChartPlan, periods: Sequence[str], months: Mapping[str, Month]
) -> Chart:
    rows = []
    for each in (theme.series[one] for one in plan.series):
        exacts = [months[p].values.get(each.name) if p in months else None for p in periods]
        values = [shown(each, exact) for exact in exacts]
        numbers = tuple(
            v if isinstance(v, int | Decimal) and not isinstance(v, bool) else None for v in values
        )
        if any(value is not None for value in numbers):
            rows.append(Row(each.title, numbers))
    return Chart(
        name=name,
        title=plan.title,
        kind=plan.kind,
        unit=theme.series[plan.series[0]].unit,
        periods=tuple(map(period_name, periods)),
        labels=tuple(_label(period, n) for n, period in enumerate(periods)),
        rows=tuple(rows),
    )


def _label(period: str, place: int) -> str:
    """1月; the first one, and each January, with the year."""
    year, _, month = period.partition("-")
    if not month:
        return year
    return f"{year[2:]}年{int(month)}月" if place == 0 or month == "01" else f"{int(month)}月"
