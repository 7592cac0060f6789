"""Numbers of persons in titles of what is published."""

from __future__ import annotations

import pytest

from domain.disclosure import ItemPublished, ItemWithdrawn
from rules.a89_title_with_personal_data import RULE
from tests.support.enforcement import on
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("咨询电话13800000000", True),
        ("咨询电话0768-2200000", False),
        ("账户6228480000000000000发放情况", True),
        ("2024年1月救助资金发放情况", False),
        ("示例〔2024〕12号文件", False),
    ],
)
async def test_a_title_tells_no_number_of_a_person(
    bench: Bench, title: str, *, is_one: bool
) -> None:
    item = ItemPublished(
        item="XX-1", column="funds", topic="children", title=title, published_on=on("06-03")
    )
    await bench.tell(item, ItemWithdrawn(item="XX-1", withdrawn_on=on("06-05"), reason="示例"))

    found = [Seen("disclosure-item/XX-1", "funds", on("06-03"), on("06-05"))]
    assert await seen(bench, RULE) == (found if is_one else [])
