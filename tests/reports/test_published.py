"""What published reports printed, and how values are compared with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reports import published
from reports.measure import Value
from tests.support.bureau import SAMPLE


@pytest.mark.parametrize(
    ("expected", "how", "value", "same"),
    [
        ("1435", "=", 1435, True),
        ("1435", "=", 1436, False),
        ("1809.05", "=", Decimal("1809.05"), True),
        ("1809.05", "=", Decimal("1809.06"), False),
        ("28.5", "=", Decimal("28.50"), True),
        ("76", ">", Decimal("80.09"), True),
        ("76", ">", Decimal(76), False),
        ("1..14", "range", 1, True),
        ("1..14", "range", 14, True),
        ("1..14", "range", 15, False),
        ("1.6..1.61", "range", Decimal("1.6"), True),
        ("0..1", "open-range", Decimal("0.57"), True),
        ("0..1", "open-range", 0, False),
        ("0..1", "open-range", 1, False),
        ("true", "=", True, True),
        ("true", "=", False, False),
        ("true", "=", 1, False),
        ("1", "=", True, False),
        ("2024-03-15", "=", "2024-03-15", True),
        ("2024-03-15", "=", "2024-03-16", False),
        ("2025-01-17T16:52:00+08:00", "=", "2025-01-17T16:52:00+08:00", True),
        ("2025-01-17T16:52:00+08:00", "=", "2025-01-17T08:52:00+00:00", True),
        ("2025-01-17T16:52:00+08:00", "=", "2025-01-17", False),
        ("1435", "=", None, False),
        ("76", ">", None, False),
    ],
)
def test_a_value_is_compared_as_the_wording_promises(
    expected: str, how: str, value: Value, *, same: bool
) -> None:
    assert published.compare(expected, how, value) is same


def test_an_unknown_comparison_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such comparison"):
        published.compare("1", "about", 1)


def test_the_report_of_2024_printed_63_figures() -> None:
    rows = published.load(SAMPLE, 2024)

    assert len(rows) == 63
    assert rows[0].id == "F01"
    assert rows[-1].id == "F64"
    assert {row.compare for row in rows} == {"=", ">", "range", "open-range"}
    money = published.find(SAMPLE, 2024, "F16")
    assert money is not None
    assert money.wording == "1809.05万元"


def test_of_a_year_we_have_no_copy_of_nothing_is_claimed() -> None:
    assert published.load(SAMPLE, 2019) == ()
    assert published.find(SAMPLE, 2019, "F16") is None


@pytest.mark.parametrize(
    ("figure_id", "wording"),
    [
        ("F11", "超过76%"),
        ("F13", "是"),
        ("F45", "2024年3月15日"),
        ("F53", "201至299家"),
        ("F61", "大于0、小于1人/部门"),
        ("F63", "2025年1月17日 16:52"),
    ],
)
def test_bounds_and_dates_are_put_in_words(figure_id: str, wording: str) -> None:
    printed = published.find(SAMPLE, 2024, figure_id)
    assert printed is not None
    assert printed.wording == wording
