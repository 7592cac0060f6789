"""The messy feed, as long as a run needs it: every part has households and event ids of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sample.sending import LARGEST
from tests.support.bureau import SAMPLE
from tests.support.mess import messy_feed

DEFAULT_SOURCE = "office"
OVERSIZE = (64 * 1024 + 1, 2**20)
"""Past what an event may have (64 KiB), and far past it."""
MOST_PARTS = 100_000


class Line(NamedTuple):
    """Bytes to send, and whose topic they go to."""

    source: str
    raw: bytes


def part(number: int, households: int, *, live: bool) -> Iterator[Line]:
    """One part. Bytes that are no event come in the first part only."""
    for raw in messy_feed(households).lines():
        message = _event(raw)
        if message is not None:
            yield Line(message["source"], _renamed(message, number, live=live))
        elif number == 0:
            yield Line("payouts", raw[:LARGEST])
    if number == 0:
        for size in OVERSIZE:
            yield Line("payouts", b'{"source": "payouts", "id": "' + b"x" * (size - 31) + b'"}')


def parts(households: int, *, live: bool) -> Iterator[Iterator[Line]]:
    """Part after part."""
    for number in range(MOST_PARTS):
        yield part(number, households, live=live)


def _event(raw: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    known = (
        isinstance(message, dict) and message.get("source") in SAMPLE.sources and "type" in message
    )
    return message if known else None


def is_event(raw: bytes) -> bool:
    """Whether bytes of this feed may stand in a list with others."""
    return len(raw) < OVERSIZE[0] and _event(raw) is not None


def _renamed(message: dict[str, Any], number: int, *, live: bool) -> bytes:
    message["id"] = f"{number}-{message['id']}"
    if "corrects" in message:
        source, _, event_id = message["corrects"].partition("/")
        message["corrects"] = f"{source}/{number}-{event_id}"
    message["subject"] = message["subject"].replace("DB-", f"DB-{number}-")
    message["data"]["case_number"] = message["data"]["case_number"].replace("DB-", f"DB-{number}-")
    if live:
        del message["receivedat"]  # a live ledger's clock is its own
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
