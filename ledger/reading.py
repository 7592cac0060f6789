"""Received bytes as what can be judged: an event with its keyed hashes, or the faults it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.envelope import Unacceptable, fault, parse, read
from ledger.content import canonical, compact
from ledger.outcomes import Item
from ledger.records import Record
from ledger.seal import Sealer
from ledger.store import Ledger


def items_of(records: Sequence[Record], ledger: Ledger, sealer: Sealer) -> list[Item]:
    """One item per record.

    In passes: code of one kind at a time stays in the processor's caches (a fifth).
    """
    digests = [sealer.digest(record.raw) for record in records]
    messages = [_message(record.raw, sealer) for record in records]
    return [
        _item(record, digest, *message, ledger, sealer)
        for record, digest, message in zip(records, digests, messages, strict=True)
    ]


def _message(raw: bytes, sealer: Sealer) -> tuple[dict[str, Any] | None, bytes | None]:
    """The object and its content, where it can be read without closer examination."""
    made = compact(raw)
    return (None, None) if made is None else (made[0], sealer.content(made[1]))


def _item(
    record: Record,
    digest: bytes,
    message: dict[str, Any] | None,
    content: bytes | None,
    ledger: Ledger,
    sealer: Sealer,
) -> Item:
    try:
        received = read(record.raw, ledger.name, replay=ledger.replay, message=message)
    except Unacceptable as refusal:
        if refusal.as_before is None:
            return Item(record, digest, None, refusal.faults)
        content = sealer.content(canonical(parse(record.raw)))
        return Item(record, digest, refusal.as_before, refusal.faults, content)
    if record.source not in (None, received.source):
        return Item(record, digest, None, (fault("unauthorised", "/source", record.source),))
    content = content or sealer.content(canonical(received.json))
    return Item(record, digest, received, (), content)
