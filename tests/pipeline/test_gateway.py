"""The gateway on Kafka: what it acknowledged is durable, whatever is gone, and counts once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest

from consumers import posting
from consumers.intake import IntakeApp
from consumers.posting import OutcomeUnknown, Poster
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from tests.support.gateway import BATCH, LINES, ONE, Way, a_key, gateway_of, listed, outcomes
from tests.support.kafka import next_offset, until, whole_topic
from tests.support.ledger import event
from tests.support.money import a_household, a_payment

pytestmark = pytest.mark.kafka

SOURCE = "social-assistance"


def a_case(number: int) -> bytes:
    return event(SOURCE, f"c-{number}", a_household(f"G-{number}"))


async def taken(connection: asyncpg.Connection, settings: Settings, offset: int) -> None:
    """Wait until an intake has taken all up to an offset."""

    async def there() -> bool:
        return await next_offset(connection, settings, SOURCE) >= offset

    async with IntakeApp(settings, "445102") as app:
        await until(there, app)


async def test_what_is_acknowledged_while_postgresql_is_gone_is_taken_once_it_is_back(
    kafka_settings: Settings, server_url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Sent again, since a client may not have heard the answer, it counts once."""
    _, key = await a_key(connection, SOURCE)
    bearer = {"authorization": f"Bearer {key}"}
    way = Way(server_url, tmp_path)
    by_way = kafka_settings.model_copy(
        update={"database_url": way.url(kafka_settings.database_url or "")}
    )
    events = [a_case(number) for number in range(30)]
    async with way, gateway_of(by_way) as (client, _):
        await way.cut()
        one = await client.post("/events", content=events[0], headers=ONE | bearer)
        topic = intake_topic(SOURCE, kafka_settings.kafka_prefix)
        assert (one.status_code, one.json()) == (
            202,
            {
                "outcome": "received",
                "source": SOURCE,
                "id": "c-0",
                "topic": topic,
                "partition": 0,
                "offset": 0,
            },
        )
        for _ in range(2):
            batch = await client.post("/events", content=listed(*events), headers=BATCH | bearer)
            assert (batch.status_code, outcomes(batch)) == (202, ["received"] * 30)
        lines = await client.post("/events", content=b"\n".join(events), headers=LINES | bearer)
        told = [json.loads(line) for line in lines.text.splitlines()]
        assert [each["offset"] for each in told] == list(range(61, 91))
        other = event("payouts", "p-1", a_payment("G-1", 1, "2024-03"))
        refused = await client.post("/events", content=other, headers=ONE | bearer)
        assert refused.status_code == 403
    records = await whole_topic(kafka_settings, topic)
    assert [record.value for record in records] == [events[0], *events * 3]
    await taken(connection, kafka_settings, 91)
    rows = await connection.fetch("SELECT event_id FROM ledger.entry ORDER BY position")
    assert [row[0] for row in rows] == [f"c-{number}" for number in range(30)]


async def test_who_waits_is_told_what_became_of_it(kafka_settings: Settings) -> None:
    wrong = b'{"source":"social-assistance","id":"odd"}'
    async with (
        gateway_of(kafka_settings) as (client, _),
        IntakeApp(kafka_settings, "445102") as app,
    ):
        wait = {"prefer": "wait=30"}
        one = await client.post("/events", content=a_case(1), headers=ONE | wait)
        assert (one.status_code, one.json()["outcome"]) == (200, "accepted")
        assert one.headers["preference-applied"] == "wait=30"
        batch = listed(a_case(2), wrong, a_case(3))
        told = await client.post("/events", content=batch, headers=BATCH | wait)
        assert told.status_code == 200
        assert outcomes(told) == ["accepted", "quarantined", "accepted"]
        app.check()
        found = await client.get(one.headers["location"])
        assert (found.status_code, found.json()["outcome"]) == (200, "accepted")
    async with gateway_of(kafka_settings) as (client, _):  # nobody takes it in
        odd = '{"source":"social-assistance","id":"名\\r\\nSet-Cookie: a=b"}'.encode()
        told = await client.post("/events", content=odd, headers=ONE)
        assert (told.status_code, "set-cookie" in told.headers) == (202, False)
        assert "location" not in told.headers, "an id that can be none is not said again"
        late = await client.post("/events", content=a_case(4), headers=ONE | {"prefer": "wait=1"})
        assert (late.status_code, late.json()["outcome"]) == (202, "received")
        unknown = await client.get(late.headers["location"])
        assert (unknown.status_code, unknown.headers["retry-after"]) == (404, "1")


async def test_without_a_broker_nothing_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "WAIT_SECONDS", 0.3)
    poster = Poster(Bootstrap("127.0.0.1:1"), "nowhere")
    running = asyncio.create_task(poster.run())
    with pytest.raises(OutcomeUnknown):
        await poster.put(SOURCE, [a_case(1)])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not poster.connected
