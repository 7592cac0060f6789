"""Vital signs: what a service says of itself is what stands in Kafka and in PostgreSQL."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from consumers import vitals
from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from consumers.service import App
from consumers.vitals import IntakeVitals, LedgerVitals
from infra import beat
from infra.kafka.topics import intake_topic, ledger_topic
from infra.probes import served
from infra.settings import Settings
from ledger import offsets
from projections import opening
from tests.support.kafka import (
    a_ledger,
    make_topics,
    next_offset,
    put,
    send,
    until,
    whole_topic,
)
from tests.support.ledger import LEDGER, event
from tests.support.mess import messy_feed
from tests.support.money import a_household, a_payment

CASE = event("social-assistance", "c-1", a_household("DB-1"))
NOBODY = "127.0.0.1:1"
"""Nothing listens there."""


def value(vitals: vitals.Vitals, name: str, **labels: str) -> float:
    found = vitals.metrics.registry.get_sample_value(f"mingjian_{name}", labels)
    assert found is not None, name
    return found


async def asked(app: App, path: str) -> httpx.Response:
    """What the port beside a service answers."""
    settings = app.settings.model_copy(update={"metrics_port": 0})
    vitals = app.vitals
    async with (
        served(settings, app.metrics, vitals.healthy, vitals.ready) as port,
        httpx.AsyncClient() as client,
    ):
        return await client.get(f"http://127.0.0.1:{port}{path}")


def as_sent(payload: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Samples by name and labels, read by Prometheus's own parser."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(payload)
        for sample in family.samples
    }


@pytest.mark.kafka
async def test_records_are_counted_by_source_and_by_where_they_ended(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    cases, payouts = (
        intake_topic(source, kafka_settings.kafka_prefix)
        for source in ("social-assistance", "payouts")
    )
    await put(kafka_settings, cases, (CASE, []), (CASE, []), (CASE, []))
    unknown = event("payouts", "p-1", a_payment("DB-unknown", 50_000, "2024-01"))
    known = event("payouts", "p-2", a_payment("DB-1", 50_000, "2024-01"))
    await put(kafka_settings, payouts, (unknown, []), (b"not json", []), (known, []))

    async with IntakeApp(kafka_settings, LEDGER) as app:

        async def all_taken() -> bool:
            places = [
                await next_offset(connection, kafka_settings, source)
                for source in ("social-assistance", "payouts")
            ]
            return places == [3, 3]

        await until(all_taken, app)
        answer = await asked(app, "/metrics")

    counted = {
        (dict(labels)["topic"], dict(labels)["outcome"]): count
        for (name, labels), count in as_sent(answer.text).items()
        if name == "mingjian_records_total" and count
    }
    # The payment may have come before its case: then it waited first, and was accepted with it.
    assert counted.pop((payouts, "parked")) in (1, 2)
    assert counted == {
        (cases, "accepted"): 1,
        (cases, "duplicate"): 2,
        (payouts, "accepted"): 1,
        (payouts, "quarantined"): 1,
    }
    read = {
        dict(labels)["topic"]: count
        for (name, labels), count in as_sent(answer.text).items()
        if name == "mingjian_read_records_total"
    }
    assert read == {cases: 3, payouts: 3}


@pytest.mark.kafka
async def test_the_lag_of_the_intake_counts_records_and_the_age_of_the_oldest(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    part = (topic, 0)
    async with IntakeApp(kafka_settings, LEDGER):
        pass  # it has made the tables and claimed nothing yet
    await offsets.claim(connection, LEDGER, [part])
    await put(kafka_settings, topic, (CASE, []), (CASE, []), (CASE, []))
    records = await whole_topic(kafka_settings, topic)
    await connection.execute(
        "UPDATE ledger.source_offset SET next_offset = 1 WHERE topic = $1", topic
    )

    vitals = IntakeVitals(kafka_settings, LEDGER, lambda: [part])
    before = time.time()
    await vitals.look()
    after = time.time()
    await vitals._forget_consumer()

    assert value(vitals, "lag_records", topic=topic, partition="0") == 2
    age = value(vitals, "lag_seconds", topic=topic, partition="0")
    sent_at = records[1].timestamp / 1000
    assert before - sent_at <= age <= after - sent_at


@pytest.mark.kafka
async def test_stalled_since_is_the_last_progress_and_zero_once_there_is_more(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(1))
    await make_topics(kafka_settings)
    position = 3
    vitals = LedgerVitals("projector", kafka_settings, LEDGER, lambda: position)
    await vitals.look()
    assert value(vitals, "stalled_since_timestamp_seconds") == 0
    moved_before = time.time()
    await vitals.look()
    await vitals.look()
    assert 0 < value(vitals, "stalled_since_timestamp_seconds") <= moved_before

    position = 4
    await vitals.look()
    assert value(vitals, "stalled_since_timestamp_seconds") == 0
    position = await connection.fetchval("SELECT position FROM ledger.ledger")
    for _ in range(3):
        await vitals.look()
    assert value(vitals, "stalled_since_timestamp_seconds") == 0
    await vitals._forget_consumer()


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("kind", "days"), [("live", 3), ("replay", 0)], ids=["live", "replay of the past"]
)
async def test_an_entry_ages_by_its_recording_time_unless_that_is_imported(
    kafka_settings: Settings, connection: asyncpg.Connection, kind: str, days: int
) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(1))
    await make_topics(kafka_settings)
    await connection.execute("UPDATE ledger.ledger SET kind = $1", kind)
    head = await connection.fetchval("SELECT position FROM ledger.ledger")
    three_days_ago = datetime.now(UTC) - timedelta(days=3)
    await connection.execute(
        "INSERT INTO ledger.entry SELECT ledger, $1, $2, source, 'late', type, 'late', 1, open,"
        " digest, NULL FROM ledger.entry WHERE position = 1",
        head + 1,
        three_days_ago,
    )
    await connection.execute("UPDATE ledger.ledger SET position = position + 1")
    vitals = LedgerVitals("projector", kafka_settings, LEDGER, lambda: head)
    await vitals.look()
    await vitals._forget_consumer()

    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    assert value(vitals, "lag_records", topic=topic, partition="0") == 1
    age = value(vitals, "lag_seconds", topic=topic, partition="0")
    assert int(age // 86_400) == days


@pytest.mark.kafka
async def test_what_waits_is_shown_with_what_it_claims(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(2))
    await make_topics(kafka_settings)
    vitals = IntakeVitals(kafka_settings, LEDGER, list)
    await vitals.look()
    await vitals._forget_consumer()

    # One payment of 500.00 元 never finds its case. Of what is refused, seven broken lines and
    # other content under a used id, only the last says an amount: 499.99 元.
    assert value(vitals, "waiting_events", place="parked") == 1
    assert value(vitals, "waiting_claimed_fen", place="parked") == 50_000
    assert value(vitals, "waiting_events", place="quarantine") == 8
    assert value(vitals, "waiting_claimed_fen", place="quarantine") == 49_999


@pytest.mark.kafka
async def test_ready_once_all_stands_and_a_second_relay_stands_by(
    kafka_settings: Settings, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(1), tmp_path)
    intake, relay, projector = (
        kind(kafka_settings, LEDGER) for kind in (IntakeApp, RelayApp, ProjectorApp)
    )
    starting = (await asked(intake, "/readyz")).json()
    assert not starting["ok"]
    assert any("starting" in reason for reason in starting["wrong"])

    async with intake, relay, projector:

        async def all_ready() -> bool:
            answers = [await app.vitals.ready() for app in (intake, relay, projector)]
            return not any(answer.wrong for answer in answers)

        await until(all_ready, intake, relay, projector)
        async with RelayApp(kafka_settings, LEDGER) as second:

            async def second_ready() -> bool:
                return not (await second.vitals.ready()).wrong

            await until(second_ready, second)
            answer = (await asked(second, "/readyz")).json()
            assert answer["ok"]
            assert answer["standby"]
            assert not relay.vitals.state()["standby"]
        partitions = (await asked(intake, "/readyz")).json()["partitions"]
    # Every source's topic has one partition, those that sent nothing too.
    assert partitions >= len(sent.ends)


@pytest.mark.kafka
async def test_a_server_that_does_not_answer_is_named(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await opening.prepare(connection)
    await make_topics(kafka_settings)
    no_database = f"postgresql://nobody@{NOBODY}/none"
    for settings, named, other in (
        (kafka_settings.model_copy(update={"database_url": no_database}), "PostgreSQL", "Kafka"),
        (kafka_settings.model_copy(update={"kafka": NOBODY}), "Kafka", "PostgreSQL"),
    ):
        vitals = LedgerVitals("projector", settings, LEDGER, lambda: 0)
        await vitals.look()
        await vitals._forget_consumer()

        told = " ".join((await vitals.ready()).wrong)
        assert f"{named} 没有答复" in told
        assert f"{other} 没有答复" not in told
        assert not (await vitals.healthy()).wrong  # to be restarted would not help


async def test_an_alarm_ends_health_and_is_remembered_by_the_next_process(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql://unused", kafka=NOBODY, home=tmp_path)
    app = ProjectorApp(settings, LEDGER)
    assert (await asked(app, "/healthz")).status_code == 200

    app.fail(LookupError("a person's name could stand here"))
    answer = await asked(app, "/healthz")
    assert answer.status_code == 503
    assert "LookupError" in answer.text
    assert "person" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"

    remembered = beat.last_alarm(tmp_path, "projector")
    assert remembered is not None
    assert remembered.name == "LookupError"
    again = LedgerVitals("projector", settings, LEDGER, lambda: 0)
    assert value(again, "last_alarm_timestamp_seconds", alarm="LookupError") == remembered.at


async def test_without_a_port_there_is_none(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql://unused", kafka=NOBODY, home=tmp_path)
    app = ProjectorApp(settings, LEDGER)
    async with served(settings, app.metrics, app.vitals.healthy, app.vitals.ready) as port:
        assert port is None
