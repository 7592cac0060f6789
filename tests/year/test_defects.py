"""The planted year: what it plants, and that all of it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from infra import bureaus, postgres
from sample import defects, office
from sample.planted import Planted
from tests.year import recall
from tests.year.recall import Hit, compare

BUREAUS = ("445102", "439902")
NOT_PLANTED = frozenset({"A20", "A30", "A47"})
"""Rules of which no event of a source can show a breach."""
RULES = frozenset(f"A{number:02d}" for number in range(1, 53)) - NOT_PLANTED


def made(bureau: str, *, whole_year: bool = True) -> defects.Defects:
    """The planted year of a bureau."""
    return defects.build(2024, office.of(bureaus.SHIPPED / bureau), whole_year=whole_year)


@pytest.mark.parametrize("bureau", BUREAUS)
def test_every_rule_is_planted_on_both_sides_of_its_limit(bureau: str) -> None:
    """The share that is drawn, and what is public before enforcement, by two years."""
    both = made(bureau).planted + made(bureau, whole_year=False).planted

    assert {one.rule for one in both if one.unlawful} >= RULES
    assert {one.rule for one in both if not one.unlawful} >= RULES


@pytest.mark.parametrize("bureau", BUREAUS)
def test_a_lawful_twin_shares_nothing_with_an_unlawful_case(bureau: str) -> None:
    """Apart from what concerns the year as a whole."""
    planted = [one for one in made(bureau).planted if one.rule not in ("A34", "A51")]

    assert not _subjects(planted, unlawful=True) & _subjects(planted, unlawful=False)


def _subjects(planted: Sequence[Planted], *, unlawful: bool) -> set[str]:
    return {name for one in planted if one.unlawful is unlawful for name in one.subjects}


def test_the_same_year_gives_the_same_bytes() -> None:
    assert list(made("439902").feed.lines()) == list(made("439902").feed.lines())


@pytest.mark.parametrize("year", [2023, 2025, 2026])
def test_every_year_with_known_holidays_can_be_planted(year: int) -> None:
    assert defects.build(year).planted


@pytest.mark.parametrize("bureau", BUREAUS)
async def test_all_that_is_planted_is_taken(bureau: str, database_url: str, tmp_path: Path) -> None:
    """Nothing waits and nothing is refused; what a case names is in the ledger."""
    planted = made(bureau)
    file = recall.write(planted.feed, tmp_path / "planted.jsonl")
    ledger = await recall.load(database_url, bureaus.SHIPPED / bureau, file)
    async with postgres.connect(database_url) as connection:
        rows = await connection.fetch(
            "SELECT stream, source || '/' || event_id FROM ledger.entry WHERE ledger = $1", ledger
        )

    there = {name for row in rows for name in row}
    named = _subjects(planted.planted, unlawful=True) | _subjects(planted.planted, unlawful=False)
    assert {name for name in named if "/" in name} <= there


LAW = "社会救助暂行办法 11(2)"
CASE = Planted(
    rule="A13",
    unlawful=True,
    what="未公示",
    basis=LAW,
    subjects=("case/1",),
    since=date(2024, 8, 20),
)
TWIN = Planted(rule="A13", unlawful=False, what="公示7日", basis=LAW, subjects=("case/2",))


def hit(rule: str, case: str, since: date = date(2024, 8, 20)) -> Hit:
    """A finding about a case."""
    return Hit(rule, case, case, "x/1", "", since)


def test_a_case_that_is_not_found_is_missed_and_a_twin_that_is_found_is_wrong() -> None:
    score = compare([CASE, TWIN], [hit("A13", "case/2")])["A13"]

    assert (score.recall, score.precision) == (0, 0)
    assert [score.missed, [one.subject for one in score.wrong]] == [[CASE], ["case/2"]]


def test_a_case_that_is_found_counts_once_however_often() -> None:
    score = compare([CASE, TWIN], [hit("A13", "case/1"), hit("A13", "case/1")])["A13"]

    assert (score.recall, score.precision, score.other_day) == (1, 1, [])


def test_another_rule_is_wrong_about_a_case_unless_the_case_says_that_it_may_find_it() -> None:
    other, allowed = replace(TWIN, rule="A26"), replace(CASE, also=("A26",))

    assert compare([CASE, other], [hit("A26", "case/1")])["A26"].precision == 0
    assert compare([allowed, other], [hit("A26", "case/1")])["A26"].precision == 1


def test_a_rule_for_which_nothing_is_planted_may_find_what_is_unlawful_and_no_twin() -> None:
    assert compare([CASE, TWIN], [hit("A53", "case/1")])["A53"].precision == 1
    assert compare([CASE, TWIN], [hit("A53", "case/2")])["A53"].precision == 0


def test_what_was_done_late_is_found_until_it_was_done_where_it_is_planted_so() -> None:
    done = replace(CASE, until=date(2024, 9, 1))
    ended = hit("A13", "case/1")._replace(valid_to=date(2024, 9, 1))

    assert compare([done], [ended])["A13"].recall == 1
    assert compare([done], [hit("A13", "case/1")])["A13"].recall == 0
    assert compare([CASE], [ended])["A13"].recall == 0


def test_a_day_other_than_planted_is_told() -> None:
    score = compare([CASE], [hit("A13", "case/1", date(2024, 8, 21))])["A13"]

    assert (score.recall, len(score.other_day)) == (1, 1)
