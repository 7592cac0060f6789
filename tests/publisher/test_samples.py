"""The samples of the publisher send a file to a gateway, and say what became of each event."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.ledger import event
from tests.support.money import a_household

SAMPLES = Path(__file__).parents[2] / "publisher" / "samples"
SOURCE = "social-assistance"
COMMANDS = {
    "send.sh": ("curl", ["sh"]),
    "send.mjs": ("node", ["node"]),
    "Send.java": ("java", ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1"]),
    "send.go": ("go", ["go", "run"]),
    "Send.cs": ("dotnet", ["dotnet", "run"]),
}
"""Sample → the tool that it needs, and how it is run."""


def test_every_sample_is_run() -> None:
    """Those for Kafka are by tests/sdk/live.py."""
    assert {path.name for path in SAMPLES.iterdir() if path.is_file()} == set(COMMANDS)


@pytest.mark.parametrize("sample", COMMANDS)
def test_it_tells_what_became_of_each_event(sample: str, gateway: str, tmp_path: Path) -> None:
    tool, command = COMMANDS[sample]
    if shutil.which(tool) is None:
        pytest.skip(f"NO TOOL: a sample of the publisher was not run: {sample} needs {tool}")
    name = sample.replace(".", "-")
    good, other = (
        event(SOURCE, f"{name}-{n}", a_household(f"{name}-{n}"), receivedat=None) for n in (1, 2)
    )
    bad = other.replace(b'"case_number"', b'"case"')
    first = tmp_path / "good.jsonl"
    first.write_bytes(good + b"\n")
    second = tmp_path / "bad.jsonl"
    second.write_bytes(good + b"\n" + bad + b"\n")

    def run(path: Path) -> tuple[int, list[str]]:
        done = subprocess.run(  # noqa: S603
            [*command, str(SAMPLES / sample), str(path)],
            env=os.environ | {"MINGJIAN_URL": gateway, "no_proxy": "*"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.stdout, done.stderr
        return done.returncode, done.stdout.splitlines()

    code, (told,) = run(first)
    assert (code, "accepted" in told, f"{name}-1" in told) == (0, True, True)
    code, (again, *refused) = run(second)
    assert (code, "duplicate" in again) == (1, True)
    assert "quarantined" in refused[0]
    told_of = "\n".join(refused)
    assert "missing_field" in told_of
    assert "/data/case_number" in told_of
    assert "请补填" in told_of

    # What is not even an event is refused at the door, and it is said why.
    third = tmp_path / "none.jsonl"
    third.write_bytes(b"[1]\n")
    code, lines = run(third)
    assert (code, "refused" in lines[0]) == (1, True)
    assert "not_json" in "\n".join(lines)
