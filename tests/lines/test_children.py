"""Children: 散居 orphans and 事实无人抚养儿童. No notice of names exists in this line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.casework import ChildProgramme
from domain.catalogue import EVENTS
from domain.children import (
    Child,
    ChildApplicationReceived,
    ChildMoved,
    ChildSupportAdjusted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
    Parent,
)
from projections.cases.entitlement import cases
from tests.support.ledger import Bench
from tests.support.money import (
    PUBLISHED,
    TOWN,
    VILLAGE,
    a_child,
    a_payment,
    a_return,
    an_id,
    arrears,
)
from tests.support.procedure import parents_verified
from tests.support.rulebook import changed, given

FULL = 148_400


async def exact(bench: Bench, figure: str, **when: Any) -> object:
    return (await bench.figure(figure, **when)).exact


async def test_an_institution_orphan_is_counted_neither_in_children_nor_in_money(
    bench: Bench,
) -> None:
    """One 散居 child with 1,484.00; with the institution child it would be 2 and 3,734.00."""
    await bench.tell(
        a_child("GE-1"),
        a_child("GE-2", mode="institutional"),
        a_payment("GE-1", FULL, "2024-01", programme="orphan"),
        a_payment("GE-2", 225_000, "2024-01", programme="orphan"),
    )

    assert await exact(bench, "F19") == 1
    assert await exact(bench, "F20") == FULL
    assert len(await bench.rows("case_entitlement")) == 2
    assert sum(row["amount_fen"] for row in await bench.rows("payment")) == 373_400


async def test_orphans_and_unattended_children_are_two_lines(bench: Bench) -> None:
    await bench.tell(
        a_child("GE-1"),
        a_child("WF-1", "unattended-child"),
        a_child("WF-2", "unattended-child", last="2024-08"),
        a_payment("WF-1", FULL, "2024-01", programme="unattended-child"),
    )

    assert await exact(bench, "F19") == 1
    assert await exact(bench, "F21") == 1
    assert await exact(bench, "F21", asof=date(2024, 8, 31)) == 2
    assert (await exact(bench, "F20"), await exact(bench, "F22")) == (0, FULL)


def a_born(day: str = "20150401") -> Child:
    return Child(id_kind="resident-id", id_number=an_id(day), name="示例童")


def applied(programme: ChildProgramme = "unattended-child") -> ChildApplicationReceived:
    return ChildApplicationReceived(
        case_number="WF-7",
        programme=programme,
        township=TOWN,
        village=VILLAGE,
        received_on=date(2024, 3, 4),
        child=a_born(),
    )


def confirmed(first: str = "2024-05", **more: Any) -> ChildSupportConfirmed:
    return ChildSupportConfirmed.model_validate(
        {
            "case_number": "WF-7",
            "programme": "unattended-child",
            "township": TOWN,
            "village": VILLAGE,
            "first_month": first,
            "child": a_born(),
            "decision_number": "湘民〔2024〕7号",
            "decided_on": date(2024, 4, 10),
            **more,
        }
    )


async def test_a_child_confirmed_in_the_year_counts_from_the_month_after(bench: Bench) -> None:
    await bench.tell(applied(), confirmed())

    assert await exact(bench, "F21", asof=date(2024, 4, 30)) == 0
    assert await exact(bench, "F21", asof=date(2024, 5, 1)) == 1


ADOPTED = ChildSupportTerminated(
    case_number="GE-1",
    last_month="2024-06",
    reason="adopted",
    adoption_number="湘桥收字〔2024〕1号",
    decided_on=date(2024, 6, 12),
)


async def test_an_adopted_child_stops_after_its_last_month(bench: Bench) -> None:
    """R-CH-07; the adoption was decided on 12 June, June is still paid."""
    await bench.tell(a_child("GE-1"), ADOPTED)

    assert await exact(bench, "F19", asof=date(2024, 6, 30)) == 1
    assert await exact(bench, "F19", asof=date(2024, 7, 1)) == 0


async def test_money_is_settled_less_returned_plus_arrears(bench: Bench) -> None:
    """1,484.00 + 1,484.00 − 1,484.00 + 1,484.00 (repaid) + 3 × 60.00 = 3,148.00."""
    of: ChildProgramme = "unattended-child"
    april = a_payment("WF-1", FULL, "2024-04", programme=of)
    may = a_payment("WF-1", FULL, "2024-05", programme=of)
    again = a_payment("WF-1", FULL, "2024-05", on="2024-06-03", programme=of)
    owed = ("2024-01", "2024-02", "2024-03")
    await bench.tell(
        *(a_child("WF-1", of), april, may),
        a_return("WF-1", "payouts/e-2", FULL, "2024-05", on="2024-05-20", programme=of),
        *(again, arrears("WF-1", 18_000, *owed, on="2024-05-08", programme=of)),
    )

    assert await exact(bench, "F22") == 314_800


async def test_a_confirmation_corrected_in_2025_to_the_other_upbringing(bench: Bench) -> None:
    """As published the child was 散居; since the correction it is not, nor is its money."""
    as_was = a_child("GE-1")
    right = as_was.model_copy(update={"mode": "institutional"})
    await bench.tell(as_was, a_payment("GE-1", FULL, "2024-01", programme="orphan"))
    await bench.tell(changed(as_was, by=right), received=date(2025, 2, 3))

    assert [await exact(bench, f, known=PUBLISHED) for f in ("F19", "F20")] == [1, FULL]
    assert [await exact(bench, f) for f in ("F19", "F20")] == [0, 0]


# What is read of it


def test_a_case_says_how_the_child_lives_and_until_when() -> None:
    (orphan,) = given(a_child("GE-1", mode="institutional"), ADOPTED).rows(cases)
    (other,) = given(applied(), confirmed()).rows(cases)

    assert (orphan.programme, orphan.mode) == ("orphan", "institutional")
    assert (orphan.first_month, orphan.last_month, orphan.persons) == ("2023-01", "2024-06", 1)
    assert (other.programme, other.first_month) == ("unattended-child", "2024-05")
    assert (other.last_month, other.monthly_amount_fen) == (None, None)  # the standard in force


def test_an_adjustment_of_support_counts_from_its_month() -> None:
    full_again = ChildSupportAdjusted(
        case_number="WF-1", from_month="2024-03", decided_on=date(2024, 2, 9), reason="退出低保"
    )
    rows = given(a_child("WF-1", "unattended-child", fen=78_400), full_again).rows(cases)

    assert [(row.first_month, row.last_month, row.monthly_amount_fen) for row in rows] == [
        ("2023-01", "2024-02", 78_400),
        ("2024-03", None, None),
    ]


# What is recorded with a breach


def test_a_confirmation_waits_for_its_application() -> None:
    assert given().waits_for(confirmed()) == {"case/WF-7"}
    assert given(applied()).waits_for(confirmed()) == set()


@pytest.mark.parametrize(
    ("first", "expected"), [("2024-04", ["first-month-too-early"]), ("2024-05", [])]
)
def test_support_begins_with_the_month_after_the_decision(first: str, expected: list[str]) -> None:
    """R-CH-04: decided on 10 April."""
    verified = parents_verified("WF-7", "2024-03-20")
    assert given(applied(), verified).when(confirmed(first)) == expected


def test_an_unattended_child_lives_at_home() -> None:
    """R-CH-06: an orphan may live in an institution."""
    unattended = a_child("WF-1", "unattended-child", mode="institutional")

    assert given().when(unattended) == ["upbringing-differs"]
    assert given().when(a_child("WF-1", "unattended-child")) == []
    assert given().when(a_child("GE-1", mode="institutional")) == []


@pytest.mark.parametrize(
    ("month", "fen", "expected"),
    [
        ("2024-02", 78_400, []),
        ("2024-01", FULL, ["amount-differs"]),
        ("2024-03", FULL, []),
        ("2024-03", 78_400, []),
    ],
)
def test_a_top_up_is_an_amount_of_its_own(month: str, fen: int, expected: list[str]) -> None:
    """R-CH-05: judged against the amount decided; the full standard is not known to the case."""
    full_again = ChildSupportAdjusted(
        case_number="WF-1", from_month="2024-03", decided_on=date(2024, 2, 9), reason="退出低保"
    )
    book = given(a_child("WF-1", "unattended-child", fen=78_400), full_again)

    assert book.when(a_payment("WF-1", fen, month, programme="unattended-child")) == expected


FATHER_DIED = Parent(parent="father", situation="died")
MOTHER_DIED = Parent(parent="mother", situation="died")
MOTHER_OUT_OF_CONTACT = Parent(parent="mother", situation="out-of-contact")
FATHER_IMPRISONED = Parent(parent="father", situation="imprisoned")


@pytest.mark.parametrize(
    ("programme", "parents", "expected"),
    [
        ("orphan", (FATHER_DIED, MOTHER_DIED), []),
        ("orphan", (FATHER_DIED, MOTHER_OUT_OF_CONTACT), ["parents-situation-differs"]),
        ("unattended-child", (FATHER_DIED, MOTHER_OUT_OF_CONTACT), []),
        ("unattended-child", (FATHER_IMPRISONED, MOTHER_OUT_OF_CONTACT), []),
        ("unattended-child", (FATHER_DIED, MOTHER_DIED), ["parents-situation-differs"]),
        ("unattended-child", (FATHER_IMPRISONED,), ["parents-situation-differs"]),
    ],
)
def test_the_parents_situations_make_the_programme(
    programme: ChildProgramme,
    parents: tuple[Parent, ...],
    expected: list[str],
) -> None:
    """R-CH-02: both in a listed situation; both gone makes an orphan."""
    assert given().when(a_child("C-1", programme, parents=parents)) == expected


def test_no_fact_of_this_line_is_a_notice() -> None:
    """Setting no 公示 protects the child's privacy."""
    assert not [name for name in EVENTS if name.startswith("children.") and "notice" in name]


def test_a_child_that_moved_is_that_of_the_other_township_and_its_amount_stays() -> None:
    moved = ChildMoved(
        case_number="GE-1",
        from_month="2024-04",
        township="445102007",
        village="445102007001",
        decided_on=date(2024, 3, 12),
    )
    before, after = given(a_child("GE-1"), moved).rows(cases)
    assert (before.township, before.last_month) == (TOWN, "2024-03")
    assert (after.township, after.first_month) == ("445102007", "2024-04")
    assert (after.monthly_amount_fen, after.mode) == (before.monthly_amount_fen, before.mode)


def test_a_child_becomes_an_orphan_and_the_new_case_names_the_old() -> None:
    """孤儿↔事实无人抚养: one ends, the other goes on from it the month after."""
    child = Child(id_kind="resident-id", id_number=an_id("20120101"), name="示例童")
    unable = a_child("SW-1", programme="unattended-child").model_copy(update={"child": child})
    ended = ChildSupportTerminated(
        case_number="SW-1",
        last_month="2024-05",
        reason="to-other-programme",
        continued_by="GE-9",
        decided_on=date(2024, 5, 20),
    )
    orphan = a_child("GE-9").model_copy(
        update={"child": child, "continues": "SW-1", "first_month": "2024-06"}
    )
    book = given(unable, ended, orphan)
    assert book.breaches[1:] == [[], []]
    rows = [(r.case_number, r.first_month, r.last_month, r.continues) for r in book.rows(cases)]
    assert rows[0][2:] == ("2024-05", None)
    assert rows[1] == ("GE-9", "2024-06", None, "SW-1")
    assert len({row.person_ref for row in book.rows(cases)}) == 1
