"""Findings: software suspects, people confirm."""

from __future__ import annotations

from datetime import date

import pytest

from domain.event import Event
from domain.rectification import (
    FindingDismissed,
    FindingRectified,
    FindingUpheld,
    RecoveryWaived,
)
from reports.catalogue import slice_of
from reports.table import Asked, tabulate
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench
from tests.support.rulebook import given

ONE, OTHER = "A06-0c1b2a3d4e5f", "A02-ffffffffffff"


def dismissed(on: date, finding: str = ONE) -> FindingDismissed:
    return FindingDismissed(
        finding=finding, decided_by="HC-01", decided_on=on, reason="当月为生前应发"
    )


def upheld(on: date, due_on: date = date(2024, 9, 30)) -> FindingUpheld:
    return FindingUpheld(
        finding=ONE,
        decided_by="HC-01",
        decided_on=on,
        reason="死亡次月仍发放",
        unit="社会救助股",
        due_on=due_on,
        amount_fen=49_800,
    )


def rectified(on: date) -> FindingRectified:
    return FindingRectified(
        finding=ONE,
        decided_by="HC-02",
        decided_on=on,
        reason="已追回",
        document_number="示例民〔2024〕9号",
        recovered_fen=49_800,
    )


def waived(on: date, approved_by: str = "LD-01") -> RecoveryWaived:
    return RecoveryWaived(
        finding=ONE,
        decided_by="HC-01",
        decided_on=on,
        reason="家庭确有困难",
        approved_by=approved_by,
        document_number="示例民〔2024〕10号",
        amount_fen=49_800,
    )


def test_what_is_so_is_put_right_by_its_day() -> None:
    book = given(upheld(date(2024, 8, 1)))

    assert book.when(rectified(date(2024, 9, 30))) == []


def test_a_day_later_it_is_late() -> None:
    book = given(upheld(date(2024, 8, 1)))

    assert book.when(rectified(date(2024, 10, 1))) == ["rectified-late"]


@pytest.mark.parametrize("answer", [rectified(date(2024, 9, 1)), waived(date(2024, 9, 1))])
def test_only_what_was_upheld_is_put_right_or_given_up(answer: Event) -> None:
    assert given().when(answer) == ["not-upheld"]
    assert given(dismissed(date(2024, 8, 1))).when(answer) == ["not-upheld"]


def test_there_is_time_to_put_it_right() -> None:
    day = date(2024, 8, 1)

    assert given().when(upheld(day, due_on=day)) == []
    assert given().when(upheld(day, due_on=date(2024, 7, 31))) == ["due-before-decision"]


def test_somebody_else_approves_that_money_is_given_up() -> None:
    book = given(upheld(date(2024, 8, 1)))

    assert book.when(waived(date(2024, 9, 1))) == []
    assert book.when(waived(date(2024, 9, 1), approved_by="HC-01")) == ["approver-is-handler"]


async def test_an_answer_holds_until_the_next(bench: Bench) -> None:
    await bench.tell(upheld(date(2024, 8, 1)), rectified(date(2024, 9, 20)))

    rows = await bench.rows("finding_answer", ("state", "unit", "valid_from", "valid_to"))
    assert [tuple(row.values()) for row in rows] == [
        ("upheld", "社会救助股", date(2024, 8, 1), date(2024, 9, 20)),
        ("rectified", "社会救助股", date(2024, 9, 20), None),
    ]


async def test_findings_are_counted_by_what_was_found(bench: Bench) -> None:
    await bench.tell(
        upheld(date(2024, 8, 1)),
        rectified(date(2024, 9, 20)),
        dismissed(date(2024, 8, 2), OTHER),
    )

    async def counted(month: int) -> dict[tuple[str | None, ...], object]:
        moment = await bench.moment(asof=date(2024, month, 28))
        asked = [Asked(slice_of(SAMPLE, "已核查疑点", {}), ("结论",))]
        (made,) = await tabulate(bench.connection, moment, asked)
        return {cell.codes: cell.exact for cell in made.cells}

    assert await counted(8) == {("upheld",): 1, ("dismissed",): 1}
    assert await counted(9) == {("rectified",): 1, ("dismissed",): 1}
