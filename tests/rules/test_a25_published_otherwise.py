"""Releases held against themselves."""

from __future__ import annotations

import pytest

from domain.reporting.releases import (
    ReleaseBreakdown,
    ReleaseContent,
    Released,
    ReleasePart,
)
from reports import publishing
from rules.a25_published_otherwise import RULE
from tests.support.findings import findings
from tests.support.ledger import Bench
from tests.support.money import a_household
from tests.support.releasing import ACT, draft, households


async def told(bench: Bench, says: ReleaseContent, at: int = 1, **otherwise: object) -> list[str]:
    """What is found when a release is told, its closing event perhaps otherwise."""
    await bench.tell(a_household("DB-1"))
    facts = await publishing.facts(bench.connection, draft(says, at), ACT)
    for fact in facts:
        change = otherwise if isinstance(fact, Released) else {}
        await bench.tell(fact.model_copy(update=change))
    return [one.what for _, one in await findings(bench, RULE)]


def by_township(*parts: int | None, whole: int = 12) -> ReleaseContent:
    """A value by townships."""
    return households(whole).model_copy(
        update={
            "breakdowns": (
                ReleaseBreakdown(
                    key="户数",
                    by="镇街",
                    adds_up=True,
                    parts=tuple(
                        ReleasePart(code=f"44510200{n}", name="示例", exact=part)
                        for n, part in enumerate(parts)
                    ),
                ),
            )
        }
    )


async def test_a_release_as_it_was_made_breaks_no_rule(bench: Bench) -> None:
    assert await told(bench, households(12)) == []


async def test_a_section_that_says_otherwise_than_was_released(bench: Bench) -> None:
    assert await told(bench, households(12), content="0" * 64) == [
        "第1版记录的内容与发布时的校验值不符"
    ]


async def test_a_release_knows_nothing_that_came_after_it(bench: Bench) -> None:
    """The closing event is at position 5: household, signature, section, files, release."""
    assert await told(bench, households(12), at=5) == ["第1版所称的账本位置5在发布之后"]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((5, 7), []),
        ((5, 6), ["第1版“在保户数”按镇街合计为11，与总数12不等"]),
        ((5, None), []),  # one is not told
    ],
)
async def test_parts_come_to_the_whole(
    bench: Bench, parts: tuple[int | None, ...], found: list[str]
) -> None:
    assert await told(bench, by_township(*parts)) == found
