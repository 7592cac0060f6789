"""How the cost of one thing grows with how much there is of another: time, memory, and its law.

Each is measured at four sizes, each twice as large as the one before, without Kafka. The law is
the exponent of the size that fits best: 0 where it costs the same, 1 where it is linear. What is
done n times may be linear at most; what is done once beside n others should cost the same.
"""

from __future__ import annotations

import json
import math
import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import asyncpg
from rich.console import Console
from rich.table import Table

from infra import postgres
from ledger import store
from ledger.intake import Intake
from ledger.records import Record
from projections import opening, tail
from tests.bench import ours
from tests.bench.corrections import told
from tests.bench.place import SECRET, Place
from tests.bench.work import LEDGER, expect, work

SIZES = (1_000, 2_000, 4_000, 8_000)
FEWER = (250, 500, 1_000, 2_000)
"""Sizes of what takes longer."""
TIMES = 5
"""What is done once is done so often; the median counts."""
LONG_MONTHS = 120
PADDING = 60_000
"""Bytes of white space in an event that is large."""
MIB = 2**20


class Law(NamedTuple):
    """What one thing costs at each size."""

    sizes: Sequence[int]
    costs: Sequence[float]

    @property
    def exponent(self) -> float:
        """The law: the cost grows as this power of the size."""
        return round(slope(self.sizes, self.costs), 2)


def slope(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The exponent of the size that fits the costs best (least squares of logarithms)."""
    xs = [math.log(size) for size in sizes]
    ys = [math.log(max(cost, 1e-9)) for cost in costs]
    x, y = statistics.mean(xs), statistics.mean(ys)
    over = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return over / sum((a - x) ** 2 for a in xs)


class Bench:
    """A live ledger, and cases (低保) that are taken one by one."""

    def __init__(self, connection: asyncpg.Connection, ledger: store.Ledger) -> None:
        self.connection = connection
        self._ledger = ledger
        self.intake = self.another_intake()
        self._cases = [raw for _, raw in work(120).cases[::3]]
        self._given = 0

    def another_intake(self) -> Intake:
        """As of another process that writes the same ledger."""
        return Intake(self._ledger, SECRET.encode())

    def case(self) -> tuple[int, bytes]:
        """The number of a case of which nothing was told, and the message that opens it."""
        self._given += 1
        return 3 * (self._given - 1), self._cases[self._given - 1]

    async def take(self, *lines: bytes) -> float:
        """Seconds of taking these in, in batches as a file is."""
        began = time.perf_counter()
        await ours.take(self.connection, self.intake, lines)
        return time.perf_counter() - began

    async def fold(self) -> float:
        """Seconds of bringing the read models up to date."""
        began = time.perf_counter()
        await tail.catch_up(self.connection, LEDGER)
        return time.perf_counter() - began

    async def peak(self, *lines: bytes) -> float:
        """MiB that are held at most while these are taken in, beside what was held before."""
        tracemalloc.start()
        try:
            await ours.take(self.connection, self.intake, lines)
            return tracemalloc.get_traced_memory()[1] / MIB
        finally:
            tracemalloc.stop()

    async def entries(self) -> int:
        """How many entries there are."""
        return int(await self.connection.fetchval("SELECT position FROM ledger.ledger"))


Costs = dict[str, list[float]]


def _note(costs: Costs, **found: float) -> None:
    for name, cost in found.items():
        costs.setdefault(name, []).append(cost)


def _padded(line: bytes) -> bytes:
    return line.replace(b"{", b"{" + b" " * PADDING, 1)


async def _waiting(bench: Bench, size: int, costs: Costs) -> None:
    """So many payments wait for a case; then the case comes."""
    number, opener = bench.case()
    before = await bench.entries()
    parking = await bench.take(*[told("payments", number, at) for at in range(size)])
    more = [await bench.take(told("payments", number, size + at)) for at in range(TIMES)]
    _note(costs, parking=parking, parked_one_more=statistics.median(more))
    _note(costs, waking=await bench.take(opener))
    expect("woken", await bench.entries() - before, size + TIMES + 1)


async def _large(bench: Bench, size: int, costs: Costs) -> None:
    """The same of large ones: what of them is held in memory."""
    number, opener = bench.case()
    for at in range(0, size, 50):
        lines = [told("payments", number, n) for n in range(at, min(at + 50, size))]
        await bench.take(*map(_padded, lines))
    _note(costs, parked_one_more_mib=await bench.peak(told("payments", number, size)))
    _note(costs, waking_mib=await bench.peak(opener))


async def _one_event(bench: Bench, size: int, costs: Costs) -> None:
    """So many corrections of one payment, all of them, and folding them."""
    number, opener = bench.case()
    await bench.take(opener, told("payments", number, 0))
    await bench.fold()
    lines = [told("payments", number, 0, correction) for correction in range(size)]
    _note(costs, corrections_of_one=await bench.take(*lines))
    _note(costs, corrections_of_one_folded=await bench.fold())


async def _each(bench: Bench, size: int, costs: Costs) -> None:
    """A case of so many payments, each of which is corrected, one after the other."""
    number, opener = bench.case()
    await bench.take(opener, *[told("payments", number, at) for at in range(size)])
    await bench.fold()
    taken = [await bench.take(told("payments", number, at, 0)) for at in range(size)]
    _note(costs, corrections_of_each=sum(taken), corrections_of_each_folded=await bench.fold())


async def _long_months(bench: Bench, size: int, costs: Costs) -> None:
    """One correction where each of so many payments is for ten years of months."""
    number, opener = bench.case()
    months = [f"{2014 + at // 12}-{at % 12 + 1:02d}" for at in range(LONG_MONTHS)]

    def line(at: int, correction: int | None = None) -> bytes:
        message = json.loads(told("payments", number, at, correction))
        message["data"]["months"] = months
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    await bench.take(opener, *[line(at) for at in range(size)])
    once = [await bench.take(line(size // 2, correction)) for correction in range(TIMES)]
    _note(costs, correction_of_months=statistics.median(once))


async def _two_writers(bench: Bench, size: int, costs: Costs) -> None:
    """Two processes in turn, where so many messages are in quarantine; of one message each."""
    other = bench.another_intake()
    junk = [b'{"junk": %d, "of": %d}' % (n, size) for n in range(size + 2 * TIMES)]
    held = await bench.connection.fetchval("SELECT quarantined FROM ledger.ledger")
    await bench.take(*junk[held:size])
    seconds: list[float] = []
    for at in range(size, size + 2 * TIMES):
        writer = bench.intake if at % 2 else other
        began = time.perf_counter()
        await writer.take(bench.connection, [Record(junk[at], f"bench:{at}")])
        seconds.append(time.perf_counter() - began)
    _note(costs, quarantine_two_writers=statistics.median(seconds))


Measure = Callable[[Bench, int, Costs], Awaitable[None]]
MEASURES: tuple[tuple[Measure, Sequence[int]], ...] = (
    (_waiting, SIZES),
    (_large, FEWER[:3]),
    (_one_event, FEWER),
    (_each, FEWER),
    (_long_months, FEWER),
    (_two_writers, SIZES),
)
LINEAR = 1.2
"""Of what is done n times; a fifth is noise."""
FLAT = 0.4
"""Of what is done once beside n others."""
WHAT = {
    "parking": ("n events wait for one case: parking them, s", LINEAR),
    "parked_one_more": ("  one more that waits, s", FLAT),
    "waking": ("  the case comes and wakes them, s", LINEAR),
    "parked_one_more_mib": ("n of 60 kB wait: memory for one more, MiB", FLAT),
    "waking_mib": ("  memory for waking them, MiB", FLAT),
    "corrections_of_one": ("n corrections of one payment: taking them, s", LINEAR),
    "corrections_of_one_folded": ("  folding them, s", LINEAR),
    "corrections_of_each": (
        "n payments of a case, each corrected: taking the corrections, s",
        LINEAR,
    ),
    "corrections_of_each_folded": ("  folding them, s", LINEAR),
    "correction_of_months": ("one correction beside n payments of 120 months each, s", FLAT),
    "quarantine_two_writers": ("two writers in turn, n in quarantine: one batch, s", FLAT),
}


async def measure(place: Place, name: str, divided_by: int = 1) -> dict[str, Law]:
    """Each at its sizes; a database of its own for each kind."""
    found: dict[str, Law] = {}
    for number, (of, whole) in enumerate(MEASURES):
        sizes = [size // divided_by for size in whole]
        costs: Costs = {}
        async with (
            place.database(f"{name}_{number}") as url,
            postgres.connect(url) as connection,
        ):
            ledger = await opening.create_ledger(
                connection, LEDGER, "live", place.settings(name, url)
            )
            bench = Bench(connection, ledger)
            await of(bench, sizes[0], {})  # caches and plans are warm before anything counts
            for size in sizes:
                await of(bench, size, costs)
        found |= {what: Law(sizes, spent) for what, spent in costs.items()}
    return found


def numbers(laws: Mapping[str, Law]) -> dict[str, float]:
    """The exponents, by the names of the bench."""
    return {f"growth_{name}": law.exponent for name, law in laws.items()}


def show(laws: Mapping[str, Law], console: Console) -> None:
    """The table: sizes, costs, exponent."""
    table = Table("growth", "n", "cost", "exponent", title="what grows with what")
    for name, law in laws.items():
        sizes = " / ".join(f"{size:,}" for size in law.sizes)
        costs = " / ".join(f"{cost:.3g}" for cost in law.costs)
        table.add_row(WHAT[name][0], sizes, costs, f"{law.exponent:g}")
    console.print(table)
