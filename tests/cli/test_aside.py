"""`mingjian quarantine` and `parked` as an operator sees them; what figures and reports say of it.

The ledger of tests.support.published: one payment waits for a case, one line is no JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli import main
from infra.settings import settings
from reports.moment import NOT_FINAL
from tests.support.published import NAME, database, settle

RAW = f'{{"name": "{NAME}"'
NOTE = "本期另有待关联 1 条未计入，声称金额 400.00 元"
ENGLISH = "not counted: 1 parked, claiming 400.00 yuan"


class Said(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Shell = Callable[..., Said]


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with the small ledger, for commands that only read."""
    with database(server_url, "commands") as url:
        yield url


def shell_on(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.setenv("MINGJIAN_DATABASE_URL", url)
    monkeypatch.delenv("MINGJIAN_KAFKA", raising=False)

    def say(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["mingjian", *arguments])
        settings.cache_clear()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    return say


@pytest.fixture
def shell(
    filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Commands on the ledger that tests leave as it is."""
    yield shell_on(filled, monkeypatch, capsys)
    settings.cache_clear()


@pytest.fixture
def settled_shell(
    server_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Commands on a ledger in which parked events were accepted and refused."""
    with database(server_url, "settled_commands") as url:
        asyncio.run(settle(url))
        yield shell_on(url, monkeypatch, capsys)
    settings.cache_clear()


@pytest.fixture
def changing_shell(
    server_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Commands on a ledger of this test's own."""
    with database(server_url, "changing_commands") as url:
        yield shell_on(url, monkeypatch, capsys)
    settings.cache_clear()


def rows_of(said: Said) -> Any:
    assert said.code == 0, said
    return json.loads(said.out)


# Looking.


def test_the_names_alone_list_what_waits(shell: Shell) -> None:
    for name, shown in (
        ("quarantine", "不是 JSON 对象 not_json"),
        ("parked", "业务对象 case/DB-99"),
    ):
        alone = shell(name)
        assert alone.code == 0
        assert alone == shell(name, "list")
        assert shown in alone.out
        assert "共 1 条" in alone.out


def test_lists_are_json_for_machines(shell: Shell) -> None:
    (refused,) = rows_of(shell("quarantine", "--json"))
    assert (refused["number"], refused["reason"], refused["claims_fen"]) == (1, "not_json", None)
    assert refused["released_by"] is None
    (waits,) = rows_of(shell("parked", "--json"))
    assert (waits["event_id"], waits["claims_fen"], waits["claims_on"]) == (
        "p-unknown",
        40_000,
        "2024-02-08",
    )


def test_one_of_quarantine_is_shown_with_meaning_and_remedy_but_without_content(
    shell: Shell,
) -> None:
    shown = shell("quarantine", "show", "1")
    assert "不是 JSON 对象 not_json" in shown.out
    assert "send one JSON object per event" in shown.out
    assert "mingjian quarantine release 1" in shown.out
    as_json = shell("quarantine", "show", "1", "--json")
    assert rows_of(as_json)["meaning"].startswith("不是 JSON 对象")
    assert NAME not in shown.out + as_json.out
    assert "sealed" not in as_json.out


def test_one_that_waits_is_shown_with_what_would_free_it(shell: Shell) -> None:
    """Put aside on 8 February 2024; the replay's clock stands at 10 February 2025."""
    shown = shell("parked", "show", "1")
    assert "已等      368 天" in shown.out
    assert "assistance.application-received.v1 申请（case_number = DB-99）" in shown.out
    made = rows_of(shell("parked", "show", "1", "--json"))
    assert made["days"] == 368
    assert "payouts" in made["source"]


def test_a_refused_parked_event_is_not_shown_as_taken(settled_shell: Shell) -> None:
    """It was shown with the entry that led to its refusal, as if that were its own."""
    shell = settled_shell
    rows = rows_of(shell("parked", "list", "--all", "--json"))
    assert [(row["event_id"], row["taken_at"], row["accepted_at"]) for row in rows] == [
        ("p-unknown", None, None),
        ("p-x", 19, None),
        ("p-4", 22, 22),
    ]
    listed = shell("parked", "--all").out
    assert "结果" in listed
    assert listed.count("未通过校验（拒收）") == 1
    assert listed.count("已记入（账本位置 22）") == 1
    refused = shell("parked", "show", "2").out
    assert "未通过校验（拒收），不再等待 / refused, in quarantine" in refused
    assert "已记入" not in refused
    assert "已记入（账本位置 22），不再等待 / taken" in shell("parked", "show", "3").out


def test_the_received_bytes_are_written_with_a_warning_for_their_owner_only(
    shell: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "raw"
    said = shell("quarantine", "show", "1", "--raw", str(file))
    assert file.read_text() == RAW
    assert file.stat().st_mode & 0o777 == 0o600
    assert "可能含个人信息" in said.err
    assert NAME not in said.out + said.err
    assert shell("quarantine", "show", "1", "--raw", "-").out == RAW


def test_wrong_numbers_and_another_secret_are_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (
        ("quarantine", "show", "7"),
        ("quarantine", "release", "7"),
        ("quarantine", "release", "7", "--by", "payouts/p-feb"),
        ("parked", "show", "7"),
    ):
        said = shell(*arguments)
        assert said.code == 2, arguments
        assert "没有编号 7" in said.err, arguments
    assert shell("quarantine", "show", "one").code == 2
    monkeypatch.setenv("MINGJIAN_LEDGER_SECRET", "another")
    for command in (["show", "1", "--raw", "-"], ["release", "1"]):
        said = shell("quarantine", *command)
        assert said.code == 2
        assert "MINGJIAN_LEDGER_SECRET" in said.err


# Releasing.


def test_still_refused_ends_with_1_and_the_reason(shell: Shell) -> None:
    said = shell("quarantine", "release", "1")
    assert said.code == 1
    assert "not_json" in said.out
    assert len(rows_of(shell("quarantine", "--json"))) == 1


def test_a_named_repair_releases_and_the_note_goes(changing_shell: Shell) -> None:
    shell = changing_shell
    refused = shell("quarantine", "release", "1", "--by", "payouts/none")
    assert refused.code == 2
    assert "没有事件 payouts/none" in refused.err

    said = shell("quarantine", "release", "1", "--by", "payouts/p-feb")
    assert said.code == 0
    assert "payouts/p-feb" in said.out
    assert rows_of(shell("quarantine", "--json")) == []
    (kept,) = rows_of(shell("quarantine", "list", "--all", "--json"))
    assert (kept["released_by"], kept["released_at"]) == ("payouts/p-feb", 18)
    assert "payouts/p-feb" in shell("quarantine", "show", "1").out
    assert "本期另有待关联 1 条未计入，声称金额 400.00 元" in shell("figures").out
    # As known when the report was published it still waited.
    assert NOTE in shell("figures", "--known", "2025-01-17").out


def test_what_is_given_up_is_open_no_more_but_was(changing_shell: Shell) -> None:
    shell = changing_shell
    who = ("--by", "示例经办人", "--why", "来源已重发")
    refused = shell("quarantine", "discard", "1", "--by", " ", "--why", "来源已重发")
    assert (refused.code, "--by" in refused.err) == (2, True)
    assert shell("quarantine", "discard", "1", *who).code == 0
    assert rows_of(shell("quarantine", "--json")) == []
    assert "示例经办人" in shell("quarantine", "show", "1").out
    assert "已废弃" in shell("quarantine", "list", "--all").out
    again = shell("quarantine", "release", "1")
    assert (again.code, "示例经办人" in again.err) == (2, True)

    (then,) = rows_of(shell("quarantine", "list", "--at", "7", "--json"))
    assert (then["number"], then["discarded_by"]) == (1, None)
    assert "未修复" in shell("quarantine", "show", "1", "--at", "7").out
    assert rows_of(shell("quarantine", "list", "--at", "6", "--json")) == []

    adoption, *notes = rows_of(shell("journal", "--json"))
    assert (adoption["kind"], list(adoption["detail"])) == ("bureau-adopted", ["digest"])
    assert [(note["kind"], note["subject"]) for note in notes] == [
        ("parked", "parked/1"),
        ("refused", "quarantine/1"),
        ("discarded", "quarantine/1"),
    ]
    assert (notes[-1]["by"], notes[-1]["why"]) == ("示例经办人", "来源已重发")
    assert rows_of(shell("journal", "--last", "1", "--json")) == notes[-1:]
    listed = shell("journal").out
    assert "废弃 discarded" in listed
    assert "来源已重发" in listed
    assert NAME not in listed


def test_junk_is_given_up_in_bulk_with_a_reason(changing_shell: Shell) -> None:
    shell = changing_shell
    who = ("--by", "示例经办人", "--why", "无效来件")
    for wrong in (
        ("1", "--all", *who),
        who,
        ("1", "--reason", "not_json", *who),
        ("--all", "--reason", "nonsense", *who),
        ("--all", "--by", "示例经办人"),
        ("--all", "--by", "示例经办人", "--why", " "),
    ):
        assert shell("quarantine", "discard", *wrong).code == 2, wrong
    assert len(rows_of(shell("quarantine", "--json"))) == 1
    none = shell("quarantine", "discard", "--all", "--reason", "id_conflict", *who)
    assert (none.code, "未通过校验的来件 0 件" in none.out) == (0, True)
    said = shell("quarantine", "discard", "--all", "--reason", "not_json", *who)
    assert (said.code, "未通过校验的来件 1 件已废弃" in said.out) == (0, True)
    assert rows_of(shell("quarantine", "--json")) == []
    (note,) = rows_of(shell("journal", "--last", "1", "--json"))
    assert (note["kind"], note["by"], note["why"]) == ("discarded", "示例经办人", "无效来件")


def test_what_waited_is_listed_as_of_a_time(shell: Shell) -> None:
    """The payment of 8 February waits for a case that never came."""
    for known, count in (("2024-02-07", 0), ("2024-02-08", 1)):
        assert len(rows_of(shell("parked", "list", "--known", known, "--json"))) == count
    assert shell("parked", "show", "1", "--known", "2024-02-07").code == 2
    assert shell("parked", "list", "--known", "2024-02-07", "--at", "1").code == 2


def test_offsets_are_listed_and_only_what_was_read_from_can_be_gone_past(shell: Shell) -> None:
    assert rows_of(shell("offsets", "--json")) == []
    who = ("--by", "示例经办人", "--why", "已删除")
    said = shell("offsets", "skip", "mingjian.intake.payouts/0", "9", *who)
    assert (said.code, "mingjian.intake.payouts/0" in said.err) == (2, True)
    assert shell("offsets", "skip", "mingjian.intake.payouts", "9", *who).code == 2


# Notes.


def test_answers_say_whether_they_are_final(shell: Shell) -> None:
    """The last receipt of this replay is of 10 February 2025."""
    for words in (("figures",), ("statements",), ("lineage", "F16")):
        assert NOT_FINAL in shell(*words, "--known", "2025-02-10").out
        assert NOT_FINAL not in shell(*words, "--known", "2025-02-09").out
        assert NOT_FINAL not in shell(*words).out
    for command in ("figures", "statements"):
        for known, final in (("2025-02-09", True), ("2025-02-10", False)):
            rows = rows_of(shell(command, "--known", known, "--json"))
            assert {row["final"] for row in rows} == {final}


def test_figures_and_statements_say_what_waits(shell: Shell) -> None:
    waits = {"quarantined": 0, "parked": 1, "claims_fen": 40_000}
    for command in ("figures", "statements"):
        assert f"{NOTE} / {ENGLISH}" in shell(command).out
        assert {str(row["waiting"]) for row in rows_of(shell(command, "--json"))} == {str(waits)}
    assert NOTE in shell("lineage", "F16").out


def test_a_period_or_position_in_which_nothing_waits_has_no_note(shell: Shell) -> None:
    nothing = {"quarantined": 0, "parked": 0, "claims_fen": 0}
    for moment in (("--period", "2024-01"), ("--at", "1"), ("--asof", "2024-02-07")):
        assert "本期另有" not in shell("figures", *moment).out
        (row, *_) = rows_of(shell("figures", *moment, "--json"))
        assert row["waiting"] == nothing, moment


def test_the_report_has_the_note_in_both_forms(shell: Shell, tmp_path: Path) -> None:
    for form in ("html", "md"):
        file = tmp_path / f"report.{form}"
        said = shell("report", "annual", "--format", form, "-o", str(file))
        assert NOTE in said.out
        assert NOTE in file.read_text(encoding="utf-8")
