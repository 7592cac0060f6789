"""What arrived comes back byte for byte, however its source writes JSON.

`python -m tests.oracle bytes` does it with ten thousand events.
"""

from __future__ import annotations

from tests.oracle.returning import check_bytes

EVENTS = 800


async def test_received_bytes_are_put_together_again(ledger_url: str) -> None:
    found = await check_bytes(ledger_url, 1, EVENTS)
    assert found.types > 180
    assert found.sealed > 60
    assert found.differences == []
