"""The doctor: healthy is healthy, each planted fault is named with its remedy, nothing changes."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg
import pytest
import typer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from cli import doctor
from cli.doctor.finding import Finding, Level
from cli.doctor.postgres import REMEDIES
from consumers import selfcheck
from consumers.intake import IntakeApp
from infra import beat, postgres
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger import offsets
from projections import tail
from projections.read_model import SCHEMA
from tests.support.kafka import a_ledger, make_topics, put, run_through, send, until
from tests.support.ledger import LEDGER
from tests.support.mess import messy_feed

pytestmark = pytest.mark.empty


async def checked(settings: Settings) -> dict[str, Finding]:
    """The worst finding of each check."""
    found: dict[str, Finding] = {}
    for finding in await doctor.findings(settings, LEDGER):
        if finding.check not in found or finding.level is Level.WRONG:
            found[finding.check] = finding
    return found


def wrong(found: dict[str, Finding]) -> set[str]:
    return {check for check, finding in found.items() if finding.level is Level.WRONG}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, home=tmp_path / "home")


async def projected(connection: asyncpg.Connection, settings: Settings) -> None:
    await a_ledger(connection, settings, messy_feed(2))
    await tail.catch_up(connection, LEDGER)


async def test_a_healthy_ledger_has_nothing_wrong_and_shows_what_waits(
    settings: Settings, connection: asyncpg.Connection
) -> None:
    await projected(connection, settings)
    found = await checked(settings)

    assert not wrong(found)
    for check in ("postgres", f"ledger.{LEDGER}", f"dense.{LEDGER}", f"secret.{LEDGER}"):
        assert found[check].level is Level.FINE
    assert found[f"read_models.{LEDGER}"].level is Level.FINE
    # One payment of 500.00 元 waits for a case; of eight refused lines one claims 499.99 元.
    assert "500.00 元" in found[f"parked.{LEDGER}"].found
    assert "499.99 元" in found[f"quarantine.{LEDGER}"].found
    assert found["kafka"].level is Level.OFF


async def test_each_fault_has_a_remedy(settings: Settings) -> None:
    settings = settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/x"})
    for finding in await doctor.findings(settings, LEDGER):
        assert bool(finding.remedy) == (finding.level in (Level.WRONG, Level.LOOK))


async def test_another_secret_is_found_out_before_it_is_written_with(
    settings: Settings, connection: asyncpg.Connection
) -> None:
    await projected(connection, settings)
    other = settings.model_copy(update={"ledger_secret": "another secret"})
    found = await checked(other)
    assert wrong(found) == {f"secret.{LEDGER}"}
    assert "do not write" in found[f"secret.{LEDGER}"].remedy


async def test_a_counter_that_is_not_the_last_position_is_named(
    settings: Settings, connection: asyncpg.Connection
) -> None:
    await projected(connection, settings)
    await connection.execute("UPDATE ledger.ledger SET position = position - 1")
    found = wrong(await checked(settings))
    assert found == {f"dense.{LEDGER}", f"read_models.{LEDGER}"}


async def test_read_models_that_lag_are_a_warning_with_their_number(
    settings: Settings, connection: asyncpg.Connection
) -> None:
    await projected(connection, settings)
    await connection.execute(f"UPDATE {SCHEMA}.checkpoint SET position = position - 5")
    finding = (await checked(settings))[f"read_models.{LEDGER}"]
    assert finding.level is Level.LOOK
    assert " 5 " in finding.found


async def test_books_that_do_not_balance_are_wrong(
    settings: Settings, connection: asyncpg.Connection
) -> None:
    await projected(connection, settings)
    await connection.execute(
        "INSERT INTO ledger.source_offset (topic, partition, next_offset, epoch, accepted, ledger)"
        " VALUES ('t', 0, 10, 1, 9, $1)",
        LEDGER,
    )
    assert wrong(await checked(settings)) == {f"books.{LEDGER}"}


async def test_an_unsafe_commit_of_this_database_is_named(
    settings: Settings, connection: asyncpg.Connection
) -> None:
    await projected(connection, settings)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    assert wrong(await checked(settings)) == {"postgres.synchronous_commit"}


async def test_a_server_that_may_forget_commits_is_named_by_setting(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    url = postgres.embedded_url(tmp_path_factory.mktemp("unsafe") / "data")
    async with postgres.connect(url) as connection:
        for setting in ("fsync", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")

        async def unsafe() -> bool:
            return bool(await connection.fetchval("SELECT current_setting('fsync') = 'off'"))

        await until(unsafe)
    found = await checked(Settings(database_url=url, home=tmp_path))
    assert wrong(found) == {"postgres.fsync", "postgres.full_page_writes"}
    assert "fsync = on" in found["postgres.fsync"].remedy


async def test_a_machine_without_a_database_is_told_so_and_gets_none(tmp_path: Path) -> None:
    found = await checked(Settings(home=tmp_path / "home"))
    assert not wrong(found)
    assert found["postgres"].level is Level.LOOK
    assert not (tmp_path / "home").exists()


async def test_a_service_that_stopped_itself_is_wrong_and_one_that_beats_is_fine(
    settings: Settings,
) -> None:
    beat.touch(settings.home, "relay")
    beat.note_alarm(settings.home, "intake", "EventsGone")
    found = await checked(settings)
    assert found["service.relay"].level is Level.FINE
    assert found["service.intake"].level is Level.WRONG
    assert "EventsGone" in found["service.intake"].found
    assert found["service.projector"].level is Level.OFF


@pytest.mark.kafka
async def test_on_kafka_a_system_at_rest_is_healthy_and_its_lag_is_told(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(2), tmp_path)
    await run_through(kafka_settings, connection, sent)
    found = await checked(kafka_settings)
    assert not wrong(found)
    for check in ("kafka", "kafka.topics", f"books.{LEDGER}", f"relay.{LEDGER}", f"lag.{LEDGER}"):
        assert found[check].level is Level.FINE, found[check]
    assert "4 或更新" in found["kafka"].found

    await put(kafka_settings, next(iter(sent.ends)), (b"late", []), (b"later", []))
    found = await checked(kafka_settings)
    assert not wrong(found)
    assert "lag 2，" in found["lag"].found


@pytest.mark.kafka
async def test_the_doctor_creates_no_topic_and_names_an_unsafe_one(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(1))
    prefix = kafka_settings.kafka_prefix
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_settings.kafka)
    await admin.start()
    try:
        short = intake_topic("payouts", prefix)
        await admin.create_topics([NewTopic(short, 1, 1, topic_configs={"retention.ms": "60000"})])
        found = await checked(kafka_settings)
        topics = [topic for topic in await admin.list_topics() if topic.startswith(prefix)]
    finally:
        await admin.close()
    assert topics == [short]
    assert wrong(found) == {"kafka.topics"}


@pytest.mark.kafka
async def test_events_deleted_before_they_were_taken_are_named(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    async with IntakeApp(kafka_settings, LEDGER):
        pass
    topic = intake_topic("payouts", kafka_settings.kafka_prefix)
    await offsets.claim(connection, LEDGER, [(topic, 0)])
    await connection.execute(
        "UPDATE ledger.source_offset SET next_offset = 7, skipped = 7 WHERE topic = $1", topic
    )
    found = await checked(kafka_settings)
    assert wrong(found) == {f"intake.{LEDGER}"}
    assert "the topic was replaced" in found[f"intake.{LEDGER}"].found


def test_json_says_the_same_and_the_exit_code_is_one_when_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    beat.note_alarm(tmp_path, "relay", "ForeignTopic")
    monkeypatch.setattr(doctor, "settings", lambda: Settings(home=tmp_path))
    with pytest.raises(typer.Exit) as ended:
        doctor.doctor(as_json=True)
    assert ended.value.exit_code == 1
    made = json.loads(capsys.readouterr().out)
    assert not made["ok"]
    named = {check["check"]: check["level"] for check in made["checks"]}
    assert named["service.relay"] == "wrong"
    assert named["postgres"] == "look"


def test_every_setting_of_postgresql_that_is_checked_has_a_remedy() -> None:
    """The doctor once searched its own sentences for a setting, and gave the remedy of another."""
    assert {*selfcheck.DURABLE, "server_version_num"} == set(REMEDIES)
