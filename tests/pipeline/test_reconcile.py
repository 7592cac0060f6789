"""Reconcile: sees each kind of difference where it is, and none where there is none."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from consumers import relay
from consumers.publisher import careful_producer, publish
from consumers.relay import RelayApp
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import intake_topic, ledger_topic
from infra.settings import Settings
from ledger import unpublished
from ledger.wire import Message, entry_message
from tests.support.engine import ledger_dump
from tests.support.kafka import a_ledger, make_topics, run_through, send
from tests.support.ledger import LEDGER
from tests.support.mess import messy_feed
from tests.support.process import mingjian
from upkeep import balance, reconcile
from upkeep.reconcile import Entries, compare_entries

pytestmark = pytest.mark.kafka

BOOKS = "UPDATE ledger.source_offset SET"


def places(settings: Settings) -> tuple[Bootstrap, str, str]:
    return Bootstrap.of(settings), settings.kafka_prefix, LEDGER


async def messages(connection: asyncpg.Connection, last: int) -> list[Message]:
    return [
        entry_message(row) for row in await unpublished.entries(connection, LEDGER, 0, last, last)
    ]


async def put_on_topic(settings: Settings, published: Sequence[Message]) -> None:
    async with careful_producer(Bootstrap.of(settings), "test", 2**20, "lz4") as producer:
        await publish(producer, ledger_topic(LEDGER, settings.kafka_prefix), published)


def with_header(message: Message, name: str, value: bytes) -> Message:
    headers = [(n, value if n == name else v) for n, v in message.headers]
    return dataclasses.replace(message, headers=headers)


async def test_a_pipeline_that_lost_nothing_balances_in_every_book(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(20), tmp_path)
    await run_through(kafka_settings, connection, sent)

    found = await compare_entries(connection, *places(kafka_settings))
    # 20 households and the late one; their year, another payment in March, the early one and the
    # revocation.
    assert (found.table, found.topic, found.equal) == (21 + 243, 21 + 243, True)

    books = await balance.books(connection, *places(kafka_settings))
    assert [book.faults for book in books if book.faults] == []
    assert sum(book.consumed for book in books) == sent.lines
    by_topic = {book.topic: book for book in books}
    payouts = by_topic[intake_topic("payouts", kafka_settings.kafka_prefix)]
    # A year of 20, another in March, the early and the revoking one; 2 households twice each month;
    # DB-never.
    assert (payouts.accepted, payouts.duplicate, payouts.parked) == (240 + 3, 24, 1)
    # Seven broken lines and another amount under a used id.
    assert sum(book.quarantined for book in books) == 8
    assert (payouts.skipped, payouts.lag) == (0, 0)
    assert payouts.consumed == payouts.end

    told = await balance.receipts(connection, *places(kafka_settings), read=True)
    assert {kind.what: kind.missing for kind in told.kinds} == {
        "accepted": 0,
        "parked": 0,
        "quarantined": 0,
    }
    assert {kind.what: kind.given for kind in told.kinds}["parked"] == 2


async def test_each_kind_of_difference_is_named_with_its_position(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(170))
    assert last > 2_000
    await make_topics(kafka_settings)
    good = await messages(connection, last)
    position = {number: good[number - 1] for number in range(1, last + 1)}
    altered = dict(position)
    del altered[1_100], altered[1_101], altered[1_500]
    altered[1_200] = dataclasses.replace(
        position[1_200], value=position[1_200].value.replace(b'"data"', b'"Data"')
    )
    altered[1_300] = with_header(position[1_300], "breaches", b"invented")
    altered[1_400] = dataclasses.replace(position[1_400], at_ms=1)
    published = list(altered.values())
    published += good[-30:]  # as after a fault of the relay
    published += [with_header(position[7], "digest", b"00")]  # a repeat that says something else
    published += [with_header(position[8], "position", b"%d" % (last + 5))]
    published += [Message(b"?", b"not an entry", [("trace", b"1")])]
    await put_on_topic(kafka_settings, published)

    found = await compare_entries(connection, *places(kafka_settings))
    assert found.missing == reconcile.Runs(3, [[1_100, 1_101], [1_500, 1_500]])
    assert sorted(run[0] for run in found.different.runs) == [7, 1_200, 1_300, 1_400]
    assert found.different.count == 4
    assert found.extra == reconcile.Runs(1, [[last + 5, last + 5]])
    # Those three that stand for others, and the last three of all.
    assert found.foreign == reconcile.Runs(
        6, [[1_197, 1_197], [1_297, 1_297], [1_397, 1_397], [last - 3 + 30, last - 3 + 32]]
    )
    assert [one["fault"] for one in found.strangers] == [
        *["differs"] * 4,
        "not-held",
        "no-record",
    ]
    assert found.repeated == 30
    assert [(bucket["first"], bucket["last"]) for bucket in found.differing] == [(1_001, 2_000)]
    assert not found.equal


async def test_a_sealed_part_that_is_lost_or_another_persons_is_a_difference(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    good = await messages(connection, last)
    named = next(n for n, m in enumerate(good) if any(name == "sealed" for name, _ in m.headers))
    bare = [(name, value) for name, value in good[named].headers if name != "sealed"]
    good[named] = dataclasses.replace(good[named], headers=bare)
    await put_on_topic(kafka_settings, good)

    found = await compare_entries(connection, *places(kafka_settings))
    assert found.different == reconcile.Runs(1, [[named + 1, named + 1]])


async def test_many_repeats_are_counted_in_flat_memory(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """A relay that began anew at the first entry: ugly, and harmless."""
    last = await a_ledger(connection, kafka_settings, messy_feed(100))
    assert last > reconcile.BUCKET
    await make_topics(kafka_settings)
    good = await messages(connection, last)
    await put_on_topic(kafka_settings, good + good + good)

    found = await compare_entries(connection, *places(kafka_settings))
    assert (found.equal, found.repeated, found.topic) == (True, 2 * last, 3 * last)


async def test_what_the_relay_is_still_publishing_is_no_difference(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "ROWS", 50)
    await a_ledger(connection, kafka_settings, messy_feed(60))
    await make_topics(kafka_settings)
    async with RelayApp(kafka_settings, LEDGER):
        found = await compare_entries(connection, *places(kafka_settings))
    assert found.equal


async def test_a_relay_that_does_not_publish_is_one(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "PATIENCE_SECONDS", 0.2)
    last = await a_ledger(connection, kafka_settings, messy_feed(2))
    await make_topics(kafka_settings)
    await put_on_topic(kafka_settings, (await messages(connection, last))[:-3])
    found = await compare_entries(connection, *places(kafka_settings))
    assert found.missing == reconcile.Runs(3, [[last - 2, last]])


async def test_where_the_topic_was_never_made_everything_is_missing(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "PATIENCE_SECONDS", 0.2)
    last = await a_ledger(connection, kafka_settings, messy_feed(1))
    found = await compare_entries(connection, *places(kafka_settings))
    assert found.missing == reconcile.Runs(last, [[1, last]])
    assert await balance.books(connection, *places(kafka_settings)) == []


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (f"{BOOKS} duplicate = duplicate + 1 WHERE topic = $1", ["sum"]),
        (f"{BOOKS} records = records + 1 WHERE topic = $1", ["records"]),
        (
            (
                f"{BOOKS} accepted = accepted + 5, events = events + 5, records = records + 5,"
                " skipped = skipped - 5 WHERE topic = $1"
            ),
            ["journal", "accepted"],
        ),
        (
            (
                f"{BOOKS} duplicate = duplicate - 1, events = events - 1, records = records - 1,"
                " skipped = skipped + 1 WHERE topic = $1"
            ),
            ["journal"],
        ),
        ("DELETE FROM ledger.parked WHERE taken_at IS NULL AND $1 <> ''", ["parked", "journal"]),
        ("DELETE FROM ledger.quarantine WHERE origin LIKE $1 || '/%'", ["quarantined", "journal"]),
        (
            (
                f"WITH gone AS (DELETE FROM ledger.quarantine WHERE origin LIKE $1 || '/%') {BOOKS}"
                " duplicate = duplicate + quarantined, quarantined = 0 WHERE topic = $1"
            ),
            ["journal"],
        ),
        (
            f"{BOOKS} next_offset = next_offset + 9, skipped = 9 WHERE topic = $1",
            ["journal", "ahead"],
        ),
    ],
)
async def test_a_record_that_is_nowhere_or_twice_unbalances_its_partition(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tmp_path: Path,
    change: str,
    faults: list[str],
) -> None:
    sent = await send(kafka_settings, messy_feed(2), tmp_path)
    await run_through(kafka_settings, connection, sent)
    topic = intake_topic("payouts", kafka_settings.kafka_prefix)
    await connection.execute(change, topic)
    wrong = {
        book.topic: book.faults
        for book in await balance.books(connection, *places(kafka_settings))
        if book.faults
    }
    assert wrong == {topic: faults}


async def test_a_receipt_that_never_reached_its_topic_is_found(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(balance, "PATIENCE_SECONDS", 0.2)
    sent = await send(kafka_settings, messy_feed(2), tmp_path)
    await run_through(kafka_settings, connection, sent)
    heads = await unpublished.heads(connection, LEDGER)
    empty = kafka_settings.model_copy(update={"kafka_prefix": f"{kafka_settings.kafka_prefix}-x"})
    await make_topics(empty)
    lacking = {
        kind.what: (kind.missing, str(kind.lacking))
        for kind in (await balance.receipts(connection, *places(empty), read=True)).kinds
    }
    assert lacking["accepted"] == (heads.accepted, f"1–{heads.accepted}")
    assert lacking["parked"] == (2, "1–2")

    await connection.execute("UPDATE ledger.relayed SET number = number - 1 WHERE what = 'parked'")
    told = await balance.receipts(connection, *places(kafka_settings))
    assert {kind.what: kind.missing for kind in told.kinds} == {
        "accepted": 0,
        "parked": 1,
        "quarantined": 0,
    }


async def test_the_command_says_equal_different_or_unreachable_and_changes_nothing(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(2), tmp_path)
    await run_through(kafka_settings, connection, sent)
    before = await ledger_dump(connection, leave_out={})

    code, said = await mingjian(kafka_settings, "reconcile", "--receipts", "--json")
    made: dict[str, Any] = json.loads(said)
    assert (code, made["equal"], made["entries"]["missing"]["count"]) == (0, True, 0)
    code, said = await mingjian(kafka_settings, "reconcile")
    assert code == 0
    assert "相等 / equal" in said

    await connection.execute("UPDATE ledger.source_offset SET duplicate = duplicate + 1")
    code, said = await mingjian(kafka_settings, "reconcile")
    assert code == 1
    assert "四项之和" in said
    await connection.execute("UPDATE ledger.source_offset SET duplicate = duplicate - 1")
    assert await ledger_dump(connection, leave_out={}) == before

    nowhere = kafka_settings.model_copy(update={"kafka": "127.0.0.1:9"})
    assert (await mingjian(nowhere, "reconcile"))[0] == 3
    no_database = kafka_settings.model_copy(update={"database_url": "postgresql://127.0.0.1:9/x"})
    assert (await mingjian(no_database, "reconcile"))[0] == 3


def test_an_empty_ledger_and_an_empty_topic_are_equal() -> None:
    assert Entries().equal
