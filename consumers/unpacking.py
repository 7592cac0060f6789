"""Records of intake topics as the events that they carry, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from consumers.service import RawRecord
from domain.carriage import from_kafka
from infra.kafka.topics import intake_source
from ledger.carried import records_of
from ledger.records import Place, Record, origin_of, place_of


def unpacked(raw: Iterable[RawRecord]) -> list[Record]:
    """The events of records, in their order; a record without any keeps its place."""
    found: list[Record] = []
    for r in raw:
        there, source = (r.topic, r.partition), intake_source(r.topic)
        origin = origin_of(there, r.offset)
        unpack = partial(from_kafka, r.headers, r.value)
        found += records_of(unpack, r.value or b"", origin, source, there) or [
            Record(b"", origin, source, there, empty=True)
        ]
    return found


def place(record: Record) -> Place:
    """Where a record stands that came by Kafka. Raises LookupError of any other."""
    found = place_of(record.origin)
    if found is None:
        raise LookupError(record.origin)
    return found
