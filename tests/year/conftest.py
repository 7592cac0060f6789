"""The whole sample year, made once, taken into one ledger once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra import postgres
from infra.settings import Settings
from ledger import files
from ledger.intake import Intake, Tally
from projections import opening, tail
from sample.feed import SHANGHAI
from sample.year import Year, build
from tests.support import databases
from tests.support.ledger import Bench, url_of
from tests.support.releasing import release_report

LEDGER = "445102"
DATABASE = "sample_year"
KNOWN = datetime(2025, 1, 17, 23, 59, 59, tzinfo=SHANGHAI)
"""The end of the day on which the report of the year was published."""
PUBLISHED_AT = datetime(2025, 1, 17, 16, 53, tzinfo=SHANGHAI)
"""When it was told that it was."""


@dataclass(frozen=True)
class Loaded:
    """The sample year in a database, and how its records ended."""

    year: Year
    file: Path
    url: str
    tally: Tally


def is_a(line: bytes, fact: str, holds: str = "") -> bool:
    """Whether a line is an event of a type, "line.fact", and holds a text."""
    return f'"type":"cn.mingjian.{fact}.v1"'.encode() in line and holds.encode() in line


def data_of(lines: Iterable[bytes], *facts: str) -> list[dict[str, Any]]:
    """The data of all events of some types but corrections, in order of receipt."""
    found = (line for line in lines if any(is_a(line, fact) for fact in facts))
    return [json.loads(line)["data"] for line in found if b'"corrects":' not in line]


async def take_file(url: str, file: Path, *, batch: int = 1000) -> Tally:
    """Take a file into a ledger and fold it."""
    async with postgres.connect(url) as connection:
        settings = Settings()
        ledger = await opening.create_ledger(connection, LEDGER, "replay", settings)
        intake = Intake(ledger, settings.secret)
        tally = await files.ingest_file(connection, intake, file, batch=batch)
        await tail.catch_up(connection, LEDGER)
    return tally


@pytest.fixture(scope="session")
def loaded(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The sample year, loaded."""
    year = build(2024)
    file = tmp_path_factory.mktemp("sample") / "sample-2024.jsonl"
    with file.open("wb") as out:
        out.writelines(line + b"\n" for line in year.feed.lines())

    async def load() -> Tally:
        async with postgres.connect(server_url) as admin:
            await admin.execute(f"CREATE DATABASE {DATABASE}")
        return await take_file(url_of(server_url, DATABASE), file)

    tally = asyncio.run(load())
    return Loaded(year, file, url_of(server_url, DATABASE), tally)


@pytest.fixture
async def year_connection(loaded: Loaded) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the loaded sample year; tests leave it as it is."""
    async with postgres.connect(loaded.url) as connection:
        yield connection


@pytest.fixture(scope="session")
def released(loaded: Loaded, server_url: str) -> str:  # noqa: ARG001  copied
    """URL of a copy of the loaded sample year whose annual report is released."""
    name = "sample_year_released"

    async def release() -> str:
        url = await databases.create(server_url, name, DATABASE)
        async with postgres.connect(url) as connection:
            bench = await Bench.join(connection)
            at = (await bench.moment(known=PUBLISHED_AT)).at
            await release_report(bench, at, PUBLISHED_AT)
        return url

    return asyncio.run(release())


@pytest.fixture
async def bench(year_connection: asyncpg.Connection) -> Bench:
    """The loaded sample year, to ask; tests leave it as it is."""
    return await Bench.open(year_connection)


@pytest.fixture(scope="session")
def lines(loaded: Loaded) -> list[bytes]:
    """The sample year line by line, without the ends of the lines."""
    return loaded.file.read_bytes().splitlines()


@pytest.fixture
async def changeable(loaded: Loaded, server_url: str) -> AsyncIterator[str]:  # noqa: ARG001  copied
    """URL of a copy of the loaded sample year that a test may change."""
    name = "sample_year_copy"
    yield await databases.create(server_url, name, DATABASE)
    await databases.drop(server_url, name)
