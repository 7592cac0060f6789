"""Who may do what in the database: the whole matrix of roles, tables and rights, each cell tried.

The book is written out here, apart from the table in the program from which rights are given.
"""

from __future__ import annotations

import asyncpg
import pytest

from infra.postgres import connect, with_user
from infra.roles import LOGINS, Role
from ledger import rights
from projections.catalogue import READ_MODELS
from projections.read_model import SCHEMA

# S select, I insert, U update, D delete, T truncate; a small letter: of some columns only.
BOOK = """
                    intake  relay  projector  gateway  api  auditor  desk  operator
access              -       -      -          -        -    SI       -     SID
attempt             SIUD    -      -          -        -    S        -     SIUD
correction          SI      S      S          S        S    S        -     SI
duplicate           SI      S      S          S        S    S        -     SI
duplicates_of_day   SIU     S      S          S        S    S        -     SIU
entry               SI      S      S          S        S    S        s     SI
first_form          SI      S      S          S        S    S        s     SI
foreign_record      -       SI     S          -        -    S        -     SI
journal             SI      S      S          S        S    S        SI    SIu
ledger              Su      S      S          S        S    S        Su    SIU
look                -       -      -          -        -    Si       -     Si
migration           S       S      S          S        S    S        S     S
parked              SIU     s      s          s        s    s        -     SIU
person_alias        SI      S      S          S        S    S        -     SI
person_key          SI      -      -          -        -    s        -     SIUD
quarantine          SIU     s      s          s        s    s        -     SIU
quarantine_kept     SIU     -      -          S        -    S        -     SIU
relayed             -       SIU    -          -        -    S        -     SIU
sealed_part         SI      S      s          s        -    s        -     SI
sequence            SIU     S      S          S        S    S        -     SIU
sequence_break      SIU     S      S          S        S    S        -     SIU
source_offset       SIU     S      -          S        -    S        -     SIU
stream_state        SIUD    -      -          S        -    S        -     SIUD
topic_place         -       SIU    S          -        -    S        -     SIU
waking              SIUD    -      -          S        -    S        -     SIUD
"""
READ = {
    Role.PROJECTOR: "SIUDT",  # its own
    Role.OPERATOR: "SIUDT",
    **dict.fromkeys((Role.INTAKE, Role.RELAY, Role.GATEWAY, Role.API, Role.AUDITOR), "S"),
    Role.DESK: "-",
}
TOLD = READ | {Role.RELAY: "SIU"}
HIDDEN = {"sealed_part": "sealed", "parked": "sealed", "quarantine": "sealed", "person_key": "key"}
"""The columns that small letters leave out."""


def book() -> dict[str, dict[Role, str]]:
    head, *lines = BOOK.strip("\n").splitlines()
    names = [Role[name.upper()] for name in head.split()]
    cells = (line.split() for line in lines)
    return {table: dict(zip(names, row, strict=True)) for table, *row in cells}


async def may(connection: asyncpg.Connection, statement: str) -> bool:
    """Whether a statement is let through; what else is wrong with it does not matter."""
    change = connection.transaction()
    await change.start()
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.PostgresError:
        return True  # a trigger, or a value that lacks
    finally:
        await change.rollback()
    return True


async def columns(connection: asyncpg.Connection, table: str) -> list[str]:
    rows = await connection.fetch(
        "SELECT quote_ident(attname) AS attname FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0"
        " AND attgenerated = '' AND attidentity = '' AND NOT attisdropped",
        table,
    )
    return [row["attname"] for row in rows]


def asked(letter: str, table: str, names: list[str]) -> str:
    """A statement that needs a right on these columns of a table, and no other."""
    listed = ", ".join(names)
    if letter == "S":
        return f"SELECT {listed} FROM {table}"
    if letter == "I":
        return f"INSERT INTO {table} ({listed}) VALUES ({', '.join('NULL' for _ in names)})"
    return f"UPDATE {table} SET {', '.join(f'{name} = NULL' for name in names)}"


async def tried(connection: asyncpg.Connection, table: str, names: list[str]) -> str:
    """The letters of what may be done with a table."""
    found = ""
    for letter in "SIU":
        if await may(connection, asked(letter, table, names)):
            found += letter
        elif any([await may(connection, asked(letter, table, [name])) for name in names]):
            found += letter.lower()
    for letter, statement in (("D", f"DELETE FROM {table}"), ("T", f"TRUNCATE {table}")):
        if await may(connection, statement):
            found += letter
    return found or "-"


async def test_every_table_has_its_line(connection: asyncpg.Connection) -> None:
    """A new table without one is open to nobody: whoever adds one decides who needs it."""
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'ledger'")
    tables = {row["tablename"] for row in rows}
    assert tables - set(rights.RIGHTS) == set(), "ledger/rights.py says nothing of these"
    assert tables - set(book()) == set(), "the book of this test says nothing of these"
    assert tables == set(rights.RIGHTS) == set(book())


@pytest.mark.parametrize("role", LOGINS)
async def test_each_role_may_do_what_the_book_says_and_nothing_else(
    ledger_url: str, role: Role
) -> None:
    wrong = {}
    async with connect(with_user(ledger_url, role)) as connection:
        for table, cells in book().items():
            name = f"ledger.{table}"
            found = await tried(connection, name, await columns(connection, name))
            if found != cells[role]:
                wrong[table] = (found, cells[role])
    assert wrong == {}


@pytest.mark.parametrize("role", LOGINS)
async def test_read_models_are_the_projectors_and_are_read_by_all(
    ledger_url: str, role: Role
) -> None:
    tables = {f"{SCHEMA}.{model.name}": READ[role] for model in READ_MODELS}
    tables |= {f"{SCHEMA}.{name}": READ[role] for name in ("checkpoint", "finding")}
    # Which version serves tells nothing of what it holds: anybody may know.
    tables |= {"read.serving": max(READ[role], "S"), "read.finding_told": TOLD[role]}
    wrong = {}
    async with connect(with_user(ledger_url, role)) as connection, connect(ledger_url) as admin:
        for table, cell in tables.items():
            found = await tried(connection, table, await columns(admin, table))
            if found != cell:
                wrong[table] = (found, cell)
    assert wrong == {}


@pytest.mark.parametrize("table", HIDDEN)
@pytest.mark.parametrize("role", LOGINS)
async def test_of_what_is_sealed_only_those_see_it_that_seal_open_or_publish_it(
    ledger_url: str, role: Role, table: str
) -> None:
    reads_all = "S" in book()[table][role]
    async with connect(with_user(ledger_url, role)) as connection:
        assert await may(connection, f"SELECT {HIDDEN[table]} FROM ledger.{table}") == reads_all
        counted = await may(connection, f"SELECT count({HIDDEN[table]}) FROM ledger.{table}")
        assert counted == reads_all


@pytest.mark.parametrize("role", LOGINS)
async def test_persons_are_opened_by_auditors_and_operators(ledger_url: str, role: Role) -> None:
    async with connect(with_user(ledger_url, role)) as connection:
        opened = await connection.fetchval(
            "SELECT has_function_privilege('ledger.open_sealed(text, bigint[])', 'EXECUTE')"
        )
    assert opened == (role in (Role.AUDITOR, Role.OPERATOR))


async def test_nobody_is_more_than_he_seems(connection: asyncpg.Connection) -> None:
    """No role has a right over the server, and the owner logs in nowhere."""
    rows = await connection.fetch("SELECT * FROM pg_roles WHERE rolname LIKE 'mingjian_%'")
    assert {row["rolname"] for row in rows} == set(Role)
    for row in rows:
        rolled = ("rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls")
        assert not any(row[name] for name in rolled), row["rolname"]
        assert row["rolcanlogin"] == (row["rolname"] != Role.OWNER)
        member = "SELECT pg_has_role($1, $2, 'MEMBER')"
        if row["rolname"] != Role.OWNER:
            assert not await connection.fetchval(member, row["rolname"], Role.OWNER)
    set_ = "SELECT pg_has_role($1::text, $2::text, 'SET')"
    for role in LOGINS:
        others = [other for other in LOGINS if other is not role]
        becomes = {other for other in others if await connection.fetchval(set_, role, other)}
        assert becomes == {
            Role.INTAKE: {Role.PROJECTOR},
            Role.GATEWAY: {Role.PROJECTOR, Role.INTAKE},
            Role.OPERATOR: set(LOGINS) - {Role.OPERATOR, Role.API, Role.DESK},
        }.get(role, set())


async def test_giving_rights_again_changes_nothing_and_takes_back_what_was_added(
    connection: asyncpg.Connection,
) -> None:
    acl = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'ledger'::regnamespace"
    before = sorted(map(tuple, await connection.fetch(acl)), key=str)
    assert await rights.given(connection)
    await connection.execute(f"GRANT DELETE, UPDATE ON ledger.entry TO {Role.API}")
    await rights.give(connection)
    assert sorted(map(tuple, await connection.fetch(acl)), key=str) == before
