"""An administrative client for as long as a block lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.protocol.metadata import MetadataRequest

from infra.kafka.bootstrap import Bootstrap
from infra.kafka.refusals import NotAuthorised, beginning


@asynccontextmanager
async def administering(bootstrap: Bootstrap) -> AsyncIterator[AIOKafkaAdminClient]:
    """Raises NotLetIn, or KafkaConnectionError where nobody is there."""
    admin = AIOKafkaAdminClient(**bootstrap.options())
    try:
        async with beginning(bootstrap):
            await admin.start()
        yield admin
    finally:
        await admin.close()


async def existing_topics(
    asker: AIOKafkaAdminClient | AIOKafkaConsumer, bootstrap: Bootstrap, names: Collection[str]
) -> set[str]:
    """Which of these topics there are. Raises NotAuthorised where one may not be seen.

    A list of all topics leaves those out: one that is kept from us would be taken for missing.
    """
    if not names:
        return set()
    asked = MetadataRequest(list(names), allow_auto_topic_creation=False)
    client = asker._client  # noqa: SLF001  no public way
    answer = await client.send(client.get_random_node(), asked)
    codes = {topic: code for code, topic, *_ in answer.topics}
    hidden = sorted(t for t, code in codes.items() if code == TopicAuthorizationFailedError.errno)
    if hidden:
        raise NotAuthorised(bootstrap.principal, "Describe", ", ".join(hidden))
    return {topic for topic, code in codes.items() if code != UNKNOWN_TOPIC}


UNKNOWN_TOPIC = 3
