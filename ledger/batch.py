"""One batch: what its transaction looked up and is about to write."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from domain import corrections
from domain.aggregate import Entry
from domain.envelope import Fault, Received
from infra.failpoint import reach
from ledger import aside, offsets, states, tables
from ledger.leaf import FORM, head_of, leaf_of
from ledger.outcomes import Item, OutcomeKind, Woken
from ledger.records import Partition, claim, legible
from ledger.seal import Sealer, seal_person
from ledger.spans import Cut
from ledger.store import ENTRY_COLUMNS, Ledger
from ledger.streams import Streams
from ledger.tables import Known

Name = tuple[str, str]
"""(source, id) of an event."""
STATE_EVERY = 16
"""A stream's state row is renewed each time its version passes a multiple of this."""


class Clear(NamedTuple):
    """A person as received, to be sealed under that person's key."""

    position: int
    ordinal: int
    person: str
    cut: Cut
    open_part: bytes


@dataclass(slots=True)
class ParkedEvent:
    """A parked event that this batch put there, or may wake."""

    name: Name
    number: int
    item: Item
    prerequisite: str
    this_run: bool = True
    """Whether it was given to this Intake, in this batch or before."""
    row: tuple[Any, ...] | None = None
    """What is stored of it once for all; None where an earlier batch did that."""
    woken: bool = False
    settled_at: int | None = None
    """Position of the ledger when it was parked no more: accepted there, or refused."""


def split(name: str) -> Name:
    """(source, id) of "<source>/<id>"."""
    source, _, event_id = name.partition("/")
    return source, event_id


def asked_for(prerequisite: str) -> str | Name:
    """The stream, or the name of the event, of "stream:<name>" or "event:<source>/<id>"."""
    kind, _, name = prerequisite.partition(":")
    return name if kind == "stream" else split(name)


@dataclass(slots=True)
class Batch:
    """Begins with the counters of the ledger, its row locked; nothing of it outlives a rollback."""

    ledger: Ledger
    now: datetime
    """When it began, by the clock of the database; never before what is recorded already."""
    streams: Streams
    clock: datetime | None = None
    """The recording time of what it writes: `now` in a live ledger, in a replay what was received
    last, and there None before the first."""
    known: dict[Name, Known] = field(default_factory=dict)
    """Events in the ledger or parked, of those that this batch names."""

    entries: list[Entry] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    """The same entries as they are stored, but for leaf and mac."""
    roots: dict[int, int] = field(default_factory=dict)
    """Of those that change or revoke: position → position of the fact they lead back to."""
    clear: list[Clear] = field(default_factory=list)
    new_keys: dict[str, bytes] = field(default_factory=dict)

    parked: dict[Name, ParkedEvent] = field(default_factory=dict)
    new_parked: int = 0
    """How many of them this batch put there."""
    ever_parked: list[ParkedEvent] = field(default_factory=list)
    """All of them in order, also those that were refused and whose id another event took."""
    by_prerequisite: dict[str, list[ParkedEvent]] = field(default_factory=dict)
    """Prerequisite → those parked for it now, with those that earlier batches stored."""
    quarantine: dict[bytes, tuple[Any, ...]] = field(default_factory=dict)
    """Keyed hash of the bytes → the new row."""
    released: list[tuple[bytes, str, int]] = field(default_factory=list)
    """What was in quarantine and is an entry now: keyed hash, name, position."""

    def __post_init__(self) -> None:
        self.clock = self.ledger.last_recorded_at
        if not self.ledger.replay:
            self.clock = self.now = max(self.now, self.clock or self.now)

    @property
    def position(self) -> int:
        """The last position so far."""
        return self.ledger.position + len(self.entries)

    def append(
        self,
        entry: Entry,
        item: Item,
        root: int | None,
        open_part: bytes,
        clear: Sequence[tuple[str, Cut]],
        breaches: tuple[str, ...],
    ) -> None:
        """A new entry, and per person it names the pseudonym and what to seal.

        `root` is the position of the fact that it changes or revokes, by whatever way.
        """
        if root is not None:
            self.roots[entry.position] = root
        for ordinal, (person, cut) in enumerate(clear):
            self.clear.append(Clear(entry.position, ordinal, person, cut, open_part))
        self.entries.append(entry)
        self.rows.append(
            (
                self.ledger.name,
                entry.position,
                entry.timestamp,
                entry.source,
                entry.event_id,
                entry.type,
                entry.originator_id,
                entry.originator_version,
                open_part,
                item.digest,
                breaches or None,
                FORM,
                item.content,
            )
        )

    def root_of(self, told: Received) -> int | None:
        """Position of the fact that an event changes or revokes, by whatever way; None if none."""
        if told.corrects is None or not corrections.replaces(told):
            return None
        known = self.known.get(split(told.corrects))
        return None if known is None or known.parked else known.root

    def put_in_quarantine(self, item: Item, fault: Fault, at: datetime, sealed: bytes) -> None:
        """A new row of quarantine."""
        self.quarantine[item.digest] = (
            self.ledger.name,
            self.ledger.quarantined + len(self.quarantine) + 1,
            at,
            fault.code,
            fault.pointer[:500],
            fault.expected[:500],
            *legible(item.record.raw, self.position, at),
            item.digest,
            len(item.record.raw),
            sealed,
            item.record.origin,
        )

    def park(self, item: Item, received: Received, at: datetime, sealed: bytes) -> ParkedEvent:
        """A new row of parked events."""
        fen, on = claim(received.json, at)
        name = (received.source, received.id)
        row = (
            self.ledger.name,
            *name,
            received.type,
            at,
            item.digest,
            sealed,
            item.record.origin,
            self.position,
            fen,
            on,
        )
        self.new_parked += 1
        event = ParkedEvent(name, self.ledger.parked + self.new_parked, item, "", row=row)
        self.keep(event)
        return event

    def keep(self, event: ParkedEvent) -> None:
        """A parked event that this batch has to do with."""
        self.parked[event.name] = event
        self.ever_parked.append(event)

    def wake(self, prerequisite: str) -> list[Item]:
        """The parked events whose prerequisite has arrived: to be judged again."""
        woken = self.by_prerequisite.get(prerequisite)
        if not woken:
            return []
        self.by_prerequisite[prerequisite] = []
        woken.sort(key=lambda event: event.number)  # one parked again comes in its first order
        for event in woken:
            self.known.pop(event.name, None)
            event.woken, event.settled_at = True, self.position
        return [event.item for event in woken]

    def woken(self) -> list[Woken]:
        """What became of those that an earlier batch had parked."""
        return [
            Woken(
                "/".join(event.name),
                event.item.digest,
                event.item.record.partition,
                event.item.outcome,
                event.this_run,
            )
            for event in self.ever_parked
            if event.woken and event.row is None
        ]

    async def write(
        self,
        connection: asyncpg.Connection,
        sealer: Sealer,
        keys: dict[str, bytes],
        ended: Mapping[tuple[Partition, OutcomeKind], int],
    ) -> None:
        """Write everything; the caller commits. `keys` are keys of persons that are stored."""
        name = self.ledger.name
        sealed = await self._seal(connection, keys)
        rows = self._with_leaves(sealer, sealed)
        last = rows[-1][-1] if rows else await tables.last_mac(connection, self.ledger)
        new_keys = [(name, person, key) for person, key in self.new_keys.items()]
        moved = [
            (*event.name, event.prerequisite, event.settled_at)
            for event in self.ever_parked
            if event.row is None and event.woken
        ]
        long = {e.stream for e in self.entries if e.originator_version % STATE_EVERY == 0}
        grown = [self.streams.changed[stream] for stream in sorted(long)]
        await tables.copy(connection, "entry", ENTRY_COLUMNS, rows)
        reach("intake.entries-copied")
        threads = [(name, *pair) for pair in self.roots.items()]
        await tables.copy(connection, "correction", tables.CORRECTION_COLUMNS, threads)
        await tables.copy(connection, "person_key", ("ledger", "person", "key"), new_keys)
        await tables.copy(connection, "sealed_part", tables.SEALED_COLUMNS, sealed)
        await aside.move_parked(connection, moved)  # first: an id may be parked again
        await tables.copy(connection, "parked", aside.PARKED_WRITTEN, self._parked_rows())
        refused = list(self.quarantine.values())
        await tables.copy(connection, "quarantine", aside.QUARANTINE_WRITTEN, refused)
        await aside.mark_released(connection, name, self.released)
        await states.save(connection, name, grown)
        await offsets.count(connection, ended)
        after = self.after()
        await tables.move_on(connection, after, sealer.mac(head_of(after, last)))

    def after(self) -> Ledger:
        """The ledger as this batch leaves it."""
        return replace(
            self.ledger,
            position=self.position,
            last_recorded_at=self.clock if self.entries else self.ledger.last_recorded_at,
            parked=self.ledger.parked + self.new_parked,
            quarantined=self.ledger.quarantined + len(self.quarantine),
        )

    def _parked_rows(self) -> list[tuple[Any, ...]]:
        """New rows of parked events, numbered in the order they were parked."""
        return [
            (event.number, *event.row, event.prerequisite, event.settled_at)
            for event in self.ever_parked
            if event.row is not None
        ]

    async def _seal(
        self, connection: asyncpg.Connection, keys: dict[str, bytes]
    ) -> list[tuple[Any, ...]]:
        """Seal the persons, each under that person's key; new keys wait for the commit."""
        missing = sorted({clear.person for clear in self.clear}.difference(keys))
        if missing:
            keys.update(await tables.load_keys(connection, self.ledger.name, missing))
        self.new_keys = {person: os.urandom(32) for person in missing if person not in keys}
        return [
            (
                self.ledger.name,
                position,
                ordinal,
                person,
                seal_person(keys.get(person) or self.new_keys[person], open_part, cut.value),
                cut.start,
                cut.length,
            )
            for position, ordinal, person, cut, open_part in self.clear
        ]

    def _with_leaves(self, sealer: Sealer, sealed: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows of the new entries, each with its leaf and mac."""
        parts: dict[int, list[tuple[Any, ...]]] = {}
        for _, position, *part in sealed:
            parts.setdefault(position, []).append(tuple(part))
        rows = []
        for row in self.rows:
            leaf = leaf_of(row, parts.get(row[1], ()))
            rows.append((*row, leaf, sealer.mac(leaf)))
        return rows
