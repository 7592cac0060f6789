"""What a person writes in a cell is read where it has one meaning, and named where it has two."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from rosters import cells
from rosters.cells import CellWrong

MAY = datetime(2024, 5, 1)  # noqa: DTZ001  a spreadsheet knows no zones
EPOCH = date(1899, 12, 30)


@pytest.mark.parametrize(
    ("written", "unit", "fen"),
    [
        (650, "元", 65_000),
        (650.5, "元", 65_050),
        (0.1 + 0.2, "元", 30),  # a spreadsheet shows 0.3: it keeps 15 digits
        ("650", "元", 65_000),
        ("1,234.50", "元", 123_450),
        ("¥1，234.50元", "元", 123_450),
        ("６５０．５", "元", 65_050),
        ("0.0575万元", "万元", 57_500),
        (1.23456, "万元", 1_234_560),
        ("0", "元", 0),
        (65_000, "分", 65_000),
        (1e15, "分", 10**15),
    ],
    ids=repr,
)
def test_money_is_read_to_the_fen(written: Any, unit: str, fen: int) -> None:
    assert cells.money(written, unit) == fen


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("650.005", "元"),
        (650.005, "元"),
        ("0.5", "分"),
        ("65万元", "元"),
        ("650元", "万元"),
        ("-650", "元"),
        (-1, "元"),
        ("(650)", "元"),
        ("六百五十", "元"),
        ("1,23", "元"),
        ("=650", "元"),
        ("NaN", "元"),
        (float("nan"), "元"),
        (float("inf"), "元"),
        (True, "元"),
        (MAY, "元"),
    ],
    ids=repr,
)
def test_what_is_no_amount_in_the_unit_is_named(written: Any, unit: str) -> None:
    with pytest.raises(CellWrong, match=f"单位{unit}"):
        cells.money(written, unit)


@pytest.mark.parametrize(
    "written",
    [
        *("2024.5.1", "2024-05-01", "2024/5/1", "2024年5月1日", "20240501", "２０２４．５．１"),
        *(20240501, "2024-05-01 00:00:00", 45413, 45413.0, "45413", date(2024, 5, 1)),
        *(MAY, "2024 年 5 月 1 日"),
    ],
    ids=repr,
)
def test_a_day_is_read_in_each_of_its_forms(written: Any) -> None:
    assert cells.day(written, EPOCH) == "2024-05-01"


def test_a_workbook_of_1904_counts_its_days_from_there() -> None:
    assert cells.day(43951, date(1904, 1, 1)) == "2024-05-01"


@pytest.mark.parametrize(
    "written",
    ["1/5/2024", "24.5.1", "2024.5", "5月1日", 20240532, "2023-02-29", 5, 202405, True],
    ids=repr,
)
def test_a_day_that_has_two_meanings_or_none_is_named(written: Any) -> None:
    with pytest.raises(CellWrong, match="日期"):
        cells.day(written, EPOCH)


@pytest.mark.parametrize(
    "written",
    [
        "2024-05",
        "2024.5",
        "2024年5月",
        "2024年05月份",
        202405,
        "202405",
        2024.5,
        "2024.05.31",
        45413,
    ],
    ids=repr,
)
def test_a_month_is_read_in_each_of_its_forms(written: Any) -> None:
    assert cells.month(written, EPOCH) == "2024-05"


@pytest.mark.parametrize("written", ["2024.13", "5月", 2024, "202400", True])
def test_what_is_no_month_is_named(written: Any) -> None:
    with pytest.raises(CellWrong, match=r"月份|日期"):
        cells.month(written, EPOCH)


def test_a_list_of_no_codes_is_said_to_be_empty() -> None:
    with pytest.raises(CellWrong, match=r"没有列出.* / the bureau lists no"):
        cells.code("x", {}, {})


def test_a_month_written_as_a_number_may_have_lost_its_zero() -> None:
    """2024.10, typed as a number, is kept as 2024.1, and is text by then in a CSV."""
    for written in (2026.1, "2026.1", "２０２６.１"):
        with pytest.raises(CellWrong, match=r"分不清.*写 2026-01 或者 2026-10"):
            cells.month(written, EPOCH)
    clear = {
        "2024.01": "2024-01",
        "2024.10": "2024-10",
        "2024-1": "2024-01",
        "2024年1月": "2024-01",
    }
    assert {written: cells.month(written, EPOCH) for written in clear} == clear


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("44519919800101001x", "44519919800101001X"),
        ("'445199198001010011", "445199198001010011"),
        ('="445199198001010011"', "445199198001010011"),
        ("４４５１９９１９８００１０１００１１", "445199198001010011"),
        (" 4451 9919 8001 01 0011\t", "445199198001010011"),
        (445102100001, "445102100001"),
        (445102100001.0, "445102100001"),
    ],
    ids=repr,
)
def test_a_number_of_a_document_is_text(written: Any, digits: str) -> None:
    assert cells.number(written) == digits


@pytest.mark.parametrize(
    "written",
    [4.45102198001011e17, 445102198001010000, "4.45102E+17", "445102198001010000"],
    ids=repr,
)
def test_a_number_that_a_spreadsheet_damaged_is_named_and_never_guessed(written: Any) -> None:
    with pytest.raises(CellWrong, match="丢失"):
        cells.number(written, resident=True)


def test_a_number_may_end_in_noughts_by_right() -> None:
    """Each 1,100th does, and so do accounts."""
    right = "445199198001018000"
    assert cells.number(right, resident=True) == right
    assert cells.number("622200000000001000") == "622200000000001000"


def test_words_lose_the_blanks_that_only_fill_a_column() -> None:
    assert cells.words("张　三") == "张三"
    assert cells.words(" Ali  Khan ") == "Ali Khan"
    assert cells.words("'=1+1") == "=1+1"
    with pytest.raises(CellWrong, match="公式"):
        cells.words("#REF!")


def test_a_code_is_known_by_their_word_and_by_ours() -> None:
    names = {"urban": "城市", "rural": "农村"}
    assert cells.code("城 镇", {"城镇": "urban"}, names) == "urban"
    assert cells.code("农村", {}, names) == "rural"
    assert cells.code("rural", {}, names) == "rural"
    with pytest.raises(CellWrong, match="城镇、城市、农村"):
        cells.code("郊区", {"城镇": "urban"}, names)
    with pytest.raises(CellWrong, match="001、002"):
        cells.code("石湾", {}, {"001": "石湾", "002": "石湾"})


def test_yes_is_what_the_map_says_it_is() -> None:
    assert cells.flag("户主", ("户主", "本人")) is True
    assert cells.flag("配偶", ("户主", "本人")) is False
    assert cells.flag("√", ()) is True
    with pytest.raises(CellWrong, match="是或者否"):
        cells.flag("不详", ())
