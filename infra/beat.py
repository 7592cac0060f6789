"""Signs of life: a service touches a file as long as it works; a health check looks at its age."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path

from infra.settings import settings

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


def main() -> None:
    """Exit 1 when the named service has been silent for half a minute."""
    sys.exit(silent_for(settings().home, sys.argv[1]) > SILENT_SECONDS)


if __name__ == "__main__":
    main()
