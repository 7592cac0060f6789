"""What the doctor asks Kafka: is it safe, does it hold what the ledger needs, what waits in it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Sequence

import asyncpg
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from cli.doctor.finding import Finding, fine, look, wrong
from consumers.lookup import Standing, standing, waiting_since
from infra.alarm import Alarm
from infra.kafka.admin import administering, existing_topics
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import topic_faults
from infra.kafka.reader import reading
from infra.kafka.topics import DAY_MS, INTAKE_DAYS, journal_topic, ledger_topic
from infra.settings import Settings
from ledger import adopted, foreign, store, unpublished
from ledger.adopted import NothingAdopted
from ledger.foreign import Foreign
from ledger.published import ENTRIES, JOURNAL
from ledger.published import FAULTS as FOREIGN_FAULTS
from ledger.records import Partition
from ledger.seal import Sealer
from upkeep import balance
from upkeep.balance import FAULTS, Book

AUTO_CREATE = "auto.create.topics.enable"
FETCH = 1
"""Kafka's number of the request to read."""
FETCH_OF_KAFKA_4 = 4
"""The oldest form of it that Kafka 4 still takes; brokers do not tell their version."""
KEPT_SECONDS = INTAKE_DAYS * DAY_MS / 1000
NAMED = 5
"""So many foreign records of a topic are named."""
CLOSE = 0.5
"""Share of the retention after which an untaken record is a reason to worry."""


async def kafka_findings(
    connection: asyncpg.Connection | None, given: Settings, name: str
) -> list[Finding]:
    """All checks of the broker, and with a database of what waits in it."""
    bootstrap, prefix = Bootstrap.of(given), given.kafka_prefix
    found = [await _brokers(bootstrap)]
    if connection is None or not await store.exists(connection):
        return found
    try:
        sources = (await adopted.versions(connection, name)).sources
    except (store.LedgerMissing, store.LedgerRestoring, NothingAdopted):
        return found
    found += await _topics(bootstrap, name, sources, prefix)
    found += [finding async for finding in _published(connection, given, name)]
    books = await balance.books(connection, bootstrap, prefix, name)
    return found + [finding async for finding in _intake(books, given, name)]


async def _brokers(bootstrap: Bootstrap) -> Finding:
    async with administering(bootstrap) as admin:
        cluster = await admin.describe_cluster()
        brokers = [str(broker["node_id"]) for broker in cluster["brokers"]]
        answers = await admin.describe_configs(
            [
                ConfigResource(
                    ConfigResourceType.BROKER, brokers[0], {"auto.create.topics.enable": ""}
                )
            ]
        )
        connection = await admin._client._get_conn(cluster["brokers"][0]["node_id"])  # noqa: SLF001  no public reader
        modern = connection._versions[FETCH][0] >= FETCH_OF_KAFKA_4  # noqa: SLF001  likewise
    values = [
        entry[1]
        for answer in answers
        for _code, _message, _kind, _name, entries in answer.resources
        for entry in entries
    ]
    version = "4 或更新 / or newer" if modern else "3 或更旧 / or older"
    text = f"Kafka {bootstrap}：{len(brokers)} 台 / brokers，{version}"
    if values == ["true"]:
        return look(
            "kafka",
            f"{text}, {AUTO_CREATE} = true",
            "设为 false：写错的主题名会成为七天后删除的主题 / set it to false: a mistyped name"
            " becomes a topic that forgets after seven days",
        )
    return fine("kafka", text)


async def _topics(
    bootstrap: Bootstrap, ledger: str, sources: Collection[str], prefix: str
) -> list[Finding]:
    missing, unsafe = await topic_faults(
        bootstrap, sources=sources, divisions=[ledger], prefix=prefix
    )
    found = [
        wrong(
            "kafka.topics",
            str(fault),
            "用 kafka-configs 改正，查明谁改过 / correct it; find out who did it",
        )
        for fault in unsafe
    ]
    if missing:
        text = f"缺 {len(missing)} 个主题 / topics missing: {', '.join(missing[:3])} …"
        remedy = "服务启动时会建 / services create them when they start: mingjian run intake"
        found.append(look("kafka.topics", text, remedy))
    return found or [fine("kafka.topics", "主题及其设置安全 / topics and their settings are safe")]


async def _published(
    connection: asyncpg.Connection, given: Settings, ledger: str
) -> AsyncIterator[Finding]:
    """How far the relay is, and what stands in its topics that it did not publish."""
    check, remedy = f"relay.{ledger}", "mingjian run relay"
    heads = await unpublished.heads(connection, ledger)
    told = await unpublished.told(connection, ledger)
    places = await foreign.places(connection, ledger)
    listed = await foreign.listed(connection, ledger)
    bootstrap, prefix = Bootstrap.of(given), given.kafka_prefix
    where = (connection, bootstrap, Sealer(given.secret, ledger), ledger)
    async with administering(bootstrap) as admin:
        ours = (ledger_topic(ledger, prefix), journal_topic(ledger, prefix))
        existing = await existing_topics(admin, bootstrap, ours)
    stands: dict[str, Standing] = {}
    for topic, log in {
        ledger_topic(ledger, prefix): ENTRIES,
        journal_topic(ledger, prefix): JOURNAL,
    }.items():
        if topic not in existing:
            continue
        try:
            found = stands[topic] = await standing(*where, topic, log, places.get(topic))
        except Alarm as alarm:
            yield wrong(check, str(alarm), "mingjian reconcile; docs/operating.md")
            continue
        places[topic] = found.place
        listed += found.foreign
        if found.lacking is not None:
            text = f"{topic} 有本账本的第 {found.lacking} 条，数据库没有 / the database lacks it"
            yield wrong(check, text, "数据库被恢复到旧点 / mingjian restore: docs/operating.md")
    if (entries := stands.get(ledger_topic(ledger, prefix))) is not None:
        position = entries.place.number
        untold = sum(max(0, getattr(heads, kind) - number) for kind, number in told.items())
        text = (
            f"{ledger}：已发布 / published {position} of {heads.accepted}，未告知 / untold {untold}"
        )
        if position < heads.accepted or untold:
            yield look(check, text, remedy)
        elif entries.lacking is None:
            yield fine(check, text)
    for topic, place in places.items():
        if place.foreign:
            yield _foreign(topic, place.foreign, [one for one in listed if one.topic == topic])


def _foreign(topic: str, count: int, listed: Sequence[Foreign]) -> Finding:
    """What others put into a topic of ours."""
    said = [f"{one.offset}（{FOREIGN_FAULTS[one.fault]}）" for one in listed[:NAMED]]
    more = " …" if count > len(said) else ""
    text = f"{topic}：外来消息 / foreign records {count}，偏移 / at offsets {'，'.join(said)}{more}"
    return look(
        "foreign",
        text,
        "不影响账本与数字；查明谁能写这个主题 / nothing moved; find out who can write there:"
        " docs/operating.md, “Foreign records”",
    )


async def _intake(books: Sequence[Book], given: Settings, ledger: str) -> AsyncIterator[Finding]:
    """What is wrong with the books, what waits, and whether it is about to expire."""
    for book in books:
        for fault in book.faults:
            text = f"{book.topic}/{book.partition}: {FAULTS[fault]}"
            yield wrong(f"intake.{ledger}", text, "mingjian reconcile; docs/operating.md")
    late: dict[Partition, int] = {
        (book.topic, book.partition): book.consumed for book in books if book.lag
    }
    ends = {(book.topic, book.partition): book.end for book in books}
    since: dict[Partition, float | None] = {}
    if late:
        async with reading(Bootstrap.of(given), f"{given.kafka_prefix}-doctor") as consumer:
            since = await waiting_since(consumer, late, ends)
    waiting = [p for p in late if since.get(p, 0.0) is not None]  # others: marks of transactions
    if not waiting:
        yield fine(f"lag.{ledger}", f"{len(books)} 个接收分区都已读完 / partitions all taken in")
    for book in books:
        if (book.topic, book.partition) in waiting:
            sent = since.get((book.topic, book.partition))
            yield _lag(book, None if sent is None else time.time() - sent)


def _lag(book: Book, age: float | None) -> Finding:
    old = "?" if age is None else f"{age / 3600:.1f} h"
    text = f"{book.topic}/{book.partition}：积压 / lag {book.lag}，最久 / oldest {old}"
    if age is not None and age > CLOSE * KEPT_SECONDS:
        return wrong(
            "retention",
            f"{text}；{INTAKE_DAYS} 天后删除 / deleted after so many days",
            "马上启动接收 / start the intake now: mingjian run intake",
        )
    return look("lag", text, "mingjian run intake")
