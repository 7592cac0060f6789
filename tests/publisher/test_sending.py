"""`mingjian-publish send` says of a file's own events what became of each that is worth a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from mingjian_publisher.command import main

from tests.support.ledger import event
from tests.support.money import a_household, a_payment

CASES, PAYOUTS = "social-assistance", "payouts"


def live(source: str, name: str, fact: object) -> bytes:
    return event(source, name, fact, receivedat=None)  # type: ignore[arg-type]


def test_each_event_of_the_file_is_told_and_the_older_ones_apart(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def send(*events: bytes) -> tuple[int, list[str]]:
        file = tmp_path / "events.jsonl"
        file.write_bytes(b"\n".join(events))
        code = main(["send", str(file), "--outbox", str(tmp_path / "o.sqlite"), "--url", gateway])
        return code, capsys.readouterr().out.splitlines()

    fine = live(CASES, "s-1", a_household("DB-1"))
    assert send(fine) == (0, ["本次文件 / this file: 已记入 accepted 1"])

    doubtful = live(PAYOUTS, "s-2", a_payment("DB-1", 1, "2024-03"))
    waits = live(PAYOUTS, "s-3", a_payment("DB-unknown", 50_000, "2024-03"))
    wrong = live(CASES, "s-4", a_household("DB-4")).replace(b'"case_number"', b'"case"')
    code, (told, older, *each) = send(doubtful, waits, wrong)
    assert code == 1
    assert told == (
        "本次文件 / this file: 已记入 accepted 1，待关联 parked 1，未通过校验 quarantined 1"
    )
    assert older == "待发箱中此前的 / sent before: 已记入 accepted 1"
    assert [line for line in each if line.startswith(f"! {PAYOUTS}/s-2: amount-differs ")]
    (parked,) = (line for line in each if line.startswith("… "))
    assert parked.startswith(f"… {PAYOUTS}/s-3: ")
    assert "DB-unknown" in parked
    refused = [line for line in each if line.startswith(f"✗ {CASES}/s-4: missing_field ")]
    assert refused
    assert "请补填" in refused[0]

    # What an earlier file had refused does not make the next one fail.
    code, (told, older) = send(fine)
    assert (code, told) == (0, "本次文件 / this file: 已记入 accepted 1")
    assert older.endswith("未通过校验 quarantined 1")


def test_what_is_wrong_is_said_of_events_that_the_gateway_takes_none_of(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def send(event: bytes) -> tuple[int, str]:
        (tmp_path / "events.jsonl").write_bytes(event)
        outbox = str(tmp_path / "o.sqlite")
        code = main(["send", str(tmp_path / "events.jsonl"), "--outbox", outbox, "--url", gateway])
        return code, capsys.readouterr().err

    code, told = send(b'{"source":"payouts"}')
    assert (code, "source、id 须写明" in told) == (2, True)
    code, told = send(b'{"source":"nobody","id":"n-1"}')
    assert (code, "/0/source: unknown_source" in told) == (2, True)
