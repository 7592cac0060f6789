"""`mingjian source key` and `lint`, and where the gateway may listen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.support import databases
from tests.support.gateway import fill
from tests.support.ledger import event
from tests.support.money import a_household, a_payment

WHO = ("--by", "李明", "--why", "接入")


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with databases.filled(server_url, "sources_commanded", fill) as made:
        yield made


def test_a_key_is_shown_once_and_listed_without_it(command: Command, url: str) -> None:
    refused = command("run", "gateway", "--host", "0.0.0.0", "--port", "0", database_url=url)  # noqa: S104
    assert (refused.code, "mingjian source key new" in refused.err) == (2, True)

    made = json.loads(
        command("source", "key", "new", "payouts", *WHO, "--json", database_url=url).out
    )
    assert made["key"].startswith(f"mj_{made['id']}_")
    command("source", "key", "new", "payouts", *WHO, "--days", "30", database_url=url)
    third = command("source", "key", "new", "payouts", *WHO, database_url=url)
    assert (third.code, "已有 2 个有效密钥" in third.err) == (2, True)
    nobody = command("source", "key", "new", "nobody", *WHO, database_url=url)
    assert (nobody.code, "marriage" in nobody.err) == (2, True)

    told = command("source", "key", "list", "payouts", database_url=url).out
    assert made["id"] in told
    assert made["key"] not in told
    assert "李明" in told
    done = command("source", "key", "revoke", "payouts", made["id"], *WHO, database_url=url)
    assert done.code == 0
    again = command("source", "key", "revoke", "payouts", made["id"], *WHO, database_url=url)
    assert again.code == 2
    listed = json.loads(command("source", "key", "list", "--json", database_url=url).out)
    assert [each["state"] for each in listed] == ["revoked", "valid"]
    journal = command("journal", database_url=url).out
    assert "签发来源密钥" in journal
    assert "吊销来源密钥" in journal


def test_a_file_is_linted_with_and_without_the_ledger(
    command: Command, url: str, tmp_path: Path
) -> None:
    """Nothing of it is there afterwards; what would be quarantined makes the command fail."""
    case = event("social-assistance", "c-1", a_household("L-1"), receivedat=None)
    paid = event("payouts", "p-1", a_payment("L-1", 50_000, "2024-03"), receivedat=None)
    file = tmp_path / "events.jsonl"
    file.write_bytes(case + b"\n" + paid + b"\n")
    told = json.loads(command("lint", file, "--json", database_url=url).out)
    assert [each["outcome"] for each in told["events"]] == ["accepted", "accepted"]
    assert {"F16"} <= {each["id"] for each in told["figures"]}
    shown = command("lint", file, database_url=url)
    assert shown.code == 0
    assert "payouts/p-1：已记入 accepted" in shown.out
    assert "发放低保金额" in shown.out
    assert command("outcome", "payouts", "p-1", database_url=url).code == 2
    assert command("lint", file, "--contract").code == 0

    file.write_bytes(paid.replace(b"50000", b'"50000"') + b"\n")
    wrong = command("lint", file, database_url=url)
    assert (wrong.code, "amount_not_integer" in wrong.out) == (1, True)
    alone = command("lint", file, "--contract")
    assert (alone.code, "/data/amount_fen" in alone.out) == (1, True)
