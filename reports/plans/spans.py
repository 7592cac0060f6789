"""Periods beside the one asked for, and how periods are said.

A span is a first and a last day. A span that begins in January and is no quarter, half-year or
year is one of the year to date.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from reports.plans.plan import PeriodKind, PeriodWord
from reports.shown import written_asof, written_day, written_span

Span = tuple[date, date]
_YEAR, _HALF, _QUARTER = 12, 6, 3
_LENGTHS: Mapping[PeriodKind, int] = {
    "month": 1,
    "quarter": _QUARTER,
    "half-year": _HALF,
    "year": _YEAR,
    "ytd": _YEAR,
}
_NUMERALS = "一二三四"

NAMES: Mapping[PeriodKind, str] = {
    "year": "年（2024）",
    "half-year": "半年（2024-H1）",
    "quarter": "季度（2024-Q3）",
    "month": "月（2024-11）",
    "ytd": "年初至某月（2024-11/ytd）",
}
"""Kinds of period, and how one is written."""


def _whole(start: date, end: date) -> bool:
    """Whether it is made of whole months."""
    return start.day == 1 and end == month_end(end.year, end.month)


def month_end(year: int, month: int) -> date:
    """The last day of a month; months below 1 and above 12 are of other years."""
    year, month = year + (month - 1) // _YEAR, (month - 1) % _YEAR + 1
    return date(year, month, monthrange(year, month)[1])


def months(span: Span) -> int:
    """In how many months its days lie."""
    start, end = span
    return (end.year - start.year) * _YEAR + end.month - start.month + 1


def kind_of(span: Span) -> PeriodKind | None:
    """What kind of period it is; None for none that a plan can be made for."""
    start, end = span
    if not _whole(*span) or start.year != end.year:
        return None
    kinds: dict[int, PeriodKind] = {1: "month", _QUARTER: "quarter", _HALF: "half-year"}
    kinds[_YEAR] = "year"
    count = months(span)
    if count in kinds and (start.month - 1) % count == 0:
        return kinds[count]
    return "ytd" if start.month == 1 else None


def last(kind: PeriodKind, on: date) -> Span:
    """The last period of a kind that was over on a day."""
    length = _LENGTHS[kind] if kind != "ytd" else 1
    start = (on.month - 1) // length * length + 1
    end = month_end(on.year, start + length - 1)
    if end > on:
        end = month_end(on.year, start - 1)
    first = month_end(end.year, end.month - length + 1).replace(day=1)
    return (first.replace(month=1) if kind == "ytd" else first), end


def text(span: Span) -> str:
    """As it is asked for: 2024, 2024-H1, 2024-Q3, 2024-11, 2024-11/ytd."""
    start, end = span
    made: Mapping[PeriodKind, str] = {
        "year": "",
        "half-year": f"-H{(start.month - 1) // _HALF + 1}",
        "quarter": f"-Q{(start.month - 1) // _QUARTER + 1}",
        "month": f"-{start.month:02d}",
        "ytd": f"-{end.month:02d}/ytd",
    }
    return f"{end.year}{made[kind_of(span) or 'ytd']}"


def _before(span: Span) -> Span:
    start, end = span
    if kind_of(span) in ("ytd", None):
        return start, month_end(end.year, end.month - 1)
    count = months(span)
    earlier = month_end(start.year, start.month - count)
    return earlier.replace(day=1), month_end(end.year, end.month - count)


def _last_year(span: Span) -> Span:
    start, end = span
    if end == month_end(end.year, end.month):
        ends = month_end(end.year - 1, end.month)
    else:
        ends = end.replace(year=end.year - 1)
    return start.replace(year=start.year - 1), ends


def _to_date(span: Span) -> Span:
    return date(span[1].year, 1, 1), span[1]


def _end_of_last_year(span: Span) -> Span:
    year = span[1].year - 1
    return date(year, _YEAR, 1), date(year, _YEAR, 31)


SHIFTS: Mapping[str, Callable[[Span], Span]] = {
    "本期": lambda span: span,
    "上期": _before,
    "上年同期": _last_year,
    "本年累计": _to_date,
    "上年累计": lambda span: _to_date(_last_year(span)),
    "上年末": _end_of_last_year,
}


def fits(span: Span, kinds: Iterable[PeriodKind]) -> bool:
    """Whether it is a period of one of these kinds, or such a one up to a day in it."""
    start, end = span
    if start.day != 1 or end < start:
        return False
    return any(
        (start.month - 1) % _LENGTHS[kind] == 0
        and end <= month_end(start.year, start.month + _LENGTHS[kind] - 1)
        for kind in kinds
    )


def shifted(span: Span, shifts: Iterable[str]) -> Span:
    """The period that these words lead to, one after the other."""
    for shift in shifts:
        span = SHIFTS[shift](span)
    return span


def said(word: PeriodWord, span: Span) -> str:
    """A word for a period: 2024年第三季度, 2024, 11, 11月底, 1月至11月."""
    start, end = span
    words: Mapping[PeriodWord, Callable[[], str]] = {
        "year": lambda: str(end.year),
        "month": lambda: str(end.month),
        "asof": lambda: written_asof(end),
        "span": lambda: written_span(start, end),
        "period": lambda: _period(span),
    }
    return words[word]()


def _period(span: Span) -> str:
    start, end = span
    if not _whole(start, end) or start.year != end.year:
        return f"{written_day(start)}至{written_day(end)}"
    halves = f"{'上' if start.month == 1 else '下'}半年"
    quarter = f"第{_NUMERALS[(start.month - 1) // _QUARTER]}季度"
    special = {"year": "", "half-year": halves, "quarter": quarter}
    return f"{start.year}年{special.get(kind_of(span) or '', written_span(start, end))}"
