"""Signs of life: a service touches a file as long as it works; a check looks at its age.

Its last words stay beside it: which alarm stopped it, and when.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SILENT_SECONDS = 30.0


def touch(home: Path, name: str) -> None:
    """Say that the service `name` works; a full disk is not a reason to end it."""
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{name}.beat").touch()


def silent_for(home: Path, name: str) -> float:
    """Seconds since the last sign; infinite when there was none."""
    try:
        return time.time() - (home / f"{name}.beat").stat().st_mtime
    except FileNotFoundError:
        return float("inf")


class LastAlarm(NamedTuple):
    """What stopped a service, and when (Unix time)."""

    name: str
    at: float


def note_alarm(home: Path, service: str, alarm: str) -> None:
    """Leave the name of the alarm that ends a service."""
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{service}.alarm").write_text(alarm, encoding="utf-8")


def last_alarm(home: Path, service: str) -> LastAlarm | None:
    """The alarm that last stopped a service, if one did."""
    file = home / f"{service}.alarm"
    try:
        return LastAlarm(file.read_text(encoding="utf-8").strip(), file.stat().st_mtime)
    except OSError:
        return None
