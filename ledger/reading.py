"""Received bytes as what can be judged: an event with its keyed hashes, or the faults it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.bureau.bureau import Bureau
from domain.envelope import Door
from domain.faults import Unacceptable
from ledger.containment import failure, is_contained
from ledger.content import canonical, text_of, told
from ledger.outcomes import Item
from ledger.records import Record
from ledger.seal import Sealer
from ledger.store import Ledger


def items_of(
    records: Sequence[Record],
    ledger: Ledger,
    bureau: Bureau,
    sealer: Sealer,
    until: datetime | None,
) -> list[Item]:
    """One item per record; in a replay none was received after `until`, if that is told.

    An exception of one is the fault of that one.

    In passes: code of one kind at a time stays in the processor's caches (a fifth).
    """
    doors = {
        sender: Door(bureau, ledger.replay, until, sender)
        for sender in {record.source for record in records}
    }
    digests = [sealer.digest(record.raw) for record in records]
    try:
        messages = [
            (None, None) if record.faults or record.empty else _message(record.raw, sealer)
            for record in records
        ]
        return [
            _item(record, digest, *message, sealer, doors[record.source])
            for record, digest, message in zip(records, digests, messages, strict=True)
        ]
    except Exception as error:
        if not is_contained(error):
            raise
        if len(records) == 1:
            return [Item(records[0], digests[0], None, (failure(error),))]
        alone = (items_of([record], ledger, bureau, sealer, until) for record in records)
        return [item for (item,) in alone]


def _message(raw: bytes, sealer: Sealer) -> tuple[dict[str, Any] | None, bytes | None]:
    """The message and its content, where it can be read without closer examination."""
    made = told(raw)
    return (None, None) if made is None else (made[0], sealer.content(made[1]))


def _item(
    record: Record,
    digest: bytes,
    message: dict[str, Any] | None,
    content: bytes | None,
    sealer: Sealer,
    door: Door,
) -> Item:
    if record.faults or record.empty:
        return Item(record, digest, None, record.faults)
    try:
        received = door.read(record.raw, message)
    except Unacceptable as refusal:
        if refusal.as_before is None:
            return Item(record, digest, None, refusal.faults, None, door.bureau)
        content = sealer.content(text_of(record.raw))
        return Item(record, digest, refusal.as_before, refusal.faults, content, door.bureau)
    content = content or sealer.content(canonical(received.json))
    return Item(record, digest, received, (), content, door.bureau)
