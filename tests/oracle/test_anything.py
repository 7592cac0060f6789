"""Whatever is sent, the ledger goes on: nothing that is accepted stops a fold, a page, a command.

`python -m tests.oracle anything` does it with a million messages; here as many as take a minute.
"""

from __future__ import annotations

import pytest

from domain.catalogue import EVENTS
from tests.oracle.anything import lines
from tests.oracle.surviving import survive, two_databases


@pytest.mark.parametrize(("kind", "count", "pages"), [("replay", 1_500, 1), ("live", 1_000, 0)])
async def test_every_message_ends_in_one_place_and_nothing_that_was_accepted_stops_anything(
    server_url: str, kind: str, count: int, pages: int
) -> None:
    async with two_databases(server_url, f"anything_{kind}") as where:
        found = await survive(where, 1, lines(1, count, kind), kind=kind, pages=pages)

    assert found.wrong == []
    assert sum(found.ended.values()) == count
    # What is sent would prove little if none of it were taken, or all of it.
    assert len(found.types) > len(EVENTS) * 0.8  # some need what seldom comes before them
    assert found.ended["accepted"] > count / 2
    assert found.ended["quarantined"] > count / 8
