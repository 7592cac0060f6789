"""The embedded server goes down with its last user, however that user ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from infra.kafka.local import free_port

SECONDS = 60.0
USER = (
    "import signal, sys; from pathlib import Path; from infra import postgres;"
    # ignored where a shell, or nohup, runs us behind it
    "signal.signal(signal.SIGQUIT, signal.SIG_DFL); signal.signal(signal.SIGHUP, signal.SIG_DFL);"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"
    "postgres.embedded_url(Path(sys.argv[1])); print('up', flush=True); sys.stdin.read()"
)
"""A process that uses the server until its standard input ends."""


def servers(data: Path) -> set[int]:
    """The processes that work in a data directory: the server and all that it began."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.add(int(process.name))
    return found


def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@contextmanager
def using(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that uses the server of a directory."""
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", USER, data], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as user:
        try:
            assert user.stdout is not None
            assert user.stdout.readline() == b"up\n"
            yield user
        finally:
            user.kill()


@contextmanager
def pages(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`mingjian run api` on a home of its own, answering."""
    port = free_port()
    program = [sys.executable, "-c", "from cli import main; main()"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MINGJIAN_")}
    environment["MINGJIAN_HOME"] = str(home)
    subprocess.run([*program, "ledger", "create"], env=environment, check=True)  # noqa: S603  our own
    with subprocess.Popen(  # noqa: S603  our own program
        [*program, "run", "api", "--port", str(port)], env=environment
    ) as process:
        try:
            until(lambda: answers(port))
            yield process
        finally:
            process.kill()


def answers(port: int) -> bool:
    """Whether the pages are there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_pages_that_are_told_to_stop_end_well_and_take_their_database_along(
    tmp_path: Path, told: signal.Signals
) -> None:
    with pages(tmp_path) as process:
        assert servers(tmp_path / "postgres")
        process.send_signal(told)
        assert process.wait(SECONDS) == 0
        assert not servers(tmp_path / "postgres"), "it was the last user, and waits for the end"


@pytest.mark.parametrize(
    "how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL]
)
def test_a_killed_user_takes_the_server_along(tmp_path: Path, how: signal.Signals) -> None:
    data = tmp_path / "pg"
    with using(data) as user:
        assert servers(data)
        user.send_signal(how)
        user.wait(SECONDS)
        until(lambda: not servers(data))


def test_it_goes_with_the_last_of_several_users_and_not_before(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with using(data) as first, using(data) as second:
        server = servers(data)
        first.kill()  # it started the server
        first.wait(SECONDS)
        time.sleep(1)
        assert servers(data) & server, "the second still uses it"
        second.communicate()
        assert not servers(data)


def test_one_that_comes_while_the_last_one_goes_gets_a_server(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    for _ in range(3):
        with using(data) as user:
            user.kill()
    with using(data) as user:
        assert servers(data)
        user.communicate()
        assert user.returncode == 0
    assert not servers(data)


def test_without_its_keeper_the_server_still_goes_with_the_next_last_user(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with using(data) as user:
        (keeper,) = keepers(data)
        os.kill(keeper, signal.SIGKILL)
        user.kill()
    assert servers(data)
    with using(data) as user:
        user.kill()
    until(lambda: not servers(data))


def keepers(data: Path) -> list[int]:
    """The processes that wait for the last user of a directory to end."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            said = (process / "cmdline").read_bytes().split(b"\0")
            if str(data).encode() in said and any(part.endswith(b"embedded.py") for part in said):
                found.append(int(process.name))
    return found


def test_another_process_with_the_number_of_a_killed_server_is_no_server(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with using(data) as user:
        user.communicate()
    lock = data / "postmaster.pid"
    stamp = f"{os.getpid()}\n{data}\n1700000000\n5432\n{data}\n\n  1  1\nready\n"
    lock.write_text(stamp)  # as after a power cut: the number is that of this test by now
    with using(data) as user:
        assert servers(data)
        user.communicate()
        assert user.returncode == 0
    assert not servers(data)


CONNECT = (
    "import os, socket, sys; os.setuid(int(sys.argv[2]));"
    " socket.socket(socket.AF_UNIX).connect(sys.argv[1] + '/.s.PGSQL.5432')"
)
NOBODY = 65_534


def test_nobody_else_reaches_the_socket_wherever_it_stands(tmp_path: Path) -> None:
    """Too deep for the name of a socket: the wheel makes it elsewhere, for root open to all."""
    data = tmp_path / ("a-folder-with-a-long-name-" * 4) / "postgres"
    with using(data):
        text = (data / "postmaster.pid").read_text().splitlines()
        folder = Path(text[4])
        assert folder != data
        owner = data.stat()
        for path in (folder, folder / ".s.PGSQL.5432"):
            assert (path.stat().st_mode & 0o777, path.stat().st_uid) == (0o700, owner.st_uid)
        assert connected(folder, os.geteuid()) == b""
        if os.geteuid() == 0:
            assert b"PermissionError" in connected(folder, NOBODY)
    until(lambda: not servers(data))


def connected(folder: Path, user: int) -> bytes:
    """What a process of that user says of its try to connect; nothing where it could."""
    command = [sys.executable, "-c", CONNECT, str(folder), str(user)]
    tried = subprocess.run(command, check=False, stderr=subprocess.PIPE)  # noqa: S603
    return tried.stderr
