"""The whole sample year: file, intake topics, ledger, ledger topic, read models."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from infra.settings import Settings
from ledger.intake import Tally
from tests.support.kafka import (
    assert_the_same,
    ledger_as_records,
    ledger_topic_records,
    run_through,
    send_path,
)


class Loaded(Protocol):
    """The part of the loaded year that we use."""

    file: Path
    tally: Tally


@pytest.mark.kafka
@pytest.mark.slow
async def test_the_year_through_kafka_gives_the_same_figures(
    loaded: Loaded,
    year_connection: asyncpg.Connection,
    kafka_settings: Settings,
    connection: asyncpg.Connection,
) -> None:
    sent = await send_path(kafka_settings, loaded.file)
    intake = await run_through(kafka_settings, connection, sent)

    assert intake.tally == loaded.tally
    assert await ledger_topic_records(kafka_settings) == await ledger_as_records(connection)
    await assert_the_same(connection, year_connection)
