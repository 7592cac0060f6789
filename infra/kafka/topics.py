"""Topics: their names, and the settings that keep the record safe.

The ledger topic is the published record: one partition (its order is the ledger's order), nothing
deleted, nothing compacted. What a broker would do by default, deleting after seven days, is the
most likely way to lose it, so the settings are verified at every start and not only at creation
(infra/kafka/broker.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

PREFIX = "mingjian"
QUARANTINE = "mingjian.quarantine"

KIB = 1024
MIB = 1024 * KIB
DAY_MS = 24 * 60 * 60 * 1000
FOR_EVER = "-1"

# Kafka limits the size of a batch, not of an event. The relay fills batches of up to 1 MiB; what
# Kafka adds to each record (at most some 30 bytes, and its headers) comes on top.
LEDGER_BATCH_BYTES = 1 * MIB + 64 * KIB
MOST_OF_A_RECORD = 960 * KIB
"""The largest text that a record of the journal may keep."""
# An event may have 64 KiB. A larger one must still get in, because only what got in can be put in
# quarantine, where its source sees it. Beyond 4 MiB the broker refuses it to the producer.
INTAKE_BATCH_BYTES = 4 * MIB

# Intake holds personal data in clear until it is sealed in the ledger, so it does not stay; but it
# must outlast a long holiday with nobody at work, and the repair of what broke in it.
INTAKE_DAYS = 30
# Receipts (回执) carry no personal data and a source may settle its books a year later.
RECEIPTS_DAYS = 400

_WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"


@dataclass(frozen=True)
class Topic:
    """A topic as it must be; `settings` are Kafka's own names and values."""

    name: str
    settings: Mapping[str, str]
    divisible: bool = False
    """Whether it may have more than its one partition: then nothing rests on its order."""


@cache
def intake_topic(source: str, prefix: str = PREFIX) -> str:
    return f"{prefix}.intake.{_word(source)}"


@cache
def intake_source(topic: str) -> str | None:
    """The source whose intake topic this is, under whatever prefix; None of any other topic."""
    match = re.fullmatch(rf".+\.intake\.({_WORD})", topic)
    return match[1] if match else None


def is_intake(topic: str, prefix: str) -> bool:
    """Whether it is the intake topic of some source, under this prefix."""
    source = intake_source(topic)
    return source is not None and topic == intake_topic(source, prefix)


@cache
def ledger_topic(division: str, prefix: str = PREFIX) -> str:
    return f"{prefix}.ledger.{_word(division)}"


@cache
def journal_topic(division: str, prefix: str = PREFIX) -> str:
    return f"{prefix}.journal.{_word(division)}"


@cache
def receipts_topic(source: str, prefix: str = PREFIX) -> str:
    return f"{prefix}.receipts.{_word(source)}"


def quarantine_topic(prefix: str = PREFIX) -> str:
    return f"{prefix}.quarantine"


def wanted_topics(
    sources: Iterable[str], divisions: Iterable[str], brokers: int, prefix: str = PREFIX
) -> list[Topic]:
    """Say which topics there must be, with settings for a cluster of that many brokers."""
    names, given = list(sources), list(divisions)
    common = {
        "cleanup.policy": "delete",  # compaction would drop all but the last event of a key
        "min.insync.replicas": str(min(2, brokers)),
        "unclean.leader.election.enable": "false",  # better no leader than one that forgot events
    }
    # What a single broker acknowledged is on its disk; several brokers have it from one another.
    # Needed where nothing else could restore it: an event in intake is nowhere else yet.
    durable = common | ({"flush.messages": "1"} if brokers == 1 else {})
    intake = durable | {
        "max.message.bytes": str(INTAKE_BATCH_BYTES),
        # The broker unpacks what arrives, so the limit above holds for the unpacked size: a few
        # kilobytes which unpack to a gigabyte stop here and not in the memory of the consumer.
        "compression.type": "uncompressed",
        "retention.ms": str(INTAKE_DAYS * DAY_MS),
        "retention.bytes": FOR_EVER,
        # A source with a wrong clock must not make its own events expire, or be refused.
        "message.timestamp.type": "LogAppendTime",
    }
    eternal = durable | {
        "compression.type": "producer",  # kept as it was sent
        "max.message.bytes": str(LEDGER_BATCH_BYTES),
        "retention.ms": FOR_EVER,
        "retention.bytes": FOR_EVER,
        "message.timestamp.type": "CreateTime",  # the recording time, also when published later
        # A replayed event may claim any time of receipt; refusing it here would stop the relay.
        "message.timestamp.after.max.ms": str(2**63 - 1),
    }
    receipts = common | {
        "compression.type": "producer",
        "max.message.bytes": str(LEDGER_BATCH_BYTES),
        "retention.ms": str(RECEIPTS_DAYS * DAY_MS),
        "retention.bytes": FOR_EVER,
        "message.timestamp.type": "LogAppendTime",
    }
    return [
        *(Topic(intake_topic(source, prefix), intake, divisible=True) for source in names),
        *(
            Topic(topic(d, prefix), eternal)
            for d in given
            for topic in (ledger_topic, journal_topic)
        ),
        Topic(quarantine_topic(prefix), eternal),
        *(Topic(receipts_topic(source, prefix), receipts) for source in names),
    ]


def _word(name: str) -> str:
    """Refuse what is not one plain word: a dot or a slash could name somebody else's topic."""
    if not re.fullmatch(_WORD, name):
        raise ValueError(f"{name!r} in a topic name: use a-z, 0-9 and single hyphens")
    return name
