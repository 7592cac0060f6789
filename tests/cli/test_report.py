"""`mingjian report` and the commands that tell figures: what says that a text is not official."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from reports.render import extra
from tests.cli.test_aside import Shell, shell_on
from tests.support.published import database

PUBLISHED = ("--at", "11")


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with the small ledger; its last entry is of 10 February 2025."""
    with database(server_url, "report_command") as url:
        yield url


@pytest.fixture
def shell(
    filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Commands on the ledger that tests leave as it is."""
    return shell_on(filled, monkeypatch, capsys)


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_report_of_now_says_that_it_is_not_the_published_one(
    shell: Shell, tmp_path: Path, form: str
) -> None:
    file = tmp_path / "report"
    said = shell("report", "annual", "-o", str(file), "--format", form)
    assert "这不是发布的报告" in said.out
    assert "发布的报告入账至位置 11" in said.out
    assert "这不是发布的报告" in file.read_text()

    said = shell("report", "annual", "-o", str(file), "--format", form, *PUBLISHED)
    assert "不是发布的报告" not in said.out + file.read_text()


def test_a_report_for_word_leads_to_the_site_that_is_named(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    asked = ("report", "annual", "-o", str(file), "--format", "docx", *PUBLISHED)
    assert shell(*asked).code == 0
    assert not list(docx.Document(str(file)).element.body.iter(qn("w:hyperlink")))
    assert shell(*asked, "--site", "https://mz.example.gov.cn/").code == 0
    made = docx.Document(str(file))
    links = {each.target_ref for each in made.part.rels.values() if each.is_external}
    assert links
    assert all(re.match("https://mz.example.gov.cn/(figures|statements)/", link) for link in links)
    for wrong in ("mz.example.gov.cn", "ftp://mz.example.gov.cn", "https://", "https://a/?b"):
        refused = shell(*asked, "--site", wrong)
        assert refused.code == 2
        assert "--site 应为网址" in refused.err


def test_without_the_parts_for_word_it_says_how_to_get_them(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra, "installed", lambda _package: False)
    file = tmp_path / "report.docx"
    refused = shell("report", "annual", "-o", str(file), "--format", "docx")
    assert refused.code == 2
    assert "make setup" in refused.err
    assert "mingjian[documents]" in refused.err
    assert not file.exists()


def test_a_report_is_of_a_year(shell: Shell, tmp_path: Path) -> None:
    """A report of March said “现将全年情况报告如下”."""
    file = tmp_path / "report"
    assert shell("report", "annual", "-o", str(file), "--period", "2024-03").code == 2
    assert not file.exists()


def test_single_cases_are_named_only_where_that_is_asked(shell: Shell, tmp_path: Path) -> None:
    """Staff upload what the command wrote; it named the conditions that failed, case by case."""
    file = tmp_path / "report"
    shell("report", "annual", "-o", str(file))
    without = re.findall(r"项条件中\d+项不成立(.)", file.read_text())
    assert without
    assert set(without) == {"；"}
    shell("report", "annual", "-o", str(file), "--details")
    assert "：" in re.findall(r"项条件中\d+项不成立(.)", file.read_text())
    assert "不得外传" in file.read_text()


@pytest.mark.parametrize("command", [("figures",), ("statements",), ("lineage", "F15")])
def test_a_question_about_days_to_come_is_told_how_far_the_ledger_goes(
    shell: Shell, command: tuple[str, ...]
) -> None:
    """Of 2030 it said 低保人数 2625人, and nothing else."""
    said = shell(*command, "--period", "2030").out
    assert "账本到所问的时点只记到 2025-02-10，业务截止为 2030-12-31" in said
    assert "the ledger goes to 2025-02-10, the question to 2030-12-31" in said
    assert "只记到" not in shell(*command, "--period", "2024").out
    assert "只记到 2024-01-08" in shell(*command, "--period", "2024", "--known", "2024-01-31").out
    answered = json.loads(shell(*command, "--period", "2030", "--json").out)
    one = answered["figure"] if isinstance(answered, dict) else answered[0]
    assert one["recorded_to"] == "2025-02-10"
