"""What a ledger tells of one person: every entry that names them, of whatever programme.

A person goes by a pseudonym; entries of older releases may call them otherwise (ledger/aliases.py).
Who reads what is sealed does so here, and leaves a trace first (ledger/looks.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec
from cryptography.exceptions import InvalidTag

from domain.calendar import SHANGHAI
from domain.form import persons
from ledger import keys, store
from ledger.seal import Sealer, unseal_person

_MENTIONS = """
SELECT position, ordinal, person, recorded_at, source, event_id, type, stream, open, sealed,
    coalesce(root, position) AS fact,
    convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' AS correction
FROM ledger.sealed_part JOIN ledger.entry USING (ledger, position)
LEFT JOIN ledger.correction USING (ledger, position)
WHERE ledger = $1 AND person = ANY($2) ORDER BY position, ordinal
"""


class Mention(NamedTuple):
    """A place in an entry that names the person."""

    position: int
    ordinal: int
    person: str
    """The pseudonym that stands there."""
    happened: date
    """Business date of the fact (业务日期)."""
    recorded_at: datetime
    source: str
    event_id: str
    type: str
    stream: str
    fact: int
    """Position of the fact that it corrects, or its own."""
    correction: str | None
    """Of a correction: changed, revoked, recovered."""
    state: str
    """clear; forgotten (已遗忘); keyless, where the key is lost; altered, where nothing opens."""
    clear: dict[str, Any]
    """What was sealed of the person, as far as it is clear."""


async def pseudonyms(connection: asyncpg.Connection, ledger: str, ref: str) -> list[str]:
    """All pseudonyms of the one who goes by this one, that of today first."""
    rows = await connection.fetch(
        "SELECT old, canonical FROM ledger.person_alias WHERE ledger = $1 AND canonical ="
        " coalesce((SELECT canonical FROM ledger.person_alias WHERE ledger = $1 AND old = $2), $2)"
        " ORDER BY old",
        ledger,
        ref,
    )
    return [rows[0]["canonical"], *(row["old"] for row in rows)] if rows else [ref]


async def of(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, people: Collection[str]
) -> list[Mention]:
    """Every mention of the one who goes by these pseudonyms, in the order it happened."""
    held = await keys.held(connection, sealer, ledger, people)
    found = []
    for row in await connection.fetch(_MENTIONS, ledger, list(people)):
        state, clear = _opened(held, row)
        position, ordinal, person, recorded_at, source, event_id, kind, stream, told, *_ = row
        on = happened(kind, told, recorded_at)
        found.append(
            Mention(
                *(position, ordinal, person, on, recorded_at, source, event_id, kind, stream),
                *(row["fact"], row["correction"], state, clear),
            )
        )
    return sorted(found, key=lambda mention: (mention.happened, mention.position))


def happened(type_name: str, open_part: bytes, recorded_at: datetime) -> date:
    """The business date of an entry; of one that cannot be read, the day it was recorded."""
    try:
        on: date = store.message_of(type_name, open_part).data.occurred_on()
    except (KeyError, msgspec.MsgspecError):
        return recorded_at.astimezone(SHANGHAI).date()
    return on


def _opened(held: keys.Held, row: asyncpg.Record) -> tuple[str, dict[str, Any]]:
    person, position = row["person"], row["position"]
    opening = held.at(position)
    if person not in opening:
        return "forgotten" if position <= held.forgotten.get(person, 0) else "keyless", {}
    try:
        text = unseal_person(opening[person], row["open"], row["sealed"])
    except InvalidTag:
        return "altered", {}
    return "clear", msgspec.json.decode(text, type=dict[str, Any])


class Step(NamedTuple):
    """An entry of a person's history: one that names them, or goes on with their case."""

    happened: date
    position: int
    recorded_at: datetime
    source: str
    event_id: str
    type: str
    stream: str
    fact: int
    correction: str | None
    names_them: bool


_OF_MANY = ("organisation", "keeping-body")
"""Kinds of streams in which somebody is named beside many others: what else they tell is not of
them."""
_STEPS = """
SELECT position, recorded_at, source, event_id, type, stream, open,
    coalesce(root, position) AS fact,
    convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' AS correction
FROM ledger.entry LEFT JOIN ledger.correction USING (ledger, position)
WHERE ledger = $1 AND (position = ANY($2)
    OR (stream = ANY($3) AND split_part(stream, '/', 1) <> ALL($4)))
"""


async def history(
    connection: asyncpg.Connection, ledger: str, told: Collection[Mention]
) -> list[Step]:
    """All that happened to the person of these mentions, in the order it happened."""
    positions = {mention.position for mention in told}
    rows = await connection.fetch(
        _STEPS, ledger, list(positions), list({m.stream for m in told}), _OF_MANY
    )
    steps = [
        Step(
            happened(row["type"], row["open"], row["recorded_at"]),
            *(row["position"], row["recorded_at"], row["source"], row["event_id"], row["type"]),
            *(row["stream"], row["fact"], row["correction"], row["position"] in positions),
        )
        for row in rows
    ]
    return sorted(steps)


class Left(NamedTuple):
    """What an open part says of a person, whether they are forgotten or not."""

    position: int
    type: str
    said: dict[str, Any]


async def left_open(
    connection: asyncpg.Connection, ledger: str, people: Collection[str]
) -> list[Left]:
    """Pseudonyms and flags that stand open, in the order of positions: they stay for ever."""
    found = []
    for row in await connection.fetch(_MENTIONS, ledger, list(people)):
        message = msgspec.json.decode(row["open"])
        path, _ = persons(store.message_of(row["type"], row["open"]).data)[row["ordinal"]]
        said: Any = message["data"]
        for step in path:
            said = said[step]
        found.append(Left(row["position"], row["type"], said))
    return found
