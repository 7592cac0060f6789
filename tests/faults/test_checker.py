"""The checker sees each promise being broken: a fault is planted, and the invariant names it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from consumers.relay import RelayApp
from infra import postgres
from infra.settings import Settings
from ledger import foreign
from projections import opening
from projections.read_model import SCHEMA
from tests.faults import check, wire
from tests.faults import evidence as reading
from tests.faults.evidence import Acked, Evidence
from tests.faults.invariants import judge
from tests.support.forging import everywhere
from tests.support.kafka import run_through, send_path, until
from tests.support.ledger import LEDGER
from tests.support.mess import messy_feed

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


class System(NamedTuple):
    """What a run without faults left behind, and where its tables are."""

    url: str
    evidence: Evidence

    def copy(self) -> Evidence:
        """The evidence, to be changed."""
        kept = self.evidence
        return replace(
            kept,
            published=list(kept.published),
            receipts=[dict(receipt) for receipt in kept.receipts],
            intake={place: list(records) for place, records in kept.intake.items()},
            rebuilt=[dict(hashes) for hashes in kept.rebuilt],
            acked=[],
        )


@pytest.fixture(scope="module")
def system(
    server_url: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> System:
    name = f"checked{uuid4().hex[:8]}"
    settings = Settings(
        kafka=kafka_bootstrap,
        kafka_prefix=name,
        database_url=check.url_of(server_url, name),
        home=tmp_path_factory.mktemp("checked"),
    )
    return asyncio.run(_fill(server_url, settings))


async def _fill(server: str, settings: Settings) -> System:
    url, prefix = settings.database_url or "", settings.kafka_prefix
    async with postgres.connect(server) as admin:
        await admin.execute(f"CREATE DATABASE {prefix}")
    async with postgres.connect(url) as connection:
        await opening.create_ledger(connection, LEDGER, "replay", settings)
        first, last = settings.home / "first.jsonl", settings.home / "last.jsonl"
        lines = list(messy_feed(10).lines())
        for path, part in ((first, lines[: len(lines) // 2]), (last, lines[len(lines) // 2 :])):
            path.write_bytes(b"\n".join(part) + b"\n")
        await run_through(settings, connection, await send_path(settings, first))
        forged = await everywhere(settings, connection, "payouts")
        await run_through(settings, connection, await send_path(settings, last))
        await _named(settings, connection, forged)
    book = settings.home / "forged.jsonl"
    places = [{"topic": topic, "offset": o} for topic in forged for o in forged[topic]]
    book.write_text("".join(f"{json.dumps(place)}\n" for place in places))
    evidence = await check.collect(
        url,
        settings.kafka or "",
        prefix,
        ledger=LEDGER,
        secret=settings.secret,
        acked=[],
        forged=[book],
    )
    return System(url, evidence)


async def _named(
    settings: Settings, connection: asyncpg.Connection, forged: dict[str, list[int]]
) -> None:
    """Wait until a relay has named as many as there are."""
    async with RelayApp(settings, LEDGER) as relay:

        async def all_named() -> bool:
            found = await foreign.listed(connection, LEDGER)
            return len(found) == sum(map(len, forged.values()))

        await until(all_named, relay)


def broken(evidence: Evidence) -> set[str]:
    return {verdict.id for verdict in judge(evidence) if verdict.broken}


@dataclass(frozen=True)
class Planted:
    """A fault in the tables, and the invariants that must name it."""

    what: str
    sql: str
    named: set[str]


LAST_NAMED = (
    "SELECT topic, max(\"offset\") FROM ledger.foreign_record WHERE topic LIKE '%.ledger.%'"
    " GROUP BY topic"
)
NEXT = "(SELECT max(position) + 1 FROM ledger.entry)"
IN_TABLES = (
    Planted(
        "an entry deleted, though acknowledged and published",
        "DELETE FROM ledger.entry WHERE position = 7",
        {"I1", "I4", "I5", "I6", "I10"},
    ),
    Planted(
        "an entry that no record brought",
        "UPDATE ledger.entry SET digest = sha256('x') WHERE position = 7",
        {"I1", "I2", "I6"},
    ),
    Planted(
        "other bytes than came in",
        "UPDATE ledger.entry SET open = replace(convert_from(open, 'UTF8'), '50000',"
        " '50001')::bytea WHERE position = 20",
        {"I2", "I6"},
    ),
    Planted(
        "an event that stands twice",
        "DROP INDEX ledger.entry_event; INSERT INTO ledger.entry SELECT ledger,"
        f" {NEXT}, (SELECT last_recorded_at FROM ledger.ledger), source, event_id, type, stream,"
        " version + 1000, open, digest, breaches, form, content, leaf, mac FROM ledger.entry"
        " WHERE position = 20;"
        " UPDATE ledger.ledger SET position = position + 1",
        {"I3", "I4", "I10", "I11"},
    ),
    Planted(
        "a version that is missing from its stream",
        "UPDATE ledger.entry SET version = version + 1 WHERE position ="
        " (SELECT max(position) FROM ledger.entry)",
        {"I4", "I6"},
    ),
    Planted(
        "a recording time that goes back",
        "UPDATE ledger.entry SET recorded_at = recorded_at - interval '9 years'"
        " WHERE position = 20",
        {"I5", "I6"},
    ),
    Planted(
        "a counter ahead of its entries",
        "UPDATE ledger.ledger SET position = position + 1",
        {"I5", "I11"},
    ),
    Planted(
        "a parked event that vanished",
        "DELETE FROM ledger.parked WHERE event_id = 'never'",
        {"I1", "I5", "I10"},
    ),
    Planted(
        "a quarantined record that vanished",
        "DELETE FROM ledger.quarantine WHERE number = 2",
        {"I1", "I5", "I10"},
    ),
    Planted(
        "a read model ahead of the ledger",
        f"UPDATE {SCHEMA}.checkpoint SET position = position + 5 WHERE read_model = 'payment'",
        {"I7", "I11"},
    ),
    Planted(
        "rows past the checkpoint of their read model",
        f"UPDATE {SCHEMA}.checkpoint SET position = 5 WHERE read_model = 'payment'",
        {"I7", "I11"},
    ),
    Planted(
        "a read model that lacks a row",
        f"DELETE FROM {SCHEMA}.payment WHERE known_from ="
        f" (SELECT max(known_from) FROM {SCHEMA}.payment)",
        {"I3"},
    ),
    Planted(
        "a record counted twice",
        "UPDATE ledger.source_offset SET accepted = accepted + 1 WHERE topic LIKE '%.payouts'",
        {"I10"},
    ),
    Planted(
        "an offset moved past what was taken in",
        "UPDATE ledger.source_offset SET next_offset = next_offset - 1, duplicate = duplicate - 1,"
        " records = records - 1, events = events - 1 WHERE topic LIKE '%.payouts'",
        {"I11"},
    ),
    Planted(
        "a foreign record that nobody named",
        f'DELETE FROM ledger.foreign_record WHERE (topic, "offset") IN ({LAST_NAMED})',
        {"I15"},
    ),
    Planted(
        "a foreign record that is named twice",
        "INSERT INTO ledger.foreign_record SELECT ledger, topic, \"offset\", sha256('x'), fault,"
        " claims, bytes, stamped_at, seen_at FROM ledger.foreign_record"
        f' WHERE (topic, "offset") IN ({LAST_NAMED})',
        {"I15"},
    ),
    Planted(
        "a foreign record that is counted twice",
        "UPDATE ledger.topic_place SET foreign_count = foreign_count + 1"
        " WHERE topic LIKE '%.ledger.%'",
        {"I15"},
    ),
    Planted(
        "a record of the ledger's own that is named in place of a foreign one",
        f'UPDATE ledger.foreign_record SET "offset" = 0 WHERE (topic, "offset") IN ({LAST_NAMED})',
        {"I15"},
    ),
    Planted(
        "a receipt that was not sent",
        "UPDATE ledger.relayed SET number = number - 1 WHERE what = 'quarantined'",
        {"I11"},
    ),
)


def test_a_run_without_faults_breaks_nothing(system: System) -> None:
    verdicts = judge(system.evidence)
    assert [verdict.line() for verdict in verdicts if verdict.broken] == []
    assert [verdict.id for verdict in verdicts] == [
        *("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I10", "I11", "I15")
    ]
    assert all(verdict.judged for verdict in verdicts)


@pytest.mark.parametrize("fault", IN_TABLES, ids=lambda fault: fault.what)
async def test_a_fault_in_the_tables_is_named(system: System, fault: Planted) -> None:
    async with postgres.connect(system.url) as connection:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers
        await connection.execute(fault.sql)
        tables = await reading.read_tables(connection, LEDGER)
        hashes = await reading.hashes(connection, LEDGER)
        await transaction.rollback()
    assert broken(replace(system.evidence, **tables, tables=hashes)) == fault.named


def other_value(evidence: Evidence) -> None:
    evidence.published[5] = evidence.published[5]._replace(value=b"{}")


def other_time(evidence: Evidence) -> None:
    evidence.published[5] = evidence.published[5]._replace(timestamp=0)


def one_header_less(evidence: Evidence) -> None:
    record = evidence.published[5]
    evidence.published[5] = record._replace(headers=record.headers[:-1])


def missing(evidence: Evidence) -> None:
    del evidence.published[5]


def turned_round(evidence: Evidence) -> None:
    evidence.published[5:7] = reversed(evidence.published[5:7])


def without_its_last(evidence: Evidence) -> None:
    del evidence.published[-1]


def deleted_unread(evidence: Evidence) -> None:
    """The broker forgot a record that it had acknowledged."""
    place = next(place for place in evidence.intake if place[0].endswith(".payouts"))
    record = evidence.intake[place].pop()
    evidence.acked.append(Acked(record.digests[0], place[0], record.offset))


def told_of_nothing(evidence: Evidence) -> None:
    receipt = next(said for said in evidence.receipts if said["kind"] == "accepted")
    receipt["position"] = 10**6


def never_committed(evidence: Evidence) -> None:
    evidence.acked.append(Acked(b"\x00" * 32))


def believed_by_nobody(evidence: Evidence) -> None:
    """A record in the ledger topic that neither the ledger holds nor anybody owned up to."""
    evidence.published.insert(5, evidence.published[5]._replace(value=b"forged"))


def rebuilt_otherwise(evidence: Evidence) -> None:
    evidence.rebuilt[1]["payment"] = "0 rows"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (other_value, {"I6"}),
        (other_time, {"I6"}),
        (one_header_less, {"I6"}),
        (missing, {"I6"}),
        (turned_round, {"I6"}),
        (without_its_last, {"I11"}),
        (deleted_unread, {"I1", "I10"}),
        (told_of_nothing, {"I1"}),
        (never_committed, {"I1"}),
        (believed_by_nobody, {"I6"}),
        (rebuilt_otherwise, {"I8"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_fault_in_the_topics_is_named(
    system: System, change: Callable[[Evidence], None], named: set[str]
) -> None:
    evidence = system.copy()
    change(evidence)
    assert broken(evidence) == named


def test_the_same_record_twice_is_a_repeat_and_no_fault(system: System) -> None:
    evidence = system.copy()
    evidence.published += evidence.published[-3:]
    assert broken(evidence) == set()


@pytest.mark.parametrize(
    ("code", "log", "holds"),
    [
        (1, '{"error": "consumers.retention.EventsGone"}', True),
        (0, '{"error": "consumers.retention.EventsGone"}', False),
        (1, '{"error": "builtins.KeyError"}', False),
    ],
)
def test_a_stop_counts_only_with_its_alarm(
    tmp_path: Path, code: int, log: str, *, holds: bool
) -> None:
    (tmp_path / "log").write_text(log)
    assert bool(check.stopped(code, tmp_path / "log", "EventsGone").broken) is not holds


@pytest.mark.parametrize("compression", [0, 1, 3, 4])
def test_batches_are_read_raw(compression: int) -> None:
    """Against the library's own writer: null values, header bytes, compression, a cut-off end."""
    builder = DefaultRecordBatchBuilder(2, compression, 0, -1, -1, -1, 2**20)
    builder.append(0, timestamp=100, key=b"k", value=None, headers=[("h", b"\xff"), ("n", None)])
    builder.append(1, timestamp=90, key=None, value=b"v" * 300, headers=[])
    batch = bytearray(builder.build())
    assert list(wire.unpack(bytes(batch) + bytes(batch[:70]))) == [
        wire.Stored(0, 100, b"k", None, ((b"h", b"\xff"), (b"n", None))),
        wire.Stored(1, 90, None, b"v" * 300, ()),
    ]
    batch[22] |= 0x20  # the mark of a transaction's end
    assert all(record.control for record in wire.unpack(bytes(batch)))
