"""A restore brings nobody back whom the journal says is forgotten: not by keys, not by messages."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from consumers.intake import IntakeApp
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger import aside, forgetting, journal, keys, mentions, unpublished
from ledger.aside import PARKED, QUARANTINE, BytesWithheld, Table
from ledger.forgetting import Forgotten
from projections import opening
from tests.pipeline.test_restore import publish_all
from tests.support.engine import altered
from tests.support.kafka import make_topics, put, until
from tests.support.ledger import LEDGER
from tests.support.persons import (
    BANK,
    OFFICE,
    REF,
    SEALER,
    a_case_told,
    a_payment_told,
    an_end_told,
)
from upkeep.keys import export_keys, import_keys
from upkeep.restore import restore_ledger
from upkeep.verification.driver import verify

FIRST, SECOND = journal.said("示例甲", "期限已满"), journal.said("示例乙", "经审核同意")
ASIDE: tuple[tuple[Table, int], ...] = ((PARKED, 1), (QUARANTINE, 1))


async def taken(settings: Settings, connection: asyncpg.Connection, count: int) -> None:
    async with IntakeApp(settings, LEDGER) as intake:

        async def done() -> bool:
            read = "SELECT coalesce(sum(next_offset), 0) FROM ledger.source_offset"
            return bool(await connection.fetchval(read) == count)

        await until(done, intake)


async def a_person(settings: Settings, connection: asyncpg.Connection, old_keys: Path) -> None:
    """Two entries, a message that waits and one that was refused."""
    await make_topics(settings)
    office, bank = (intake_topic(source, settings.kafka_prefix) for source in (OFFICE, BANK))
    refused = altered(a_case_told("DB-3"), {"township": "x"})
    await put(settings, office, *((n, []) for n in (a_case_told("DB-1"), an_end_told("DB-1"))))
    await taken(settings, connection, 2)
    await put(settings, bank, (a_payment_told("DB-9", "1990-04"), []))
    await put(settings, office, (refused, []))
    await taken(settings, connection, 4)
    await export_keys(connection, SEALER, LEDGER, old_keys)


async def forget(connection: asyncpg.Connection) -> None:
    await forgetting.forget(connection, SEALER, LEDGER, REF, FIRST)
    done = await forgetting.forget(connection, SEALER, LEDGER, REF, SECOND)
    assert isinstance(done, Forgotten)
    assert len(done.blanked) == 2


async def is_forgotten(connection: asyncpg.Connection, settings: Settings) -> None:
    assert REF not in await keys.load(connection, SEALER, LEDGER, [REF])
    states = {each.state for each in await mentions.of(connection, SEALER, LEDGER, [REF])}
    assert states == {"forgotten"}
    for table, number in ASIDE:
        with pytest.raises(BytesWithheld):
            await aside.sealed(connection, table, LEDGER, number)
    found = await verify(
        connection, settings.secret, LEDGER, settings.kafka_prefix, lambda *_: lambda _: None
    )
    assert found.differences.as_json() == []


@pytest.mark.parametrize("keys_first", [True, False])
async def test_in_an_empty_database(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
    *,
    keys_first: bool,
) -> None:
    """The old keys are put back before or after, and the messages come again from their topics."""
    old_keys = tmp_path / "keys.jsonl"
    await a_person(kafka_settings, connection, old_keys)
    await forget(connection)
    await publish_all(kafka_settings, connection)
    second = kafka_settings.model_copy(update={"database_url": second_url})
    await opening.prepare(tail_connection)
    if keys_first:
        await import_keys(tail_connection, SEALER, LEDGER, old_keys)
    done = await restore_ledger(tail_connection, second, LEDGER)
    if not keys_first:
        await import_keys(tail_connection, SEALER, LEDGER, old_keys)
    assert done.written == 2
    if keys_first:
        assert done.without_key == 0
    await taken(second, tail_connection, 4)
    await is_forgotten(tail_connection, second)
    assert await unpublished.heads(tail_connection, LEDGER) == await unpublished.heads(
        connection, LEDGER
    )


async def test_on_an_old_backup(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """It holds the key and the messages, as they were before the person was forgotten."""
    old_keys = tmp_path / "keys.jsonl"
    await a_person(kafka_settings, connection, old_keys)
    await publish_all(kafka_settings, connection)
    second = kafka_settings.model_copy(update={"database_url": second_url})
    await opening.prepare(tail_connection)
    await restore_ledger(tail_connection, second, LEDGER)
    await import_keys(tail_connection, SEALER, LEDGER, old_keys)
    await taken(second, tail_connection, 4)
    states = {each.state for each in await mentions.of(tail_connection, SEALER, LEDGER, [REF])}
    assert states == {"clear"}

    await forget(connection)
    await publish_all(kafka_settings, connection)
    await restore_ledger(tail_connection, second, LEDGER)
    await is_forgotten(tail_connection, second)
