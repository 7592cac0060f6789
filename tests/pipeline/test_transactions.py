"""Sources may send in transactions: the mark at the end of one is no event that waits.

Given a partition that ends with such a mark, lag and doctor are told by events.
"""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from cli import doctor
from cli.doctor.finding import Level
from consumers.intake import IntakeApp
from consumers.lookup import waiting_since
from consumers.vitals import IntakeVitals
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import close_reader, open_reader, reading
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from tests.support.kafka import make_topics, next_offset, until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household

pytestmark = pytest.mark.kafka
SOURCE = "social-assistance"
CASES = [event(SOURCE, f"c-{n}", a_household(f"DB-{n}")) for n in range(1, 4)]


async def in_transactions(settings: Settings, *batches: tuple[bool, list[bytes]]) -> str:
    """Send batches, each committed or given up; returns the topic."""
    topic = intake_topic(SOURCE, settings.kafka_prefix)
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka, transactional_id=settings.kafka_prefix
    )
    async with producer:
        for committed, values in batches:
            await producer.begin_transaction()
            for value in values:
                await producer.send_and_wait(topic, value, partition=0)
            await (producer.commit_transaction() if committed else producer.abort_transaction())
    return topic


def lag(vitals: IntakeVitals, topic: str) -> tuple[float | None, float | None]:
    labels = {"topic": topic, "partition": "0"}
    of = vitals.metrics.registry.get_sample_value
    return of("mingjian_lag_records", labels), of("mingjian_lag_seconds", labels)


@pytest.mark.parametrize("given_up", [[], CASES[:1]], ids=["a commit", "an abort"])
async def test_what_is_taken_in_up_to_a_transactions_mark_has_no_lag(
    kafka_settings: Settings, connection: asyncpg.Connection, given_up: list[bytes]
) -> None:
    await make_topics(kafka_settings)
    async with IntakeApp(kafka_settings, LEDGER) as app:
        batches = [(True, CASES)] + ([(False, given_up)] if given_up else [])
        topic = await in_transactions(kafka_settings, *batches)

        async def taken() -> bool:
            return await next_offset(connection, kafka_settings, SOURCE) >= len(CASES)

        await until(taken, app)

    vitals = IntakeVitals(kafka_settings, LEDGER, lambda: [(topic, 0)])
    await vitals.look()
    await vitals.look()
    await vitals._forget_consumer()
    assert vitals.ends[topic, 0] > len(CASES)  # the mark has an offset of its own
    assert lag(vitals, topic) == (0, 0)
    assert vitals.metrics.registry.get_sample_value("mingjian_stalled_since_timestamp_seconds") == 0

    found = {finding.check: finding for finding in await doctor.findings(kafka_settings, LEDGER)}
    assert found[f"lag.{LEDGER}"].level is Level.FINE
    assert "lag" not in found


async def test_an_event_behind_marks_is_waited_for_since_it_was_sent(
    kafka_settings: Settings,
) -> None:
    await make_topics(kafka_settings)
    topic = await in_transactions(
        kafka_settings, (False, CASES[:2]), (True, CASES[2:]), (False, CASES[:1])
    )
    async with reading(Bootstrap.of(kafka_settings)) as consumer:
        ends = {(topic, 0): 7}
        found = await waiting_since(consumer, {(topic, 0): 0}, ends)
        assert found[topic, 0] is not None
    async with reading(Bootstrap.of(kafka_settings)) as consumer:
        assert await waiting_since(consumer, {(topic, 0): 4}, ends) == {(topic, 0): None}


async def test_a_reader_stops_while_it_waits_for_an_answer(kafka_settings: Settings) -> None:
    """The library would wait for ever here: partitions are given up while a fetch is out."""
    await make_topics(kafka_settings)
    topic = await in_transactions(kafka_settings, (True, CASES))
    for _ in range(3):
        consumer = await open_reader(Bootstrap.of(kafka_settings), "test")
        await waiting_since(consumer, {(topic, 0): 3}, {(topic, 0): 5})
        async with asyncio.timeout(30):
            await close_reader(consumer)
