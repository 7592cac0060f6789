"""What sources are told: receipts (回执) in their own topics, and notices of quarantine.

Receipts carry ids and outcomes, notices the reason and the keyed hash; neither any content.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic_core import to_json

from domain.catalogue import SOURCES
from infra.kafka.topics import intake_topic, quarantine_topic, receipts_topic
from ledger.unpublished import Row, What
from ledger.wire import Message


def notices(ledger: str, prefix: str, what: What, row: Row) -> Iterator[tuple[str, Message]]:
    """Topic and message of everything to be told about a row of `outbox.waiting`."""
    number, source, event_id = row[:3]
    receipt: dict[str, Any] = {"id": event_id, "outcome": what}
    if what == "accepted":
        receipt |= {"ledger": ledger, "position": number}
    elif what == "parked":
        receipt |= {"reason": row[3]}
    else:
        _, _, _, reason, pointer, digest, origin = row
        topic, _, offset = origin.partition("/")
        # Who sent it is known from the topic it came by, whatever the content claims.
        source = _by_topic(prefix).get(topic, source)
        receipt |= {"reason": reason, "pointer": pointer, "offset": offset}
        notice = {"ledger": ledger, "number": number, "id": event_id, "reason": reason}
        notice["digest"] = digest.hex()
        yield quarantine_topic(prefix), _message(ledger, what, number, notice)
    if source in SOURCES:
        yield receipts_topic(source, prefix), _message(ledger, what, number, receipt)


@cache
def _by_topic(prefix: str) -> dict[str, str]:
    return {intake_topic(source, prefix): source for source in SOURCES}


def _message(ledger: str, what: What, number: int, content: dict[str, Any]) -> Message:
    key = content["id"]
    headers = [("ledger", ledger.encode()), ("kind", what.encode()), ("number", b"%d" % number)]
    return Message(key.encode() if key else None, to_json(content), headers)
