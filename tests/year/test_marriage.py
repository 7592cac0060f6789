"""The marriage registry of the sample year hands out its certificates as R-MR-08 asks."""

from __future__ import annotations

import re

from tests.support.ledger import Bench
from tests.year.conftest import data_of


def test_certificate_numbers_run_without_gaps_per_kind_and_year(lines: list[bytes]) -> None:
    """Registrations, re-issues and spoiled blanks; what is corrected keeps its number."""
    kinds = (
        "marriage.marriage-registered",
        "marriage.divorce-registered",
        "marriage.marriage-certificate-reissued",
        "marriage.divorce-certificate-reissued",
        "marriage.certificate-voided",
    )
    series: dict[str, list[int]] = {}
    for data in data_of(lines, *kinds):
        found = re.fullmatch(r"([A-Z]+445102-\d{4})-(\d{6})", data["certificate_number"])
        assert found is not None
        series.setdefault(found[1], []).append(int(found[2]))

    assert {name: len(numbers) for name, numbers in series.items()} == {
        "J445102-2024": 2208,
        "L445102-2024": 442,
        "L445102-2025": 27,
        "BJ445102-2024": 128,
        "BL445102-2024": 9,
    }
    for numbers in series.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_numbers_follow_the_days(lines: list[bytes]) -> None:
    for kind in ("marriage.divorce-registered", "marriage.marriage-registered"):
        told = {d["certificate_number"]: d["registered_on"] for d in data_of(lines, kind)}
        days = [day for _, day in sorted(told.items())]
        assert days == sorted(days)


async def test_what_breaches_a_rule_is_taken_and_marked(bench: Bench) -> None:
    """A bride of 19, a man who is married; a name filed late, and one announced in part."""
    rows = await bench.connection.fetch(
        "SELECT type, unnest(breaches) FROM ledger.entry WHERE breaches IS NOT NULL"
        " AND type ~ '^(marriage|funeral|placename|adoption)' ORDER BY 1, 2"
    )

    assert [tuple(row) for row in rows] == [
        ("marriage.marriage-registered.v1", "already-married"),
        ("marriage.marriage-registered.v1", "party-under-age"),
        ("placename.name-announced.v1", "announcement-incomplete"),
        ("placename.name-filed.v1", "filed-late"),
    ]
