"""Which records of a topic are the ledger's own, and what is wrong with all others.

Whoever may write to a topic can put anything there. So a record is believed where the ledger holds
it, word for word; a ledger that lost its table believes what carries a mac (校验码), which nobody
makes without the ledger secret. A record that is neither is foreign (外来消息).
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

from infra.kafka.forgiving import UNREADABLE
from ledger import journal, unpublished
from ledger.leaf import leaf_of
from ledger.seal import Sealer, wrote
from ledger.store import ENTRY_COLUMNS
from ledger.unpublished import parts_of
from ledger.wire import (
    Message,
    entry_message,
    entry_row,
    note_message,
    note_of,
    number_in,
    position_of,
)

FAULTS = {
    "unreadable": "读不出 / cannot be read",
    "no-record": "不是本系统的格式 / not in our form",
    "other-ledger": "属于别的账本 / of another ledger",
    "not-held": "账本里没有这一条 / the ledger holds no such record",
    "differs": "与账本所存不同 / other than what the ledger holds there",
    "not-told": "不是发给来源的回执 / nothing that the ledger told",
}
"""What is wrong with a foreign record."""
Own = int
"""The number of a record that the ledger holds, word for word."""


class Log(NamedTuple):
    """One of the two logs of a ledger, as its topic has it."""

    number: str
    """The header with the dense number."""
    stored: Callable[[asyncpg.Connection, str, Sequence[int]], Awaitable[Mapping[int, Message]]]
    """Number → what the ledger holds there."""
    signed: Callable[[Sealer, Message], int | None]
    """The number of a record whose mac was made with the ledger secret; else None."""


async def _entries(
    connection: asyncpg.Connection, ledger: str, positions: Sequence[int]
) -> Mapping[int, Message]:
    rows = await unpublished.entries_at(connection, ledger, positions)
    return {row["position"]: entry_message(row) for row in rows}


async def _notes(
    connection: asyncpg.Connection, ledger: str, numbers: Sequence[int]
) -> Mapping[int, Message]:
    notes = await journal.read_at(connection, ledger, numbers)
    # One without a mac, of an upgrade that is unfinished, is not published.
    return {note.number: note_message(note) for note in notes if note.mac is not None}


def _signed_entry(sealer: Sealer, message: Message) -> int | None:
    try:
        row = entry_row(message)
    except ValueError:
        return None
    return row["position"] if proven(sealer, row) else None


def proven(sealer: Sealer, row: Mapping[str, Any]) -> bool | None:
    """Whether a whole entry was written with this secret; None if it does not tell.

    Of form 2 all that is said is under its mac. Of form 1 the keyed hash of the open part tells,
    unless persons were cut out of it.
    """
    if row["form"] == 1:
        return wrote(sealer, row)
    try:
        leaf = leaf_of([row[name] for name in ENTRY_COLUMNS], parts_of(row))
    except (struct.error, ValueError, OverflowError):
        return False
    return bool(leaf == row["leaf"] and sealer.mac(leaf) == row["mac"])


def _signed_note(sealer: Sealer, message: Message) -> int | None:
    try:
        note = note_of(message)
        return note.number if journal.mac(sealer, note) == note.mac else None
    except (ValueError, struct.error, OverflowError):
        return None


ENTRIES = Log("position", _entries, _signed_entry)
JOURNAL = Log("number", _notes, _signed_note)


def is_whole(message: Message, leaf: bytes | None, mac: bytes | None) -> bool:
    """Whether an entry in its topic says all that the ledger holds of it, and nothing else.

    `leaf` and `mac` are those of the ledger, so this needs neither its secret nor the sealed parts,
    which are under the leaf. An entry of form 1 bears none: that it is in form is all to be seen.
    """
    try:
        row = entry_row(message)
        if row["form"] == 1:
            return True
        found = leaf_of([row[name] for name in ENTRY_COLUMNS], parts_of(row))
    except (struct.error, ValueError, OverflowError):
        return False
    return bool(found == row["leaf"] == leaf and row["mac"] == mac)


async def held(
    connection: asyncpg.Connection, ledger: str, log: Log, messages: Iterable[Message]
) -> Mapping[int, Message]:
    """What the ledger holds under the numbers that these messages claim."""
    claimed = {position_of(message, log.number) for message in messages} - {None, 0}
    return await log.stored(connection, ledger, sorted(n for n in claimed if n)) if claimed else {}


def judge(ledger: str, log: Log, message: Message, stored: Mapping[int, Message]) -> Own | str:
    """The number of a record of the ledger's own; of a foreign one, what is wrong with it.

    `stored` is as `held` gives it.
    """
    said = dict(message.headers)
    number = number_in(said, log.number)
    there = stored.get(number) if number else None
    if number and there == message:
        return number
    return fault_of(ledger, said, number, held=there is not None)


def fault_of(
    ledger: str, said: Mapping[str, bytes | None], number: int | None, *, held: bool
) -> str:
    """What is wrong with a foreign record that has these headers and claims this number.

    `held`: whether the ledger holds a record of that number.
    """
    if said.keys() == {UNREADABLE}:
        return "unreadable"
    if not number:
        return "no-record"
    if said.get("ledger") != ledger.encode():
        return "other-ledger"
    return "differs" if held else "not-held"
