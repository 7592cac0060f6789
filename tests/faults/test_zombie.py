"""A process that stands still in the middle of a batch does not hold the ledger for ever."""

from __future__ import annotations

import pytest

from consumers import database
from infra import postgres
from infra.settings import Settings
from projections import opening

LOCK = "SELECT * FROM ledger.ledger FOR UPDATE"


async def test_the_server_ends_a_batch_that_takes_too_long_and_frees_the_ledger(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was stopped cannot end it, and for the system its connection is alive."""
    monkeypatch.setattr(database, "WORK_SECONDS", 1.0)
    zombie = database.Database(database_url, lambda _: None)
    async with postgres.connect(database_url) as other:
        await opening.create_ledger(other, "445102", "replay", Settings())
        held = await zombie.connection()
        await held.execute("BEGIN")
        await held.execute(LOCK)
        assert len(await other.fetch(LOCK)) == 1  # waits for the lock until the server frees it
    await zombie.close()
