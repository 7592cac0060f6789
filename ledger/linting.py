"""What would become of records now (预检): the engine judges them, and nothing is kept.

It reads one snapshot and writes nothing, so it holds up nobody who takes records in, touches no
counter, offset or cache, and says what an intake would that began at this moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from ledger import adopted, clock, store
from ledger.admission import Admission
from ledger.adopted import Versions
from ledger.batch import Batch
from ledger.journal import Journal
from ledger.judging import Judging
from ledger.known_aside import KnownAside
from ledger.outcomes import Item
from ledger.reading import items_of
from ledger.records import Record
from ledger.seal import Sealer
from ledger.secret import prove
from ledger.store import Ledger
from ledger.streams import Streams
from ledger.waking import Wakings


class Judged(NamedTuple):
    """Records with their outcomes, and what the ledger would hold besides."""

    ledger: Ledger
    """As it stood."""
    bureaus: Versions
    items: list[Item]
    rows: list[Sequence[Any]]
    """Entries that would be made, those that were parked among them, as `store.read_rows` gives."""


class _Unwritten(Batch):
    """A batch that is never written; what would fail on the way is judged on what is stored."""

    async def write(self, connection: asyncpg.Connection, sealer: Sealer) -> None:
        pass


class _All(Wakings):
    """No transaction grows by what is only thought of."""

    @property
    def full(self) -> bool:
        return False


async def judge(
    connection: asyncpg.Connection, name: str, secret: bytes, records: Sequence[Record]
) -> Judged:
    """Judge records in this order, within a transaction of the caller's that reads one snapshot.

    Positions are those that would follow the last one. Raises LedgerMissing, LedgerRestoring,
    NothingAdopted.
    """
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        raise store.LedgerMissing(name)
    bureaus = await adopted.versions(connection, name)
    sealer = Sealer(secret, name)
    await prove(connection, sealer, name)
    items = read(records, ledger, bureaus.latest, sealer)
    aside = KnownAside(sealer)
    await aside.load(connection, ledger, None)
    now = await connection.fetchval("SELECT clock_timestamp()")
    streams = Streams(connection, ledger, bureaus, {})
    batch = _Unwritten(ledger, now, streams, bureaus.latest, Journal(sealer, ledger))
    batch.admission = await Admission.load(connection, sealer, ledger)
    batch.kept = dict(aside.kept)
    wakings = _All(batch, aside, sealer)
    await Judging(connection, batch, wakings, aside, sealer).judge(items)
    return Judged(ledger, bureaus, items, [row[1:9] for row in batch.rows])


def read(records: Sequence[Record], ledger: Ledger, bureau: Bureau, sealer: Sealer) -> list[Item]:
    """What the contract alone says of records, without a database: `item.faults`, no outcome."""
    return items_of(records, ledger, bureau, sealer, clock.latest(sample=ledger.sample))
