"""Definitions of themes: mistakes are told by file and line; what a bureau has not is 未接入."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import asyncpg
import pytest

from domain.bureau.bureau import Bureau
from domain.bureau.reading import read
from domain.reporting.releases import Audience
from infra.bureaus import SHIPPED, load
from projections.snapshot import snapshot
from reports import plans, release, themes
from reports.catalogue import slice_of
from reports.drafting import draft
from reports.measure import Slice
from reports.moment import Moment, period_of
from reports.plans.values import Numbers
from reports.plans.wanted import Wanted
from reports.recorded import as_told
from reports.release import Release
from reports.table import Asked, tabulate
from reports.themes import told
from reports.themes.months import ending_with, months, releases_of
from tests.support.bulletins import facts
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.releasing import publish

NATIONAL, OWN = "cn/themes.toml", "themes.toml"
SECOND = load(SHIPPED / "439902")
GOOD = """\
[[theme]]
path = "elderly"
title = "高龄老年人补贴"
content = "每月的补贴人数和金额"
basis = "老年人权益保障法 33"
programme = "高龄老年人补贴"
places = ["persons"]
front = ["persons"]
series = [
    { name = "persons", title = "人数", measure = "在保人数" },
    { name = "money", title = "金额", measure = "发放金额" },
]
charts = [{ title = "人数", kind = "line", series = ["persons"] }]
"""


def with_own(text: str) -> Bureau:
    return read({**SAMPLE.files, OWN: text.encode()})


def wrong(text: str) -> list[str]:
    return [str(each) for each in themes.check(with_own(text))]


@pytest.mark.parametrize("bureau", [SAMPLE, SECOND], ids=lambda bureau: bureau.division)
def test_the_national_themes_are_right_in_each_bureau(bureau: Bureau) -> None:
    assert themes.check(bureau) == []
    found = themes.of(bureau)
    assert {"assistance", "assistance/dibao", "marriages", "adoptions"} <= found.keys()
    assert all(theme.connected for theme in found.values())


@pytest.mark.parametrize("bureau", [SAMPLE, SECOND], ids=lambda bureau: bureau.division)
def test_a_bulletin_of_the_bureau_asks_for_what_its_themes_show(bureau: Bureau) -> None:
    """Else a page would stay empty whatever is published."""
    numbers = Numbers((date(2024, 11, 1), date(2024, 11, 30)))
    Wanted(plans.of(bureau)["monthly"], numbers).all({})
    asked = {named(leaf.slice) for leaf in numbers.leaves.values()}
    for theme in themes.of(bureau).values():
        lacking = [name for name, part in theme.told() if named(part) not in asked]
        assert lacking == [] or theme.by == "year", theme.path


def named(part: Slice) -> tuple[object, ...]:
    return part.measure.name, tuple(sorted(part.cut.items()))


def test_a_bureau_adds_a_theme_and_switches_others_off() -> None:
    text = GOOD + '\n[[theme]]\npath = "adoptions"\nshown = false\n'
    text += '\n[[theme]]\npath = "marriages"\nconnected = false\n'
    assert wrong(text) == []
    found = themes.of(with_own(text))
    assert "adoptions" not in found
    assert not found["marriages"].connected
    assert list(found["marriages"].told()) == []
    assert found["elderly"].series["persons"].unit == "人"
    assert dict(found["elderly"].told())["money"].cut == {"保障类别": ("old-age",)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('path = "elderly"', 'path = "Elderly"', 'themes.toml:2: path = "Elderly"'),
        ('path = "elderly"', 'path = "reports"', "themes.toml:2: /reports is another page"),
        ('path = "elderly"', 'path = "villages/x"', "themes.toml:2: /villages/x is another page"),
        ('path = "elderly"', 'path = "marriages"', "themes.toml:2: the theme marriages"),
        ("老年人权益保障法 33", "无此法 33", "themes.toml:5: no law 无此法"),
        ('programme = "高龄老年人补贴"', 'programme = "无"', "themes.toml:6: 保障类别没有“无”"),
        ('places = ["persons"]', 'places = ["x"]', "themes.toml:7: no series 'x'"),
        ('front = ["persons"]', 'front = ["x"]', "themes.toml:8: no series 'x'"),
        ('measure = "在保人数"', 'measure = "没有"', 'themes.toml:10: measure = "没有"'),
        ('measure = "在保人数"', 'measure = "提标完成"', "themes.toml:10: 提标完成 is no number"),
        (
            '"在保人数" }',
            '"在保人数", where = "颜色=红" }',
            "themes.toml:10: 在保人数没有维度“颜色”",
        ),
        ('"在保人数" }', '"在保人数", where = "城乡=红" }', "themes.toml:10: 城乡没有“红”"),
        ('name = "money"', 'name = "persons"', "themes.toml:11: persons stands here twice"),
        ('name = "money"', 'name = "period"', "themes.toml:11: period means something else"),
        ('kind = "line"', 'kind = "pie"', 'themes.toml:13: kind = "pie"'),
        ('series = ["persons"] }', 'series = ["persons", "money"] }', "several units"),
        ('series = ["persons"] }', "series = [] }", "themes.toml:13: 0 series"),
        ('title = "高龄', 'colour = 1\ntitle = "高龄', "themes.toml:3: unknown key 'colour'"),
    ],
)
def test_a_mistake_is_told_by_file_and_line_and_the_theme_is_not_shown(
    old: str, new: str, said: str
) -> None:
    assert wrong(GOOD) == []
    text = GOOD.replace(old, new, 1)
    assert any(said in each for each in wrong(text)), wrong(text)
    assert "elderly" not in themes.of(with_own(text))


def test_a_national_theme_keeps_its_definition() -> None:
    (one,) = wrong('[[theme]]\npath = "marriages"\nconnected = false\nby = "year"\n')
    assert "themes.toml:4: marriages is defined for the whole country" in one
    (one,) = wrong('[[theme]]\npath = "marriages"\n')
    assert "themes.toml:1: nothing is said of marriages" in one


def without(code: str) -> Bureau:
    """The sample bureau as one that has not this programme."""
    kept = {name: each for name, each in SAMPLE.programmes.items() if name != code}
    return replace(SAMPLE, programmes=kept, digest=f"without {code}")


def test_a_programme_that_the_bureau_has_not_is_not_connected() -> None:
    found = themes.of(without("tekun"))
    assert not found["assistance/tekun"].connected
    assert found["assistance"].connected
    assert not found["assistance"].series["tekun_persons"].connected
    assert "tekun_persons" not in dict(found["assistance"].told())


async def test_what_is_open_is_told_too_and_hides_nothing(connection: asyncpg.Connection) -> None:
    """A standard stood in a bulletin's sentence only, and no page could find it there."""
    bench = await Bench.open(connection)
    await bench.tell(*facts())
    moment = Moment(LEDGER, date(2024, 11, 1), date(2024, 11, 30), 1_000)
    made = await draft(connection, plans.of(SAMPLE)["monthly"], SAMPLE, "2024-11", moment)
    numbers = [number.model_dump(mode="json") for number in made.says.told]
    said = told.read(numbers)
    part = slice_of(SAMPLE, "保障标准", {"标准": ["dibao"], "城乡": ["urban"]})
    span = date(2024, 11, 1), date(2024, 11, 30)
    assert said.value(part, span) == 70_000
    assert said.value(part, (date(2024, 10, 1), date(2024, 10, 31))) is None
    average = slice_of(SAMPLE, "人均发放水平", {"保障类别": ["dibao"]})
    assert said.value(average, span) == 50_000  # 3,500.00 元 by seven
    elsewhere = slice_of(SAMPLE, "人均发放水平", {"保障类别": ["orphan"]})
    assert said.value(elsewhere, span) is None

    await publish(bench, made)
    (found, *_) = await _released(connection)
    known = as_told(found, await release.content(connection, found))
    assert {cell.policy for cell in known.cells} == {"persons", "whole"}


async def _released(connection: asyncpg.Connection) -> list[release.Release]:
    async with snapshot(connection):
        return await release.released(connection, LEDGER)


async def test_cuts_asked_for_together_are_what_each_is_by_itself(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(*facts())
    moment = Moment(LEDGER, date(2024, 10, 1), date(2024, 11, 30), 1_000)
    cuts = [
        {},
        {"保障类别": ["dibao"]},
        {"保障类别": ["dibao"], "城乡": ["urban"]},
        {"城乡": ["rural"]},
    ]
    measures = ("在保户数", "在保人数", "发放金额", "人均发放水平", "新增户数", "婚姻登记")
    asked = [
        Asked(slice_of(SAMPLE, name, cut), by)
        for name in measures
        for cut in (cuts if name != "婚姻登记" else [{}, {"类型": ["marriage"]}])
        for by in ((), ("月",)) + ((("镇街",), ("城乡", "镇街")) if name != "婚姻登记" else ())
    ]
    together = await tabulate(connection, moment, asked)
    alone = [(await tabulate(connection, moment, [one]))[0] for one in asked]
    for one, other in zip(together, alone, strict=True):
        assert one.cells == other.cells, (one.asked.slice.measure.name, one.asked.by)


def a_release(plan: str, period: str, edition: int = 1, audience: Audience = "public") -> Release:
    start, end = period_of(period)
    moment = Moment(LEDGER, start, end, 1)
    return Release(
        plan=plan,
        period=period,
        edition=edition,
        kind="bulletin",
        title=f"{plan} {period}",
        audience=audience,
        moment=moment,
        published_at="2025-01-06T10:00:00+08:00",
        position=edition,
        content="",
        bureau=None,
        merged=(),
        signed="",
        dated="",
        signed_on=end,
        index="",
        published_by="BG-01",
        reason="按月公开",
    )


def persons(exact: int, **cut: list[str]) -> dict[str, object]:
    """What a release keeps of the persons of 低保 at the end of 2024."""
    dimensions = [{"dimension": name, "codes": codes} for name, codes in cut.items()]
    told: dict[str, object] = {"measure": "在保人数", "subjects": ["dibao"], "until": "2024-12-31"}
    return told | {"cut": dimensions, "exact": exact, "behind": exact, "policy": "persons"}


def test_townships_are_those_of_another_release_of_the_same_last_day() -> None:
    """A month that told its townships itself says them; else the year, and the page names it."""
    theme = themes.of(SAMPLE)["assistance/dibao"]
    month, year = a_release("monthly", "2024-12"), a_release("annual", "2024")
    internal = a_release("return", "2024", audience="internal")
    every = [year, month, internal]
    assert ending_with("2024-12", every) == [year]
    assert ending_with("2024-11", every) == []
    whole = told.read([persons(9)])
    streets = told.read(
        [persons(9), persons(4, 镇街=["445102007"]), persons(5, 镇街=["445102100"])]
    )

    (one,) = months(theme, [(year, streets), (month, whole)], every)
    assert one.values == {"persons": 9}
    assert (one.release, one.places_by) == (month, year)
    assert [(name, code) for name, code, _ in one.places] == [
        ("桥东街道", "445102007"),
        ("意溪镇", "445102100"),
    ]
    merged = told.read([persons(9), persons(9, 镇街=["445102007", "445102100"])])
    (own,) = months(theme, [(year, streets), (month, merged)], every)
    assert own.places_by == month
    assert own.places == [("其他（合并）", None, {"persons": 9})]
    (alone,) = months(theme, [(month, whole)], [month])
    assert (alone.places, alone.places_by) == ((), None)


def test_the_edition_that_stands_counts() -> None:
    theme = themes.of(SAMPLE)["assistance/dibao"]
    first, second = a_release("monthly", "2024-12"), a_release("monthly", "2024-12", 2)
    assert releases_of(theme, [second, first]) == [second]
    (one,) = months(theme, [(second, told.read([persons(9)]))], [second, first])
    assert (one.corrected, one.editions) == (True, (first, second))
