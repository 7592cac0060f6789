"""Charts: what stands in them, for eyes and for voices, and that no number bends them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render import chart
from reports.render.chart import Chart, Number, Row, scale

VALUES = st.integers(0, 10**9) | st.decimals(0, 10**6, places=2)


def a_chart(kind: str, *rows: tuple[Number | None, ...], titles: str = "甲乙丙丁") -> Chart:
    places = range(1, len(rows[0]) + 1)
    return Chart(
        name="chart-1",
        title="示例",
        kind="bar" if kind == "bar" else "line",
        unit="人",
        periods=tuple(f"2024年{n}月" for n in places),
        labels=tuple(f"{n}月" for n in places),
        rows=tuple(Row(title, values) for title, values in zip(titles, rows, strict=False)),
    )


def drawn(made: Chart) -> ET.Element:
    return ET.fromstring(chart.render(made))  # noqa: S314  our own


@pytest.mark.parametrize(
    ("low", "high", "from_zero", "ticks", "at_zero"),
    [
        (0, 190, True, [0, 50, 100, 150, 200], True),
        (143, 191, True, [0, 50, 100, 150, 200], True),
        (1055, 1564, False, [1000, 1200, 1400, 1600], False),
        (2616, 2631, False, [2615, 2620, 2625, 2630, 2635], False),
        (10, 100, False, [0, 20, 40, 60, 80, 100], True),
        (5240, 5240, False, [4000, 6000], False),
        (0, 0, True, [0, 1], True),
        (0, 2, True, [0, 1, 2], True),
        (Decimal("0.35"), Decimal("0.36"), True, [0, Fraction(1, 10), Fraction(2, 10)], True),
    ],
)
def test_an_axis_has_round_steps_and_bars_begin_at_zero(
    *, low: Number, high: Number, from_zero: bool, ticks: list[Fraction], at_zero: bool
) -> None:
    found, zero = scale(low, high, from_zero=from_zero)
    assert (found[: len(ticks)], zero) == (ticks, at_zero)


@given(st.lists(VALUES, min_size=1, max_size=13), st.sampled_from(["line", "bar"]))
def test_every_number_stands_inside_the_axes(values: list[Number], kind: str) -> None:
    ticks, at_zero = scale(min(values), max(values), from_zero=kind == "bar")
    assert ticks[0] <= min(values)
    assert max(values) <= ticks[-1]
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert 2 <= len(ticks) <= 12
    assert at_zero == (ticks[0] <= 0)
    assert kind == "line" or ticks[0] == 0
    root = drawn(a_chart(kind, tuple(values)))
    for text in root.iter("text"):
        assert 0 <= float(text.attrib["y"]) <= chart.HEIGHT


def test_a_voice_is_told_what_the_chart_shows() -> None:
    made = a_chart("line", (1072, None, 1055), (1556, 1564, 1552), titles="城乡")
    said = {name: drawn(made).find(name) for name in ("title", "desc")}
    texts = {name: None if each is None else each.text for name, each in said.items()}
    assert texts == {
        "title": "示例",
        "desc": (
            "2024年1月至2024年3月，单位：人。城2024年3月为1,055，最高1,072（2024年1月），"
            "最低1,055（2024年3月）。乡2024年3月为1,552，最高1,564（2024年2月），"
            "最低1,552（2024年3月）。"
        ),
    }


def test_series_are_told_apart_without_colour() -> None:
    four = tuple((n, n + 1) for n in range(1, 5))
    paths = list(drawn(a_chart("line", *four)).iter("path"))
    dashes = [p.attrib.get("stroke-dasharray") for p in paths if p.get("stroke-width") == "2"]
    assert len(set(dashes)) == 4
    marks = {re.sub(r"[-0-9.]+", "", p.attrib["d"]) for p in paths if "stroke" not in p.attrib}
    assert len(marks) == 4
    bars = drawn(a_chart("bar", *four))
    filled = {p.attrib["fill"] for p in bars.iter("path") if "fill" in p.attrib} - {"#fff"}
    patterns = [f"url(#{p.attrib['id']})" for p in bars.iter("pattern")]
    assert len(patterns) == 3
    assert set(patterns) < filled
    words = [text.text for text in bars.iter("text")]
    assert [title for title in "甲乙丙丁" if title in words] == [*"甲乙丙丁"]


def test_a_gap_is_no_zero() -> None:
    """A month that was not released breaks the line, and has no bar."""
    line = drawn(a_chart("line", (5, 6, None, 7, 8)))
    (path,) = [p for p in line.iter("path") if p.get("stroke-width") == "2"]
    assert path.attrib["d"].count("M") == 2
    bars = drawn(a_chart("bar", (5, None, 7)))
    assert len([p for p in bars.iter("path") if p.get("fill") == chart.COLOURS[0]]) == 2
    assert chart.render(a_chart("bar", (None, None))) == ""


def test_an_axis_that_does_not_begin_at_zero_says_so() -> None:
    words = [text.text for text in drawn(a_chart("line", (2616, 2631))).iter("text")]
    assert "人，纵轴自2,615起" in words


def test_the_same_data_make_the_same_bytes_and_no_markup_gets_in() -> None:
    made = a_chart("bar", (1, 2), (3, 4), titles=["<b>", "乙&"])  # type: ignore[arg-type]
    text = chart.render(made)
    assert text == chart.render(made)
    assert "<b>" not in text
    for word in ("style", "<script", "href", "http"):
        assert word not in text
