"""A restore of what was quarantined past the limit of its topic: counted as it was before."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from consumers.intake import IntakeApp
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from sample.sending import Sent
from tests.support.kafka import all_taken, put, run_through, send, until
from tests.support.ledger import LEDGER
from tests.support.mess import messy_feed
from upkeep import balance
from upkeep.restore import restore_ledger

pytestmark = pytest.mark.kafka
TOPIC = "payouts"
JUNK = [b"junk %03d" % number + b"." * 200 for number in range(6)]
ROWS = "SELECT number, reason, size, origin, withheld, lacking FROM ledger.quarantine ORDER BY 1"
KEPT = "SELECT place, bytes FROM ledger.quarantine_kept ORDER BY 1"
COUNTED = ("consumed", "skipped", "records", "events", "parked", "quarantined")
"""An entry that came from its topic is a duplicate when its record comes again: those two move."""


async def books(connection: asyncpg.Connection, settings: Settings) -> dict[str, dict[str, Any]]:
    """Topic → what its book says, without what Kafka alone knows."""
    found = await balance.books(connection, Bootstrap.of(settings), settings.kafka_prefix, LEDGER)
    assert [book for book in found if book.faults] == []
    return {book.topic: {name: asdict(book)[name] for name in COUNTED} for book in found}


async def test_what_was_withheld_is_counted_after_a_restore_as_it_was_before(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """Room for two of six messages: the bytes of four were not kept, each is counted once."""
    first = kafka_settings.model_copy(update={"quarantine_bytes": 600})
    topic = intake_topic(TOPIC, first.kafka_prefix)
    sent = await send(first, messy_feed(2), tmp_path)
    await put(first, topic, *((value, []) for value in [*JUNK, JUNK[5], JUNK[0]]))
    sent = Sent(sent.lines, sent.ends | {topic: sent.ends[topic] + len(JUNK) + 2})
    await run_through(first, connection, sent)
    before, rows = await books(connection, first), await connection.fetch(ROWS)
    kept = await connection.fetch(KEPT)
    assert topic in [place for place, _ in kept]
    assert sum(row["withheld"] for row in rows) >= 4

    # The setting may be another by then: what was kept and what not is what the journal says.
    second = kafka_settings.model_copy(update={"database_url": second_url})
    await restore_ledger(tail_connection, second, LEDGER)
    at_once = await balance.stored_books(tail_connection, second.kafka_prefix, LEDGER)
    assert [book for book in at_once if book.faults] == []
    # Else a source could fill as much again after each restore.
    assert await tail_connection.fetch(KEPT) == kept
    async with IntakeApp(second, LEDGER) as intake:
        await until(partial(all_taken, tail_connection, sent), intake)
    assert await tail_connection.fetch(ROWS) == rows
    assert await tail_connection.fetch(KEPT) == kept
    assert await books(tail_connection, second) == before
