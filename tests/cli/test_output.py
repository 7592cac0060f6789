"""What a file, a pipe and a narrow terminal get of a command: whole names, never cut with "…"."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.defined import FIGURES, STATEMENTS
from tests.support.published import database

ROOT = Path(__file__).parents[2]
NARROW = 40
COMMANDS = (("figures",), ("statements",), ("lineage", "F16"), ("quarantine",), ("parked",))
LONGEST_FIGURE = max((figure.name for figure in FIGURES.values()), key=cell_len)
LONGEST_STATEMENT = max((statement.name for statement in STATEMENTS.values()), key=cell_len)
COLOUR = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


@pytest.fixture(scope="module")
def environment(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    with database(server_url, "output") as url:
        home = str(tmp_path_factory.mktemp("home"))
        # As in a shell on a terminal of 80 columns whose output goes elsewhere.
        shell = {"COLUMNS": "80", "TERM": "xterm-256color", "PATH": os.environ["PATH"]}
        yield shell | {"MINGJIAN_DATABASE_URL": url, "MINGJIAN_HOME": home}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from cli import main; main()", *arguments]


def through_a_pipe(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  our own program
        command(*arguments), cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def on_a_terminal(environment: Mapping[str, str], columns: int, *arguments: str) -> str:
    """What a terminal of so many columns shows, without its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    wide = {name: value for name, value in environment.items() if name != "COLUMNS"}
    with subprocess.Popen(  # noqa: S603  our own program
        command(*arguments), cwd=ROOT, env=wide, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            said += part
    os.close(ours)
    assert process.returncode == 0, said.decode()
    return COLOUR.sub("", said.decode())


def characters(text: str) -> Counter[str]:
    return Counter(re.sub(r"\s", "", text))


@pytest.fixture(scope="module", params=COMMANDS, ids=lambda words: str(words[0]))
def piped(
    environment: Mapping[str, str], request: pytest.FixtureRequest
) -> tuple[tuple[str, ...], str]:
    """A command, and what a pipe gets of it."""
    return request.param, through_a_pipe(environment, *request.param)


def test_a_pipe_gets_every_name_whole_and_no_colours(piped: tuple[tuple[str, ...], str]) -> None:
    arguments, said = piped
    assert "…" not in said
    assert "\x1b" not in said
    assert [line for line in said.splitlines() if line.endswith(" ")] == []
    if arguments == ("figures",):
        assert any(LONGEST_FIGURE in line for line in said.splitlines())
        assert len(said.splitlines()) >= len(FIGURES)
    if arguments == ("statements",):
        assert any(LONGEST_STATEMENT in line for line in said.splitlines())


def test_a_narrow_terminal_folds_and_loses_nothing(
    environment: Mapping[str, str], piped: tuple[tuple[str, ...], str]
) -> None:
    arguments, whole = piped
    folded = on_a_terminal(environment, NARROW, *arguments)
    assert "…" not in folded
    assert characters(folded) == characters(whole)
    if arguments in (("quarantine",), ("parked",)):
        assert max(cell_len(line) for line in folded.splitlines()) <= NARROW
        assert len(folded.splitlines()) > len(whole.splitlines())


@pytest.mark.parametrize("arguments", [("--help",), ("parked", "--help"), ("doctor",)])
def test_help_and_the_doctor_are_not_cut(
    environment: Mapping[str, str], arguments: tuple[str, ...]
) -> None:
    said = through_a_pipe(environment, *arguments)
    assert "…" not in said
    assert "..." not in said.replace("[ARGS]...", "")
    assert "\x1b" not in said
