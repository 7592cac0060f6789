"""The embedded server runs as long as somebody uses it, however its users end.

Every process that uses it holds a shared lock on a file beside its data, which the kernel gives
back for it, whatever ends the process. A keeper, a process of its own that no terminal and no
parent takes along, waits for the lock to itself and then stops the server. The keeper is this file,
run by itself: it needs the standard library only.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STOP_SECONDS = 60.0
"""How long a server may take to end its work; then it ends at once, and recovers at its start."""
LOOKS = 4
LOOK_SECONDS = 0.5
"""A user may be killed while its server is starting: the keeper looks again for one."""

_joined: dict[Path, tuple[int, subprocess.Popen[bytes] | None]] = {}
"""Data directory → this process's lock as a user, and the keeper if this process started it."""


def join(data: Path) -> None:
    """Be a user of the server whose data lives in `data`, until this process ends."""
    data = data.resolve()
    if data in _joined:
        return
    users = _open(_users(data))
    fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper stops the server
    _joined[data] = users, _start_keeper(data)
    _drop_stale_pid(data)
    atexit.register(_leave, data, os.getpid())


def postmaster(data: Path) -> int | None:
    """The server's process; None where none runs, whatever process has its number by now."""
    try:
        # While a directory is being filled, the number has a sign.
        pid = abs(int((data / "postmaster.pid").read_text().partition("\n")[0]))
        if not Path("/proc/self").exists():  # no Linux
            os.kill(pid, 0)
            return pid
        return pid if Path(f"/proc/{pid}/cwd").readlink() == data else None  # it works in there
    except (OSError, ValueError):
        return None


def stop(data: Path) -> None:
    """Stop the server if it runs: no client is waited for, nothing committed is lost."""
    begun, told = time.monotonic(), None
    while (pid := postmaster(data)) is not None:
        late = time.monotonic() - begun > STOP_SECONDS
        how = signal.SIGQUIT if late else signal.SIGINT
        if told != (pid, how):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            told = pid, how
        time.sleep(0.02)


def keep(data: Path, users: int, keeper: int) -> None:
    """Wait until nobody uses the server, then stop it."""
    for look in range(LOOKS):
        if look:
            fcntl.flock(users, fcntl.LOCK_UN)
            time.sleep(LOOK_SECONDS)
        fcntl.flock(users, fcntl.LOCK_EX)
        if not _is(users, _users(data)):
            return  # the directory was removed; another server may live there by now
        stop(data)
    os.close(keeper)  # first: whoever gets the users' lock next must find that no keeper is left
    os.close(users)


def _users(data: Path) -> Path:
    return data.with_name(f"{data.name}.users")


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _start_keeper(data: Path) -> subprocess.Popen[bytes] | None:
    """A keeper, unless there is one. It has locks of its own: ours end with us."""
    keeper, users = _open(data.with_name(f"{data.name}.keeper")), _open(_users(data))
    try:
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return subprocess.Popen(  # noqa: S603  this file, with this interpreter
            [sys.executable, "-IS", __file__, str(data), str(users), str(keeper)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(users, keeper),
            start_new_session=True,
            cwd="/",
        )
    except BlockingIOError:
        return None
    finally:
        os.close(keeper)
        os.close(users)


def _drop_stale_pid(data: Path) -> None:
    """Where a server was killed, or its machine, another process may have its number by now."""
    if postmaster(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _leave(data: Path, joined_by: int) -> None:
    """At the end of this process: the last user stops the server, and waits until it is gone."""
    if os.getpid() != joined_by:
        return
    users, keeper = _joined.pop(data)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(data)
    except BlockingIOError:
        fcntl.flock(users, fcntl.LOCK_SH)  # at once where others use it, or after the keeper
    os.close(users)
    if keeper is not None:
        keeper.returncode = 0  # it outlives us, and nobody waits for it


def _is(file: int, path: Path) -> bool:
    """Whether the open file is still the one at that path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
