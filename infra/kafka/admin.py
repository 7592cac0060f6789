"""An administrative client for as long as a block lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient

from infra.kafka.bootstrap import Bootstrap
from infra.kafka.refusals import beginning


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
