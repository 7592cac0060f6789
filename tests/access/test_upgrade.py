"""A database of before there were roles: one superuser owned all of it, and all ran as he."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from infra.postgres import connect, with_user
from infra.roles import LOGINS, Role
from infra.settings import Settings
from ledger import migration, rights
from ledger.intake import Intake, Record
from projections import opening, tail
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household
from tests.support.process import mingjian
from upkeep.verification import driver

BEFORE = f"""
REASSIGN OWNED BY {Role.OWNER}, {Role.PROJECTOR} TO postgres;
{"".join(f"DROP OWNED BY {role};" for role in (Role.PROJECTOR, *LOGINS))}
DROP FUNCTION ledger.open_sealed;
ALTER TABLE ledger.ledger DROP COLUMN secret_check;
ALTER TABLE ledger.parked DROP COLUMN lacking;
ALTER TABLE ledger.quarantine DROP COLUMN lacking, DROP COLUMN withheld;
CREATE INDEX parked_lacking ON ledger.parked (ledger, number) WHERE sealed IS NULL;
CREATE INDEX quarantine_lacking ON ledger.quarantine (ledger, number) WHERE sealed IS NULL;
COMMENT ON SCHEMA ledger IS NULL;
DELETE FROM ledger.migration WHERE number = 18;
"""
"""What 0018_roles made, undone: what is left is as 0017_looks left it."""


@pytest.fixture
async def old(connection: asyncpg.Connection) -> asyncpg.Connection:
    """Two entries, one of which names persons, something in quarantine, read models."""
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"), a_household("DB-2"))
    await bench.take(b"nonsense")
    await connection.execute(BEFORE)
    return connection


async def test_an_upgrade_gives_all_to_its_owners_and_each_its_rights(
    old: asyncpg.Connection, database_url: str, tmp_path: Path
) -> None:
    given = Settings(database_url=database_url, home=tmp_path / "home")
    before = await old.fetch("SELECT * FROM ledger.entry ORDER BY position")
    async with connect(with_user(database_url, Role.INTAKE)) as nobody:
        with pytest.raises(migration.RightsMissing, match="mingjian migrate"):
            await migration.require(nobody)
    code, said = await mingjian(given, "migrate")
    assert code == 0, said
    assert await migration.pending(old) == []
    assert await rights.given(old)
    assert await old.fetch("SELECT * FROM ledger.entry ORDER BY position") == before
    owners = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname {}"
    found = await old.fetch(owners.format("= 'ledger'"))
    assert {row["tableowner"] for row in found} == {Role.OWNER}
    found = await old.fetch(owners.format("~ '^read'"))
    assert {row["tableowner"] for row in found} == {Role.PROJECTOR}
    assert await old.fetchval("SELECT secret_check IS NOT NULL FROM ledger.ledger")


@pytest.mark.usefixtures("old")
async def test_services_go_on_as_their_users(database_url: str, tmp_path: Path) -> None:
    given = Settings(database_url=database_url, home=tmp_path / "home")
    assert (await mingjian(given, "migrate"))[0] == 0
    async with connect(with_user(database_url, Role.INTAKE)) as intake:
        ledger = await opening.open_ledger(intake, LEDGER, given)
        third = event("social-assistance", "c-3", a_household("DB-3"))
        await Intake(ledger, given.secret).take(intake, [Record(third, "test:1")])
    async with connect(with_user(database_url, Role.PROJECTOR)) as projector:
        assert await tail.catch_up(projector, LEDGER) == 1
    code, said = await mingjian(given, "rebuild")
    assert code == 0, said
    async with connect(with_user(database_url, Role.OPERATOR)) as operator:
        nothing = await driver.verify(
            operator, given.secret, LEDGER, "mingjian", lambda *_: lambda _: None
        )
    assert not nothing.differences
