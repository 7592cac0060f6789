"""Waking: parked events are judged when what they were parked for arrives, in their order.

However many wait for one event, a transaction wakes a bounded number of them. Where it must stop,
`ledger.waking` says what is still to be woken, and the next transaction begins with that. So the
order is the same as if all had been woken at once, and a process that dies leaves it to the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from domain.faults import Fault
from ledger import setting_aside, store
from ledger.batch import Batch
from ledger.known_aside import KnownAside
from ledger.outcomes import Item
from ledger.parked import ParkedEvent
from ledger.reading import items_of
from ledger.records import Record, partition_of
from ledger.seal import Sealer

WAKE_AT_ONCE = 1_000
WAKE_BYTES = 8 * 2**20
"""So many events, and about so many bytes of them, are woken in one transaction."""
READ_AT_ONCE = 100

Load = Callable[[Sequence[Item]], Awaitable[None]]
Left = tuple[str, int]
"""A prerequisite that arrived, and the number of the last event that was woken for it."""
NEVER: datetime | None = None
"""What was parked is read again without a bound on when it was received."""


@dataclass(slots=True)
class _Waking:
    """The events that are parked for one thing that arrived, those of this batch apart."""

    prerequisite: str
    after: int
    mine: deque[ParkedEvent]
    stored: deque[ParkedEvent] = field(default_factory=deque)
    begun: bool = False
    read_all: bool = False

    def pop(self) -> ParkedEvent | None:
        """The one with the lowest number; one parked again comes in its first order."""
        heads = [events for events in (self.mine, self.stored) if events]
        if not heads:
            return None
        event = min(heads, key=lambda events: events[0].number).popleft()
        self.after = event.number
        return event


class Wakings:
    """What one transaction wakes; the last that arrived comes first.

    `left` is what earlier ones left to it. With `refused` each is refused for that, unread.
    """

    def __init__(
        self,
        batch: Batch,
        aside: KnownAside,
        sealer: Sealer,
        left: Sequence[Left] = (),
        most: int = WAKE_AT_ONCE,
        refused: Fault | None = None,
    ) -> None:
        self._batch = batch
        self._aside = aside
        self._sealer = sealer
        self._most = most
        self._bytes = WAKE_BYTES
        self._refused = refused
        self._stack = [_Waking(prerequisite, after, deque()) for prerequisite, after in left]

    @property
    def pending(self) -> bool:
        """Whether something is to be woken."""
        return bool(self._stack)

    @property
    def full(self) -> bool:
        """Whether this transaction has woken as much as it may."""
        return self._most <= 0 or self._bytes <= 0

    @property
    def left(self) -> list[Left]:
        """What the next transaction has to wake."""
        return [(waking.prerequisite, waking.after) for waking in self._stack]

    def wake(self, prerequisite: str) -> None:
        """It has arrived: what is parked for it comes next."""
        mine = self._batch.by_prerequisite.pop(prerequisite, ())
        stored = self._aside.is_awaited(prerequisite)
        if mine or stored:
            in_order = deque(sorted(mine, key=lambda event: event.number))
            self._stack.append(_Waking(prerequisite, 0, in_order, read_all=not stored))

    async def next(self, connection: asyncpg.Connection, load: Load) -> ParkedEvent | None:
        """The next one to judge, with what it needs read by `load`; None if it was the last."""
        while self._stack:
            waking = self._stack[-1]
            if not waking.begun or not (waking.stored or waking.read_all):
                await self._read_on(connection, waking, load)
            if (event := waking.pop()) is not None:
                self._batch.known.pop(event.name, None)
                event.woken = True
                self._most -= 1
                self._bytes -= len(event.item.record.raw)
                return event
            if waking.read_all:
                self._stack.pop()
                self._batch.arrived.append(waking.prerequisite)
        return None

    async def _read_on(self, connection: asyncpg.Connection, waking: _Waking, load: Load) -> None:
        new: list[ParkedEvent] = []
        if not waking.read_all:
            limit = max(1, min(READ_AT_ONCE, self._most))
            rows = await setting_aside.parked_for(
                connection, self._batch.ledger.name, waking.prerequisite, waking.after, limit
            )
            waking.read_all = len(rows) < limit
            met = self._batch.parked
            new = [self._stored(row) for row in rows if (row[0], row[1]) not in met]
        for event in new:
            self._batch.keep(event)
        waking.stored.extend(new)
        if not waking.begun:
            new = [*waking.mine, *new]
            waking.begun = True
        await load([event.item for event in new])

    def _stored(self, row: Any) -> ParkedEvent:
        """A parked event as it is stored, its sealed bytes read again; raises LedgerAltered."""
        name, origin, ledger = (row["source"], row["event_id"]), row["origin"], self._batch.ledger
        record = Record(self._sealer.unbox(row["sealed"]), origin, None, partition_of(origin))
        if self._refused is not None:
            item = Item(record, row["digest"], None, (self._refused,))
        else:
            (item,) = items_of([record], ledger, self._batch.bureau, self._sealer, NEVER)
        if item.digest != row["digest"] or item.name not in (None, "/".join(name)):
            raise store.LedgerAltered(ledger.name)
        if item.received is not None:
            item.faults = ()  # acceptable when it was parked
        this_run = name in self._aside.parked_here
        return ParkedEvent(name, row["number"], item, row["waits_for"], this_run)
