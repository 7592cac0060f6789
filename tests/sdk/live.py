"""Producers of others send to a real broker, and a ledger takes what they sent: `make sdk`.

Each sends its events in both modes: what came in binary mode is an entry, the same in structured
mode a duplicate. The fast suite does not run this: it would build the clients each time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from consumers.intake import IntakeApp
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from projections import opening
from tests.sdk.events import events_of
from tests.sdk.record import HERE, ToolMissing, said
from tests.support.kafka import make_topics, next_offset, until
from tests.support.ledger import LEDGER

pytestmark = pytest.mark.kafka


def java(work: Path, *given: str) -> None:
    """KafkaProducer, with the SDK's serializer of events."""
    arguments = f"-Dexec.args={' '.join(given)}"
    said("mvn", "-q", "-B", "compile", "exec:java", "-Dexec.mainClass=Live", arguments, cwd=work)


def javascript(work: Path, *given: str) -> None:
    """The producer of kafkajs, with the SDK's binding for Kafka."""
    said("npm", "ci", "--no-audit", "--no-fund", cwd=work)
    said("node", "live.js", *given, cwd=work)


SAMPLES = HERE.parents[1] / "publisher" / "samples" / "kafka"


def java_sample(work: Path, *given: str) -> None:
    """The sample of the publisher, with the client library alone."""
    shutil.copy(SAMPLES / "SendKafka.java", work / "src" / "main" / "java")
    arguments = f"-Dexec.args={' '.join(given)}"
    said(
        "mvn", "-q", "-B", "compile", "exec:java", "-Dexec.mainClass=SendKafka", arguments, cwd=work
    )


def javascript_sample(work: Path, *given: str) -> None:
    """The sample of the publisher, with kafkajs alone."""
    shutil.copy(SAMPLES / "send-kafka.mjs", work)
    said("npm", "ci", "--no-audit", "--no-fund", cwd=work)
    said("node", "send-kafka.mjs", *given, cwd=work)


SENDS: dict[str, Callable[..., None]] = {"java": java, "javascript": javascript}


def run(send: Callable[..., None], work: Path, file: Path, *given: str | None) -> None:
    """Have it send a file; skipped where its tools are not here."""
    try:
        send(work, str(file), *given)
    except ToolMissing as missing:
        pytest.skip(f"NO TOOL: a producer was not run: {work.name} needs {missing}")


@pytest.mark.parametrize("name", SENDS)
async def test_a_ledger_takes_what_a_producer_sends_and_once(
    name: str, kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await opening.create_ledger(connection, LEDGER, "replay", kafka_settings)
    await make_topics(kafka_settings)
    shutil.copytree(HERE / name, tmp_path / name)
    told = events_of(name)
    events = tmp_path / "events.json"
    events.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    run(SENDS[name], tmp_path / name, events, kafka_settings.kafka, kafka_settings.kafka_prefix)
    sources = {each["source"] for each in told}

    async def done() -> bool:
        ends = [await next_offset(connection, kafka_settings, source) for source in sources]
        return ends == [2 * len(told) // len(sources)] * len(sources)

    async with IntakeApp(kafka_settings, LEDGER) as app:
        await until(done, app)
    tally = app.tally
    assert (tally.accepted, tally.duplicate) == (len(told), len(told))
    assert (tally.parked, tally.quarantined) == (0, 0)


SAMPLE_SENDS: dict[str, Callable[..., None]] = {
    "java": java_sample,
    "javascript": javascript_sample,
}


def test_every_sample_is_run() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {"SendKafka.java", "send-kafka.mjs"}


@pytest.mark.parametrize("name", SAMPLE_SENDS)
async def test_a_sample_sends_a_file_and_once(
    name: str, kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Given a file sent twice, then each event is one entry and one duplicate."""
    await opening.create_ledger(connection, LEDGER, "replay", kafka_settings)
    await make_topics(kafka_settings)
    shutil.copytree(HERE / name, tmp_path / name)
    told = events_of(name)[0]
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(told, ensure_ascii=False) + "\n", "utf-8")
    topic = intake_topic(told["source"], kafka_settings.kafka_prefix)
    for _ in range(2):
        run(SAMPLE_SENDS[name], tmp_path / name, file, kafka_settings.kafka, topic)

    async def done() -> bool:
        return await next_offset(connection, kafka_settings, told["source"]) == 2

    async with IntakeApp(kafka_settings, LEDGER) as app:
        await until(done, app)
    assert (app.tally.accepted, app.tally.duplicate) == (1, 1)
