"""What reading commands write as files: the same as they print."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Command
from tests.support.published import AS_PUBLISHED_FEN, FIRST, LATE_FEN, database

BANNER = "示例数据，非官方发布"


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with database(server_url, "takeaway") as address:
        yield address


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_figures_for_programs_are_those_of_json(command: Command, url: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    asked = ("figures", "--at", str(FIRST))
    told = json.loads(command(*asked, "--json", database_url=url).out)
    done = command(*asked, "--format", "csv-program", "-o", path, database_url=url)
    assert (done.code, done.out) == (0, f"{path}：{len(told)} 行 / {len(told)} rows\n")
    rows = rows_of(path)
    assert [row["id"] for row in rows] == [item["id"] for item in told]
    assert [row["name"] for row in rows] == [item["name"] for item in told]
    (paid,) = [row for row in rows if row["id"] == "F16"]
    assert (paid["value"], paid["amount_fen"], paid["exact"]) == ("0.19", "190000", "")
    assert (paid["asof"], paid["at"], paid["notice"]) == ("2024-12-31", str(FIRST), BANNER)
    assert AS_PUBLISHED_FEN == 190_000


def test_figures_for_excel_say_below_what_was_asked(
    command: Command, url: str, tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    asked = ("figures", "--period", "2024", "--known", "2025-02-10")
    assert command(*asked, "--format", "csv", "-o", path, database_url=url).code == 0
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    assert '"F16","发放低保金额",0.20,"万元",2000.00,' in text
    assert "期间：2024年1月1日至2024年12月31日" in text
    assert "未计入：本期另有待关联 1 条未计入，声称金额 400.00 元" in text
    assert "未定：在所问的时间之前仍可能有新的记录" in text
    assert text.replace("\r\n", "").count("\n") == 0


def test_figures_as_a_workbook(command: Command, url: str, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    asked = ("figures", "--known", "2025-02-10", "--format", "xlsx", "-o", path)
    assert command(*asked, database_url=url).code == 0
    first = path.read_bytes()
    assert command(*asked, database_url=url).code == 0
    assert path.read_bytes() == first
    book = openpyxl.load_workbook(path)
    place = book.defined_names["FIG_F16"].attr_text.partition("!")[2].replace("$", "")
    sheet = book["指标"]
    assert sheet[place].value == 0.20
    assert sheet[place].offset(column=2).value == (AS_PUBLISHED_FEN + LATE_FEN) / 100
    assert book["目录"]["A2"].value == BANNER


def test_statements_as_a_file(command: Command, url: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    told = json.loads(command("statements", "--json", database_url=url).out)
    done = command("statements", "--format", "csv-program", "-o", path, database_url=url)
    assert done.code == 0
    holds = {None: "", True: "true", False: "false"}
    assert [(r["id"], r["holds"], r["conditions"]) for r in rows_of(path)] == [
        (item["id"], holds[item["value"]], str(item["conditions"])) for item in told
    ]


def test_a_measure_by_its_dimensions_as_a_file_that_stays_in_the_office(
    command: Command, url: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    asked = ("measure", "发放金额", "--by", "镇街，月", "--at", str(FIRST))
    done = command(*asked, "--format", "csv-program", "-o", path, database_url=url)
    assert done.code == 0, done.err
    # worked out by hand: see tests.support.published
    assert [[*row.values()][:5] for row in rows_of(path)] == [
        ["445102007", "桥东街道", "2024-01", "2024-01", "50000"],
        ["445102100", "意溪镇", "2024-01", "2024-01", "100000"],
        ["445102100", "意溪镇", "2024-02", "2024-02", "40000"],
    ]
    assert all("不得外传" in row["notice"] for row in rows_of(path))
    done = command(*asked, "--format", "csv", "-o", path, database_url=url)
    assert "合计：1,900.00 元" in path.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "csv"), "--format 和 -o 要一起写"),
        (("-o", "f.csv"), "--format 和 -o 要一起写"),
        (("--format", "csv", "-o", "nowhere/f.csv"), "nowhere"),
        (("--format", "ods", "-o", "f.ods"), "参数的值不对"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(
    command: Command, arguments: tuple[str, ...], said: str
) -> None:
    done = command("figures", *arguments)
    assert done.code == 2
    assert said in done.err
