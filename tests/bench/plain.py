"""A plain FastStream handler: one message, one transaction, as FastStream's own pages show it.

It gets what helps it: a connection that stays open with its statements prepared, uvloop, cases
loaded into a table beforehand, and FastStream's default acknowledgement, which is the fastest and
may lose events. It has one worker: with more, two payments of one case could overtake each other.
`python -m tests.bench.plain URL BOOTSTRAP TOPIC` is the process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from datetime import date
from typing import Any

import asyncpg
import uvloop
from faststream import FastStream
from faststream.kafka import KafkaBroker

from infra import postgres
from infra.kafka.topics import intake_topic
from tests.bench import ours
from tests.bench.place import Place, watch
from tests.bench.work import Results, Work, breaches_of, expect, results

SCHEMA = """
CREATE TABLE household (
    case_number text PRIMARY KEY, programme text, first_month text, monthly_amount_fen bigint
);
CREATE TABLE payment (
    source text, event_id text, case_number text, programme text, township text, months text[],
    amount_fen bigint, settled_on date, breaches text[], PRIMARY KEY (source, event_id)
);
CREATE INDEX ON payment (case_number);
CREATE TABLE unknown_case (
    source text, event_id text, message text, PRIMARY KEY (source, event_id)
);
CREATE TABLE monthly_total (
    township text, programme text, month text, fen bigint, payments bigint,
    PRIMARY KEY (township, programme, month)
)"""
CASE = """
SELECT programme, first_month, monthly_amount_fen,
    ARRAY(SELECT unnest(months) FROM payment WHERE payment.case_number = $1)
FROM household WHERE case_number = $1"""
ASIDE = "INSERT INTO unknown_case VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
INSERT = """
INSERT INTO payment VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
RETURNING 1"""
UPSERT = """
INSERT INTO monthly_total VALUES ($1, $2, $3, $4, 1) ON CONFLICT (township, programme, month)
DO UPDATE SET fen = monthly_total.fen + excluded.fen, payments = monthly_total.payments + 1"""
DONE = """
SELECT (SELECT coalesce(sum(payments), 0) FROM monthly_total)::bigint
    + (SELECT count(*) FROM unknown_case)"""
WARM_UP = 200


async def settle(connection: asyncpg.Connection, message: dict[str, Any]) -> None:
    """Judge one payment, insert it, move its total."""
    data, name = message["data"], (message["source"], message["id"])
    async with connection.transaction():
        case = await connection.fetchrow(CASE, data["case_number"])
        if case is None:
            await connection.execute(ASIDE, *name, json.dumps(message))
            return
        breaches = breaches_of(data, *case)
        new = await connection.fetchval(
            INSERT,
            *name,
            data["case_number"],
            data["programme"],
            data["township"],
            data["months"],
            data["amount_fen"],
            date.fromisoformat(data["settled_on"]),
            breaches,
        )
        if new is not None:
            total = (data["township"], data["programme"], data["settled_on"][:7])
            await connection.execute(UPSERT, *total, data["amount_fen"])


async def serve(url: str, bootstrap: str, topic: str) -> None:
    async with postgres.connect(url) as connection:
        broker = KafkaBroker(bootstrap, logger=None)

        @broker.subscriber(topic, group_id=f"{topic}.plain", auto_offset_reset="earliest")
        async def on_payment(message: dict[str, Any]) -> None:
            await settle(connection, message)

        await FastStream(broker, logger=None).run()


async def end_to_end(place: Place, name: str, made: Work) -> tuple[int, float]:
    """How many payments were timed, and the seconds until the totals held the last of them.

    The first ones warm the process up, as taking the cases over does for our services.
    """
    warm = min(WARM_UP, len(made.raw) // 2)
    end = len(made.raw)
    async with place.database(name) as url, postgres.connect(url) as connection:
        await connection.execute(SCHEMA)
        names = ("case_number", "programme", "first_month", "monthly_amount_fen")
        cases = [json.loads(raw)["data"] for _, raw in made.cases]
        rows = [tuple(data[name] for name in names) for data in cases]
        await connection.copy_records_to_table("household", records=rows)

        async def done() -> int:
            return int(await connection.fetchval(DONE))

        settings = place.settings(name, url)
        await ours.make_topics(settings)
        topic = intake_topic("payouts", settings.kafka_prefix)
        command = [sys.executable, "-m", "tests.bench.plain", url, place.bootstrap, topic]
        with place.running("faststream", command, {}) as process:
            await ours.produce(settings, "payouts", made.raw[:warm])
            await watch(done, 0, warm, process)
            began = time.perf_counter()
            producing = asyncio.create_task(ours.produce(settings, "payouts", made.raw[warm:]))
            await watch(done, warm, end, process)
            seconds = time.perf_counter() - began
            await producing
        await _check(connection, results(made.payments))
    return end - warm, seconds


async def _check(connection: asyncpg.Connection, wanted: Results) -> None:
    rows = await connection.fetch("SELECT * FROM monthly_total")
    breaches = await connection.fetch("SELECT unnest(breaches), count(*) FROM payment GROUP BY 1")
    found = Results(
        {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows},
        dict(breaches),
        await connection.fetchval("SELECT count(*) FROM unknown_case"),
    )
    expect("plain handler", found, wanted)


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(50_000)
    uvloop.run(serve(*sys.argv[1:4]))
