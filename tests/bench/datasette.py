"""Datasette, tuned fairly, over the same rows: an immutable file that was inspected, no facets.

It is installed into an environment of its own in build/: no other part needs it.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.bench.place import Place, Process

VERSION = "0.65.5"
OPTIONS = {"suggest_facets": "off", "allow_facet": "off", "default_page_size": "50"}
"""Fifty rows a page, as ours; looking for facets would take most of its time."""


class NotHere(Exception):
    """Why the contender cannot run on this machine."""


def install(build: Path) -> Path:
    """Its command, installed into `build` where it is not there yet. Raises NotHere."""
    target = build / "datasette"
    command = target / "bin" / "datasette"
    if command.exists():
        return command
    for step in (
        [sys.executable, "-m", "venv", str(target)],
        [str(target / "bin/python"), "-m", "pip", "install", "--quiet", f"datasette=={VERSION}"],
    ):
        done = subprocess.run(step, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            told = done.stderr.strip()[-300:]
            raise NotHere(f"Datasette 未测 / not measured: {' '.join(step[1:3])}: {told}")
    return command


def write(file: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Rows as tables of a SQLite file; the column `id` is the key."""
    with closing(sqlite3.connect(file)) as connection:
        for name, rows in tables.items():
            columns = list(rows[0])
            said = ", ".join(f'"{c}"' + (" PRIMARY KEY" if c == "id" else "") for c in columns)
            connection.execute(f'CREATE TABLE "{name}" ({said})')
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})',
                [tuple(row[column] for column in columns) for row in rows],
            )
        connection.commit()
        connection.execute("ANALYZE")
        connection.execute("VACUUM")


@contextmanager
def serving(place: Place, command: Path, file: Path, port: int) -> Iterator[Process]:
    """It serves the file, until the end of the body."""
    inspected = file.with_suffix(".json")
    subprocess.run(  # noqa: S603
        [str(command), "inspect", str(file), "--inspect-file", str(inspected)],
        check=True,
        capture_output=True,
    )
    options = [part for name, value in OPTIONS.items() for part in ("--setting", name, value)]
    with place.running(
        "datasette",
        [
            *(str(command), "serve", "-i", str(file), "--inspect-file", str(inspected)),
            *("--port", str(port), *options),
        ],
        {},
    ) as process:
        yield process


def table_of(page: str) -> int:
    """How many rows of a table one of its pages shows."""
    return len(re.findall(r"<tr>\s*<td", page))
