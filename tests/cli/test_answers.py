"""疑点核实表: findings go out as a worksheet, and what people found comes back as events."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import openpyxl
import pytest

from domain.event import Event
from domain.rectification import FindingDismissed, FindingRectified, FindingUpheld
from rules import working
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.upkeep.test_migration import command as mingjian

CASE = a_household("DB-1", last="2024-03")
MAY = a_payment("DB-1", 50_000, "2024-05", on="2024-05-10")
JUNE = a_payment("DB-1", 50_000, "2024-06", on="2024-06-10")
LOOKED = {"核实说明": "死亡后仍发放，已核", "核实人": "HC-01", "核实日期": "2024-07-01"}
UPHELD = LOOKED | {"核实结果": "属实待整改", "责任单位": "社会救助股", "整改期限": "2024-07-31"}


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """Two months paid that were not due."""
    made = await Bench.open(connection)
    await made.tell(CASE, MAY, JUNE)
    await working.follow(connection, LEDGER)
    return made


async def asked(url: str, *options: str) -> list[dict[str, Any]]:
    result = await mingjian(url, "findings", "--rule", "A53", "--json", *options)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


async def states(url: str, *options: str) -> list[str]:
    return [each["state_name"] for each in await asked(url, *options)]


async def sheet(url: str, folder: Path) -> Path:
    """The one worksheet that goes out."""
    result = await mingjian(url, "findings", "--rule", "A53", "--sheets", str(folder))
    assert result.exit_code == 0, result.output
    (path,) = await asyncio.to_thread(lambda: list(folder.glob("*.xlsx")))
    return path


def fill(path: Path, *rows: dict[str, Any]) -> None:
    """Fill the rows of a worksheet in, as a clerk does."""
    book = openpyxl.load_workbook(path)
    page = book["疑点核实表"]
    names = {cell.value: cell.column for cell in page[3]}
    for number, row in enumerate(rows, start=4):
        for name, value in row.items():
            page.cell(number, names[name], value)
    book.save(path)


async def test_what_people_found_comes_back(
    bench: Bench, database_url: str, tmp_path: Path
) -> None:
    path, events = await sheet(database_url, tmp_path), tmp_path / "events.jsonl"
    assert await states(database_url) == ["疑点待核实", "疑点待核实"]
    fill(path, UPHELD | {"涉及或追回金额（元）": 500}, LOOKED | {"核实结果": "不属实"})

    result = await mingjian(database_url, "answers", str(path), "-o", str(events))
    assert result.exit_code == 0, result.output
    await bench.take(*events.read_bytes().splitlines())

    assert await states(database_url) == ["属实待整改", "不属实"]
    assert await states(database_url, "--asof", "2024-06-30") == ["疑点待核实", "疑点待核实"]


async def test_answers_are_numbered_like_all_that_a_source_sends(
    bench: Bench, database_url: str, tmp_path: Path
) -> None:
    """Two, then one more: no number is missing, none is used twice (A46)."""
    path, events = await sheet(database_url, tmp_path), tmp_path / "events.jsonl"
    numbers = []
    for told in ((UPHELD, UPHELD), (UPHELD, LOOKED | {"核实结果": "不属实"})):
        fill(path, *told)
        await mingjian(database_url, "answers", str(path), "-o", str(events))
        lines = events.read_bytes().splitlines()
        await bench.take(*lines)
        numbers += [json.loads(line)["sequence"] for line in lines]
    await working.follow(bench.connection, LEDGER)

    assert numbers == [1, 2, 3]
    result = await mingjian(database_url, "findings", "--rule", "A46", "--json")
    amiss = {each["subject"] for each in json.loads(result.stdout)}
    assert json.loads(lines[0])["source"] not in amiss


async def test_a_worksheet_that_is_read_twice_says_nothing_new(
    bench: Bench, database_url: str, tmp_path: Path
) -> None:
    path, events = await sheet(database_url, tmp_path), tmp_path / "events.jsonl"
    fill(path, UPHELD)
    await mingjian(database_url, "answers", str(path), "-o", str(events))
    await bench.take(*events.read_bytes().splitlines())

    result = await mingjian(database_url, "answers", str(path), "-o", str(events))

    assert "0 条核查结论，另有 1 条已记入" in result.output
    assert events.read_bytes() == b""


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(
    ("row", "said"),
    [
        (UPHELD | {"整改期限": "七月底"}, "第 4 行“整改期限”：应为日期"),
        (UPHELD | {"责任单位": None}, "第 4 行“责任单位”：请填写"),
        (UPHELD | {"核实结果": "属实"}, "第 4 行“核实结果”：应为 不属实、属实待整改"),
        (UPHELD | {"涉及或追回金额（元）": "-5"}, "应为不小于零的金额（元）"),
        (UPHELD | {"核实人": "张 三"}, "第 4 行“核实人”：写法不对"),
        (LOOKED | {"核实结果": "经批准不再追回"}, "第 4 行“批准人”：请填写"),
    ],
)
async def test_a_cell_that_cannot_be_read_is_named_and_nothing_is_taken(
    row: dict[str, Any], said: str, database_url: str, tmp_path: Path
) -> None:
    path, events = await sheet(database_url, tmp_path), tmp_path / "events.jsonl"
    fill(path, row)

    result = await mingjian(database_url, "answers", str(path), "-o", str(events))

    assert result.exit_code == 2
    assert said in result.output
    assert not events.exists()


async def test_another_file_is_no_worksheet(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    path.write_text("疑点")

    result = await mingjian(database_url, "answers", str(path), "-o", str(tmp_path / "e"))

    assert result.exit_code == 2
    assert "应为导出的疑点核实表" in result.output


# Who entered a fact cannot close its finding.


async def told(bench: Bench, source: str, *facts: Event) -> None:
    lines = [event(source, f"{source}-{n}", fact) for n, fact in enumerate(facts)]
    await bench.take(*lines)


async def first(url: str) -> dict[str, Any]:
    return (await asked(url))[0]


def dismissed(finding: str, by: str = "HC-01") -> FindingDismissed:
    return FindingDismissed(
        finding=finding, decided_by=by, decided_on=date(2024, 7, 1), reason="应发"
    )


async def test_an_auditor_closes_it(bench: Bench, database_url: str) -> None:
    found = await first(database_url)
    await told(bench, "audit", dismissed(found["id"]))

    assert (await first(database_url))["state_name"] == "不属实"


async def test_a_finding_that_changed_since_is_looked_at_again(
    bench: Bench, database_url: str
) -> None:
    """It was dismissed while one month was in question; now it is another."""
    found = await first(database_url)
    await told(bench, "audit", dismissed(found["id"]))
    changed = event(
        "payouts",
        "p-9",
        a_payment("DB-1", 60_000, "2024-05", on="2024-05-10"),
        corrects="payouts/e-1",
        kind="changed",
    )
    await bench.take(changed)

    again = [each for each in await asked(database_url) if each["on_date"] == "2024-05-10"]
    assert [each["state_name"] for each in again] == ["疑点待核实"]


async def test_what_was_upheld_and_put_right_is_so(bench: Bench, database_url: str) -> None:
    name = (await first(database_url))["id"]
    common = {"finding": name, "decided_by": "HC-01", "reason": "已核"}
    upheld = FindingUpheld(
        **common, decided_on=date(2024, 7, 1), unit="社会救助股", due_on=date(2024, 7, 31)
    )
    rectified = FindingRectified(
        **common, decided_on=date(2024, 7, 20), document_number="示例〔2024〕7号"
    )
    await told(bench, "audit", upheld, rectified)

    assert (await first(database_url))["state_name"] == "已整改"
