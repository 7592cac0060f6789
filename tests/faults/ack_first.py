"""An intake as the framework's defaults would have it: acknowledged first, taken afterwards.

A child program that exists to lose events, so that the harness can show that it sees them lost.
"""

from __future__ import annotations

import asyncio
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from consumers.service import raw_batch, raw_records
from infra import postgres
from infra.kafka.topics import intake_topic
from infra.settings import settings
from ledger.intake import Intake, Record
from projections import opening

GROUP = "ack-first"
SOURCES = ("social-assistance", "payouts")
PAUSE_SECONDS = 0.2
"""A handler has something to do; meanwhile the client acknowledges for it."""


async def run() -> None:
    given = settings()
    broker = KafkaBroker(given.kafka or "", apply_types=False)
    async with postgres.connect(given.database_url or "") as connection:
        ledger = await opening.create_ledger(connection, "445102", "replay", given)
        intake = Intake(ledger, given.secret)

        async def handle(records: Any) -> None:
            await asyncio.sleep(PAUSE_SECONDS)
            await intake.take(
                connection,
                [Record(r.value or b"", f"{r.topic}/{r.partition}/{r.offset}") for r in records],
            )

        broker.subscriber(
            *(intake_topic(source, given.kafka_prefix) for source in SOURCES),
            batch=True,
            group_id=f"{given.kafka_prefix}.{GROUP}",
            ack_policy=AckPolicy.ACK_FIRST,
            auto_commit_interval_ms=50,
            auto_offset_reset="earliest",
            session_timeout_ms=6_000,
            max_records=50,
            parser=raw_batch,
            decoder=raw_records,
        )(handle)
        await FastStream(broker).run()


if __name__ == "__main__":
    asyncio.run(run())
