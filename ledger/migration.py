"""The form of the database: numbered steps, forward only, each with its record in one transaction.

`migrations/NNNN_<what>.sql` are the steps. The first makes the tables of 0.1.0, which kept no
record of its form: where it is found, the first step counts as done. A step that was released
never changes (`migrations/checksums`), and never updates a table that is append-only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import NamedTuple

import asyncpg

from infra.alarm import Alarm
from infra.failpoint import reach
from ledger import rights, store

FIRST_PROGRAM = "0.1.0"
"""The release that kept no record of its form."""
_LOCK = 2024020
_RECORD = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.migration (
    number      integer PRIMARY KEY,
    name        text NOT NULL,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    program     text NOT NULL
);
COMMENT ON TABLE ledger.migration IS 'the steps this database has taken, and by which program';
GRANT SELECT ON ledger.migration TO PUBLIC
"""


class Migration(NamedTuple):
    """One step: its number, name, SHA-256 and SQL."""

    number: int
    name: str
    checksum: str
    script: str

    @property
    def statements(self) -> Iterator[str]:
        """The script cut at each `;` that ends a line outside of `$$`."""
        statement = ""
        for piece in self.script.split(";\n"):
            statement += piece
            if statement.count("$$") % 2:
                statement += ";\n"
            elif statement.strip():
                yield statement
                statement = ""


class Unfit(Alarm):
    """The program must not work on this database; the message says what to do."""


class DatabaseNewer(Unfit):
    """A newer program has changed the database."""

    def __init__(self, what: str, program: str) -> None:
        super().__init__(
            f"数据库已由 mingjian {program} 升级（{what}），本程序 {program_version()} 过旧：请换用"
            f" {program} 或更新的版本 / the database is newer: {what}, made by {program};"
            f" this program is {program_version()}"
        )


class DatabaseOlder(Unfit):
    """The database must be upgraded before this program works on it."""

    def __init__(self, pending: list[Migration]) -> None:
        names = ", ".join(step.name for step in pending)
        super().__init__(
            f"数据库版本较旧，尚缺 {names}：先备份，停下服务，执行 mingjian migrate"
            f" / the database is older and lacks {names}: mingjian migrate"
        )


class RightsMissing(Unfit):
    """The user of the database was given no rights in it."""

    def __init__(self) -> None:
        super().__init__(
            "数据库没有给这个用户权限：以管理员执行 mingjian migrate，再 mingjian roles --apply"
            " / this user has no rights here: as administrator, mingjian migrate, then"
            " mingjian roles --apply"
        )


class MigrationChanged(Unfit):
    """A step was taken in another wording than this program has it."""

    def __init__(self, name: str, program: str) -> None:
        super().__init__(
            f"数据库由 mingjian {program} 执行的 {name} 与本程序所带的不同：请用发布的版本"
            f" / {name}, as {program} applied it, is not the one of this program"
        )


def program_version() -> str:
    """The version of this program, as the database remembers it."""
    return version("mingjian")


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps in their order."""
    found = []
    for file in resources.files("ledger").joinpath("migrations").iterdir():
        name, _, kind = file.name.rpartition(".")
        if kind == "sql":
            script = file.read_bytes()
            checksum = hashlib.sha256(script).hexdigest()
            found.append(Migration(int(name[:4]), name, checksum, script.decode()))
    return tuple(sorted(found))


async def is_empty(connection: asyncpg.Connection) -> bool:
    """Whether there is no ledger in this database: what nobody uses yet is upgraded unasked."""
    if not await store.exists(connection):
        return True
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT FROM ledger.ledger)")
    except asyncpg.InsufficientPrivilegeError:
        raise RightsMissing from None


async def pending(connection: asyncpg.Connection) -> list[Migration]:
    """The steps this database has not taken; needs SELECT only, and no transaction around it.

    Raises DatabaseNewer, MigrationChanged, RightsMissing.
    """
    known = {step.number: step for step in migrations()}
    try:
        taken = await connection.fetch(
            "SELECT number, name, checksum, program FROM ledger.migration ORDER BY number DESC"
        )
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        first = 1 if await store.exists(connection) else 0
        return [step for step in migrations() if step.number > first]
    except asyncpg.InsufficientPrivilegeError:
        raise RightsMissing from None
    for number, name, checksum, program in taken:
        if number not in known:
            raise DatabaseNewer(name, program)
        if checksum != known[number].checksum:
            raise MigrationChanged(name, program)
    numbers = {row["number"] for row in taken}
    return [step for step in migrations() if step.number not in numbers]


async def require(connection: asyncpg.Connection) -> None:
    """Raise Unfit unless the database has the form of this program, or none yet."""
    if (missing := await pending(connection)) and not await is_empty(connection):
        raise DatabaseOlder(missing)


async def is_due(connection: asyncpg.Connection) -> bool:
    """Whether `migrate` would change anything; needs SELECT only. Raises as `pending` does."""
    return bool(await pending(connection)) or not await rights.given(connection)


async def migrate(connection: asyncpg.Connection, *, login: bool = False) -> list[Migration]:
    """Take the steps that are missing, and return them; several processes may call at once.

    Roles and their rights are those of this program afterwards; `login` as in `rights.give`.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        missing = await pending(connection)
        for step in missing:
            await _take(connection, step)
        if missing or not await rights.given(connection):
            await rights.give(connection, login=login)
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
    return missing


async def _take(connection: asyncpg.Connection, step: Migration) -> None:
    async with connection.transaction():
        if await connection.fetchval("SELECT to_regclass('ledger.migration') IS NULL"):
            found = await store.exists(connection)
            await connection.execute(_RECORD)
            if found:
                await _note(connection, migrations()[0], FIRST_PROGRAM)
        for statement in step.statements:
            await connection.execute(statement)
            reach("migration.statement")
        await _note(connection, step, program_version())
    reach("migration.committed")


async def _note(connection: asyncpg.Connection, step: Migration, program: str) -> None:
    await connection.execute(
        "INSERT INTO ledger.migration (number, name, checksum, program) VALUES ($1, $2, $3, $4)",
        step.number,
        step.name,
        step.checksum,
        program,
    )
