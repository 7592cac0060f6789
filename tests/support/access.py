"""Each operation on a topic as one request to the broker, and what it said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import (
    AlterConfigsRequest,
    CreatePartitionsRequest,
    CreateTopicsRequest,
    DeleteRecordsRequest,
    DeleteTopicsRequest,
    DescribeConfigsRequest,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import JoinGroupRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

REFUSED = frozenset({29, 30, 31})
"""Topic, group, cluster authorisation failed."""
FINE = frozenset({0, 15, 16, 36, 79})
"""Done; nobody leads groups yet; it is there already; join again with the id given: all of them
are said to who has the right only."""
A_TOPIC = 2


def a_record() -> bytes:
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1024)
    builder.append(0, 1_700_000_000_000, None, b"{", [])
    return bytes(builder.build())


REQUESTS = {
    "Read": lambda topic: FetchRequest(0, 0, 1024, 0, [(topic, [(0, 0, 1024)])]),
    "Write": lambda topic: ProduceRequest(None, -1, 5_000, [(topic, [(0, a_record())])]),
    "Describe": lambda topic: MetadataRequest([topic], allow_auto_topic_creation=False),
    "DescribeConfigs": lambda topic: DescribeConfigsRequest([(A_TOPIC, topic, None)]),
    "Create": lambda topic: CreateTopicsRequest([(topic, 1, 1, [], [])], 5_000, validate_only=True),
    "Alter": lambda topic: CreatePartitionsRequest([(topic, (2, None))], 5_000, validate_only=True),
    "AlterConfigs": lambda topic: AlterConfigsRequest(
        [(A_TOPIC, topic, [("retention.ms", "1000")])], validate_only=True
    ),
    "Delete": lambda topic: DeleteTopicsRequest([topic], 5_000),
    "DeleteRecords": lambda topic: DeleteRecordsRequest([(topic, [(0, 1)])], 5_000),
}


async def may(admin: AIOKafkaAdminClient, operation: str, topic: str) -> bool:
    """Try it; an answer that is neither done nor refused fails the test."""
    return _allowed(await admin._send_request(REQUESTS[operation](topic)), operation, topic)


async def may_join(admin: AIOKafkaAdminClient, group: str) -> bool:
    asked = JoinGroupRequest(group, 10_000, 10_000, "", None, "consumer", [("range", b"")])
    return _allowed(await admin._send_request(asked), "Read", group)


def _allowed(answer: Any, operation: str, name: str) -> bool:
    if operation == "Read" and hasattr(answer, "topics"):  # its object cannot be made
        codes = {part[1] for _, parts in answer.topics for part in parts}
    else:
        codes = set(_codes(answer.to_object()))
    assert codes <= REFUSED | FINE, f"{operation} {name}: {codes}"
    return not codes & REFUSED


def _codes(answer: Any) -> Iterator[int]:
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name == "error_code":
                yield value
            else:
                yield from _codes(value)
    elif isinstance(answer, list | tuple):
        for each in answer:
            yield from _codes(each)
