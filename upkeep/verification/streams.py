"""Streams as a whole: versions, corrections, the states that judge, and the rows of read models.

The entries are read in the order of streams, and beside them, in the same order, what they made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg

from domain.aggregate import Entry
from domain.catalogue import aggregate_of
from domain.corrections import fold, replaces
from infra.bureaus import shipped
from ledger import adopted, inventory
from ledger.adopted import NothingAdopted, Versions
from ledger.inventory import Sorted
from ledger.store import Ledger
from upkeep.verification.difference import UNREADABLE, Differences
from upkeep.verification.rows import Rows


async def check(
    connection: asyncpg.Connection,
    ledger: Ledger,
    found: Differences,
    progress: Callable[[float], None],
) -> int | None:
    """Check all streams of a ledger, within one snapshot; returns how many rows were compared.

    None where read models of another version serve, or none: those are not looked at.
    """
    states = await inventory.states(connection, ledger.name)
    read = await Rows.open(connection, ledger, found)
    try:
        bureaus = await adopted.versions(connection, ledger.name, so_far=True)
    except NothingAdopted:  # of an older release, which had no other bureau
        bureaus = Versions((shipped(),), (0,))
    async for rows in inventory.streams(connection, ledger.name):
        stream = rows[0]["stream"]
        _versions(found, stream, rows)
        kept = await _states(found, states, stream)
        entries: list[Entry] | None = None
        try:
            entries = [bureaus.entry(tuple(row)[:-1]) for row in rows]
            _roots(found, entries, rows)
            _state(found, entries, kept)
            if read is not None:
                await read.check(found, stream, entries)
        except UNREADABLE:
            found.add("unreadable", rows[0]["position"], f"{stream}")
            if entries is None and read is not None:
                await read.check(found, stream, None)
        progress(len(rows))
    await _states(found, states, None)
    if read is not None:
        await read.check(found, None, None)
    for what, position in await inventory.strays(connection, ledger.name):
        found.add("position", position, f"位置 {position}：{what} 没有记录 / without an entry")
    return None if read is None else read.compared


async def _states(found: Differences, states: Sorted, stream: str | None) -> list[Any]:
    """The kept state of a stream; those before it belong to none, and after the last (None) all."""
    async for head, kept in states.up_to(stream):
        if head == stream:
            return kept
        found.add("state", 0, f"{head}：没有这一业务对象 / no such stream")
    return []


def _versions(found: Differences, stream: str, rows: Sequence[Mapping[str, Any]]) -> None:
    before = 0
    for version, row in enumerate(rows, start=1):
        if row["version"] != version or row["position"] <= before:
            found.add("version", row["position"], f"{stream} 第 {row['version']} 版")
            return
        before = row["position"]


def _roots(found: Differences, entries: Sequence[Entry], rows: Sequence[Mapping[str, Any]]) -> None:
    """Each correction leads back to the fact it is about, and nothing else does."""
    roots: dict[str, int] = {}
    for entry, row in zip(entries, rows, strict=True):
        root = roots.get(entry.corrects or "") if replaces(entry) else None
        roots[entry.name] = root or entry.position
        if row["root"] != root:
            found.add("correction", entry.position, f"位置 {entry.position}，{entry.stream}")


def _state(found: Differences, entries: Sequence[Entry], kept: Sequence[Any]) -> None:
    """The kept state is what the entries up to its version make."""
    for stream, version, state in kept:
        told = entries[:version]
        if len(told) != version or fold(aggregate_of(stream), told).state() != state:
            found.add("state", entries[0].position, f"{stream} 第 {version} 版")
