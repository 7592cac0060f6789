"""The sample year in a database of 0.1.0 opens, migrates, and answers as before once rebuilt."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from infra import postgres
from infra.settings import Settings
from ledger import keys, migration
from ledger.seal import Sealer
from projections import opening
from projections.read_model import SCHEMA
from tests.support.rebuilding import Command
from tests.upkeep import release


async def test_the_sample_year_of_0_1_0_gives_the_same_figures_and_statements(
    changeable: str, year_connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Its tables are made as 0.1.0 made them, and those of the ledger filled as the year was."""
    said = await release.answers(year_connection)
    async with postgres.connect(changeable) as connection:
        await connection.execute(
            f"ALTER SCHEMA ledger RENAME TO now_ledger; ALTER SCHEMA {SCHEMA} RENAME TO now_read;"
            "DROP SCHEMA read CASCADE"
        )
        await release.load(connection, "0.1.0", rows=False)
        clear = await _keys(connection)
        await _fill(connection)
        await connection.executemany(
            "UPDATE ledger.person_key SET key = $3 WHERE ledger = $1 AND person = $2", clear
        )
        columns = await connection.fetchval(_COLUMNS)
        rows = await connection.fetchval(_ROWS.format(columns))

        taken = await migration.migrate(connection)

        assert [step.number for step in taken] == list(range(2, len(migration.migrations()) + 1))
        assert await connection.fetchval(_ROWS.format(columns)) == rows
        await opening.adopt_ours(connection, Settings())
        rebuilt = await Command(changeable, tmp_path).run(models=())
        assert rebuilt.exit_code == 0, rebuilt.output
        assert await release.answers(connection) == said


_COLUMNS = """SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_schema = 'ledger' AND table_name = 'entry'"""
_ROWS = "SELECT count(*) || ' ' || sum(hashtextextended(ROW({})::text, 0)) FROM ledger.entry"


async def _keys(connection: asyncpg.Connection) -> list[tuple[str, str, bytes]]:
    """Persons' keys as 0.1.0 stored them: not wrapped."""
    rows = await connection.fetch("SELECT ledger, person, key, master FROM now_ledger.person_key")
    sealers = {row["ledger"]: Sealer(Settings().secret, row["ledger"]) for row in rows}
    return [
        (row["ledger"], row["person"], keys.opened(sealers[row["ledger"]], row["ledger"], row))
        for row in rows
    ]


async def _fill(connection: asyncpg.Connection) -> None:
    # In 0.1.0 everything that was refused belonged to the period in which it came.
    await connection.execute(
        "UPDATE now_ledger.quarantine SET claims_on = received_at::date WHERE claims_on IS NULL"
    )
    columns = await connection.fetch(
        "SELECT table_schema, table_name, string_agg(quote_ident(column_name), ', ')"
        " FROM information_schema.columns AS old WHERE table_schema = 'ledger'"
        " AND EXISTS (SELECT FROM information_schema.columns AS new WHERE new.table_schema ="
        " 'now_' || old.table_schema AND new.table_name = old.table_name"
        " AND new.column_name = old.column_name) GROUP BY 1, 2"
    )
    assert len(columns) >= 8
    for schema, table, names in columns:
        await connection.execute(
            f"INSERT INTO {schema}.{table} ({names}) SELECT {names} FROM now_{schema}.{table}"
        )
    await connection.execute("DROP SCHEMA now_ledger, now_read CASCADE")
