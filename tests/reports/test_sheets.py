"""Tables as one workbook: a sheet that says what they are, numbers as numbers, ids as texts."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.visible import visible
from reports.render import csv, sheets
from reports.render.csv import NOTICE
from reports.tables import Column, Table

BANNER = "示例数据，非官方发布"
ABOUT = {NOTICE: BANNER, "来源": "示例局的账本 445102", "账本位置": "11"}
FIGURES = Table(
    "figures",
    "指标/2024",
    (
        Column("id", "指标"),
        Column("name", "名称"),
        Column("value", "数值", "number"),
        Column("paid_fen", "金额", "money"),
        Column("asof", "业务截止", "date"),
    ),
    (
        ("F16", "=HYPERLINK(1)", 12, 190_001, date(2024, 12, 31)),
        ("F17", "+1", None, None, None),
        ("0123456789012345678", "@SUM", "2024-03-01", -5, date(1899, 1, 1)),
        ("在保户数（低保）", "http://example.invalid", True, 10**17, None),
        ("F16", "又一次", 13, 0, None),
    ),
    {**ABOUT, "定义": "各指标自有定义"},
)
MONTHS = Table(
    "by-month",
    "按月",
    (Column("code", "代码"), Column("households", "户数", "number", "户")),
    (("2024-01", 3),),
    {**ABOUT, "合并情况": "没有合并的行"},
)


def opened(body: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(body))


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


@pytest.fixture(scope="module")
def book() -> Any:
    return opened(sheets.render("示例局指标", [FIGURES, MONTHS]))


def test_the_first_sheet_lists_the_others_and_says_what_they_are(book: Any) -> None:
    assert book.sheetnames == ["目录", "指标2024", "按月"]
    rows = rows_of(book["目录"])
    assert rows[0][0] == "示例局指标"
    assert rows[1][0] == BANNER
    said = {row[0]: row[1] for row in rows[2:5]}
    assert said == ABOUT
    head = rows[6]
    assert head == ("表", "标题", "行数", "单位", "定义", "合并情况", csv.DIGEST)
    first, second = rows[7:9]
    assert first[:6] == ("指标2024", "指标/2024", 5, "元", "各指标自有定义", None)
    assert second[:6] == ("按月", "按月", 1, "户", None, "没有合并的行")
    program = f'code,households,notice\n"2024-01",3,"{BANNER}"\n'
    assert second[6] == hashlib.sha256(program.encode()).hexdigest()
    assert book["目录"]["A8"].hyperlink.location == "'指标2024'!A1"


def test_cells_are_what_they_say(book: Any) -> None:
    rows = rows_of(book["指标2024"])
    assert rows[0][0] == "指标/2024"
    assert rows[1][0] == BANNER
    assert rows[2] == ("指标", "名称", "数值", "金额（元）", "业务截止")
    assert rows[3] == ("F16", "=HYPERLINK(1)", 12, 1900.01, datetime(2024, 12, 31))  # noqa: DTZ001  as it is read
    assert rows[4] == ("F17", "+1", None, None, None)
    assert rows[5] == ("0123456789012345678", "@SUM", "2024-03-01", -0.05, "1899-01-01")
    assert rows[6] == ("在保户数（低保）", "http://example.invalid", "是", str(10**17), None)
    sheet = book["指标2024"]
    assert sheet.freeze_panes == "A4"
    assert sheet["D4"].number_format == "#,##0.00"
    assert sheet["E4"].number_format == "yyyy-mm-dd"
    assert sheet["A6"].data_type == "s"
    assert sheet["B4"].data_type == "s"
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_the_cell_of_a_figure_has_a_name_and_only_the_first(book: Any) -> None:
    named = {name: item.attr_text for name, item in book.defined_names.items()}
    assert named == {
        "FIG_F16": "'指标2024'!$C$4",
        "FIG_F17": "'指标2024'!$C$5",
        "FIG_0123456789012345678": "'指标2024'!$C$6",
        "FIG_在保户数_低保_": "'指标2024'!$C$7",
    }


def test_no_cell_is_a_formula_in_the_file_itself() -> None:
    body = sheets.render("=1+1", [FIGURES, MONTHS])
    with ZipFile(BytesIO(body)) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in packed.read(name), name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<r><t>装作标记</t></r>", "<r><t>装作标记</t></r>"),
        ("<r></r>", "<r></r>"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("_x0041_", "_x0041_"),
        ("{=1+1}", "{=1+1}"),
        (" 前有空格", " 前有空格"),
        ("\x0b\u202e", r"\u000b\u202e"),
        ("𠮷祥村", "𠮷祥村"),
    ],
)
def test_any_text_is_the_text_of_its_cell(text: str, shown: str) -> None:
    table = Table("a", text, (Column("t", text),), [(text,)])
    sheet = opened(sheets.render(text, [table])).worksheets[1]
    assert [row[0] for row in rows_of(sheet)] == [shown] * 3


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), min_size=1, max_size=30))
def test_whatever_is_written_is_read_again(text: str) -> None:
    table = Table("a", "表", (Column("t", "文"),), [(text,)])
    assert rows_of(opened(sheets.render("x", [table]))["表"])[2] == (visible(text, lines=True),)


def test_the_same_tables_are_the_same_bytes() -> None:
    assert sheets.render("a", [FIGURES, MONTHS]) == sheets.render("a", [FIGURES, MONTHS])


def test_titles_that_are_no_names_of_sheets_become_some() -> None:
    long = Table("a", "很" * 40, MONTHS.columns, MONTHS.rows)
    odd = Table("b", "[':*?/\\]'", MONTHS.columns, ())
    contents = Table("c", "目录", MONTHS.columns, ())
    quote = Table("d", "甲'乙", FIGURES.columns, FIGURES.rows[:1])
    book = opened(sheets.render("x", [long, long, odd, contents, quote]))
    assert book.sheetnames == ["目录", "很" * 31, f"{'很' * 29} 2", "表", "目录 2", "甲'乙"]
    assert book.defined_names["FIG_F16"].attr_text == "'甲''乙'!$C$3"


def test_what_a_sheet_cannot_hold_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    assert sheets.render("x", [Table("m", "按月", MONTHS.columns, [("2024-01", 3)] * 4)])
    with pytest.raises(sheets.TooManyRows, match="按月"):
        sheets.render("x", [Table("m", "按月", MONTHS.columns, [("2024-01", 3)] * 5)])


def test_a_text_too_long_for_a_cell_says_that_it_goes_on() -> None:
    long = Table("a", "长", (Column("text", "文字"),), [("字" * 40_000,)])
    (said,) = rows_of(opened(sheets.render("x", [long]))["长"])[2]
    assert len(said) == 32_767
    assert said.endswith("字……（全文见 CSV）")
