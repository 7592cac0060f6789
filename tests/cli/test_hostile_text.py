"""Text from outside, through every command, page and document: it moves nothing and forges nothing.

One event whose payment was named "a/b[/nothing]" ended `mingjian parked` for ever.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain import envelope
from domain.outreach.charity import DriveOpened, DriveReported, ParticipantJoined
from domain.reporting import ReportSectionWritten
from infra import postgres
from tests.api.test_pages import AUDIT, PUBLIC
from tests.cli.test_aside import Shell, shell_on
from tests.cli.test_output import on_a_terminal
from tests.support.ledger import Bench, event
from tests.support.money import a_return
from tests.support.pages import client_of
from tests.support.placename import a_proposal, an_approval
from tests.support.published import database

EVIL = "[/nothing][red]x\x1b[31m\x9b2J\u202e65\u2028\u2066"
"""Markup, ESC, C1, marks of direction, another line end."""
EVIL_LINES = f"{EVIL}\r\n#99 forged"
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f]")
WEEK = date(2024, 9, 5)


def hostile(name: str, **changes: Any) -> bytes:
    """An event that waits for a payment of such a name."""
    fact = a_return("DB-1", "payouts/p-none", 100, "2024-02", on="2024-03-01")
    return event("payouts", name, fact, **changes)


async def tell(url: str) -> None:
    """Hostile text wherever an event of a source might have text before it was looked at."""
    said = "示例"
    drive = DriveOpened(
        drive="W", programme="charity-week", title=said, opens_on=WEEK, closes_on=WEEK
    )
    joined = ParticipantJoined(
        drive="W", participant="E-1", name=said, kind="enterprise", joined_on=WEEK
    )
    stated = DriveReported(
        drive="W",
        enterprises_stated=said,
        participations_stated=said,
        goods_stated=said,
        reported_on=WEEK,
    )
    words = {
        "enterprises_stated": EVIL_LINES,
        "participations_stated": EVIL,
        "goods_stated": EVIL,
    }
    prose = ReportSectionWritten(
        report_year=2024, section="other", text=said, written_on=WEEK, author="BG-01"
    )
    plan, name = a_proposal(said, "02-01"), an_approval("03-01")
    async with postgres.connect(url) as connection:
        bench = await Bench.join(connection)
        tally = await bench.take(
            hostile("evil-parked", data={"payment": f"a/b{EVIL}"[:200], "reason": EVIL}),
            event("office", "evil-drive", drive, data={"title": EVIL}),
            event("office", "evil-guest", joined, data={"name": EVIL}),
            event("office", "evil-words", stated, data=words),
            event("office", "evil-prose", prose, data={"text": EVIL_LINES}),
            event("placenames", "evil-plan", plan, data={"proposed_name": EVIL}),
            event("placenames", "evil-name", name, data={"name": EVIL_LINES}),
            hostile("evil-type", type=f"cn.mingjian.{EVIL}"),
            hostile("evil-id", id="evil\x1b\u202e[/id]"),
            hostile("evil-source", time=f"pay{EVIL}"),
            json.dumps({EVIL: EVIL_LINES}).encode(),
        )
    assert tally.accepted >= 4
    assert tally.parked >= 1
    assert tally.quarantined >= 2


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    with database(server_url, "hostile") as url:
        with pytest.MonkeyPatch.context() as before:
            once = partial(envelope._form, today=False)
            before.setattr(envelope, "_form", lambda kind, **_: once(kind))
            asyncio.run(tell(url))
        yield url


@pytest.fixture
def shell(
    filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return shell_on(filled, monkeypatch, capsys)


READING = (
    *(("figures",), ("statements",), ("findings",), ("journal",), ("verify",)),
    *(("parked",), ("quarantine",), ("quarantine", "list", "--all"), ("offsets",)),
    *(("parked", "show", str(n)) for n in (1, 2)),
    *(("quarantine", "show", str(n)) for n in range(1, 6)),
    *(("lineage", f, "--raw") for f in ("F45", "F46", "F53", "F16")),
    ("doctor",),
)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_commands_show_it_and_are_not_moved(shell: Shell, command: tuple[str, ...]) -> None:
    said = shell(*command)
    assert said.code in (0, 1, 2)
    assert not UNSEEN.findall(said.out + said.err)
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_json_holds_what_was_written_and_nothing_that_moves_a_terminal(
    shell: Shell, command: tuple[str, ...]
) -> None:
    if command[0] == "doctor":
        pytest.skip("tells of servers")
    said = shell(*(part for part in command if part != "--raw"), "--json")
    assert not UNSEEN.findall(said.out)
    if said.code != 2:
        json.loads(said.out)


def test_what_waits_is_listed_with_its_markup_in_one_line(shell: Shell) -> None:
    listed = shell("parked").out
    (line,) = [line for line in listed.splitlines() if "a/b" in line]
    assert r"a/b[/nothing][red]x\u001b[31m\u009b2J\u202e65" in line
    (waits,) = [
        row["waits_for"]
        for row in json.loads(shell("parked", "--json").out)
        if "a/b" in row["waits_for"]
    ]
    assert EVIL[:20] in waits


def test_words_of_a_summary_forge_no_row(shell: Shell) -> None:
    """A line end in them began a line of its own."""
    (line,) = [line for line in shell("figures").out.splitlines() if line.startswith("F53")]
    assert r"\u001b[31m" in line
    assert not [line for line in shell("figures").out.splitlines() if line.startswith("#99")]


def test_a_terminal_gets_the_colours_of_the_command_only(filled: str, tmp_path: Path) -> None:
    environment = {
        "TERM": "xterm-256color",
        "PATH": "/usr/bin:/bin",
        "MINGJIAN_HOME": str(tmp_path),
        "MINGJIAN_DATABASE_URL": filled,
    }
    for command in (("parked",), ("figures",), ("quarantine", "show", "1", "--raw", "-")):
        shown = on_a_terminal(environment, 120, *command)
        assert not UNSEEN.findall(shown.replace("\r", "")), command


@pytest.mark.parametrize("form", ["html", "md"])
def test_the_report_shows_it_as_text(shell: Shell, tmp_path: Path, form: str) -> None:
    file = tmp_path / "report"
    shell("report", "annual", "-o", str(file), "--format", form)
    text = file.read_text("utf-8")
    assert "u202e" in text
    assert not UNSEEN.findall(text)


@pytest.fixture
async def auditor(filled: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(filled, auditor=True) as made:
        yield made


async def test_pages_and_their_json_show_it_as_text(auditor: httpx.AsyncClient) -> None:
    seen = 0
    entries = [f"/entries/{position}" for position in range(12, 30)]
    more = ["/streams/place-name/R1", "/figures/F53", "/figures/F46/rows", *entries]
    for path in (*PUBLIC, *AUDIT, *more):
        for suffix in ("", ".json"):
            if suffix and path.endswith((".html", ".md", "/")):
                continue
            response = await auditor.get(f"{path}{suffix}?period=2024&known=now")
            assert response.status_code in (200, 404), path
            assert not UNSEEN.findall(response.text), (path, suffix)
            seen += "u202e" in response.text
    assert seen > 8
