"""What a run left behind, read raw: tables by plain SQL, topics by plain sockets, promises."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from projections import findings
from projections.read_model import SCHEMA
from tests.faults import wire
from tests.faults.wire import Stored

OPEN_ENDED = 2**63 - 1
"""`known_to` of a row that is known still."""
Row = Mapping[str, Any]


class Acked(NamedTuple):
    """What somebody was promised: by the broker (topic and offset), or by a direct writer."""

    digest: bytes
    topic: str | None = None
    offset: int | None = None


class Arrived(NamedTuple):
    """A record of an intake topic, with the events that it holds and their digests."""

    offset: int
    events: tuple[bytes, ...]
    digests: tuple[bytes, ...]
    control: bool


@dataclass
class Evidence:
    """Everything the invariants are judged by."""

    ledger: Row
    noted_at: datetime | None
    """When the journal's last record was made."""
    entries: list[Row]
    sealed: dict[int, list[Row]]
    """Position → the sealed part of each person that its entry names."""
    parked: list[Row]
    quarantine: list[Row]
    offsets: dict[tuple[str, int], Row]
    told: dict[str, int]
    named: list[tuple[str, int]]
    """Topic and offset of each foreign record that the relay noted."""
    foreign: dict[str, int]
    """Topic that the relay writes → how many foreign records it counted there."""
    checkpoints: dict[str, int]
    beyond: dict[str, int]
    """Read model → how many of its rows know a position past its checkpoint."""
    intake: dict[tuple[str, int], list[Arrived]]
    starts: dict[tuple[str, int], int]
    ends: dict[tuple[str, int], int]
    published: list[Stored]
    """The ledger topic; like receipts and notices without what somebody else put there."""
    receipts: list[dict[str, Any]]
    """Decoded receipts, with `kind`, `number` and `source`."""
    notices: list[dict[str, Any]]
    acked: list[Acked] = field(default_factory=list)
    offered: set[bytes] = field(default_factory=set)
    """Digests of what a direct writer was about to give, whether or not that was promised."""
    forged: set[tuple[str, int]] = field(default_factory=set)
    """Topic and offset of each record that somebody else put into topics of the relay."""
    tables: dict[str, str] = field(default_factory=dict)
    """Read model → hash of its rows."""
    rebuilt: list[dict[str, str]] = field(default_factory=list)
    """The same of two clean rebuilds."""


def digest(secret: bytes, raw: bytes) -> bytes:
    """The keyed hash of received bytes, from its description: HMAC under a derived key."""
    key = hmac.new(secret, b"mingjian digest", hashlib.sha256).digest()
    return hmac.new(key, raw, hashlib.sha256).digest()


def events_of(value: bytes) -> tuple[bytes, ...]:
    """The events in a value: of a JSON list its elements, in the bytes that stand there."""
    if not value.startswith(b"[{"):
        return (value,)
    text, found, at = value.decode(), [], 1
    while text[at] != "]":
        _, end = json.JSONDecoder().raw_decode(text, at)
        found.append(text[at:end].encode())
        at = end + (text[end] == ",")
    return tuple(found)


def read_acked(paths: Iterable[Path]) -> list[Acked]:
    """Promises, one JSON object a line; a last line cut off by a kill promised nothing."""
    found: list[Acked] = []
    for path in paths:
        lines = path.read_text().split("\n") if path.exists() else []
        for line in lines[:-1]:
            made = json.loads(line)
            found.append(
                Acked(bytes.fromhex(made["digest"]), made.get("topic"), made.get("offset"))
            )
    return found


def read_forged(paths: Iterable[Path]) -> set[tuple[str, int]]:
    """Where somebody else put records, one JSON object a line."""
    lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
    return {(made["topic"], made["offset"]) for made in map(json.loads, lines)}


async def read_tables(connection: asyncpg.Connection, ledger: str) -> dict[str, Any]:
    """The tables as of one moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        (row,) = await connection.fetch("SELECT * FROM ledger.ledger WHERE ledger = $1", ledger)
        checkpoints: dict[str, int] = dict(
            await connection.fetch(
                f"SELECT read_model, position FROM {SCHEMA}.checkpoint WHERE ledger = $1", ledger
            )
        )
        return {
            "ledger": row,
            "noted_at": await connection.fetchval(
                "SELECT max(recorded_at) FROM ledger.journal WHERE ledger = $1", ledger
            ),
            "entries": await connection.fetch(
                "SELECT * FROM ledger.entry WHERE ledger = $1 ORDER BY position", ledger
            ),
            "sealed": _by_position(
                await connection.fetch(
                    "SELECT * FROM ledger.sealed_part WHERE ledger = $1 ORDER BY position, ordinal",
                    ledger,
                )
            ),
            "parked": await connection.fetch("SELECT * FROM ledger.parked ORDER BY number"),
            "quarantine": await connection.fetch("SELECT * FROM ledger.quarantine ORDER BY number"),
            "offsets": {
                (row["topic"], row["partition"]): row
                for row in await connection.fetch("SELECT * FROM ledger.source_offset")
            },
            "told": dict(
                await connection.fetch(
                    "SELECT what, number FROM ledger.relayed WHERE ledger = $1", ledger
                )
            ),
            "named": [
                tuple(row)
                for row in await connection.fetch(
                    'SELECT topic, "offset" FROM ledger.foreign_record WHERE ledger = $1', ledger
                )
            ],
            "foreign": dict(
                await connection.fetch(
                    "SELECT topic, foreign_count FROM ledger.topic_place WHERE ledger = $1", ledger
                )
            ),
            "checkpoints": checkpoints,
            "beyond": {
                table: await connection.fetchval(
                    f"SELECT count(*) FROM {SCHEMA}.{table} WHERE ledger = $1 AND"
                    " (known_from > $2 OR (known_to > $2 AND known_to < $3))",
                    ledger,
                    checkpoints.get(table, 0),
                    OPEN_ENDED,
                )
                for table in await read_models(connection)
            },
        }


def _by_position(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["position"]].append(row)
    return dict(found)


async def read_models(connection: asyncpg.Connection) -> list[str]:
    """The tables of the schema `read` that hold history, but for findings, which no fold makes."""
    rows = await connection.fetch(
        f"SELECT table_name FROM information_schema.columns WHERE table_schema = '{SCHEMA}'"
        f" AND column_name = 'known_from' AND table_name <> '{findings.TABLE}' ORDER BY 1"
    )
    return [row[0] for row in rows]


async def hashes(connection: asyncpg.Connection, ledger: str) -> dict[str, str]:
    """Read model → how many rows, and a hash of them in their order."""
    return {
        table: await connection.fetchval(
            "SELECT count(*) || ' rows ' || coalesce(md5(string_agg(md5(r::text), ''"
            f" ORDER BY known_from, n)), '') FROM {SCHEMA}.{table} r WHERE ledger = $1",
            ledger,
        )
        for table in await read_models(connection)
    }


def read_topics(
    bootstrap: str,
    prefix: str,
    ledger: str,
    secret: bytes,
    forged: Collection[tuple[str, int]] = (),
) -> dict[str, Any]:
    """Intake, ledger, receipts and notices; of the last three without what was forged."""

    def told(topic: str, partition: int = 0) -> Iterator[Stored]:
        for record in wire.records(bootstrap, topic, partition):
            if not record.control and (topic, record.offset) not in forged:
                yield record

    intake: dict[tuple[str, int], list[Arrived]] = {}
    starts: dict[tuple[str, int], int] = {}
    ends: dict[tuple[str, int], int] = {}
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found = wire.partitions(bootstrap, f"{prefix}.")
    for topic, count in found.items():
        for partition in range(count):
            place = (topic, partition)
            if topic.startswith(f"{prefix}.intake."):
                starts[place] = wire.offset(bootstrap, topic, partition, wire.FIRST)
                ends[place] = wire.offset(bootstrap, topic, partition, wire.END)
                intake[place] = [
                    Arrived(r.offset, events, tuple(digest(secret, e) for e in events), r.control)
                    for r in wire.records(bootstrap, topic, partition)
                    for events in [events_of(r.value or b"")]
                ]
            elif topic.startswith(f"{prefix}.receipts."):
                source = topic.removeprefix(f"{prefix}.receipts.")
                said["receipts"] += [_notice(r, source=source) for r in told(topic, partition)]
            elif topic == f"{prefix}.quarantine":
                said["notices"] += map(_notice, told(topic, partition))
    of_ledger = f"{prefix}.ledger.{ledger}"
    return {
        "intake": intake,
        "starts": starts,
        "ends": ends,
        "published": list(told(of_ledger)) if of_ledger in found else [],
        "receipts": said["receipts"],
        "notices": said["notices"],
    }


def _notice(record: Stored, **more: Any) -> dict[str, Any]:
    headers = {name: value or b"" for name, value in record.headers}
    kind, number = headers[b"kind"].decode(), int(headers[b"number"])
    content: dict[str, Any] = json.loads(record.value or b"{}")
    return content | {"kind": kind, "number": number} | more
