"""The broker and the topics keep what the ledger promises."""

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from infra.jars import ToolMissingError
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.kafka.local import LocalKafka, ensure_jars
from infra.kafka.topics import (
    INTAKE_BATCH_BYTES,
    QUARANTINE,
    intake_topic,
    ledger_topic,
    receipts_topic,
)

pytestmark = pytest.mark.kafka


def a_name() -> str:
    """A name of its own per test: the broker may be shared and keeps its topics."""
    return f"t{uuid4().hex[:10]}"


async def settings_of(bootstrap: str, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        responses = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        return {key: value for key, value, *_ in responses[0].resources[0][4]}
    finally:
        await admin.close()


async def create_plainly(bootstrap: str, topic: str, settings: dict[str, str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 2, 1, topic_configs=settings)])
    finally:
        await admin.close()


async def produce(
    bootstrap: str, topic: str, values: list[bytes], compression: str | None = None
) -> list[int]:
    """Publish as the relay does, and return the offsets the broker acknowledged."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        compression_type=compression,
        max_request_size=32 * 2**20,
    )
    await producer.start()
    try:
        futures = [await producer.send(topic, value, partition=0) for value in values]
        return [record.offset for record in await asyncio.gather(*futures)]
    finally:
        await producer.stop()


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, 0)  # seek_to_beginning races with the first reset
        async with asyncio.timeout(10):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_a_ledger_topic_is_kept_for_ever(kafka_bootstrap: str) -> None:
    name = a_name()
    assert await ensure_topics(Bootstrap(kafka_bootstrap), sources=[name], divisions=[name]) == []

    for topic in (ledger_topic(name), QUARANTINE):
        settings = await settings_of(kafka_bootstrap, topic)
        assert settings["retention.ms"] == "-1"
        assert settings["retention.bytes"] == "-1"
        assert settings["cleanup.policy"] == "delete"
        assert settings["flush.messages"] == "1"
    for topic in (intake_topic(name), receipts_topic(name)):
        assert int((await settings_of(kafka_bootstrap, topic))["retention.ms"]) > 0


async def test_topics_are_created_once_by_many(kafka_bootstrap: str) -> None:
    name = a_name()
    several = [
        ensure_topics(Bootstrap(kafka_bootstrap), sources=[name], divisions=[name])
        for _ in range(4)
    ]
    assert await asyncio.gather(*several) == [[], [], [], []]


async def test_wrong_settings_are_reported_and_left_alone(kafka_bootstrap: str) -> None:
    name = a_name()
    topic = ledger_topic(name)
    await create_plainly(kafka_bootstrap, topic, {"cleanup.policy": "compact"})

    for _ in range(2):
        unsafe = await ensure_topics(Bootstrap(kafka_bootstrap), sources=[], divisions=[name])
        differences = list(map(str, unsafe))
        assert f"{topic}: the number of partitions is 2, expected 1" in differences
        assert f"{topic}: cleanup.policy is compact, expected delete" in differences
        assert f"{topic}: retention.ms is 604800000, expected -1" in differences
        assert all(sentence.startswith(f"{topic}: ") for sentence in differences)


@pytest.mark.parametrize("name", ["", "a.b", "../a", "A", "a--b", "payouts\n"])
def test_a_name_that_is_not_one_word_makes_no_topic(name: str) -> None:
    with pytest.raises(ValueError, match="in a topic name"):
        intake_topic(name)


async def test_what_is_produced_is_consumed_in_order(kafka_bootstrap: str) -> None:
    name = a_name()
    await ensure_topics(Bootstrap(kafka_bootstrap), sources=[], divisions=[name])
    values = [f"第{number}条".encode() for number in range(2_000)]
    assert await produce(kafka_bootstrap, ledger_topic(name), values) == list(range(2_000))
    assert await consume(kafka_bootstrap, ledger_topic(name), 2_000) == values


async def test_oversize_events_reach_intake_up_to_its_limit(kafka_bootstrap: str) -> None:
    name = a_name()
    await ensure_topics(Bootstrap(kafka_bootstrap), sources=[name], divisions=[])
    largest = b"x" * (INTAKE_BATCH_BYTES - 1024)
    assert await produce(kafka_bootstrap, intake_topic(name), [largest]) == [0]
    assert await consume(kafka_bootstrap, intake_topic(name), 1) == [largest]
    with pytest.raises(MessageSizeTooLargeError):
        await produce(kafka_bootstrap, intake_topic(name), [b"x" * INTAKE_BATCH_BYTES])


async def test_a_decompression_bomb_stops_at_the_broker(kafka_bootstrap: str) -> None:
    name = a_name()
    await ensure_topics(Bootstrap(kafka_bootstrap), sources=[name], divisions=[])
    small, bomb = b"0" * 2**20, b"0" * 2**24
    assert await produce(kafka_bootstrap, intake_topic(name), [small], "gzip") == [0]
    with pytest.raises(MessageSizeTooLargeError):
        await produce(kafka_bootstrap, intake_topic(name), [bomb], "gzip")


@pytest.mark.slow
@pytest.mark.usefixtures("kafka_jars")
def test_acknowledged_messages_survive_a_killed_broker(tmp_path: Path) -> None:
    # What SIGKILL leaves in the page cache would hide a missing fsync, so the broker's own note of
    # what it has flushed is read as well: it is all that a power cut leaves.
    at_once = {"log.flush.offset.checkpoint.interval.ms": "100", "log.initial.task.delay.ms": "100"}
    kafka = LocalKafka(tmp_path / "kafka", settings=at_once)
    ledger, careless = ledger_topic("445102"), "careless"
    values = [b"%d" % number for number in range(500)]
    try:
        kafka.start()
        assert (
            asyncio.run(ensure_topics(Bootstrap(kafka.bootstrap), sources=[], divisions=["445102"]))
            == []
        )
        asyncio.run(create_plainly(kafka.bootstrap, careless, {}))
        for topic in (ledger, careless):
            asyncio.run(produce(kafka.bootstrap, topic, values))
        time.sleep(0.5)
        kafka.kill()
        notes = (tmp_path / "kafka/log/recovery-point-offset-checkpoint").read_text()
        assert f"{ledger} 0 500" in notes
        assert f"{careless} 0 500" not in notes

        kafka.start()
        assert asyncio.run(consume(kafka.bootstrap, ledger, 500)) == values
        assert asyncio.run(produce(kafka.bootstrap, ledger, [b"after"])) == [500]
    finally:
        kafka.stop()


ABANDON = """
import sys, time
from pathlib import Path
from infra.kafka.broker import ensure_topics
from infra.kafka.local import LocalKafka
kafka = LocalKafka(Path(sys.argv[1]))
kafka.start()
print(kafka.port, flush=True)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.usefixtures("kafka_jars")
def test_the_broker_dies_with_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ABANDON, str(tmp_path / "kafka")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:  # noqa: S603
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        assert accepts(port)
        parent.kill()
    deadline = time.monotonic() + 5
    while accepts(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not accepts(port)


def accepts(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_missing_tools_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissingError, match=r"`java` .* version 17"):
        ensure_jars(tmp_path)
    (tmp_path / "java").touch(mode=0o755)
    with pytest.raises(ToolMissingError, match=r"`mvn` .* Apache Maven"):
        ensure_jars(tmp_path)
