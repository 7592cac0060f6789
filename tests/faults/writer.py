"""A direct writer, as `mingjian ingest` and HTTP are: takes batches and notes what was committed.

A child program. With `synchronous_commit=off` what it notes is a promise that a crash breaks.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
from pathlib import Path

from infra import postgres
from infra.settings import settings
from ledger.intake import Intake, Record
from projections import opening
from tests.faults import feed
from tests.faults.evidence import digest

BATCH = 20


async def run(acked: Path) -> None:
    given = settings()
    async with postgres.connect(given.database_url or "") as connection:
        ledger = await opening.open_ledger(connection, "445102", "replay", given)
        intake = Intake(ledger, given.secret)
        lines = itertools.chain.from_iterable(feed.parts(20, live=False))
        with acked.open("a") as file:
            while batch := [line.raw for line in itertools.islice(lines, BATCH)]:
                await intake.take(connection, [Record(raw, "writer") for raw in batch])
                for raw in batch:
                    file.write(json.dumps({"digest": digest(given.secret, raw).hex()}) + "\n")
                file.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("acked", type=Path)
    asyncio.run(run(parser.parse_args().acked))
