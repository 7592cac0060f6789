"""A file's whole way over Kafka in one process: intake topic, ledger, ledger topic, read models."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from consumers.service import POLL_SECONDS, App
from infra import logging as logs
from infra import postgres
from infra.bureaus import ours
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.kafka.local import LocalKafka
from infra.kafka.topics import ledger_topic
from infra.roles import Role
from infra.settings import Settings
from ledger import offsets, unpublished
from ledger.intake import Tally
from projections import projector
from rules import working
from sample.sending import Sent, send_file


class Bars(Protocol):
    """The part of a progress display that we use."""

    def add_task(self, description: str, *, total: float | None = ...) -> Any: ...

    def update(
        self, task_id: Any, *, completed: float | None = ..., total: float | None = ...
    ) -> None: ...

    def advance(self, task_id: Any, advance: float = ...) -> None: ...


async def demo_on_kafka(
    settings: Settings,
    path: Path,
    progress: Callable[[], AbstractContextManager[Any]],
    *,
    ledger: str,
) -> tuple[Tally, str]:
    """Send a file through Kafka until every read model holds it; returns the tally and the way.

    Without MINGJIAN_KAFKA a broker of our own is started from its jars for the time of the demo.
    The tally counts what this process took in: all of it, unless another intake runs as well.
    """
    logs.configure(settings, level=logging.CRITICAL)
    size = (await asyncio.to_thread(path.stat)).st_size
    async with _broker(settings) as given:
        bootstrap = Bootstrap.of(given)
        await ensure_topics(
            bootstrap, sources=ours(given).sources, divisions=[ledger], prefix=given.kafka_prefix
        )
        with progress() as bars:
            task = bars.add_task("发送", total=size)
            sent = await send_file(
                bootstrap,
                path,
                ours(given),
                lambda n: bars.advance(task, n),
                prefix=given.kafka_prefix,
            )
            intake = IntakeApp(given, ledger)
            async with (
                intake,
                RelayApp(given, ledger) as relay,
                ProjectorApp(given, ledger) as last,
            ):
                await drained(given, ledger, sent, (intake, relay, last), bars)
    topic = ledger_topic(ledger, given.kafka_prefix)
    server = "MINGJIAN_KAFKA" if settings.kafka else "Maven jars"
    return intake.tally, (
        f"路径：文件 → Kafka {bootstrap}（{server}）的 {len(sent.ends)} 个接收主题"
        f" {given.kafka_prefix}.intake.* → 账本（PostgreSQL）"
        f" → {topic}（{last.position} 条）→ 读模型"
    )


async def drained(
    settings: Settings, ledger: str, sent: Sent, apps: tuple[App, ...], bars: Bars
) -> None:
    """Wait until what was sent is in the ledger, published, told to its sources and projected."""
    taking = bars.add_task("记账", total=sum(sent.ends.values()))
    folding = bars.add_task("发布与投影", total=None)
    async with postgres.connect(postgres.database_url(settings, Role.OPERATOR)) as connection:
        while True:
            for app in apps:
                app.check()
            taken = await _taken(connection, sent)
            heads = await unpublished.heads(connection, ledger)
            folded = await projector.folded_to(connection, ledger)
            told = await unpublished.told(connection, ledger)
            bars.update(taking, completed=sum(taken.values()))
            bars.update(folding, completed=folded, total=heads.accepted)
            if (
                all(taken[topic] >= end for topic, end in sent.ends.items())
                and folded >= heads.accepted
                and not await working.behind(connection, ledger)
                and all(number >= getattr(heads, what) for what, number in told.items())
            ):
                return
            await asyncio.sleep(POLL_SECONDS)


async def _taken(connection: asyncpg.Connection, sent: Sent) -> dict[str, int]:
    places = await offsets.read(connection, [(topic, 0) for topic in sent.ends])
    return {
        topic: places[topic, 0].next_offset if (topic, 0) in places else 0 for topic in sent.ends
    }


@asynccontextmanager
async def _broker(settings: Settings) -> AsyncIterator[Settings]:
    """Settings that name a broker: the given one, or one of our own, whose data stays."""
    if settings.kafka is not None:
        yield settings
        return
    kafka = LocalKafka(settings.home / "kafka" / "demo")
    await asyncio.to_thread(kafka.start)
    try:
        yield settings.model_copy(update={"kafka": kafka.bootstrap})
    finally:
        await asyncio.to_thread(kafka.stop)
