"""An entry as its topic carries it, there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ledger.store import READ_COLUMNS
from ledger.unpublished import parts_of
from ledger.wire import Message, entry_message, entry_row

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
    "open": b'{"data":{}}',
    "digest": bytes(range(32)),
    "breaches": ["late", "over"],
    "form": 2,
    "content": bytes(range(1, 33)),
    "leaf": bytes(range(2, 34)),
    "mac": bytes(range(3, 35)),
    "sealed": [b"person\0\x00\x00\x00\x07\x00\x00\x00\x02sealed"],
}
FIRST = ROW | {"form": 1, "content": None, "leaf": None, "mac": None, "sealed": [b"person\0sealed"]}


@pytest.mark.parametrize("row", [ROW, FIRST, ROW | {"breaches": None, "sealed": None}])
def test_the_row_comes_back_as_it_was(row: dict[str, Any]) -> None:
    assert entry_row(entry_message(row)) == row


def test_an_entry_of_form_1_is_published_as_it_ever_was() -> None:
    """Topics that 0.1.0 wrote stay equal to the ledger."""
    names = [name for name, _ in entry_message(FIRST).headers]
    assert names == [*list(ROW)[:8], "digest", "breaches", "content-type", "sealed"]


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    message = entry_message(ROW | {"recorded_at": elsewhere})
    assert message == entry_message(ROW)
    assert entry_row(message)["recorded_at"] == AT


@pytest.mark.parametrize(
    "missing", [*READ_COLUMNS, "ledger", "digest", "breaches", "content", "leaf", "mac"]
)
def test_a_record_without_a_header_is_no_entry(missing: str) -> None:
    message = entry_message(ROW)
    headers = [(name, value) for name, value in message.headers if name != missing]
    with pytest.raises(ValueError, match="header"):
        entry_row(Message(message.key, message.value, headers, message.at_ms))


def test_sealed_parts_come_apart_into_what_they_were_made_of() -> None:
    assert parts_of(ROW) == [(0, "person", b"sealed", 7, 2)]
    assert parts_of(FIRST) == [(0, "person", b"sealed", None, None)]
