"""`python -m tests.crawl`: what must hold of every page, over a whole ledger.

    python -m tests.crawl --home .mingjian            # the embedded database of a home
    python -m tests.crawl --database URL --most 100   # any database; so many pages of a kind

Prints what fails, by check, and how much was looked at. Exit 1 if something failed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

from rich.console import Console

from infra import postgres
from infra.bureaus import ledger_of
from infra.jars import ToolMissingError
from infra.settings import Settings
from tests.crawl import checks, personal, validator
from tests.crawl.walk import Site, shape, walk
from tests.support.pages import client_of

SHOWN = 12
"""Faults of one check that are printed."""


def judge(site: Site, search: personal.Search) -> dict[str, list[str]]:
    """Faults by check."""
    found = {check.__name__: check(site) for check in checks.ALL}
    found["personal"] = personal.told(site.answers.values(), search)
    try:
        found["validator"] = validator.faults({a.address: a.body for a in site.pages})
    except ToolMissingError as missing:
        found["validator"] = [f"NOT VALIDATED: {missing}"]
    return found


async def run(options: argparse.Namespace, console: Console) -> bool:
    settings = Settings(database_url=options.database, home=options.home)
    url = postgres.database_url(settings, None)
    async with postgres.connect(url) as connection:
        search = personal.Search(
            words := await personal.words(connection, ledger_of(settings), settings)
        )
    failed = False
    for auditor in (False, True):
        begun = time.monotonic()
        async with client_of(url, auditor=auditor) as client:
            site = await walk(client, most=options.most)
        face = "auditor" if auditor else "public"
        kinds = Counter(shape(address) for address in site.answers)
        console.rule(
            f"{face}: {len(site.answers)} addresses of {len(kinds)} kinds,"
            f" {sum(site.left_out.values())} left out, {len(words)} words,"
            f" {time.monotonic() - begun:.1f} s"
        )
        for name, faults in judge(site, search).items():
            failed = failed or bool(faults)
            console.print(f"{'✗' if faults else '✓'} {name} {len(faults) or ''}", markup=False)
            for fault in faults[:SHOWN]:
                console.print(f"    {fault}", markup=False, highlight=False)
        heavy = sorted(site.pages, key=lambda each: -len(each.body))[:3]
        console.print(*(f"{each.address} {len(each.body)} B;" for each in heavy), markup=False)
        if options.kinds:
            for kind, count in sorted(kinds.items()):
                console.print(f"  {count:5} {site.left_out[kind]:5} {kind}", markup=False)
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crawl")
    parser.add_argument("--home", type=Path, default=Path(".mingjian"))
    parser.add_argument("--database", default=None)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--kinds", action="store_true", help="list the kinds of addresses")
    sys.exit(asyncio.run(run(parser.parse_args(), Console(width=200))))


if __name__ == "__main__":
    main()
