"""A thread that ends the process when its event loop no longer turns.

Everything else that watches the services runs in that loop and stops with it: time limits, health
checks, signals. What ends here is started again by whoever runs the service, and goes on from where
PostgreSQL stands.
"""

from __future__ import annotations

import faulthandler
import os
import threading
from collections.abc import Callable

SILENT_SECONDS = 60
STOPPING_SECONDS = 45
"""A stop waits for the batch at hand; this is longer than that takes."""
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h."""


def _leave() -> None:
    faulthandler.dump_traceback()
    os._exit(EXIT_CODE)


class Watchdog:
    """Counts seconds without a sign of life from the loop.

    It counts its own ticks, not the clock: a process that was stopped and goes on (SIGSTOP, a
    machine that slept) has not been silent.
    """

    def __init__(self, leave: Callable[[], None] = _leave, tick: float = 1.0) -> None:
        self._leave = leave
        self._tick = tick
        self._left = SILENT_SECONDS
        self._ended = threading.Event()
        self._stopping = False

    def alive(self) -> None:
        """The loop turns. While the service stops this no longer counts."""
        if not self._stopping:
            self._left = SILENT_SECONDS

    def stopping(self) -> None:
        """From now on there is so much time to come to an end."""
        if not self._stopping:
            self._stopping = True
            self._left = STOPPING_SECONDS

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(self._tick):
            self._left -= 1
            if self._left <= 0:
                self._leave()
                return
