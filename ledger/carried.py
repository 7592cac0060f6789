"""What a message carries, as records: one for each event in it, or one that says why there is none.

The events of a batch are numbered from 1 where they came from: "topic/partition/offset#3".
"""

from __future__ import annotations

from collections.abc import Callable

from domain.carriage import Carried
from domain.faults import Fault, Unacceptable
from ledger.containment import failure, is_contained
from ledger.records import Partition, Record


def records_of(
    unpack: Callable[[], Carried],
    body: bytes,
    origin: str,
    source: str | None = None,
    partition: Partition | None = None,
) -> list[Record]:
    """The records of a message; of an empty batch none.

    `unpack` reads it (domain/carriage.py). Where it cannot, one record holds what came, with the
    reason: a message whose headers and body make an event is kept as that event.
    """
    try:
        mode, events = unpack()
    except Unacceptable as refusal:
        kept = body if refusal.whole is None else refusal.whole
        return [Record(kept, origin, source, partition, refusal.faults)]
    except Exception as error:
        if not is_contained(error):
            raise
        faults: tuple[Fault, ...] = (failure(error),)
        return [Record(body, origin, source, partition, faults)]
    if mode != "batched":
        return [Record(event, origin, source, partition) for event in events]
    return [
        Record(event, f"{origin}#{number}", source, partition, last=number == len(events))
        for number, event in enumerate(events, start=1)
    ]
