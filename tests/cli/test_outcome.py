"""`mingjian outcome` and `outcomes`: what a vendor asks about one event, or about all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from ledger.records import Record
from tests.cli.conftest import Command
from tests.support import databases
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE
from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment

CASE = event(OFFICE, "c-1", a_household("DB-1", fen=50_000))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 49_999, "2024-01"))
WRONG = altered(PAYMENT, {"amount_fen": "50000", "programme": "低保"}, id="p-2")
TOPIC = f"mingjian.intake.{BANK}"


async def fill(connection: asyncpg.Connection) -> None:
    """A case, a payment of too little, one with two faults, and bytes that say no id."""
    bench = await Bench.open(connection)
    await bench.intake.take(connection, [Record(CASE, "test:0")])
    sent = [PAYMENT, WRONG, b"\xff"]
    await bench.intake.take(
        connection,
        [Record(raw, f"{TOPIC}/0/{n}", BANK, (TOPIC, 0)) for n, raw in enumerate(sent)],
    )


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with databases.filled(server_url, "outcomes_told", fill) as made:
        yield made


def test_an_event_is_asked_by_its_id(command: Command, url: str) -> None:
    done = command("outcome", BANK, "p-1", "--json", database_url=url)
    said = json.loads(done.out)
    assert (done.code, said["outcome"], said["position"]) == (0, "accepted", 2)
    assert said["warnings"][0]["rule"] == "A01"

    shown = command("outcome", BANK, "p-1", database_url=url).out
    assert "payouts/p-1：已记入 accepted" in shown
    assert "A01" in shown


def test_every_fault_is_shown_with_what_to_do(command: Command, url: str) -> None:
    shown = command("outcome", BANK, "p-2", database_url=url).out
    assert "未通过校验 quarantined" in shown
    assert "/data/programme：not_in_bureau" in shown
    assert "/data/amount_fen：amount_not_integer" in shown
    assert "请以分为单位写整数 / write an integer number of 分" in shown
    assert shown.count("dibao 最低生活保障") == 1  # the list of codes, once


def test_bytes_without_an_id_are_asked_by_their_offset(command: Command, url: str) -> None:
    said = json.loads(command("outcome", BANK, "0/2", "--json", database_url=url).out)
    assert (said["reason"], said["mends"]) == ("invalid_utf8", f"{TOPIC}/0/2")


def test_what_never_came_is_said_to_have_never_come(command: Command, url: str) -> None:
    done = command("outcome", BANK, "p-99", database_url=url)
    assert done.code == 2
    assert "没有收到过来源 payouts 的 p-99" in done.err


def test_outcomes_are_read_on_from_the_cursor_of_the_last_line(command: Command, url: str) -> None:
    done = command("outcomes", BANK, "--json", database_url=url)
    *found, last = map(json.loads, done.out.splitlines())
    assert [(said["id"], said["outcome"]) for said in found] == [
        ("p-1", "accepted"),
        ("p-2", "quarantined"),
        (None, "quarantined"),
    ]
    again = command("outcomes", BANK, "--after", last["next"], "--json", database_url=url)
    assert again.out.splitlines() == [json.dumps({"next": last["next"]})]
    assert "共 3 条" in command("outcomes", BANK, database_url=url).out

    wrong = command("outcomes", BANK, "--after", "yesterday", database_url=url)
    assert wrong.code == 2
    assert "游标" in wrong.err


# A day of a source.


def test_a_day_says_what_came_and_compares_with_the_source_s_own_list(
    command: Command, url: str, tmp_path: Path
) -> None:
    said = json.loads(command("source", "day", BANK, "2024-01-08", "--json", database_url=url).out)
    assert said["received"] == {
        "total": 3,
        "accepted": 1,
        "parked": 0,
        "quarantined": 2,
        "duplicate": 0,
    }
    assert [(each["id"], each["offset"]) for each in said["refused"]] == [
        ("p-2", "0/1"),
        (None, "0/2"),
    ]
    assert (
        "payouts 2024-01-08" in command("source", "day", BANK, "2024-01-08", database_url=url).out
    )

    own = tmp_path / "own.txt"
    own.write_text('p-1\n{"id": "p-2"}\n')
    same = command("source", "day", BANK, "2024-01-08", "--against", own, database_url=url)
    assert (same.code, "✓ 一致" in same.out) == (0, True)
    own.write_text("p-1\np-3\n")
    other = command("source", "day", BANK, "2024-01-08", "--against", own, database_url=url)
    assert other.code == 1
    assert "来源已发，从未收到    p-3" in other.out
    assert "收到，来源清单中没有  p-2" in other.out


# What a source must send again.


def test_what_must_be_sent_again_is_listed_with_all_its_faults(
    command: Command, url: str, tmp_path: Path
) -> None:
    output = tmp_path / "again.jsonl"
    options = ("quarantine", "resend", "--source", BANK, "-o", output)
    assert "2 件待重新报送" in command(*options, database_url=url).out
    first, second = map(json.loads, output.read_text().splitlines())
    assert (first["id"], first["offset"], len(first["faults"])) == ("p-2", "0/1", 2)
    assert (second["id"], second["mends"]) == (None, f"{TOPIC}/0/2")

    only = command(*options, "--reason", "invalid_utf8", "--since", "2024-01-08", database_url=url)
    assert "1 件待重新报送" in only.out
    later = command(*options, "--since", "2024-01-09", database_url=url)
    assert "0 件待重新报送" in later.out


def test_a_release_of_many_says_how_many_ended_where(command: Command, url: str) -> None:
    done = command("quarantine", "release", "--source", BANK, database_url=url)
    assert done.code == 1
    assert "已释放 0 件，转为待关联 0 件，仍不能接受 2 件" in done.out
    nothing = command("quarantine", "release", database_url=url)
    assert (nothing.code, "写明编号，或者原因、来源" in nothing.err) == (2, True)


def test_show_tells_what_the_source_was_told(command: Command, url: str) -> None:
    said = json.loads(command("quarantine", "show", "1", "--json", database_url=url).out)
    assert [fault["code"] for fault in said["told"]["faults"]] == [
        "amount_not_integer",
        "not_in_bureau",
    ]
    shown = command("quarantine", "show", "1", database_url=url).out
    assert "/data/programme：not_in_bureau" in shown
