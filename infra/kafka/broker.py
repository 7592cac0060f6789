"""What topics a broker has: those that are missing are made, and what is wrong with others is told.

`python -m infra.kafka.broker [DIVISION…]` makes those of the bureau.
"""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, TopicAuthorizationFailedError, for_code

from infra.alarm import Alarm
from infra.bureaus import ours
from infra.kafka.admin import administering, existing_topics
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.refusals import doing
from infra.kafka.topics import PREFIX, Topic, wanted_topics
from infra.settings import settings
from infra.unsafe import Unsafe, sentences

VISIBLE_SECONDS = 10.0


async def ensure_topics(
    bootstrap: Bootstrap, *, sources: Iterable[str], divisions: Iterable[str], prefix: str = PREFIX
) -> list[Unsafe]:
    """Create the topics that are missing and return what is wrong with the others.

    Nothing that exists is changed: why a ledger topic has a
    retention is a question for people, and altering it would remove the trace.
    """
    async with administering(bootstrap) as admin:
        brokers = len((await admin.describe_cluster())["brokers"])
        wanted = wanted_topics(sources, divisions, brokers, prefix)
        existing = await existing_topics(admin, bootstrap, [topic.name for topic in wanted])
        missing = [topic for topic in wanted if topic.name not in existing]
        if missing:
            with doing(bootstrap, "Create", ", ".join(topic.name for topic in missing)):
                await _create(admin, missing, replication=min(3, brokers))
        with doing(bootstrap, "DescribeConfigs", f"{prefix}.*"):
            return await _differences(admin, wanted)


async def topic_faults(
    bootstrap: Bootstrap, *, sources: Iterable[str], divisions: Iterable[str], prefix: str = PREFIX
) -> tuple[list[str], list[Unsafe]]:
    """The topics that are missing, and what is wrong with the others; nothing is changed."""
    async with administering(bootstrap) as admin:
        brokers = len((await admin.describe_cluster())["brokers"])
        wanted = wanted_topics(sources, divisions, brokers, prefix)
        existing = await existing_topics(admin, bootstrap, [topic.name for topic in wanted])
        there = [topic for topic in wanted if topic.name in existing]
        missing = [topic.name for topic in wanted if topic.name not in existing]
        with doing(bootstrap, "DescribeConfigs", f"{prefix}.*"):
            return missing, await _differences(admin, there) if there else []


def main() -> None:
    """Create the bureau's topics at MINGJIAN_KAFKA; exit 1 if one is not as it should be."""
    given = settings()
    bureau, prefix = ours(given), given.kafka_prefix
    divisions = sys.argv[1:] or [bureau.division]
    try:
        bootstrap = Bootstrap.of(given)
        wrong = asyncio.run(
            ensure_topics(bootstrap, sources=bureau.sources, divisions=divisions, prefix=prefix)
        )
    except (Alarm, LookupError) as error:
        sys.exit(str(error))
    if wrong:
        sys.exit(sentences(wrong))


async def _create(admin: AIOKafkaAdminClient, topics: list[Topic], *, replication: int) -> None:
    response = await admin.create_topics(
        [
            NewTopic(topic.name, 1, replication, topic_configs=dict(topic.settings))
            for topic in topics
        ]
    )
    for name, code, message in response.topic_errors:
        error = for_code(code)
        if error is TopicAuthorizationFailedError:
            raise error(name)
        if code != 0 and error is not TopicAlreadyExistsError:  # another process was quicker
            raise error(f"cannot create topic {name}: {message}")


async def _differences(admin: AIOKafkaAdminClient, wanted: list[Topic]) -> list[Unsafe]:
    partitions = await _partitions(admin, [topic.name for topic in wanted])
    actual_settings = await _settings(admin, wanted)
    return [
        Unsafe(topic.name, setting, actual, str(expected))
        for topic in wanted
        for setting, actual, expected in (
            ("the number of partitions", 1 if topic.divisible else partitions[topic.name], 1),
            *(
                (key, actual_settings[topic.name].get(key), value)
                for key, value in topic.settings.items()
            ),
        )
        if actual != expected
    ]


async def _partitions(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, int]:
    """Wait until every topic has a leader: brokers learn of a new topic a moment later."""
    async with asyncio.timeout(VISIBLE_SECONDS):
        while True:
            topics = await admin.describe_topics(names)
            if all(_has_leaders(topic) for topic in topics):
                return {topic["topic"]: len(topic["partitions"]) for topic in topics}
            await asyncio.sleep(0.05)


def _has_leaders(topic: Mapping[str, Any]) -> bool:
    return topic["error_code"] == 0 and all(part["error_code"] == 0 for part in topic["partitions"])


async def _settings(admin: AIOKafkaAdminClient, wanted: list[Topic]) -> dict[str, dict[str, str]]:
    """Read the settings in force, whether set on the topic or taken from the broker."""
    responses = await admin.describe_configs(
        [
            ConfigResource(ConfigResourceType.TOPIC, topic.name, dict(topic.settings))
            for topic in wanted
        ]
    )
    by_topic: dict[str, dict[str, str]] = {}
    for response in responses:
        for code, message, _kind, name, entries in response.resources:
            if code == TopicAuthorizationFailedError.errno:
                raise TopicAuthorizationFailedError(name)
            if code != 0:
                raise for_code(code)(f"cannot read the settings of topic {name}: {message}")
            by_topic[name] = {key: value for key, value, *_rest in entries}
    return by_topic


if __name__ == "__main__":
    main()
