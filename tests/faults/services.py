"""The services as real processes: `mingjian run …` in a child of its own, started in a moment.

Importing everything takes three seconds; five hundred kills would cost half an hour of it. So a
fork server of the standard library has imported it once, and each service is forked from there.
What runs is the command line's own `main`, with the environment and arguments of that service.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import cli
from infra import failpoint
from infra.settings import settings
from tests.faults import poisoned
from tests.faults.servers import die_with_parent, send

ROOT = Path(__file__).parents[2]
MINGJIAN = "mingjian"
POLL_SECONDS = 0.02


def _become(program: str, arguments: list[str], environment: Mapping[str, str], log: str) -> None:
    """In the child: run the command line, or a module, as a shell would have started it."""
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environment)
    os.chdir(ROOT)
    if "LD_PRELOAD" in environment:  # only a new program loads another library first
        code = "from cli import main; main()"
        os.execv(sys.executable, [sys.executable, "-c", code, *arguments])  # noqa: S606
    poisoned.plant(environment.get(poisoned.POISON, ""))
    importlib.reload(failpoint)  # reads the environment at import; `reach` stays the same function
    settings.cache_clear()
    sys.argv = [program, *arguments]
    if program == MINGJIAN:
        cli.main()
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


_context = multiprocessing.get_context("forkserver")
# What is loaded there need not be loaded by each child, whose main module is loaded again.
_context.set_forkserver_preload(["tests.faults.services", "tests.faults.feeds", "pytest"])


class Service:
    """One process: the command line, or another program by the name of its module."""

    def __init__(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        log: Path,
        program: str = MINGJIAN,
    ) -> None:
        self.log = log
        log.touch()
        self._from = log.stat().st_size
        self._process = _context.Process(
            target=_become, args=(program, arguments, dict(environment), str(log)), daemon=True
        )
        self._process.start()
        self.pid: int = self._process.pid or 0

    @property
    def code(self) -> int | None:
        """Its exit code, negative for a signal; None while it lives."""
        return self._process.exitcode

    async def ended(self) -> int:
        """Wait for its end and return the exit code."""
        while True:
            if (code := self.code) is not None:
                return code
            await asyncio.sleep(POLL_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        if self.code is None:
            send(self.pid, number)

    async def kill(self) -> None:
        self.signal(signal.SIGKILL)
        await self.ended()

    def said(self) -> str:
        """What this process has logged."""
        with self.log.open("rb") as file:
            file.seek(self._from)
            return file.read().decode(errors="replace")
