"""A second database, to do the same in without Kafka, or to restore into; a broker with TLS."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest

from infra import postgres
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.local import LocalKafka


@pytest.fixture
async def second_url(server_url: str) -> AsyncIterator[str]:
    """URL of a second database of this test's own."""
    name = f"tail_{uuid4().hex[:10]}"
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    yield url
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def tail_connection(second_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A second database, for the same events without Kafka."""
    async with postgres.connect(second_url) as connection:
        yield connection


@pytest.fixture(scope="module")
def secure_kafka(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalKafka]:
    """A broker with TLS, users and rights, on which topics could be deleted by whoever may."""
    request.getfixturevalue("kafka_jars")
    home = tmp_path_factory.mktemp("secure")
    with LocalKafka(home, settings={"delete.topic.enable": "true"}, host="localhost") as kafka:
        yield kafka
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def admin_of(secure_kafka: LocalKafka) -> Bootstrap:
    """How its administrator comes in."""
    password = (secure_kafka.secrets / "admin.password").read_text().strip()
    ca = secure_kafka.secrets / "ca.pem"
    return Bootstrap(secure_kafka.bootstrap, "admin", password, ca)
