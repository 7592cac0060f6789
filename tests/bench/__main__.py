"""`python -m tests.bench [--quick]`: measure, check the results, print a table, write JSON.

All contenders work on the same PostgreSQL and Kafka, turn about, so that noise hits all alike.
Every result is compared with what the plan of the work says before its time counts. Numbers are
medians of the rounds. The slow ones do the same work over fewer cases: their rate does not depend
on how many there are, and the fewer are to their advantage. A goal that is missed is said; a wrong
result, or a contender that fails, ends the bench with exit code 1 after the others have run.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import tempfile
import traceback
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import uvloop
from rich.console import Console

from infra.jars import ToolMissingError
from tests.bench import (
    bare,
    corrections,
    datasette,
    emmett,
    findings,
    gateway,
    growth,
    library,
    live,
    million,
    ours,
    pages,
    plain,
    reading,
    table,
)
from tests.bench.place import LOOK_SECONDS, Passage, Place, open_place
from tests.bench.work import CASES, MONTHS, Work, rate, work

console = Console(stderr=True)
T = TypeVar("T")
OURS = ("intake", "relay", "projector", "rebuild", "verify")


class Size(NamedTuple):
    """How much is done: cases for the fast, for the slow; rounds; live operation; years to read."""

    cases: int
    slow_cases: int
    rounds: int
    rebuild_times: int
    latency_seconds: float
    years: tuple[int, ...]
    corrections: int
    growth_divided_by: int


FULL = Size(CASES, 300, 3, 10, 30.0, million.YEARS, million.CORRECTIONS, 1)
QUICK = Size(CASES // 20, 30, 1, 10, 3.0, (million.HEAVY,), million.CORRECTIONS // 5, 8)


@dataclass(slots=True)
class Bench:
    """What was measured so far, by name; and what failed, with the reason."""

    place: Place
    size: Size
    made: Work
    slow: Work
    seconds: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def attempt(
        self, what: str, name: str, job: Callable[[str], Coroutine[Any, Any, T]]
    ) -> T | None:
        """Run one contender's turn on a database and a prefix `name`; None when it failed.

        One that failed once has no further turn: its number would be of other rounds.
        """
        if what in self.failed or what in self.absent:
            return None
        console.print(f"  {what} …", end=" ")
        try:
            found = uvloop.run(job(name))
        except Exception as error:  # noqa: BLE001  the others still have their turn
            console.print("[red]failed[/red]")
            console.print(traceback.format_exc(), markup=False, highlight=False)
            self.failed[what] = f"failed: {error}"
            return None
        console.print("done")
        return found

    def note(self, name: str, done: int, seconds: float) -> None:
        self.seconds[name].append((done, seconds))

    def passage(self, name: str, passage: Passage) -> None:
        self.note(name, passage.done, passage.seconds)


def one_round(bench: Bench, number: int, emmett_at: Path | None) -> None:
    """Everybody's turn, once."""
    place, made, slow = bench.place, bench.made, bench.slow
    payments, few = len(made.payments), len(slow.payments)
    entries = len(made.cases) + payments
    console.rule(f"round {number} of {bench.size.rounds}" if number else "warm-up")

    filed = bench.attempt("ours, file", f"file_{number}", lambda n: ours.on_files(place, n, made))
    if filed is not None:
        bench.note("ingest_events_per_s", payments, filed.ingest)
        bench.note("projection_entries_per_s", entries, filed.projection)
    seconds = bench.attempt(
        "eventsourcing Application",
        f"application_{number}",
        lambda n: library.application_alone(place, n, slow),
    )
    if seconds is not None:
        bench.note("eventsourcing_events_per_s", few, seconds)
    alone = bench.attempt(
        "ours, each service alone", f"stages_{number}", lambda n: ours.stages(place, n, made)
    )
    if alone is not None:
        bench.passage("intake_events_per_s", alone.intake)
        bench.passage("relay_entries_per_s", alone.relay)
        bench.passage("projector_entries_per_s", alone.projector)
    passage = bench.attempt("bare loop", f"bare_{number}", lambda n: bare.alone(place, n, made))
    if passage is not None:
        bench.passage("bare_loop_events_per_s", passage)
    seconds = bench.attempt(
        "ours, end to end", f"ours_{number}", lambda n: ours.end_to_end(place, n, made)
    )
    if seconds is not None:
        bench.note("e2e_events_per_s", payments, seconds)
    seconds = bench.attempt(
        "eventsourcing, end to end",
        f"library_{number}",
        lambda n: library.end_to_end(place, n, slow),
    )
    if seconds is not None:
        bench.note("eventsourcing_e2e_events_per_s", few, seconds)
    timed = bench.attempt(
        "plain FastStream handler", f"plain_{number}", lambda n: plain.end_to_end(place, n, slow)
    )
    if timed is not None:
        bench.note("faststream_insert_events_per_s", *timed)
    if emmett_at is not None:
        seconds = bench.attempt(
            "Emmett",
            f"emmett_{number}",
            lambda n: emmett.end_to_end(place, n, slow, emmett_at),
        )
        if seconds is not None:
            bench.note("emmett_events_per_s", few, seconds)


def once(bench: Bench, datasette_at: Path | None) -> None:
    """Live operation: measured once, long enough by itself."""
    place, size, made = bench.place, bench.size, bench.made
    console.rule("live operation")
    fewer = work(max(20, int(live.PER_SECOND * size.latency_seconds) // len(MONTHS) + 20))
    latency = bench.attempt(
        "ours, latency",
        "latency",
        lambda n: live.latency(place, n, fewer, size.latency_seconds),
    )
    if latency is not None:
        bench.numbers["latency_p50_ms_at_200"] = latency.p50
        bench.numbers["latency_p99_ms_at_200"] = latency.p99
    sent = bench.attempt("ours, HTTP", "http", lambda n: gateway.measure(place, n, made))
    if sent is not None:
        bench.numbers |= sent.numbers()
    corrected = bench.attempt(
        "ours, corrections", "corrections", lambda n: corrections.measure(place, n)
    )
    if corrected is not None:
        corrections.show(corrected, console)
        bench.numbers |= corrected.numbers()
    grown = bench.attempt(
        "ours, growth", "growth", lambda n: growth.measure(place, n, size.growth_divided_by)
    )
    if grown is not None:
        growth.show(grown, console)
        bench.numbers |= growth.numbers(grown)
    found = bench.attempt("ours, findings", "findings", lambda n: findings.measure(place, n, made))
    if found is not None:
        bench.numbers |= found.numbers()
    rebuilt = bench.attempt(
        "ours, rebuild", "rebuild", lambda n: live.rebuild(place, n, made, size.rebuild_times)
    )
    if rebuilt is not None:
        bench.passage("rebuild_entries_per_s", rebuilt.building)
        bench.numbers["rebuild_entries"] = rebuilt.entries
        bench.numbers["rebuild_compared_s"] = round(rebuilt.compared_seconds, 1)
    verified = bench.attempt("ours, verify", "verify", lambda n: live.verify(place, n, made))
    if verified is not None:
        bench.numbers["verify_1m_s"] = round(1e6 * verified.seconds / verified.done, 1)
    read = bench.attempt(
        "ours, figures and statements",
        "reading",
        lambda n: reading.measure(place, n, size.years, size.corrections),
    )
    if read is not None:
        reading.show(read, console)
        bench.numbers |= read.numbers()
    if datasette_at is not None:
        shown = bench.attempt(
            "pages beside Datasette", "pages", lambda n: pages.measure(place, n, datasette_at)
        )
        bench.numbers |= shown or {}


def summary(bench: Bench) -> dict[str, float]:
    """Medians, peaks of memory, ratios."""
    numbers = dict(bench.numbers)
    for name, rounds in bench.seconds.items():
        # What is done within one look from outside took no longer than that.
        numbers[name] = rate([done / max(seconds, LOOK_SECONDS) for done, seconds in rounds])
    peaks = {name: bench.place.peaks[name] for name in OURS if name in bench.place.peaks}
    for name, peak in peaks.items():
        numbers[f"rss_{name}_mib"] = round(peak, 1)
    if peaks:
        numbers["rss_max_mib"] = round(max(peaks.values()), 1)
    return table.with_ratios(numbers)


def main() -> None:
    """Run all; exit 1 when a result was wrong or a contender failed."""
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="a twentieth of the work, one round")
    size = QUICK if options.parse_args().quick else FULL
    # A topic just made has no leader for a moment; the producer says so, loudly, and tries again.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    console.print("preparing the work …")
    made, slow, tiny = work(size.cases), work(size.slow_cases), work(100)
    gc.freeze()
    gc.set_threshold(50_000)
    emmett_at, absent = None, {}
    try:
        emmett_at = emmett.install(Path("build").absolute())
    except emmett.NotHere as reason:
        console.print(str(reason))
        absent["Emmett"] = str(reason)
    datasette_at = None
    try:
        datasette_at = datasette.install(Path("build").absolute())
    except datasette.NotHere as reason:
        console.print(str(reason))
        absent["Datasette"] = str(reason)
    with tempfile.TemporaryDirectory(prefix="mj") as home, open_place(Path(home)) as place:
        # Caches of files, plans and the broker's compiled code are warm before anything counts.
        one_round(Bench(place, size, tiny, tiny), 0, emmett_at)
        place.peaks.clear()
        bench = Bench(place, size, made, slow, absent=absent)
        for number in range(1, size.rounds + 1):
            one_round(bench, number, emmett_at)
        once(bench, datasette_at)
        numbers = summary(bench)
    title = (
        f"{len(made.payments):,} payments over {size.cases:,} cases, median of {size.rounds}"
        f" rounds; eventsourcing, FastStream, Emmett: {len(slow.payments):,} payments"
    )
    table.show(numbers, title, bench.failed | bench.absent)
    table.write(numbers)
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    try:
        main()
    except ToolMissingError as missing:
        sys.exit(f"NOT MEASURED: {missing}")
