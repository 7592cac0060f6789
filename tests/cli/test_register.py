"""`mingjian source …`: the register by command, and what the doctor and the folder's check say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.bureaus import default
from ledger import source_keys
from tests.cli.conftest import Command, Done
from tests.support import databases
from tests.support.gateway import fill
from tests.support.ledger import event
from tests.support.money import TOWN, a_household, a_payment

WHO = ("--by", "李明", "--why", "接入")
SECRET = "a secret of tests that has 32 characters"  # noqa: S105  not a secret
ISSUER = "https://id.example"
PAID = "assistance.payment-settled"


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with databases.filled(server_url, "register_commanded", fill) as made:
        yield made


@pytest.fixture
def source(command: Command, url: str) -> Any:
    def run(*arguments: str, **more: str) -> Done:
        return command("source", *arguments, database_url=url, **more)

    return run


def shown(source: Any, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(source("show", name, "--json").out)
    return told


def test_a_source_is_registered_changed_and_shown(source: Any) -> None:
    before = shown(source, "payouts")
    assert (before["state"], before["from"], before["registered"]) == ("active", "folder", None)
    limits = ("--ceiling", f"{PAID}=20000.50", "--per-day", "500", "--yuan-per-day", "3000000")
    done = source("add", "payouts", "--townships", TOWN, *limits, "--contact", "发放中心", *WHO)
    assert (done.code, "已登记" in done.out) == (0, True), done.err
    told = shown(source, "payouts")
    assert (told["state"], told["from"], told["registered"]["by"]) == ("active", "register", "李明")
    assert told["grant"] == {
        "lines": None,
        "classes": None,
        "townships": [TOWN],
        "most_fen": {PAID: 2_000_050},
        "events_a_day": {"*": 500},
        "fen_a_day": {"*": 300_000_000},
        "subjects": [],
        "contact": "发放中心",
    }
    assert source("change", "payouts", "--per-day", "none", "--townships", "all", *WHO).code == 0
    assert source("change", "payouts", "--classes", PAID, *WHO).code == 0
    grant = shown(source, "payouts")["grant"]
    assert (grant["townships"], grant["events_a_day"], grant["classes"]) == (None, {}, [PAID])
    assert grant["most_fen"] == {PAID: 2_000_050}
    text = source("show", "payouts").out
    assert f"{PAID} 每件至多 20,000.50 元" in text
    listed = source("list").out
    assert "登记册" in listed
    assert "单位资料" in listed
    assert "共 18 个" in listed


def test_what_is_wider_or_does_not_fit_is_refused_by_name(source: Any) -> None:
    for arguments, said in (
        (("add", "payouts", "--lines", "marriage"), "marriage"),
        (("add", "payouts", "--classes", "assistance.nothing"), "assistance.nothing"),
        (("add", "payouts", "--townships", "110101001"), "110101001"),
        (("add", "payouts", "--ceiling", "5,000"), "不是金额"),
        (("add", "payouts", "--per-day", "-1"), "不是件数"),
        (("add", "payouts", "--oidc-subject", "x"), "MINGJIAN_OIDC_ISSUER"),
        (("add", "nobody"), "nobody"),
        (("change", "payouts"), "source add"),
        (("resume", "payouts"), "没有暂停"),
        (("show", "nobody"), "nobody"),
    ):
        done = source(*arguments, *(WHO if arguments[0] != "show" else ()))
        assert (done.code, said in done.err) == (2, True), (arguments, done.err)
    assert all(each["from"] == "folder" for each in json.loads(source("list", "--json").out))


def test_subjects_are_those_of_the_provider_that_is_set(source: Any) -> None:
    subjects = ("--oidc-subject", "0f3b", "--oidc-client", "payout-system")
    assert source("add", "payouts", *subjects, *WHO, oidc_issuer=ISSUER).code == 0
    other = source("add", "marriage", "--oidc-subject", "0f3b", *WHO, oidc_issuer=ISSUER)
    assert (other.code, "payouts" in other.err) == (2, True)
    assert source("change", "payouts", "--oidc-subject", "none", *WHO).code == 0
    assert shown(source, "payouts")["grant"]["subjects"] == [
        {"issuer": ISSUER, "claim": "client", "value": "payout-system"}
    ]


def test_a_suspended_source_that_goes_on_sending_is_named_by_the_doctor(
    command: Command, source: Any, url: str, tmp_path: Path
) -> None:
    case = event("social-assistance", "c-1", a_household("R-1"), receivedat=None)
    paid = event("payouts", "p-1", a_payment("R-1", 50_000, "2024-03"), receivedat=None)
    file = tmp_path / "events.jsonl"
    file.write_bytes(case + b"\n" + paid + b"\n")
    assert source("suspend", "payouts", *WHO).code == 0
    assert shown(source, "payouts")["state"] == "suspended"
    told = command("ingest", file, database_url=url)
    assert "accepted 1, duplicate 0, parked 0, quarantined 1" in told.out
    assert "source_suspended 该来源已暂停报送" in told.out
    doctor = json.loads(command("doctor", "--json", database_url=url).out)["checks"]
    (finding,) = [each for each in doctor if each["check"].startswith("source.payouts")]
    assert (finding["level"], "拒收 1 件" in finding["found"]) == ("look", True)
    assert source("resume", "payouts", *WHO).code == 0
    again = command("ingest", file, database_url=url)
    assert "accepted 1, duplicate 1, parked 0, quarantined 0" in again.out
    assert shown(source, "payouts")["seen"] is not None
    journal = command("journal", database_url=url).out
    for kind in ("暂停来源", "恢复来源"):
        assert kind in journal


def test_a_new_live_ledger_takes_registered_sources_only(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    given = {"database_url": database_url, "ledger_secret": SECRET}
    made = command("ledger", "create", **given)
    assert (made.code, "只收已登记的来源" in made.out) == (0, True)
    file = tmp_path / "events.jsonl"
    case = event("social-assistance", "c-1", a_household("R-1"), receivedat=None)
    file.write_bytes(case + b"\n")
    told = command("ingest", file, **given)
    assert "accepted 0, duplicate 0, parked 0, quarantined 1" in told.out
    assert "not_registered" in told.out
    assert command("source", "add", "social-assistance", "payouts", *WHO, **given).code == 0
    assert "accepted 1" in command("ingest", file, **given).out
    again = command("source", "require", *WHO, **given)
    assert (again.code, "早已" in again.out) == (0, True)


def test_an_older_ledger_requires_registration_once_it_is_told_to(
    command: Command, source: Any, url: str
) -> None:
    assert shown(source, "marriage")["state"] == "active"
    assert source("require", *WHO).code == 0
    assert shown(source, "marriage")["state"] == "unregistered"
    doctor = json.loads(command("doctor", "--json", database_url=url).out)["checks"]
    (finding,) = [each for each in doctor if each["check"].startswith("register.")]
    assert finding["level"] == "fine"


def test_a_folder_that_takes_away_what_is_granted_is_named(
    command: Command, source: Any, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(default(), folder)
    text = (folder / "sources.toml").read_text("utf-8")
    (folder / "sources.toml").write_text(text.replace(f'    "{PAID}",\n', ""), "utf-8")
    assert source("add", "payouts", "--classes", PAID, *WHO).code == 0
    checked = command("bureau", "check", folder, database_url=url)
    assert (checked.code, "payouts" in checked.err, PAID in checked.err) == (0, True, True)
    unchanged = command("bureau", "check", database_url=url)
    assert (unchanged.code, PAID in unchanged.err) == (0, False)


def test_a_key_is_rotated_with_an_overlap(source: Any) -> None:
    first = json.loads(source("key", "new", "payouts", *WHO, "--json").out)
    second = json.loads(source("rotate", "payouts", "--overlap", "12h", *WHO, "--json").out)
    assert source_keys.parts_of(second["key"]) is not None
    keys = {each["id"]: each for each in json.loads(source("key", "list", "--json").out)}
    assert keys[first["id"]]["state"] == keys[second["id"]]["state"] == "valid"
    assert keys[first["id"]]["until"] < keys[second["id"]]["until"]
    third = source("rotate", "payouts", *WHO)
    assert (third.code, "已有 2 个有效密钥" in third.err) == (2, True)
    at_once = source("key", "revoke", "payouts", first["id"], *WHO)
    assert at_once.code == 0
    wrong = source("rotate", "payouts", "--overlap", "soon", *WHO)
    assert (wrong.code, "7d" in wrong.err) == (2, True)
