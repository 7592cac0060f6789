"""Forms of returns.toml: those of the country, and those that a bureau's own file defines."""

from __future__ import annotations

import pytest

from domain.bureau.bureau import Bureau
from domain.bureau.reading import read
from reports import plans
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench
from tests.support.returns import STREET, filled, said

OWN = """\
[[return]]
name = "return-province"
title = "示例省民政统计表"
periods = ["month"]
checks = ["户数 = 人数"]

[return.sources]
"制度2024" = "示例省民政统计调查制度"

[[return.form]]
since = 2024-06-01
number = "SZ01表"
maker = "示例省民政厅"
seen = ["制度2024"]

[[return.part]]
title = "低保"
by = "镇街"
items = [
    { heading = "户数", unit = "户", measure = "在保户数", where = "保障类别=低保" },
    { heading = "人数", unit = "人", measure = "在保人数", where = "保障类别=低保" },
]

[[return]]
name = "return-dibao-rural"
shown = false
"""
HEAD = """[[return.form]]
seen = ['制度2024']"""


def own(text: str) -> Bureau:
    return read({**SAMPLE.files, "returns.toml": text.encode()})


async def test_a_bureau_defines_forms_of_its_province(bench: Bench) -> None:
    """Given a relation that is not so, then it is told for each township that breaks it."""
    bureau = own(OWN)
    assert plans.check(bureau) == []
    assert "return-dibao-rural" not in plans.every(bureau)

    document = await filled(bench, plan=plans.every(bureau)["return-province"], bureau=bureau)

    assert document.sections[0].paragraphs[0].text == "表号：SZ01表"
    street = SAMPLE.townships[STREET["township"]].name
    (told,) = said(document, "表内逻辑关系核对")
    assert told == (
        f"户数 = 人数：不符（{street}左边为2，右边为3；意溪镇左边为1，右边为3；"
        "合计左边为3，右边为6）。"
    )


async def test_a_form_of_which_nobody_read_the_head_says_so(bench: Bench) -> None:
    bureau = own(OWN.replace("since = 2024-06-01", "since = 2024-12-01"))

    document = await filled(bench, plan=plans.every(bureau)["return-province"], bureau=bureau)

    assert document.sections[0].paragraphs[0].text == "表号：待核"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('"return-province"', '"province"', 2, 'name = "province"'),
        ('periods = ["month"]', 'periods = ["week"]', 4, 'periods holds "week"'),
        ('["户数 = 人数"]', '["户数 = 张数"]', 5, "'张数' is not there"),
        ('["户数 = 人数"]', '["户数 人数"]', 5, "is no equation"),
        ('seen = ["制度2024"]', 'seen = ["制度2025"]', 14, 'no source "制度2025"'),
        ('by = "镇街"', 'by = "村"', 18, 'by = "村"'),
        ('"在保户数"', '"没有"', 20, 'measure = "没有"'),
        ('"在保户数"', '"提标完成"', 20, "提标完成 is no number"),
        ('"保障类别=低保" },\n    {', '"保障类别=无" },\n    {', 20, "保障类别没有“无”"),
        ('heading = "户数"', 'heading = "户数", to_date = true', 20, "在保户数 is as at a day"),
        ('heading = "户数"', 'heading = "人数"', 16, "'人数' stands twice"),
        ('heading = "户数"', 'heading = "户数", name = "1"', 20, "'1' is no name"),
        ('unit = "户"', 'unit = "户", codes = [{ code = "J", seen = ["x"] }]', 20, 'no source "x"'),
        (
            "[[return.part]]",
            "[[return.form]]\nseen = ['制度2024']\n\n[[return.part]]",
            10,
            "same days",
        ),
    ],
)
def test_what_is_wrong_with_a_form_is_told_by_line(
    old: str, new: str, line: int, what: str
) -> None:
    assert old in OWN
    wrong = plans.check(own(OWN.replace(old, new, 1)))

    told = [(each.file, each.line) for each in wrong if what in each.what]
    assert ("returns.toml", line) in told, wrong
    assert "return-province" not in plans.every(own(OWN.replace(old, new, 1)))
