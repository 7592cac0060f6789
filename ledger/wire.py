"""An entry as the ledger topic carries it, there and back, byte for byte.

The value is the open part, the key its stream; all other columns are headers. Each person's sealed
part goes with its entry as a header `sealed`: ciphertext under a key that never leaves PostgreSQL.
So the topic alone can restore the ledger, and destroying a key still forgets the person everywhere.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SEALED = "sealed"
_NOTHING = 2**32 - 1
"""In place of the length of a part that is not there: a null is not an empty text."""
_DIGITS = 18
_CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Message:
    """A record to publish."""

    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    at_ms: int | None = None


def entry_message(row: Mapping[str, Any]) -> Message:
    """A row of `outbox.entries` as its topic carries it."""
    recorded_at: datetime = row["recorded_at"].astimezone(UTC)
    return Message(
        row["stream"].encode(),
        row["open"],
        [
            ("ledger", row["ledger"].encode()),
            ("position", b"%d" % row["position"]),
            ("recorded_at", recorded_at.isoformat().encode()),
            ("source", row["source"].encode()),
            ("event_id", row["event_id"].encode()),
            ("type", row["type"].encode()),
            ("stream", row["stream"].encode()),
            ("version", b"%d" % row["version"]),
            ("digest", row["digest"].hex().encode()),
            ("breaches", ",".join(row["breaches"] or ()).encode()),
            ("content-type", _CONTENT_TYPE),
            *((SEALED, part) for part in row["sealed"] or ()),
        ],
        int(recorded_at.timestamp() * 1000),
    )


def entry_row(message: Message) -> dict[str, Any]:
    """The inverse of `entry_message`.

    Raises ValueError when the message says anything that a row would not give back.
    """
    headers = dict(message.headers)
    try:
        row = {
            "ledger": headers["ledger"].decode(),
            "position": int(headers["position"]),
            "recorded_at": datetime.fromisoformat(headers["recorded_at"].decode()),
            "source": headers["source"].decode(),
            "event_id": headers["event_id"].decode(),
            "type": headers["type"].decode(),
            "stream": headers["stream"].decode(),
            "version": int(headers["version"]),
            "open": message.value,
            "digest": bytes.fromhex(headers["digest"].decode()),
            "breaches": headers["breaches"].decode().split(",") if headers["breaches"] else None,
            "sealed": [value for name, value in message.headers if name == SEALED] or None,
        }
    except (KeyError, AttributeError, TypeError) as error:
        raise ValueError("a header is missing") from error
    if entry_message(row) != message:
        raise ValueError("more or other than an entry")
    return row


def message_of(record: Any) -> Message:
    """A consumed record as the message that was published, whatever it holds."""
    return Message(record.key, record.value, list(record.headers), record.timestamp)


def position_of(message: Message) -> int | None:
    """The position that a message claims, if it can be read; no judgement."""
    text = dict(message.headers).get("position") or b""
    return int(text) if text.isdigit() and len(text) <= _DIGITS else None


def fingerprint(messages: Iterable[Message]) -> bytes:
    """SHA-256 over everything these messages say, in order."""
    whole = hashlib.sha256()
    for message in messages:
        parts: list[bytes | None] = [message.key, message.value, b"%d" % (message.at_ms or 0)]
        for name, value in message.headers:
            parts += (name.encode(), value)
        # The lengths go first: no byte can move from one part to the next unseen.
        lengths = [_NOTHING if part is None else len(part) for part in parts]
        whole.update(struct.pack(f">{len(parts) + 1}I", len(parts), *lengths))
        whole.update(b"".join([part or b"" for part in parts]))
    return whole.digest()
