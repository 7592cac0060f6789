"""One batch: what its transaction looked up and is about to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import asyncpg

from domain import corrections
from domain.aggregate import Entry
from domain.bureau.bureau import Bureau
from domain.envelope import Received
from domain.faults import Fault
from infra.failpoint import reach
from ledger import coming_again, keys, lacking, setting_aside, states, tables
from ledger.admission import Admission
from ledger.clock import EPOCH
from ledger.coming_again import Again
from ledger.containment import ENDED
from ledger.journal import Journal, Kind, subject_of
from ledger.leaf import FORM, head_of
from ledger.mending import Mending, mends
from ledger.outcomes import Accepted, Item, Outcome, Parked, Quarantined, Woken
from ledger.parked import ParkedEvent
from ledger.records import (
    Gap,
    Legible,
    Name,
    Record,
    claim,
    day_of,
    legible,
    number_of,
    place_name,
    split,
    storable,
)
from ledger.seal import Sealer
from ledger.sealing import seal, with_leaves
from ledger.sequences import Sequences
from ledger.setting_aside import faults_written
from ledger.spans import Clear, Cut
from ledger.store import ENTRY_COLUMNS, Ledger
from ledger.streams import Streams
from ledger.tables import Known

MOST_KEPT = 64 * 2**20
"""So many bytes are kept of what is refused of a topic or file, unless it is set otherwise."""
STATE_EVERY = 16
"""A stream's state row is renewed each time its version passes a multiple of this."""


@dataclass(slots=True)
class Batch:
    """Begins with the counters of the ledger, its row locked; nothing of it outlives a rollback."""

    ledger: Ledger
    now: datetime
    """When it began, by the clock of the database; never before what is recorded already."""
    streams: Streams
    bureau: Bureau
    """As the ledger has adopted it: what its entries are judged by."""
    journal: Journal
    """What this batch tells beside its entries."""
    admission: Admission = field(default_factory=Admission)
    """What sources may say, and what of them was recorded today."""
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

    parked: dict[Name, ParkedEvent] = field(default_factory=dict)
    new_parked: int = 0
    """How many of them this batch put there."""
    ever_parked: list[ParkedEvent] = field(default_factory=list)
    """All of them in order, also those that were refused and whose id another event took."""
    by_prerequisite: dict[str, list[ParkedEvent]] = field(default_factory=dict)
    """Prerequisite → those that this batch parked for it."""
    arrived: list[str] = field(default_factory=list)
    """Prerequisites for which nothing is parked any more."""
    quarantine: list[tuple[Any, ...]] = field(default_factory=list)
    """The new rows."""
    kept: dict[str, int] = field(default_factory=dict)
    """Topic or file → how many bytes are kept in quarantine of what came by it."""
    most_kept: int = MOST_KEPT
    in_quarantine: dict[bytes, int] = field(default_factory=dict)
    """Keyed hash → number, of what this batch met there, or put there; negative once settled."""
    mending: Mending = field(default_factory=Mending)
    again: list[tuple[date, Again]] = field(default_factory=list)
    """What had come before, with the day on which it came once more."""
    repaired: list[setting_aside.Repaired] = field(default_factory=list)
    """What was in quarantine and is an entry now."""
    gaps: dict[str, Gap] = field(default_factory=dict)
    """Origin of a record → the offsets without an event before it."""
    sequences: Sequences | None = None
    """The running numbers of sources, once they are read."""
    come_again: dict[bytes, bytes] = field(default_factory=dict)
    """Keyed hash → sealed bytes that were lacking since a restore."""

    def __post_init__(self) -> None:
        self.clock = self.ledger.last_recorded_at
        if not self.ledger.replay:
            self.clock = self.now = max(self.now, self.clock or self.now)

    @property
    def at(self) -> datetime:
        """The recording time of what is written now."""
        return self.clock or EPOCH

    @property
    def writes(self) -> bool:
        """Whether anything at all is recorded."""
        return bool(self.entries or self.journal.notes)

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

    def tick(self, received: Received | None) -> None:
        """A record leaves a trace: in a replay its time is now, but no clock goes back."""
        if received is not None and received.received_at is not None:
            self.clock = self.at_of(received)

    def at_of(self, received: Received) -> datetime:
        """The recording time that an event would have."""
        return max(self.at, received.received_at or self.at)

    def put_in_quarantine(self, item: Item, faults: Sequence[Fault], sealed: bytes) -> None:
        """A new row of quarantine."""
        fault = faults[0]
        number = self.ledger.quarantined + len(self.quarantine) + 1
        place = place_name(item.record.origin)
        kept = self.kept.get(place, 0) + len(sealed)
        if kept > self.most_kept:
            sealed = setting_aside.WITHHELD
        else:
            self.kept[place] = kept
        read = Legible(None, None, None, self.position, None, None)
        if fault != ENDED:
            read = legible(item.record, self.ledger, self.bureau, self.position, self.at)
        row = (
            self.ledger.name,
            number,
            self.at,
            fault.code,
            storable(fault.pointer),
            storable(fault.expected),
            faults_written(item.explained(faults, self.bureau)).decode(),
            *read,
            item.digest,
            len(item.record.raw),
            sealed,
            item.record.origin,
        )
        facts = setting_aside.facts_of(setting_aside.QUARANTINE_WRITTEN, row)
        told = self._note("refused", subject_of("quarantine", number), facts)
        self.quarantine.append((*row, told))
        self.in_quarantine[item.digest] = number
        if (sender := item.record.source or read.source) is not None:
            for name in filter(None, (read.event_id, item.record.origin)):
                self.mending.add((sender, name), number)

    def mend(self, item: Item, received: Received) -> None:
        """What stands in quarantine as this event, or as what it says it mends, is an entry now."""
        names = {(received.source, received.id), *mends(item.record.raw, received.source)}
        own = self.in_quarantine.get(item.digest, 0)
        if own > 0:
            self.in_quarantine[item.digest] = -own
        for number in self.mending.take(names, own):
            self._repair(number, received.name, released=item.record.released)

    def _repair(self, number: int, event: str, *, released: bool) -> None:
        facts: dict[str, Any] = {"event": event, "number": number}
        if released:  # by us, and not sent again
            facts["released"] = True
        told = self._note("taken-up", subject_of("quarantine", number), facts)
        self.repaired.append(setting_aside.Repaired(number, event, self.position, told))

    def park(
        self, item: Item, received: Received, prerequisite: str, sealed: Callable[[bytes], bytes]
    ) -> None:
        """Park an event; one that was parked before goes on to wait for something else."""
        event = self.parked.get((received.source, received.id))
        if event is None or event.item is not item:
            event = self._park_first(item, received, prerequisite, sealed(item.record.raw))
        elif event.prerequisite != prerequisite:
            facts = {"number": event.number, "waits_for": prerequisite}
            self._note("parked", subject_of("parked", event.number), facts)
        event.prerequisite, event.moved = prerequisite, True
        self.by_prerequisite.setdefault(prerequisite, []).append(event)

    def _park_first(
        self, item: Item, received: Received, prerequisite: str, sealed: bytes
    ) -> ParkedEvent:
        at = received.received_at or self.at
        fen, on = claim(received.json, at)
        name = (received.source, received.id)
        number = self.ledger.parked + self.new_parked + 1
        row = (
            number,
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
            number_of(received.json),
        )
        facts = setting_aside.facts_of(setting_aside.PARKED_WRITTEN, row)
        facts["waits_for"] = prerequisite
        told = self._note("parked", subject_of("parked", number), facts)
        self.new_parked += 1
        event = ParkedEvent(name, number, item, "", row=(*row, told), stored=False)
        self.keep(event)
        return event

    def settle(self, event: ParkedEvent) -> None:
        """A parked event was judged: if it is parked no more, note what became of it."""
        item = event.item
        if isinstance(item.outcome, Parked):
            return
        event.settled_at, event.moved = self.position, True
        kind: Kind = "refused"
        facts = {"number": event.number}
        if isinstance(item.outcome, Accepted):
            kind, facts["entry"] = "taken-up", self.position
        event.journal_to = self._note(kind, subject_of("parked", event.number), facts)

    def meet_again(self, item: Item, of: Outcome) -> None:
        """A record had come before, and changes nothing."""
        if item.digest in self.come_again or item.record.released:
            return  # bytes that were lost, or that we judge once more ourselves
        number = of.position if isinstance(of, Accepted) else None
        if isinstance(of, Quarantined):
            number = abs(self.in_quarantine.get(item.digest, 0)) or None
        told, origin = item.received, item.record.origin
        source = item.record.source or (told.source if told else "")
        again = Again(source, told.id if told else None, self.at, origin, of.kind, number)
        self.again.append((day_of(self.at), again))

    def skip_before(self, record: Record) -> None:
        """If offsets without an event stand before this record, note it."""
        if (gap := self.gaps.pop(record.origin, None)) is not None:
            facts = {"from": gap.first, "to": gap.to}
            self._note("skipped", subject_of(*gap.partition), facts)

    def _note(self, kind: Kind, subject: str, facts: Mapping[str, Any]) -> int:
        return self.journal.note(kind, subject, facts, self.at, self.position)

    def keep(self, event: ParkedEvent) -> None:
        """A parked event that this batch has to do with."""
        self.parked[event.name] = event
        self.ever_parked.append(event)

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
            if event.woken and event.row is None and not event.come_again
        ]

    async def write(self, connection: asyncpg.Connection, sealer: Sealer) -> None:
        """Write what was judged since the last time; the caller commits."""
        name = self.ledger.name
        sealed, new_keys = await seal(connection, sealer, name, self.clear)
        rows = with_leaves(sealer, self.rows, sealed)
        last = rows[-1][-1] if rows else await tables.last_mac(connection, self.ledger)
        moved = [
            setting_aside.Moved(
                event.number, event.prerequisite, event.settled_at, event.journal_to
            )
            for event in self.ever_parked
            if event.moved and event.stored
        ]
        long = {e.stream for e in self.entries if e.originator_version % STATE_EVERY == 0}
        grown = [self.streams.changed[stream] for stream in sorted(long)]
        await tables.copy(connection, "entry", ENTRY_COLUMNS, rows)
        reach("intake.entries-copied")
        threads = [(name, *pair) for pair in self.roots.items()]
        await tables.copy(connection, "correction", tables.CORRECTION_COLUMNS, threads)
        await tables.copy(connection, "person_key", keys.COLUMNS, new_keys)
        await tables.copy(connection, "sealed_part", tables.SEALED_COLUMNS, sealed)
        await setting_aside.move_parked(connection, name, moved)  # first: an id may come again
        await tables.copy(connection, "parked", setting_aside.PARKED_WRITTEN, self._parked_rows())
        columns = setting_aside.QUARANTINE_WRITTEN
        await tables.copy(connection, "quarantine", columns, self.quarantine)
        places = {place_name(row[-2]) for row in self.quarantine}
        kept = [(place, self.kept[place]) for place in places if place in self.kept]
        await setting_aside.keep_count(connection, name, kept)
        await setting_aside.mark_repaired(connection, name, self.repaired)
        await lacking.fill(connection, name, self.come_again)
        await coming_again.note(connection, name, self.again)
        await self.journal.write(connection)
        await states.save(connection, name, grown)
        if self.sequences is not None:
            await self.sequences.write(connection, name)
        after = self.after()
        await tables.move_on(connection, after, sealer.mac(head_of(after, last)))
        self._go_on_from(after)

    def _go_on_from(self, stored: Ledger) -> None:
        self.ledger = stored
        self.streams.position = stored.position
        self.journal.go_on_from(stored)
        for pending in (self.entries, self.rows, self.clear, self.quarantine, self.repaired):
            pending.clear()
        self.again.clear()
        self.roots.clear()
        self.new_parked = 0
        for event in self.ever_parked:
            event.stored, event.moved = True, False

    def after(self) -> Ledger:
        """The ledger as this batch leaves it, as far as it was judged."""
        return replace(
            self.ledger,
            position=self.position,
            last_recorded_at=self.clock if self.writes else self.ledger.last_recorded_at,
            parked=self.ledger.parked + self.new_parked,
            quarantined=self.ledger.quarantined + len(self.quarantine),
            journal=self.journal.number,
        )

    def _parked_rows(self) -> list[tuple[Any, ...]]:
        """New rows of parked events, numbered in the order they were parked."""
        return [
            (*event.row, event.prerequisite, event.settled_at, event.journal_to)
            for event in self.ever_parked
            if event.row is not None and not event.stored
        ]
