"""The shred test: a person who touched everything is forgotten, and every byte on disk is searched.

A server and a broker of this test's own run the services; nothing is looked at through them, but in
the files that they leave.
"""

from __future__ import annotations

import base64
import gzip
import io
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from infra import embedded, postgres
from infra.kafka.local import LocalKafka
from infra.kafka.topics import intake_topic, journal_topic, ledger_topic, quarantine_topic
from infra.kafka.topics import receipts_topic as receipts
from infra.settings import Settings
from ledger import forgetting, journal, keys, mentions
from ledger.forgetting import Forgotten
from projections import opening
from tests.attack import disk
from tests.support.engine import altered, rows_at_head
from tests.support.gateway import ONE, gateway_of
from tests.support.kafka import make_topics, put, until, whole_topic
from tests.support.ledger import LEDGER
from tests.support.persons import (
    BANK,
    OFFICE,
    REF,
    SEALER,
    SECRETS,
    a_case_told,
    a_payment_told,
    an_end_told,
    spellings,
)
from tests.support.rosters import sheet
from tests.support.users import let_in
from upkeep.keys import export_keys, import_keys
from upkeep.verification.driver import verify

PREFIX = "shred"
FIRST = journal.said("示例甲", "保管期限已满，本人申请")
SECOND = journal.said("示例乙", "经审核同意")
EXPIRES = {
    "retention.ms": "1",
    "segment.ms": "100",
    "file.delete.delay.ms": "0",
    "message.timestamp.type": "LogAppendTime",
}
"""What 30 days do to an intake topic, at once."""
QUICK = {"log.retention.check.interval.ms": "300", "log.initial.task.delay.ms": "100"}
SERVED = {OFFICE: intake_topic(OFFICE, PREFIX), BANK: intake_topic(BANK, PREFIX)}


class Place(NamedTuple):
    settings: Settings
    postgres: Path
    kafka: Path
    home: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.postgres, self.kafka, self.home


@pytest.fixture
def place(kafka_jars: None, tmp_path: Path) -> Iterator[Place]:  # noqa: ARG001  skips
    data = tmp_path / "pg"
    url = postgres.embedded_url(data)
    kafka = LocalKafka(tmp_path / "kafka", settings=QUICK)
    home = tmp_path / "home"
    home.mkdir()
    try:
        with kafka:
            settings = Settings(
                kafka=kafka.bootstrap, kafka_prefix=PREFIX, database_url=url, home=home
            )
            yield Place(settings, data, kafka.data_dir, home)
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[IntakeApp, RelayApp, ProjectorApp]]:
    apps = (IntakeApp(settings, LEDGER), RelayApp(settings, LEDGER), ProjectorApp(settings, LEDGER))
    async with AsyncExitStack() as stack:
        for app in apps:
            await stack.enter_async_context(app)
        yield apps


class Told:
    """Sends lines to the topics of their sources, and waits until all is done with them."""

    def __init__(
        self,
        place: Place,
        connection: asyncpg.Connection,
        apps: tuple[IntakeApp, RelayApp, ProjectorApp],
    ) -> None:
        self._place, self._connection, self._apps = place, connection, apps
        self._sent = 0

    async def __call__(self, *lines: bytes) -> None:
        for line in lines:
            source = BANK if b'"payouts"' in line else OFFICE
            await put(self._place.settings, SERVED[source], (line, []))
        await self.taken(len(lines))

    async def taken(self, sent: int) -> None:
        """Wait until so many more are done with."""
        self._sent += sent
        await until(self._done, *self._apps)

    async def _done(self) -> bool:
        _, relay, projector = self._apps
        taken = await self._connection.fetchval(
            "SELECT coalesce(sum(next_offset), 0) FROM ledger.source_offset"
        )
        position, number = await self._connection.fetchrow(
            "SELECT position, journal FROM ledger.ledger"
        )
        return bool(taken == self._sent) and (projector.position, relay.number) == (
            position,
            number,
        )


def everywhere() -> list[list[bytes]]:
    """What makes the person known in every place that there is; each part waits for the one before.

    Two cases with their payments, one of which waited; what waits still; a correction; and what is
    refused: an amount below 0, a place that there is not, a type that nobody knows, no JSON at all.
    """
    corrected = altered(
        a_payment_told("DB-1", "1990-02"),
        {"amount_fen": 60_000},
        id="k-1",
        corrects=f"{BANK}/p-DB-1-1990-02",
        correctionkind="changed",
    )
    return [
        [a_payment_told("DB-2", "1991-03"), a_payment_told("DB-9", "1990-04")],
        [a_case_told("DB-1"), a_case_told("DB-2", 1991)],
        [a_payment_told("DB-1", "1990-02"), an_end_told("DB-1"), an_end_told("DB-2", 1992)],
        [corrected],
        [
            altered(a_payment_told("DB-1", "1990-05"), {"amount_fen": -5}),
            altered(a_case_told("DB-3"), {"township": "x"}),
            altered(a_case_told("DB-4"), id="c-un", type="cn.mingjian.assistance.nothing.v1"),
            b'{"data": "' + base64.b64encode(SECRETS[0].encode()) + SECRETS[2].encode(),
        ],
    ]


async def test_a_person_is_shredded_in_every_copy(place: Place) -> None:
    said = io.StringIO()
    url = place.settings.database_url or ""
    with redirect_stdout(said), redirect_stderr(said):
        async with postgres.connect(url) as connection:
            await disk.log_all(connection)
            await opening.create_ledger(connection, LEDGER, "replay", place.settings)
            await let_in(connection)
            await make_topics(place.settings)
            key, wrapped = await _shred(place, connection)
            await _expire(place)
            topics = await _topics(place.settings)
            await disk.compact(connection)
    # Services and servers are gone: what is left is on disk.
    embedded.stop(place.postgres)
    sought = [*disk.of_person(), *disk.of_keys(key, wrapped)]
    assert disk.found(sought, *place.folders) == []
    assert disk.in_bytes(sought, topics) == set()
    assert disk.in_bytes(sought, said.getvalue().encode()) == set()


async def _shred(place: Place, connection: asyncpg.Connection) -> tuple[bytes, bytes]:
    """Tell, forget, tell again, while all services run; the key that was destroyed."""
    async with running(place.settings) as apps:
        told = Told(place, connection, apps)
        for part in everywhere():
            await told(*part)
        async with gateway_of(place.settings) as (gateway, _):
            line = a_payment_told("DB-2", "1991-04")
            answer = await gateway.post("/events", content=line, headers=ONE)
            assert answer.status_code == 202, answer.text
            await told.taken(1)
        counts = await connection.fetchrow(
            "SELECT position, parked, quarantined FROM ledger.ledger"
        )
        assert tuple(counts) == (8, 2, 4)
        key = (await keys.load(connection, SEALER, LEDGER, [REF]))[REF]
        wrapped = await connection.fetchval(
            "SELECT key FROM ledger.person_key WHERE person = $1", REF
        )
        await export_keys(connection, SEALER, LEDGER, place.home / "keys-before.jsonl")
        await connection.execute("CHECKPOINT")
        sought = [*disk.of_person(), *disk.of_keys(key, wrapped)]
        here = {what for what, _ in disk.found(sought, *place.folders)}
        assert here == {*(f"{text[:2]}…" for text in SECRETS), "wrapped key"}, "the search is blind"
        rows = await rows_at_head(connection)
        hashes = await connection.fetch("SELECT digest, content, leaf, mac FROM ledger.entry")

        await forgetting.forget(connection, SEALER, LEDGER, REF, FIRST)
        done = await forgetting.forget(connection, SEALER, LEDGER, REF, SECOND)
        assert isinstance(done, Forgotten)
        assert sorted((copy.table, copy.number) for copy in done.blanked) == [
            *(("parked", n) for n in (1, 2)),
            *(("quarantine", n) for n in (1, 2, 3, 4)),
        ]
        assert await rows_at_head(connection) == rows
        now = await connection.fetch("SELECT digest, content, leaf, mac FROM ledger.entry")
        assert now == hashes

        # The services go on: what is told afterwards is readable, what was told before is not.
        await told(a_payment_told("DB-1", "1990-06"))
        states = [each.state for each in await mentions.of(connection, SEALER, LEDGER, [REF])]
        assert sorted(states) == ["clear", *["forgotten"] * 6]
    # An export of before brings nobody back; it is itself to be destroyed, as the record says when.
    await import_keys(connection, SEALER, LEDGER, place.home / "keys-before.jsonl")
    (place.home / "keys-before.jsonl").unlink()
    assert (await keys.load(connection, SEALER, LEDGER, [REF]))[REF] != key
    await export_keys(connection, SEALER, LEDGER, place.home / "keys-after.jsonl")
    made = await verify(
        connection, place.settings.secret, LEDGER, PREFIX, lambda *_: lambda _: None
    )
    assert made.differences.as_json() == []
    return key, wrapped


async def _expire(place: Place) -> None:
    """Let the retention of the intake topics end."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.settings.kafka)
    await admin.start()
    try:
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, EXPIRES) for name in SERVED.values()]
        )
    finally:
        await admin.close()
    folders = [f for name in SERVED.values() for f in (place.kafka / "log").glob(f"{name}-*")]
    assert len(folders) == len(SERVED)

    async def gone() -> bool:
        return not any(path.stat().st_size for f in folders for path in f.glob("*.log*"))

    await until(gone)


async def _topics(settings: Settings) -> bytes:
    """All records of the topics that are kept, unpacked: values and headers."""
    names = [ledger_topic(LEDGER, PREFIX), journal_topic(LEDGER, PREFIX), quarantine_topic(PREFIX)]
    names += [receipts(source, PREFIX) for source in SERVED]
    found = io.BytesIO()
    for name in names:
        for record in await whole_topic(settings, name):
            found.write(record.value or b"")
            for header, value in record.headers:
                found.write(header.encode() + b"=" + (value or b"") + b"\n")
    return found.getvalue()


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Each spelling, wherever it stands in a file, also in what is packed."""
    number = SECRETS[0]
    forms = [b"..." + secret + b"..." for secret in spellings(number)]
    forms += [base64.b64encode(b"x" * n + number.encode() + b"...") for n in range(4)]
    forms += [gzip.compress(number.encode()), sheet([["示例", number]])]
    for place, raw in enumerate(forms):
        (tmp_path / str(place)).write_bytes(raw)
    (tmp_path / number).touch()
    assert len({path for _, path in disk.found(disk.of_person(), tmp_path)}) == len(forms) + 1
