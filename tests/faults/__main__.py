"""`python -m tests.faults`: play every fault, print the tally, write build/faults.json.

Exit 1 if any promise was broken, or if the harness does not see a loss that was made on purpose.
Name faults to play only those: `python -m tests.faults F1 F13 --kills 60`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import secrets
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults import feeds, forgeries, kills, outages, poisons, proofs  # noqa: F401  they list their scenarios
from tests.faults.harness import FAULTS, Harness, Outcome, play
from tests.faults.servers import Servers

OUTPUT = Path("build/faults.json")
KILLS = 500
WIDTH = 140


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--kills", type=int, default=int(os.environ.get("KILLS") or KILLS))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or 0))
    parser.add_argument("--quick", action="store_true", help="shorter, as in the test suite")
    options = parser.parse_args()
    if unknown := set(options.faults).difference(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    options.seed = options.seed or secrets.randbelow(10**6) + 1
    return options


async def run(options: argparse.Namespace, console: Console) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="mj-faults-", ignore_cleanup_errors=True) as made:
        async with Servers(Path(made)) as servers:
            for name in options.faults or FAULTS:
                which = FAULTS[name]
                console.print(f"{which.id:8} {which.title} …")
                harness = Harness(
                    servers,
                    random.Random(f"{options.seed} {name}"),  # noqa: S311  a seed, not a secret
                    lambda words: console.print(f"         {words}"),
                    quick=options.quick,
                    kills=options.kills,
                )
                outcome = await play(harness, which)
                console.print(f"         {outcome.verdict} after {outcome.seconds:.0f} s")
                for words in (*outcome.broken, *outcome.notes):
                    console.print(f"         {words}", highlight=False)
                outcomes.append(outcome)
    return outcomes


def table(outcomes: list[Outcome]) -> Table:
    made = Table(title="make faults")
    for name in ("fault", "what happens"):
        made.add_column(name)
    columns = ("runs", "kills", "events", "lost", "doubled", "gaps", "MiB", "s")
    for name in columns:
        made.add_column(name, justify="right")
    made.add_column("verdict")
    for o in outcomes:
        numbers = (o.runs, o.kills, o.events, o.lost, o.doubled, o.gaps)
        shown = [f"{number:,}" for number in numbers]
        made.add_row(o.fault, o.title, *shown, f"{o.rss_mib:.0f}", f"{o.seconds:.0f}", o.verdict)
    return made


def main() -> None:
    options = parse()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all is taken down as by Ctrl-C
    console = Console()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it reports every retry
    if not console.is_terminal:
        console.width = WIDTH
    console.print(f"seed {options.seed} (SEED={options.seed} repeats this)", highlight=False)
    outcomes = asyncio.run(run(options, console))
    console.print(table(outcomes))
    kills_ = sum(outcome.kills for outcome in outcomes)
    console.print(f"{kills_:,} kills, {sum(o.events for o in outcomes):,} events")
    OUTPUT.parent.mkdir(exist_ok=True)
    found = {"seed": options.seed, "faults": [asdict(o) | {"verdict": o.verdict} for o in outcomes]}
    OUTPUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    sys.exit(any(outcome.broken for outcome in outcomes))


if __name__ == "__main__":
    main()
