"""Money paid against what was decided, as it stands at a moment."""

from __future__ import annotations

from datetime import date

import pytest

from rules.a53_month_not_entitled import RULE
from rules.rule import rules
from tests.support.findings import findings
from tests.support.ledger import Bench, Correction
from tests.support.money import a_household, a_payment, a_return

CASE = a_household("DB-1")
MAY = a_payment("DB-1", 50_000, "2024-05")
JUNE = a_payment("DB-1", 50_000, "2024-06")


async def found(bench: Bench, at: int | None = None) -> list[tuple[int, str]]:
    """Position and months of each finding, now or at a position."""
    found = await findings(bench, RULE, at)
    return [(each.position, each.what.removeprefix("所发月份：")) for _, each in found]


async def test_a_payment_of_an_entitled_month_breaks_no_rule(bench: Bench) -> None:
    await bench.tell(CASE, MAY)

    assert await found(bench) == []


async def test_of_a_decision_that_was_revoked_nothing_was_due(bench: Bench) -> None:
    """Also what was paid before: judged when it arrived, it was in order."""
    await bench.tell(CASE, MAY, Correction(CASE, "revoked", CASE), JUNE)

    assert await found(bench) == [
        (2, "2024-05"),
        (4, "2024-06"),
    ]
    assert await found(bench, at=2) == []


async def test_only_the_months_that_were_not_due_are_named(bench: Bench) -> None:
    ended = a_household("DB-1", last="2024-03")
    await bench.tell(ended, a_payment("DB-1", 150_000, "2024-03", "2024-04", "2024-05"))

    assert await found(bench) == [(2, "2024-04、2024-05")]


@pytest.mark.parametrize(
    ("fen", "of_two"),
    [(150_000, 100_000), (100_000, 66_667), (2, 2)],
    ids=["a share for each", "rounded up, once", "never more than was paid"],
)
async def test_the_amount_is_that_of_the_months_that_were_not_due(
    bench: Bench, fen: int, of_two: int
) -> None:
    ended = a_household("DB-1", last="2024-03")
    await bench.tell(ended, a_payment("DB-1", fen, "2024-03", "2024-04", "2024-05"))

    assert [each.amount_fen for _, each in await findings(bench, RULE)] == [of_two]


async def test_what_came_back_is_no_finding(bench: Bench) -> None:
    ended = a_household("DB-1", last="2024-03")
    await bench.tell(
        ended, MAY, a_return("DB-1", "payouts/e-1", 50_000, "2024-05", on="2024-05-20")
    )

    assert await found(bench) == []


async def test_another_item_that_came_back_undoes_no_finding(bench: Bench) -> None:
    """Care money sent back for the month does not bring back what was paid to live on."""
    ended = a_household("DB-1", last="2024-03")
    care = a_payment("DB-1", 10_000, "2024-05", item="care")
    back = a_return("DB-1", "payouts/e-2", 10_000, "2024-05", on="2024-05-20")
    await bench.tell(ended, MAY, care, back.model_copy(update={"item": "care"}))

    assert await found(bench) == [(2, "2024-05")]


async def test_a_late_confirmation_undoes_the_finding(bench: Bench) -> None:
    """Nothing was decided when the money arrived; it was by the time of the question."""
    ended = a_household("DB-1", last="2024-03")
    await bench.tell(ended, MAY)
    assert len(await found(bench)) == 1

    longer = a_household("DB-1", last="2024-12")
    await bench.tell(Correction(longer, "changed", ended), received=date(2024, 8, 1))

    assert await found(bench) == []
    assert len(await found(bench, at=2)) == 1


def test_rules_have_codes_of_their_own() -> None:
    codes = [each.code for each in rules()]

    assert codes
    assert len(codes) == len(set(codes))
