"""Received bytes as what can be judged: an event with its keyed hashes, or the faults it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from domain.envelope import Received, read
from domain.faults import Unacceptable
from ledger.containment import failure, is_contained
from ledger.content import canonical, text_of, told
from ledger.outcomes import Item
from ledger.records import Record
from ledger.seal import Sealer
from ledger.store import Ledger


def items_of(
    records: Sequence[Record], ledger: Ledger, sealer: Sealer, until: datetime | None
) -> list[Item]:
    """One item per record; in a replay none was received after `until`, if that is told.

    An exception of one is the fault of that one.

    In passes: code of one kind at a time stays in the processor's caches (a fifth).
    """
    reader = partial(read, division=ledger.name, replay=ledger.replay, until=until)
    digests = [sealer.digest(record.raw) for record in records]
    try:
        messages = [_message(record.raw, sealer) for record in records]
        return [
            _item(record, digest, *message, sealer, reader)
            for record, digest, message in zip(records, digests, messages, strict=True)
        ]
    except Exception as error:
        if not is_contained(error):
            raise
        if len(records) == 1:
            return [Item(records[0], digests[0], None, (failure(error),))]
        return [item for record in records for item in items_of([record], ledger, sealer, until)]


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
    reader: Callable[..., Received],
) -> Item:
    try:
        received = reader(record.raw, sender=record.source, message=message)
    except Unacceptable as refusal:
        if refusal.as_before is None:
            return Item(record, digest, None, refusal.faults)
        content = sealer.content(text_of(record.raw))
        return Item(record, digest, refusal.as_before, refusal.faults, content)
    content = content or sealer.content(canonical(received.json))
    return Item(record, digest, received, (), content)
