"""The ledger as others read it: its counters, its entries.

Every function takes an open asyncpg connection; transactions are the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, TypeVar

import asyncpg
import msgspec

from domain.aggregate import Entry
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS
from domain.form import convert, decoder, open_form
from domain.spelling import respelled
from infra.alarm import Alarm
from ledger import clock

_T = TypeVar("_T")
ENTRY_COLUMNS = (
    "ledger",
    "position",
    "recorded_at",
    "source",
    "event_id",
    "type",
    "stream",
    "version",
    "open",
    "digest",
    "breaches",
    "form",
    "content",
    "leaf",
    "mac",
)
_COUNTERS = (
    "SELECT ledger, kind, sample, position, last_recorded_at, parked, quarantined, journal,"
    " restoring FROM ledger.ledger"
)
_ONE = " WHERE ledger = $1"
LOCK_COUNTERS = _COUNTERS + _ONE + " FOR UPDATE"
STREAMS = "(SELECT position, stream FROM ledger.entry WHERE ledger = $1)"
"""For a FROM clause: the stream of each entry of ledger $1."""
FACTS = (
    "(SELECT source, event_id, coalesce(root, position) AS fact FROM ledger.entry"
    " LEFT JOIN ledger.correction USING (ledger, position) WHERE ledger = $1)"
)
"""For a FROM clause: events of ledger $1, and the position of the fact that each tells."""
RECORDED = "(SELECT position, recorded_at FROM ledger.entry WHERE ledger = $1)"
"""For a FROM clause: when each entry of ledger $1 was recorded."""
SEQUENCE = "ledger.sequence_break"
"""For a FROM clause: numbers that sources left out or used again; known as read models are."""
READ_COLUMNS = ("position", "recorded_at", "source", "event_id", "type", "stream", "version")
"""Beside the open part, what an entry is read from; a record of its topic carries them too."""
AT_ONCE = 200
"""Entries parsed, or folded, before another task gets its turn."""
READ = f"SELECT {', '.join(READ_COLUMNS)}, open FROM ledger.entry"
_READ_AT = (
    f"SELECT {', '.join(READ_COLUMNS)}, open, digest FROM ledger.entry"
    " WHERE ledger = $1 AND position = ANY($2::bigint[])"
)


END = 2**62
"""After every position."""


class LedgerMissing(LookupError):
    """There is no ledger of that division."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"没有账本 {name}：先执行 mingjian ledger create，示例用 mingjian demo"
            f" / no ledger {name}: mingjian ledger create, or mingjian demo for a sample"
        )


class LedgerRestoring(Alarm):
    """The ledger's entries are being restored: an event taken now would get a wrong position."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"账本 {name} 尚未恢复完；先让 mingjian restore 完成 / finish the restore first"
        )


class LedgerAltered(Alarm):
    """A ledger is not as it was left: to write on would vouch for what others wrote there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"账本 {name} 与其校验码不符：记录被改动、密钥不是这个账本的，或升级没有做完；"
            "先执行 mingjian verify / the ledger is not as it was left: altered, another"
            " secret, or an upgrade that is unfinished; verify it"
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """One row of the counter table."""

    name: str
    kind: str
    sample: bool
    position: int
    last_recorded_at: datetime | None
    parked: int = 0
    quarantined: int = 0
    journal: int = 0
    """The last number of its journal; `parked` and `quarantined` are those of rows put aside."""
    restoring: bool = False

    @property
    def replay(self) -> bool:
        """Whether recording time is the event's `receivedat`."""
        return self.kind == "replay"


async def exists(connection: asyncpg.Connection) -> bool:
    """Whether this database holds the tables of the ledger at all."""
    return bool(await connection.fetchval("SELECT to_regclass('ledger.ledger') IS NOT NULL"))


async def create_ledger(
    connection: asyncpg.Connection, name: str, kind: str, *, sample: bool
) -> None:
    """Create a ledger if there is none; its kind is fixed at creation."""
    await connection.execute(
        "INSERT INTO ledger.ledger (ledger, kind, sample) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        name,
        kind,
        sample,
    )


async def find_ledger(connection: asyncpg.Connection, name: str) -> Ledger | None:
    """The ledger's counter row; None if there is none."""
    row = await connection.fetchrow(_COUNTERS + _ONE, name)
    return None if row is None else Ledger(*row)


async def begin_writing(connection: asyncpg.Connection, name: str) -> tuple[Ledger, datetime]:
    """The counters, locked for whoever appends in this transaction, and the database's time.

    Raises LedgerMissing, and LedgerRestoring where an append must wait for a restore to end.
    """
    now = await clock.begin(connection, name)
    row = await connection.fetchrow(LOCK_COUNTERS, name)
    if row is None:
        raise LedgerMissing(name)
    ledger = Ledger(*row)
    if ledger.restoring:
        raise LedgerRestoring(name)
    return ledger, now


async def all_ledgers(connection: asyncpg.Connection) -> list[Ledger]:
    """Every ledger of this database, in the order of its name."""
    return [Ledger(*row) for row in await connection.fetch(_COUNTERS + " ORDER BY ledger")]


@cache
def _reader(type_name: str) -> Callable[[bytes], Any]:
    """Reads open parts of this type: only what the columns beside them do not hold."""
    fields = (
        ("data", open_form(EVENTS[type_name])),
        ("corrects", str | None, None),
        ("correctionkind", str | None, None),
    )
    form = msgspec.defstruct("OpenPart", fields, gc=False)
    decode = decoder(form)

    def read(open_part: bytes) -> Any:
        try:
            return decode(open_part)
        except msgspec.ValidationError:
            message = msgspec.json.decode(open_part)
            message["data"] = respelled(EVENTS[type_name], message["data"])
            return convert(message, form)

    return read


def message_of(type_name: str, open_part: bytes) -> Any:
    """An open part of a type, parsed: `data`, `corrects`, `correctionkind`."""
    return _reader(type_name)(open_part)


def entry_of(row: Sequence[Any], bureau: Bureau) -> Entry:
    """A row of `READ` as an entry, with the bureau adopted there; parses the open part."""
    position, recorded_at, source, event_id, type_name, stream, version, open_part = row
    message = _reader(type_name)(open_part)
    return Entry(
        stream,
        version,
        recorded_at,
        position,
        type_name,
        source,
        event_id,
        message.data,
        bureau,
        message.corrects,
        message.correctionkind,
    )


def outline_of(row: Sequence[Any], bureau: Bureau) -> Entry:
    """A row of `READ` as an entry without its data: what it is called, and what it corrects.

    For one that is left out: nobody reads its data, and perhaps nobody can.
    """
    position, recorded_at, source, event_id, type_name, stream, version, open_part = row
    try:
        said = msgspec.json.decode(open_part, type=_Corrects)
    except msgspec.MsgspecError:
        said = _Corrects()
    names = (stream, version, recorded_at, position, type_name, source, event_id)
    nothing: Any = None
    return Entry(*names, nothing, bureau, said.corrects, said.correctionkind)


class _Corrects(msgspec.Struct):
    corrects: str | None = None
    correctionkind: str | None = None


async def slowly(items: Sequence[_T]) -> AsyncIterator[_T]:
    """One by one, with turns for other tasks between: a long stream stops nobody's work."""
    for start in range(0, len(items), AT_ONCE):
        if start:
            await asyncio.sleep(0)
        for item in items[start : start + AT_ONCE]:
            yield item


async def read_rows(
    connection: asyncpg.Connection, ledger: str, after: int, limit: int, to: int | None = None
) -> list[Sequence[Any]]:
    """Rows for `entry_of` in position order, after a position, at most `limit`."""
    rows: list[Sequence[Any]] = await connection.fetch(
        READ + " WHERE ledger = $1 AND position > $2 AND position <= $4 ORDER BY position LIMIT $3",
        ledger,
        after,
        limit,
        END if to is None else to,
    )
    return rows


async def rows_at(
    connection: asyncpg.Connection, ledger: str, positions: Collection[int]
) -> dict[int, tuple[tuple[Any, ...], bytes]]:
    """Position → the row for `entry_of` and the digest, of the entries that there are."""
    rows = await connection.fetch(_READ_AT, ledger, list(positions))
    return {row[0]: (row[:-1], row[-1]) for row in rows}


async def columns_at(
    connection: asyncpg.Connection, ledger: str, positions: Collection[int], *columns: str
) -> dict[int, tuple[Any, ...]]:
    """Position → the values of some columns, of the entries at these positions that there are."""
    rows = await connection.fetch(
        f"SELECT position, {', '.join(columns)} FROM ledger.entry"
        " WHERE ledger = $1 AND position = ANY($2)",
        ledger,
        list(positions),
    )
    return {position: tuple(values) for position, *values in rows}


async def business_dates(
    connection: asyncpg.Connection, ledger: str, positions: Collection[int]
) -> dict[int, date]:
    """The business dates (业务日期) of the entries at these positions."""
    opened = await columns_at(connection, ledger, positions, "type", "open")
    return {at: message_of(*values).data.occurred_on() for at, values in opened.items()}


async def known_ids(
    connection: asyncpg.Connection, ledger: str, source: str, ids: Collection[str]
) -> set[str]:
    """Those of a source's event ids that are entries."""
    rows = await connection.fetch(
        "SELECT event_id FROM ledger.entry"
        " WHERE ledger = $1 AND source = $2 AND event_id = ANY($3)",
        ledger,
        source,
        list(ids),
    )
    return {row[0] for row in rows}


async def recorded_at(
    connection: asyncpg.Connection, ledger: str, position: int
) -> datetime | None:
    """When the entry at a position was recorded; None if there is no such entry."""
    at: datetime | None = await connection.fetchval(
        "SELECT recorded_at FROM ledger.entry WHERE ledger = $1 AND position = $2", ledger, position
    )
    return at


async def count_after(connection: asyncpg.Connection, ledger: str, position: int, kind: str) -> int:
    """How many entries after a position are of streams of a kind."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM ledger.entry"
        " WHERE ledger = $1 AND position > $2 AND starts_with(stream, $3 || '/')",
        ledger,
        position,
        kind,
    )
    return count


async def position_at(connection: asyncpg.Connection, ledger: str, known: datetime) -> int:
    """The last position recorded at or before `known` (0 when none).

    Recording times never decrease with the position, so this is a binary search on the key.
    """
    counters = await find_ledger(connection, ledger)
    head = 0 if counters is None else counters.position
    return await last_within(head, partial(recorded_at, connection, ledger), known)


async def last_within(
    head: int, value_of: Callable[[int], Awaitable[Any | None]], most: Any
) -> int:
    """The last of the numbers 1 to `head` with a value of at most `most` (0 when none).

    Values never decrease with the number; where one lacks, nothing after it counts.
    """
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        value = await value_of(middle)
        if value is not None and value <= most:
            low = middle
        else:
            high = middle - 1
    return low
