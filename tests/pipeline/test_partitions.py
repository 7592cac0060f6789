"""More partitions for a source that sends more than one can carry."""

from __future__ import annotations

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from consumers.intake import IntakeApp
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from tests.support.kafka import make_topics, until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household

pytestmark = pytest.mark.kafka


async def test_a_source_may_send_on_several_partitions(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_settings.kafka)
    await admin.start()
    try:
        await admin.create_partitions({topic: NewPartitions(3)})

        async def known() -> bool:
            (described,) = await admin.describe_topics([topic])
            return [part["error_code"] for part in described["partitions"]] == [0, 0, 0]

        await until(known)
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_settings.kafka) as producer:
        for number in range(12):
            line = event("social-assistance", f"c-{number}", a_household(f"DB-{number}"))
            await producer.send_and_wait(topic, line, partition=number % 3)

    async with IntakeApp(kafka_settings, LEDGER) as app:

        async def all_taken() -> bool:
            return app.tally.accepted == 12

        await until(all_taken, app)
    places = await connection.fetch(
        "SELECT partition, next_offset, accepted FROM ledger.source_offset WHERE topic = $1"
        " ORDER BY partition",
        topic,
    )
    assert [tuple(place) for place in places] == [(0, 4, 4), (1, 4, 4), (2, 4, 4)]
