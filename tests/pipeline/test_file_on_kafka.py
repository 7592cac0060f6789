"""The same events with and without Kafka: the same ledger, the same rows, the same figures."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from infra.kafka.topics import quarantine_topic, receipts_topic
from infra.settings import Settings
from tests.support.kafka import (
    assert_the_same,
    ledger_as_records,
    ledger_topic_records,
    run_through,
    send,
    whole_topic,
)
from tests.support.ledger import Bench
from tests.support.mess import CLEAR, messy_feed

pytestmark = pytest.mark.kafka


async def test_a_messy_file_fares_on_kafka_as_without(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    sent = await send(kafka_settings, messy_feed(100), tmp_path)
    intake = await run_through(kafka_settings, connection, sent)
    plain = await Bench.open(tail_connection)
    tally = await plain.take(*(tmp_path / "feed.jsonl").read_bytes().splitlines())

    assert intake.tally == tally
    assert sent.lines == tally.accepted + tally.duplicate + tally.parked + tally.quarantined
    assert await ledger_topic_records(kafka_settings) == await ledger_as_records(connection)
    await assert_the_same(connection, tail_connection)
    await _sources_are_told(kafka_settings, connection)
    await _nobody_is_named(kafka_settings, connection)


async def _sources_are_told(settings: Settings, connection: asyncpg.Connection) -> None:
    """Each accepted, parked or quarantined event has one receipt, in its source's own topic."""
    told: Counter[tuple[str, str | None, str]] = Counter()
    for source in ("payouts", "social-assistance", "office"):
        for record in await whole_topic(settings, receipts_topic(source, settings.kafka_prefix)):
            receipt = json.loads(record.value)
            told[source, receipt["id"], receipt["outcome"]] += 1
    expected: Counter[tuple[str, str | None, str]] = Counter()
    for source, event_id in await connection.fetch("SELECT source, event_id FROM ledger.entry"):
        expected[source, event_id, "accepted"] += 1
    for source, event_id in await connection.fetch("SELECT source, event_id FROM ledger.parked"):
        expected[source, event_id, "parked"] += 1
    for origin, event_id in await connection.fetch(
        "SELECT origin, event_id FROM ledger.quarantine"
    ):
        expected[origin.split("/")[0].rpartition(".")[2], event_id, "quarantined"] += 1
    assert told == expected
    assert told["payouts", "never", "parked"] == 1
    assert told["payouts", "early", "parked"] == told["payouts", "early", "accepted"] == 1


async def _nobody_is_named(settings: Settings, connection: asyncpg.Connection) -> None:
    """Quarantine says id, reason and keyed hash; no topic but intake names anybody."""
    notices = [
        json.loads(record.value)
        for record in await whole_topic(settings, quarantine_topic(settings.kafka_prefix))
    ]
    assert {tuple(notice) for notice in notices} == {("ledger", "number", "id", "reason", "digest")}
    rows = await connection.fetch("SELECT digest FROM ledger.quarantine ORDER BY number")
    assert [bytes.fromhex(notice["digest"]) for notice in notices] == [row[0] for row in rows]
    ids = {row[0] for row in await connection.fetch("SELECT event_id FROM ledger.quarantine")}
    assert "p-1-1" in ids
    topics = [quarantine_topic(settings.kafka_prefix)]
    topics += [receipts_topic(s, settings.kafka_prefix) for s in ("payouts", "social-assistance")]
    said = b"".join(
        [(r.key or b"") + r.value for t in topics for r in await whole_topic(settings, t)]
    )
    said += b"".join([record[0] + record[1] for record in await ledger_topic_records(settings)])
    assert CLEAR.encode() not in said
    assert b"445199" not in said
