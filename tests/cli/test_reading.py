"""Whoever may only read can give every command that only reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import postgres
from projections.read_model import MAX_POSITION, SCHEMA
from tests.cli.conftest import Command
from tests.support.published import FIRST, LATE_FEN, database

READER = "reader_of_commands"
READING = (
    ("figures", "--json"),
    ("figures", "--known", "2025-01-17"),
    ("statements",),
    ("measure", "在保户数", "--by", "城乡,镇街"),
    ("findings",),
    ("lineage", "F16", "--raw"),
    ("report", "annual", "-o", "{home}/report.html"),
    ("quarantine",),
    ("quarantine", "list", "--all", "--json"),
    ("quarantine", "show", "1"),
    ("quarantine", "show", "1", "--raw", "{home}/raw"),
    ("parked",),
    ("parked", "show", "1"),
    ("waiting",),
    ("models",),
    ("waiting", "--json"),
    ("journal",),
    ("offsets",),
    ("keys", "export", "{home}/keys"),
    ("verify",),
    ("migrate", "--check"),
    ("doctor",),
)


@pytest.fixture(scope="module")
def owner_url(server_url: str) -> Iterator[str]:
    """A database with a small ledger, and a role that has SELECT on it and nothing else."""
    with database(server_url, "reading") as url:
        schemas = f"ledger, read, {SCHEMA}"
        asyncio.run(
            execute(
                url,
                f"CREATE ROLE {READER} LOGIN; GRANT USAGE ON SCHEMA {schemas} TO {READER};"
                f"GRANT SELECT ON ALL TABLES IN SCHEMA {schemas} TO {READER}",
            )
        )
        yield url
        asyncio.run(execute(url, f"DROP OWNED BY {READER}; DROP ROLE {READER}"))


@pytest.fixture
def reader_url(owner_url: str) -> str:
    """The address of that database for that role."""
    return owner_url.replace("postgres:@", f"{READER}@", 1)


async def execute(url: str, script: str) -> None:
    """Execute a script."""
    async with postgres.connect(url) as connection:
        await connection.execute(script)


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_command_that_reads_needs_select_only(
    command: Command, reader_url: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    given = [argument.format(home=tmp_path) for argument in arguments]
    done = command(*given, database_url=reader_url)
    assert (done.code, "权限" in done.err) == (0, False), done.err


def test_where_read_models_are_behind_a_reader_is_told_the_position_they_hold(
    command: Command, owner_url: str, reader_url: str
) -> None:
    """Whoever may write has them follow first; see the last line."""
    last = asyncio.run(set_back(owner_url, FIRST))
    (before,) = (figure for figure in paid(command, reader_url) if figure["id"] == "F16")
    assert (before["at"], before["exact"]) == (FIRST, 190_000)
    (after,) = (figure for figure in paid(command, owner_url) if figure["id"] == "F16")
    assert (after["at"], after["exact"]) == (last, 190_000 + LATE_FEN)


def paid(command: Command, url: str) -> list[dict[str, object]]:
    """The figures, as a machine gets them."""
    done = command("figures", "--json", database_url=url)
    assert done.code == 0, done.err
    figures: list[dict[str, object]] = json.loads(done.out)
    return figures


async def set_back(url: str, to: int) -> int:
    """As if nobody had folded what follows a position; returns that of the last entry."""
    async with postgres.connect(url) as connection:
        last: int = await connection.fetchval("SELECT position FROM ledger.ledger")
        for (table,) in await connection.fetch(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE relnamespace = $1::text::regnamespace AND attname = 'known_from'"
            " AND relkind = 'r'",
            SCHEMA,
        ):
            await connection.execute(
                f"DELETE FROM {SCHEMA}.{table} WHERE known_from > {to};"
                f"UPDATE {SCHEMA}.{table} SET known_to = {MAX_POSITION} WHERE known_to > {to}"
            )
        await connection.execute(f"UPDATE {SCHEMA}.checkpoint SET position = {to}")
    return last


def test_a_command_that_writes_says_that_a_reader_may_not(
    command: Command, reader_url: str
) -> None:
    done = command(
        *("quarantine", "discard", "1", "--by", "JB-01", "--why", "示例"), database_url=reader_url
    )
    assert done.code == 2
    assert "没有这项权限" in done.err
