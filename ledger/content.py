"""The value in received bytes, whatever bytes it came in: the same fact is the same content.

A value has one canonical text (规范写法, RFC 8785): keys in their order, no white space, no escape
that is not needed, UTF-8; attributes as we write them, without those that we ignore. Its keyed hash
is kept with the entry.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import msgspec

from domain.attributes import plain
from domain.calendar import SHANGHAI
from domain.dates import Instant
from domain.faults import MAX_BYTES
from domain.parsing import parse

Compact = tuple[dict[str, Any], bytes]
"""An object and its canonical text."""

canonical = msgspec.json.Encoder(order="sorted").encode
"""The canonical text of a value that a contract takes: its keys are ASCII, its numbers integers."""


def _no_fraction(text: str) -> Any:
    raise ValueError(text)


_decode = msgspec.json.Decoder(float_hook=_no_fraction).decode


def compact(raw: bytes) -> Compact | None:
    """The object in bytes that waste none, as most messages are written, and its canonical text.

    Then no key stands twice and no number is odd, at a third of the cost of `parse`. None says
    nothing. Integers are not bounded here; every contract bounds its own.
    """
    if len(raw) > MAX_BYTES or b"\\u" in raw:
        return None
    try:
        made = _decode(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(made, dict):
        return None
    # Reading can only drop bytes (white space, repeated keys, needless escapes, the sign of zero),
    # and what can be written longer is not read: texts of one length differ in the order of keys.
    text = canonical(made)
    return (made, text) if len(text) == len(raw) else None


def told(raw: bytes) -> Compact | None:
    """The same of a message, with its attributes as we write them (domain/attributes.py)."""
    made = compact(raw)
    if made is None:
        return None
    message = plain(made[0])
    return made if message is made[0] else (message, canonical(message))


def text_of(raw: bytes) -> bytes:
    """The canonical text of the message in bytes. Raises Unacceptable where they are none."""
    made = told(raw)
    return canonical(plain(parse(raw))) if made is None else made[1]


def text_as_it_came(raw: bytes) -> bytes:
    """The same with its attributes as they came, null ones too: entries of earlier days have that.

    Raises Unacceptable.
    """
    return canonical(parse(raw))


_SPELLINGS = ((SHANGHAI, ""), (UTC, "Z"), (UTC, ".000Z"))
"""Zone and end of a moment as libraries write it: as it was given, or always in UTC."""


def texts_otherwise(raw: bytes) -> Iterator[bytes]:
    """Canonical texts of the same fact, had its sender or an earlier release written it otherwise.

    As it came; and with its moments spelled as other libraries do: an event that is sent once in
    binary mode and again in structured mode may have its time in two zones. Raises Unacceptable.
    """
    yield text_as_it_came(raw)
    message = plain(parse(raw))
    moments = {name: _moment(message.get(name)) for name in ("time", "receivedat")}
    for names in (("time",), ("time", "receivedat")):
        for zone, end in _SPELLINGS:
            spelled = {
                name: at.astimezone(zone).isoformat(timespec="seconds")[: 19 if end else None] + end
                for name in names
                if (at := moments[name]) is not None
            }
            yield canonical(message | spelled)


def _moment(text: Any) -> Instant | None:
    """The moment in whole seconds that a text writes, if it does."""
    with contextlib.suppress(ValueError, OverflowError):
        at = Instant.read(text)
        return None if at.microsecond else at
    return None
