"""Old-age allowances: graded by age, one case per person, paid at the standard of the level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.assistance.payouts import PaymentSettled
from domain.elderly import (
    AllowanceAdjusted,
    AllowanceApplied,
    AllowanceApproved,
    AllowanceResumed,
    AllowanceStopped,
    AllowanceTakenOver,
    Elder,
)
from projections.cases.entitlement import cases
from tests.support.bureau import SAMPLE, with_programme
from tests.support.ledger import Bench
from tests.support.money import TOWN, VILLAGE, a_payment, a_standard, an_id
from tests.support.rulebook import changed, given

OLD_AGE = "old-age"


def an_elder(born: str = "19440615") -> Elder:
    return Elder(id_kind="resident-id", id_number=an_id(born), name="示例翁")


def taken_over(
    level: str | None = "aged-80",
    *,
    elder: Elder | None = None,
    first: str = "2024-01",
    fen: int | None = None,
) -> AllowanceTakenOver:
    return AllowanceTakenOver(
        case_number="GL-1",
        programme=OLD_AGE,
        level=level,
        monthly_amount_fen=fen,
        township=TOWN,
        village=VILLAGE,
        first_month=first,
        elder=elder or an_elder("19400101"),
        decision_number="示例〔2023〕1号",
        decided_on=date(2023, 12, 5),
        taken_over_on=date(2024, 1, 1),
    )


def adjusted(month: str, level: str | None = None, fen: int | None = None) -> AllowanceAdjusted:
    return AllowanceAdjusted(
        case_number="GL-1",
        from_month=month,
        level=level,
        monthly_amount_fen=fen,
        decided_on=date.fromisoformat(f"{month}-03"),
        reason="年满90周岁",
    )


def paid(month: str, fen: int) -> PaymentSettled:
    return a_payment("GL-1", fen, month, programme=OLD_AGE)


@pytest.mark.parametrize(
    ("level", "born", "expected"),
    [
        ("aged-80", "19440115", []),  # turns 80 in the first month
        ("aged-80", "19440215", ["age-differs"]),
        ("aged-80", "19340201", []),  # 89
        ("aged-80", "19331201", ["age-differs"]),  # 90 since last year
        ("aged-90", "19331201", []),
        ("aged-100", "19230101", []),
        (None, "19400101", ["level-differs"]),
    ],
)
def test_the_level_is_that_of_the_age(level: str | None, born: str, expected: list[str]) -> None:
    """In the first month, January 2024."""
    assert given().when(taken_over(level, elder=an_elder(born))) == expected


def test_the_level_is_one_of_the_programmes_own() -> None:
    other = replace(SAMPLE.programmes[OLD_AGE].levels[0], code="dependent")
    bureau = with_programme("dependent", line="elderly", pays="graded", levels=(other,))

    assert given(bureau=bureau).when(taken_over("dependent")) == ["level-differs"]


def test_an_approved_allowance_follows_its_application_and_the_standard_of_its_level() -> None:
    elder = an_elder()
    applied = AllowanceApplied(
        case_number="GL-2",
        programme=OLD_AGE,
        township=TOWN,
        village=VILLAGE,
        received_on=date(2024, 5, 8),
        elder=elder,
    )
    approved = AllowanceApproved(
        case_number="GL-2",
        programme=OLD_AGE,
        level="aged-80",
        township=TOWN,
        village=VILLAGE,
        first_month="2024-06",
        elder=elder,
        applied_on=date(2024, 5, 8),
        decision_number="示例〔2024〕2号",
        decided_on=date(2024, 5, 20),
    )

    assert given().waits_for(approved) == {"case/GL-2"}
    book = given(applied, approved)
    assert book.breaches == [[], []]
    (row,) = book.rows(cases)
    assert (row.level, row.monthly_amount_fen) == ("aged-80", None)
    assert (row.persons, row.members) == (1, 1)
    # The age is kept as the month of birth, and nothing else of the number.
    assert '"born_in":"1944-06"' in given().open_text(applied)


def test_who_turns_90_is_due_the_next_level_from_that_month() -> None:
    book = given(taken_over(), adjusted("2024-06", "aged-90"))

    assert [(r.first_month, r.last_month, r.level) for r in book.rows(cases)] == [
        ("2024-01", "2024-05", "aged-80"),
        ("2024-06", None, "aged-90"),
    ]
    assert book.when(adjusted("2024-07", "aged-100")) == []


def test_a_level_told_late_or_mended_stands_from_its_month() -> None:
    wrong = adjusted("2024-06", "aged-100")
    book = given(taken_over(), wrong, changed(wrong, by=adjusted("2024-08", "aged-90")))

    assert [(r.first_month, r.level) for r in book.rows(cases)] == [
        ("2024-01", "aged-80"),
        ("2024-08", "aged-90"),
    ]


def test_an_amount_is_told_where_each_decision_says_it_and_nowhere_else() -> None:
    decided = with_programme(OLD_AGE, pays="decided", levels=())

    assert given().when(taken_over(fen=8_000)) == ["granted-amount-differs"]
    assert given(bureau=decided).when(taken_over(None)) == ["granted-amount-differs"]
    book = given(taken_over(None, fen=8_000), bureau=decided)
    assert book.breaches == [[]]
    assert book.when(paid("2024-01", 8_000)) == []
    assert book.when(paid("2024-01", 9_000)) == ["amount-differs"]
    book.tell(adjusted("2024-03", fen=9_000))
    assert book.when(paid("2024-02", 8_000)) == []
    assert book.when(paid("2024-03", 9_000)) == []
    assert [r.monthly_amount_fen for r in book.rows(cases)] == [8_000, 9_000]
    assert given(taken_over()).when(adjusted("2024-03", fen=9_000)) == ["granted-amount-differs"]


STOPPED = AllowanceStopped(
    case_number="GL-1", last_month="2024-04", reason="moved-away", decided_on=date(2024, 5, 6)
)
RESUMED = AllowanceResumed(
    case_number="GL-1", first_month="2024-07", decided_on=date(2024, 7, 2), reason="迁回"
)


def test_nothing_is_due_between_the_stop_and_the_resumption() -> None:
    book = given(taken_over(), STOPPED, RESUMED)

    assert [(r.first_month, r.last_month) for r in book.rows(cases)] == [
        ("2024-01", "2024-04"),
        ("2024-07", None),
    ]
    assert book.when(paid("2024-05", 6_000)) == ["month-not-entitled"]
    assert book.when(paid("2024-07", 6_000)) == []


async def test_each_level_is_held_against_its_own_standard(bench: Bench) -> None:
    """F13 of two levels: 60 元 until May, 120 元 from June on."""
    await bench.tell(
        a_standard("old-age-80", 60),
        a_standard("old-age-90", 120),
        taken_over(),
        adjusted("2024-06", "aged-90"),
        *(paid(f"2024-{month:02}", 6_000) for month in range(1, 6)),
        *(paid(f"2024-{month:02}", 12_000) for month in range(6, 12)),
    )
    assert (await bench.figure("F13", asof=date(2024, 12, 1))).exact is True

    await bench.tell(paid("2024-12", 11_999))
    assert (await bench.figure("F13")).exact is False
