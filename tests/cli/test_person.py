"""`mingjian person`: a person is asked for, the number stands nowhere, and two people order."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra import postgres
from ledger import looks
from tests.cli.conftest import Command, Done
from tests.support import databases
from tests.support.ledger import LEDGER, Bench
from tests.support.persons import (
    CLEAR,
    REF,
    SECRETS,
    a_case_told,
    a_payment_told,
    an_end_told,
)

WHY = ("--by", "示例甲", "--purpose", "本人申请查阅")


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    """A ledger that holds one person of long ago in two programmes, and one message that waits."""
    with databases.copied(server_url, "persons", _fill) as made:
        yield made


async def _fill(url: str) -> None:
    async with postgres.connect(url) as connection:
        bench = await Bench.open(connection)
        await bench.take(
            a_payment_told("DB-1", "1990-02"),
            a_case_told("DB-1"),
            an_end_told("DB-1"),
            a_payment_told("DB-9", "1990-04"),
        )


@pytest.fixture
def person(command: Command, url: str, tmp_path: Path) -> Callable[..., Done]:
    """`person("show", …)`, the number in a file."""
    number = tmp_path / "number"
    number.write_text(f" {CLEAR['id_number'][:6]} {CLEAR['id_number'][6:]}\n")

    def call(what: str, *arguments: str, whom: tuple[str, ...] = ()) -> Done:
        whom = whom or ("--file", str(number))
        return command("person", what, *whom, *arguments, database_url=url)

    return call


def test_all_that_is_held_is_shown_in_clear_and_leaves_a_trace(
    person: Callable[..., Done], url: str
) -> None:
    done = person("show", *WHY)
    assert done.code == 0
    for secret in SECRETS:
        assert secret in done.out
    assert "待关联 2" in done.out
    told = json.loads(person("show", *WHY, "--json").out)
    assert [entry["position"] for entry in told["entries"]] == [1, 2]
    assert told["entries"][0]["clear"]["account"] == CLEAR["account"]

    async def traced() -> list[looks.Look]:
        async with postgres.connect(url) as connection:
            return await looks.read(connection, LEDGER, subject=f"person/{REF}")

    found = asyncio.run(traced())
    assert [(each.who, each.purpose) for each in found] == [("示例甲", "本人申请查阅")] * 2


def test_a_number_may_be_piped_in_or_a_pseudonym_given(
    person: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(CLEAR["id_number"] + "\n"))
    assert f"人员 {REF}" in person("show", *WHY, whom=("--file", "-")).out
    assert f"人员 {REF}" in person("show", *WHY, whom=("--ref", REF)).out


def test_a_number_that_is_none_is_refused_and_not_repeated(
    person: Callable[..., Done], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text(CLEAR["id_number"][:-1] + "A")
    done = person("show", *WHY, whom=("--file", str(wrong)))
    assert done.code == 2
    assert CLEAR["id_number"][:10] not in done.out + done.err


def test_history_is_in_the_order_it_happened(person: Callable[..., Done]) -> None:
    told = json.loads(person("history", *WHY, "--json").out)["entries"]
    assert [(each["happened"], each["title"]) for each in told] == [
        ("1990-01-01", "期初接收"),
        ("1990-02-08", "到账"),
        ("1991-06-20", "终止"),
    ]
    assert [each["names_them"] for each in told] == [True, True, False]
    assert not any(secret in person("history", *WHY).out for secret in SECRETS)


def test_two_people_forget(person: Callable[..., Done]) -> None:
    first = person("forget", "--by", "示例甲", "--purpose", "保管期限已满")
    assert (first.code, "已提出" in first.out) == (0, True)
    same = person("forget", "--by", "示例甲", "--purpose", "保管期限已满")
    assert (same.code, "由另一人办理" in same.err) == (2, True)
    second = person("forget", "--by", "示例乙", "--purpose", "经审核同意")
    assert (second.code, "2 条记录中的 2 处" in second.out) == (0, True)

    shown = person("show", *WHY)
    assert shown.code == 0
    assert shown.out.count("已遗忘") == 2
    assert not any(secret in shown.out for secret in SECRETS)
    left = person("kept", *WHY)
    assert REF in left.out
    assert "account_ref" in left.out


def test_a_refusal_names_entry_period_and_law(person: Callable[..., Done]) -> None:
    held = person("hold", "--by", "示例丙", "--purpose", "专项审计", "--stream", "case/DB-1")
    assert held.code == 0
    done = person("forget", "--by", "示例甲", "--purpose", "保管期限已满")
    assert done.code == 2
    assert "hold/stream/case/DB-1" in done.err
    released = ("release-hold", "--by", "示例丙", "--purpose", "审计结束", "--stream", "case/DB-1")
    assert person(*released).code == 0
    assert person("forget", "--by", "示例甲", "--purpose", "保管期限已满").code == 0


def test_who_is_restricted_is_shown_to_those_only_who_say_that_they_must(
    person: Callable[..., Done],
) -> None:
    assert person("restrict", "--by", "示例甲", "--purpose", "期限未满").code == 0
    refused = person("show", *WHY)
    assert refused.code == 2
    assert not any(secret in refused.out + refused.err for secret in SECRETS)
    assert person("show", *WHY, "--restricted").code == 0
    assert person("unrestrict", "--by", "示例甲", "--purpose", "本人同意").code == 0
    assert person("show", *WHY).code == 0
    assert person("unrestrict", "--by", "示例甲", "--purpose", "本人同意").code == 2


def test_a_master_key_is_made_put_in_use_and_changed(
    command: Command, url: str, tmp_path: Path
) -> None:
    path = tmp_path / "master"
    rotate = ("keys", "rotate", "--by", "示例丁", "--why", "每年更换")
    none = command(*rotate, database_url=url)
    assert (none.code, "MINGJIAN_MASTER_KEY_FILE" in none.err) == (2, True)
    assert command("keys", "new-master", path).code == 0
    assert command("keys", "new-master", path).code == 2
    held = path.read_bytes()
    for _ in range(2):
        done = command(*rotate, database_url=url, master_key_file=str(path))
        assert (done.code, "2 人的密钥" in done.out) == (0, True)
    assert path.read_bytes() != held

    lost = command("person", "show", "--ref", REF, *WHY, database_url=url)
    assert (lost.code, "MasterKeyLacking" in lost.err) == (1, True)
    there = {"database_url": url, "master_key_file": str(path)}
    assert CLEAR["account"] in command("person", "show", "--ref", REF, *WHY, **there).out
