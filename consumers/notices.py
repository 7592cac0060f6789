"""What sources are told: receipts (回执) in their own topics, and notices of quarantine.

A receipt is the outcome document (ledger/outcome_document.py), a notice the reason and the keyed
hash; neither holds any content. A second receipt says what rules find in an event, and when they
find it no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from pydantic_core import to_json

from infra.kafka.topics import quarantine_topic, receipts_topic
from ledger.told import Told, of_entry, of_parked, of_refused
from ledger.unpublished import What
from ledger.wire import Message
from rules.outcomes import document
from rules.told import Change


def notices(
    ledger: str, prefix: str, sources: Collection[str], what: What, row: Any, base: str = ""
) -> Iterator[tuple[str, Message]]:
    """Topic and message of everything to be told about a row of `unpublished.untold`.

    `base` is the public address of the pages, where there is one.
    """
    number = row[0]
    told = _TOLD[what](ledger, row)
    if what == "quarantined":
        notice = {"ledger": ledger, "number": number, "id": told.id, "reason": row["reason"]}
        notice["digest"] = row["digest"].hex()
        yield quarantine_topic(prefix), _message(ledger, what, number, notice)
    if told.source in sources:
        message = _message(ledger, what, number, document(told, base))
        yield receipts_topic(told.source, prefix), message


def again(ledger: str, told: Told, base: str = "") -> Message:
    """The receipt of an outcome once more, with the number that it had."""
    return _message(ledger, told.outcome, told.number or 0, document(told, base))


_TOLD: dict[What, Callable[[str, Any], Told]] = {
    "accepted": of_entry,
    "parked": of_parked,
    "quarantined": partial(of_refused, settled=False),
}


def of_finding(
    ledger: str, prefix: str, sources: Collection[str], change: Change
) -> Iterator[tuple[str, Message]]:
    """Topic and message of what a source is told of a finding about its event."""
    if change.source in sources:
        message = _message(ledger, "finding", change.at, {"ledger": ledger, **change.facts})
        yield receipts_topic(change.source, prefix), message


def _message(ledger: str, what: str, number: int, content: dict[str, Any]) -> Message:
    key = content["id"]
    headers = [("ledger", ledger.encode()), ("kind", what.encode()), ("number", b"%d" % number)]
    return Message(key.encode() if key else None, to_json(content), headers)
