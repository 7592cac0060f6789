"""A direct writer, as `mingjian ingest` and HTTP are: takes batches and notes what was committed.

A child program. With `synchronous_commit=off` what it notes is a promise that a crash breaks. What
it is about to give is noted before: a crash between commit and note leaves an entry that nobody
promised, and that is no fault.
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


async def run(acked: Path, offered: Path) -> None:
    given = settings()
    async with postgres.connect(given.database_url or "") as connection:
        ledger = await opening.create_ledger(connection, "445102", "replay", given)
        intake = Intake(ledger, given.secret)
        lines = itertools.chain.from_iterable(feed.parts(20, live=False))
        with acked.open("a") as promises, offered.open("a") as offers:
            while batch := [line.raw for line in itertools.islice(lines, BATCH)]:
                note = "".join(
                    json.dumps({"digest": digest(given.secret, raw).hex()}) + "\n" for raw in batch
                )
                offers.write(note)
                offers.flush()
                await intake.take(connection, [Record(raw, "writer") for raw in batch])
                promises.write(note)
                promises.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("acked", type=Path)
    parser.add_argument("offered", type=Path)
    asyncio.run(run(**vars(parser.parse_args())))
