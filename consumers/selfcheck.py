"""What must be set before a service may take or publish anything: defaults lose events.

Settings are read from the server and from the very clients in use, never from what we
meant to give them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from consumers.alarm import UnsafeSettings
from infra.unsafe import Unsafe, sentences

OLDEST_POSTGRES = 180_000
DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    # "local" and stronger: the commit is on the disk of this server before it is answered.
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


def refuse(faults: list[Unsafe]) -> None:
    """Raise UnsafeSettings when there is any fault."""
    if faults:
        raise UnsafeSettings(sentences(faults))


async def database_faults(connection: asyncpg.Connection) -> list[Unsafe]:
    """What is unsafe about this connection's server and session."""
    rows = await connection.fetch(
        "SELECT name, current_setting(name) FROM unnest($1::text[]) AS name",
        [*DURABLE, "server_version_num"],
    )
    settings = {row[0]: row[1] for row in rows}
    faults = _differences("PostgreSQL", settings, DURABLE)
    version = settings["server_version_num"]
    if int(version) < OLDEST_POSTGRES:
        faults.append(
            Unsafe("PostgreSQL", "server_version_num", version, f"{OLDEST_POSTGRES} or newer")
        )
    return faults


def consumer_faults(consumer: AIOKafkaConsumer, isolation: str = "read_committed") -> list[Unsafe]:
    """What is unsafe about a consumer."""
    settings = {
        "enable.auto.commit": consumer._enable_auto_commit,  # noqa: SLF001  no public reader
        "auto.offset.reset": consumer._auto_offset_reset,  # noqa: SLF001
        "isolation.level": consumer._isolation_level,  # noqa: SLF001
    }
    safe = {
        "enable.auto.commit": (False,),
        "auto.offset.reset": ("earliest", "none"),
        "isolation.level": (isolation,),
    }
    return _differences("Kafka consumer", settings, safe)


def producer_faults(producer: AIOKafkaProducer) -> list[Unsafe]:
    """What is unsafe about a producer."""
    settings = {
        "acks": producer._sender._acks,  # noqa: SLF001  no public reader
        "enable.idempotence": producer._txn_manager is not None,  # noqa: SLF001
    }
    return _differences("Kafka producer", settings, {"acks": (-1,), "enable.idempotence": (True,)})


def _differences(
    where: str, found: Mapping[str, Any], safe: Mapping[str, tuple[Any, ...]]
) -> list[Unsafe]:
    return [
        Unsafe(where, name, found[name], " or ".join(map(str, values)))
        for name, values in safe.items()
        if found[name] not in values
    ]
