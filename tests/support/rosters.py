"""Rosters as sources export them, in three layouts, from invented households."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import xlsxwriter

from domain.identifiers import resident_id_check

MERGED_HEADINGS = (
    [
        *("序号", "低保证号", "住址", "住址", "类别", "家庭成员", "家庭成员", "家庭成员"),
        *("保障人口", "月保障金额（元）", "起始月份", "批准日期", "批准文号", "备注"),
    ],
    ["", "", "乡镇（街道）", "村（居）代码", "", "姓名", "身份证号", "与户主关系", *[""] * 6],
)
ACROSS = ((2, 3), (5, 7))
"""Columns over which a heading of the first row is merged; the others go down both rows."""
PAYOUTS = (
    *("低保证号", "领款人", "身份证号码", "银行账号", "发放金额", "所属月份", "到账日期"),
    "发放状态",
)
OLD_AGE = (*("编号", "姓名", "身份证号", "乡镇街道", "村（居）代码", "补贴档次", "享受起始月"),)


class Person(NamedTuple):
    """Somebody invented."""

    name: str
    number: str


class Household(NamedTuple):
    """A household of a roster; the first person is its head."""

    case: str
    township: str
    village: str
    area: str
    persons: tuple[Person, ...]
    yuan: str
    first: str
    decided: str


def person(name: str, born: str, serial: int) -> Person:
    """A resident id of a division that was never assigned."""
    body = f"439999{born}{serial:03d}"
    return Person(name, body + resident_id_check(body))


def sheet(
    rows: Iterable[Sequence[Any]],
    merges: Iterable[tuple[int, int, int, int]] = (),
    *,
    name: str = "Sheet1",
    hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[int] = (),
    formulas: bool = False,
) -> bytes:
    """A workbook of one sheet; rows and columns of merges count from 0, as the library does."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": formulas})
    made = book.add_worksheet(name)
    held = [list(row) for row in rows]
    for number, row in enumerate(held):
        for column, value in enumerate(row):
            if value is not None and value != "":
                made.write(number, column, value)
    for top, left, bottom, right in merges:
        made.merge_range(top, left, bottom, right, held[top][left] or "")
    for number in hidden_rows:
        made.set_row(number, None, None, {"hidden": True})
    for column in hidden_columns:
        made.set_column(column, column, None, None, {"hidden": True})
    book.close()
    return buffer.getvalue()


def text(rows: Iterable[Sequence[Any]], encoding: str = "gb18030") -> bytes:
    """A CSV."""
    buffer = StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode(encoding)


def households(month: str, held: Sequence[Household]) -> bytes:
    """Title, unit, headings over two rows, a row a person with the household merged, a total."""
    year, number = month.split("-")
    rows: list[list[Any]] = [
        [f"云塘区城乡低保对象花名册（{year}年{int(number)}月）"],
        ["填报单位：示例", "", "", "", "", "", "", "单位：元、人"],
        *map(list, MERGED_HEADINGS),
    ]
    merges = [(0, 0, 0, 13)]
    merges += [(2, left, 2, right) for left, right in ACROSS]
    over = {column for left, right in ACROSS for column in range(left, right + 1)}
    merges += [(2, column, 3, column) for column in range(14) if column not in over]
    for serial, each in enumerate(held, 1):
        first = len(rows)
        for place, who in enumerate(each.persons):
            own = [each.case, each.township, each.village, each.area]
            money = [len(each.persons), float(each.yuan), each.first, each.decided]
            money.append("云民〔2023〕1号")
            rows.append(
                [
                    *([serial, *own] if place == 0 else [None] * 5),
                    *(who.name, who.number, "户主" if place == 0 else "子女"),
                    *(money if place == 0 else [None] * 5),
                    None,
                ]
            )
        last = len(rows) - 1
        if last > first:
            merges += [(first, c, last, c) for c in (0, 1, 2, 3, 4, 8, 9, 10, 11, 12)]
    total = sum(float(each.yuan) for each in held)
    rows.append(["合计", *[None] * 7, sum(len(h.persons) for h in held), total])
    rows.append(["制表人：示例甲"])
    return sheet(rows, merges, name="花名册")


def payouts(month: str, held: Sequence[Household], failed: Sequence[Household] = ()) -> bytes:
    """A CSV in GBK as a bank's system writes it: id numbers kept as text by an apostrophe."""
    year, number = month.split("-")
    rows: list[Sequence[Any]] = [[f"低保金发放明细 {year}年{int(number)}月"], PAYOUTS]
    for each in (*held, *failed):
        head = each.persons[0]
        state = "失败" if each in failed else "成功"
        account = f"'62{head.number[6:17]}0"
        rows.append(
            [
                *(each.case, head.name, f"'{head.number}", account, f"{float(each.yuan):,.2f}"),
                *(f"{year}年{int(number)}月", f"{year}.{int(number)}.8", state),
            ]
        )
    rows.append(["合计", "", "", "", f"{sum(float(h.yuan) for h in (*held, *failed)):,.2f}"])
    return text(rows)


class Elder(NamedTuple):
    """Somebody who draws the allowance."""

    case: str
    person: Person
    township: str
    village: str
    level: str
    first: str


def elders(month: str, held: Sequence[Elder]) -> bytes:
    """A CSV in UTF-8 with a mark, digits of full width here and there."""
    year, number = month.split("-")
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    rows: list[Sequence[Any]] = [[f"高龄老年人补贴花名册（{year}年{int(number)}月）"], OLD_AGE]
    for each in held:
        own = each.person.number
        own = own.translate(wide) if each.case.endswith("1") else own
        rows.append(
            [
                *(each.case, each.person.name, own, each.township, each.village, each.level),
                f"{each.first.replace('-', '年')}月",
            ]
        )
    return text(rows, "utf-8-sig")
