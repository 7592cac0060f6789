"""What is printed and written: names, goals, whether they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.bench import growth

OUTPUT = Path("build/bench.json")
WIDTH = 110


class Line(NamedTuple):
    """A number of the bench: what it is, and the goal it is held to, if any."""

    what: str
    goal: float | None = None
    at_most: bool = False

    def holds(self, value: float) -> bool | None:
        if self.goal is None:
            return None
        return value <= self.goal if self.at_most else value >= self.goal


LINES: dict[str, Line] = {
    "ingest_events_per_s": Line("ours: file → ledger, payments/s"),
    "eventsourcing_events_per_s": Line("eventsourcing: Application alone, payments/s"),
    "ingest_vs_eventsourcing": Line("  ours / eventsourcing", 35),
    "intake_events_per_s": Line("ours: `run intake` alone, Kafka → ledger"),
    "bare_loop_events_per_s": Line("limit: getmany → COPY, nothing judged"),
    "intake_vs_bare_loop": Line("  ours / limit", 0.25),
    "relay_entries_per_s": Line("ours: `run relay` alone, ledger → Kafka, with receipts"),
    "projection_entries_per_s": Line("ours: ledger table → all read models, entries/s", 50_000),
    "projector_entries_per_s": Line("ours: `run projector` alone, Kafka → all read models", 50_000),
    "e2e_events_per_s": Line("ours: Kafka → ledger → Kafka → totals, payments/s"),
    "eventsourcing_e2e_events_per_s": Line("eventsourcing: Application + ProjectionRunner"),
    "e2e_vs_eventsourcing": Line("  ours / eventsourcing", 15),
    "faststream_insert_events_per_s": Line("plain FastStream handler, INSERT per message"),
    "e2e_vs_faststream_insert": Line("  ours / plain handler", 5),
    "emmett_events_per_s": Line("Emmett, inline projection"),
    "e2e_vs_emmett": Line("  ours / Emmett"),
    "latency_p50_ms_at_200": Line("ours: produce → visible at 200/s, p50 ms"),
    "latency_p99_ms_at_200": Line("ours: produce → visible at 200/s, p99 ms", 300, at_most=True),
    "http_intake_events_per_s": Line(
        "ours: HTTP in batches of 500 → Kafka → ledger, payments/s", 5_000
    ),
    "kafka_intake_events_per_s": Line("ours: produce → Kafka → ledger, the same payments"),
    "http_vs_kafka_intake": Line("  HTTP / Kafka", 0.4),
    "http_acknowledged_events_per_s": Line("ours: the same until all is acknowledged"),
    "http_direct_events_per_s": Line("ours: HTTP → ledger without a broker, with outcomes"),
    "rebuild_entries": Line("ours: entries rebuilt"),
    "rebuild_entries_per_s": Line(
        "ours: `mingjian rebuild`, entries/s, indexes and switch", 50_000
    ),
    "rebuild_compared_s": Line("ours: the same compared with the live tables, seconds in all"),
    "verify_1m_s": Line(
        "ours: `mingjian verify`, seconds for a million entries", 300, at_most=True
    ),
    "correction_ms_at_100": Line("ours: one correction in a case of 100 payments, ms"),
    "correction_ms_at_10000": Line("ours: one correction in a case of 10,000 payments, ms"),
    "correction_at_10000_vs_100": Line("  10,000 / 100", 2, at_most=True),
    "corrections_at_once_s": Line(
        "ours: 1,000 corrections in one batch on 10,000, seconds", 2, at_most=True
    ),
    "findings_rate_share": Line(
        "ours: Kafka → totals, by which part slower with rules", 0.1, at_most=True
    ),
    "findings_cost_share": Line("ours: findings of a year / the pipeline before, processor time"),
    "finding_visible_s": Line("ours: produce → finding visible, seconds", 5, at_most=True),
    "figures_entries": Line("ours: entries of the ledger that figures are asked of"),
    "figures_all_ms_1m": Line("ours: all figures of a heavy year of it, ms", 1_000, at_most=True),
    "statements_all_ms_1m": Line("ours: all statements of that year, ms", 1_000, at_most=True),
    "figure_slowest_ms_1m": Line(
        "ours: the slowest figure of an ordinary year, ms", 100, at_most=True
    ),
    "figure_slowest_ms_1m_heavy": Line("ours: the slowest figure of the heavy year, ms"),
    **{
        f"growth_{name}": Line(f"exponent: {what}", goal, at_most=True)
        for name, (what, goal) in growth.WHAT.items()
    },
    "api_cold_start_s": Line("ours: start of `run api` → home page, seconds", 1, at_most=True),
    "pages_per_s": Line("ours: pages of a register to 8 clients, 2 events/s arriving"),
    "datasette_pages_per_s": Line("Datasette: its pages of the same rows"),
    "http_vs_datasette": Line("  ours / Datasette", 3),
    "rows_json_per_s": Line("ours: the same rows as JSON"),
    "datasette_rows_json_per_s": Line("Datasette: the same rows as JSON"),
    "rows_json_vs_datasette": Line("  ours / Datasette", 1),
    "page_p95_warm_ms": Line("ours: pages that are known, p95 ms", 50, at_most=True),
    "page_p95_cold_ms": Line("ours: first answers of pages, p95 ms", 200, at_most=True),
    "pages_p95_ms": Line("ours: pages meanwhile, p95 ms", 200, at_most=True),
    "pages_slowest_ms": Line("ours: the slowest of them, ms"),
    "page_largest_kb": Line("ours: the largest of them, kB", 60, at_most=True),
    "rss_intake_mib": Line("ours: peak memory of intake, MiB"),
    "rss_relay_mib": Line("ours: peak memory of relay, MiB"),
    "rss_projector_mib": Line("ours: peak memory of projector, MiB"),
    "rss_rebuild_mib": Line("ours: peak memory of rebuild, MiB"),
    "rss_verify_mib": Line("ours: peak memory of verify, MiB"),
    "rss_max_mib": Line("ours: peak memory of the largest process, MiB", 400, at_most=True),
}

RATIOS = {
    "ingest_vs_eventsourcing": ("ingest_events_per_s", "eventsourcing_events_per_s"),
    "intake_vs_bare_loop": ("intake_events_per_s", "bare_loop_events_per_s"),
    "e2e_vs_eventsourcing": ("e2e_events_per_s", "eventsourcing_e2e_events_per_s"),
    "e2e_vs_faststream_insert": ("e2e_events_per_s", "faststream_insert_events_per_s"),
    "e2e_vs_emmett": ("e2e_events_per_s", "emmett_events_per_s"),
    "correction_at_10000_vs_100": ("correction_ms_at_10000", "correction_ms_at_100"),
    "http_vs_kafka_intake": ("http_intake_events_per_s", "kafka_intake_events_per_s"),
    "http_vs_datasette": ("pages_per_s", "datasette_pages_per_s"),
    "rows_json_vs_datasette": ("rows_json_per_s", "datasette_rows_json_per_s"),
}


def with_ratios(numbers: Mapping[str, float]) -> dict[str, float]:
    """The numbers and their ratios, in the order of LINES; what was not measured is left out."""
    all_of_them = dict(numbers)
    for name, (ours, theirs) in RATIOS.items():
        if ours in numbers and theirs in numbers:
            all_of_them[name] = round(numbers[ours] / numbers[theirs], 2)
    return {name: all_of_them[name] for name in LINES if name in all_of_them}


def show(numbers: Mapping[str, float], title: str, notes: Mapping[str, str]) -> None:
    """One table; a contender that failed or is not here has its line, with the reason."""
    table = Table("", "", "goal", "", title=title)
    table.columns[1].justify = table.columns[2].justify = "right"
    for name, line in LINES.items():
        if name not in numbers:
            continue
        value, goal = numbers[name], ""
        if line.goal is not None:
            goal = f"{'≤' if line.at_most else '≥'} {line.goal:,g}"
        mark = {True: "holds", False: "[red]falls short[/red]", None: ""}[line.holds(value)]
        table.add_row(line.what, f"{value:,.{0 if value >= 1000 else 2}f}", goal, mark)
    for what, reason in notes.items():
        table.add_row(what, "—", "", reason.splitlines()[0][:60])
    Console(width=WIDTH).print(table)


def write(numbers: Mapping[str, float]) -> None:
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(numbers, indent=1) + "\n")
