"""Where the bench takes place: one PostgreSQL, one Kafka, a database of its own for each run.

Contenders that users run as processes are run as processes here; what is measured is watched from
outside, on a connection of its own, the same way for all.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from infra import postgres
from infra.kafka.local import LocalKafka
from infra.settings import Settings
from tests.support.users import as_service, let_in

SECRET = "bench: not one that anybody would use"  # noqa: S105  not a secret: with one of its own a ledger is live
LOOK_SECONDS = 0.02
STUCK_SECONDS = 120.0
"""Without any progress for so long, a run has failed."""
STOP_SECONDS = 20.0
MINGJIAN = (str(Path(sys.executable).with_name("mingjian")),)


class Failed(Exception):
    """A contender did not do its work."""


@dataclass(slots=True)
class Place:
    """The servers, and the memory that each kind of process took at most."""

    server: str
    bootstrap: str
    home: Path
    peaks: dict[str, float] = field(default_factory=dict)
    """Name of a process → its peak of resident memory so far, in MiB."""

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[str]:
        """The URL of a fresh database, dropped afterwards."""
        async with postgres.connect(self.server) as admin:
            await admin.execute(f"CREATE DATABASE {name}")
            await let_in(admin)
        try:
            yield self.url_of(name)
        finally:
            async with postgres.connect(self.server) as admin:
                await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
                # Dirty pages of one round are not written during the next.
                await admin.execute("CHECKPOINT")

    def url_of(self, name: str) -> str:
        base, _, query = self.server.partition("?")
        return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    def settings(self, name: str, url: str) -> Settings:
        """A system of ours: its database, and topics under its own prefix."""
        return Settings(
            database_url=url,
            kafka=self.bootstrap,
            kafka_prefix=name.replace("_", "-"),
            home=self.home / name,
            ledger_secret=SECRET,
        )

    @contextmanager
    def running(
        self, name: str, command: Sequence[str], env: Mapping[str, str]
    ) -> Iterator[Process]:
        """A process, told to stop at the end; its peak of memory is noted."""
        process = Process(name, command, env, self.home / f"{name}.log")
        try:
            yield process
        finally:
            self.peaks[name] = max(self.peaks.get(name, 0.0), process.stop())

    @contextmanager
    def service(
        self, name: str, settings: Settings, program: Sequence[str] = MINGJIAN
    ) -> Iterator[Process]:
        """`mingjian run NAME`, as users run it."""
        with self.running(
            name, [*program, "run", name], as_its_own_user(name, settings)
        ) as process:
            yield process


def as_its_own_user(name: str, settings: Settings) -> dict[str, str]:
    """The settings as that service reads them: it is a user of the database of its own."""
    own = as_service(settings.database_url or "", name.partition("-")[0])
    return environment(settings) | {"MINGJIAN_DATABASE_URL": own}


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a service reads them."""
    return {
        "MINGJIAN_DATABASE_URL": settings.database_url or "",
        "MINGJIAN_KAFKA": settings.kafka or "",
        "MINGJIAN_KAFKA_PREFIX": settings.kafka_prefix,
        "MINGJIAN_HOME": str(settings.home),
        "MINGJIAN_LEDGER_SECRET": SECRET,
    }


class Process:
    """A process of a contender."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self.peak_mib = 0.0
        with log.open("ab") as file:
            self.popen = subprocess.Popen(  # noqa: S603
                command, env=os.environ | env, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )

    def look(self) -> None:
        """Note the peak of memory; raises when the process has ended by itself."""
        self.peak_mib = max(self.peak_mib, peak_mib(self.popen.pid))
        if self.popen.poll() is not None:
            tail = self.log.read_text(errors="replace")[-1500:]
            raise Failed(f"{self.name} ended with {self.popen.returncode}:\n{tail}")

    def wait(self) -> None:
        """Wait for the end of a process that ends by itself."""
        while not self.ended():
            time.sleep(LOOK_SECONDS)

    def ended(self) -> bool:
        """Whether it has ended, as it should; raises when it has failed."""
        if self.popen.poll() is None:
            self.peak_mib = max(self.peak_mib, peak_mib(self.popen.pid))
            return False
        if self.popen.returncode:
            self.look()
        return True

    def stop(self) -> float:
        """End it if it still runs, as an operator would; returns its peak of memory in MiB."""
        if self.popen.poll() is None:
            self.peak_mib = max(self.peak_mib, peak_mib(self.popen.pid))
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        return self.peak_mib


def peak_mib(pid: int) -> float:
    """The most resident memory a process ever had, in MiB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


class Passage(NamedTuple):
    """From where work was first seen under way until it was done."""

    seconds: float
    done: int
    """What was done in these seconds: without what was there at the first look."""


async def watch(
    progress: Callable[[], Awaitable[int]],
    start: int,
    end: int,
    *processes: Process,
) -> Passage:
    """Look at a number that goes from `start` to `end`, fifty times a second.

    The clock starts at the first look that sees it moved, so the start of a process, its imports
    and its joining of a group are left out, and so is what was done until then.
    """
    seen, at = start, time.perf_counter()
    first: tuple[float, int] | None = None
    while True:
        now, found = time.perf_counter(), await progress()
        if found > end:
            raise Failed(f"{found} done, but there were only {end} to do")
        if first is None and found > start:
            first = (now, found)
        if found == end:
            began, done = first or (now, end)
            return Passage(now - began, end - done)
        if found != seen:
            seen, at = found, now
        elif now - at > STUCK_SECONDS:
            names = ", ".join(process.name for process in processes)
            raise Failed(f"{names}: stands still at {seen} of {end}")
        for process in processes:
            process.look()
        await asyncio.sleep(LOOK_SECONDS)


@contextmanager
def open_place(home: Path) -> Iterator[Place]:
    """Start both servers, with the settings that our own set-up gives them."""
    server = postgres.embedded_url(home / "pg")
    with LocalKafka(home / "kafka") as kafka:
        yield Place(server, kafka.bootstrap, home)
