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


MISSING = [Seen("inspection/JC-1", "before/inspection/2024-06-05", on("06-05"))]
VISIT = an_inspection("JC-1")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([up("06-04")], []),
        ([up("06-05")], MISSING),
        ([up("06-04"), down("06-05")], MISSING),
        ([up("06-04"), down("06-06")], []),
        ([up("06-04"), down("06-05"), up("06-03", item="GS-2")], []),
        ([up("06-04", *ALL[:-1])], MISSING),
        ([up("06-04", stage="supervision")], MISSING),
    ],
)
async def test_all_of_it_stands_on_the_day(
    bench: Bench, items: list[Any], expected: list[Seen]
) -> None:
    await bench.tell(a_body(), *items, VISIT)

    assert await seen(bench, RULE) == expected


async def test_the_finding_names_what_was_missing(bench: Bench) -> None:
    await bench.tell(a_body(), up("06-04", "subject", "officers", "powers", "procedure"), VISIT)

    ((_, found),) = await findings(bench, RULE)
    assert (found.what, found.position) == ("事前未公开：执法依据、救济渠道", 3)


async def test_the_catalogue_is_asked_for_where_something_was_drawn(bench: Bench) -> None:
    await bench.tell(a_body(), up("06-04"), an_inspection("JC-1", mode="random"))
    assert await seen(bench, RULE) == MISSING

    await bench.tell(up("06-04", "catalogue", item="GS-2"))
    assert await seen(bench, RULE) == []


async def test_evidence_is_taken_after_it_was_published_too(bench: Bench) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), evidence("CF-1"))

    assert await seen(bench, RULE) == [
        Seen("penalty/CF-1", "before/evidence/2024-08-01", on("08-01"))
    ]
