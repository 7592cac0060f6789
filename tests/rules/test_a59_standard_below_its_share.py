"""特困 is at least 1.6 times 低保 in the sample bureau, each area for itself."""

from __future__ import annotations

from datetime import date

import pytest

from domain.standards import StandardAdopted
from rules.a59_standard_below_its_share import RULE
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

NEW_YEAR, MAY, JUNE = date(2024, 1, 1), date(2024, 5, 22), date(2024, 6, 20)


def adopted(kind: str, yuan: int, on: date, area: str | None = "rural") -> StandardAdopted:
    """Set on a day, in force from the New Year before it or from the day if that is earlier."""
    return StandardAdopted.model_validate(
        {
            "kind": kind,
            "area": area,
            "amount_fen": yuan * 100,
            "document_number": f"示例府函〔{on.year}〕{on:%m%d}号",
            "authority": "示例市人民政府",
            "adopted_on": on,
            "effective_from": min(on, NEW_YEAR),
        }
    )


@pytest.mark.parametrize(("yuan", "since"), [(1120, []), (1119, [NEW_YEAR]), (1400, [])])
async def test_the_share_itself_is_enough_and_a_yuan_less_is_not(
    bench: Bench, yuan: int, since: list[date]
) -> None:
    """700 × 1.6 = 1120."""
    await bench.tell(adopted("dibao", 700, NEW_YEAR), adopted("tekun", yuan, NEW_YEAR))

    assert [one.since for one in await seen(bench, RULE)] == since


async def test_one_that_is_raised_alone_leaves_the_other_below_until_it_follows(
    bench: Bench,
) -> None:
    """Both are in force from January; between the two decisions it stood below."""
    old = adopted("dibao", 700, NEW_YEAR), adopted("tekun", 1120, NEW_YEAR)
    await bench.tell(*old, adopted("dibao", 750, MAY))
    (alone,) = await seen(bench, RULE)
    assert (alone.since, alone.until) == (MAY, None)

    await bench.tell(adopted("tekun", 1200, JUNE))
    assert await seen(bench, RULE) == [alone._replace(until=JUNE)]


async def test_town_and_country_are_looked_at_one_by_one_and_one_for_both_counts_for_each(
    bench: Bench,
) -> None:
    await bench.tell(
        adopted("dibao", 700, NEW_YEAR, "rural"),
        adopted("dibao", 874, NEW_YEAR, "urban"),
        adopted("tekun", 1120, NEW_YEAR, None),
    )

    assert [one.key.split("/")[1] for one in await seen(bench, RULE)] == ["urban"]


async def test_where_no_share_is_asked_for_nothing_is_found(bench: Bench) -> None:
    await bench.tell(adopted("dibao", 700, NEW_YEAR), adopted("orphan", 100, NEW_YEAR, None))

    found: list[Seen] = await seen(bench, RULE)
    assert found == []
