"""The publisher on Kafka: it hears what became of each event, also of one that was told before."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import pytest
from mingjian_publisher.kafka import Topic

from consumers.intake import IntakeApp
from consumers.relay import RelayApp
from infra.settings import Settings
from tests.support.kafka import make_topics
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household

pytestmark = pytest.mark.kafka
SOURCE = "social-assistance"
EVENTS = [event(SOURCE, f"p-{number}", a_household(f"DB-{number}")) for number in (1, 2)]
MENDED = EVENTS[1]
WRONG = MENDED.replace(b'"case_number"', b'"case"')


@pytest.mark.usefixtures("connection")
async def test_what_was_told_when_nobody_looked_is_found_again(kafka_settings: Settings) -> None:
    await make_topics(kafka_settings)
    topic = Topic(kafka_settings.kafka or "", SOURCE, prefix=kafka_settings.kafka_prefix, wait=4.0)

    async def send(*events: bytes) -> list[str | None]:
        answers = await asyncio.to_thread(topic.send, events)
        return [each and each.outcome for each in answers]

    async with IntakeApp(kafka_settings, LEDGER), RelayApp(kafka_settings, LEDGER):
        assert await send(EVENTS[0], WRONG) == ["accepted", "quarantined"]
        # No second receipt comes, as after a crash before the first was read.
        assert await send(EVENTS[0], WRONG) == ["accepted", "quarantined"]
    # Nobody judges the mended one now: what was said of the wrong one is not said of it.
    assert await send(MENDED) == [None]
    async with IntakeApp(kafka_settings, LEDGER), RelayApp(kafka_settings, LEDGER):
        assert await send(MENDED) == ["accepted"]


def test_receipts_can_be_read_with_what_the_extra_installs() -> None:
    """They are compressed; aiokafka alone cannot read that."""
    project = Path(__file__).parents[2] / "publisher" / "pyproject.toml"
    extras = tomllib.loads(project.read_text("utf-8"))["project"]["optional-dependencies"]
    assert [each for each in extras["kafka"] if each.startswith("aiokafka[") and "zstd" in each]
