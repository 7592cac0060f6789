"""Sealed parts open through one function, for looks that were written and committed before."""

from __future__ import annotations

import json

import asyncpg
import pytest

from infra.settings import Settings
from ledger import looks
from ledger.opened import sealed_parts
from ledger.seal import Sealer
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household

AUDITOR = looks.reader("示例审计员", "auditor", "2024 年低保专项审计")


@pytest.fixture
async def told(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A ledger with two entries of households, each of which names its persons."""
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"), a_household("DB-2"))
    return connection


async def persons_at(connection: asyncpg.Connection, position: int) -> list[str]:
    rows = await connection.fetch(
        "SELECT person FROM ledger.sealed_part WHERE position = $1 ORDER BY ordinal", position
    )
    return [row["person"] for row in rows]


async def test_what_an_entry_says_of_persons(told: asyncpg.Connection) -> None:
    parts = await sealed_parts(told, LEDGER, AUDITOR, positions=[1])
    assert [part.person for part in parts] == await persons_at(told, 1)
    sealer = Sealer(Settings().secret, LEDGER)
    opened = [json.loads(part.clear(sealer, LEDGER) or b"") for part in parts]
    assert all(person["id_kind"] == "resident-id" for person in opened)
    (look,) = await looks.read(told, LEDGER)
    assert (look.who, look.purpose, look.subject) == ("示例审计员", AUDITOR.purpose, "entry/1")


async def test_what_all_entries_say_of_a_person(told: asyncpg.Connection) -> None:
    person = (await persons_at(told, 2))[0]
    where = await told.fetch("SELECT position FROM ledger.sealed_part WHERE person = $1", person)
    parts = await sealed_parts(told, LEDGER, AUDITOR, persons=[person])
    assert [part.position for part in parts] == sorted(row["position"] for row in where)
    assert {part.person for part in parts} == {person}


async def test_a_person_whose_key_is_gone_is_found_and_stays_closed(
    told: asyncpg.Connection,
) -> None:
    await told.execute("DELETE FROM ledger.person_key")
    parts = await sealed_parts(told, LEDGER, AUDITOR, positions=[1, 2])
    assert parts
    assert {part.key for part in parts} == {None}


async def test_nothing_opens_without_a_look(told: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="commit it first"):
        await told.fetch("SELECT * FROM ledger.open_sealed($1, $2)", LEDGER, [1])


async def test_a_look_that_could_be_rolled_back_opens_nothing(told: asyncpg.Connection) -> None:
    with pytest.raises(RuntimeError, match="committed"):
        async with told.transaction():
            await sealed_parts(told, LEDGER, AUDITOR, positions=[1])
    async with told.transaction():
        numbers = await looks.note(told, LEDGER, AUDITOR, ["entry/1"])
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="commit it first"):
            await told.fetch("SELECT * FROM ledger.open_sealed($1, $2)", LEDGER, numbers)


async def test_a_look_opens_what_it_names_and_nothing_else(told: asyncpg.Connection) -> None:
    numbers = await looks.note(told, LEDGER, AUDITOR, ["quarantine/1", "entry/x", "person"])
    assert not await told.fetch("SELECT * FROM ledger.open_sealed($1, $2)", LEDGER, numbers)


async def test_an_old_look_opens_nothing(told: asyncpg.Connection) -> None:
    await told.execute(
        "INSERT INTO ledger.look (ledger, at, who, role, purpose, subject)"
        " VALUES ($1, clock_timestamp() - interval '11 minutes', 'a', 'auditor', 'b', 'entry/1')",
        LEDGER,
    )
    number = await told.fetchval("SELECT max(number) FROM ledger.look")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await told.fetch("SELECT * FROM ledger.open_sealed($1, $2)", LEDGER, [number])
