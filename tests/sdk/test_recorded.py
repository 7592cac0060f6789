"""What the CloudEvents SDKs of others make of events, with their defaults, is taken as it is.

The messages were made by the SDKs themselves (tests/sdk/record.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import asyncpg
import pytest

from consumers.intake import IntakeApp
from domain.carriage import Carried, from_http, from_kafka
from domain.envelope import Door
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from projections import opening
from tests.sdk.events import CLIENTS, events_of
from tests.sdk.record import RECORDED
from tests.support.bureau import SAMPLE
from tests.support.kafka import make_topics, next_offset, put, until
from tests.support.ledger import LEDGER

DOOR = Door(SAMPLE, replay=True)


class Message(NamedTuple):
    """A message as an SDK made it, over Kafka or HTTP."""

    over: str
    mode: str
    headers: list[tuple[str, str]]
    value: bytes

    def carried(self) -> Carried:
        if self.over == "http":
            return from_http(self.headers, self.value)
        return from_kafka([(name, text.encode()) for name, text in self.headers], self.value)


def recorded(client: str) -> Iterator[Message]:
    for line in (RECORDED / f"{client}.jsonl").read_text("utf-8").splitlines():
        made = json.loads(line)
        headers = [(name, text) for name, text in made["headers"]]
        yield Message(made["over"], made["mode"], headers, made["value"].encode())


@pytest.mark.parametrize("over", ["kafka", "http"])
@pytest.mark.parametrize("mode", ["binary", "structured"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_event_is_the_same_fact_by_whatever_way_it_came(
    client: str, mode: str, over: str
) -> None:
    found = [m.carried() for m in recorded(client) if (m.over, m.mode) == (over, mode)]
    assert {carried.mode for carried in found} == {mode}

    sent = [DOOR.read(json.dumps(each).encode()) for each in events_of(client)]
    came = [DOOR.read(event) for carried in found for event in carried.events]
    assert [each.name for each in came] == [each.name for each in sent]
    assert [each.event for each in came] == [each.event for each in sent]
    assert [each.received_at for each in came] == [each.received_at for each in sent]


def test_the_bytes_of_data_are_those_that_the_sdk_wrote() -> None:
    for client in CLIENTS:
        for message in recorded(client):
            (event,) = message.carried().events
            if message.mode == "binary":
                assert event.endswith(b'"data":' + message.value + b"}")
            else:
                assert event == message.value


@pytest.mark.kafka
async def test_a_ledger_takes_what_all_of_them_send(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """Each in the mode that its SDK has by default, binary."""
    ledger = await opening.create_ledger(connection, LEDGER, "replay", kafka_settings)
    await make_topics(kafka_settings)
    sent: dict[str, list[Any]] = {}
    for client in CLIENTS:
        for message in recorded(client):
            if (message.over, message.mode) == ("kafka", "binary"):
                source = dict(message.headers)["ce_source"]
                headers = [(name, text.encode()) for name, text in message.headers]
                sent.setdefault(source, []).append((message.value, headers))
    for source, records in sent.items():
        await put(kafka_settings, intake_topic(source, kafka_settings.kafka_prefix), *records)

    async def done() -> bool:
        ends = [await next_offset(connection, kafka_settings, source) for source in sent]
        return ends == [len(records) for records in sent.values()]

    async with IntakeApp(kafka_settings, ledger.name) as app:
        await until(done, app)
    assert (app.tally.accepted, app.tally.parked, app.tally.quarantined) == (18, 0, 0)
