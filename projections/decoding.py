"""Entries read for folding, and what each adds by itself: pure, done while PostgreSQL writes.

An entry that cannot be read, or whose rows cannot be worked out, fails no other: it is told which
read models that concerns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.aggregate import Entry
from ledger.adopted import Versions
from ledger.containment import is_contained
from projections.catalogue import READ_MODELS
from projections.folding import Record
from projections.read_model import MAX_POSITION, ReadModel

Adds = dict[str, dict[int, list[Record]]]
"""Read model → position → the rows that the entry adds by itself."""

DECODE_AT_ONCE = 200
"""Entries decoded before a transaction under way gets its turn."""
Function = Callable[[Entry], Iterable[Any]]
Row = Sequence[Any]
"""An entry as `ledger.store.read_rows` gives it: its position first, its type fifth."""


@dataclass(slots=True)
class Decoded:
    """Entries in position order, one for each row."""

    rows: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """In outline where the row cannot be read."""
    adds: Adds = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    """Read models for which one of the entries cannot be read, or what it adds be worked out."""

    def within(self, after: int, to: int) -> Decoded:
        """Those after a position and up to another, each once."""
        rows = {row[0]: row for row in self.rows if after < row[0] <= to}
        entries = {entry.position: entry for entry in self.entries}
        wanted = sorted(rows)
        return Decoded(
            [rows[position] for position in wanted],
            [entries[position] for position in wanted],
            self.adds,
            self.failing,
        )


async def decode(
    ledger: str,
    rows: Sequence[Row],
    bureaus: Versions,
    models: Sequence[ReadModel] = READ_MODELS,
) -> Decoded:
    """Entries of rows, and what they add, a slice at a time.

    `bureaus` are those adopted by now, read after the rows.
    """
    made = Decoded(adds={model.name: {} for model in models})
    taking: dict[str, list[ReadModel]] = {}
    for model in models:
        for name in model.types:
            taking.setdefault(name, []).append(model)
    for start in range(0, len(rows), DECODE_AT_ONCE):
        for row in rows[start : start + DECODE_AT_ONCE]:
            _decode(ledger, row, bureaus, taking.get(row[4], ()), made)
        await asyncio.sleep(0)
    return made


def _decode(
    ledger: str, row: Row, bureaus: Versions, taking: Sequence[ReadModel], made: Decoded
) -> None:
    """One more entry, for the read models that take its type."""
    made.rows.append(row)
    try:
        entry = bureaus.entry(row)
    except Exception as error:
        if not is_contained(error):
            raise
        made.entries.append(bureaus.entry(row, outlined=True))
        made.failing.update(model.name for model in taking)
        return
    made.entries.append(entry)
    for model in taking:
        if (function := model.adding.get(entry.type)) is not None:
            try:
                made.adds[model.name][entry.position] = _records(ledger, entry, function)
            except Exception as error:
                if not is_contained(error):
                    raise
                made.failing.add(model.name)


def work_out(ledger: str, entries: Iterable[Entry], models: Sequence[ReadModel]) -> Adds:
    """What entries add by themselves, as `decode` does; what fails is raised."""
    adds: Adds = {model.name: {} for model in models}
    for entry in entries:
        for model in models:
            if (function := model.adding.get(entry.type)) is not None:
                adds[model.name][entry.position] = _records(ledger, entry, function)
    return adds


def _records(ledger: str, entry: Entry, function: Function) -> list[Record]:
    start = (ledger, entry.originator_id, entry.position, MAX_POSITION)
    return [(*start, n, *row) for n, row in enumerate(function(entry))]
