"""`python -m tests.oracle`: many random histories, and many cuts, against the naive reading.

    python -m tests.oracle histories --count 1000 --seed 100
    python -m tests.oracle cuts --count 20 --seed 100
    python -m tests.oracle past --count 20 --seed 100
    python -m tests.oracle bytes --count 10000
    python -m tests.oracle anything --count 1000000

Prints what was compared, and of each difference the fewest lines that still show it. Exit 1 if
there was one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from rich.console import Console

from infra import postgres
from tests.oracle import anything
from tests.oracle.comparison import Found, compare
from tests.oracle.cutting import check_cuts
from tests.oracle.delivery import of_all_types, of_cases
from tests.oracle.looking_back import check_past
from tests.oracle.returning import check_bytes
from tests.oracle.surviving import Survived, survive, two_databases
from tests.support.ledger import Bench, rolled_back

CASES = 50
"""Histories that share a ledger."""
BATCHES = (1, 13, 70, 200)
MOMENTS = (0.1, 0.3, 0.5, 0.8, 1)
STOPS = 15
SHOWN = 5
TOGETHER = 20_000
"""Messages of any kind that share a ledger."""
PAGES = 12
LOOKED_AT = 5
"""Of so many ledgers one is looked at, on all its pages and by all commands."""

Check = Callable[[Sequence[bytes]], Awaitable[list[str]]]


async def histories(url: str, options: argparse.Namespace, console: Console) -> bool:
    """Compare so many histories, fifty to a ledger."""

    async def differences(lines: Sequence[bytes]) -> list[str]:
        return (await _compared(url, lines)).differences

    total, begun = Found(), time.monotonic()
    for seed in range(options.seed, options.seed - (-options.count // CASES)):
        lines = of_cases(seed, CASES)
        found = await _compared(url, lines)
        total.add(found)
        if found.differences:
            console.print(f"seed {seed}: {len(found.differences)} differences")
            for words in found.differences[:SHOWN]:
                console.print(f"  {words}")
            for line in await smallest(lines, differences):
                console.print(f"    {line.decode()}")
    console.print(
        f"{options.count} histories from seed {options.seed}: {total.events:,} lines,"
        f" {total.entries:,} entries, {total.corrections:,} corrections;"
        f" {total.months:,} months of cases, {total.figures:,} figures, {total.findings:,}"
        f" findings and {total.judged:,} judgements compared, {len(total.differences)} differ;"
        f" {time.monotonic() - begun:.0f} s"
    )
    return not total.differences


async def _compared(url: str, lines: Sequence[bytes]) -> Found:
    async with rolled_back(url) as bench:
        return await compare(bench.connection, bench.intake, lines, BATCHES, MOMENTS)


async def smallest(lines: Sequence[bytes], check: Check) -> list[bytes]:
    """The fewest lines that still differ: of one case first, then one line less at a time."""
    left = list(lines)
    for case in {_subject(line) for line in lines}:
        mine = [line for line in lines if _subject(line) == case]
        if await check(mine):
            left = mine
            break
    fewer = True
    while fewer:
        fewer = False
        for at in range(len(left) - 1, -1, -1):
            without = left[:at] + left[at + 1 :]
            if without and await check(without):
                left, fewer = without, True
    return left


def _subject(line: bytes) -> str:
    return str(json.loads(line)["subject"])


async def cuts(url: str, options: argparse.Namespace, console: Console) -> bool:
    """Cut so many ledgers in several ways: of all types, and of cases only."""
    return await _ledgers(options, console, lambda lines: check_cuts(url, lines))


async def past(url: str, options: argparse.Namespace, console: Console) -> bool:
    """Look back at so many ledgers, and compare with what was said when they were there."""
    return await _ledgers(options, console, lambda lines: check_past(url, lines, STOPS))


async def _ledgers(options: argparse.Namespace, console: Console, check: Check) -> bool:
    begun, found = time.monotonic(), 0
    for seed in range(options.seed, options.seed + options.count):
        lines = of_cases(seed, CASES // 2) if seed % 2 else of_all_types(seed, 600)
        for words in await check(lines):
            found += 1
            console.print(f"seed {seed}: {words[:2_000]}")
    console.print(
        f"{options.count} ledgers from seed {options.seed}: {found} differ;"
        f" {time.monotonic() - begun:.0f} s"
    )
    return not found


async def bytes_(url: str, options: argparse.Namespace, console: Console) -> bool:
    """Take in so many events in odd formatting, and put their bytes together again."""
    begun = time.monotonic()
    found = await check_bytes(url, options.seed, options.count)
    for words in found.differences[:SHOWN]:
        console.print(words)
    console.print(
        f"{found.events:,} events of {found.types} types from seed {options.seed}:"
        f" {found.entries:,} entries, {found.sealed:,} of them sealed in part;"
        f" {len(found.differences)} differ; {time.monotonic() - begun:.0f} s"
    )
    return not found.differences


async def anything_(url: str, options: argparse.Namespace, console: Console) -> bool:
    """Send so many messages of any kind, twenty thousand to a ledger; look at what some show."""
    begun, total = time.monotonic(), Survived()
    for number, count in enumerate(_shares(options.count)):
        seed, kind = options.seed + number, ("replay", "live")[number % 2]
        async with two_databases(url, f"seed_{seed}") as where:
            sent = anything.lines(seed, count, kind)
            pages = 0 if number % LOOKED_AT else PAGES
            found = await survive(where, seed, sent, kind=kind, pages=pages)
        total.add(found)
        for words in found.wrong:
            console.print(f"seed {seed}: {words}", markup=False)
        console.print(
            f"seed {seed}, {kind}: {total.sent:,} messages of {len(total.types)} types so far,"
            f" {total.ended['accepted']:,} accepted, {len(total.wrong)} wrong,"
            f" {time.monotonic() - begun:.0f} s"
        )
    console.print(f"ended: {dict(total.ended)}; in quarantine: {dict(total.reasons)}")
    console.print(f"rows {total.rows:,}; asked: {dict(total.asked)}; {len(total.wrong)} wrong")
    return not total.wrong


def _shares(count: int) -> list[int]:
    """So many messages, as many as fit to each ledger."""
    return [min(TOGETHER, count - done) for done in range(0, count, TOGETHER)]


CHECKS = {
    "histories": (histories, 1_000),
    "cuts": (cuts, 20),
    "past": (past, 20),
    "bytes": (bytes_, 10_000),
    "anything": (anything_, 1_000_000),
}


async def run(options: argparse.Namespace) -> bool:
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="mj-oracle-", ignore_cleanup_errors=True) as made:
        url = postgres.embedded_url(Path(made) / "data")
        async with postgres.connect(url) as connection:
            await Bench.open(connection)
        check, count = CHECKS[options.check]
        options.count = options.count or count
        return await check(url, options, console)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.oracle", description=__doc__)
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--seed", type=int, default=100)
    sys.exit(not asyncio.run(run(parser.parse_args())))


if __name__ == "__main__":
    main()
