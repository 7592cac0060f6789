"""先行救助逾期未补办手续: the tenth working day after 6 May 2024 is 17 May (11 May is worked)."""

from __future__ import annotations

from datetime import date

from rules.a65_papers_overdue import RULE
from tests.lines.test_assistance_relief import NUMBER, decided, papers
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

OPEN = Seen(f"relief/{NUMBER}", "papers", date(2024, 5, 18))


async def test_papers_in_time(bench: Bench) -> None:
    await bench.tell(decided(urgent=True), papers("2024-05-17"))

    assert await seen(bench, RULE) == []


async def test_papers_that_do_not_come_are_missed_from_the_day_after(bench: Bench) -> None:
    await bench.tell(decided(urgent=True))
    assert await seen(bench, RULE) == [OPEN]

    await bench.tell(papers("2024-05-20"))
    late = date(2024, 5, 20)
    assert await seen(bench, RULE) == [OPEN._replace(until=late), OPEN._replace(since=late)]


async def test_what_was_not_given_at_once_has_no_papers_to_follow(bench: Bench) -> None:
    await bench.tell(decided())

    assert await seen(bench, RULE) == []
