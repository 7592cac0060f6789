"""Files of pages, taken over HTTP and opened again by LibreOffice: they say what the pages say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra import postgres
from tests.support import bulletins, registering
from tests.support.databases import made
from tests.support.office import OF_CSV, converted, there
from tests.support.pages import client_of, json_of
from tests.support.published import PUBLISHED_AT, last_of
from tests.support.releasing import SIGNED, release_report

CONTENTS = "目录"
PAGES = {
    "register": "/organisations",
    "month": "/assistance/dibao/2024-11",
    "figures": "/figures",
}


async def fill(url: str) -> None:
    """Registers, a month of 低保 and the annual report in one ledger."""
    async with postgres.connect(url) as connection:
        bench = await registering.fill(connection)
        await bench.tell(*bulletins.facts(), received=date(2024, 11, 6))
        await bulletins.release(bench, "2024-11", date(2024, 12, 6))
        await release_report(bench, await last_of(connection), PUBLISHED_AT, signature=SIGNED)


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of its database; nothing is filled where there is no LibreOffice."""
    assert there()
    with made(server_url, "in_office", fill) as url:
        yield url


def as_told(rows: Sequence[Sequence[str]], key: str) -> list[Mapping[str, str]]:
    """The rows of a sheet below its headings, by heading; what is said of the table comes after."""
    (at,) = [
        n for n, row in enumerate(rows) if len(row) > 1 and row[1] and row[0].strip("\ufeff") == key
    ]
    heads = [each.strip("\ufeff\t") for each in rows[at]]
    return [dict(zip(heads, row, strict=True)) for row in takewhile(any, rows[at + 1 :])]


def plain(number: Any) -> str:
    """A number as LibreOffice writes it without separators."""
    return "" if number is None else f"{float(number):.2f}"


def of(cell: str) -> str:
    return "" if not cell else f"{float(cell.replace(',', '')):.2f}"


async def test_files_of_pages_show_what_the_pages_say(filled: str, tmp_path: Path) -> None:
    """By value: Chinese names, codes of eighteen, days, numbers; three pages in two forms."""
    async with client_of(filled) as client:
        said = {name: await json_of(client, f"{page}.json") for name, page in PAGES.items()}
        await _taken(client, tmp_path)
    books = converted(tmp_path, *(f"{name}.xlsx" for name in PAGES))
    sheets = converted(tmp_path, *(f"{name}.csv" for name in PAGES), how=OF_CSV)

    def opened(name: str, key: str) -> Iterator[list[Mapping[str, str]]]:
        """The table as the workbook and as the CSV show it."""
        tables = [r for file, r in books.items() if file.startswith(name) and CONTENTS not in file]
        (first,) = [
            rows for rows in tables if any(row[:1] == [key] and any(row[1:]) for row in rows)
        ]
        yield as_told(first, key)
        (rows,) = [rows for file, rows in sheets.items() if file.startswith(name)]
        yield as_told(rows, key)

    for rows in opened("register", "名称"):
        assert [
            (
                r["名称"].lstrip("'"),
                r["统一社会信用代码"].rstrip("\t"),
                r["状态"],
                r["成立登记日期"],
            )
            for r in rows
        ] == [
            (o["name"], o["uscc"], o["state_name"], o["registered_on"])
            for o in said["register"]["rows"]
        ]
        assert all(len(r["统一社会信用代码"].rstrip("\t")) == 18 for r in rows)
    months = said["month"]["months"]
    for rows in opened("month", "月份"):
        assert [r["月份"].rstrip("\t") for r in rows] == [m["period"] for m in months]
        for row, month in zip(rows, months, strict=True):
            values = {name: each["exact"] for name, each in month["values"].items()}
            assert of(row["保障户数（户）"]) == plain(values["households"]) == "7.00"
            assert of(row["发放金额（元）"]) == plain(values["money"] / 100)
    figures = {each["id"]: each for each in said["figures"]["figures"]}
    for rows in opened("figures", "指标"):
        assert {r["指标"]: r["名称"] for r in rows} == {n: f["name"] for n, f in figures.items()}
        for row in rows:
            figure = figures[row["指标"]]
            if figure["exact"] is not None and figure["exact_unit"] == "分":
                assert of(row["精确金额（元）"]) == plain(figure["exact"] / 100)
            elif isinstance(figure["value"], int | float) and not isinstance(figure["value"], bool):
                assert of(row["数值"]) == plain(figure["value"])


async def _taken(client: httpx.AsyncClient, folder: Path) -> None:
    """Each page as a workbook and as CSV for Excel, as they were sent."""
    for name, page in PAGES.items():
        for form in ("xlsx", "csv"):
            answer = await client.get(f"{page}.{form}")
            assert answer.status_code == 200, answer.text
            (folder / f"{name}.{form}").write_bytes(answer.content)
