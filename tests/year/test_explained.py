"""The clean year breaks just the rules that those who sent it say it breaks."""

from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from rules.rule import rules
from tests.year import recall
from tests.year.conftest import LEDGER, Loaded
from tests.year.recall import Score

LAST = date(2025, 3, 31)
"""When what the year left over was told."""


@pytest.fixture
async def scores(loaded: Loaded, year_connection: asyncpg.Connection) -> dict[str, Score]:
    hits = await recall.findings(year_connection, LEDGER, LAST)
    return recall.compare(loaded.year.planted, hits)


async def test_what_is_found_in_the_clean_year_is_what_was_sent(
    scores: dict[str, Score],
) -> None:
    """Each of its breaches is found, and nothing else is."""
    missed = {(code, one.what) for code, score in scores.items() for one in score.missed}
    wrong = {(code, hit.subject) for code, score in scores.items() for hit in score.wrong}

    assert wrong == set()
    assert missed == set()


def test_what_was_sent_is_told_by_rules_that_there_are(loaded: Loaded) -> None:
    assert {one.rule for one in loaded.year.planted} <= {rule.code for rule in rules()}
