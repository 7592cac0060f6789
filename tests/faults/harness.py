"""What every fault has in common: a run is set up, left to drain, judged; the tally is kept."""

from __future__ import annotations

import random
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.faults.run import Run
from tests.faults.servers import Servers
from tests.faults.services import Service

MEMORY_MIB = 400.0


class Wrong(Exception):
    """A promise that a scenario itself looks after was broken."""


@dataclass
class Outcome:
    """The line of one fault in the tally."""

    fault: str
    title: str
    runs: int = 0
    kills: int = 0
    events: int = 0
    entries: int = 0
    repeats: int = 0
    lost: int = 0
    doubled: int = 0
    gaps: int = 0
    rss_mib: float = 0.0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    points: dict[str, int] = field(default_factory=dict)
    """Where processes were killed, how often."""

    @property
    def verdict(self) -> str:
        return "BROKEN" if self.broken else "holds" if self.runs else "skipped"


@dataclass
class Harness:
    """What a scenario is given; `quick` shortens what would take minutes."""

    servers: Servers
    dice: random.Random
    say: Callable[[str], None]
    quick: bool = False
    kills: int = 500
    outcome: Outcome = field(default_factory=lambda: Outcome("", ""))

    @asynccontextmanager
    async def run(self, *, live: bool = False, port: int | None = None) -> AsyncIterator[Run]:
        """A fresh run; what it was asked to die of is counted at its end."""
        async with Run(self.servers, live=live, port=port) as run:
            try:
                yield run
            except Exception:
                self.outcome.notes.append(run.logs())
                raise
            finally:
                self.outcome.kills += sum(run.kills.values())
                self.outcome.points = dict(Counter(self.outcome.points) + run.kills)
                self.outcome.rss_mib = max(self.outcome.rss_mib, run.rss_mib)

    async def finish(self, run: Run, producer: Service | None = None, *options: str) -> None:
        """Let everything come to rest, then judge it."""
        if producer is not None:
            producer.signal(signal.SIGTERM)
            if code := await producer.ended():
                raise Wrong(f"the producer ended with {code}: {producer.said()[-500:]}")
        await run.drained()
        await run.end()
        await self.judge(run, *options)

    async def judge(self, run: Run, *options: str) -> dict[str, Any]:
        """Let the checker judge, and note what it says."""
        verdict = await run.judged(*options)
        made = self.outcome
        made.runs += 1
        for name in ("events", "entries", "repeats", "lost", "doubled", "gaps"):
            setattr(made, name, getattr(made, name) + verdict[name])
        for name, invariant in verdict["invariants"].items():
            if invariant["broken"]:
                made.broken.append(f"{name}: {'; '.join(invariant['broken'][:3])}")
        return verdict

    def expect(self, holds: object, what: str) -> None:
        """A promise beside the invariants."""
        if not holds:
            raise Wrong(what)


Scenario = Callable[[Harness], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """A scenario, named as in the list of faults."""

    id: str
    title: str
    play: Scenario


FAULTS: dict[str, Fault] = {}


def fault(name: str, title: str) -> Callable[[Scenario], Scenario]:
    """Put a scenario on the list."""

    def mark(play: Scenario) -> Scenario:
        if name in FAULTS:
            raise ValueError(f"two scenarios are called {name}")
        FAULTS[name] = Fault(name, title, play)
        return play

    return mark


async def play(harness: Harness, which: Fault) -> Outcome:
    """Play one fault; whatever goes wrong is a broken promise, never a reason to stop the rest."""
    made = harness.outcome = Outcome(which.id, which.title)
    started = time.monotonic()
    try:
        await which.play(harness)
    except Exception as error:  # noqa: BLE001  one fault must not hide the others
        made.broken.append(f"{type(error).__name__}: {error}"[:1500])
        await harness.servers.heal()
    made.seconds = round(time.monotonic() - started, 1)
    if made.rss_mib > MEMORY_MIB:
        made.broken.append(f"a service took {made.rss_mib:.0f} MiB")
    return made


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
