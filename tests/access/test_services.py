"""Everything runs under its own user of the database: commands, pages, gateway, services."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from consumers.service import App
from infra import embedded, postgres
from infra.kafka.topics import intake_topic
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from ledger.outcomes import Accepted
from projections import projector
from tests.support.kafka import put, until
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household
from tests.support.process import mingjian
from upkeep import linting

CASE = event("social-assistance", "c-1", a_household("DB-1"))


def _output(said: tuple[int, str]) -> str:
    assert said[0] == 0, said[1]
    return said[1]


async def test_commands_and_pages_of_the_embedded_server(tmp_path: Path) -> None:
    home = tmp_path / "h"
    given = Settings(home=home)
    file, keys = tmp_path / "events.jsonl", tmp_path / "keys.jsonl"
    file.write_bytes(CASE + b"\nnonsense\n")
    assert "accepted 1" in _output(await mingjian(given, "ingest", "--anyway", str(file)))
    assert json.loads(_output(await mingjian(given, "figures", "--period", "2024", "--json")))
    assert "✓" in _output(await mingjian(given, "verify"))
    _output(await mingjian(given, "rebuild"))
    _output(await mingjian(given, "keys", "export", str(keys)))
    assert keys.read_text().count("\n") > 0
    _output(await mingjian(given, "quarantine", "discard", "1", "--by", "李明", "--why", "测试"))
    assert "mingjian_operator" in _output(await mingjian(given, "roles"))

    url = postgres.embedded_url(home / "postgres")
    async with postgres.connect(url) as connection, AsyncExitStack() as ended:
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname ~ '^(ledger|read.*)$'"
        assert {row[0] for row in await connection.fetch(owners)} == {Role.OWNER, Role.PROJECTOR}
        for name, users in {
            "api": {Role.API},
            "gateway": {Role.GATEWAY, Role.INTAKE},
        }.items():
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from cli import main; main()", "run", name, "--port", "0"),
                env=os.environ | {"MINGJIAN_HOME": str(home)},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            ended.push_async_callback(_stop, process)

            async def there(wanted: set[Role] = users) -> bool:
                found = await connection.fetch("SELECT DISTINCT usename FROM pg_stat_activity")
                return wanted <= {row[0] for row in found}

            await until(there)
        mighty = (
            "SELECT count(*) FROM pg_stat_activity JOIN pg_roles ON rolname = usename"
            " WHERE rolsuper AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert await connection.fetchval(mighty) == 0
    embedded.stop(home / "postgres")


async def _stop(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    await process.wait()


@pytest.mark.kafka
async def test_the_three_services_on_kafka(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """From a topic into the ledger, from there into its topic, and from that into read models."""
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)

    def of(role: Role) -> Settings:
        url = with_user(kafka_settings.database_url or "", role)
        return kafka_settings.model_copy(update={"database_url": url})

    async def projected() -> bool:
        return await projector.folded_to(connection, LEDGER) == 1

    async with AsyncExitStack() as running:
        apps: list[App] = [
            IntakeApp(of(Role.INTAKE), LEDGER),
            RelayApp(of(Role.RELAY), LEDGER),
            ProjectorApp(of(Role.PROJECTOR), LEDGER),
        ]
        for app in apps:
            await running.enter_async_context(app)
        await put(kafka_settings, topic, (CASE, []))
        await until(projected, *apps)
        for app in apps:
            app.check()
            await app.vitals.look()
            assert (await app.vitals.ready()).wrong == []
    told = await connection.fetchval("SELECT number FROM ledger.relayed WHERE what = 'accepted'")
    assert told == 1


async def test_a_gateway_says_as_its_own_user_what_would_become_of_events(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    new = event("social-assistance", "c-9", a_household("DB-9"))
    async with postgres.connect(with_user(database_url, Role.GATEWAY)) as gateway:
        said = await linting.lint(gateway, Settings(), LEDGER, [new])
        assert isinstance(said.judged.items[0].outcome, Accepted)
        assert said.moves is not None
        assert await gateway.fetchval("SELECT current_user") == Role.GATEWAY
