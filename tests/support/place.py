"""Where a test run keeps its files: in memory where there is plenty of it, else on the disk.

A database of ours is 900 files, and most tests that write have one of their own: made on a disk
they cost five times the processor's work, and both workers wait for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from pathlib import Path
from tempfile import mkdtemp

MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # noqa: S108  sockets need short paths
LEAST = 8 * 2**30
"""Bytes that must be free in memory: a run needs a third of it at most."""
_NAME = "mjt-"


def make() -> Path:
    """A new directory for this run alone; what earlier ones left in memory goes.

    A run holds the lock of its directory: the kernel gives it back, however the run ends.
    """
    plenty = _plenty()
    if plenty:
        for left in MEMORY.glob(f"{_NAME}*"):
            with contextlib.suppress(OSError):  # it runs, or is another user's
                lock = _lock(left)
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)
    made = Path(mkdtemp(prefix=_NAME, dir=MEMORY if plenty else DISK))
    _lock(made)
    return made


def _lock(directory: Path) -> int:
    opened = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        raise
    return opened


def _plenty() -> bool:
    """Whether memory has room, and programs may be started from there."""
    try:
        told = Path("/proc/meminfo").read_text(encoding="ascii")
        free = re.search(r"^MemAvailable: +(\d+) kB", told, re.MULTILINE)
        room = min(int(free[1]) * 1024 if free else 0, shutil.disk_usage(MEMORY).free)
        return room >= LEAST and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    except OSError:  # no Linux
        return False
