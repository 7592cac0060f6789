"""Facts of all types, corrected, late, woken: a ledger restored from its topics is that ledger."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from consumers.relay import RelayApp
from infra.settings import Settings
from ledger import unpublished
from ledger.records import Record
from ledger.seal import Sealer
from projections import opening, tail
from tests.oracle.delivery import of_all_types
from tests.oracle.everything import Tables, differences, states, tables
from tests.support.kafka import until
from tests.support.ledger import LEDGER, Bench
from upkeep.keys import export_keys, import_keys
from upkeep.restore import restore_ledger

pytestmark = pytest.mark.kafka

EVENTS = 300
COMES_AGAIN = {"sealed", "lacking"}
"""Bytes of what was put aside: the intake topics bring them again."""


async def held(connection: asyncpg.Connection) -> Tables:
    found = await tables(connection)
    del found["ledger.topic_place"]  # how far the relay knows what stands in its topics
    for name in ("ledger.parked", "ledger.quarantine"):
        found[name] = [tuple(c for c in row if c[0] not in COMES_AGAIN) for row in found[name]]
    return found | {"states": await states(connection)}


async def test_restored_from_its_topics_it_is_the_same_to_the_last_row(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    bench = await Bench.open(connection)
    records = [Record(line, f"test:{n}") for n, line in enumerate(of_all_types(6, EVENTS))]
    for at in range(0, len(records), 40):
        await bench.intake.take(connection, records[at : at + 40])
    await tail.catch_up(connection, LEDGER)
    heads = await unpublished.heads(connection, LEDGER)
    async with RelayApp(kafka_settings, LEDGER) as relay:

        async def published() -> bool:
            return (relay.position, relay.number) == (heads.accepted, heads.journal)

        await until(published, relay)

    sealer = Sealer(kafka_settings.secret, LEDGER)
    await export_keys(connection, sealer, LEDGER, tmp_path / "keys.jsonl")
    second = kafka_settings.model_copy(update={"database_url": second_url})
    await opening.prepare(tail_connection)
    await import_keys(tail_connection, sealer, LEDGER, tmp_path / "keys.jsonl")
    done = await restore_ledger(tail_connection, second, LEDGER)
    await tail.catch_up(tail_connection, LEDGER)

    assert (done.written, done.without_key) == (heads.accepted, 0)
    assert differences(await held(connection), await held(tail_connection)) == []
