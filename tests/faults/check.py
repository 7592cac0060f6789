"""`python -m tests.faults.check`: is what a run left behind what was promised? Exit 1 if not.

A program of its own. It trusts nothing that the services say about themselves: tables are read by
plain SQL, topics by plain sockets, hashes are worked out anew. Only the read models are rebuilt
with the program's own folds, in a scratch database, from a copy of the ledger: that is the claim.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import re
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from infra import postgres
from infra.settings import SAMPLE_SECRET
from projections import opening, tail
from tests.faults import evidence as reading
from tests.faults import wire
from tests.faults.evidence import Evidence
from tests.faults.invariants import Broken, Verdict, judge, repeats
from tests.support.engine import forget_rows

LEDGER = "445102"
COPIED = ("ledger", "entry", "correction", "journal")
BATCHES = (5_000, 97)
"""Two rebuilds, cut differently: the rows may not depend on it."""


def url_of(url: str, database: str) -> str:
    """The same server, another database."""
    base, mark, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{database}{mark}{query}"


async def rebuild(url: str, ledger: str) -> list[dict[str, str]]:
    """Fold a copy of the ledger twice in a scratch database; hashes of the tables of each."""
    scratch = f"check_{uuid4().hex[:12]}"
    async with postgres.connect(url) as source:
        await source.execute(f"CREATE DATABASE {scratch}")
        try:
            async with postgres.connect(url_of(url, scratch)) as copy:
                await opening.prepare(copy)
                for table in COPIED:
                    await _copy(source, copy, table, ledger)
                found: list[dict[str, str]] = []
                for batch in BATCHES:
                    await forget_rows(copy, ledger)
                    await tail.catch_up(copy, ledger, batch=batch)
                    found.append(await reading.hashes(copy, ledger))
                return found
        finally:
            await source.execute(f"DROP DATABASE {scratch} WITH (FORCE)")


async def _copy(
    source: asyncpg.Connection, target: asyncpg.Connection, table: str, ledger: str
) -> None:
    """Copy the rows of one ledger from one database to another."""
    data = io.BytesIO()
    query = f"SELECT * FROM ledger.{table} WHERE ledger = $1"
    await source.copy_from_query(query, ledger, output=data, format="binary")
    data.seek(0)
    await target.copy_to_table(table, schema_name="ledger", source=data, format="binary")


async def collect(
    url: str,
    bootstrap: str,
    prefix: str,
    *,
    ledger: str,
    secret: bytes,
    acked: list[Path],
    offered: list[Path] | None = None,
    forged: list[Path] | None = None,
    group: str | None = None,
) -> Evidence:
    """Everything there is to judge by. With a `group`, what it committed counts as consumed."""
    async with postgres.connect(url) as connection:
        tables = await reading.read_tables(connection, ledger)
        hashes = await reading.hashes(connection, ledger)
    strange = reading.read_forged(forged or [])
    topics = reading.read_topics(bootstrap, prefix, ledger, secret, strange)
    if group is not None:
        tables["offsets"] = {
            place: {
                "next_offset": wire.committed(bootstrap, group, *place),
                "taken_of_next": 0,  # what a group commits is between records
            }
            for place in topics["intake"]
        }
    return Evidence(
        **tables,
        **topics,
        acked=reading.read_acked(acked),
        forged=strange,
        offered={offer.digest for offer in reading.read_acked(offered or [])},
        tables=hashes,
        rebuilt=await rebuild(url, ledger),
    )


def stopped(code: int, log: Path | str, alarm: str) -> Verdict:
    """I14: a service that lacks evidence must have ended with this alarm, and not gone on."""
    verdict = Verdict("I14", f"stops with {alarm} where evidence is missing", 1)
    said = re.search(rf"\b{re.escape(alarm)}[\":]", Path(log).read_text())
    if code != 1 or said is None:
        named = "without" if said is None else "with"
        verdict.broken.append(Broken(f"exit code {code}, {named} the alarm"))
    return verdict


def as_json(evidence: Evidence, verdicts: list[Verdict]) -> dict[str, Any]:
    """The verdicts and what the tally counts."""
    kinds = [broken.kind for verdict in verdicts for broken in verdict.broken]
    return {
        "events": sum(len(r.digests) for records in evidence.intake.values() for r in records),
        "entries": len(evidence.entries),
        "acknowledged": len(evidence.acked),
        "repeats": repeats(evidence),
        "lost": kinds.count("lost"),
        "doubled": kinds.count("doubled"),
        "gaps": kinds.count("gap"),
        "broken": len(kinds),
        "invariants": {
            verdict.id: {"judged": verdict.judged, "broken": [b.what for b in verdict.broken[:20]]}
            for verdict in verdicts
        },
    }


async def check(options: argparse.Namespace) -> tuple[Evidence, list[Verdict]]:
    """Collect and judge."""
    evidence = await collect(
        options.database_url,
        options.kafka,
        options.prefix,
        acked=options.acked,
        offered=options.offered,
        forged=options.forged,
        ledger=options.ledger,
        secret=options.secret.encode(),
        group=options.group,
    )
    verdicts = judge(evidence, frozenset(options.leave_out))
    if options.stopped is not None:
        code, log, alarm = options.stopped
        verdicts.append(stopped(int(code), log, alarm))
    return evidence, verdicts


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.faults.check", description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--kafka", required=True, help="host:port of the broker")
    parser.add_argument("--prefix", required=True, help="what the names of the topics begin with")
    parser.add_argument("--ledger", default=LEDGER)
    parser.add_argument("--secret", default=SAMPLE_SECRET, help="the ledger's secret")
    parser.add_argument("--acked", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--offered", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--forged", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--group", help="offsets of this Kafka group in place of the ledger's")
    parser.add_argument("--leave-out", action="append", default=[], metavar="I11")
    parser.add_argument("--stopped", nargs=3, metavar=("CODE", "LOG", "ALARM"))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main() -> None:
    options = parse()
    evidence, verdicts = asyncio.run(check(options))
    if options.json:
        print(json.dumps(as_json(evidence, verdicts), ensure_ascii=False))  # noqa: T201
    else:
        for verdict in verdicts:
            print(verdict.line())  # noqa: T201
        print(f"repeated records in the ledger topic: {repeats(evidence)}")  # noqa: T201
    sys.exit(any(verdict.broken for verdict in verdicts))


if __name__ == "__main__":
    main()
