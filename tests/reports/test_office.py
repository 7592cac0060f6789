"""The files opened again by LibreOffice: what a clerk sees is what the table says."""

from __future__ import annotations

import csv as reader
import os
import shutil
import subprocess
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from reports.render import csv, sheets
from reports.render.csv import NOTICE
from reports.tables import Column, Table

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
IMPORTED = "44,34,76,1,,0,false,true"
"""Comma, quotes, UTF-8, from the first line; whatever looks like a number or a day is read so."""
EXPORTED = "44,34,76,1,,0,false,true,true,false,false,-1"
"""Every sheet as a file of its own, cells as they are shown."""
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


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder to convert in; the test is skipped, and says so, where there is no LibreOffice."""
    if OFFICE is None:
        pytest.skip(
            "NO LIBREOFFICE: files were not opened again (apt-get install libreoffice-calc-nogui)"
        )
    return tmp_path


def converted(folder: Path, name: str, *options: str) -> dict[str, list[list[str]]]:
    """A file opened by LibreOffice and written as CSV: name → rows."""
    assert OFFICE is not None
    out = folder / "out"
    subprocess.run(  # noqa: S603  a program of the machine
        [
            OFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            *options,
            "--convert-to",
            f"csv:Text - txt - csv (StarCalc):{EXPORTED}",
            "--outdir",
            str(out),
            str(folder / name),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "HOME": str(folder)},
    )
    return {
        path.name: list(reader.reader(StringIO(path.read_text("utf-8-sig"), newline="")))
        for path in out.iterdir()
    }


def test_a_workbook_shows_values_ids_and_names(office: Path) -> None:
    (office / "t.xlsx").write_bytes(sheets.render("低保", [TABLE]))
    shown = converted(office, "t.xlsx")
    (rows,) = [rows for name, rows in shown.items() if "低保" in name]
    assert rows[2] == ["编号", "镇街", "户数（户）", "发放金额（元）", "日期"]
    assert rows[3] == ["445102199001010012", "意溪镇", "12", "1,234,567.89", "2024-12-31"]
    assert rows[4] == ["0007", "𠮷祥村", "3", "-0.05", "2024-02-29"]
    assert rows[5] == ["3-1", "=1+1", "", "0.00", ""]
    (contents,) = [rows for name, rows in shown.items() if "目录" in name]
    assert csv.digest_of(TABLE) in [cell for row in contents for cell in row]


def test_csv_shows_values_ids_and_names(office: Path) -> None:
    (office / "t.csv").write_bytes(b"".join(csv.for_excel(TABLE)))
    ((_, rows),) = converted(
        office, "t.csv", f"--infilter=Text - txt - csv (StarCalc):{IMPORTED}"
    ).items()
    assert [cell.strip("\ufeff") for cell in rows[0][:2]] == ["编号", "镇街"]
    assert [row[0].removesuffix("\t") for row in rows[1:4]] == [row[0] for row in TABLE.rows]
    assert [row[1] for row in rows[1:4]] == ["意溪镇", "𠮷祥村", "'=1+1"]
    assert tuple(row[2] for row in rows[1:4]) == NUMBERS
    amounts = [float(row[3].replace(",", "")) for row in rows[1:4]]
    assert amounts == [1_234_567.89, -0.05, 0]
    assert {row[5] for row in rows[1:4]} == {"示例数据，非官方发布"}
