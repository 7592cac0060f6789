"""Relay: every entry once and in order, from wherever the topic ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import date
from typing import Any

import asyncpg
import pytest

from consumers import relay
from consumers.publisher import careful_producer, publish, publish_each
from consumers.relay import ForeignTopic, RelayApp
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import ledger_topic, receipts_topic
from infra.settings import Settings
from ledger import unpublished
from ledger.leaf import leaf_of
from ledger.seal import Sealer
from ledger.store import ENTRY_COLUMNS
from ledger.wire import Message, entry_message
from rules import working
from rules.a53_month_not_entitled import RULE as A53
from tests.support.engine import altered
from tests.support.kafka import (
    a_ledger,
    ledger_as_records,
    ledger_topic_records,
    make_topics,
    until,
    whole_topic,
)
from tests.support.ledger import LEDGER, Bench, Correction, event
from tests.support.mess import messy_feed
from tests.support.money import a_household, a_payment
from tests.support.process import mingjian

pytestmark = pytest.mark.kafka

# As `mingjian run relay`, with small rounds.
RUN = """
import asyncio, sys
from consumers import relay
from infra.bureaus import ledger_of
from infra.settings import settings
relay.ROWS = 20
asyncio.run(relay.run_relay(settings(), ledger_of(settings())))
"""


def start(settings: Settings) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "MINGJIAN_KAFKA": settings.kafka or "",
        "MINGJIAN_KAFKA_PREFIX": settings.kafka_prefix,
        "MINGJIAN_DATABASE_URL": settings.database_url or "",
        "MINGJIAN_HOME": str(settings.home),
    }
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", RUN], env=environment, stderr=subprocess.DEVNULL
    )


async def published(settings: Settings) -> int:
    records = await whole_topic(settings, ledger_topic(LEDGER, settings.kafka_prefix))
    return int(dict(records[-1].headers)["position"]) if records else 0


async def published_past(settings: Settings, position: int) -> None:
    async def past() -> bool:
        return await published(settings) > position

    await until(past)


async def all_published(app: RelayApp, position: int) -> None:
    async def done() -> bool:
        return app.position == position and app.told.get("accepted") == position

    await until(done, app)


async def test_what_is_wrong_is_in_the_receipt_and_what_rules_find_in_a_second(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """Each once, whenever the relay was started again."""
    bench = await Bench.open(connection)
    case = a_household("DB-1", last="2024-03")
    await bench.tell(case, a_payment("DB-1", 50_000, "2024-05"))
    await working.catch_up(connection, LEDGER, [A53])
    await make_topics(kafka_settings)
    topic = receipts_topic("payouts", kafka_settings.kafka_prefix)

    async def found(count: int) -> list[dict[str, Any]]:
        async with RelayApp(kafka_settings, LEDGER) as app:

            async def told() -> bool:
                return len(await receipts()) >= count

            await until(told, app)
            await asyncio.sleep(1.5)
        return await receipts()

    async def receipts() -> list[dict[str, Any]]:
        said = [json.loads(r.value or b"") for r in await whole_topic(kafka_settings, topic)]
        return [each for each in said if each["outcome"].startswith("finding")]

    (one,) = await found(1)
    accepted = json.loads((await whole_topic(kafka_settings, topic))[0].value or b"")
    (warning,) = accepted["warnings"]
    assert (warning["code"], warning["name"]) == ("month-not-entitled", "所发月份不在保障期内")
    assert (warning["rule"], warning["law"][:1]) == ("A53", "《")
    assert one.pop("finding").startswith("A53-")
    assert one == {
        "id": "e-1",
        "outcome": "finding",
        "ledger": LEDGER,
        "position": 2,
        "rule": "A53",
        "name": "所发月份不在保障期内",
        "severity": "unlawful",
        "class": "违法违规",
        "what": "所发月份：2024-05",
        "undecidable": False,
        "valid_from": "2024-05-08",
        "at": 2,
    }
    await bench.tell(Correction(a_household("DB-1"), "changed", case), received=date(2024, 8, 1))
    await working.catch_up(connection, LEDGER, [A53])

    _, ended = await found(2)
    assert (ended["outcome"], ended["id"], ended["at"]) == ("finding-ended", "e-1", 3)
    assert len(await found(2)) == 2


async def test_receipts_are_sent_again_from_any_point_as_they_were(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    bench = await Bench.open(connection)
    payment = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-05"))
    wrong = altered(payment, {"amount_fen": "50000"}, id="p-2")
    await bench.take(payment, wrong, event("social-assistance", "c-1", a_household("DB-1")))
    await make_topics(kafka_settings)
    topic = receipts_topic("payouts", kafka_settings.kafka_prefix)

    async def receipts() -> list[Any]:
        return [json.loads(r.value or b"") for r in await whole_topic(kafka_settings, topic)]

    async with RelayApp(kafka_settings, LEDGER) as app:

        async def told() -> bool:
            return len(await receipts()) >= 3

        await until(told, app)
    first = await receipts()
    assert [(r["id"], r["outcome"]) for r in first] == [
        ("p-1", "parked"),
        ("p-2", "quarantined"),
        ("p-1", "accepted"),
    ]
    assert first[1]["faults"][0]["received"] == "50000"

    code, said = await mingjian(kafka_settings, "receipts", "resend", "payouts", "--after", "0.2")
    assert (code, "已再次发出 2 份回执" in said) == (0, True)
    assert (await receipts())[3:] == first[1:]
    assert (await mingjian(kafka_settings, "receipts", "resend", "payuots"))[0] == 2


async def test_killed_and_started_again_it_repeats_and_omits_nothing(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(60))
    await make_topics(kafka_settings)
    for _ in range(2):
        before = await published(kafka_settings)
        process = start(kafka_settings)
        try:
            await published_past(kafka_settings, before)
        finally:
            process.kill()
            process.wait()
    assert 0 < await published(kafka_settings) <= last

    process = start(kafka_settings)
    try:
        await published_past(kafka_settings, last - 1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        process.kill()
        process.wait()
    assert await ledger_topic_records(kafka_settings) == await ledger_as_records(connection)


async def test_a_fault_of_the_producer_starts_it_over(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third batch arrives, but the answer is lost: it must not be sent a second time."""
    last = await a_ledger(connection, kafka_settings, messy_feed(20))
    monkeypatch.setattr(relay, "ROWS", 40)
    calls = 0

    async def unsure(*arguments: object) -> list[int]:
        nonlocal calls
        calls += 1
        offsets = await publish_each(*arguments)  # type: ignore[arg-type]
        if calls == 3:
            raise TimeoutError
        return offsets

    monkeypatch.setattr(relay, "publish_each", unsure)
    monkeypatch.setattr(relay, "WAIT_SECONDS", 0.01)
    async with RelayApp(kafka_settings, LEDGER) as app:
        await all_published(app, last)
    assert await ledger_topic_records(kafka_settings) == await ledger_as_records(connection)


async def test_a_second_relay_waits_for_the_first(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "WAIT_SECONDS", 0.05)
    last = await a_ledger(connection, kafka_settings, messy_feed(5))
    async with RelayApp(kafka_settings, LEDGER) as first:
        await all_published(first, last)
        async with RelayApp(kafka_settings, LEDGER) as second:
            await asyncio.sleep(0.3)
            assert second.position == 0
            await first.halt()
            await first.database.close()
            await all_published(second, last)
    assert await ledger_topic_records(kafka_settings) == await ledger_as_records(connection)


async def test_it_does_not_continue_where_the_database_lacks_an_entry(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """As after restoring an old backup, or emptying the database beside a broker that was kept."""
    await a_ledger(connection, kafka_settings, messy_feed(2))
    await make_topics(kafka_settings)
    await one_entry_more(kafka_settings, connection)
    async with RelayApp(kafka_settings, LEDGER) as app:
        await app.failed()
    assert isinstance(app.error, ForeignTopic)
    assert len(await ledger_topic_records(kafka_settings)) == 1


async def one_entry_more(settings: Settings, connection: asyncpg.Connection) -> None:
    """The topic holds an entry after the last, made with the ledger's own secret."""
    last = await connection.fetchval("SELECT position FROM ledger.ledger")
    (stored,) = await unpublished.entries(connection, LEDGER, last - 1, last, 1)
    row = dict(stored) | {"position": last + 1, "event_id": "lost", "sealed": None}
    sealer = Sealer(settings.secret, LEDGER)
    row["leaf"] = leaf_of([row[name] for name in ENTRY_COLUMNS], [])
    row["mac"] = sealer.mac(row["leaf"])
    async with careful_producer(Bootstrap.of(settings), "test", 2**20) as producer:
        topic = ledger_topic(LEDGER, settings.kafka_prefix)
        await publish(producer, topic, [entry_message(row)])


async def test_large_entries_go_in_order_over_several_batches(kafka_settings: Settings) -> None:
    await make_topics(kafka_settings)
    messages = [
        Message(None, b"%d" % n + b"x" * 60_000, [("position", b"%d" % n)]) for n in range(40)
    ]
    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    async with careful_producer(Bootstrap.of(kafka_settings), "test", 2**20, "lz4") as producer:
        assert await publish(producer, topic, messages) == 40
    assert await published(kafka_settings) == 39


async def test_what_ends_it_ends_its_process(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """`mingjian run relay` then exits with 1, and whoever watches it sees that."""
    await a_ledger(connection, kafka_settings, messy_feed(1))
    await make_topics(kafka_settings)
    await one_entry_more(kafka_settings, connection)
    with pytest.raises(ForeignTopic):
        await RelayApp(kafka_settings, LEDGER).run()
