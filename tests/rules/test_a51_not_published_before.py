"""Before anybody is inspected, who may do it, on what basis and how has been published."""

from __future__ import annotations

from typing import Any

import pytest

from domain.inspection import EnforcementInformationPublished, EnforcementInformationWithdrawn
from rules.a51_not_published_before import RULE
from tests.support.enforcement import a_body, a_decision, an_inspection, evidence, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

ALL = ("subject", "officers", "powers", "basis", "procedure", "remedies")


def up(day: str, *kinds: str, item: str = "GS-1", **more: Any) -> EnforcementInformationPublished:
    fields = {"item_number": item, "stage": "before", "kinds": kinds or ALL, "title": "示例"}
    return EnforcementInformationPublished.model_validate(
        {**fields, "place": "示例网站", "published_on": on(day), **more}
    )


def down(day: str, item: str = "GS-1") -> EnforcementInformationWithdrawn:
    return EnforcementInformationWithdrawn(item_number=item, reason="更新", withdrawn_on=on(day))


def missing(*kinds: str) -> list[Seen]:
    return [Seen("2024", f"before/{kind}", on("06-05")) for kind in sorted(kinds)]


VISIT = an_inspection("JC-1")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([up("06-04")], []),
        ([up("06-05")], missing(*ALL)),
        ([up("06-04"), down("06-05")], missing(*ALL)),
        ([up("06-04"), down("06-06")], []),
        ([up("06-04"), down("06-05"), up("06-03", item="GS-2")], []),
        ([up("06-04", *ALL[:-1])], missing("remedies")),
        ([up("06-04", stage="supervision")], missing(*ALL)),
    ],
)
async def test_all_of_it_stands_on_the_day(
    bench: Bench, items: list[Any], expected: list[Seen]
) -> None:
    await bench.tell(a_body(), *items, VISIT)

    assert await seen(bench, RULE) == expected


async def test_the_finding_is_about_the_first_act_of_the_year(bench: Bench) -> None:
    """More of them make it no other finding."""
    items = up("06-04", *ALL[:-1])
    await bench.tell(a_body(), items, an_inspection("JC-2", "06-06"), VISIT)

    ((subject, found),) = await findings(bench, RULE)
    assert (subject, found.key, found.position) == ("2024", "before/remedies", 4)
    assert found.what == "JC-1于2024-06-05执法前，未公开救济渠道"


async def test_the_catalogue_is_asked_for_where_something_was_drawn(bench: Bench) -> None:
    await bench.tell(a_body(), up("06-04"), an_inspection("JC-1", mode="random"))
    assert await seen(bench, RULE) == missing("catalogue")

    await bench.tell(up("06-04", "catalogue", item="GS-2"))
    assert await seen(bench, RULE) == []


async def test_evidence_is_taken_after_it_was_published_too(bench: Bench) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), evidence("CF-1", "06-05"))

    assert await seen(bench, RULE) == missing(*ALL)
