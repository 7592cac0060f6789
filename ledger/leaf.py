"""Leaves: one hash over all that is stored of an entry, in a fixed layout.

A leaf holds no clear personal data, so it can be worked out again from the tables by anybody who
may read them, and stays when a person's key is destroyed. The layout is written down in
docs/decisions/0018; tests/ledger/test_leaf.py holds a worked example.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from ledger.store import Ledger

FORM = 2
"""The form in which entries are stored now."""
_ENTRY = b"mingjian entry"
_HEAD = b"mingjian head"
_NUMBERS = struct.Struct(">HQqI").pack
_PLAIN = struct.Struct(">12I").pack
_PART = struct.Struct(">HII")
_COUNTERS = struct.Struct(">QQQQ")
_MOMENT = struct.Struct(">q")
_NOTHING = 2**32 - 1
"""In place of a length or a number that is not there: nothing is not an empty text."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def layout(fields: Sequence[bytes | None]) -> bytes:
    """How many fields there are, the length of each (four bytes, high byte first), the fields.

    The lengths go first: no byte can move from one field to the next unseen.
    """
    lengths = [_NOTHING if field is None else len(field) for field in fields]
    head = struct.pack(f">{len(fields) + 1}I", len(fields), *lengths)
    return head + b"".join([field or b"" for field in fields])


def moment(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def leaf_of(row: Sequence[Any], parts: Sequence[Sequence[Any]]) -> bytes:
    """The leaf of an entry, 32 bytes.

    `row` has the columns of `store.ENTRY_COLUMNS` (leaf and mac may be left out), each of `parts`
    those of `tables.SEALED_COLUMNS` after the position, in the order of their ordinals.
    """
    name, position, at, source, event, kind, stream, version, open_part, digest = row[:10]
    breaches, form, content = row[10:13]
    name, source, event, kind, stream = (
        name.encode(),
        source.encode(),
        event.encode(),
        kind.encode(),
        stream.encode(),
    )
    told = ",".join(breaches).encode() if breaches else b""
    numbers = _NUMBERS(form, position, (at - _EPOCH) // _MICROSECOND, version)
    opened = sha256(open_part).digest()
    fields = (_ENTRY, numbers, name, source, event, kind, stream, digest, content, told, opened)
    if not parts and content is not None:  # most entries; `layout` would take twice as long
        a, b, c, d, e = len(name), len(source), len(event), len(kind), len(stream)
        head = _PLAIN(11, len(_ENTRY), len(numbers), a, b, c, d, e, 32, 32, len(told), 32)
        return sha256(b"".join((head, *fields))).digest()
    of_parts: list[bytes] = []
    for ordinal, person, sealed, start, length in parts:
        span = (_NOTHING, _NOTHING) if start is None else (start, length)
        of_parts += (_PART.pack(ordinal, *span), person.encode(), sha256(sealed).digest())
    return sha256(layout([*fields, *of_parts])).digest()


def head_of(ledger: Ledger, last: bytes | None) -> bytes:
    """The hash of a ledger's end, 32 bytes: its counters and the mac of its last entry."""
    at = ledger.last_recorded_at
    fields = [
        _HEAD,
        ledger.name.encode(),
        ledger.kind.encode(),
        _COUNTERS.pack(ledger.position, ledger.parked, ledger.quarantined, ledger.journal),
        None if at is None else _MOMENT.pack(moment(at)),
        last,
    ]
    return sha256(layout(fields)).digest()
