"""Leaves: a worked example, and what they cover."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from ledger.leaf import head_of, layout, leaf_of
from ledger.store import ENTRY_COLUMNS, Ledger

AT = datetime(2024, 5, 6, 7, 8, 9, 123456, UTC)
ROW: dict[str, Any] = {
    "ledger": "445102",
    "position": 4711,
    "recorded_at": AT,
    "source": "payouts",
    "event_id": "p-1",
    "type": "assistance.payment-settled.v1",
    "stream": "case/鉴-1",
    "version": 3,
    "open": b'{"data":{"payee":{"ref":"r"}}}',
    "digest": bytes(range(32)),
    "breaches": ["late", "over"],
    "form": 2,
    "content": bytes(range(1, 33)),
}
PARTS = [(0, "person", b"sealed", 17, 11)]
TOLD = [
    b"mingjian entry",
    # form, position, microseconds since 1970, version
    bytes.fromhex("00020000000000001267000617c3bb534a8000000003"),
    b"445102",
    b"payouts",
    b"p-1",
    b"assistance.payment-settled.v1",
    "case/鉴-1".encode(),
    bytes(range(32)),
    bytes(range(1, 33)),
    b"late,over",
    sha256(b'{"data":{"payee":{"ref":"r"}}}').digest(),
    # ordinal, start, length
    bytes.fromhex("0000000000110000000b"),
    b"person",
    sha256(b"sealed").digest(),
]
"""The fields of the leaf of that row, in their order, written by hand."""


def leaf(row: dict[str, Any], parts: list[tuple[Any, ...]] = PARTS) -> bytes:
    return leaf_of([row.get(name) for name in ENTRY_COLUMNS], parts)


def test_the_lengths_go_before_the_fields() -> None:
    assert layout([b"ab", None, b""]) == bytes.fromhex("0000000300000002ffffffff000000006162")


def test_a_worked_example() -> None:
    """Whoever writes a verifier of his own tests it by this: it never changes."""
    assert leaf(ROW) == sha256(layout(TOLD)).digest()
    assert leaf(ROW).hex() == "8b94f6afd3a5a13b7a43804b4bd2be3539c84723740967ebb6adba01e89129ab"


@pytest.mark.parametrize("breaches", [None, ["late"], ["late", "over"]])
@pytest.mark.parametrize("content", [None, bytes(32)])
def test_an_entry_that_names_nobody_has_the_same_layout(
    breaches: list[str] | None, content: bytes | None
) -> None:
    told = [*TOLD[:8], content, ",".join(breaches or ()).encode(), TOLD[10]]
    row = ROW | {"breaches": breaches, "content": content}
    assert leaf(row, []) == sha256(layout(told)).digest()


def test_the_zone_in_which_a_moment_is_written_does_not_matter() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert leaf(ROW | {"recorded_at": there}) == leaf(ROW)


OTHER: dict[str, Any] = {
    "ledger": "445103",
    "position": 4712,
    "recorded_at": AT + timedelta(microseconds=1),
    "source": "payout",
    "event_id": "sp-1",
    "type": "assistance.payment-settled.v2",
    "stream": "case/鉴-2",
    "version": 4,
    "open": b"{}",
    "digest": bytes(32),
    "breaches": ["late"],
    "form": 1,
    "content": None,
}


@pytest.mark.parametrize("column", OTHER)
def test_no_column_can_be_altered(column: str) -> None:
    assert OTHER.keys() == ROW.keys()
    assert leaf(ROW | {column: OTHER[column]}) != leaf(ROW)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [(1, "person", b"sealed", 17, 11)],
        [(0, "another", b"sealed", 17, 11)],
        [(0, "person", b"other", 17, 11)],
        [(0, "person", b"sealed", 18, 11)],
        [(0, "person", b"sealed", 17, 12)],
        [(0, "person", b"sealed", None, None)],
        [*PARTS, *PARTS],
    ],
)
def test_no_sealed_part_can_be_altered(parts: list[tuple[Any, ...]]) -> None:
    assert leaf(ROW, parts) != leaf(ROW)


LEDGER = Ledger("445102", "live", sample=False, position=3, last_recorded_at=AT, parked=2)


@pytest.mark.parametrize(
    "other",
    [
        Ledger("445103", "live", sample=False, position=3, last_recorded_at=AT, parked=2),
        Ledger("445102", "replay", sample=False, position=3, last_recorded_at=AT, parked=2),
        Ledger("445102", "live", sample=False, position=2, last_recorded_at=AT, parked=2),
        Ledger("445102", "live", sample=False, position=3, last_recorded_at=None, parked=2),
        Ledger("445102", "live", sample=False, position=3, last_recorded_at=AT, parked=1),
        Ledger("445102", "live", sample=False, position=3, last_recorded_at=AT, quarantined=2),
        Ledger("445102", "live", sample=False, position=3, last_recorded_at=AT, journal=1),
    ],
)
def test_a_head_covers_the_counters_and_the_last_entry(other: Ledger) -> None:
    assert head_of(other, b"mac") != head_of(LEDGER, b"mac")
    assert head_of(LEDGER, b"other") != head_of(LEDGER, b"mac")
