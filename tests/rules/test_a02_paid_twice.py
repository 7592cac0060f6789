"""One person in two cases of a programme; one case paid twice for a month."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import BenefitTerminated
from rules.a02_paid_twice import RULE
from tests.support.findings import seen
from tests.support.ledger import Bench
from tests.support.money import (
    a_destitute_person,
    a_household,
    a_payment,
    a_person,
    a_return,
)
from tests.support.payroll import came_back
from tests.support.rulebook import revoked

MONTH = 50_000
CASE = a_household("DB-1", fen=MONTH)
MARCH = a_payment("DB-1", MONTH, "2024-03")
AGAIN = a_payment("DB-1", MONTH, "2024-03", on="2024-03-20")


async def found(bench: Bench) -> list[tuple[str, date, date | None]]:
    return [(each.key, each.since, each.until) for each in await seen(bench, RULE)]


async def test_a_month_paid_twice_is_found_until_the_money_is_back(bench: Bench) -> None:
    await bench.tell(CASE, MARCH, AGAIN)
    assert await found(bench) == [("DB-1 2024-03", date(2024, 3, 20), None)]

    await bench.tell(came_back("DB-1", MONTH, "2024-04-02"))
    assert await found(bench) == [("DB-1 2024-03", date(2024, 3, 20), date(2024, 4, 2))]


async def test_what_was_sent_back_or_never_was_is_not_paid_twice(bench: Bench) -> None:
    back = a_return("DB-1", "payouts/e-1", MONTH, "2024-03", on="2024-03-15")
    await bench.tell(CASE, MARCH, back, AGAIN)
    assert await found(bench) == []

    third = a_payment("DB-1", MONTH, "2024-03", on="2024-03-25")
    await bench.tell(third)
    assert len(await found(bench)) == 1
    await bench.tell(revoked(third))
    assert await found(bench) == []


async def test_another_item_is_paid_beside(bench: Bench) -> None:
    await bench.tell(CASE, MARCH, a_payment("DB-1", 3_000, "2024-03", item="price-subsidy"))

    assert await found(bench) == []


async def test_a_person_has_one_case_of_a_programme(bench: Bench) -> None:
    """To October and from November on is one after the other; to November is twice."""
    person = a_person()
    first = a_destitute_person("TK-1", person=person)
    then = a_destitute_person("TK-2", person=person, first="2024-11")
    ends = BenefitTerminated(
        case_number="TK-1", last_month="2024-10", reason="moved-away", decided_on=date(2024, 10, 8)
    )
    await bench.tell(first, ends, then)
    assert await found(bench) == []

    await bench.tell(revoked(ends))
    assert [key for key, _, _ in await found(bench)] == ["TK-1 TK-2"]
