"""One view of all read models: those that serve, while a rebuild switches others in.

Queries name tables without a schema; `read.serving` says which version they mean. A snapshot alone
does not keep that: PostgreSQL finds a table by its name when a query first uses it, so a
transaction could read one table from before a switch and another from after it. Whoever reads here
holds `read.serving` from before its snapshot to its end, and a switch waits for that.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from ledger.migration import DatabaseNewer
from projections import checkpoint, shading
from projections.checkpoint import Stand
from projections.read_model import VERSION, schema_of


class OtherVersionServes(LookupError):
    """The read models of this program are not built yet; those of an older version answer."""

    def __init__(self, version: int | None) -> None:
        super().__init__(old_notice(version))


def old_notice(version: int | None) -> str:
    """What there is to say of answers from read models of another version, and what to do."""
    return (
        f"由第 {version} 版汇总表回答，本程序为第 {VERSION} 版：执行 mingjian rebuild"
        f" / read models of version {version} serve; run mingjian rebuild for {VERSION}"
    )


async def serving(connection: asyncpg.Connection) -> int | None:
    """The version of the read models that serves; None where there are none.

    Raises DatabaseNewer.
    """
    row = await connection.fetchrow("SELECT version, program FROM read.serving")
    if row is None:
        return None
    version: int = row["version"]
    if version > VERSION:
        raise DatabaseNewer(f"汇总表第 {version} 版 / read models {version}", row["program"])
    return version


_KNOWN = re.compile(r"\{known(?::(\w+))?\}")


def known_at(sql: str) -> str:
    """A query about a ledger $1 at position $2.

    `{known}` in it stands for "this row is what was known then"; `{known:p}` the same for the table
    alias p.
    """

    def clause(match: re.Match[str]) -> str:
        dot = f"{match[1]}." if match[1] else ""
        return f"{dot}ledger = $1 AND {dot}known_from <= $2 AND {dot}known_to > $2"

    return _KNOWN.sub(clause, sql)


_MEMORY = (
    "SELECT set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')),"
    f" {32 * 2**20}) / 1024 || 'kB', true)"
)
"""For a query to add up the months of some ten thousand cases without writing to disk."""


@asynccontextmanager
async def snapshot(
    connection: asyncpg.Connection, first_schema: str = "", *, whole: bool = False
) -> AsyncIterator[None]:
    """A read-only transaction in which nothing changes, tables included.

    What is withheld is read by nobody, but where the `whole` is asked for, to check or fold it. The
    tables of `first_schema` go before those that serve. Queries are planned for the moment that
    they ask about: a plan for any period does not know how little of a table one year is.
    """
    outermost = not connection.is_in_transaction()
    path = f"'{first_schema}, read_'" if first_schema else "'read_'"
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        if outermost:
            await connection.execute(
                "LOCK TABLE read.serving IN ACCESS SHARE MODE;"
                f"SELECT set_config('search_path', {path} || version, true) FROM read.serving;"
                f"SET LOCAL plan_cache_mode TO force_custom_plan; SET LOCAL jit TO off; {_MEMORY}"
            )
        shade = await shading.draw(connection) if outermost and not whole else None
        try:
            yield
        finally:
            if shade is not None:
                shade.drawn = False


async def generation(connection: asyncpg.Connection) -> int:
    """What grows when something known may read otherwise: rebuilds, and texts that are withheld.

    Asked in a snapshot for views.
    """
    rebuilt: int = await connection.fetchval("SELECT coalesce(max(number), 0) FROM read.rebuilt")
    return rebuilt + shading.count(connection)


async def reached(connection: asyncpg.Connection, ledger: str) -> dict[str, Stand]:
    """Read model → where it stands, of those that serve; asked in a snapshot."""
    return await checkpoint.stands(connection, ledger, checkpoints="checkpoint")


async def stamp(connection: asyncpg.Connection, ledger: str, version: int | None) -> str | None:
    """What is another text as soon as anything is folded, halted, rebuilt or switched in.

    For who knows how things stood and asks, at the cost of one query, whether they still do: so it
    needs no snapshot. None where the read models of that version serve no more, or never did.
    """
    if version is None:
        return None
    try:
        found: str | None = await connection.fetchval(
            "SELECT concat_ws('|', (SELECT held::text FROM read.serving AS held),"
            " (SELECT max(number) FROM read.rebuilt), (SELECT string_agg(held::text, ';'"
            f" ORDER BY read_model) FROM {schema_of(version)}.checkpoint AS held"
            " WHERE ledger = $1))",
            ledger,
        )
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return None
    return found


async def folded(connection: asyncpg.Connection, ledger: str) -> int:
    """The last position that all read models hold but for those that have halted; asked there."""
    return checkpoint.held_by_all((await reached(connection, ledger)).values())
