"""Payouts: what counts into 发放金额, and what is recorded with a breach."""

from __future__ import annotations

from datetime import date

import asyncpg

from domain.assistance import CaseTakenOver, Member
from domain.event import Payee
from domain.payouts import PaymentSettled
from tests.support.ledger import Bench, event

PERSON = Payee(id_kind="resident-id", id_number="445190200203150010", name="示例甲", account="9999990000000000001")


def a_case(number: str = "DB-1") -> CaseTakenOver:
    return CaseTakenOver(
        case_number=number,
        programme="dibao",
        area="rural",
        township="445102100",
        village="445102100001",
        first_month="2023-01",
        monthly_amount_fen=50_000,
        per_capita_income_fen=20_000,
        members=(Member(person=PERSON, covered=True, head=True),),
        decision_number="湘民〔2022〕1号",
        decided_on=date(2022, 12, 10),
        taken_over_on=date(2024, 1, 1),
    )


def a_payment(number: str = "DB-1", month: str = "2024-01", fen: int = 50_000) -> PaymentSettled:
    return PaymentSettled(
        case_number=number,
        programme="dibao",
        months=(month,),
        amount_fen=fen,
        settled_on=date.fromisoformat(f"{month}-08"),
        township="445102100",
    )


async def test_a_settled_payment_counts_in_the_year_it_was_settled(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    tally = await bench.take(
        event("social-assistance", "c-1", a_case()),
        event("payouts", "p-1", a_payment()),
    )

    assert str(tally) == "accepted 2, duplicate 0, parked 0, quarantined 0"
    assert (await bench.figure("F16")).exact == 50_000
    assert (await bench.figure("F14")).exact == 1


async def test_a_payment_for_an_unknown_case_waits_and_is_taken_when_the_case_arrives(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)

    assert (await bench.take(event("payouts", "p-1", a_payment()))).parked == 1
    assert (await bench.figure("F16")).exact == 0

    await bench.take(event("social-assistance", "c-1", a_case()))
    assert (await bench.figure("F16")).exact == 50_000


async def test_a_second_payment_for_a_month_is_recorded_with_a_breach(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    tally = await bench.take(
        event("social-assistance", "c-1", a_case()),
        event("payouts", "p-1", a_payment()),
        event("payouts", "p-2", a_payment()),
    )

    assert tally.accepted == 3
    breaches = await connection.fetchval("SELECT breaches FROM ledger.entry WHERE event_id = 'p-2'")
    assert breaches == ["month-already-paid"]
