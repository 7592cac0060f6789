"""`mingjian models`, and what other commands say where a read model has halted."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest

from projections.assistance import payments
from tests.support.ledger import Bench
from tests.support.money import a_household, a_payment
from tests.support.poison import poisoned
from tests.upkeep.test_migration import command as mingjian
from upkeep.leaving_out import NotHalted

CASE = a_household("DB-1")
JANUARY = a_payment("DB-1", 50_000, "2024-01")
FEBRUARY = a_payment("DB-1", 60_000, "2024-02")
DECIDES = ("--by", "示例经办人", "--why", "读不了")


@pytest.fixture
async def halted(connection: asyncpg.Connection, database_url: str) -> str:
    """URL of a ledger in which `payment` has halted at the entry 2; the fold is mended since."""
    bench = await Bench.open(connection)
    with poisoned(payments, 2):
        await bench.tell(CASE, JANUARY, FEBRUARY)
    return database_url


async def said(url: str, *arguments: str, code: int = 0) -> str:
    result = await mingjian(url, *arguments)
    assert result.exit_code == code, result.output
    return result.output


async def listed(url: str) -> dict[str, dict[str, Any]]:
    lines = json.loads(await said(url, "models", "--json"))
    return {line["read_model"]: line for line in lines if "read_model" in line}


async def test_it_lists_where_each_stands(halted: str) -> None:
    found = await listed(halted)
    assert found["case_entitlement"] == {
        "read_model": "case_entitlement",
        "position": 3,
        "changed": 1,
        "rows": 1,
        "halted": None,
        "left_out": [],
    }
    payment = found["payment"]
    assert (payment["position"], payment["rows"]) == (1, 0)
    assert payment["halted"]["position"] == 2
    assert payment["halted"]["error"].startswith("ValueError at poison.py:")
    table = await said(halted, "models")
    assert "位置 2 之前：ValueError" in table
    assert "mingjian models leave-out payment 2" in table


async def test_an_entry_is_left_out_and_stays_named(halted: str) -> None:
    assert "已到位置 3" in await said(halted, "models", "leave-out", "payment", "2", *DECIDES)
    (left_out,) = (await listed(halted))["payment"]["left_out"]
    assert left_out == {"position": 2, "by": "示例经办人", "why": "读不了", "journal": 2}
    figures = json.loads(await said(halted, "figures", "--json"))
    paid = next(figure for figure in figures if figure["id"] == "F16")
    # The fold is mended, and still the entry is left out: that was decided.
    assert (paid["exact"], paid["at"]) == (60_000, 3)
    assert paid["left_out"] == [{"read_model": "payment", "position": 2}]
    assert "entry 2 is left out of payment" in await said(halted, "figures")
    assert "略去" in await said(halted, "journal")
    assert "核验" in await said(halted, "verify")


async def test_figures_say_what_has_halted(halted: str) -> None:
    figures = {each["id"]: each for each in json.loads(await said(halted, "figures", "--json"))}
    assert (figures["F16"]["exact"], figures["F16"]["at"]) == (0, 1)
    assert figures["F16"]["halted"] == [{"read_model": "payment", "position": 2}]
    assert (figures["F14"]["at"], figures["F14"]["halted"]) == (3, [])
    for command in (["figures"], ["statements"], ["findings"], ["lineage", "F16"]):
        assert "payment has halted before entry 2" in await said(halted, *command), command


async def test_only_what_has_halted_can_be_left_out(halted: str) -> None:
    result = await mingjian(halted, "models", "leave-out", "payment", "3", *DECIDES)
    assert isinstance(result.exception, NotHalted)
    assert "payment has not halted at 3; halted: payment 2" in str(result.exception)
    assert "没有读模型" in await said(halted, "models", "leave-out", "none", "2", *DECIDES, code=2)


async def test_the_doctor_names_it(halted: str) -> None:
    told = (await mingjian(halted, "doctor")).output
    assert "读模型 payment 停在位置 2 之前" in told
    assert "mingjian models leave-out payment 2" in told


async def test_a_mended_fold_and_a_rebuild_bring_it_back(halted: str) -> None:
    assert "已重建并切换" in await said(halted, "rebuild", "--model", "payment")
    assert (await listed(halted))["payment"]["position"] == 3
    assert (await listed(halted))["payment"]["rows"] == 2
