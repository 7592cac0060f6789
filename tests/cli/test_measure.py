"""`mingjian measure`: any measure, cut in any of its ways, for any period."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Command
from tests.support.published import LATE_FEN, database


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with database(server_url, "measure") as address:
        yield address


def test_money_by_programme_and_month(command: Command, url: str) -> None:
    done = command(
        *("measure", "发放金额", "--by", "保障类别，月", "--period", "2024", "--json"),
        database_url=url,
    )
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert said["by"] == ["保障类别", "月"]
    assert said["total"]["exact"] == 190_000 + LATE_FEN
    assert sum(cell["exact"] for cell in said["cells"]) == said["total"]["exact"]
    assert {cell["labels"][0] for cell in said["cells"]} == {"低保"}


def test_a_question_about_days_to_come_is_told_where_the_record_ends(
    command: Command, url: str
) -> None:
    done = command("measure", "在保户数", "--period", "2199", "--json", database_url=url)
    said = json.loads(done.out)
    assert said["ahead"].endswith("其后的日子还没有数据")
    assert said["recorded_to"] in said["ahead"]
    text = command("measure", "在保户数", "--period", "2199", database_url=url).out
    assert said["ahead"] in text


def test_without_a_name_all_are_listed_with_their_dimensions(command: Command) -> None:
    done = command("measure", "--json")
    listed = {item["measure"]: item for item in json.loads(done.out)}
    assert listed["在保户数"]["dimensions"][:3] == ["保障类别", "城乡", "镇街"]
    assert "在保户数" in command("measure").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("在保户口",), "没有指标"),
        (("在保户数", "--by", "城镇"), "没有维度"),
        (("在保户数", "--where", "城乡"), "--where 写作"),
        (("在保户数", "--where", "城乡=县城"), "城乡没有“县城”"),
        (("在保户数", "--where", "城乡=城市", "--where", "城乡=农村"), "城乡写了两次"),
        (("在保户数", "--by", "城乡,城乡"), "城乡写了两次"),
        (("在保户数", "--period", "2024-Q7"), "期间写作"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(
    command: Command, url: str, arguments: tuple[str, ...], said: str
) -> None:
    done = command("measure", *arguments, database_url=url)
    assert done.code == 2
    assert said in done.err
