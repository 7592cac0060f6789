"""The limit of intake on Kafka: what arrives is copied into the same table, unread and unjudged.

aiokafka's `getmany`, one COPY and one durable commit per batch, the same three indexes. Numbers in
the place of ids keep those indexes consistent; nothing is parsed. No intake that reads what it
takes can be faster. `python -m tests.bench.bare URL BOOTSTRAP TOPIC` is the process.
"""

from __future__ import annotations

import gc
import sys
from datetime import UTC, datetime

import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra import postgres
from infra.kafka.topics import intake_topic
from ledger.leaf import FORM
from ledger.store import ENTRY_COLUMNS
from projections import opening
from tests.bench import ours
from tests.bench.place import Passage, Place, watch
from tests.bench.work import LEDGER, Work, expect

MAX_RECORDS = 2_000
DIGEST = bytes(32)
TAKEN = "SELECT coalesce(max(position), 0) FROM ledger.entry WHERE ledger = $1"


async def loop(url: str, bootstrap: str, topic: str) -> None:
    part = TopicPartition(topic, 0)
    async with (
        postgres.connect(url) as connection,
        AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer,
    ):
        consumer.assign([part])
        consumer.seek(part, 0)
        while True:
            found = await consumer.getmany(part, timeout_ms=1_000, max_records=MAX_RECORDS)
            if not (records := found.get(part)):
                continue
            now = datetime.now(UTC)
            rows = [
                (
                    LEDGER,
                    record.offset + 1,
                    now,
                    "payouts",
                    str(record.offset),
                    "payment",
                    f"case/{record.offset}",
                    1,
                    record.value,
                    DIGEST,
                    None,
                    FORM,
                    DIGEST,
                    DIGEST,
                    DIGEST,
                )
                for record in records
            ]
            await connection.copy_records_to_table(
                "entry", schema_name="ledger", columns=ENTRY_COLUMNS, records=rows
            )


async def alone(place: Place, name: str, made: Work) -> Passage:
    """The payments are on the topic before the loop starts, as they are for our intake alone."""
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        await opening.create_ledger(connection, LEDGER, "live", settings)
        await ours.make_topics(settings)
        await ours.produce(settings, "payouts", made.raw)
        topic = intake_topic("payouts", settings.kafka_prefix)
        command = [sys.executable, "-m", "tests.bench.bare", url, place.bootstrap, topic]

        async def taken() -> int:
            return int(await connection.fetchval(TAKEN, LEDGER))

        with place.running("bare_loop", command, {}) as process:
            passage = await watch(taken, 0, len(made.raw), process)
        size = "SELECT count(*), sum(octet_length(open)) FROM ledger.entry"
        wanted = (len(made.raw), sum(map(len, made.raw)))
        expect("bare loop", tuple(await connection.fetchrow(size)), wanted)
    return passage


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(50_000)
    uvloop.run(loop(*sys.argv[1:4]))
