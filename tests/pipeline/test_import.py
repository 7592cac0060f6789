"""With a broker, a roster's events go to the topic of its source."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
import pytest

from infra.kafka.topics import intake_topic
from infra.settings import Settings
from tests.rosters.conftest import BING, DIBAO, JIA, a_row
from tests.support.kafka import make_topics, whole_topic
from tests.support.ledger import Bench
from tests.support.rosters import text

pytestmark = pytest.mark.kafka


async def test_a_roster_that_is_imported_again_before_it_was_taken_is_taken_once(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await make_topics(kafka_settings)
    roster = tmp_path / "roster.csv"
    roster.write_bytes(text([DIBAO, a_row("DB-1", JIA), a_row("DB-2", BING)]))
    words = ["import", str(roster), "--map", "dibao", "--period", "2024-01", "--yes"]
    given = {
        "MINGJIAN_DATABASE_URL": kafka_settings.database_url or "",
        "MINGJIAN_KAFKA": kafka_settings.kafka or "",
        "MINGJIAN_KAFKA_PREFIX": kafka_settings.kafka_prefix,
        "MINGJIAN_HOME": str(tmp_path / "home"),
    }
    for _ in range(2):
        command = [sys.executable, "-c", "from cli import main; main()", *words]
        process = await asyncio.create_subprocess_exec(*command, env=os.environ | given)
        assert await process.wait() == 0
    topic = intake_topic("rosters", kafka_settings.kafka_prefix)
    records = [record.value for record in await whole_topic(kafka_settings, topic)]
    assert len(records) == 4
    assert records[:2] == records[2:]
    bench = await Bench.join(connection)
    tally = await bench.take(*records)
    assert (tally.accepted, tally.duplicate) == (2, 2)
