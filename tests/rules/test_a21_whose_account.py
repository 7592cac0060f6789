"""汇入他人账户，或者多人使用同一账户: five persons at most, by the country's parameter."""

from __future__ import annotations

from datetime import date

from domain.assistance.payouts import PayeeChanged, PayeeRelation
from domain.event import Payee
from rules.a21_whose_account import RULE
from tests.support.findings import findings, seen
from tests.support.ledger import Bench
from tests.support.money import a_destitute_person, a_person

SHARED = "622202000000012345"


def using(number: int, account: str = SHARED) -> Payee:
    return a_person(number).model_copy(update={"account": account})


def changed(payee: Payee, relation: PayeeRelation | None = None) -> PayeeChanged:
    return PayeeChanged(
        case_number="TK-1",
        payee=payee,
        relation=relation,
        changed_on=date(2024, 5, 6),
        reason="换卡",
    )


async def test_five_may_share_an_account_six_may_not(bench: Bench) -> None:
    five = [a_destitute_person(f"TK-{n}", person=using(820 + n)) for n in range(5)]
    await bench.tell(*five)
    assert await findings(bench, RULE) == []

    await bench.tell(a_destitute_person("TK-6", person=using(826)))
    ((_, found),) = await findings(bench, RULE)
    assert (found.position, found.valid_from) == (6, date(2024, 1, 1))
    assert found.what == "同一账户供6人领取，超过5人"


async def test_one_person_may_have_several_cases_by_one_account(bench: Bench) -> None:
    await bench.tell(*(a_destitute_person(f"TK-{n}", person=using(821)) for n in range(7)))

    assert await findings(bench, RULE) == []


async def test_who_lives_in_an_institution_is_paid_by_its_account(bench: Bench) -> None:
    cases = [a_destitute_person(f"TK-{n}", person=using(820 + n)) for n in range(7)]
    await bench.tell(*(case.model_copy(update={"mode": "institutional"}) for case in cases))

    assert await findings(bench, RULE) == []


async def test_another_card_of_the_same_person_is_in_order(bench: Bench) -> None:
    await bench.tell(
        a_destitute_person("TK-1", person=a_person(821)), changed(using(821, "622202000000099999"))
    )

    assert await findings(bench, RULE) == []


async def test_money_for_somebody_else_is_found(bench: Bench) -> None:
    await bench.tell(a_destitute_person("TK-1", person=a_person(821)), changed(using(831)))

    (found,) = await seen(bench, RULE)
    assert (found.subject, found.since) == ("case/TK-1", date(2024, 5, 6))


async def test_a_guardian_may_receive_it(bench: Bench) -> None:
    await bench.tell(
        a_destitute_person("TK-1", person=a_person(821)), changed(using(831), "guardian")
    )

    assert await findings(bench, RULE) == []
