"""Rebuilding beside a projector that follows the ledger topic."""

from __future__ import annotations

import asyncpg
import pytest

from consumers.projector import ProjectorApp
from infra.settings import Settings
from projections import projector, tail
from tests.support.engine import forget_rows, read_dump
from tests.support.kafka import a_ledger, make_topics, publish_entries, until
from tests.support.ledger import LEDGER
from tests.support.mess import messy_feed
from tests.support.rebuilding import Command, made_anew

pytestmark = pytest.mark.kafka


async def test_the_projector_survives_a_switch_that_is_ahead_of_its_topic(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """The rebuild reads the table, which is ahead: the projector drops what it is then sent."""
    last = await a_ledger(connection, kafka_settings, messy_feed(30))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, 150)
    command = Command(kafka_settings.database_url or "", kafka_settings.home)
    async with ProjectorApp(kafka_settings, LEDGER, max_records=7) as app:

        async def at(position: int) -> None:
            async def there() -> bool:
                return app.position >= position

            await until(there, app)

        await at(20)
        live = await made_anew(connection)
        result = await command.run()
        assert result.exit_code == 0, result.output
        assert await made_anew(connection) != live
        assert (await projector.positions(connection, LEDGER))["payment"] == last
        await publish_entries(kafka_settings, connection, 150, last)
        await at(last)
    rows = await read_dump(connection)

    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_dump(connection) == rows
