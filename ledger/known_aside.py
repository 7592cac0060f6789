"""What is aside, as committed: known to the intake from batch to batch."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from domain.envelope import Received
from ledger import copies, lacking, setting_aside
from ledger.batch import Batch
from ledger.lacking import Lacking
from ledger.mending import mends
from ledger.outcomes import Item, Parked
from ledger.parked import ParkedEvent
from ledger.records import Name, Partition, place_of
from ledger.seal import Sealer
from ledger.store import Ledger
from ledger.tables import Known


class KnownAside:
    """What a batch must know of what is aside before it asks. Batches change it when committed."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._lacking: dict[bytes, Lacking] = {}
        self._refused_lacking: dict[bytes, int] = {}
        self._lacks_not_kept = False
        """Whether of some that come again after a restore nothing is to be kept."""
        self._not_kept: dict[bytes, int] = {}
        """Those of them that the batch at hand met."""
        self._destroyed: set[tuple[str, int]] = set()
        """Table and number of messages whose bytes went with somebody who is forgotten."""
        self._judged_to: dict[Partition, tuple[int, int]] = {}
        """Partition → offset and element of the last record of it that only the journal tells of:
        what stands before it was judged before a restore."""
        self._prerequisites: set[str] = set()
        """What events are parked for, and perhaps something of which all were woken."""
        self._open = False
        """Whether anything in quarantine may still be mended."""
        self.kept: dict[str, int] = {}
        """Topic or file → how many bytes are kept in quarantine of what came by it."""
        self.parked_here: set[Name] = set()
        """Events that wait and were given to this Intake."""

    async def load(self, connection: asyncpg.Connection, ledger: Ledger, since: int | None) -> None:
        """Begin anew, on the ledger as it stands; it was known up to `since` of the journal."""
        if since is None or since > ledger.journal:
            self._prerequisites = await setting_aside.prerequisites(connection, ledger)
        else:
            name = ledger.name
            self._prerequisites |= await setting_aside.told_since(connection, name, since)
        self.kept = await setting_aside.kept(connection, ledger.name)
        self._open = await setting_aside.holds_open(connection, ledger.name)
        found = await lacking.find(connection, ledger)
        self._lacking, self._refused_lacking = found
        self._lacks_not_kept = await lacking.lacks_not_kept(connection, ledger.name)
        if self._lacking or self._refused_lacking:
            self._destroyed = await copies.blanked(connection, ledger.name)
        self._judged_to = await lacking.judged_to(connection, ledger.name)

    def is_awaited(self, prerequisite: str) -> bool:
        """Whether stored events may be parked for it."""
        return prerequisite in self._prerequisites

    async def meet_quarantined(
        self, connection: asyncpg.Connection, batch: Batch, items: Sequence[Item]
    ) -> None:
        """Look up which of these are in quarantine, and what there they may mend."""
        if not batch.ledger.quarantined:
            return
        ledger = batch.ledger.name
        digests = [i.digest for i in items if i.digest not in batch.in_quarantine]
        batch.in_quarantine |= await setting_aside.quarantined(connection, ledger, digests)
        if self._lacks_not_kept:
            self._not_kept |= await lacking.not_kept(connection, ledger, digests)
        if self._open:
            names: list[Name] = []
            for item in items:
                if (told := item.received) is not None:
                    names += [(told.source, told.id), *mends(item.record.raw, told.source)]
            await batch.mending.meet(connection, ledger, names)

    def meet_parked(self, batch: Batch, item: Item, received: Received) -> ParkedEvent | None:
        """If only the journal told of this event since a restore: here are its bytes."""
        row = self._lacking.get(item.digest)
        if row is None or item.digest in batch.come_again:
            return None
        name = (received.source, received.id)
        kept = batch.come_again[item.digest] = self._kept("parked", row.number, item)
        if row.settled:
            if kept == setting_aside.WITHHELD and item.digest not in batch.in_quarantine:
                # It was given up, or taken up, before the restore: it is told for the second time.
                waited = Known(item.digest, received.type, "", Parked(row.prerequisite))
                batch.known.setdefault(name, waited)
            return None
        batch.known.pop(name, None)
        event = ParkedEvent(name, row.number, item, row.prerequisite, come_again=True)
        batch.keep(event)
        return event

    def was_judged(self, origin: str) -> bool:
        """Whether a record comes once more since a restore, and not because it was sent again."""
        place = place_of(origin) if self._judged_to else None
        if place is None:
            return False
        return (place.offset, place.element) <= self._judged_to.get(place.partition, (-1, 0))

    def meet_refused(self, batch: Batch, item: Item) -> bool:
        """The same of bytes in quarantine; False where nothing was lacking."""
        if item.digest in batch.come_again:
            return False
        if item.digest in self._not_kept:
            batch.come_again[item.digest] = setting_aside.WITHHELD
            return True
        if (number := self._refused_lacking.get(item.digest)) is not None:
            batch.come_again[item.digest] = self._kept("quarantine", number, item)
            return True
        return False

    def _kept(self, table: str, number: int, item: Item) -> bytes:
        """What is kept of bytes that have come again: nothing of whom the ledger forgot."""
        gone = (table, number) in self._destroyed
        return setting_aside.WITHHELD if gone else self._sealer.box(item.record.raw)

    def remember(self, batch: Batch) -> None:
        """What a batch that was committed changed."""
        self.kept = batch.kept
        self._not_kept.clear()
        self._open = self._open or any(number > 0 for number in batch.in_quarantine.values())
        for digest in batch.come_again:
            self._lacking.pop(digest, None)
            self._refused_lacking.pop(digest, None)
        self._prerequisites.difference_update(batch.arrived)
        self._prerequisites.update(batch.by_prerequisite)
        for name, event in batch.parked.items():
            if event.settled_at is not None:
                self.parked_here.discard(name)
            elif event.row is not None or event.come_again:
                self.parked_here.add(name)
