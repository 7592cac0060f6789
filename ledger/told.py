"""What became of event X, and of all that a source sent, in the order in which it was recorded.

`outcome_of` asks by name, `outcome_at` by where a record came from, `outcomes_after` reads on from
any point: a cursor is a moment of the ledger, "<position>.<number of the journal>". What comes
after one moment comes after it for ever. `document` (ledger/outcome_document.py) is how it is told.
"""

from __future__ import annotations

import heapq
import re
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from ledger import journal, unpublished
from ledger.aside import PARKED, QUARANTINE, NoSuchNumber
from ledger.outcome_document import Settled, Told, document, documents, of_item
from ledger.setting_aside import faults_told

__all__ = [
    "CursorWrong",
    "Told",
    "document",
    "documents",
    "of_entry",
    "of_item",
    "of_parked",
    "of_refused",
    "outcome_at",
    "outcome_of",
    "outcomes_after",
    "parked_as",
    "refused_after",
    "refused_as",
    "refused_of",
]

MOST_ALSO = 20
"""So many other records of a name are told with it."""
SPAN = 20_000
"""So many entries, or records of the journal, are looked through for those of one source."""
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")

_ENTRY = "SELECT position, recorded_at, source, event_id, type, breaches FROM ledger.entry"
_PARKED = "item.number, item.source, item.event_id, item.type, item.origin, parked_at, waits_for"
_QUARANTINE = (
    "item.number, item.sender, item.event_id, item.type, item.origin, received_at, item.reason,"
    " item.pointer, item.expected, item.faults, item.released_by, item.released_at"
)


class CursorWrong(ValueError):
    """A cursor is not one that was given out."""

    def __init__(self, cursor: str) -> None:
        super().__init__(
            f"游标应为“账本位置.日志编号”，如 0.0，不能是 {cursor[:40]!r}"
            " / a cursor is <position>.<journal number>, such as 0.0"
        )


async def outcome_of(
    connection: asyncpg.Connection, ledger: str, source: str, event_id: str
) -> Told | None:
    """What became of an event; None if nothing of that name ever came.

    What stands comes first: the entry, else what waits, else the last that was refused.
    """
    name = (ledger, source, event_id)
    entry = await connection.fetchrow(
        f"{_ENTRY} WHERE ledger = $1 AND source = $2 AND event_id = $3", *name
    )
    parked = await connection.fetch(
        f"SELECT {_PARKED} FROM ledger.parked AS item WHERE ledger = $1 AND source = $2"
        " AND event_id = $3 AND taken_at IS NULL",
        *name,
    )
    refused = await connection.fetch(
        _refused("item.sender = $2 AND item.event_id = $3", MOST_ALSO), *name
    )
    found = [] if entry is None else [of_entry(ledger, entry)]
    found += [of_parked(ledger, row) for row in parked]
    found += sorted(
        (of_refused(ledger, row) for row in refused), key=lambda told: told.settled is not None
    )
    if not found:
        return None
    first, *others = found
    again = await connection.fetchval(
        "SELECT count(*) FROM ledger.duplicate WHERE ledger = $1 AND source = $2 AND event_id = $3",
        *name,
    )
    return _with(first, also=tuple(others), duplicates=again)


async def outcome_at(
    connection: asyncpg.Connection, ledger: str, source: str, origin: str
) -> Told | None:
    """What became of a record of a source by where it came from, "topic/partition/offset".

    Of what was accepted at once nobody keeps that: None.
    """
    place = (ledger, source, origin)
    row = await connection.fetchrow(_refused("item.sender = $2 AND item.origin = $3", 1), *place)
    if row is not None:
        return of_refused(ledger, row)
    name = await connection.fetchrow(
        "SELECT event_id FROM ledger.parked WHERE ledger = $1 AND source = $2 AND origin = $3"
        " UNION ALL SELECT event_id FROM ledger.duplicate"
        " WHERE ledger = $1 AND source = $2 AND origin = $3 AND event_id IS NOT NULL LIMIT 1",
        *place,
    )
    if name is not None:
        return await outcome_of(connection, ledger, source, name[0])
    again = await connection.fetchrow(
        _refused(
            "item.number = (SELECT of_number FROM ledger.duplicate WHERE ledger = $1 AND"
            " source = $2 AND origin = $3 AND of_outcome = 'quarantined' LIMIT 1)",
            1,
        ),
        *place,
    )
    if again is None:
        return None
    told = of_refused(ledger, again)
    return Told(ledger=ledger, outcome="duplicate", source=source, origin=origin, of=told)


async def refused_as(connection: asyncpg.Connection, ledger: str, number: int) -> Told:
    """What was told of the message with a number in quarantine. Raises NoSuchNumber."""
    row = await connection.fetchrow(_refused("item.number = $2", 1), ledger, number)
    if row is None:
        raise NoSuchNumber(QUARANTINE, ledger, number)
    return of_refused(ledger, row)


async def parked_as(connection: asyncpg.Connection, ledger: str, number: int) -> Told:
    """What is told of the event that was parked under a number. Raises NoSuchNumber."""
    row = await connection.fetchrow(
        f"SELECT {_PARKED} FROM ledger.parked AS item WHERE ledger = $1 AND number = $2",
        ledger,
        number,
    )
    if row is None:
        raise NoSuchNumber(PARKED, ledger, number)
    return of_parked(ledger, row)


async def refused_after(
    connection: asyncpg.Connection, ledger: str, number: int, limit: int
) -> list[Told]:
    """What was told of the first messages that were refused after a number in quarantine."""
    rows = await connection.fetch(
        f"SELECT {_QUARANTINE} FROM ledger.quarantine AS item"
        " WHERE ledger = $1 AND number > $2 ORDER BY number LIMIT $3",
        ledger,
        number,
        limit,
    )
    return [of_refused(ledger, row, settled=False) for row in rows]


async def refused_of(
    connection: asyncpg.Connection,
    ledger: str,
    source: str,
    since: datetime,
    reason: str | None,
    after: int,
    limit: int,
) -> list[Told]:
    """What of a source is open in quarantine, received since a time, after a number there."""
    rows = await connection.fetch(
        f"SELECT {_QUARANTINE} FROM ledger.quarantine AS item WHERE ledger = $1 AND sender = $2"
        " AND journal_to IS NULL AND received_at >= $3 AND ($4::text IS NULL OR reason = $4)"
        " AND number > $5 ORDER BY number LIMIT $6",
        ledger,
        source,
        since,
        reason,
        after,
        limit,
    )
    return [of_refused(ledger, row, settled=False) for row in rows]


class _Moment(NamedTuple):
    """Up to a position, and a number of the journal."""

    position: int
    number: int

    def __str__(self) -> str:
        return f"{self.position}.{self.number}"


Keyed = tuple[tuple[int, int, int], Told]
"""Position, whether a record of the journal, its number: the order of what is recorded."""


async def outcomes_after(
    connection: asyncpg.Connection, ledger: str, source: str, cursor: str | None, limit: int
) -> tuple[list[Told], str]:
    """What became of what a source sent, after a cursor (None: from the beginning), in order.

    Returns at most `limit` of them and the cursor after the last; where nothing is new, none and
    the same moment. Raises CursorWrong.
    """
    at = _moment(cursor)
    heads = await unpublished.heads(connection, ledger)
    end = _Moment(heads.accepted, heads.journal)
    while True:
        found, to = await _between(connection, ledger, source, at, end, limit)
        if len(found) > limit:
            last = found[limit - 1][0]
            numbers = [number for (_, noted, number), _ in found[:limit] if noted]
            to = _Moment(last[0], max(numbers, default=at.number))
            found = found[:limit]
        if found or to >= end or to == at:
            return [told for _, told in found], str(max(at, to))
        at = to


def _moment(cursor: str | None) -> _Moment:
    if not cursor:
        return _Moment(0, 0)
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise CursorWrong(cursor)
    return _Moment(int(found[1]), int(found[2]))


async def _between(
    connection: asyncpg.Connection,
    ledger: str,
    source: str,
    at: _Moment,
    end: _Moment,
    limit: int,
) -> tuple[list[Keyed], _Moment]:
    """All of a source in the next stretch, or more than `limit` of it; and where that ends."""
    number = min(at.number + SPAN, end.number)
    position = min(at.position + SPAN, end.position)
    if number < end.number:
        told = await connection.fetchval(
            "SELECT position FROM ledger.journal WHERE ledger = $1 AND number = $2", ledger, number
        )
        position = max(at.position, min(position, told))
    if position < end.position:
        number = min(number, await journal.last_at(connection, ledger, position))
    entries = await connection.fetch(
        f"{_ENTRY} WHERE ledger = $1 AND position > $2 AND position <= $3 AND source = $4"
        " ORDER BY position LIMIT $5",
        ledger,
        at.position,
        position,
        source,
        limit + 1,
    )
    of_entries = [((row["position"], 0, 0), of_entry(ledger, row)) for row in entries]
    notes = [
        await _noted(connection, ledger, source, table, (at.number, number), limit + 1)
        for table in ("parked", "quarantine")
    ]
    found = list(heapq.merge(of_entries, *notes, key=lambda each: each[0]))
    return found, _Moment(position, number)


async def _noted(
    connection: asyncpg.Connection,
    ledger: str,
    source: str,
    table: str,
    span: tuple[int, int],
    limit: int,
) -> list[Keyed]:
    """What the journal says of rows of a source: put aside, waiting for something else, settled."""
    columns, sender = (_PARKED, "source") if table == "parked" else (_QUARANTINE, "sender")
    rows = await connection.fetch(
        "SELECT said.number AS said, said.position AS said_at, said.kind AS said_kind,"
        f" said.recorded_at AS said_on, said.by, said.detail, {columns}"
        f" FROM ledger.journal AS said JOIN ledger.{table} AS item ON item.ledger = said.ledger"
        f" AND item.number = CASE WHEN said.subject ~ '^{table}/[0-9]+$'"
        " THEN split_part(said.subject, '/', 2)::bigint END"
        f" WHERE said.ledger = $1 AND said.number > $2 AND said.number <= $3 AND item.{sender} = $4"
        " AND NOT (said.kind = 'taken-up' AND starts_with(said.subject, 'parked/'))"
        " ORDER BY said.number LIMIT $5",
        ledger,
        *span,
        source,
        limit,
    )
    return [((row["said_at"], 1, row["said"]), _of_note(ledger, table, row)) for row in rows]


def _of_note(ledger: str, table: str, row: Any) -> Told:
    kind, at = row["said_kind"], row["said_on"]
    settled = None
    if table == "parked":
        told = of_parked(ledger, row)
        if kind == "parked":
            facts = journal.facts_in(row["detail"])
            told = _with(told, waits_for=facts["waits_for"])
    else:
        told = of_refused(ledger, row, settled=False)
    if kind == "taken-up":
        settled = Settled("mended", at, row["released_by"], row["said_at"])
    elif kind == "discarded" or (kind == "refused" and table == "parked"):
        settled = Settled(kind, at)
    return _with(told, settled=settled)


# Rows as what is told.


def _refused(condition: str, limit: int) -> str:
    """SQL: rows of quarantine of ledger $1, the newest first, with what settled each."""
    return (
        f"SELECT {_QUARANTINE}, deed.kind AS settled, deed.recorded_at AS settled_at"
        " FROM ledger.quarantine AS item LEFT JOIN ledger.journal AS deed"
        " ON deed.ledger = item.ledger AND deed.number = item.journal_to"
        f" WHERE item.ledger = $1 AND {condition} ORDER BY item.number DESC LIMIT {limit}"
    )


def of_entry(ledger: str, row: Any) -> Told:
    """An entry: its position, recorded_at, source, event_id, type, breaches."""
    return Told(
        ledger=ledger,
        outcome="accepted",
        source=row["source"],
        id=row["event_id"],
        type=row["type"],
        number=row["position"],
        at=row["recorded_at"],
        warnings=tuple(row["breaches"] or ()),
    )


def of_parked(ledger: str, row: Any) -> Told:
    """A row of parked events: its number, source, event_id, type, parked_at, waits_for, origin."""
    return Told(
        ledger=ledger,
        outcome="parked",
        source=row["source"],
        id=row["event_id"],
        type=row["type"],
        number=row["number"],
        at=row["parked_at"],
        waits_for=row["waits_for"],
        origin=row["origin"],
    )


def of_refused(ledger: str, row: Any, *, settled: bool = True) -> Told:
    """A row of quarantine; with what settled it, where the record that says so was read too."""
    end = None
    if settled and row["settled"] is not None:
        how = "mended" if row["settled"] == "taken-up" else row["settled"]
        end = Settled(how, row["settled_at"], row["released_by"], row["released_at"])
    return Told(
        ledger=ledger,
        outcome="quarantined",
        source=row["sender"],
        id=row["event_id"],
        type=row["type"],
        number=row["number"],
        at=row["received_at"],
        faults=faults_of(row),
        origin=row["origin"],
        settled=end,
    )


def faults_of(row: Any) -> tuple[dict[str, Any], ...]:
    """All faults of a row of quarantine; of an older release's the first, which is all it kept."""
    if row["faults"] is not None:
        return tuple(faults_told(row["faults"]))
    first = {"code": row["reason"], "pointer": row["pointer"], "expected": row["expected"]}
    return (first,)


def _with(told: Told, **changes: Any) -> Told:
    made: Told = msgspec.structs.replace(told, **changes)
    return made
