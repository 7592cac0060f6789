"""Organisations: who is on the register, how zombies ended, and whether the stock adds up."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.event import Event
from domain.organisations.events import (
    AnnualReportFiled,
    Deregistered,
    LiquidationCompleted,
    RegisterCounted,
    RegisteredItemChanged,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieIdentified,
)
from projections.organisations import RegisterCount, organisations, register_counts, zombies
from tests.support.enforcement import (
    ASSOCIATION,
    PRIVATE,
    RECORD,
    SECOND,
    a_body,
    established,
    on,
)
from tests.support.ledger import Bench
from tests.support.rulebook import given, revoked


def liquidated(uscc: str, day: str = "06-09") -> LiquidationCompleted:
    return LiquidationCompleted(uscc=uscc, report=RECORD, completed_on=on(day))


def deregistered(uscc: str, day: str = "06-18") -> Deregistered:
    return Deregistered(
        uscc=uscc,
        reason="自行解散",
        certificate_collected=True,
        seal_collected=True,
        decision_number="示例民社〔2024〕9号",
        decided_on=on(day),
    )


def identified(uscc: str) -> ZombieIdentified:
    return ZombieIdentified(uscc=uscc, ground="unreachable", identified_on=on("03-20"))


def disposed(uscc: str, way: str, day: str, **more: Any) -> ZombieDisposed:
    return ZombieDisposed.model_validate(
        {
            "uscc": uscc,
            "way": way,
            "document_number": "示例〔2024〕3号",
            "disposed_on": on(day),
            **more,
        }
    )


def renamed(uscc: str, name: str, day: str) -> RegisteredItemChanged:
    return RegisteredItemChanged(
        uscc=uscc,
        item="name",
        new_value=name,
        decision_number="示例民社〔2024〕10号",
        decided_on=on(day),
    )


def counted(day: str, bodies: int) -> RegisterCounted:
    return RegisterCounted(register_code="445102", bodies=bodies, counted_on=on(day))


async def test_an_establishment_counts_by_kind_on_the_day_of_its_decision(bench: Bench) -> None:
    await bench.tell(
        a_body(SECOND), established(ASSOCIATION, "12-31"), established(PRIVATE, "2025-01-02")
    )

    assert [(await bench.figure(f)).value for f in ("F32", "F33", "F34")] == [1, 1, 0]
    assert [(await bench.figure(f, year=2025)).value for f in ("F32", "F33", "F34")] == [1, 0, 1]


async def test_an_approval_entered_by_mistake_and_revoked_is_no_establishment(bench: Bench) -> None:
    """The reading not taken: three approvals were told."""
    wrong = established(SECOND)
    await bench.tell(wrong, revoked(wrong), established(PRIVATE))

    assert (await bench.figure("F32")).value == 1


async def test_a_zombie_disposed_twice_counts_once_in_its_last_way_and_one_identified_not(
    bench: Bench,
) -> None:
    await bench.tell(
        a_body(ASSOCIATION),
        a_body(SECOND),
        a_body(PRIVATE),
        identified(ASSOCIATION),
        identified(SECOND),
        identified(PRIVATE),
        disposed(ASSOCIATION, "rectification", "04-18", rectify_by=on("10-31")),
        disposed(ASSOCIATION, "deregistered", "11-14"),
        disposed(SECOND, "revoked", "09-03"),
    )

    figure = await bench.figure("F35")
    assert (figure.value, figure.beside) == (2, "撤销登记 1、注销登记 1")
    assert (await bench.figure("F35", asof=on("06-30"))).beside == "限期整改 1"
    # The readings not taken: 3 disposals, 3 bodies identified.
    steps = [row["step"] for row in await bench.rows("zombie_disposal")]
    assert (steps.count("disposed"), steps.count("identified")) == (3, 3)


REGISTER: tuple[Event, ...] = (
    a_body(ASSOCIATION),
    a_body(SECOND),
    counted("2023-12-31", 2),
    established(PRIVATE, "03-07"),
    liquidated(ASSOCIATION),
    deregistered(ASSOCIATION),
    RegistrationRevoked(uscc=SECOND, penalty_case="CF-1", revoked_on=on("09-03")),
    counted("12-31", 1),
)


async def test_the_register_adds_up(bench: Bench) -> None:
    await bench.tell(*REGISTER)

    statement = await bench.statement("S17")
    assert statement.holds
    assert statement.conditions[-1][1] == "期初 2 + 成立 1 − 注销 1 − 撤销 1 = 期末 1"


@pytest.mark.parametrize("missing", [1, 2, 3, 5, 6, 7])
async def test_without_a_fact_or_a_count_the_register_does_not_add_up(
    bench: Bench, missing: int
) -> None:
    await bench.tell(*(fact for n, fact in enumerate(REGISTER) if n != missing))

    assert not (await bench.statement("S17")).holds


async def test_a_question_about_a_past_date_is_answered_with_the_name_of_that_date(
    bench: Bench,
) -> None:
    await bench.tell(established(PRIVATE, "03-07"), renamed(PRIVATE, "示例新名中心", "07-01"))

    assert await bench.behind("F32") == [f"{PRIVATE} 示例新名中心"]
    assert await bench.behind("F32", asof=on("06-30")) == [f"{PRIVATE} 示例协会"]
    assert await bench.behind("F34", asof=on("06-30")) == [f"{PRIVATE} 示例协会"]


# What is read of it


def test_a_body_is_on_the_register_until_it_ends() -> None:
    book = given(a_body(), a_body(SECOND), liquidated(ASSOCIATION), deregistered(ASSOCIATION))
    book.tell(RegistrationRevoked(uscc=SECOND, penalty_case="CF-1", revoked_on=on("09-03")))

    rows = [(row.uscc, row.ended_on, row.ended_how) for row in book.rows(organisations)]
    assert rows == [
        (ASSOCIATION, on("06-18"), "deregistered"),
        (SECOND, on("09-03"), "revoked"),
    ]
    assert {row.registered_on for row in book.rows(organisations)} == {on("2015-05-20")}


def test_a_body_says_how_it_came_on_the_register() -> None:
    book = given(a_body(), established(PRIVATE, "03-07"), counted("12-31", 2))

    rows = [(row.uscc, row.kind, row.origin, row.registered_on) for row in book.rows(organisations)]
    assert rows == [
        (ASSOCIATION, "association", "taken-over", on("2015-05-20")),
        (PRIVATE, "private-non-enterprise", "established", on("03-07")),
    ]
    assert book.rows(register_counts) == [RegisterCount(on("12-31"), 2)]


def test_a_zombie_is_identified_on_a_ground_and_disposed_of_in_a_way() -> None:
    book = given(a_body(), identified(ASSOCIATION), disposed(ASSOCIATION, "revoked", "09-03"))

    assert [(row.step, row.ground, row.way, row.on_date) for row in book.rows(zombies)] == [
        ("identified", "unreachable", None, on("03-20")),
        ("disposed", None, "revoked", on("09-03")),
    ]


def test_no_name_of_a_person_enters_a_table() -> None:
    (row,) = given(a_body()).rows(organisations)

    assert "示例甲" not in str(row)
    assert "示例甲" not in given().open_text(a_body())


# What is recorded with a breach


@pytest.mark.parametrize(("accepted", "expected"), [("03-21", []), ("03-20", ["decided-late"])])
def test_an_establishment_is_decided_within_sixty_days(accepted: str, expected: list[str]) -> None:
    """Decided on 20 May: the 60th day after 21 March, the 61st after 20 March (R-SO-02)."""
    decision = established(ASSOCIATION, "05-20", accepted_on=on(accepted))

    assert given().when(decision) == expected


def test_a_body_is_established_once() -> None:
    assert given().when(established()) == []
    assert given(established()).when(established(day="05-21")) == ["already-registered"]
    assert given(a_body()).when(established()) == ["already-registered"]

    ended = given(a_body(), liquidated(ASSOCIATION), deregistered(ASSOCIATION))
    assert ended.when(established(day="07-01")) == ["already-registered"]


def test_a_body_with_a_sponsor_is_established_with_the_sponsors_approval() -> None:
    """R-SO-01."""
    alone = established(sponsoring_authority="示例局")
    approved = established(sponsoring_authority="示例局", sponsor_approved_on=on("03-01"))

    assert given().when(alone) == ["no-sponsor-approval"]
    assert given().when(approved) == []


def test_the_code_of_a_body_tells_its_kind() -> None:
    """GB 32100: 51 is an association, 52 a private non-enterprise unit."""
    wrong = established(SECOND, kind="private-non-enterprise")

    assert given().when(wrong) == ["code-of-another-kind"]
    assert given().when(established(SECOND)) == []
    assert given().when(established(PRIVATE)) == []


MISISSUED = "52445102MJY000194Q"
"""A code really issued: by GB 11714 its 17th character would be 1."""


def test_a_body_whose_code_was_issued_against_the_standard_can_be_recorded() -> None:
    """Taken over or established; of the last character there is no doubt."""
    assert given().when(a_body(MISISSUED)) == ["wrong-check-digit"]
    assert given().when(established(MISISSUED)) == ["wrong-check-digit"]
    assert given().when(a_body()) == []
    with pytest.raises(ValidationError, match="GB 32100"):
        a_body(MISISSUED[:-1] + "R")


def test_a_zombie_is_identified_before_it_is_disposed_of() -> None:
    """R-SO-09."""
    revocation = disposed(SECOND, "revoked", "06-01")

    assert given(a_body(SECOND)).when(revocation) == ["not-identified"]
    assert given(a_body(SECOND), identified(SECOND)).when(revocation) == []


def test_an_order_to_rectify_has_a_due_date() -> None:
    """R-SO-09."""
    book = given(a_body(SECOND), identified(SECOND))
    dated = disposed(SECOND, "rectification", "06-01", rectify_by=on("10-31"))

    assert book.when(disposed(SECOND, "rectification", "06-01")) == ["no-due-date"]
    assert book.when(dated) == []


def test_a_body_is_liquidated_before_it_is_deregistered() -> None:
    """R-SO-06."""
    assert given(a_body()).when(deregistered(ASSOCIATION)) == ["no-liquidation"]
    assert given(a_body(), liquidated(ASSOCIATION)).when(deregistered(ASSOCIATION)) == []


@pytest.mark.parametrize("left", ["certificate_collected", "seal_collected"])
def test_certificate_and_seal_are_collected(left: str) -> None:
    """R-SO-06."""
    ended = deregistered(ASSOCIATION).model_copy(update={left: False})

    breaches = given(a_body(), liquidated(ASSOCIATION)).when(ended)
    assert breaches == ["certificate-or-seal-not-collected"]


def test_what_ended_does_nothing_any_more() -> None:
    ended = given(a_body(), liquidated(ASSOCIATION), deregistered(ASSOCIATION))
    report = AnnualReportFiled(uscc=ASSOCIATION, year=2023, filed_on=on("07-01"))
    change = renamed(ASSOCIATION, "示例新名协会", "07-01")

    assert ended.when(report) == ["already-ended"]
    assert ended.when(change) == ["already-ended"]
    assert ended.when(deregistered(ASSOCIATION, "07-02")) == ["already-ended"]
    assert given(a_body()).when(report) == []
    assert given(a_body()).when(change) == []
