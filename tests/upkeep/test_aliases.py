"""Who was several persons in a ledger of an older release is one today."""

from __future__ import annotations

import json
import os
from typing import Any

import asyncpg
import pytest

from domain.assistance.benefits import CaseTakenOver
from domain.event import Person
from domain.form import open_form
from infra.settings import Settings
from ledger import aliases, history, migration, renaming
from ledger.records import Record
from ledger.seal import Sealer
from ledger.store import LedgerAltered, find_ledger
from projections import opening, tail
from tests.support.bureau import SAMPLE, adopt
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_destitute_person
from tests.upkeep import release
from upkeep.verification import driver

SEALER = Sealer(Settings().secret, LEDGER)
TYPED = (
    "H12345678",
    "h12345678",
    "H12345678 ",
    "Ｈ１２３４５６７８",
    "H 1234 5678",
    "\u200bH12345678",
)
CASE: Any = open_form(CaseTakenOver)
PERMIT = SEALER.pseudonym("hk-macao-permit", "H12345678")


class OfOld(Sealer):
    """Makes pseudonyms as releases before this did: of the number as it was typed."""

    def person(self, person: Person, mention: str) -> str:
        made = person.model_dump() if hasattr(person, "model_dump") else _fields(person)
        number = (made["id_number"] or "").upper()
        return self.pseudonym(made["id_kind"], number or mention)


def _fields(person: Any) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("id_kind", "id_number")}


def a_case(serial: int, typed: str) -> bytes:
    """特困 of one person, whose permit was typed so."""
    case = a_destitute_person(f"TK-{serial}")
    line = json.loads(event("social-assistance", f"t-{serial}", case))
    line["data"]["members"][0]["person"] |= {"id_kind": "hk-macao-permit", "id_number": typed}
    return json.dumps(line, ensure_ascii=False).encode()


async def told_of_old(bench: Bench) -> None:
    """A ledger in which an older release took one person for five."""
    bench.intake.sealer = OfOld(Settings().secret, LEDGER)
    lines = [a_case(serial, typed) for serial, typed in enumerate(TYPED)]
    records = [Record(line, f"old:{number}") for number, line in enumerate(lines)]
    await bench.intake.take(bench.connection, records)
    await renaming.make_due(bench.connection, LEDGER)


async def fill(connection: asyncpg.Connection, sealer: Sealer = SEALER) -> int:
    ledger = await find_ledger(connection, LEDGER)
    assert ledger is not None
    return await renaming.fill(connection, sealer, ledger)


async def refs(connection: asyncpg.Connection) -> list[str]:
    """Whom the case of each line names, as everybody downstream reads it."""
    entries = [
        entry
        for serial in range(len(TYPED))
        for entry in await history.read_stream(connection, LEDGER, f"case/TK-{serial}")
    ]
    cases = [entry.data for entry in entries]
    return [case.members[0].person.ref for case in cases if isinstance(case, CASE)]


async def test_one_permit_in_six_spellings_was_five_persons_and_is_one(bench: Bench) -> None:
    await told_of_old(bench)
    assert len(set(await refs(bench.connection))) == 5

    assert await fill(bench.connection) == 4
    assert set(await refs(bench.connection)) == {PERMIT}
    await tail.catch_up(bench.connection, LEDGER)
    assert (await bench.figure("F17")).value == 1
    assert await fill(bench.connection) == 0


async def test_what_is_told_of_it_is_verified(bench: Bench) -> None:
    await told_of_old(bench)
    await fill(bench.connection)
    assert await renaming.check(bench.connection, SEALER, LEDGER) == []

    await bench.connection.execute("ALTER TABLE ledger.person_alias DISABLE TRIGGER ALL")
    await bench.connection.execute(
        "UPDATE ledger.person_alias SET canonical = repeat('0', 32)"
        " WHERE old = (SELECT min(old) FROM ledger.person_alias)"
    )
    assert len(await renaming.check(bench.connection, SEALER, LEDGER)) == 1


async def test_another_secret_makes_nobody_another(bench: Bench) -> None:
    await told_of_old(bench)
    with pytest.raises(LedgerAltered):
        await fill(bench.connection, Sealer(os.urandom(32), LEDGER))
    assert await aliases.read(bench.connection, LEDGER) == {}


async def test_whose_key_is_gone_keeps_the_pseudonym(bench: Bench) -> None:
    await told_of_old(bench)
    await bench.connection.execute("DELETE FROM ledger.person_key WHERE person <> $1", PERMIT)
    assert await fill(bench.connection) == 0


@pytest.mark.empty
async def test_a_database_of_an_older_release_is_looked_through_when_it_is_opened(
    connection: asyncpg.Connection,
) -> None:
    await release.load(connection, "0.1.0")
    await migration.migrate(connection)
    assert await connection.fetchval("SELECT bool_and(aliases_due) FROM ledger.ledger")
    await opening.open_ledger(connection, LEDGER, Settings(database_url=None))

    assert not await connection.fetchval("SELECT bool_or(aliases_due) FROM ledger.ledger")
    assert await renaming.check(connection, SEALER, LEDGER) == []
    await adopt(connection, SAMPLE)
    made = await driver.verify(connection, Settings().secret, LEDGER, "", lambda *_: lambda _: None)
    assert made.differences.count("alias") == 0
