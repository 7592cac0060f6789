"""An entry as the ledger topic carries it, there and back, byte for byte.

The value is the open part, the key its stream; all other columns are headers. Each person's sealed
part goes with its entry as a header `sealed`: ciphertext under a key that never leaves PostgreSQL.
So the topic alone can restore the ledger, and destroying a key still forgets the person everywhere.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ledger.journal import Note

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


class _Header(NamedTuple):
    """A column as a header of the same name: how it is written, and read back."""

    write: Callable[[Any], bytes]
    read: Callable[[bytes], Any]


_TEXT = _Header(str.encode, bytes.decode)
_NUMBER = _Header(b"%d".__mod__, int)
_HASH = _Header(lambda value: value.hex().encode(), lambda text: bytes.fromhex(text.decode()))
_HEADERS: dict[str, _Header] = {
    "ledger": _TEXT,
    "position": _NUMBER,
    "recorded_at": _Header(
        lambda at: at.astimezone(UTC).isoformat().encode(),
        lambda value: datetime.fromisoformat(value.decode()),
    ),
    "source": _TEXT,
    "event_id": _TEXT,
    "type": _TEXT,
    "stream": _TEXT,
    "version": _NUMBER,
    "digest": _HASH,
    "breaches": _Header(
        lambda codes: ",".join(codes or ()).encode(),
        lambda value: value.decode().split(",") if value else None,
    ),
}
"""In the order in which they are written."""
_SECOND: dict[str, _Header] = {"form": _NUMBER, "content": _HASH, "leaf": _HASH, "mac": _HASH}
"""What entries of form 2 say besides; those of form 1 stay as they were published."""
_FIRST = {"form": 1, "content": None, "leaf": None, "mac": None}
_WRITE = [(name, header.write) for name, header in _HEADERS.items()]
_WRITE_SECOND = _WRITE + [(name, header.write) for name, header in _SECOND.items()]


def entry_message(row: Mapping[str, Any]) -> Message:
    """A row of `unpublished.entries` as its topic carries it."""
    columns = _WRITE if row["form"] == 1 else _WRITE_SECOND
    headers = [(name, write(row[name])) for name, write in columns]
    headers.append(("content-type", _CONTENT_TYPE))
    headers += [(SEALED, part) for part in row["sealed"] or ()]
    at_ms = int(row["recorded_at"].timestamp() * 1000)
    return Message(row["stream"].encode(), row["open"], headers, at_ms)


def entry_row(message: Message) -> dict[str, Any]:
    """The inverse of `entry_message`.

    Raises ValueError when the message says anything that a row would not give back.
    """
    headers = dict(message.headers)
    try:
        row = {name: header.read(headers[name]) for name, header in _HEADERS.items()}
        row |= (
            _FIRST
            if "form" not in headers
            else {name: header.read(headers[name]) for name, header in _SECOND.items()}
        )
        row["open"] = message.value
        row["sealed"] = [value for name, value in message.headers if name == SEALED] or None
        if entry_message(row) == message:
            return row
    except (KeyError, AttributeError, TypeError, OverflowError) as error:
        raise ValueError("a header is missing, or says what none can") from error
    raise ValueError("more or other than an entry")


# The journal.

_NOTE: dict[str, _Header] = {
    "ledger": _TEXT,
    "number": _NUMBER,
    "recorded_at": _HEADERS["recorded_at"],
    "position": _NUMBER,
    "kind": _TEXT,
    "subject": _TEXT,
    "by": _TEXT,
    "why": _TEXT,
    "mac": _HASH,
}
"""In the order in which they are written; what is null is left out."""


def note_message(note: Note) -> Message:
    """A record of the journal as its topic carries it: the value is its detail."""
    said = note._asdict()
    headers = [
        (name, header.write(said[name])) for name, header in _NOTE.items() if said[name] is not None
    ]
    at_ms = int(note.recorded_at.timestamp() * 1000)
    return Message(note.subject.encode(), note.detail, headers, at_ms)


def note_of(message: Message) -> Note:
    """The inverse of `note_message`.

    Raises ValueError when the message says anything that a record would not give back.
    """
    headers = dict(message.headers)
    try:
        said = {name: _NOTE[name].read(value) for name, value in headers.items()}
        said["detail"] = message.value
        note = Note._make(said.get(name) for name in Note._fields)
        if note_message(note) == message:
            return note
    except (KeyError, AttributeError, TypeError, OverflowError) as error:
        raise ValueError("a header is missing, or one too many") from error
    raise ValueError("more or other than a record of the journal")


def message_of(record: Any) -> Message:
    """A consumed record as the message that was published, whatever it holds."""
    return Message(record.key, record.value, list(record.headers), record.timestamp)


def position_of(message: Message, name: str = "position") -> int | None:
    """The position, or other number, that a message claims, if it can be read; no judgement."""
    return number_in(dict(message.headers), name)


def number_in(headers: Mapping[str, bytes | None], name: str = "position") -> int | None:
    """The same of headers that are at hand."""
    text = headers.get(name) or b""
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
