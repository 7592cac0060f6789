"""The files opened again by LibreOffice: what a clerk sees is what the table says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reports.render import csv, sheets
from reports.render.csv import NOTICE
from reports.tables import Column, Table
from tests.support.office import OF_CSV, converted

TABLE = Table(
    "dibao",
    "低保",
    (
        Column("id", "编号"),
        Column("place", "镇街"),
        Column("households", "户数", "number", "户"),
        Column("paid_fen", "发放金额", "money"),
        Column("on", "日期", "date"),
    ),
    (
        ("445102199001010012", "意溪镇", 12, 123_456_789, date(2024, 12, 31)),
        ("0007", "𠮷祥村", 3, -5, date(2024, 2, 29)),
        ("3-1", "=1+1", None, 0, None),
    ),
    {NOTICE: "示例数据，非官方发布"},
)
NUMBERS = ("12", "3", "")


def test_a_workbook_shows_values_ids_and_names(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(sheets.render("低保", [TABLE]))
    shown = converted(tmp_path, "t.xlsx")
    (rows,) = [rows for name, rows in shown.items() if "低保" in name]
    assert rows[2] == ["编号", "镇街", "户数（户）", "发放金额（元）", "日期"]
    assert rows[3] == ["445102199001010012", "意溪镇", "12", "1,234,567.89", "2024-12-31"]
    assert rows[4] == ["0007", "𠮷祥村", "3", "-0.05", "2024-02-29"]
    assert rows[5] == ["3-1", "=1+1", "", "0.00", ""]
    (contents,) = [rows for name, rows in shown.items() if "目录" in name]
    assert csv.digest_of(TABLE) in [cell for row in contents for cell in row]


def test_csv_shows_values_ids_and_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"".join(csv.for_excel(TABLE)))
    ((_, rows),) = converted(tmp_path, "t.csv", how=OF_CSV).items()
    assert [cell.strip("\ufeff") for cell in rows[0][:2]] == ["编号", "镇街"]
    assert [row[0].removesuffix("\t") for row in rows[1:4]] == [row[0] for row in TABLE.rows]
    assert [row[1] for row in rows[1:4]] == ["意溪镇", "𠮷祥村", "'=1+1"]
    assert tuple(row[2] for row in rows[1:4]) == NUMBERS
    amounts = [float(row[3].replace(",", "")) for row in rows[1:4]]
    assert amounts == [1_234_567.89, -0.05, 0]
    assert {row[5] for row in rows[1:4]} == {"示例数据，非官方发布"}
