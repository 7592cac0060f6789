"""What was decided after the records are complete has an approval in the ledger, not a roster only.

The records of the sample bureau are complete from 1 January 2024 on.
"""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import CaseTakenOver
from rules.a99_approval_not_told import RULE
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench
from tests.support.money import a_household
from tests.support.procedure import confirmed

NEW = Seen("case/DB-1", "approval 2024-02-20", date(2024, 2, 29))


def listed(number: str, decided: date, on: date = date(2024, 2, 29)) -> CaseTakenOver:
    """A household as a roster of March tells it."""
    days = {"decided_on": decided, "taken_over_on": on}
    return a_household(number, first="2024-03").model_copy(update=days)


async def test_what_is_known_by_a_roster_only_though_it_was_decided_in_the_ledgers_time(
    bench: Bench,
) -> None:
    await bench.tell(listed("DB-1", date(2024, 2, 20)))

    assert await seen(bench, RULE) == [NEW]
    ((_, found),) = await findings(bench, RULE)
    assert found.what == "2024-02-20审批，账本没有当日的审批记录，仅据期初接收"
    assert (found.on_date, found.township) == (date(2024, 2, 20), "445102100")


async def test_what_was_decided_before_is_taken_over_by_right(bench: Bench) -> None:
    await bench.tell(listed("DB-1", date(2023, 12, 31)), listed("DB-2", date(2024, 1, 1)))

    assert [each.subject for each in await seen(bench, RULE)] == ["case/DB-2"]


async def test_an_approval_that_is_told_later_settles_it(bench: Bench) -> None:
    """As known before, it stands."""
    await bench.tell(listed("DB-1", date(2024, 2, 20)))
    before = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    await bench.tell(confirmed("DB-1", "2024-02-20"))

    assert await seen(bench, RULE) == []
    assert await seen(bench, RULE, before) == [NEW]


async def test_the_approval_of_another_day_is_not_that_of_this_one(bench: Bench) -> None:
    await bench.tell(confirmed("DB-1", "2024-01-20"), listed("DB-1", date(2024, 2, 20)))

    assert await seen(bench, RULE) == [NEW]


async def test_a_decision_that_is_taken_over_twice_is_one_matter(bench: Bench) -> None:
    decided = date(2024, 2, 20)
    await bench.tell(
        listed("DB-1", decided, date(2024, 3, 31)), listed("DB-1", decided, date(2024, 2, 29))
    )

    assert await seen(bench, RULE) == [NEW]
