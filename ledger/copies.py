"""Whole messages that were put aside, and name a person: they open without the person's key.

What is parked or in quarantine is sealed under the ledger secret, since nobody knew yet whom it
names. When a person is forgotten, the bytes that name them go, also of what was taken up or given
up since; hash, size and reason stay. A message may be malformed, so it is not read but searched:
for the person's numbers in any spelling, and for the events that are known to name them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

import asyncpg

from domain.documents import identity_of, spelled
from ledger.journal import facts_in
from ledger.seal import Sealer
from ledger.setting_aside import WITHHELD

TABLES = ("parked", "quarantine")
ROWS = 500
"""Messages opened at once."""
_LEAST_DIGITS = 7
_EIGHTEEN = 18
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_BETWEEN = "\0"
"""Between the texts of a message, so that two of them are not read as one."""


class Traces(NamedTuple):
    """By what a message is known to name a person."""

    numbers: frozenset[str]
    """Of documents, accounts, cards, telephones: one of them is enough."""
    words: frozenset[str]
    """Names and addresses, which others share: two of them are enough, or one where nobody waits
    for the message any more."""
    events: frozenset[tuple[str, str]]
    """(source, id) of entries that name the person."""


class Copy(NamedTuple):
    """A message that names a person, or may: where it only holds a name of theirs."""

    table: str
    number: int
    certain: bool
    settled: bool


def traces(told: Iterable[Mapping[str, Any]], events: Iterable[tuple[str, str]] = ()) -> Traces:
    """The traces of one of whom this was told in clear."""
    numbers: set[str] = set()
    words: set[str] = set()
    for person in told:
        for name, value in person.items():
            if not isinstance(value, str) or name in ("id_kind", "no_id_reason"):
                continue
            text = spelled("passport", value)
            if name == "id_number":
                numbers |= _spellings(str(person.get("id_kind")), value)
            elif sum(character.isdigit() for character in text) >= _LEAST_DIGITS:
                numbers.add(text)
            elif len(text) > 1:
                words.add(text)
    return Traces(frozenset(numbers), frozenset(words), frozenset(events))


def _spellings(kind: str, number: str) -> set[str]:
    """A number of a document as it may stand in a message: also mistyped at its end, or of old."""
    found = {spelled("passport", number), spelled("passport", identity_of(kind, number).number)}
    for whole in [text for text in found if len(text) == _EIGHTEEN]:
        found.add(whole[:-1])
        if whole[6:8] == "19":
            found.add(whole[:6] + whole[8:-1])
    return found


def look(raw: bytes, of: Traces) -> Literal["named", "perhaps", ""]:
    """Whether a message holds a number of the person or two of their words; perhaps: one."""
    texts = [spelled("passport", text) for text in _texts(raw)]
    if any(number in text for text in texts for number in of.numbers):
        return "named"
    words = {word for word in of.words if any(word in text for text in texts)}
    return "named" if len(words) > 1 else "perhaps" if words else ""


def _texts(raw: bytes) -> Iterator[str]:
    """What may be read in a message, whether it is JSON or not."""
    with suppress(ValueError, RecursionError):
        yield _BETWEEN.join(_strings(json.loads(raw)))
    for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        text = raw.decode(encoding, errors="replace")
        yield _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        if encoding == "utf-8" and "�" not in text and "\0" not in text:
            return


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    else:
        yield str(value)


_SELECT = {
    "parked": "SELECT number, sealed, journal_to, source, event_id, NULL AS repair"
    " FROM ledger.parked",
    "quarantine": "SELECT number, sealed, journal_to, source, event_id, released_by AS repair"
    " FROM ledger.quarantine",
}


async def holding(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    of: Traces,
    after: Mapping[str, int] | None = None,
) -> list[Copy]:
    """Messages that name the person, or may; of each table those after a number."""
    found: list[Copy] = []
    for table in TABLES:
        last = (after or {}).get(table, 0)
        while rows := await connection.fetch(
            f"{_SELECT[table]} WHERE ledger = $1 AND number > $2 AND sealed <> $3"
            " ORDER BY number LIMIT $4",
            ledger,
            last,
            WITHHELD,
            ROWS,
        ):
            last = rows[-1]["number"]
            for row in rows:
                settled = row["journal_to"] is not None
                seen = _look(sealer, row, of)
                if seen:
                    certain = seen == "named" or settled
                    found.append(Copy(table, row["number"], certain, settled))
    return found


def _look(sealer: Sealer, row: asyncpg.Record, of: Traces) -> str:
    event, repair = (row["source"], row["event_id"]), (row["repair"] or "").partition("/")
    if event in of.events or (repair[0], repair[2]) in of.events:
        return "named"
    return look(sealer.unbox(row["sealed"]), of)


async def last_numbers(connection: asyncpg.Connection, ledger: str) -> dict[str, int]:
    """Table → the last number in it."""
    parked, quarantined = await connection.fetchrow(
        "SELECT parked, quarantined FROM ledger.ledger WHERE ledger = $1", ledger
    )
    return {"parked": parked, "quarantine": quarantined}


async def blanked(connection: asyncpg.Connection, ledger: str) -> set[tuple[str, int]]:
    """Table and number of the messages whose bytes the journal says are destroyed."""
    found: set[tuple[str, int]] = set()
    for row in await connection.fetch(
        "SELECT detail FROM ledger.journal WHERE ledger = $1 AND kind = 'person-forgotten'", ledger
    ):
        facts = facts_in(row["detail"])
        found |= {(table, number) for table in TABLES for number in facts[table]}
    return found


async def blank(
    connection: asyncpg.Connection, ledger: str, numbers: Mapping[str, Collection[int]]
) -> None:
    """Destroy the bytes of messages: table → numbers. The journal says which these were."""
    for table in TABLES:
        await connection.execute(
            f"UPDATE ledger.{table} SET sealed = $3"
            " WHERE ledger = $1 AND number = ANY($2) AND sealed IS NOT NULL",
            ledger,
            list(numbers.get(table, ())),
            WITHHELD,
        )
