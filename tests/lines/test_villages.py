"""The village register: a code is given once, and a village is on the register from day to day."""

from __future__ import annotations

from datetime import date

from domain.villages import VillageAbolished, VillageEstablished, VillageRenamed, VillageTakenOver
from projections.villages import Village, villages
from tests.support.rulebook import given

CODE, OTHER = "445102100201", "445102100202"


def taken_over(village: str = CODE) -> VillageTakenOver:
    return VillageTakenOver(
        village=village, name="示例村", kind="village", taken_over_on=date(2024, 1, 1)
    )


def established(on: date) -> VillageEstablished:
    return VillageEstablished(
        village=CODE,
        name="新村",
        kind="village",
        decision_number="示例〔2024〕3号",
        established_on=on,
    )


def renamed(on: date) -> VillageRenamed:
    return VillageRenamed(
        village=CODE,
        name="示例社区",
        kind="community",
        decision_number="示例〔2024〕1号",
        renamed_on=on,
    )


def abolished(on: date) -> VillageAbolished:
    return VillageAbolished(
        village=CODE, merged_into=OTHER, decision_number="示例〔2024〕2号", abolished_on=on
    )


def test_a_code_in_use_is_not_given_again() -> None:
    book = given(taken_over())

    assert book.when(established(date(2024, 3, 1))) == ["already-on-register"]
    assert book.when(taken_over(OTHER)) == []


def test_the_code_of_an_abolished_village_is_not_given_to_another() -> None:
    book = given(taken_over(), taken_over(OTHER), abolished(date(2024, 6, 1)))

    assert book.when(established(date(2024, 6, 1))) == ["code-used-again"]
    assert book.when(established(date(2024, 5, 31))) == ["already-on-register"]


def test_a_code_given_twice_is_found_in_whichever_order_it_is_told() -> None:
    assert given(taken_over()).when(established(date(2023, 5, 1))) == ["already-on-register"]


def test_only_what_is_on_the_register_changes() -> None:
    book = given(taken_over(), taken_over(OTHER))
    assert book.when(renamed(date(2023, 12, 31))) == ["not-on-register"]
    assert book.when(renamed(date(2024, 1, 1))) == []

    book.tell(abolished(date(2024, 6, 1)))
    assert book.when(renamed(date(2024, 3, 1))) == []  # told late: it was on the register then
    assert book.when(renamed(date(2024, 7, 1))) == ["not-on-register"]
    assert book.when(abolished(date(2024, 7, 1))) == ["not-on-register"]


def test_a_renamed_village_has_a_row_for_each_name_and_keeps_its_code() -> None:
    book = given(
        taken_over(), taken_over(OTHER), renamed(date(2024, 3, 1)), abolished(date(2024, 6, 1))
    )
    first, march, june = date(2024, 1, 1), date(2024, 3, 1), date(2024, 6, 1)
    mine = [row for row in book.rows(villages) if row.village == CODE]

    assert sorted(mine, key=lambda row: row.valid_from) == [
        Village(CODE, "445102100", "示例村", "village", first, march),
        Village(CODE, "445102100", "示例社区", "community", march, june),
    ]


def test_a_village_is_on_the_register_from_the_day_it_was_established() -> None:
    on = date(2024, 3, 1)

    assert given(established(on)).rows(villages) == [
        Village(CODE, "445102100", "新村", "village", on, None)
    ]
