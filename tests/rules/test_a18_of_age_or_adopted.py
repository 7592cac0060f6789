"""成年或者被收养后仍领取: the month of the 18th birthday, or of the adoption, is the last."""

from __future__ import annotations

from datetime import date

from domain.assistance.payouts import PaymentSettled
from domain.children import Child, ChildCaseTakenOver
from rules.a18_of_age_or_adopted import RULE
from tests.lines.test_adoption import applied, registered
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench
from tests.support.money import a_child, a_payment, a_return
from tests.support.procedure import a_young_child, studies_on

FEN = 148_400


def a_case(child: Child) -> ChildCaseTakenOver:
    return a_child("GE-1").model_copy(update={"child": child})


def paid(*months: str, on: str | None = None) -> PaymentSettled:
    return a_payment("GE-1", FEN * len(months), *months, programme="orphan", on=on)


OF_AGE = a_case(a_young_child("20060531"))
"""18 on 31 May 2024."""
JUNE = Seen("case/GE-1", "of age 2024-06 2024-06-08", date(2024, 6, 8))


async def test_the_month_of_the_birthday_is_the_last(bench: Bench) -> None:
    await bench.tell(OF_AGE, paid("2024-05"))
    assert await seen(bench, RULE) == []

    await bench.tell(paid("2024-06"))
    assert await seen(bench, RULE) == [JUNE]


async def test_of_several_months_only_those_after_it_are_named(bench: Bench) -> None:
    await bench.tell(OF_AGE, paid("2024-05", "2024-06", on="2024-06-08"))

    ((_, found),) = await findings(bench, RULE)
    assert (found.amount_fen, found.key) == (FEN, JUNE.key)


async def test_who_studies_is_paid_from_the_decision_on(bench: Bench) -> None:
    await bench.tell(OF_AGE, studies_on("GE-1", "2024-06-08", "2024-06"), paid("2024-06"))
    assert await seen(bench, RULE) == []

    await bench.tell(paid("2024-07"))
    assert [found.key for found in await seen(bench, RULE)] == ["of age 2024-07 2024-07-08"]


async def test_what_was_paid_before_the_decision_stands_until_it(bench: Bench) -> None:
    await bench.tell(OF_AGE, paid("2024-06"), studies_on("GE-1", "2024-06-20", "2028-06"))
    assert await seen(bench, RULE) == [JUNE._replace(until=date(2024, 6, 20))]


async def test_a_later_decision_does_not_take_the_place_of_the_first(bench: Bench) -> None:
    first = studies_on("GE-1", "2024-05-20", "2024-08")
    await bench.tell(OF_AGE, first, paid("2024-06"), studies_on("GE-1", "2024-08-20", "2025-07"))

    assert await seen(bench, RULE) == []


async def test_money_that_came_back_ends_it(bench: Bench) -> None:
    back = a_return("GE-1", "payouts/e-1", FEN, "2024-06", on="2024-06-20", programme="orphan")
    await bench.tell(OF_AGE, paid("2024-06"), back)

    assert await seen(bench, RULE) == [JUNE._replace(until=date(2024, 6, 20))]


async def test_an_adopted_child_is_supported_by_its_family(bench: Bench) -> None:
    """Through the person: the case knows nothing of the adoption."""
    adoption = applied()
    number = {"id_kind": adoption.child.id_kind, "id_number": adoption.child.id_number}
    child = Child.model_validate({**number, "name": "示例童"})
    month = f"{registered().registered_on:%Y-%m}"
    await bench.tell(a_case(child), adoption, registered(), paid(month))
    assert await seen(bench, RULE) == []

    after = paid("2024-12")
    await bench.tell(after)
    assert await seen(bench, RULE) == [
        Seen("case/GE-1", "adopted 2024-12 2024-12-08", date(2024, 12, 8))
    ]
