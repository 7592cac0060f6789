"""Entries that 0.1.0 stored: what they lack is worked out beside them, once, and counts."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from cli.root import app
from infra.settings import Settings
from ledger import first_form, migration, tables, unpublished
from ledger.first_form import UpgradeUnfinished
from ledger.intake import Intake
from ledger.leaf import head_of, leaf_of
from ledger.outcomes import Accepted, Duplicate, Parked
from ledger.records import Record
from ledger.seal import Sealer, WrongSecret
from ledger.store import Ledger, find_ledger
from ledger.unpublished import parts_of
from projections import opening
from tests.oracle.delivery import oddly
from tests.support.bureau import SAMPLE, adopt
from tests.support.ledger import LEDGER
from tests.upkeep import release
from tests.upkeep.test_migration import given
from upkeep.verification import driver

pytestmark = pytest.mark.empty
LINES = release.EVENTS.read_bytes().splitlines()
SEALER = Sealer(Settings().secret, LEDGER)


@pytest.fixture
async def old(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A database of 0.1.0 after the steps of an upgrade, and before what comes after them."""
    await release.load(connection, "0.1.0")
    await migration.migrate(connection)
    return connection


async def counters(connection: asyncpg.Connection) -> Ledger:
    ledger = await find_ledger(connection, LEDGER)
    assert ledger is not None
    return ledger


async def filled(connection: asyncpg.Connection) -> Ledger:
    ledger = await counters(connection)
    await first_form.fill(connection, SEALER, ledger)
    await adopt(connection, SAMPLE)
    return ledger


async def rows_beside(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch(
        "SELECT * FROM ledger.first_form ORDER BY position"
    )
    return rows


async def test_every_entry_has_a_leaf_a_code_and_its_content(old: asyncpg.Connection) -> None:
    """Their content is that of the lines that came in then."""
    ledger = await filled(old)

    entries = await unpublished.entries(old, LEDGER, 0, ledger.position, ledger.position)
    beside = await rows_beside(old)
    assert [row["position"] for row in beside] == list(range(1, ledger.position + 1))
    sent = {SEALER.digest(line): line for line in LINES}
    for entry, row in zip(entries, beside, strict=True):
        assert row["leaf"] == leaf_of(list(entry.values()), parts_of(entry))
        assert row["mac"] == SEALER.mac(row["leaf"])
        text = json.dumps(
            json.loads(sent[entry["digest"]]),
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )
        assert row["content"] == SEALER.content(text.encode())
    assert sum(bool(parts_of(entry)) for entry in entries) > 20


async def test_the_head_covers_them(old: asyncpg.Connection) -> None:
    await filled(old)
    ledger = await counters(old)
    last = await tables.last_mac(old, ledger)
    assert last == (await rows_beside(old))[-1]["mac"]
    head = await old.fetchval("SELECT head FROM ledger.ledger")
    assert head == SEALER.mac(head_of(ledger, last))


async def test_what_came_then_is_a_duplicate_now_in_whatever_bytes(
    old: asyncpg.Connection,
) -> None:
    """Taken or parked then, with persons or without."""
    intake = Intake(await filled(old), Settings().secret)
    again = (await intake.take(old, [Record(line, "again") for line in LINES])).outcomes
    dice = random.Random(7)  # noqa: S311  a seed, not a secret
    other = [
        (oddly(json.loads(line), dice), outcome)
        for line, outcome in zip(LINES, again, strict=True)
        if isinstance(outcome, Duplicate) and isinstance(outcome.of, Accepted | Parked)
    ]
    assert {type(outcome.of) for _, outcome in other} == {Accepted, Parked}

    taken = await intake.take(old, [Record(raw, "in other bytes") for raw, _ in other])

    assert taken.outcomes == [outcome for _, outcome in other]


async def a_person(connection: asyncpg.Connection) -> tuple[str, int]:
    """One whom an entry names, and its position."""
    row = await connection.fetchrow(
        "SELECT person, min(position) FROM ledger.sealed_part GROUP BY 1 ORDER BY 2 LIMIT 1"
    )
    return row[0], row[1]


async def told_at(connection: asyncpg.Connection, position: int) -> bytes:
    """The line that became the entry at a position."""
    name = await connection.fetchrow(
        "SELECT source, event_id AS id FROM ledger.entry WHERE position = $1", position
    )
    told: list[dict[str, Any]] = [json.loads(line) for line in LINES if line.startswith(b"{")]
    (message,) = {
        json.dumps(m): m for m in told if (m.get("source"), m.get("id")) == tuple(name)
    }.values()
    return json.dumps(message, indent=2).encode()


async def test_a_person_forgotten_before_the_upgrade_leaves_a_leaf_and_no_content(
    old: asyncpg.Connection,
) -> None:
    """The leaf asks for no key. What the person's bytes said cannot be known again."""
    person, position = await a_person(old)
    await old.execute("DELETE FROM ledger.person_key WHERE person = $1", person)

    intake = Intake(await filled(old), Settings().secret)

    kept = (await first_form.read(old, LEDGER, position - 1, position))[position]
    assert (kept.content, kept.leaf is None) == (None, False)
    taken = await intake.take(old, [Record(await told_at(old, position), "again")])
    assert taken.tally.quarantined == 1


async def test_a_person_forgotten_after_it_is_still_recognised_by_the_content(
    old: asyncpg.Connection,
) -> None:
    ledger = await filled(old)
    person, position = await a_person(old)
    await old.execute("DELETE FROM ledger.person_key WHERE person = $1", person)
    intake = Intake(ledger, Settings().secret)
    taken = await intake.take(old, [Record(await told_at(old, position), "again")])
    assert taken.tally.duplicate == 1


class Killed(Exception):
    """The process ends here."""


async def test_killed_between_batches_it_goes_on_and_nothing_is_taken_in_before(
    old: asyncpg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_form, "AT_ONCE", 40)

    def kill(done: int, _of: int) -> None:
        if done >= 80:
            raise Killed

    with pytest.raises(Killed):
        await first_form.fill(old, SEALER, await counters(old), kill)
    before = await rows_beside(old)
    assert len(before) == 80
    assert await old.fetchval("SELECT head FROM ledger.ledger") is None
    with pytest.raises(UpgradeUnfinished):
        await opening.create_ledger(old, LEDGER, "replay", Settings(database_url=database_url))

    with given(MINGJIAN_DATABASE_URL=database_url):
        check = await asyncio.to_thread(CliRunner().invoke, app, ["migrate", "--check"])
        assert (check.exit_code, LEDGER in check.output) == (1, True)
        done = await asyncio.to_thread(CliRunner().invoke, app, ["migrate"])
        assert done.exit_code == 0
        check = await asyncio.to_thread(CliRunner().invoke, app, ["migrate", "--check"])
        assert check.exit_code == 0

    after = await rows_beside(old)
    assert after[:80] == before
    assert len(after) == (await counters(old)).position
    await opening.create_ledger(old, LEDGER, "replay", Settings(database_url=database_url))


@pytest.mark.parametrize("done", [0, 40])
async def test_before_it_is_done_verify_says_so_and_blames_no_secret(
    old: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    monkeypatch.setattr(first_form, "AT_ONCE", 40)

    def kill(_done: int, _of: int) -> None:
        raise Killed

    if done:
        with pytest.raises(Killed):
            await first_form.fill(old, SEALER, await counters(old), kill)
    settings = Settings()
    with pytest.raises(UpgradeUnfinished):
        await driver.verify(
            old, settings.secret, LEDGER, settings.kafka_prefix, lambda *_: lambda _: None
        )


async def test_another_secret_writes_nothing(old: asyncpg.Connection) -> None:
    """A mac under another secret would stand there for ever."""
    with pytest.raises(WrongSecret):
        await first_form.fill(old, Sealer(b"another", LEDGER), await counters(old))
    assert await rows_beside(old) == []
