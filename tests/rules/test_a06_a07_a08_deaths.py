"""After a death: what was still paid, when the case was ended, what a false report cost."""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.benefits import BenefitResumed, BenefitTerminated, MemberRemoved
from domain.event import Event
from domain.funeral import CremationRecorded
from rules import a06_paid_after_death, a07_death_handled_late, a08_death_that_was_none
from rules.rule import Rule
from tests.support.findings import seen
from tests.support.ledger import Bench
from tests.support.money import (
    a_destitute_person,
    a_household,
    a_payment,
    a_person,
    a_return,
    arrears,
)
from tests.support.payroll import came_back
from tests.support.rulebook import changed, recovered, revoked

PAID, LATE, FALSE = (
    module.RULE
    for module in (a06_paid_after_death, a07_death_handled_late, a08_death_that_was_none)
)
FEN = 112_000
PERSON = a_person()
CASE = a_destitute_person("TK-1", person=PERSON)


def paid(month: str, on: str | None = None) -> Event:
    return a_payment("TK-1", FEN, month, programme="tekun", on=on)


def ended(died: str, on: str, number: str = "TK-1") -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number,
        last_month=died[:7],
        reason="died",
        died_on=date.fromisoformat(died),
        decided_on=date.fromisoformat(on),
    )


def cremated(died: str) -> CremationRecorded:
    return CremationRecorded.model_validate(
        {
            "record": "HH-1",
            "deceased": PERSON.model_dump(include={"id_kind", "id_number", "name"}),
            "died_on": date.fromisoformat(died),
            "cremated_on": date.fromisoformat(died),
        }
    )


async def found(bench: Bench, rule: Rule) -> list[tuple[str, date, date | None]]:
    return [(each.key, each.since, each.until) for each in await seen(bench, rule)]


@pytest.mark.parametrize(
    ("died", "wrong"), [("2024-10-31", 1), ("2024-11-01", 0)], ids=["before", "in"]
)
async def test_the_month_of_the_death_is_the_last_that_is_due(
    bench: Bench, died: str, wrong: int
) -> None:
    """Paid on 8 November; told on the 20th."""
    await bench.tell(CASE, paid("2024-11"), ended(died, "2024-11-20"))

    assert await found(bench, PAID) == wrong * [("TK-1 2024-11", date(2024, 11, 20), None)]


async def test_money_that_came_back_was_not_kept(bench: Bench) -> None:
    back = a_return("TK-1", "payouts/e-1", FEN, "2024-11", on="2024-11-28", programme="tekun")
    await bench.tell(CASE, paid("2024-11"), ended("2024-10-20", "2024-11-20"), back)
    assert await found(bench, PAID) == [("TK-1 2024-11", date(2024, 11, 20), date(2024, 11, 28))]


async def test_of_money_that_came_back_whole_no_fen_is_left(bench: Bench) -> None:
    """A hundred for three months cannot be shared evenly, going out or coming back."""
    months = ("2024-11", "2024-12", "2025-01")
    pay = a_payment("TK-1", 100, *months, programme="tekun", on="2024-11-08")
    back = a_return("TK-1", "payouts/e-1", 100, *months, on="2024-11-28", programme="tekun")
    await bench.tell(CASE, pay, ended("2024-10-20", "2024-11-20"), back)

    assert await found(bench, PAID) == [
        (f"TK-1 {month}", date(2024, 11, 20), date(2024, 11, 28)) for month in months
    ]


async def test_money_that_was_recovered_was_not_kept(bench: Bench) -> None:
    pay = paid("2024-11")
    money = came_back("TK-1", FEN, "2024-12-02").model_copy(update={"programme": "tekun"})
    await bench.tell(CASE, pay, ended("2024-10-20", "2024-11-20"), recovered(pay, by=money))
    assert await found(bench, PAID) == [("TK-1 2024-11", date(2024, 11, 20), date(2024, 12, 2))]


async def test_others_tell_of_a_death_too(bench: Bench) -> None:
    """Known by the crematorium in October; nobody ended the case."""
    await bench.tell(CASE, cremated("2024-10-20"), paid("2024-11"))

    assert await found(bench, PAID) == [("TK-1 2024-11", date(2024, 11, 8), None)]
    assert await found(bench, LATE) == [("TK-1", date(2024, 11, 21), None)]


async def test_a_household_goes_on_without_its_dead(bench: Bench) -> None:
    house = a_household("DB-1", covered=2, fen=100_000)
    gone = MemberRemoved(
        case_number="DB-1",
        person=house.members[1].person,
        changed_on=date(2024, 10, 25),
        died_on=date(2024, 10, 20),
        reason="死亡",
    )
    pay = a_payment("DB-1", 50_000, "2024-11")
    await bench.tell(house, gone, pay)
    assert await found(bench, PAID) == []
    assert await found(bench, LATE) == []

    await bench.tell(changed(gone, by=gone.model_copy(update={"changed_on": date(2024, 12, 25)})))
    assert await found(bench, PAID) == [("DB-1 2024-11", date(2024, 12, 25), None)]


@pytest.mark.parametrize(("on", "wrong"), [("2024-11-10", 0), ("2024-11-11", 1)])
async def test_a_case_is_ended_within_a_month_of_the_death(
    bench: Bench, on: str, wrong: int
) -> None:
    await bench.tell(CASE, ended("2024-10-10", on))

    assert await found(bench, LATE) == wrong * [("TK-1", date.fromisoformat(on), None)]


async def test_a_corrected_day_of_death_makes_it_in_time(bench: Bench) -> None:
    late = ended("2024-10-02", "2024-11-08")
    await bench.tell(CASE, late)
    assert len(await found(bench, LATE)) == 1

    await bench.tell(changed(late, by=ended("2024-10-30", "2024-11-08")))
    assert await found(bench, LATE) == []


async def test_who_lives_gets_what_was_missed(bench: Bench) -> None:
    back = BenefitResumed(
        case_number="TK-1", first_month="2024-11", decided_on=date(2024, 12, 3), reason="误报死亡"
    )
    await bench.tell(CASE, paid("2024-10"), ended("2024-10-09", "2024-10-14"), back)
    assert await found(bench, FALSE) == [("2024-11", date(2024, 12, 3), None)]

    missed = arrears(
        "TK-1", FEN, "2024-11", on="2024-12-11", programme="tekun", reason="correction"
    )
    await bench.tell(missed)
    assert await found(bench, FALSE) == [("2024-11", date(2024, 12, 3), date(2024, 12, 11))]


async def test_so_does_who_was_never_reported(bench: Bench) -> None:
    """The report was revoked in December; November was not paid, December was."""
    end = ended("2024-10-09", "2024-10-14")
    await bench.tell(CASE, paid("2024-10"), end, revoked(end), paid("2024-12"))

    assert await found(bench, FALSE) == [("2024-11", date(2024, 12, 1), None)]
