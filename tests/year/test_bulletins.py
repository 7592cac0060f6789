"""When the bulletins of a sample year are published, of both sample bureaus."""

from __future__ import annotations

from datetime import date

import pytest

from domain.bureau.bureau import Bureau
from infra.bureaus import SHIPPED, load
from sample.bulletins import bulletins
from tests.support.bureau import SAMPLE


@pytest.mark.parametrize("bureau", [SAMPLE, load(SHIPPED / "439902")], ids=lambda b: b.division)
def test_a_bulletin_of_each_month_is_published_on_the_sixth(bureau: Bureau) -> None:
    made = list(bulletins(bureau, 2024))
    assert [each.period for each in made] == [f"2024-{month:02}" for month in range(1, 13)]
    assert [each.on.day for each in made] == [6] * 12
    assert (made[0].on, made[-1].on) == (date(2024, 2, 6), date(2025, 1, 6))
    assert {(each.plan.audience, each.plan.kind) for each in made} == {("public", "bulletin")}
