"""The periods of a theme: what stands of each, and what was corrected.

Of several releases of a period the latest that tells a number says it; of editions the one that
stands. A period of which nothing was released is not there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports.measure import Exact
from reports.moment import period_of
from reports.plans.spans import Span, shifted
from reports.release import Release, standing
from reports.themes.theme import By, Series, Theme
from reports.themes.told import Told, place_name

PERIODS: Mapping[By, re.Pattern[str]] = {
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "year": re.compile(r"[0-9]{4}"),
}
"""Periods that a theme shows, as releases write them."""


@dataclass(frozen=True, slots=True)
class Month:
    """A period of a theme as it was released: a month, or a year."""

    period: str
    values: Mapping[str, Exact]
    """Series → its number; one that was not told is not there."""
    to_date: Mapping[str, Exact]
    """Series → its number from the beginning of the year on."""
    places: Sequence[tuple[str, str | None, Mapping[str, Exact]]]
    """Township, its code (None for merged ones), series → number."""
    release: Release
    """That says most of it."""
    editions: tuple[Release, ...]
    """All of that, the first one first."""
    places_by: Release | None = None
    """That tells the townships: this one, or another that ends on the same day."""

    @property
    def span(self) -> Span:
        """First and last day."""
        return period_of(self.period)

    @property
    def corrected(self) -> bool:
        """Whether it superseded another edition."""
        return len(self.editions) > 1


def releases_of(theme: Theme, releases: Iterable[Release]) -> list[Release]:
    """The public releases that stand and speak of a period of the theme, the latest first."""
    pattern = PERIODS[theme.by]
    public = (item for item in releases if item.audience == "public")
    return [item for item in standing(public) if pattern.fullmatch(item.period)]


def ending_with(period: str, releases: Iterable[Release]) -> list[Release]:
    """Other public releases that stand and speak of the last day of a period, the latest first.

    A year tells townships of its end that a month could not: they differ less from what was told.
    """
    end = period_of(period)[1]
    public = standing(item for item in releases if item.audience == "public")
    return [item for item in public if item.moment.end == end and item.period != period]


def months(
    theme: Theme, told: Sequence[tuple[Release, Told]], releases: Sequence[Release]
) -> list[Month]:
    """The periods of which anything was told, the first one first.

    `told` are releases that stand, the latest first, those of other periods only for their
    townships; `releases` all there are.
    """
    by_period: defaultdict[str, list[tuple[Release, Told]]] = defaultdict(list)
    for item, says in told:
        by_period[item.period].append((item, says))
    found = []
    for period in sorted(by_period):
        if PERIODS[theme.by].fullmatch(period):
            end = period_of(period)[1]
            beside = [one for one in told if one[0].moment.end == end and one[0].period != period]
            found.append(_month(theme, by_period[period], beside, releases))
    return [month for month in found if month is not None]


def _month(
    theme: Theme,
    said: Sequence[tuple[Release, Told]],
    beside: Sequence[tuple[Release, Told]],
    releases: Sequence[Release],
) -> Month | None:
    period = said[0][0].period
    span = period_of(period)
    values: dict[str, Exact] = {}
    to_date: dict[str, Exact] = {}
    by: list[Release] = []
    for release, told in said:
        before = len(values)
        for name, part in theme.told():
            if name not in values and (value := told.value(part, span)) is not None:
                values[name] = value
                year = shifted(span, ("本年累计",))
                if theme.series[name].adds_up and (sum_ := told.value(part, year)) is not None:
                    to_date[name] = sum_
        by += [release] * (len(values) > before)
    if not by:
        return None
    main = by[0]
    told_by = next((one for one in (*said, *beside) if _places(theme, span, one[1])), None)
    same = [item for item in releases if (item.plan, item.period) == (main.plan, main.period)]
    return Month(
        period=period,
        values=values,
        to_date=to_date,
        places=() if told_by is None else _places(theme, span, told_by[1]),
        release=main,
        editions=tuple(sorted(same, key=lambda item: item.edition)),
        places_by=told_by and told_by[0],
    )


def _places(
    theme: Theme, span: Span, told: Told
) -> list[tuple[str, str | None, Mapping[str, Exact]]]:
    """A row for each township that was told, in the folder's order; those merged come last."""
    rows: defaultdict[frozenset[str], dict[str, Exact]] = defaultdict(dict)
    names: Mapping[str, str] = {}
    parts = dict(theme.told())
    for name in theme.places:
        if name in parts:
            places = parts[name].bureau.townships
            names = {code: place.name for code, place in places.items()}
            for codes, exact in told.places(parts[name], span):
                rows[codes][name] = exact
    order = {code: place for place, code in enumerate(names)}

    def place(codes: frozenset[str]) -> tuple[bool, int]:
        return len(codes) > 1, min(order.get(code, len(order)) for code in codes)

    return [
        (place_name(codes, names), next(iter(codes)) if len(codes) == 1 else None, rows[codes])
        for codes in sorted(rows, key=place)
    ]


def before(month: Month, every: Iterable[Month], shift: str) -> Month | None:
    """The period before a month, or the same of the year before, where that was released."""
    span = shifted(month.span, (shift,))
    return next((other for other in every if other.span == span), None)


def change(series: Series, month: Month, other: Month | None) -> int | None:
    """How much more a series came to than in another period; None where either is not told."""
    one, two = month.values.get(series.name), other and other.values.get(series.name)
    if type(one) is int and type(two) is int:
        return one - two
    return None


def range_of(by: By, listed: Sequence[Month]) -> list[str]:
    """All periods from the first to the last, those not released among them."""
    if not listed:
        return []
    first, last = listed[0].period, listed[-1].period
    if by == "year":
        return [str(year) for year in range(int(first), int(last) + 1)]
    found, day = [], date(int(first[:4]), int(first[5:]), 1)
    while f"{day:%Y-%m}" <= last:
        found.append(f"{day:%Y-%m}")
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found
