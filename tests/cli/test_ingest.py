"""A file is asked about before it is kept for ever, and what was put aside says why."""

from __future__ import annotations

import codecs
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.conftest import Command
from tests.support.engine import altered
from tests.support.ledger import event
from tests.support.money import a_household, a_payment

pytestmark = pytest.mark.empty

CASE = event("social-assistance", "c-1", a_household("DB-1"))
PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"registry-01\n", "不是 JSON"),
        (b"id,amount\n1,65000\n2,65000\n", "不是 JSON"),
        (b"[" + CASE + b",\n" + PAYMENT + b"]\n", "JSON 数组"),
        (b"[\n" + CASE + b"\n]\n", "JSON 数组"),
        (json.dumps(json.loads(CASE), indent=1).encode(), "分成多行的 JSON"),
        (CASE.decode().encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(2_000), "二进制文件"),
        ("姓名：示例甲\n".encode("gb18030"), "不是 UTF-8"),
        (b"x" * 3 * 2**20, "不是 JSON"),
        (b"null\n", "不是 JSON"),
    ],
)
def test_a_file_that_does_not_look_like_events_is_not_kept_unasked(
    command: Command, database_url: str, tmp_path: Path, content: bytes, said: str
) -> None:
    good, file = tmp_path / "good.jsonl", tmp_path / "file"
    good.write_bytes(CASE)
    file.write_bytes(content)
    done = command("ingest", good, file, database_url=database_url)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "--anyway" in done.err
    assert command("figures", database_url=database_url).code == 2, "not even a ledger was made"


def test_nothing_of_a_pipe_is_lost_by_looking_at_it(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    """Its first mebibyte was read to see whether it looks like events, and was gone."""
    pipe = tmp_path / "events"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"\n".join((CASE, PAYMENT, b"x")),))
    writer.start()
    done = command("ingest", pipe, database_url=database_url)
    writer.join()
    assert done.code == 0
    assert "accepted 2, duplicate 0, parked 0, quarantined 1" in done.out


@pytest.mark.parametrize(
    ("content", "accepted", "quarantined"),
    [
        (b"", 0, 0),
        (b"\n\n", 0, 0),
        (CASE, 1, 0),
        (CASE + b"\nx\ny\n", 1, 2),
        (b"x\n" + CASE + b"\n" + PAYMENT + b"\n", 2, 1),
        (codecs.BOM_UTF8 + CASE + b"\r\n" + PAYMENT + b"\r\n", 2, 0),
        (b'{"of": "another system"}', 0, 1),
        (b"{" + b" " * 3 * 2**20, 0, 1),
    ],
)
def test_events_with_whatever_stands_among_them_are_taken_unasked(
    command: Command,
    database_url: str,
    tmp_path: Path,
    content: bytes,
    accepted: int,
    quarantined: int,
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(content)
    done = command("ingest", file, database_url=database_url)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == (
        f"accepted {accepted}, duplicate 0, parked 0, quarantined {quarantined}"
    )


def test_what_is_no_event_is_taken_where_that_is_wanted(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "hostname"
    file.write_bytes(b"registry-01\n")
    done = command("ingest", file, "--anyway", database_url=database_url)
    assert (done.code, done.out.splitlines()[-1][-13:]) == (0, "quarantined 1")


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 2), (b"\n", 2)])
def test_on_a_terminal_it_asks(database_url: str, tmp_path: Path, answer: bytes, code: int) -> None:
    file = tmp_path / "hostname"
    file.write_bytes(b"registry-01\n")
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", "from cli import main; main()", "ingest", file],
        env=os.environ | {"MINGJIAN_DATABASE_URL": database_url, "MINGJIAN_LEDGER_SECRET": ""},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        said, _ = process.communicate()
    os.close(ours)
    assert process.returncode == code
    assert (b"quarantined 1\n" in said) == (code == 0)


def test_counts_say_why_and_on_which_lines(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    """Line 3 is empty. Of four of a kind the first three are named."""
    file = tmp_path / "day.jsonl"
    unknown = [event("payouts", f"u-{n}", a_payment("DB-9", 100 + n, "2024-02")) for n in range(4)]
    lines = [CASE, b"{", b"", PAYMENT, b"}", *unknown]
    file.write_bytes(b"\n".join(lines))
    done = command("ingest", file, database_url=database_url)
    assert done.code == 0
    quarantined, parked = done.out.split("待关联的原因 / why parked:")
    assert "2 × " in quarantined
    assert "not_json" in quarantined
    assert "day.jsonl:2、day.jsonl:5\n" in quarantined
    assert "4 × " in parked
    assert "DB-9" in parked
    assert "day.jsonl:6、day.jsonl:7、day.jsonl:8等\n" in parked
    assert done.out.splitlines()[-1] == "accepted 2, duplicate 0, parked 4, quarantined 2"
    again = command("ingest", file, database_url=database_url)
    assert "原因" not in again.out, "it was told before"


def test_all_that_is_wrong_with_the_first_that_are_refused_is_printed(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    wrong = altered(PAYMENT, {"amount_fen": "50000", "settled_on": "2024/1/8"}, id="p-2")
    file.write_bytes(b"\n".join((CASE, PAYMENT, wrong)))
    done = command("ingest", file, database_url=database_url)
    assert "events.jsonl:3 p-2" in done.out
    assert "/data/amount_fen amount_not_integer" in done.out
    assert "/data/settled_on malformed_value" in done.out
    assert "是否应为 2024-01-08" in done.out
    assert done.out.splitlines()[-1] == "accepted 2, duplicate 0, parked 0, quarantined 1"
