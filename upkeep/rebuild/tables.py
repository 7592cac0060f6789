"""Read models built anew beside those that serve, then put in their place in one transaction.

The new tables stand in a schema of their own until the switch, which puts them into that of their
version: in the place of tables of the same version, or instead of all those of an older one. They
are filled without the indexes that only readers need, and how far they are stands beside them and
moves with their rows, so that a rebuild that was killed goes on where it stood. The same folds
write the same rows: this module adds no second way to make them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from pathlib import Path

import asyncpg

import domain
import projections
import rules
from domain.corrections import replaces
from infra.failpoint import reach
from infra.roles import Role, acting
from ledger import store
from ledger.migration import program_version
from projections import checkpoint, findings, projector
from projections.checkpoint import CHECKPOINTS, Halt, Stand
from projections.decoding import Decoded
from projections.findings import Place
from projections.read_model import PRIMARY_KEY, SCHEMA, VERSION, ReadModel, schema_of
from projections.snapshot import serving

NEXT = "read_next"
PROGRESS = f"{NEXT}.progress"
FINDINGS = Place(NEXT, f"{NEXT}, {SCHEMA}", (PROGRESS, CHECKPOINTS))
"""The findings that rules find in the new tables, and in those that are not made anew."""
INDEX_MEMORY = "128MB"
ROOMS = tuple(Path(room.__path__[0]) for room in (domain, projections, rules))
"""Where all code stands that folds and rules reach."""


class Begun(Enum):
    """How a rebuild begins."""

    ANEW = auto()
    RESUMED = auto()
    OUTDATED = auto()
    """Anew, since an unfinished rebuild had been begun with other code or other read models."""


class NotUpToDate(LookupError):
    """Too much came in since; fold it before the switch."""


async def live(connection: asyncpg.Connection) -> str:
    """The schema of the read models that serve."""
    version = await serving(connection)
    return SCHEMA if version is None else schema_of(version)


async def only_one(connection: asyncpg.Connection) -> bool:
    """Take the right to rebuild for as long as the connection lives; False if another has it."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock(2024022)"))


async def begin(
    connection: asyncpg.Connection, models: Sequence[ReadModel], *, restart: bool = False
) -> Begun:
    """Make the new tables, or find those of a rebuild that was not finished.

    What had halted is tried again: what was wrong may be mended where no mark tells.
    """
    mark = _fingerprint(models)
    found = await connection.fetchval(
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1", NEXT
    )
    if found == mark and not restart:
        await connection.execute(f"UPDATE {PROGRESS} SET halted = NULL, halted_at = NULL")
        return Begun.RESUMED
    async with connection.transaction():
        await connection.execute(f"DROP SCHEMA IF EXISTS {NEXT} CASCADE")
        await connection.execute(checkpoint.CREATE_SCHEMA.format(NEXT))
        await connection.execute(f"COMMENT ON SCHEMA {NEXT} IS '{mark}'")
        async with acting(connection, Role.PROJECTOR):
            await connection.execute(checkpoint.TABLE.format(PROGRESS))
            await connection.execute(";".join([*findings.ddl(NEXT), findings.TOLD_DDL]))
            for model in rebuilt(models):
                # Only folds and corrections look rows up and end them; others wait for indexes.
                await connection.execute(";".join(model.table_ddl(keyed=False)))
                if model.folding:
                    await _key(connection, model)
    return Begun.ANEW if found is None or restart else Begun.OUTDATED


async def discard(connection: asyncpg.Connection) -> bool:
    """Forget a rebuild that was not finished; False if there is none."""
    query = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)"
    found = bool(await connection.fetchval(query, NEXT))
    await connection.execute(f"DROP SCHEMA IF EXISTS {NEXT} CASCADE")
    return found


def rebuilt(models: Sequence[ReadModel]) -> list[ReadModel]:
    """The read models with their tables in the schema of the rebuild."""
    return [model.in_schema(NEXT) for model in models]


def _fingerprint(models: Sequence[ReadModel]) -> str:
    """What the rows depend on besides the entries: the tables, and all code that folds reach."""
    made = hashlib.sha256(repr([model.ddl() for model in models]).encode())
    for room in ROOMS:
        for path in sorted(room.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                made.update(path.read_bytes())
    return made.hexdigest()


async def stands(connection: asyncpg.Connection, ledger: str) -> dict[str, Stand]:
    """Read model → where its new table stands; empty before the first entry."""
    return await checkpoint.stands(connection, ledger, checkpoints=PROGRESS)


async def position(connection: asyncpg.Connection, ledger: str) -> int:
    """Last position that the new tables hold, but for those that have halted."""
    begun = (await stands(connection, ledger)).values()
    found = await store.find_ledger(connection, ledger)
    return checkpoint.reads_on_from(begun, found.position) if begun and found else 0


async def fold(
    connection: asyncpg.Connection,
    ledger: str,
    batch: Decoded,
    models: Sequence[ReadModel],
) -> list[Halt]:
    """Fold a run of entries into the new tables: rows and positions in one transaction.

    Returns which of them halted here.
    """
    corrected = {entry.type for entry in batch.entries if replaces(entry)}
    names = [model.name for model in models]

    async def begun() -> dict[str, Stand]:
        await checkpoint.begin(connection, PROGRESS, ledger, names)
        return await stands(connection, ledger)

    async with connection.transaction():
        new = rebuilt(models)
        for model in new:
            if not corrected.isdisjoint(model.types):
                await _key(connection, model)
        halts = await projector.fold(connection, ledger, batch, new, PROGRESS, begun)
        reach("rebuild.batch-folded")
    return halts


async def index(connection: asyncpg.Connection, model: ReadModel) -> None:
    """Give the new table all that its readers need: key, indexes, statistics."""
    new = model.in_schema(NEXT)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
        await _key(connection, new)
        await connection.execute(";".join([*new.index_ddl().values(), f"ANALYZE {new.table}"]))


async def _key(connection: asyncpg.Connection, model: ReadModel) -> None:
    """The key of a new table, if it has none yet."""
    keys = "SELECT count(*) FROM pg_index WHERE indrelid = $1::text::regclass AND indisprimary"
    if not await connection.fetchval(keys, model.table):
        await connection.execute(f"ALTER TABLE {model.table} ADD {PRIMARY_KEY}")


async def switch(
    connection: asyncpg.Connection,
    models: Sequence[ReadModel],
    fold_rest: Callable[[], Awaitable[None]],
    *,
    differences: int,
    patience: float,
) -> bool:
    """Put the new tables in the place of the live ones; False if readers did not let go in time.

    `read.serving` comes first: from there on no projector and no reader is under way (see
    projections.snapshot), so that nobody who holds one table can wait for another. `patience`, in
    seconds, stays under PostgreSQL's deadlock timeout of one second, so that in a tangle with a
    reader of another kind it is the switch that gives way. `fold_rest` folds what came last.
    """
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{int(1000 * patience)}ms'")
            await connection.execute("LOCK TABLE read.serving IN ACCESS EXCLUSIVE MODE")
            await fold_rest()
            old = await live(connection)
            await _replace(connection, models, old)
            if old != SCHEMA:
                await _retire(connection, old)
            names = [model.name for model in models]
            await connection.execute(f"DELETE FROM {CHECKPOINTS} WHERE read_model = ANY($1)", names)
            await connection.execute(f"INSERT INTO {CHECKPOINTS} SELECT * FROM {PROGRESS}")
            await connection.execute(
                "INSERT INTO read.rebuilt (read_models, differences, version) VALUES ($1, $2, $3)",
                names,
                differences,
                VERSION,
            )
            await connection.execute(f"DROP SCHEMA {NEXT} CASCADE")
    except asyncpg.LockNotAvailableError:
        return False
    reach("rebuild.switched")
    return True


_GRANTS = """
SELECT privilege_type, name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
FROM unnest($2::text[]) AS name
JOIN pg_class ON pg_class.oid
    = coalesce(to_regclass($1 || '.' || name), to_regclass($1 || '.checkpoint')), aclexplode(relacl)
WHERE grantee <> relowner
"""


async def _replace(connection: asyncpg.Connection, models: Sequence[ReadModel], old: str) -> None:
    """Drop the live tables and move the new ones in, with the rights given on the old.

    A table that the old version had not gets those of the checkpoints, which all readers have.
    """
    names = [*(model.name for model in models), findings.TABLE, findings.WORKED]
    grants = await connection.fetch(_GRANTS, old, names)
    if old != SCHEMA:
        await connection.execute(checkpoint.CREATE_SCHEMA.format(SCHEMA))
        async with acting(connection, Role.PROJECTOR):
            await connection.execute(checkpoint.CREATE)
    # In one message: everybody waits.
    await connection.execute(
        ";".join(
            [
                f"DROP TABLE IF EXISTS {', '.join(f'{old}.{name}' for name in names)}",
                *(f"ALTER TABLE {NEXT}.{name} SET SCHEMA {SCHEMA}" for name in names),
                *(
                    f"GRANT {what} ON {SCHEMA}.{name} TO {who}{also}"
                    for what, name, who, also in grants
                ),
            ]
        )
    )


async def _retire(connection: asyncpg.Connection, old: str) -> None:
    """Let the new version serve, and drop what is left of the old one; its readers may come in."""
    readers = await connection.fetch(
        "SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END"
        " FROM pg_namespace, aclexplode(nspacl)"
        " WHERE nspname = $1 AND grantee <> nspowner AND privilege_type = 'USAGE'",
        old,
    )
    grants = await connection.fetch(_GRANTS, old, ["checkpoint"])
    left = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", old)
    await connection.execute(
        ";".join(
            [
                *(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {who}" for (who,) in readers),
                *(
                    f"GRANT {what} ON {SCHEMA}.{name} TO {who}{also}"
                    for what, name, who, also in grants
                ),
                f"DROP TABLE {', '.join(f'{old}.{name}' for (name,) in left)}",
                f"DROP SCHEMA {old}",
            ]
        )
    )
    await connection.execute(
        "UPDATE read.serving SET version = $1, since = now(), program = $2",
        VERSION,
        program_version(),
    )
