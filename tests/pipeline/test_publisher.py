"""The publisher on Kafka: it hears what became of each event, also of one that was told before."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from mingjian_publisher import Outbox, deliver
from mingjian_publisher.kafka import Topic, TopicMissing

from consumers.intake import IntakeApp
from consumers.relay import RelayApp
from infra.settings import Settings
from tests.support.kafka import make_topics
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household

pytestmark = pytest.mark.kafka
PUBLISHER = Path(__file__).parents[2] / "publisher"
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
    texts: list[str] = []
    await asyncio.to_thread(topic.receipts, texts.append)
    told = [json.loads(text) for text in texts]
    assert {(each["id"], each["outcome"]) for each in told} >= {
        ("p-1", "accepted"), ("p-2", "quarantined"), ("p-2", "accepted")
    }  # fmt: skip


def test_receipts_can_be_read_with_what_the_extra_installs() -> None:
    """They are compressed; aiokafka alone cannot read that."""
    project = PUBLISHER / "pyproject.toml"
    extras = tomllib.loads(project.read_text("utf-8"))["project"]["optional-dependencies"]
    assert [each for each in extras["kafka"] if each.startswith("aiokafka[") and "zstd" in each]


async def test_a_source_without_topics_is_told_once_and_in_time(
    kafka_settings: Settings, tmp_path: Path
) -> None:
    """Given a mistyped source, sending ends when patience does, and says what may be meant."""
    await make_topics(kafka_settings)
    events = tmp_path / "events.jsonl"
    events.write_bytes(EVENTS[0] + b"\n")
    command = "import sys; from mingjian_publisher.command import main; sys.exit(main())"
    arguments = [str(events), "--outbox", str(tmp_path / "outbox.sqlite"), "--patience", "1"]
    to = ["--kafka", kafka_settings.kafka or "", "--source", "social-assistence"]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", command, "send", *arguments, *to],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PUBLISHER)},
        timeout=120,
    )

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "mingjian.intake.social-assistence" in line
    assert "mingjian run intake" in line
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        assert outbox.counts() == {"waiting": 1}


async def test_what_a_mistyped_source_may_mean_is_said(kafka_settings: Settings) -> None:
    await make_topics(kafka_settings)
    topic = Topic(
        kafka_settings.kafka or "", "social-assistence", prefix=kafka_settings.kafka_prefix
    )

    with pytest.raises(TopicMissing, match=r"did you mean social-assistance\?"):
        await asyncio.to_thread(topic.send, EVENTS[:1])


async def test_a_topic_that_comes_later_is_waited_for(
    kafka_settings: Settings, tmp_path: Path
) -> None:
    """Given that intake and relay start after whoever sends, all arrives without a word."""
    topic = Topic(kafka_settings.kafka or "", SOURCE, prefix=kafka_settings.kafka_prefix, wait=4.0)

    def send() -> dict[str, int]:
        with Outbox(tmp_path / "outbox.sqlite") as outbox:
            outbox.put([json.loads(EVENTS[0])])
            deliver(outbox, topic, patience=100)
            return outbox.counts()

    with pytest.raises(TopicMissing):
        await asyncio.to_thread(topic.send, EVENTS[:1])
    sending = asyncio.create_task(asyncio.to_thread(send))
    async with IntakeApp(kafka_settings, LEDGER), RelayApp(kafka_settings, LEDGER):
        assert await sending == {"accepted": 1}
