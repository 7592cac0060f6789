"""Whoever starts a service is told by one plain line when it is ready."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from infra.settings import Settings
from tests.support.ledger import LEDGER

pytestmark = pytest.mark.kafka
SERVICES = ("intake", "relay", "projector")


async def first_line(settings: Settings, *service: str) -> str:
    environment = os.environ | {
        "MINGJIAN_KAFKA": settings.kafka or "",
        "MINGJIAN_KAFKA_PREFIX": settings.kafka_prefix,
        "MINGJIAN_DATABASE_URL": settings.database_url or "",
        "MINGJIAN_HOME": str(settings.home),
        "PYTHONUNBUFFERED": "1",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from cli import main; main()", "run", *service),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(120):
            return (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.usefixtures("connection")
async def test_each_service_says_when_it_is_ready(kafka_settings: Settings) -> None:
    lines = await asyncio.gather(*(first_line(kafka_settings, service) for service in SERVICES))

    for service, line in zip(SERVICES, lines, strict=True):
        assert f" / {service}：账本 {LEDGER} 已就绪 / ready" in line


@pytest.mark.usefixtures("connection")
async def test_the_pages_say_where_they_are(kafka_settings: Settings) -> None:
    line = await first_line(kafka_settings, "api", "--port", "0")

    assert line.startswith("公开页面 / pages: http://127.0.0.1:")
    assert not line.endswith(":0/")
