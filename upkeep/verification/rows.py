"""The rows of read models, beside the entries of the streams that made them.

What the entries of a stream make of a read model, ended rows too, is worked out in memory by the
same folds as ever; nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from domain.aggregate import Entry
from ledger.inventory import BY_STREAM, Sorted
from ledger.store import Ledger
from projections import checkpoint
from projections.catalogue import READ_MODELS
from projections.checkpoint import Stand
from projections.folding import history
from projections.read_model import VERSION, ReadModel
from projections.snapshot import serving
from upkeep.verification.difference import Differences

_OWN = ("stream", "known_from", "known_to", "n")


@dataclass(slots=True)
class Table:
    """The rows of a read model in the order of streams, folded to a position."""

    model: ReadModel
    stand: Stand
    stored: Sorted


@dataclass(slots=True)
class Rows:
    """All read models of a ledger, taken stream by stream."""

    tables: Sequence[Table]
    compared: int = 0
    """Rows so far."""
    _taking: Mapping[str, list[Table]] = field(default_factory=lambda: defaultdict(list))
    """Event type → the read models that take it."""

    @classmethod
    async def open(
        cls, connection: asyncpg.Connection, ledger: Ledger, found: Differences
    ) -> Rows | None:
        """Begin with the first stream; None where read models of another version serve."""
        if await serving(connection) != VERSION:
            return None
        names = [model.name for model in READ_MODELS]
        stands = await checkpoint.stands(connection, ledger.name, names)
        for name, stand in stands.items():
            if stand.position > ledger.position:
                text = f"{name} 至位置 {stand.position}：在账本末端之后 / past the end"
                found.add("read-model", stand.position, text)
        made = cls([await _table(connection, ledger.name, m, stands[m.name]) for m in READ_MODELS])
        for table in made.tables:
            for name in table.model.types:
                made._taking[name].append(table)
        return made

    async def check(
        self, found: Differences, stream: str | None, entries: Sequence[Entry] | None
    ) -> None:
        """Check the rows of the next stream; after the last, None, those that belong to none.

        `entries` are all of the stream, None where they cannot be read.
        """
        stored: dict[str, list[Any]] = {}
        for table in self.tables:
            async for head, rows in table.stored.up_to(stream):
                self.compared += len(rows)
                if head == stream:
                    stored[table.model.name] = rows
                    continue
                text = f"{table.model.name} {head}：没有这一业务对象 / no such stream"
                found.add("read-model", rows[0]["known_from"], text, len(rows))
        for table in self._concerned(stored, entries or ()):
            told = [entry for entry in entries or () if entry.position <= table.stand.position]
            kept = stored.get(table.model.name, ())
            _compare(found, table.model, told, kept, table.stand.without)

    def _concerned(self, stored: Mapping[str, Any], entries: Sequence[Entry]) -> list[Table]:
        """Those that have rows of a stream, or should."""
        if not entries:
            return []
        types = {entry.type for entry in entries}
        names = stored.keys() | {table.model.name for name in types for table in self._taking[name]}
        return [table for table in self.tables if table.model.name in names]


async def _table(
    connection: asyncpg.Connection, ledger: str, model: ReadModel, stand: Stand
) -> Table:
    query = (
        f"SELECT {', '.join((*_OWN, *model.columns))} FROM {model.table}"
        f" WHERE ledger = $1 {BY_STREAM}, known_from, n"
    )
    return Table(model, stand, await Sorted.open(connection, query, ledger))


def _compare(
    found: Differences,
    model: ReadModel,
    entries: Sequence[Entry],
    stored: Sequence[Any],
    without: Collection[int],
) -> None:
    """The stored rows of a stream are those that its entries make, but for those left out."""
    made = sorted(history(model, entries, without), key=_key)
    kept = list(map(tuple, stored))
    if made == kept:
        return
    rebuilt, live = ({_key(row): row for row in rows} for rows in (made, kept))
    if len(kept) > len(live):
        text = f"{model.name} {kept[0][0]}：同一行重复 / the same row again"
        found.add("read-model", kept[0][1], text, len(kept) - len(live))
    for key in sorted(rebuilt.keys() | live):
        was, now = live.get(key), rebuilt.get(key)
        if was != now:
            found.add("read-model", key[0], _difference(model, key[0], was, now))


def _difference(
    model: ReadModel, position: int, live: Sequence[Any] | None, made: Sequence[Any] | None
) -> str:
    """What of a row differs: the columns, or that only the table or only the entries have it."""
    if live is None or made is None:
        stream = (live or made or ("",))[0]
        lacking = "缺一行 missing" if live is None else "多一行 extra"
        return f"{model.name} 位置 {position} {stream}：{lacking}"
    columns = [
        f"{name} {was} → {now}"
        for name, was, now in zip((*_OWN, *model.columns), live, made, strict=True)
        if was != now
    ]
    return f"{model.name} 位置 {position} {live[0]}：{'，'.join(columns)}"


def _key(row: Sequence[Any]) -> tuple[int, int]:
    """Which entry made a row, and its number there."""
    return row[1], row[3]
