"""Entries one by one: what is stored is what was recorded, and what arrived.

Of each entry the leaf is worked out from what is stored, and its mac from the leaf; persons
are unsealed, put back, and the hashes of the received bytes and of their value taken anew. Whoever
lacks the ledger secret can make a leaf that fits what he wrote, and none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from cryptography.exceptions import InvalidTag

from domain.attributes import plain
from domain.faults import Unacceptable
from ledger import first_form, inventory, keys, tables, unpublished
from ledger.content import canonical, text_as_it_came, text_of
from ledger.first_form import Kept
from ledger.leaf import FORM, leaf_of
from ledger.seal import Sealer, WrongSecret, raw_of
from ledger.store import ENTRY_COLUMNS, Ledger
from ledger.unpublished import parts_of
from upkeep.verification.difference import UNREADABLE, Differences, Kind, comparable

AT_ONCE = 2_000
"""Entries held at once."""
LACKING = Kept(None, None, None)
_Parts = Sequence[tuple[Any, ...]]
_UNREADABLE = (Unacceptable, *UNREADABLE)


@dataclass(slots=True)
class Checked:
    """What was looked at."""

    entries: int = 0
    persons: int = 0
    """Sealed parts that were opened."""
    forgotten: int = 0
    """Sealed parts whose person has no key any more: checked by leaf and mac alone."""


async def check(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: Ledger,
    found: Differences,
    progress: Callable[[float], None],
) -> Checked:
    """Check all entries of a ledger in the order of their positions, within one snapshot.

    Raises WrongSecret when nothing at all fits the secret.
    """
    checked = Checked()
    before: datetime | None = None
    fits = await _head(connection, sealer, ledger, found)
    for after in range(0, ledger.position, AT_ONCE):
        last = min(after + AT_ONCE, ledger.position)
        rows = await unpublished.entries(connection, ledger.name, after, last, AT_ONCE)
        kept: Mapping[int, Kept] = {}
        if any(row["form"] != FORM for row in rows):
            kept = await first_form.read(connection, ledger.name, after, last)
        parts = {row["position"]: _parts(row) for row in rows}
        people = {part[1] for known in parts.values() for part in known or ()}
        held = await keys.held(connection, sealer, ledger.name, people)
        expected = after + 1
        for row in rows:
            position = row["position"]
            _gap(found, expected, position)
            expected = position + 1
            opening = held.at(position)
            named = [part[1] for part in parts[position] or ()]
            checked.persons += sum(person in opening for person in named)
            checked.forgotten += sum(person not in opening for person in named)
            for kind in _faults(sealer, row, parts[position], kept.get(position), opening):
                found.add(kind, position, f"位置 {position}")
            at = comparable(row["recorded_at"])
            if before is not None and at < before:
                found.add("time", position, f"位置 {position}，{at}")
            before = at
        _gap(found, expected, last + 1)
        checked.entries += len(rows)
        if after == 0 and rows and not fits and found.count("mac") == len(rows):
            raise WrongSecret
        progress(len(rows))
    return checked


async def _head(
    connection: asyncpg.Connection, sealer: Sealer, ledger: Ledger, found: Differences
) -> bool:
    """Whether the ledger ends where it ended: a batch leaves a keyed hash of its end behind."""
    beyond = await inventory.last_position(connection, ledger.name)
    if beyond > ledger.position:
        text = f"位置 {ledger.position + 1} 至 {beyond}：在账本末端之后 / past the end"
        found.add("head", ledger.position + 1, text)
    try:
        fits = await tables.head_fits(connection, sealer, ledger)
    except UNREADABLE:  # a negative counter, a time without end
        fits = False
    if not fits:
        found.add("head", ledger.position, f"位置 {ledger.position}，日志第 {ledger.journal} 条")
    return fits


def _gap(found: Differences, first: int, to: int) -> None:
    """Positions from `first` up to `to`, which is there, are missing."""
    if first < to:
        span = f"{first}" if to == first + 1 else f"{first} 至 {to - 1}"
        found.add("position", first, f"位置 {span}", times=to - first)


def _parts(row: Mapping[str, Any]) -> _Parts | None:
    """The sealed parts; None where they cannot be read."""
    try:
        return parts_of(row)
    except _UNREADABLE:
        return None


def _faults(
    sealer: Sealer,
    row: Mapping[str, Any],
    parts: _Parts | None,
    beside: Kept | None,
    keys: Mapping[str, bytes],
) -> Iterator[Kind]:
    """What is wrong with an entry."""
    kept = Kept(row["leaf"], row["mac"], row["content"])
    if row["form"] != FORM:
        kept = beside or LACKING
    if _leaf(row, parts) != kept.leaf:
        yield "leaf"
    if kept.leaf is None or sealer.mac(kept.leaf) != kept.mac:
        yield "mac"
    try:
        raw = _raw(row, parts, keys)
        if raw is not None and sealer.digest(raw) != row["digest"]:
            yield "digest"
        content = kept.content
        texts = () if content is None else _texts(row, raw, keys)
        if texts and not any(sealer.content(text()) == content for text in texts):
            yield "content"
    except InvalidTag:
        yield "sealed"
    except _UNREADABLE:
        yield "unreadable"


def _leaf(row: Mapping[str, Any], parts: _Parts | None) -> bytes | None:
    """The leaf; None of what no entry ever held: a negative number, a time without end."""
    try:
        return None if parts is None else leaf_of([row[name] for name in ENTRY_COLUMNS], parts)
    except _UNREADABLE:
        return None


def _raw(row: Mapping[str, Any], parts: _Parts | None, keys: Mapping[str, bytes]) -> bytes | None:
    """The received bytes; None where a person is forgotten, or the first form cannot give them."""
    if not parts:
        return bytes(row["open"])
    return raw_of(row["open"], parts, keys) if row["form"] == FORM else None


def _texts(
    row: Mapping[str, Any], raw: bytes | None, keys: Mapping[str, bytes]
) -> Sequence[Callable[[], bytes]]:
    """The canonical texts that the content may be of; none where a person is forgotten."""
    if raw is not None:
        return (lambda: text_of(raw), lambda: text_as_it_came(raw))
    value = first_form.value_of(row, keys) if row["form"] != FORM else None
    if value is None:
        return ()
    return (lambda: canonical(plain(value)), lambda: canonical(value))
