"""`mingjian publish`: a release by command, and what keeps something from being one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import postgres
from reports import publishing
from tests.cli.test_aside import Shell, shell_on
from tests.support.ledger import LEDGER
from tests.support.published import FIRST, database

ANNUAL = ("publish", "annual", "--period", "2024", "--by", "BG-01", "--why", "年度公开")
MONTHLY = ("publish", "monthly", "--period", "2024-02", "--by", "BG-01", "--why", "月报公开")


@pytest.fixture(scope="module")
def prepared(server_url: str) -> Iterator[str]:
    """URL of a database with the small ledger, signed and told as published, not released."""
    with database(server_url, "publish_command", released=False) as url:
        yield url


@pytest.fixture
def shell(
    prepared: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return shell_on(prepared, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ((*MONTHLY,), "尚未签发"),
        ((*MONTHLY, "--signed-by", "张三"), "人员代码"),
        ((*MONTHLY, "--signed-by", "ZF-01", "--signed-on", "2025-03-01"), "尚未签发"),
        ((*ANNUAL, "--published-at", "2024-12-31T09:00"), "才结束"),
        ((*ANNUAL[:-1], ""), "--why 写明事由"),
        (("publish", "weekly", *ANNUAL[2:]), "没有报告方案 weekly"),
        ((*ANNUAL[:3], "2024-03", *ANNUAL[4:]), "期间为年"),
        ((*ANNUAL, "--at", "900"), "尚不可读"),
        ((*ANNUAL, "--at", "0"), "还没有记录"),
    ],
)
def test_what_cannot_be_released_is_refused_in_words(
    shell: Shell, command: tuple[str, ...], why: str
) -> None:
    said = shell(*command)
    assert (said.code, why in said.err) == (2, True), said


def test_what_is_released_is_what_is_reported_from_then_on(
    shell: Shell, prepared: str, tmp_path: Path
) -> None:
    """A file of the published report was made anew: by another program it said other numbers."""
    at = ("--at", str(FIRST))
    said = shell(*ANNUAL, *at, "--published-at", "2025-01-17T16:52")
    assert (said.code, said.err) == (0, ""), said
    assert "release/annual-2024" in said.out
    amiss = json.loads(shell("findings", "--rule", "A46", "--json").out)
    assert {each["subject"] for each in amiss} == {"payouts"}  # what is released is numbered
    before = tmp_path / "before.md"
    shell("report", "annual", "--period", "2024", *at, "--format", "md", "-o", str(before))
    assert "发布时间：2025年1月17日 16:52" in before.read_text()

    async def alter() -> None:
        async with postgres.connect(prepared) as connection:
            await connection.execute("UPDATE read_5.payment SET amount_fen = 7 * amount_fen")

    asyncio.run(alter())
    after = tmp_path / "after.md"
    shell("report", "annual", "--period", "2024", *at, "--format", "md", "-o", str(after))
    assert after.read_text() == before.read_text()
    (now,) = (
        line
        for line in json.loads(shell("figures", "--period", "2024", *at, "--json").out)
        if line["id"] == "F16"
    )
    assert now["exact"] == 7 * 190_000


def test_of_two_at_once_one_waits_to_be_asked_again(shell: Shell, prepared: str) -> None:
    """Side by side neither would know which cells the other merges."""

    async def while_another_publishes() -> None:
        async with postgres.connect(prepared) as connection, publishing.alone(connection, LEDGER):
            said = await asyncio.to_thread(shell, *MONTHLY, "--signed-by", "ZF-01")
            assert (said.code, "另一次发布正在进行" in said.err) == (2, True), said

    asyncio.run(while_another_publishes())


def test_a_bulletin_is_released_with_its_signature(shell: Shell) -> None:
    """On a replay ledger, without a time of its own, at the time of its last record."""
    said = shell(*MONTHLY, "--signed-by", "ZF-01")
    assert said.code == 0, said
    assert "release/monthly-2024-02" in said.out
    again = shell(*MONTHLY)
    assert again.code == 0, again


def test_files_of_staff_are_whole_and_marked_and_merged_ones_are_as_released(
    shell: Shell, tmp_path: Path
) -> None:
    """Three households, one of them in a township of its own."""
    whole, merged = tmp_path / "whole.txt", tmp_path / "merged.txt"
    asked = ("report", "townships", "--period", "2024-Q1", "--format", "text", "-o")
    shell(*asked, str(whole))
    shell(*asked, str(merged), "--merged")
    assert "不得外传" in whole.read_text()
    assert "其他（合并）" not in whole.read_text()
    assert "不得外传" not in merged.read_text()
    assert "其他（合并）" in merged.read_text()


def test_several_periods_are_published_one_after_the_other(shell: Shell) -> None:
    """Each is drafted in sight of those before it; a day is of one period only."""
    signed = ("--signed-by", "ZF-01")
    periods = [f"2024-0{n}" for n in (5, 6, 7)]
    three = (
        *MONTHLY[:2],
        *(word for p in periods for word in ("--period", p)),
        *MONTHLY[4:],
        *signed,
    )
    said = shell(*three)
    assert (said.code, said.err) == (0, ""), said
    assert [f"release/monthly-{period}" in said.out for period in periods] == [True] * 3, said.out
    refused = shell(*three, "--asof", "2024-02-10")
    assert (refused.code, "--asof" in refused.err) == (2, True), refused
