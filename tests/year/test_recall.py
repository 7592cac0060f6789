"""Precision and recall of every rule in the planted years of both bureaus."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from infra import bureaus, postgres
from rules.rule import rules
from sample import defects, office
from tests.support.ledger import url_of
from tests.year import recall
from tests.year.recall import Score

YEARS = [("445102", True), ("445102", False), ("439902", True), ("439902", False)]
"""Bureau, and whether what concerns the year as a whole is unlawful."""
CODES = [rule.code for rule in rules() if not rule.lacks]
Scores = dict[str, Score]


@pytest.fixture(scope="module", params=YEARS, ids=lambda year: f"{year[0]}-{year[1]}")
def scores(
    request: pytest.FixtureRequest, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Scores:
    """How the rules do in one of the years."""
    bureau, whole_year = request.param
    name, folder = f"planted_{bureau}_{whole_year}".lower(), bureaus.SHIPPED / bureau
    made = defects.build(2024, office.of(folder), whole_year=whole_year)
    file = recall.write(made.feed, tmp_path_factory.mktemp("planted") / "planted.jsonl")
    return asyncio.run(_score(server_url, name, folder, made, file))


async def _score(
    server_url: str, name: str, folder: Path, made: defects.Defects, file: Path
) -> Scores:
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    url = url_of(server_url, name)
    ledger = await recall.load(url, folder, file)
    async with postgres.connect(url) as connection:
        hits = await recall.findings(connection, ledger, recall.last_day(2024))
    return recall.compare(made.planted, hits)


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_what_breaks_it_and_nothing_else(scores: Scores, code: str) -> None:
    score = scores.get(code, Score())

    assert [one.what for one in score.missed] == []
    assert [(hit.subject, hit.what) for hit in score.wrong] == []


@pytest.mark.parametrize("code", CODES)
def test_a_finding_stands_from_the_day_that_the_law_says(scores: Scores, code: str) -> None:
    score = scores.get(code, Score())

    assert [(one.what, one.since, hit.valid_from) for one, hit in score.other_day] == []
