"""The streams of one batch: their states as committed, and as the batch leaves them.

A new entry is judged on the state of its stream and changes it. Only one that comes late or
corrects needs more: the decisions of its stream, or its thread. Both are read once per batch, for
all that need them in one query, and go on with the batch; nothing of them outlives it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg

from domain import corrections
from domain.aggregate import Aggregate, Entry, Others
from domain.catalogue import aggregate_of
from domain.corrections import Standing
from domain.envelope import Received
from ledger import history, states
from ledger.adopted import Versions
from ledger.containment import is_contained
from ledger.persons import Persons
from ledger.store import Ledger


class Streams:
    """`committed` are states at the ledger's position: what is read is added, none is changed."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        ledger: Ledger,
        bureaus: Versions,
        committed: dict[str, Aggregate],
    ) -> None:
        self.persons = Persons(connection, ledger.name, bureaus.aliases, self)
        self.changed: dict[str, Aggregate] = {}
        """Streams that the batch went on with, as it leaves them."""
        self.position = ledger.position
        """Up to which entries are stored; what the batch told after it is `told`."""
        self._connection = connection
        self._ledger = ledger.name
        self._bureaus = bureaus
        self._committed = committed
        self._orders: dict[str, corrections.Order] = {}
        self._threads: dict[int, Standing] = {}
        self._taken: set[str] = set()
        self._unreadable: dict[str, Exception] = {}

    def state(self, stream: str) -> Aggregate | None:
        """The state of a stream that was loaded; None if there is no such stream.

        Raises what was raised when it could not be read.
        """
        if stream in self._unreadable:
            raise self._unreadable[stream]
        return self.changed.get(stream) or self._committed.get(stream)

    def readable(self, stream: str) -> Aggregate | None:
        """The same, and None, too, of one that could not be read."""
        return None if stream in self._unreadable else self.state(stream)

    async def load(self, streams: Iterable[str]) -> None:
        """Read the states of streams not read yet. One that cannot be read spoils no other."""
        missing = [s for s in streams if not (s in self._unreadable or self.state(s) is not None)]
        if not missing:
            return
        try:
            self._committed.update(await self._load(missing))
        except Exception as error:
            if not is_contained(error):
                raise
            if len(missing) == 1:
                self._unreadable[missing[0]] = error
                return
            for stream in missing:
                await self.load([stream])

    async def _load(self, streams: Sequence[str]) -> dict[str, Aggregate]:
        return await states.load(self._connection, self._ledger, streams, self._bureaus)

    async def read_again(self, stream: str) -> None:
        """Have a stream as it is stored: an exception left it half changed."""
        self._orders.pop(stream, None)
        self._threads = {
            root: thread
            for root, thread in self._threads.items()
            if thread.fact().entry.stream != stream
        }
        self.changed.pop(stream, None)
        if stream in self._taken:
            self.changed |= await self._load([stream])

    def took(self, stream: str) -> bool:
        """Whether an entry of this stream was taken in this transaction."""
        return stream in self._taken

    async def prepare(
        self, events: Iterable[Received], roots: Iterable[int], told: Sequence[Entry]
    ) -> None:
        """Read what `take` will need of loaded streams: decisions, and threads by their roots.

        `told` are the batch's entries so far. What is forgotten here is read when it is needed.
        """
        try:
            late = {received.stream for received in events if self._is_late(received)}
            await self._read_orders(late.difference(self._orders), told)
            stored = {root for root in roots if root <= self.position}
            await self._read_threads(stored.difference(self._threads))
        except Exception as error:
            if not is_contained(error):
                raise  # else it is raised again when the event to blame has its turn

    def _is_late(self, received: Received) -> bool:
        state = self.state(received.stream)
        return state is not None and corrections.needs_order(state, received, received.event)

    def begin(self, stream: str, at: datetime) -> int:
        """Go on with a stream, or begin it; returns the version that its next entry has."""
        state = self.changed.get(stream)
        if state is None:  # a copy, since the committed state stays as it is
            committed = self._committed.get(stream)
            state = committed.fork() if committed else aggregate_of(stream).blank(stream, at)
            self.changed[stream] = state
        return state.version + 1

    def take_in_turn(self, entry: Entry, root: int | None) -> tuple[str, ...] | None:
        """`take` of an entry that rests on the state of its stream alone, as most do; else None."""
        stream, event = entry.originator_id, entry.data
        if root is not None or stream in self._orders:
            return None
        state = self.changed[stream]
        if event.TYPE in state.placed and state.is_late(event):
            return None
        _, breaches = corrections.take(state, entry, others=self._others(entry, state))
        self._taken.add(stream)
        return breaches

    async def take(self, entry: Entry, root: int | None, told: Sequence[Entry]) -> tuple[str, ...]:
        """Judge an entry of a stream that was begun; returns the codes of its breaches.

        `root` is the position of the fact that it corrects, by whatever way, `told` the batch's
        entries before it.
        """
        stream = entry.stream
        state = self.changed[stream]
        order = self._orders.get(stream)
        if order is None and corrections.needs_order(state, entry, entry.data):
            await self._read_orders([stream], told)
            order = self._orders[stream]
        thread = None if root is None else await self._thread(root, told)
        self.changed[stream], breaches = corrections.take(
            state, entry, order, thread, self._others(entry, state)
        )
        self._taken.add(stream)
        await asyncio.sleep(0)  # a long stream folded anew stops nobody else's work
        return breaches

    def _others(self, entry: Entry, state: Aggregate) -> Others | None:
        """What other streams tell of the persons of an entry, where its judge compares."""
        return self.persons.beside(entry.stream) if entry.type in state.comparing else None

    async def _read_orders(self, streams: Iterable[str], told: Sequence[Entry]) -> None:
        """The decisions of streams, those of the batch among them, in order of business."""
        if not (names := list(streams)):
            return
        types = {kind for name in names for kind in aggregate_of(name).evolvers}
        found = await history.read_decisions(
            self._connection, self._ledger, names, types, self.position, bureaus=self._bureaus
        )
        for name, decisions in found.items():
            new = [entry for entry in told if entry.stream == name and entry.type in types]
            self._orders[name] = Standing(decisions + new).in_order()

    async def _read_threads(self, roots: Iterable[int]) -> None:
        if wanted := list(roots):
            found = await history.read_threads(
                self._connection, self._ledger, wanted, self.position, bureaus=self._bureaus
            )
            self._threads |= {root: Standing(thread) for root, thread in found.items()}

    async def _thread(self, root: int, told: Sequence[Entry]) -> Standing:
        """A fact with what was said of it so far; what the batch goes on to say is added to it."""
        if root > self.position:
            first = told[root - self.position - 1]
            return self._threads.setdefault(root, Standing([first]))
        if root not in self._threads:
            await self._read_threads([root])
        return self._threads[root]
