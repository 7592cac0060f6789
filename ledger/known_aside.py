"""What is aside, as committed: known to the intake from batch to batch."""

from __future__ import annotations

import asyncpg

from domain.envelope import Received
from ledger import setting_aside
from ledger.batch import Batch, Name, asked_for
from ledger.outcomes import Item
from ledger.parked import ParkedEvent
from ledger.seal import Sealer
from ledger.setting_aside import Lacking
from ledger.store import Ledger


class KnownAside:
    """What a batch must know of what is aside before it asks. Batches change it when committed."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._quarantined: dict[bytes, int] = {}
        self._lacking: dict[bytes, Lacking] = {}
        self._refused_lacking: set[bytes] = set()
        self._prerequisites: dict[str | Name, str] = {}
        """What parked events ask for: its name → the prerequisite as it is stored."""
        self.parked_here: set[Name] = set()
        """Events that wait and were given to this Intake."""

    async def load(self, connection: asyncpg.Connection, ledger: Ledger) -> None:
        """Begin anew, on the ledger as it stands."""
        self._quarantined = await setting_aside.quarantined(connection, ledger)
        stored = await setting_aside.prerequisites(connection, ledger)
        self._prerequisites = {asked_for(prerequisite): prerequisite for prerequisite in stored}
        lacking = await setting_aside.lacking(connection, ledger)
        self._lacking, self._refused_lacking = lacking

    def unloaded(self, batch: Batch, streams: set[str], names: set[Name]) -> list[str]:
        """Prerequisites among these streams and events for which stored events are parked."""
        if not self._prerequisites:
            return []
        named = self._prerequisites.keys() & {*streams, *names}
        return sorted({self._prerequisites[n] for n in named}.difference(batch.by_prerequisite))

    def number(self, batch: Batch, digest: bytes) -> int | None:
        """The number of these bytes in quarantine, 0 where it is settled, None if not there."""
        return batch.in_quarantine.get(digest, self._quarantined.get(digest))

    def meet_parked(self, batch: Batch, item: Item, received: Received) -> None:
        """If only the journal told of this event since a restore: here are its bytes."""
        lacking = self._lacking.get(item.digest)
        if lacking is None or item.digest in batch.come_again:
            return
        name = (received.source, received.id)
        batch.come_again[item.digest] = self._sealer.box(item.record.raw)
        if not lacking.settled:
            batch.known.pop(name, None)
            batch.keep(
                ParkedEvent(name, lacking.number, item, lacking.prerequisite, come_again=True)
            )

    def meet_refused(self, batch: Batch, item: Item) -> bool:
        """The same of bytes in quarantine; False where nothing was lacking."""
        again = item.digest in self._refused_lacking and item.digest not in batch.come_again
        if again:
            batch.come_again[item.digest] = self._sealer.box(item.record.raw)
        return again

    def remember(self, batch: Batch) -> None:
        """What a batch that was committed changed."""
        self._quarantined.update(batch.in_quarantine)
        for digest in batch.come_again:
            self._lacking.pop(digest, None)
            self._refused_lacking.discard(digest)
        for prerequisite, events in batch.by_prerequisite.items():
            if events:
                self._prerequisites[asked_for(prerequisite)] = prerequisite
            else:
                self._prerequisites.pop(asked_for(prerequisite), None)
        for name, event in batch.parked.items():
            if event.settled_at is not None:
                self.parked_here.discard(name)
            elif event.row is not None or event.come_again:
                self.parked_here.add(name)
