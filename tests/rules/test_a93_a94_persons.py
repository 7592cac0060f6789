"""What the dead cannot do any more, and what is done once for a person."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.event import Event
from rules import a93_after_death, a94_registered_twice
from tests.lines.test_adoption import a_child, applied, dissolved, registered
from tests.lines.test_persons_compared import MAN, OTHER_MAN, WOMAN, cremated, divorced, married
from tests.support.enforcement import on
from tests.support.findings import findings
from tests.support.ledger import Bench
from tests.support.rulebook import changed, revoked

DEAD, TWICE = a93_after_death.RULE, a94_registered_twice.RULE


async def found(bench: Bench, rule: Any) -> list[tuple[str, date, date | None]]:
    return [(each.what, each.valid_from, each.valid_to) for _, each in await findings(bench, rule)]


# The dead


async def test_a_marriage_after_the_death_is_found_whichever_is_told_first(bench: Bench) -> None:
    late = cremated(MAN, "2024-03-04")
    await bench.tell(married(1, MAN, WOMAN, "03-05"))
    assert await found(bench, DEAD) == []

    await bench.tell(late)
    assert await found(bench, DEAD) == [("2024-03-04死亡，2024-03-05仍登记结婚", on("03-05"), None)]

    right = late.model_copy(update={"died_on": on("03-06"), "cremated_on": on("03-06")})
    await bench.tell(changed(late, by=right))
    assert await found(bench, DEAD) == []


async def test_so_is_a_divorce_and_an_adoption(bench: Bench) -> None:
    child = cremated(a_child(), "2024-03-19")
    await bench.tell(
        married(1, MAN, WOMAN),
        cremated(MAN, "2024-05-17"),
        *divorced(MAN, WOMAN, day="05-20"),
        child.model_copy(update={"record": "HH-2"}),
        applied(),
        registered(day="03-20"),
    )

    assert sorted(await found(bench, DEAD)) == [
        ("2024-03-19死亡，2024-03-20仍登记被收养", on("03-20"), None),
        ("2024-05-17死亡，2024-05-20仍登记离婚", on("05-20"), None),
    ]


async def test_what_was_registered_in_life_stays(bench: Bench) -> None:
    await bench.tell(married(1, MAN, WOMAN, "03-05"), cremated(MAN, "2024-03-05"))

    assert await found(bench, DEAD) == []


# Once


async def test_a_second_cremation_is_found_until_one_of_them_is_taken_back(bench: Bench) -> None:
    first, second = cremated(MAN, "2024-05-01"), cremated(MAN, "2024-05-02")
    await bench.tell(second, cremated(OTHER_MAN, "2024-05-03"), first)
    assert await found(bench, TWICE) == [
        ("2024-05-01已有火化登记，2024-05-02又登记火化", on("05-02"), None)
    ]

    await bench.tell(revoked(second))
    assert await found(bench, TWICE) == []


async def test_a_child_has_one_adoption_at_a_time(bench: Bench) -> None:
    again: tuple[Event, ...] = (applied("SY-2"), registered("SY-2", "06-03"))
    await bench.tell(applied("SY-1"), registered("SY-1", "03-20"), *again)
    assert await found(bench, TWICE) == [
        ("2024-03-20登记的收养未解除，2024-06-03又登记收养", on("06-03"), None)
    ]

    await bench.tell(dissolved("SY-1", "07-01"))
    assert await found(bench, TWICE) == [
        ("2024-03-20登记的收养未解除，2024-06-03又登记收养", on("06-03"), on("07-01"))
    ]


async def test_who_was_given_back_may_be_adopted_again(bench: Bench) -> None:
    await bench.tell(
        applied("SY-1"),
        registered("SY-1", "03-20"),
        dissolved("SY-1", "06-03"),
        applied("SY-2"),
        registered("SY-2", "06-03"),
    )

    assert await found(bench, TWICE) == []
