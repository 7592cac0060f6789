"""The order of a replay: across sources, the event received first goes first.

A replay ledger records an event at its `receivedat`, and recording time never goes back. Kafka
keeps order within a source only: were one source's year read before the next one's, everything of
the second would count as known a year late. So the intake of a replay merges its partitions by
`receivedat`, waiting for each partition until it has a record or is at its end.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

import msgspec

from domain.dates import Instant
from ledger.records import Partition, Record


class _Claim(msgspec.Struct, gc=False):
    receivedat: str | None = None


_decode = msgspec.json.Decoder(_Claim).decode
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def received_at(raw: bytes, latest: datetime) -> datetime | None:
    """The time of receipt that an event claims, if it can be read and is not later than that."""
    try:
        at = Instant.read(_decode(raw).receivedat)
    except (ValueError, RecursionError):
        return None
    return at if at <= latest else None


class Merge:
    """Buffers of events per partition, given out in order of receipt.

    An event that does not say when it was received, or says that it will be, goes with the one
    before it; `latest` tells the last time that counts now.
    """

    def __init__(self, latest: Callable[[], datetime]) -> None:
        self._latest = latest
        self._buffers: dict[Partition, deque[tuple[datetime, Record]]] = {}
        self._last: dict[Partition, datetime] = {}
        self._bytes: dict[Partition, int] = {}

    def begin(self, partition: Partition) -> None:
        """A partition is ours from now on, with nothing read yet."""
        self._buffers[partition] = deque()
        self._last[partition] = _BEFORE_ALL
        self._bytes[partition] = 0

    def forget(self) -> None:
        """No partition is ours any more."""
        self._buffers.clear()

    def add(self, records: Iterable[Record]) -> None:
        """Take in what was read, in order within each partition."""
        latest = self._latest()
        for record in records:
            if (partition := record.partition) is None:
                continue
            at = max(self._last[partition], received_at(record.raw, latest) or _BEFORE_ALL)
            self._last[partition] = at
            self._bytes[partition] += len(record.raw)
            self._buffers[partition].append((at, record))

    def holds_records(self) -> bool:
        """Whether any record is here."""
        return any(self._buffers.values())

    def empty(self) -> list[Partition]:
        """The partitions of which nothing is here."""
        return [partition for partition, buffer in self._buffers.items() if not buffer]

    def full(self, records: int, size: int) -> set[Partition]:
        """The partitions that have so many records or bytes here that reading on may wait."""
        return {
            partition
            for partition, buffer in self._buffers.items()
            if len(buffer) >= records or self._bytes[partition] >= size
        }

    def take(self, ended: Collection[Partition], limit: int) -> list[Record]:
        """The next records, up to where a partition that has not ended runs out."""
        heads = [(buffer[0][0], partition) for partition, buffer in self._buffers.items() if buffer]
        if any(partition not in ended for partition in self.empty()):
            return []
        heapq.heapify(heads)
        taken: list[Record] = []
        while heads and len(taken) < limit:
            _, partition = heads[0]
            buffer = self._buffers[partition]
            _, record = buffer.popleft()
            self._bytes[partition] -= len(record.raw)
            taken.append(record)
            if buffer:
                heapq.heapreplace(heads, (buffer[0][0], partition))
            elif partition in ended:
                heapq.heappop(heads)
            else:
                break
        return taken
