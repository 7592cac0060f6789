"""The clean year breaks just the rules that those who sent it say it breaks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from infra import bureaus, postgres
from rules.rule import rules
from sample import office
from sample.year import build
from tests.year import recall

FOLDER = bureaus.SHIPPED / "439902"
LAST = date(2025, 3, 31)
"""When what the year left over was told."""


async def test_what_is_found_in_the_clean_year_is_what_was_sent(
    database_url: str, tmp_path: Path
) -> None:
    """Each of its breaches is found, and nothing else is. The larger bureau's year is alike."""
    made = build(2024, office.of(FOLDER))
    file = recall.write(made.feed, tmp_path / "clean.jsonl")
    ledger, _ = await recall.take(database_url, FOLDER, file)
    async with postgres.connect(database_url) as connection:
        hits = await recall.findings(connection, ledger, LAST)
    scores = recall.compare(made.planted, hits)

    assert {(code, hit.subject) for code, its in scores.items() for hit in its.wrong} == set()
    assert {(code, one.what) for code, its in scores.items() for one in its.missed} == set()
    assert {one.rule for one in made.planted} <= {rule.code for rule in rules()}
