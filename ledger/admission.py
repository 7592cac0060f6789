"""Admission (准入): whether a source may say what it says, by the register and by the day so far.

What was recorded of a source today is what the ledger holds, so it needs no counter of its own: it
is read once, and counted on from there. A day is one of the recording time, in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import asyncpg
import msgspec

from domain.calendar import SHANGHAI
from domain.envelope import Received
from domain.faults import Fault
from domain.standing import Total, covers, largest
from ledger import register, store
from ledger.records import day_of
from ledger.register import Register
from ledger.seal import Sealer
from ledger.store import Ledger

ROWS = 2_000
_MOMENT = timedelta(microseconds=1)


class _Open(msgspec.Struct, gc=False):
    data: Any = None
    correctionkind: str | None = None


_decode = msgspec.json.Decoder(_Open).decode


@dataclass(slots=True)
class Admission:
    """The register, and what was recorded on one day of those sources that it counts."""

    register: Register = field(default_factory=Register)
    day: date | None = None
    totals: dict[tuple[str, str], Total] = field(default_factory=dict)
    """Source and class → what was recorded of it on that day."""

    @classmethod
    async def load(
        cls, connection: asyncpg.Connection, sealer: Sealer, ledger: Ledger
    ) -> Admission:
        """As the ledger stands. Raises LedgerAltered."""
        made = cls(await register.read(connection, sealer, ledger.name))
        counted = [name for name, each in made.register.sources.items() if each.grant.counts]
        if counted and ledger.last_recorded_at is not None:
            made.day = day_of(ledger.last_recorded_at)
            await made._read(connection, ledger, counted, made.day)
        return made

    async def _read(
        self, connection: asyncpg.Connection, ledger: Ledger, sources: Collection[str], day: date
    ) -> None:
        midnight = datetime.combine(day, time(), SHANGHAI)
        last = await store.position_at(connection, ledger.name, midnight - _MOMENT)
        while rows := await connection.fetch(
            "SELECT position, source, type, open FROM ledger.entry WHERE ledger = $1"
            " AND position > $2 AND source = ANY($3) ORDER BY position LIMIT $4",
            ledger.name,
            last,
            sources,
            ROWS,
        ):
            for _, source, type_name, opened in rows:
                said = _decode(opened)
                self._add(source, type_name, said.data, said.correctionkind)
            last = rows[-1][0]

    def copy(self) -> Admission:
        """The same for one batch, which may be rolled back."""
        return replace(self, totals=dict(self.totals))

    def faults(self, received: Received, at: datetime) -> list[Fault]:
        """Why an event that the folder allows is not taken at a time; none where it is."""
        if self.register.empty:
            return []
        stands = self.register.of(received.source)
        return stands.faults(received, partial(self._today, received.source, day_of(at)))

    def take(self, received: Received, at: datetime) -> None:
        """An event was recorded at a time, which is never before the last one."""
        if not self.register.of(received.source).grant.counts:
            return
        if (day := day_of(at)) != self.day:
            self.day = day
            self.totals.clear()
        data = received.json.get("data")
        self._add(received.source, received.type, data, received.correction_kind)

    def _add(self, source: str, type_name: str, data: Any, kind: str | None) -> None:
        name = type_name.rpartition(".")[0]
        before = self.totals.get((source, name), Total())
        fen = 0 if kind == "revoked" else largest(data)
        self.totals[source, name] = Total(before.events + 1, before.fen + fen)

    def _today(self, source: str, day: date, scope: str) -> Total:
        if day != self.day:
            return Total()
        found = [
            total
            for (of, name), total in self.totals.items()
            if of == source and covers(scope, name)
        ]
        return Total(sum(each.events for each in found), sum(each.fen for each in found))
