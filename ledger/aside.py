"""What was put aside: parked events (待关联) and quarantine (未通过校验). Neither is an entry.

A parked event is settled when it is accepted at last or refused; a quarantined message when a
repair releases it, or a person discards it. The row stays. Each names the journal records that put
it aside and settled it, so that what was aside can be asked as of any number of the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from ledger.scope import Sending
from ledger.setting_aside import WITHHELD
from ledger.store import END

Row = dict[str, Any]

PRESENT = END
"""In place of a number of the journal: all that it holds."""


class Table(NamedTuple):
    """One of the two tables, and what may be shown of its rows: never content, never a hash.

    `columns` are SQL over `item`, a row of the table, and `deed`, the journal record that settled
    it, if it was settled up to number $2 of the journal.
    """

    name: str
    title: str
    kind: str
    """The column by which rows are counted: the reason, or the type."""
    columns: tuple[str, ...]


QUARANTINE = Table(
    "quarantine",
    "未通过校验",
    "reason",
    (
        "item.number",
        "received_at",
        "reason",
        "pointer",
        "expected",
        "source",
        "event_id",
        "type",
        "claims_fen",
        "claims_on",
        "origin",
        "size",
        "withheld",
        "item.position",
        "CASE deed.kind WHEN 'taken-up' THEN released_by END AS released_by",
        "CASE deed.kind WHEN 'taken-up' THEN deed.position END AS released_at",
        "CASE deed.kind WHEN 'discarded' THEN deed.by END AS discarded_by",
        "CASE deed.kind WHEN 'discarded' THEN deed.why END AS discarded_why",
        "CASE deed.kind WHEN 'discarded' THEN deed.recorded_at END AS discarded_at",
    ),
)
_WAITS_FOR = """
coalesce((
    SELECT convert_from(detail, 'UTF8')::jsonb ->> 'waits_for' FROM ledger.journal AS said
    WHERE said.ledger = item.ledger AND said.subject = 'parked/' || item.number
    AND said.kind = 'parked' AND said.number <= $2 ORDER BY said.number DESC LIMIT 1
), waits_for) AS waits_for
"""
PARKED = Table(
    "parked",
    "待关联",
    "type",
    (
        "item.number",
        "parked_at",
        "source",
        "event_id",
        "type",
        _WAITS_FOR,
        "claims_fen",
        "claims_on",
        "origin",
        "item.position",
        "CASE WHEN deed.number IS NOT NULL THEN taken_at END AS taken_at",
        "CASE deed.kind WHEN 'taken-up' THEN taken_at END AS accepted_at",
        "CASE deed.kind WHEN 'discarded' THEN deed.by END AS discarded_by",
    ),
)
TABLES = (PARKED, QUARANTINE)


def _from(table: Table) -> str:
    """The rows of ledger $1 that were put aside up to number $2 of its journal."""
    return (
        f" FROM ledger.{table.name} AS item LEFT JOIN ledger.journal AS deed"
        " ON deed.ledger = item.ledger AND deed.number = journal_to AND journal_to <= $2"
        " WHERE item.ledger = $1 AND journal_from <= $2"
    )


def _only(table: Table, *, settled: bool, of: Sending | None, first: int) -> tuple[str, list[Any]]:
    """SQL for some of those rows, and its values from a number of parameters on."""
    only = "" if settled else " AND deed.number IS NULL"
    if of is None:
        return only, []
    theirs, values = of.waiting(first) if table is PARKED else of.refused(first)
    return f"{only} AND {theirs}", values


class NoSuchNumber(LookupError):
    """Nothing in this ledger was put aside under that number."""

    def __init__(self, table: Table, ledger: str, number: int) -> None:
        super().__init__(f"账本 {ledger} 的{table.title}中没有编号 {number} / no such number")


class BytesLacking(LookupError):
    """After a restore only the journal tells of a row; its bytes have not come again."""

    def __init__(self, table: Table, number: int) -> None:
        super().__init__(
            f"{table.title} {number} 由经办日志恢复，原字节尚未重新收到"
            f" / the bytes of {table.name} {number} have not come again since the restore"
        )


class BytesWithheld(BytesLacking):
    """Only the hash is kept: its source sent too much, or it named who is forgotten."""

    def __init__(self, table: Table, number: int) -> None:
        LookupError.__init__(
            self,
            f"{table.title} {number} 未留存原字节，只存校验码：超出其来源的留存限额"
            "（请来源重新发送），或其中的人员已遗忘"
            " / its bytes are not kept: beyond its source's limit"
            " (have the source send it again), or they named somebody who is forgotten",
        )


class Claims(NamedTuple):
    """How many messages are aside, and the amount (分) that they claim as far as it is readable."""

    events: int
    fen: int


class Count(NamedTuple):
    """Rows of one reason or type: all, those settled, and what the others claim (分)."""

    kind: str
    rows: int
    settled: int
    claims_fen: int
    refused: int
    """Those of the settled that became no entry."""


async def rows(
    connection: asyncpg.Connection,
    table: Table,
    ledger: str,
    *,
    settled: bool,
    of: Sending | None = None,
    journal: int = PRESENT,
    limit: int | None = None,
    offset: int = 0,
) -> list[Row]:
    """Rows in the order of their numbers, with the settled ones or without; of some senders."""
    only, values = _only(table, settled=settled, of=of, first=5)
    records = await connection.fetch(
        f"SELECT {', '.join(table.columns)}{_from(table)}{only}"
        " ORDER BY item.number LIMIT $3 OFFSET $4",
        ledger,
        journal,
        limit,
        offset,
        *values,
    )
    return [dict(row) for row in records]


async def row(
    connection: asyncpg.Connection,
    table: Table,
    ledger: str,
    number: int,
    journal: int = PRESENT,
) -> Row:
    """One row; raises NoSuchNumber."""
    record = await connection.fetchrow(
        f"SELECT {', '.join(table.columns)}{_from(table)} AND item.number = $3",
        ledger,
        journal,
        number,
    )
    if record is None:
        raise NoSuchNumber(table, ledger, number)
    return dict(record)


async def sealed(connection: asyncpg.Connection, table: Table, ledger: str, number: int) -> bytes:
    """The sealed bytes as they were received; raises NoSuchNumber, BytesLacking."""
    record = await connection.fetchrow(
        f"SELECT sealed FROM ledger.{table.name} WHERE ledger = $1 AND number = $2", ledger, number
    )
    if record is None:
        raise NoSuchNumber(table, ledger, number)
    content: bytes | None = record["sealed"]
    if content is None:
        raise BytesLacking(table, number)
    if content == WITHHELD:
        raise BytesWithheld(table, number)
    return content


async def numbers_of(
    connection: asyncpg.Connection, table: Table, ledger: str, event: tuple[str, str]
) -> list[int]:
    """The numbers under which an event (source, id) is aside and not settled."""
    records = await connection.fetch(
        f"SELECT number FROM ledger.{table.name} WHERE ledger = $1 AND source = $2"
        " AND event_id = $3 AND journal_to IS NULL ORDER BY number",
        ledger,
        *event,
    )
    return [number for (number,) in records]


async def waiting_in_quarantine(
    connection: asyncpg.Connection,
    ledger: str,
    reason: str | None,
    source: str | None,
    after: int,
    limit: int,
) -> list[tuple[int, int]]:
    """Number and claim (分) of open messages of a reason and a source, after a number.

    Their source is who sent them, whatever they say themselves.
    """
    records = await connection.fetch(
        "SELECT number, coalesce(claims_fen, 0) FROM ledger.quarantine"
        " WHERE ledger = $1 AND journal_to IS NULL AND ($2::text IS NULL OR reason = $2)"
        " AND ($3::text IS NULL OR sender = $3) AND number > $4 ORDER BY number LIMIT $5",
        ledger,
        reason,
        source,
        after,
        limit,
    )
    return [(number, int(fen)) for number, fen in records]


async def counts(
    connection: asyncpg.Connection,
    table: Table,
    ledger: str,
    journal: int = PRESENT,
    *,
    settled: bool = True,
    of: Sending | None = None,
) -> list[Count]:
    """How many of these rows there are of each reason or type, in the order of its name."""
    only, values = _only(table, settled=settled, of=of, first=3)
    records = await connection.fetch(
        f"SELECT item.{table.kind}, count(*), count(deed.number),"
        " coalesce(sum(claims_fen) FILTER (WHERE deed.number IS NULL), 0),"
        " count(*) FILTER (WHERE deed.kind <> 'taken-up')"
        f"{_from(table)}{only} GROUP BY 1 ORDER BY 1",
        ledger,
        journal,
        *values,
    )
    return [
        Count(kind, rows, settled, int(fen), refused)
        for kind, rows, settled, fen, refused in records
    ]


async def claims(
    connection: asyncpg.Connection, ledger: str, journal: int = PRESENT
) -> dict[str, Claims]:
    """Name of the table → what is not settled there."""
    by_table: dict[str, Claims] = {}
    for table in TABLES:
        events, fen = await connection.fetchrow(
            "SELECT count(*), coalesce(sum(claims_fen), 0)"
            f" FROM ledger.{table.name} WHERE {_WAITING}",
            ledger,
            journal,
        )
        by_table[table.name] = Claims(events, int(fen))
    return by_table


_WAITING = "ledger = $1 AND journal_from <= $2 AND (journal_to IS NULL OR journal_to > $2)"

# The same bytes may have been put in quarantine and, understood later, be parked: counted once.
_IN_PERIOD = f"""
SELECT name, count(*), coalesce(sum(claims_fen), 0)
FROM (
    SELECT DISTINCT ON (digest) name, claims_fen, claims_on
    FROM (
        {
    " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, digest, claims_fen, claims_on"
        f" FROM ledger.{table.name} WHERE {_WAITING}"
        for table in TABLES
    )
}
    ) AS aside
    ORDER BY digest, name
) AS once
WHERE claims_on BETWEEN $3 AND $4 GROUP BY name
"""


async def claims_in_period(
    connection: asyncpg.Connection, ledger: str, journal: int, start: date, end: date
) -> dict[str, Claims]:
    """Name of the table → what waited at a number of the journal, and claims such a date."""
    by_table = {
        name: Claims(events, int(fen))
        for name, events, fen in await connection.fetch(_IN_PERIOD, ledger, journal, start, end)
    }
    return {table.name: by_table.get(table.name, Claims(0, 0)) for table in TABLES}


_NOTICES = {
    "parked": "SELECT number, source, event_id, waits_for, type, parked_at, origin"
    " FROM ledger.parked",
    "quarantined": "SELECT number, source, event_id, reason, pointer, digest, origin, type,"
    " received_at, sender, expected, faults FROM ledger.quarantine",
}


async def notices(
    connection: asyncpg.Connection, what: str, ledger: str, span: tuple[int, int], limit: int
) -> list[Sequence[Any]]:
    """What sources are told of the rows after the first number of `span`, up to the second."""
    records: list[Sequence[Any]] = await connection.fetch(
        f"{_NOTICES[what]} WHERE ledger = $1 AND number > $2 AND number <= $3"
        " ORDER BY number LIMIT $4",
        ledger,
        *span,
        limit,
    )
    return records


# The books.


async def parked_by_partition(
    connection: asyncpg.Connection, ledger: str, *, lacking: bool = False
) -> dict[str, int]:
    """Partition ("topic/partition") → how many events that came by it are parked.

    Rows whose bytes are lacking since a restore count only if that is asked: in the books they
    count when those come again.
    """
    condition = " AND taken_at IS NULL"
    return await _by_partition(connection, PARKED, ledger, condition, lacking=lacking)


async def quarantined_by_partition(
    connection: asyncpg.Connection, ledger: str, *, lacking: bool = False
) -> dict[str, int]:
    """Partition → how many messages that came by it were ever quarantined."""
    return await _by_partition(connection, QUARANTINE, ledger, "", lacking=lacking)


async def _by_partition(
    connection: asyncpg.Connection, table: Table, ledger: str, condition: str, *, lacking: bool
) -> dict[str, int]:
    condition += "" if lacking else " AND NOT lacking"
    records = await connection.fetch(
        "SELECT regexp_replace(origin, '/[0-9]+(#[0-9]+)?$', ''), count(*)"
        f" FROM ledger.{table.name} WHERE ledger = $1{condition} GROUP BY 1",
        ledger,
    )
    return dict(map(tuple, records))
