"""Rebuilding in tests: the command in this process or in one of its own, and planted bugs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from cli.root import app
from domain.aggregate import Entry
from domain.event import Event
from infra.settings import settings
from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel

ROOT = Path(__file__).parents[2]
WITH_ROWS = (
    "--model=payment",
    "--model=paid_month",
    "--model=case_entitlement",
    "--model=standard",
    "--model=covered_person",
    "--model=case_step",
    "--model=account",
    "--model=late_record",
)
"""The read models in which tests.support.history has rows: a rebuild of all takes its time."""
REBUILT = tuple(model for model in READ_MODELS if f"--model={model.name}" in WITH_ROWS)


ACCEPT = ("--accept", "--by", "示例经办人", "--why", "读法改了")
"""To switch in spite of differences."""


class Command:
    """`mingjian rebuild` on one database."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = {"MINGJIAN_DATABASE_URL": url, "MINGJIAN_HOME": str(home)}

    async def run(self, *options: str, models: Iterable[str] = WITH_ROWS) -> Result:
        """Run it in this process, where folds may be patched, beside whatever else goes on."""
        settings.cache_clear()
        try:
            return await asyncio.to_thread(self._invoke, ["rebuild", *models, *options])
        finally:
            settings.cache_clear()

    def _invoke(self, arguments: list[str]) -> Result:
        return CliRunner().invoke(app, arguments, env=self.environment)

    async def killed_at(self, point: str, *options: str) -> int:
        """Run it in a process that dies at a fail point; its return code."""
        return await asyncio.to_thread(self._child, point, options)

    def _child(self, point: str, options: Iterable[str]) -> int:
        code = "from cli import main; main()"
        return subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-c", code, "rebuild", *WITH_ROWS, *options],
            env=os.environ | self.environment | {"MINGJIAN_FAIL_AT": point},
            cwd=ROOT,
            capture_output=True,
            check=False,
        ).returncode


@contextmanager
def planted(
    model: ReadModel, event: type[Event], turn: Callable[[Entry, Iterable[Any]], Iterable[Any]]
) -> Iterator[None]:
    """A bug in the fold of an event that adds rows: `turn` gets the entry and the right rows."""
    right = model.adding[event.TYPE]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(model.adding, event.TYPE, lambda entry: turn(entry, right(entry)))
        yield


_SHAPE = (
    """SELECT attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = $1::text::regclass AND attnum > 0 ORDER BY attnum""",
    """SELECT pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = $1::text::regclass ORDER BY 1""",
    """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = $1::text::regclass ORDER BY 1""",
    """SELECT reloptions, relpersistence, obj_description(oid, 'pg_class') FROM pg_class
    WHERE oid = $1::text::regclass""",
)


async def shape(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """Columns, keys, indexes, storage and comments of the tables of all read models."""
    found: list[tuple[Any, ...]] = []
    for model in READ_MODELS:
        for query in _SHAPE:
            found += [(model.name, *row) for row in await connection.fetch(query, model.table)]
    return found


async def made_anew(connection: asyncpg.Connection) -> dict[str, int]:
    """Read model → the number by which PostgreSQL knows its table: another one after a switch."""
    return {
        model.name: await connection.fetchval("SELECT $1::text::regclass::oid", model.table)
        for model in REBUILT
    }
