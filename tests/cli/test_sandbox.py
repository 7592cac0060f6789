"""`mingjian sandbox`: a vendor tries, and nothing of it counts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mingjian_publisher import Gateway, Outbox, deliver
from mingjian_publisher.command import main

from domain import conformance
from tests.cli.conftest import Command
from tests.support.bureau import SAMPLE

MINGJIAN = Path(sys.executable).with_name("mingjian")
PATIENCE = 60


@contextmanager
def sandbox(home: Path) -> Iterator[str]:
    """The address of a sandbox of payouts, served by the command."""
    with subprocess.Popen(  # noqa: S603  our own program
        [MINGJIAN, "sandbox", "payouts", "--port", "0"],
        env={**os.environ, "MINGJIAN_HOME": str(home), "MINGJIAN_LEDGER_SECRET": "not for this"},
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        try:
            assert served.stdout is not None
            address = next(line for line in served.stdout if "/events" in line)
            url = address.partition("http")[2].partition("/events")[0]
            yield f"http{url}"
        finally:
            served.send_signal(signal.SIGTERM)
            assert served.wait(PATIENCE) == 0


def test_what_is_tried_is_judged_and_kept_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    """The pack passes against it, its good events are taken, and no other ledger is made."""
    pack = tmp_path / "cases.jsonl"
    assert command("contracts", "conformance", str(pack)).code == 0
    good = [case.event for case in conformance.good(SAMPLE)]
    with sandbox(tmp_path / "home") as url:
        until = time.monotonic() + PATIENCE
        while main(["conformance", str(pack), "--url", url]) == 2 and time.monotonic() < until:
            time.sleep(0.2)
        told = capsys.readouterr().out
        with Outbox(tmp_path / "outbox.sqlite") as outbox, Gateway(url) as gateway:
            outbox.put(json.loads(json.dumps(good)))
            deliver(outbox, gateway, patience=PATIENCE)
            counts = outbox.counts()

    number = len(pack.read_text().splitlines())
    assert told.splitlines()[-1] == f"通过 {number} / {number}"
    assert counts == {"accepted": len(good)}
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["sandbox"]


def test_a_source_that_there_is_not_is_refused_with_those_that_there_are(command: Command) -> None:
    refused = command("sandbox", "nobody")

    assert refused.code == 2
    assert "payouts" in refused.err
