"""Faults of what arrives: again, shuffled, poisoned, too large, ill-formed, gone, out of time."""

from __future__ import annotations

import asyncio
import importlib.util
import struct
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from infra import postgres
from infra.kafka.topics import intake_topic, ledger_topic
from tests.faults import wire
from tests.faults.harness import Harness, fault
from tests.faults.kills import SLOWLY
from tests.faults.run import LEDGER, Run, Stuck
from tests.support.bureau import SAMPLE
from tests.support.ledger import event
from tests.support.money import a_household

REFUSED_BYTES = 5 * 2**20
"""More than the broker takes."""
SOON_MS = "500"
CLOCKS = ("+0", "+1y", "-10m", "-2y", "+1d")


@fault("F20", "every record three times, shuffled")
async def duplicates(harness: Harness) -> None:
    async with harness.run() as run:
        seed = str(harness.dice.randint(1, 10**6))
        run.keep_all()
        await run.produced("--copies", "3", "--seed", seed, "--parts", "2")
        await run.grown_to(100)
        for name in ("intake", "projector"):
            await run.kill(name, name)
        await harness.finish(run)


@fault("F22", "poison at the head of each partition")
async def poison(harness: Harness) -> None:
    async with harness.run() as run:
        for source in SAMPLE.sources:
            await put(run, source, b"\x00 poison of " + source.encode())
        run.keep_all()
        await run.produced("--parts", "2")
        await harness.finish(run)
        await count(harness, run, "SELECT count(*) FROM ledger.quarantine WHERE number <= 15", 15)


@fault("F23", "records of 64 KiB + 1, of 1 MiB, and one that the broker refuses")
async def oversize(harness: Harness) -> None:
    """The first part of the feed has the two; who sends the third is told so."""
    async with harness.run(live=True) as run:
        run.keep_all()
        try:
            await put(run, "payouts", b"x" * REFUSED_BYTES)
        except MessageSizeTooLargeError:
            refused = True
        else:
            refused = False
        harness.expect(refused, "the broker took a record of 5 MiB")
        await run.produced("--parts", "1")
        await harness.finish(run)
        large = "SELECT count(*) FROM ledger.quarantine WHERE size IN (65537, 1048576)"
        await count(harness, run, large, 2)


@fault("F24", "header names that are not UTF-8")
async def odd_headers(harness: Harness) -> None:
    """No attribute has such a name; the record is taken like any other."""
    async with harness.run() as run:
        names = (b"\xff\xfe", b"trace\xc3", "头".encode(), b"")
        for number, name in enumerate(names):
            line = event("social-assistance", f"odd-{number}", a_household(f"DB-odd-{number}"))
            topic = intake_topic("social-assistance", run.prefix)
            wire.put_raw(harness.servers.bootstrap, topic, with_header(line, name))
        run.keep_all()
        await run.produced("--parts", "1")
        await harness.finish(run)
        odd = "SELECT count(*) FROM ledger.entry WHERE event_id LIKE 'odd-%'"
        await count(harness, run, odd, len(names))


def with_header(value: bytes, name: bytes) -> bytes:
    """A batch of one record with such a header; no client library would write it."""
    stand_in = "h" * len(name)
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 2**20)
    builder.append(0, timestamp=1, key=None, value=value, headers=[(stand_in, b"x")])
    batch = bytearray(builder.build())
    at = batch.rfind(stand_in.encode() + b"\x02x")
    batch[at : at + len(name)] = name
    struct.pack_into(">I", batch, 17, calc_crc32c(bytes(batch[21:])))
    return bytes(batch)


@fault("F26", "clock jumps of the intake")
async def clock_jumps(harness: Harness) -> None:
    """The recording time of a live ledger is its own clock, and never goes back."""
    library = faketime()
    if library is None:
        harness.outcome.notes.append("SKIPPED: libfaketime is neither on PyPI's path nor Debian's")
        return
    async with harness.run(live=True) as run:
        run.keep("relay")
        run.keep("projector")
        producer = run.produce(*SLOWLY)
        for clock in CLOCKS[: 3 if harness.quick else None]:
            before = await run.position()
            intake = run.begin(
                "intake",
                LD_PRELOAD=str(library),
                FAKETIME=clock,
                FAKETIME_DONT_FAKE_MONOTONIC="1",
            )
            await run.grown_to(before + 60, 120)
            harness.expect(intake.code is None, f"the intake ended with {intake.code} at {clock}")
            await run.kill("intake", "intake")
            await run.evict()
        run.keep("intake")
        await harness.finish(run, producer)


def faketime() -> Path | None:
    """The library, from the PyPI package or from Debian's; None where neither is installed."""
    spec = importlib.util.find_spec("libfaketime")
    packaged = Path(spec.origin or "").parent if spec is not None else Path()
    places = [packaged / "vendor/libfaketime/src/libfaketime.so.1"]
    places += Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return next((place for place in places if place.exists()), None)


@fault("F28", "the whole intake is sent again with new offsets")
async def replay(harness: Harness) -> None:
    async with harness.run() as run:
        run.keep_all()
        await run.produced("--parts", "2")
        await run.drained()
        entries, before = await run.position(), 0
        for source in SAMPLE.sources:
            topic = intake_topic(source, run.prefix)
            came = [r.value for r in wire.records(harness.servers.bootstrap, topic) if r.value]
            before += len(came)
            await put(run, source, *came)
        await harness.finish(run)
        harness.expect(await run.position() == entries, "a replay made new entries")
        again = "SELECT sum(duplicate) >= $1 FROM ledger.source_offset"
        await count(harness, run, again.replace("$1", str(before)), 1)


@fault("F30", "retention deletes what was not taken in yet")
async def retention(harness: Harness) -> None:
    """The intake stops and says what is gone; so does the relay when the ledger topic loses."""
    async with harness.run() as run:
        run.keep_all()
        await run.produced("--parts", "1")
        await run.drained()
        await run.end()
        topic = intake_topic("payouts", run.prefix)
        await put(run, "payouts", *(b"lost %d" % n for n in range(20)))
        await expire(run, topic)
        intake = run.begin("intake")
        code = await asyncio.wait_for(intake.ended(), 60)
        await harness.judge(
            run, "--leave-out", "I11", "--stopped", str(code), str(intake.log), "EventsGone"
        )

        ledger = ledger_topic(LEDGER, run.prefix)
        await set_retention(run, ledger, SOON_MS)
        await until_gone(run, ledger)
        for setting, alarm in ((SOON_MS, "UnsafeTopics"), ("-1", "Alarm")):
            await set_retention(run, ledger, setting)
            relay = run.begin("relay", f"relay-{alarm}")
            code = await asyncio.wait_for(relay.ended(), 60)
            stopped = ("--stopped", str(code), str(relay.log), alarm)
            left_out = [word for name in ("I6", "I11") for word in ("--leave-out", name)]
            await harness.judge(run, *left_out, *stopped)


async def expire(run: Run, topic: str) -> None:
    """Let the broker delete everything in a topic, by its own retention, and stop it then."""
    before = await set_retention(run, topic, SOON_MS)
    await until_gone(run, topic)
    await set_retention(run, topic, before)


async def until_gone(run: Run, topic: str) -> None:
    """Wait until the broker has deleted something."""
    async with asyncio.timeout(60):
        while True:
            if wire.offset(run.servers.bootstrap, topic, 0, wire.FIRST) > 0:
                return
            await asyncio.sleep(0.1)


async def set_retention(run: Run, topic: str, ms: str) -> str:
    """Change how long a topic keeps its records, nothing else; returns what it was."""
    admin = AIOKafkaAdminClient(bootstrap_servers=run.servers.bootstrap)
    await admin.start()
    try:
        wanted = ConfigResource(ConfigResourceType.TOPIC, topic, None)
        (answer,) = await admin.describe_configs([wanted])
        # The request replaces all settings of the topic, so those it has go along.
        own = {name: value for name, value, _, source, *_ in answer.resources[0][4] if source == 1}
        before, own["retention.ms"] = own["retention.ms"], ms
        (done,) = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, own)])
        if any(code for code, *_ in done.resources):
            raise Stuck(f"the broker does not let us change {topic}: {done}")
        return str(before)
    finally:
        await admin.close()


async def put(run: Run, source: str, *values: bytes) -> None:
    """Send records to the topic of a source."""
    async with AIOKafkaProducer(
        bootstrap_servers=run.servers.bootstrap,
        acks="all",
        max_request_size=2 * REFUSED_BYTES,
    ) as producer:
        sent = [await producer.send(intake_topic(source, run.prefix), value) for value in values]
        await asyncio.gather(*sent)


async def count(harness: Harness, run: Run, query: str, expected: int) -> None:
    """A count that the database must give."""
    async with postgres.connect(run.url) as connection:
        found = await connection.fetchval(query)
    harness.expect(int(found) == expected, f"{query}: {found}, expected {expected}")
