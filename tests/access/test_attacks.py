"""No role changes what was recorded; where a superuser does, `verify` names the entry."""

from __future__ import annotations

import asyncpg
import pytest

from consumers.database import Database
from infra.postgres import connect, with_user
from infra.roles import LOGINS, Role
from infra.settings import Settings
from ledger.mighty import TooMighty
from projections import opening
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment
from upkeep.verification import driver
from upkeep.verification.driver import Verified

SECRET = "of this bureau alone: 7f3c19ab02d5"  # noqa: S105  it makes a ledger that is no sample


async def verified(connection: asyncpg.Connection) -> Verified:
    """What `mingjian verify` finds."""
    secret = Settings().secret
    return await driver.verify(connection, secret, LEDGER, "mingjian", lambda *_: lambda _: None)


ATTACKS = (
    "UPDATE ledger.entry SET open = 'x'",
    "UPDATE ledger.sealed_part SET sealed = 'x'",
    "DELETE FROM ledger.entry",
    "DELETE FROM ledger.sealed_part",
    "DELETE FROM ledger.journal",
    "DELETE FROM ledger.look",
    "UPDATE ledger.look SET who = 'x'",
    "TRUNCATE ledger.entry",
    "TRUNCATE ledger.sealed_part, ledger.entry, ledger.journal",
    "DROP TABLE ledger.entry",
    "DROP SCHEMA ledger CASCADE",
    "ALTER TABLE ledger.entry DISABLE TRIGGER ALL",
    "DROP TRIGGER entry_append_only ON ledger.entry",
    "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT'",
    "SET session_replication_role = replica",
    "ALTER SYSTEM SET fsync = off",
    f"SET ROLE {Role.OWNER}",
    f"GRANT {Role.OWNER} TO CURRENT_USER",
    "CREATE TABLE ledger.mine ()",
    "COPY ledger.entry TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
)


BAITS = (
    "CREATE VIEW read.bait AS SELECT read.grab() AS got",
    (
        "CREATE TABLE read.bait AS SELECT 1; ALTER TABLE read.bait ENABLE ROW LEVEL SECURITY;"
        " CREATE POLICY bait ON read.bait USING (read.grab())"
    ),
)
"""What the owner of the read models could put in the place of one."""


@pytest.mark.parametrize("bait", BAITS)
async def test_who_reads_a_read_model_runs_nothing_of_its_owner(
    database_url: str, bait: str
) -> None:
    """A function runs with the rights of who asks: the intake's are those to persons' keys."""
    async with connect(database_url) as connection:
        await Bench.open(connection)
    async with connect(with_user(database_url, Role.PROJECTOR)) as connection:
        await connection.execute(
            "CREATE TABLE read.loot (who text); GRANT INSERT ON read.loot TO PUBLIC;"
            "CREATE FUNCTION read.grab() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM key FROM ledger.person_key; INSERT INTO read.loot VALUES (current_user);"
            f" RETURN true; END $$; {bait}; GRANT SELECT ON read.bait TO PUBLIC"
        )
    for role in (Role.INTAKE, Role.AUDITOR):
        async with connect(with_user(database_url, role)) as connection:
            with pytest.raises(asyncpg.PostgresError, match=r"non-system view|row-level security"):
                await connection.fetch("SELECT * FROM read.bait")
    async with connect(with_user(database_url, Role.PROJECTOR)) as connection:
        assert await connection.fetch("SELECT * FROM read.loot") == []


@pytest.mark.parametrize("role", LOGINS)
async def test_no_role_changes_what_was_recorded(ledger_url: str, role: Role) -> None:
    async with connect(with_user(ledger_url, role)) as connection:
        for attack in ATTACKS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):  # noqa: PT012  which one
                await connection.execute(attack)
                pytest.fail(f"{role}: {attack}")


@pytest.mark.parametrize("role", [Role.API, Role.GATEWAY, Role.PROJECTOR])
async def test_the_function_that_opens_is_shut_to_services(ledger_url: str, role: Role) -> None:
    async with connect(with_user(ledger_url, role)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="function open_sealed"):
            await connection.fetch("SELECT * FROM ledger.open_sealed('445102', '{1}')")


async def test_an_auditor_opens_no_look_of_another(database_url: str) -> None:
    """A look is by whom the database knows, not by the name that somebody gives."""
    async with connect(database_url) as connection:
        await (await Bench.open(connection)).tell(a_household("DB-1"))
    opened = "SELECT count(*) FROM ledger.open_sealed('445102', $1)"
    look = (
        "INSERT INTO ledger.look (ledger, who, role, purpose, subject)"
        " VALUES ('445102', '示例', 'auditor', '审计', 'entry/1') RETURNING number"
    )
    async with (
        connect(with_user(database_url, Role.AUDITOR)) as auditor,
        connect(with_user(database_url, Role.OPERATOR)) as operator,
    ):
        number = await operator.fetchval(look)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="commit it first"):
            await auditor.fetchval(opened, [number])
        assert await auditor.fetchval(opened, [await auditor.fetchval(look)]) > 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # nor does he say when
            await auditor.execute(
                "INSERT INTO ledger.look (ledger, at, who, role, purpose, subject)"
                " VALUES ('445102', now(), '示例', 'auditor', '审计', 'entry/1')"
            )


async def test_a_superuser_can_and_verify_names_the_entry(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    payments = (a_payment("DB-1", 50_000, "2024-02"), a_payment("DB-1", 50_000, "2024-03"))
    await bench.tell(a_household("DB-1"), *payments)
    assert not (await verified(connection)).differences
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await connection.execute("DELETE FROM ledger.entry")
    await connection.execute("SET session_replication_role = replica")
    changed = await connection.execute(
        "UPDATE ledger.entry SET open = replace(convert_from(open, 'UTF8'), '2024-02', '2024-01')"
        "::bytea WHERE position = 2"
    )
    assert changed == "UPDATE 1"
    found = (await verified(connection)).differences
    assert found.kinds["leaf"].first.place == 2


@pytest.mark.parametrize("secret", [SECRET, None], ids=["no sample", "a sample"])
async def test_no_service_runs_as_who_could_change_a_ledger_that_is_no_sample(
    database_url: str, connection: asyncpg.Connection, secret: str | None
) -> None:
    given = Settings(database_url=database_url, ledger_secret=secret)
    await opening.create_ledger(connection, LEDGER, "live" if secret else "replay", given)
    for url, mighty in ((database_url, True), (with_user(database_url, Role.INTAKE), False)):
        service = Database(url, lambda _: None)
        try:
            if mighty and secret is not None:
                with pytest.raises(TooMighty, match="mingjian roles"):
                    await service.connection()
            else:
                assert not (await service.connection()).is_closed()
        finally:
            await service.close()


def test_the_same_address_for_another_user() -> None:
    assert with_user("postgresql://a:b@h:1/d?x=y", "c") == "postgresql://c@h:1/d?x=y"
    assert with_user("postgresql:///d?host=/s", "c", "p/w") == "postgresql://c:p%2Fw@/d?host=/s"
