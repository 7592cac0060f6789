"""What sources are told: receipts (回执) in their own topics, and notices of quarantine.

Receipts carry ids and outcomes, notices the reason and the keyed hash; neither any content. A
second receipt says what rules find in an event, and when they find it no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pydantic_core import to_json

from domain.catalogue import breaches_in
from infra.kafka.topics import intake_source, quarantine_topic, receipts_topic
from ledger.records import place_of
from ledger.unpublished import Row, What
from ledger.wire import Message
from rules.told import Change


def notices(
    ledger: str, prefix: str, sources: Collection[str], what: What, row: Row
) -> Iterator[tuple[str, Message]]:
    """Topic and message of everything to be told about a row of `unpublished.untold`."""
    number, source, event_id = row[:3]
    receipt: dict[str, Any] = {"id": event_id, "outcome": what}
    if what == "accepted":
        receipt |= {"ledger": ledger, "position": number}
        if row[4]:
            receipt["warnings"] = _warnings(row[3], row[4])
    elif what == "parked":
        receipt |= {"reason": row[3]}
    else:
        _, _, _, reason, pointer, digest, origin = row
        offset = ""
        if (place := place_of(origin)) is not None:
            (topic, partition), number_there = place
            # Who sent it is known from the topic it came by, whatever the content claims.
            source = intake_source(topic)
            offset = f"{partition}/{number_there}"
        receipt |= {"reason": reason, "pointer": pointer, "offset": offset}
        notice = {"ledger": ledger, "number": number, "id": event_id, "reason": reason}
        notice["digest"] = digest.hex()
        yield quarantine_topic(prefix), _message(ledger, what, number, notice)
    if source in sources:
        yield receipts_topic(source, prefix), _message(ledger, what, number, receipt)


def of_finding(
    ledger: str, prefix: str, sources: Collection[str], change: Change
) -> Iterator[tuple[str, Message]]:
    """Topic and message of what a source is told of a finding about its event."""
    if change.source in sources:
        message = _message(ledger, "finding", change.at, {"ledger": ledger, **change.facts})
        yield receipts_topic(change.source, prefix), message


def _warnings(type_name: str, codes: Collection[str]) -> list[dict[str, str]]:
    """What is wrong with a fact that was accepted: codes, and what they are called."""
    names = breaches_in(type_name)
    return [{"code": code, "name": names.get(code, code)} for code in codes]


def _message(ledger: str, what: str, number: int, content: dict[str, Any]) -> Message:
    key = content["id"]
    headers = [("ledger", ledger.encode()), ("kind", what.encode()), ("number", b"%d" % number)]
    return Message(key.encode() if key else None, to_json(content), headers)
