"""Asks each SDK what it makes of our events, and keeps it: `make sdk`.

What is kept (recorded/<client>.jsonl) is what the fast suite replays. A client whose tools are not
here is left out by name, and what it made before stays. Versions stand in each client's own lock.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sdk.events import CLIENTS, events_of

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
SECONDS = 900
PYTHON = {"python-1": "1.12.0", "python-2": "2.2.0", "python-2-core": "2.2.0"}


class ToolMissing(Exception):
    """A program that a client is built with is not on this machine."""


def said(*command: str, cwd: Path | None = None) -> str:
    """What a command prints. Raises ToolMissing, CalledProcessError."""
    if shutil.which(command[0]) is None:
        raise ToolMissing(command[0])
    done = subprocess.run(  # noqa: S603  commands of this file
        command, cwd=cwd, check=True, capture_output=True, text=True, timeout=SECONDS
    )
    return done.stdout


def java(events: Path, work: Path) -> str:
    """The serializer for Kafka, as it is and in structured mode, and the HTTP binding."""
    shutil.copytree(HERE / "java", work, dirs_exist_ok=True)
    run = f"-Dexec.args={events}"
    return said("mvn", "-q", "-B", "compile", "exec:java", run, cwd=work)


def javascript(events: Path, work: Path) -> str:
    shutil.copytree(HERE / "javascript", work, dirs_exist_ok=True)
    said("npm", "ci", "--no-audit", "--no-fund", cwd=work)
    return said("node", "send.js", str(events), cwd=work)


def go(events: Path, work: Path) -> str:
    shutil.copytree(HERE / "go", work, dirs_exist_ok=True)
    return said("go", "run", ".", str(events), cwd=work)


def python(client: str) -> Callable[[Path, Path], str]:
    """One version of the SDK in a Python of its own."""

    def run(events: Path, work: Path) -> str:
        venv.create(work / "venv", with_pip=True)
        ours = work / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        said(str(ours), "-m", "pip", "-q", "install", f"cloudevents=={PYTHON[client]}")
        script = "send_core.py" if client.endswith("core") else "send.py"
        return said(str(ours), str(HERE / "python" / script), str(events))

    return run


ASKED: dict[str, Callable[[Path, Path], str]] = {
    "java": java,
    "javascript": javascript,
    "go": go,
    **{client: python(client) for client in PYTHON},
}


def record(client: str) -> int:
    """Keep what a client makes of its events; how many messages."""
    with TemporaryDirectory() as work:
        events = Path(work) / "events.json"
        events.write_text(json.dumps(events_of(client), ensure_ascii=False), "utf-8")
        printed = ASKED[client](events, Path(work) / "client")
    lines = []
    for line in printed.splitlines():
        if '{"' in line:  # Maven colours what comes before
            made = json.loads(line[line.index('{"') :])
            made["value"] = base64.b64decode(made["value"]).decode()
            lines.append(json.dumps(made, ensure_ascii=False, sort_keys=True))
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / f"{client}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Ask all, or those named; 1 if one that could be asked failed."""
    failed = 0
    for client in sys.argv[1:] or CLIENTS:
        try:
            say(f"{client}: {record(client)} messages")
        except ToolMissing as missing:
            say(f"{client}: SKIPPED, there is no {missing} here")
        except subprocess.CalledProcessError as error:
            failed = 1
            say(f"{client}: FAILED\n{error.stdout[-2_000:]}{error.stderr[-2_000:]}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
