"""Lint beside a running projector: it keeps nothing, and holds nobody up longer than it says."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from infra.settings import Settings
from ledger import store
from ledger.intake import Intake, Record
from ledger.linting import Judged
from projections import projector, tail
from sample.sending import Sent
from tests.support.engine import forget_rows
from tests.support.gateway import ONE, gateway_of
from tests.support.kafka import (
    a_ledger,
    all_taken,
    assert_the_same,
    make_topics,
    publish_entries,
    read_model_rows,
    send_path,
    until,
)
from tests.support.ledger import LEDGER, event
from tests.support.mess import messy_feed
from tests.support.money import a_household, a_payment
from upkeep import linting

pytestmark = pytest.mark.kafka

LATE = date(2026, 1, 1)


def a_case(name: str) -> bytes:
    return event("social-assistance", f"c-{name}", a_household(f"DB-{name}"), received=LATE)


async def test_asked_again_and_again_while_a_feed_is_folded_it_leaves_no_trace(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """Every question is answered, in figures once the read models have caught up."""
    feed = messy_feed(60)
    alone = kafka_settings.model_copy(update={"database_url": second_url, "kafka": None})
    last = await a_ledger(tail_connection, alone, feed)
    await tail.catch_up(tail_connection, LEDGER)
    await make_topics(kafka_settings)
    answers: list[Any] = []
    lines = list(feed.lines())
    third = len(lines) // 3
    parts = [lines[:third], lines[third : 2 * third], lines[2 * third :]]
    intake = IntakeApp(kafka_settings, LEDGER, max_records=20)
    relay = RelayApp(kafka_settings, LEDGER)
    folding = ProjectorApp(kafka_settings, LEDGER, max_records=20)
    async with intake, relay, folding, gateway_of(kafka_settings) as (client, _):
        for part in parts:
            (tmp_path / "part.jsonl").write_bytes(b"\n".join(part))
            sent = await send_path(kafka_settings, tmp_path / "part.jsonl")

            async def folded(sent: Sent = sent) -> bool:
                taken = await all_taken(connection, sent)
                told = await client.post("/lint", content=a_case(f"L{len(answers)}"), headers=ONE)
                assert told.status_code == 200, told.text
                answers.append(told.json())
                caught_up = folding.position == answers[-1]["at"]
                return taken and caught_up and answers[-1]["figures"] is not None

            await until(folded, intake, relay, folding)
    assert {each["events"][0]["outcome"] for each in answers} == {"accepted"}
    assert len({each["at"] for each in answers}) >= len(parts), "it was asked while it grew"
    assert answers[-1]["at"] == last
    assert {each["id"] for each in answers[-1]["figures"]} > {"F15"}
    assert await connection.fetchval("SELECT position FROM ledger.ledger") == last
    await assert_the_same(connection, tail_connection)


async def test_a_lint_that_hangs_is_ended_and_the_projector_goes_on(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the very rows that are folded next: the intake does not wait, the projector does."""
    at = await a_ledger(connection, kafka_settings, messy_feed(6))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, at)
    reckon, holding = linting._figures, asyncio.Event()

    async def hang(database: asyncpg.Connection, judged: Judged, position: int) -> Any:
        if position == judged.ledger.position:
            return await reckon(database, judged, position)
        holding.set()
        await database.execute("SELECT pg_sleep(3600)")
        raise AssertionError

    async with (
        ProjectorApp(kafka_settings, LEDGER) as app,
        gateway_of(kafka_settings) as (client, _),
    ):

        async def folded_all() -> bool:
            head = await connection.fetchval("SELECT position FROM ledger.ledger")
            return app.position == int(head)

        await until(folded_all, app)
        monkeypatch.setattr(linting, "_figures", hang)
        lines = [a_case("next"), event("payouts", "p", a_payment("DB-next", 50_000, "2024-03"))]
        asked = asyncio.create_task(client.post("/lint", content=lines[0], headers=ONE))
        await holding.wait()
        ledger = await store.find_ledger(connection, LEDGER)
        assert ledger is not None
        intake = Intake(ledger, kafka_settings.secret)
        records = [Record(line, f"test:{n}") for n, line in enumerate(lines)]
        assert (await intake.take(connection, records)).tally.accepted == 2
        assert not asked.done(), "what is taken in waits for no lint"
        await publish_entries(kafka_settings, connection, at, at + 2)
        await until(folded_all, app)
        told = (await asked).json()
        assert (told["events"][0]["outcome"], told["figures"]) == ("accepted", None)
        assert "QueryCanceledError" in told["why"]
        monkeypatch.undo()
        again = (await client.post("/lint", content=a_case("more"), headers=ONE)).json()
        assert again["figures"]
    assert set((await projector.positions(connection, LEDGER)).values()) == {at + 2}
    on_kafka = await read_model_rows(connection)
    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert on_kafka == await read_model_rows(connection)
