"""What the doctor says of the gateway: whether it takes events, and whose keys end soon."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import asyncpg
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from api.gateway.app import create_gateway
from cli.doctor.finding import Finding, Level
from cli.doctor.gateway import gateway_findings
from infra import postgres
from infra.settings import Settings
from ledger import source_keys
from ledger.seal import Sealer
from tests.support import databases
from tests.support.gateway import SAID, a_key, fill
from tests.support.ledger import LEDGER
from tests.support.serving import threaded


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with databases.filled(server_url, "doctor_gateway", fill) as made:
        yield made


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


async def checked(
    connection: asyncpg.Connection | None, settings: Settings, address: str
) -> dict[str, Finding]:
    found = await gateway_findings(connection, settings, LEDGER, address)
    assert all(bool(each.remedy) == (each.level in (Level.WRONG, Level.LOOK)) for each in found)
    return {finding.check: finding for finding in found}


async def test_where_nobody_sends_over_http_nothing_is_missing(url: str, nowhere: str) -> None:
    settings = Settings(database_url=url)
    async with postgres.connect(url) as connection:
        found = await checked(connection, settings, nowhere)
    assert {each.level for each in found.values()} == {Level.OFF}
    assert (await checked(None, settings, nowhere)).keys() == {"gateway"}


async def test_keys_are_told_by_their_source_and_a_gateway_is_missed_then(
    url: str, nowhere: str
) -> None:
    settings = Settings(database_url=url)
    async with postgres.connect(url) as connection:
        await a_key(connection, "payouts", days=300)
        await a_key(connection, "payouts", days=10)
        await a_key(connection, "marriage", days=10)
        await a_key(connection, "placenames", days=-1)
        key, _ = await a_key(connection, "funeral", days=300)
        sealer = Sealer(settings.secret, LEDGER)
        await source_keys.revoke(connection, sealer, LEDGER, "funeral", key, SAID)
        found = await checked(connection, settings, nowhere)
    assert {check: each.level for check, each in found.items()} == {
        "gateway.key.funeral": Level.OFF,
        "gateway.key.marriage": Level.LOOK,
        "gateway.key.payouts": Level.FINE,
        "gateway.key.placenames": Level.WRONG,
        "gateway": Level.LOOK,
    }
    assert "mingjian source key new marriage" in found["gateway.key.marriage"].remedy


async def test_a_gateway_that_runs_says_whether_it_takes_events(url: str) -> None:
    """And that it has no key yet; where the settings name Kafka and it has none, that too."""
    settings = Settings(database_url=url)
    app = create_gateway(settings, lambda error: pytest.fail(str(error)))
    async with postgres.connect(url) as connection:
        with threaded(app) as port:
            address = f"http://127.0.0.1:{port}"
            while (found := await checked(connection, settings, address))[
                "gateway"
            ].level is not Level.FINE:
                pass
            assert found["gateway.keyless"].level is Level.LOOK
            assert "gateway.kafka" not in found
            other = settings.model_copy(update={"kafka": "127.0.0.1:1"})
            assert (await checked(connection, other, address))["gateway.kafka"].level is Level.LOOK


async def test_what_is_no_gateway_or_takes_nothing_is_named() -> None:
    async def another(_: object) -> PlainTextResponse:
        return PlainTextResponse("hello")

    async def ill(_: object) -> JSONResponse:
        told = {"service": "gateway", "ledger": LEDGER, "wrong": ["Kafka 没有答复"], "kafka": False}
        return JSONResponse(told | {"keys_read_at": "2024-01-01T00:00:00+00:00"}, 503)

    settings = Settings(database_url="postgresql://nobody")
    for answer, levels in (
        (another, {"gateway": Level.LOOK}),
        (ill, {"gateway": Level.WRONG, "gateway.keys_read": Level.LOOK}),
    ):
        with threaded(Starlette(routes=[Route("/readyz", answer)])) as port:
            found = await checked(None, settings, f"http://127.0.0.1:{port}")
        assert {check: each.level for check, each in found.items()} == levels
