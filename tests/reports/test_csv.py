"""A table as CSV: what Excel opens without damage, and what programs read to the letter."""

from __future__ import annotations

import csv as reader
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.visible import visible
from reports.render import csv
from reports.render.csv import NOTICE
from reports.tables import Column, Table

COLUMNS = (
    Column("id", "编号"),
    Column("households", "户数", "number", "户"),
    Column("paid_fen", "发放金额", "money"),
    Column("on", "日期", "date"),
)
ROWS = (
    ("445102007", 12, 190_000, date(2024, 12, 31)),
    ("000123", None, -5, None),
    ('甲"，乙,\n丙', Decimal("98.60"), 0, datetime(2024, 12, 31, 16, 30, tzinfo=UTC)),
    (None, True, 123_456_789, None),
)
ABOUT = {NOTICE: "示例数据，非官方发布", "定义": "到账的户数"}
EXCEL = (
    '\ufeff"编号","户数（户）","发放金额（元）","日期","提示"\r\n'
    '"445102007",12,1900.00,2024-12-31,"示例数据，非官方发布"\r\n'
    '"000123\t",,-0.05,,"示例数据，非官方发布"\r\n'
    '"甲""，乙,\n丙",98.60,0.00,2025-01-01 00:30:00,"示例数据，非官方发布"\r\n'
    ',"是",1234567.89,,"示例数据，非官方发布"\r\n'
    ",,,,\r\n"
    '"低保",,,,\r\n'
    '"提示：示例数据，非官方发布",,,,\r\n'
    '"定义：到账的户数",,,,\r\n'
)
PROGRAM = (
    "id,households,paid_fen,on,notice\n"
    '"445102007",12,190000,2024-12-31,"示例数据，非官方发布"\n'
    '"000123",,-5,,"示例数据，非官方发布"\n'
    '"甲""，乙,\n丙",98.60,0,2025-01-01T00:30:00+08:00,"示例数据，非官方发布"\n'
    ',true,123456789,,"示例数据，非官方发布"\n'
)


def table(rows: Any = ROWS, about: dict[str, str] | None = None) -> Table:
    return Table("dibao", "低保", COLUMNS, rows, ABOUT if about is None else about)


def text_of(form: str, made: Table) -> str:
    return b"".join(csv.FORMS[form](made)).decode()


def cells_of(text: str) -> list[list[str]]:
    return list(reader.reader(StringIO(text, newline="")))


def one(text: str) -> Table:
    return Table("t", "表", (Column("name", "名称"),), [(text,)])


def test_for_programs_as_written_by_hand() -> None:
    assert text_of("program", table()) == PROGRAM


def test_for_excel_as_written_by_hand_with_the_digest_of_the_other() -> None:
    digest = hashlib.sha256(PROGRAM.encode()).hexdigest()
    last = f'"内容校验码（SHA-256，程序用 CSV）：{digest}",,,,\r\n'
    assert text_of("excel", table()) == EXCEL + last
    assert csv.digest_of(table()) == digest


def test_without_a_notice_excel_has_no_column_of_it_and_programs_an_empty_one() -> None:
    plain = table(ROWS[:1], {})
    assert text_of("excel", plain).startswith(
        '\ufeff"编号","户数（户）","发放金额（元）","日期"\r\n'
    )
    assert text_of("program", plain) == (
        'id,households,paid_fen,on,notice\n"445102007",12,190000,2024-12-31,\n'
    )


def test_rows_are_taken_one_by_one_as_they_are_sent() -> None:
    taken = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal taken
        for n in range(100_000):
            taken = n
            yield f"{n:06}", n, n, None

    class Lazy(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            return rows()

    for form, write in csv.FORMS.items():
        pieces = write(table(Lazy()))
        assert len(next(pieces)) < 1 << 17, form
        assert taken < 10_000, form
        assert sum(piece.count(b"\n") for piece in pieces) > 90_000, form
        assert taken == 99_999


@pytest.mark.parametrize(
    "begins",
    ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "　＝1", "＋1", "－1", "＠a"],
)
def test_no_text_begins_as_a_formula_does(begins: str) -> None:
    cell = cells_of(text_of("excel", one(begins)))[1][0]
    assert cell == "'" + visible(begins, lines=True)
    # programs get what it says
    assert cells_of(text_of("program", one(begins)))[1][0] == visible(begins, lines=True)


@pytest.mark.parametrize(
    "said",
    [
        "0123",
        "110101199003070011",
        "123456789012",
        "1E5",
        "12e3",
        "3-1",
        "1/2",
        "2024-12-31",
        "2024.3",
        "2024年3月",
        "1月31日",
        "12:30",
        "8:05 PM",
        "50%",
        "1,234",
        "￥3",
        "(5)",
        "MAR1",
        "2-Sept",
        "true",
        "FALSE",
        "#N/A",
        "１２３",
    ],
)
def test_what_excel_would_read_otherwise_stays_a_text(said: str) -> None:
    assert cells_of(text_of("excel", one(said)))[1][0] == f"{said}\t"
    assert cells_of(text_of("program", one(said)))[1][0] == said


@pytest.mark.parametrize(
    "said",
    ["0", "7", "445102007", "12345678901", "F16", "DB-1", "意溪镇", "case/DB-1", "1个", "mayor"],
)
def test_what_excel_leaves_alone_is_left_alone(said: str) -> None:
    assert cells_of(text_of("excel", one(said)))[1][0] == said


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CELLS = st.tuples(
    st.none() | TEXTS,
    st.none() | st.integers(-(10**12), 10**12) | st.decimals(-(10**9), 10**9, places=2),
    st.none() | st.integers(-(10**15), 10**15),
    st.none() | st.dates(),
)


@given(st.lists(CELLS, max_size=8))
def test_programs_read_every_value_again(rows: list[tuple[Any, ...]]) -> None:
    read = cells_of(text_of("program", table(rows, {})))[1:]
    assert len(read) == len(rows)
    for (name, number, fen, day), cells in zip(rows, read, strict=True):
        assert cells[0] == visible(name or "", lines=True)
        assert (Decimal(cells[1]) if cells[1] else None) == number
        assert (int(cells[2]) if cells[2] else None) == fen
        assert (date.fromisoformat(cells[3]) if cells[3] else None) == day


@given(st.lists(CELLS, max_size=8))
def test_excel_gets_rectangles_of_the_same_values_and_no_formula(
    rows: list[tuple[Any, ...]],
) -> None:
    text = text_of("excel", table(rows, {"定义": "=1"}))
    read = cells_of(text.removeprefix("\ufeff"))
    assert {len(cells) for cells in read} == {len(COLUMNS)}
    for (name, _, fen, _), cells in zip(rows, read[1:], strict=False):
        kept = cells[0].removesuffix("\t") if not (name or "").endswith("\t") else cells[0]
        shown = visible(name or "", lines=True)
        assert kept in (shown, f"'{shown}")
        assert (Decimal(cells[2]) * 100 if cells[2] else None) == fen
    for cells in read:
        assert not re.match(r"\s*[=+@＝＋－＠]", cells[0])
        assert not cells[0].startswith("-")
    # every line ends as Excel's do, but for line ends within texts
    assert text.replace("\r\n", "").count("\r") == 0


def test_an_amount_that_is_no_whole_fen_is_rounded_for_people_only() -> None:
    made = Table("t", "均值", (Column("mean_fen", "人均", "money"),), [(Decimal("12345.5"),)])
    assert cells_of(text_of("excel", made))[1] == ["123.46"]
    assert cells_of(text_of("program", made))[1] == ["12345.5", ""]
