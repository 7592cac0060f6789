"""`mingjian findings`: what stands on a day, as known then, and how far it is worked out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from projections import findings
from rules import working
from tests.support.ledger import LEDGER, Bench, Correction
from tests.support.money import a_household, a_payment
from tests.upkeep.test_migration import command as mingjian

CASE = a_household("DB-1", last="2024-03")
MAY = a_payment("DB-1", 50_000, "2024-05", on="2024-05-10")
JUNE = a_payment("DB-1", 50_000, "2024-06", on="2024-06-10")
Asked = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """Two months paid that were not due; later that was put right."""
    made = await Bench.open(connection)
    await made.tell(CASE, MAY, JUNE)
    await made.tell(Correction(a_household("DB-1"), "changed", CASE), received=date(2024, 8, 1))
    await working.follow(connection, LEDGER)
    return made


@pytest.fixture
def asked(bench: Bench, database_url: str) -> Asked:
    assert bench.connection

    async def ask(*options: str) -> list[dict[str, Any]]:
        result = await mingjian(database_url, "findings", "--rule", "A53", "--json", *options)
        assert result.exit_code == 0, result.output
        found: list[dict[str, Any]] = json.loads(result.stdout)
        return found

    return ask


async def test_what_was_put_right_is_no_finding_now_and_was_one_then(asked: Asked) -> None:
    assert await asked() == []
    then = await asked("--at", "3")
    assert [(each["what"], each["amount_fen"]) for each in then] == [
        ("所发月份：2024-05", 50_000),
        ("所发月份：2024-06", 50_000),
    ]
    assert [each["asof"] for each in then] == ["2024-06-10", "2024-06-10"]
    assert len({each["id"] for each in then}) == 2


async def test_a_finding_stands_from_its_day_on(asked: Asked) -> None:
    found = await asked("--at", "3", "--asof", "2024-06-09")
    assert [each["on_date"] for each in found] == ["2024-05-10"]
    assert await asked("--at", "3", "--asof", "2024-05-09") == []


async def test_a_period_is_that_of_the_matter(asked: Asked) -> None:
    found = await asked("--at", "3", "--period", "2024-06")
    assert [each["on_date"] for each in found] == ["2024-06-10"]


async def test_a_class_may_be_asked_for_in_chinese(asked: Asked) -> None:
    assert len(await asked("--at", "3", "--severity", "违法违规")) == 2
    assert await asked("--at", "3", "--severity", "手续不全") == []


async def test_totals_are_by_rule_and_month(asked: Asked) -> None:
    totals = await asked("--at", "3", "--totals")
    assert [(each["month"], each["findings"], each["amount_fen"]) for each in totals] == [
        ("2024-05", 1, 50_000),
        ("2024-06", 1, 50_000),
    ]


async def test_an_answer_says_to_which_position_findings_are_worked_out(
    bench: Bench, asked: Asked, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.connection.execute(
        f"UPDATE {findings.HERE.worked} SET position = 2 WHERE read_model = 'A53'"
    )
    monkeypatch.setattr("cli.moment.working.follow", _nothing)
    assert [each["behind"] for each in await asked("--at", "3")] == [{"A53": 2}] * 2
    result = await mingjian(database_url, "findings", "--at", "3")
    assert "规则 A53 的疑点只查到位置 2" in result.output


async def _nothing(*_given: object) -> None:
    pass


async def test_each_rule_says_how_many_it_looked_at(bench: Bench, database_url: str) -> None:
    assert bench.connection
    result = await mingjian(database_url, "findings", "--at", "3", "--rule", "A53")
    (line,) = [line for line in result.output.splitlines() if line.startswith("A53  ")]
    assert line.split() == ["A53", "所发月份不在保障期内", "违法违规", "1", "2", "0"]


async def test_what_is_told_before_its_own_day_is_not_hidden_until_then(
    connection: asyncpg.Connection, database_url: str
) -> None:
    """The ledger was last written on 1 May; a duty that falls due later is not told before."""
    made = await Bench.open(connection)
    await made.tell(CASE, MAY, received=date(2024, 5, 1))
    await working.follow(connection, LEDGER)

    result = await mingjian(database_url, "findings", "--rule", "A53", "--json")
    assert [each["valid_from"] for each in json.loads(result.stdout)] == ["2024-05-10"]
    result = await mingjian(
        database_url, "findings", "--rule", "A53", "--json", "--asof", "2024-05-01"
    )
    assert json.loads(result.stdout) == []
