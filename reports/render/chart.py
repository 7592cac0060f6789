"""A chart as SVG: lines or bars over periods, without script or style; same data, same bytes.

Told apart without colour: lines by their marks, dashes and names at their ends, bars by patterns.
Bars begin at zero. A voice reads what the chart shows from its title and description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from markupsafe import Markup, escape

Number = int | Decimal
WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 104, 30, 30
COLOURS = ("#14395c", "#a8480b", "#3f7d5c", "#6b6b6b")
DASHES = ("", "7 4", "2 3", "9 3 2 3")
PATTERNS = (
    Markup(""),
    Markup('<path d="M0 6 6 0" stroke="{0}" stroke-width="1.6"/>'),
    Markup('<circle cx="3" cy="3" r="1.4" fill="{0}"/>'),
    Markup('<path d="M0 3h6" stroke="{0}" stroke-width="1.6"/>'),
)
"""Of bars after the first series, drawn on white."""
_TICKS = 5
_LEAST = 15
"""Between names at the ends of lines."""


@dataclass(frozen=True, slots=True)
class Row:
    """A series: its name and its number in each period, None where there is none."""

    title: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows."""

    name: str
    """Of this chart on its page: a-z, 0-9 and -."""
    title: str
    kind: Literal["line", "bar"]
    unit: str
    periods: tuple[str, ...]
    """As a description says them: 2024年1月."""
    labels: tuple[str, ...]
    """As the axis has them: 1月."""
    rows: tuple[Row, ...]


def scale(low: Number, high: Number, *, from_zero: bool) -> tuple[list[Fraction], bool]:
    """The numbers on an axis, at even and round steps; whether it begins at zero."""
    least, most = Fraction(low), Fraction(high)
    if from_zero or least <= (most - least) * 2:
        least, most = min(least, Fraction(0)), max(most, Fraction(0))
    rough = (most - least) / _TICKS or Fraction(abs(most), _TICKS) or Fraction(1)
    if isinstance(low, int) and isinstance(high, int):
        rough = max(rough, Fraction(1))  # there is no half a person
    power = Fraction(10) ** (len(str(int(rough))) - 1 if rough >= 1 else -2)
    step = next(power * n for n in (1, 2, 5, 10, 20, 50, 100) if power * n >= rough)
    first = least // step * step
    ticks = [first]
    while ticks[-1] < most or len(ticks) == 1:
        ticks.append(ticks[-1] + step)
    return ticks, first <= 0


def number(value: Number | Fraction) -> str:
    """With separators, without zeros at the end."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def render(chart: Chart) -> Markup:
    """The chart as one <svg>; empty where there is nothing to show."""
    known = [value for row in chart.rows for value in row.values if value is not None]
    if not known:
        return Markup("")
    ticks, at_zero = scale(min(known), max(known), from_zero=chart.kind == "bar")
    plot = _Plot(chart, ticks, at_zero)
    inside = Markup("").join(
        (*plot.axes(), *(plot.bars() if chart.kind == "bar" else plot.lines()))
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{n}-t {n}-d">'
        '<title id="{n}-t">{title}</title><desc id="{n}-d">{desc}</desc>{inside}</svg>'
    ).format(
        w=WIDTH, h=HEIGHT, n=chart.name, title=chart.title, desc=described(chart), inside=inside
    )


def described(chart: Chart) -> str:
    """What the chart shows, in words."""
    said = [f"{chart.periods[0]}至{chart.periods[-1]}，单位：{chart.unit}"]
    for row in chart.rows:
        there = [(v, p) for v, p in zip(row.values, chart.periods, strict=True) if v is not None]
        if there:
            (least, low), (most, high) = min(there), max(there)
            last, when = there[-1]
            said.append(
                f"{row.title}{when}为{number(last)}，最高{number(most)}（{high}），"
                f"最低{number(least)}（{low}）"
            )
    return "。".join(said) + "。"


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things stand: from left to right the periods, from the bottom up the numbers."""

    chart: Chart
    ticks: Sequence[Fraction]
    at_zero: bool

    @property
    def slot(self) -> float:
        right = RIGHT if self.chart.kind == "line" else 16
        return (WIDTH - LEFT - right) / len(self.chart.labels)

    def x(self, place: int) -> float:
        return round(LEFT + self.slot * (place + 0.5), 1)

    def y(self, value: Number | Fraction) -> float:
        share = (Fraction(value) - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return round(HEIGHT - BOTTOM - float(share) * (HEIGHT - BOTTOM - TOP), 1)

    def axes(self) -> Iterator[Markup]:
        right = round(LEFT + self.slot * len(self.chart.labels), 1)
        for tick in self.ticks:
            colour = "#444" if tick == max(self.ticks[0], Fraction(0)) else "#d8d5cc"
            yield Markup('<path d="M{} {}H{}" stroke="{}"/>').format(
                LEFT, self.y(tick), right, colour
            )
            yield _text(LEFT - 8, self.y(tick) + 4, number(tick), "end")
        note = "" if self.at_zero else f"，纵轴自{number(self.ticks[0])}起"
        yield _text(LEFT - 8, 14, f"{self.chart.unit}{note}", "start" if note else "end")
        for place, label in enumerate(self.chart.labels):
            yield _text(self.x(place), HEIGHT - 10, label, "middle")

    def lines(self) -> Iterator[Markup]:
        ends: list[tuple[float, int, str]] = []
        for n, row in enumerate(self.chart.rows):
            points = [
                None if value is None else (self.x(place), self.y(value))
                for place, value in enumerate(row.values)
            ]
            drawn = [f"M{a[0]} {a[1]}L{b[0]} {b[1]}" for a, b in pairwise(points) if a and b]
            dash = Markup(' stroke-dasharray="{}"').format(DASHES[n]) if DASHES[n] else ""
            yield Markup('<path d="{}" fill="none" stroke="{}" stroke-width="2"{}/>').format(
                "".join(drawn), COLOURS[n], dash
            )
            there = [point for point in points if point is not None]
            yield from (_mark(n, *point) for point in there)
            if there:
                ends.append((there[-1][1], n, row.title))
        below = -1.0 * _LEAST
        right = round(LEFT + self.slot * len(self.chart.labels), 1)
        for y, n, title in sorted(ends):
            below = max(y + 4, below + _LEAST)
            yield _text(right - 6, below, title, "start", COLOURS[n])

    def bars(self) -> Iterator[Markup]:
        rows, name = self.chart.rows, self.chart.name
        wide = round(self.slot * 0.76 / len(rows), 1)
        for n, row in enumerate(rows):
            fill = COLOURS[n]
            if PATTERNS[n]:
                fill = f"url(#{name}-p{n})"
                yield Markup(
                    '<pattern id="{}-p{}" width="6" height="6" patternUnits="userSpaceOnUse">'
                    '<path d="M0 0h6v6H0z" fill="#fff"/>{}</pattern>'
                ).format(name, n, PATTERNS[n].format(COLOURS[n]))
            for place, value in enumerate(row.values):
                if value is None:
                    continue
                left = round(self.x(place) - wide * len(rows) / 2 + wide * n, 1)
                top, foot = sorted((self.y(value), self.y(Fraction(0))))
                yield Markup('<path d="M{} {}h{}v{}h-{}z" fill="{}" stroke="{}"/>').format(
                    left, top, wide, round(foot - top, 1), wide, fill, COLOURS[n]
                )
                if len(rows) == 1:
                    yield _text(self.x(place), top - 4, f"{value:,}", "middle", size=11)
            if len(rows) > 1:
                at = LEFT + 150 * n
                yield Markup('<path d="M{} 6h14v10h-14z" fill="{}" stroke="{}"/>').format(
                    at, fill, COLOURS[n]
                )
                yield _text(at + 20, 15, row.title, "start")


def _mark(n: int, x: float, y: float) -> Markup:
    """Round, square, pointed up, pointed to all sides."""
    shape = (
        f"M{x - 3.5} {y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
        f"M{x - 3.5} {y - 3.5}h7v7h-7z",
        f"M{x} {y - 4.5}l4.5 8h-9z",
        f"M{x} {y - 5}l5 5l-5 5l-5 -5z",
    )[n]
    return Markup('<path d="{}" fill="{}"/>').format(shape, COLOURS[n])


def _text(
    x: float, y: float, text: str, anchor: str, colour: str = "#333", size: int = 12
) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" font-size="{}" fill="{}">{}</text>').format(
        x, round(y, 1), anchor, size, colour, escape(text)
    )
