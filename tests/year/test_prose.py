"""The checker of prose has nothing to say of what the sample bureau's plans make of its year."""

from __future__ import annotations

import asyncpg
import pytest

from reports import plans
from tests.support.bureau import SAMPLE
from tests.support.prose import said_of

PERIODS = {"year": ["2024"], "month": ["2024-01", "2024-06", "2024-12"], "quarter": ["2024-Q2"]}


@pytest.mark.parametrize("name", sorted(plans.of(SAMPLE)))
async def test_nothing_is_said_of_a_document_of_ours(
    year_connection: asyncpg.Connection, name: str
) -> None:
    periods = [one for kind in plans.of(SAMPLE)[name].periods for one in PERIODS.get(kind, [])]

    assert periods
    for period in periods:
        for merged in (False, True):
            assert await said_of(year_connection, SAMPLE, name, period, merged=merged) == []
