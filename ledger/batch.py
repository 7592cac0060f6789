"""One batch: what its transaction looked up and is about to write."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from domain.aggregate import Aggregate, Entry
from domain.envelope import Received, Unacceptable
from infra.failpoint import reach
from ledger import offsets, tables
from ledger.records import Item, Outcome, Tally, claim, labels
from ledger.seal import seal_person
from ledger.store import ENTRY_COLUMNS, Ledger
from ledger.tables import Known

Name = tuple[str, str]
"""(source, id) of an event."""


class Waiting(NamedTuple):
    """A parked event: `row` is what stands, or will stand, in the table."""

    item: Item
    row: Mapping[str, Any]


class Clear(NamedTuple):
    """A person's fields as received, to be sealed under that person's key."""

    position: int
    ordinal: int
    person: str
    fields: bytes
    open_part: bytes


def split(name: str) -> Name:
    """(source, id) of "<source>/<id>"."""
    source, _, event_id = name.partition("/")
    return source, event_id


@dataclass(slots=True)
class Batch:
    """Begins with the counters of the ledger; nothing of it outlives a rollback."""

    ledger: Ledger
    position: int
    clock: datetime | None
    parked_number: int
    quarantine_number: int
    held: set[bytes] = field(default_factory=set)
    """Keyed hashes of what this batch puts aside."""
    known: dict[Name, Known] = field(default_factory=dict)
    states: dict[str, Aggregate] = field(default_factory=dict)
    waiting: dict[str, list[Waiting]] = field(default_factory=dict)
    """What is waited for → the parked events that wait for it."""
    asked: set[str] = field(default_factory=set)
    """Keys of which all stored events that wait for them are in `waiting`."""
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    clear: list[Clear] = field(default_factory=list)
    sealed: list[tuple[str, int, int, str, bytes]] = field(default_factory=list)
    new_keys: dict[str, bytes] = field(default_factory=dict)
    state_rows: set[str] = field(default_factory=set)
    parked: dict[Name, dict[str, Any]] = field(default_factory=dict)
    taken: dict[Name, int] = field(default_factory=dict)
    waits_again: dict[Name, str] = field(default_factory=dict)
    quarantine: list[tuple[Any, ...]] = field(default_factory=list)
    released: list[tuple[bytes, str, int]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def begin(cls, ledger: Ledger) -> Batch:
        """An empty batch on the ledger as it stands, its counter row locked."""
        return cls(
            ledger,
            ledger.position,
            ledger.last_recorded_at,
            ledger.parked,
            ledger.quarantined,
        )

    def append(
        self,
        entry: Entry,
        digest: bytes,
        open_part: bytes,
        clear: Sequence[tuple[str, bytes]],
        breaches: tuple[str, ...],
    ) -> None:
        """A new entry, and per person it names the pseudonym and the fields to seal."""
        for ordinal, (person, fields) in enumerate(clear):
            self.clear.append(Clear(entry.position, ordinal, person, fields, open_part))
        self.entries.append(
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
                digest,
                breaches or None,
            )
        )

    def end(self, item: Item, outcome: Outcome, by: int = 1) -> None:
        """Count a record of a partition where it ended; `by` -1 takes it from there."""
        if item.record.part is not None:
            self.tally.ended[item.record.part, outcome] += by

    def put_aside(self, item: Item, fault: Unacceptable, at: datetime, sealed: bytes) -> None:
        """A new row of quarantine."""
        self.held.add(item.digest)
        self.quarantine_number += 1
        self.quarantine.append(
            (
                self.ledger.name,
                self.quarantine_number,
                at,
                fault.code,
                fault.pointer[:500],
                fault.expected[:500],
                *labels(item.record.raw, self.position, at),
                item.digest,
                len(item.record.raw),
                sealed,
                item.record.origin,
            )
        )

    def park(
        self, item: Item, received: Received, key: str, at: datetime, sealed: bytes
    ) -> dict[str, Any]:
        """A new row of parked events."""
        self.parked_number += 1
        fen, on = claim(received.json, at)
        row = {
            "ledger": self.ledger.name,
            "source": received.source,
            "event_id": received.id,
            "number": self.parked_number,
            "waits_for": key,
            "type": received.type,
            "parked_at": at,
            "digest": item.digest,
            "sealed": sealed,
            "origin": item.record.origin,
            "position": self.position,
            "claims_fen": fen,
            "claims_on": on,
        }
        self.parked[received.source, received.id] = row
        return row

    async def seal(self, connection: asyncpg.Connection, keys: dict[str, bytes]) -> None:
        """Seal the persons' fields, each under that person's key; new keys wait for the commit."""
        missing = sorted({clear.person for clear in self.clear}.difference(keys))
        if missing:
            keys.update(await tables.load_keys(connection, self.ledger.name, missing))
        self.new_keys = {person: os.urandom(32) for person in missing if person not in keys}
        for position, ordinal, person, fields, open_part in self.clear:
            sealed = seal_person(keys.get(person) or self.new_keys[person], open_part, fields)
            self.sealed.append((self.ledger.name, position, ordinal, person, sealed))

    async def write(self, connection: asyncpg.Connection) -> None:
        """Write everything; the caller commits."""
        name = self.ledger.name
        keys = [(name, person, key) for person, key in self.new_keys.items()]
        parked = [tuple(row[c] for c in tables.PARKED_COLUMNS) for row in self.parked.values()]
        states = [self.states[stream] for stream in sorted(self.state_rows)]
        await tables.copy(connection, "entry", ENTRY_COLUMNS, self.entries)
        reach("intake.entries-copied")
        await tables.copy(connection, "person_key", ("ledger", "person", "key"), keys)
        await tables.copy(connection, "sealed_part", tables.SEALED_COLUMNS, self.sealed)
        await tables.copy(connection, "parked", tables.PARKED_COLUMNS, parked)
        await tables.wait_again(connection, self.waits_again)
        await tables.mark_taken(connection, self.taken)
        await tables.copy(connection, "quarantine", tables.QUARANTINE_COLUMNS, self.quarantine)
        await tables.mark_released(connection, name, self.released)
        await tables.save_states(connection, name, states)
        await offsets.count(connection, self.tally.ended)
        moved = replace(
            self.ledger,
            position=self.position,
            last_recorded_at=self.clock,
            parked=self.parked_number,
            quarantined=self.quarantine_number,
        )
        await tables.move_on(connection, moved)
