"""A monthly bulletin: every cut, average and comparison as worked out by hand.

November: two urban households in a street (2 and 1 persons; the second is new), one rural one in a
town (3). In October the street had one and the town two; the second of these (1 person) had its
last month then. Paid for October 500, 700, 200 元; for November 500, 300, 720 元. One destitute
person lives in an institution, one at home.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from domain.bureau.reading.wrong import Wrong
from domain.event import Event
from reports.catalogue import CHECKS, MEASURES
from reports.document import Document, Table
from reports.moment import Moment, Unanswerable
from reports.plans import composing, reading
from reports.plans.plan import Plan
from reports.plans.quantities import Known
from reports.render import html, markdown, text, xlsx
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_destitute_person, a_household, a_payment

STREET, STREET_VILLAGE = "445102007", "445102007001"
KNOWN = Known(SAMPLE, MEASURES, CHECKS)
PLAN = """\
+++
title = "{short}社会救助月报（{period}）"
kind = "bulletin"
periods = ["month"]
audience = "internal"

[figures."城市金额"]
measure = "发放金额"
where = "保障类别=低保 城乡=城市"
unit = "元"

[figures."城市人数"]
measure = "在保人数"
where = "保障类别=低保 城乡=城市"

[figures."城市人均"]
formula = "城市金额 / 城市人数"
unit = "元"
digits = 0
+++

# 一、最低生活保障

截至{asof}，{whole}低保对象{在保户数 保障类别=低保}、{在保人数 保障类别=低保}，
人数比上期{在保人数 保障类别=低保 增减@上期}；其中城市
{在保户数 保障类别=低保 城乡=城市}，比上期{在保户数 保障类别=低保 城乡=城市 增减@上期}。
{span}新增{新增户数 保障类别=低保}，退出{退出户数 保障类别=低保}。

{span}发放{发放金额 保障类别=低保 单位=元 位数=2}，
比上期{发放金额 保障类别=低保 单位=元 位数=2 增减@上期}，
{发放金额 保障类别=低保 增长率@上期}；{span@本年累计}累计{发放金额 保障类别=低保 @本年累计}。
城市人均{城市人均}，农村人均每月{人均发放水平 保障类别=低保 城乡=农村:number}元。

特困人员集中供养{在保人数 保障类别=特困 供养方式=集中}、
分散供养{在保人数 保障类别=特困 供养方式=分散}。

```table
title = "低保（按镇街）"
rows = "镇街"
total = "合计"
where = "保障类别=低保"

[[columns]]
group = "低保"
heading = "户数"
measure = "在保户数"

[[columns]]
group = "低保"
heading = "人数"
measure = "在保人数"

[[columns]]
group = "低保"
heading = "金额"
measure = "发放金额"
unit = "元"

[[columns]]
heading = "人均"
formula = "金额 / 人数"
unit = "元"
digits = 0
```

```table
title = "主要指标"
corner = "指标"

[[rows]]
heading = "低保人数"
measure = "在保人数"
where = "保障类别=低保"

[[rows]]
heading = "低保金额"
measure = "发放金额"
where = "保障类别=低保"
unit = "元"

[[columns]]
heading = "本月"

[[columns]]
heading = "上月"
shift = "上期"

[[columns]]
heading = "增减"
show = "增减"
against = "上期"

[[columns]]
heading = "增长"
show = "增长率"
against = "上期"

[[columns]]
heading = "累计"
shift = "本年累计"
```
"""


def plan_of(written: str) -> Plan:
    """A plan with which nothing is wrong."""
    wrong: list[Wrong] = []
    made = reading.read(KNOWN, "plans/monthly.md", {"plans/monthly.md": written.encode()}, wrong)
    assert wrong == []
    return made


def facts() -> list[Event]:
    urban = {"township": STREET, "village": STREET_VILLAGE}
    new = a_household("U-2", area="urban", first="2024-11").model_copy(update=urban)
    institution = a_destitute_person("T-2").model_copy(update={"mode": "institutional"})
    return [
        a_household("U-1", covered=2, area="urban").model_copy(update=urban),
        new,
        a_household("R-1", covered=3),
        a_household("R-2", last="2024-10"),
        a_destitute_person("T-1"),
        institution,
        *(
            a_payment(number, yuan * 100, month).model_copy(update=where)
            for number, yuan, month, where in (
                ("U-1", 500, "2024-10", {"township": STREET}),
                ("R-1", 700, "2024-10", {}),
                ("R-2", 200, "2024-10", {}),
                ("U-1", 500, "2024-11", {"township": STREET}),
                ("U-2", 300, "2024-11", {"township": STREET}),
                ("R-1", 720, "2024-11", {}),
            )
        ),
    ]


@pytest.fixture
async def november(bench: Bench) -> Document:
    """The bulletin of November."""
    await bench.tell(*facts())
    moment = Moment(LEDGER, date(2024, 11, 1), date(2024, 11, 30), len(facts()))
    return await composing.build(bench.connection, plan_of(PLAN), SAMPLE, moment)


async def test_sentences_say_stocks_flows_and_how_they_changed(november: Document) -> None:
    (section,) = november.sections
    first, second, third = (paragraph.text for paragraph in section.paragraphs)

    assert november.title == "湘桥区社会救助月报（2024年11月）"
    assert first == (
        "截至11月底，全区低保对象3户、6人，人数比上期持平；其中城市2户，比上期增加1户。"
        "11月新增1户，退出1户。"
    )
    assert second == (
        "11月发放1520.00元，比上期增加120.00元，增长8.6%；1月至11月累计0.29万元。"
        "城市人均267元，农村人均每月240元。"
    )
    assert third == "特困人员集中供养1人、分散供养1人。"


def rows(table: Table, *, empty: bool = True) -> list[tuple[str, ...]]:
    made = [(row.heading, *(cell.text for cell in row.cells)) for row in table.rows]
    return made if empty else [row for row in made if row[1] != "0"]


async def test_a_table_has_townships_in_the_folders_order_and_a_total(november: Document) -> None:
    by_place, _ = november.tables()

    assert rows(by_place, empty=False) == [
        (SAMPLE.townships[STREET].name, "2", "3", "800.00", "267"),
        ("意溪镇", "1", "3", "720.00", "240"),
        ("合计", "3", "6", "1520.00", "253"),
    ]
    headings = [row.heading for row in by_place.rows]
    places = [place.name for place in SAMPLE.townships.values() if not place.statistical]
    assert headings == [*places, "合计"]
    assert by_place.units == "户、人、元"
    assert by_place.groups() == [("低保", 3), ("", 1)]


async def test_listed_rows_have_a_unit_each_and_a_stock_has_no_sum(november: Document) -> None:
    _, main = november.tables()

    assert rows(main) == [
        ("低保人数", "6", "6", "0", "0.0%", "—"),
        ("低保金额", "1520.00", "1400.00", "120.00", "8.6%", "2920.00"),
    ]
    assert [row.unit for row in main.rows] == ["人", "元"]


async def test_plain_text_lines_numbers_up_under_their_headings(november: Document) -> None:
    lines = text.render(november).splitlines()
    at = lines.index("主要指标")

    assert lines[at + 1 : at + 4] == [
        "指标      单位     本月     上月    增减  增长     累计",
        "低保人数  人          6        6       0  0.0%        —",
        "低保金额  元    1520.00  1400.00  120.00  8.6%  2920.00",
    ]


async def test_markdown_and_html_have_the_tables(november: Document) -> None:
    assert "| 低保金额 | 元 | 1520.00 | 1400.00 | 120.00 | 8.6% | 2920.00 |" in markdown.render(
        november
    )
    page = html.render(november)
    assert '<th colspan="3" scope="colgroup">低保</th>' in page
    assert '<tr class="total"><th scope="row">合计</th>' in page


async def test_a_workbook_holds_numbers_and_is_the_same_each_time(november: Document) -> None:
    made = xlsx.render(november)
    with ZipFile(BytesIO(made)) as book:
        names = book.read("xl/workbook.xml").decode()
        sheets = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2, 3)]

    assert made == xlsx.render(november)
    assert [name in names for name in ("低保（按镇街）", "主要指标", "正文数值")] == [True] * 3
    assert all(f"<v>{value}</v>" in sheets[0] for value in ("1520", "267", "800"))
    assert "<v>2920</v>" in sheets[1]
    assert "<v>266.6" not in sheets[0]


async def test_what_is_internal_says_so_on_every_output(november: Document) -> None:
    for said in (text.render(november), markdown.render(november), html.render(november)):
        assert "不得外传" in said
        assert "示例数据，非官方发布" in said
        assert "非发布文本" not in said


async def test_a_month_without_records_has_no_average(bench: Bench) -> None:
    await bench.tell(*facts())
    moment = Moment(LEDGER, date(2022, 3, 1), date(2022, 3, 31), len(facts()))
    made = await composing.build(bench.connection, plan_of(PLAN), SAMPLE, moment)

    assert "城市人均〔暂无〕" in made.sections[0].paragraphs[1].text
    assert "城市人均" in made.gaps
    by_place, _ = made.tables()
    assert rows(by_place)[-1] == ("合计", "0", "0", "0.00", "—")


async def test_a_plan_of_months_is_of_no_quarter(bench: Bench) -> None:
    await bench.tell(*facts())
    quarter = Moment(LEDGER, date(2024, 10, 1), date(2024, 12, 31), 1)
    with pytest.raises(Unanswerable, match="月（2024-11）"):
        await composing.build(bench.connection, plan_of(PLAN), SAMPLE, quarter)


async def test_the_period_before_is_known_at_the_same_position(bench: Bench) -> None:
    """A payment of October told last is in the comparison from then on, and not before."""
    told = [*facts(), a_payment("R-1", 10_000, "2024-10", on="2024-10-30")]
    await bench.tell(*told)
    before = Moment(LEDGER, date(2024, 11, 1), date(2024, 11, 30), len(facts()))
    after = replace(before, at=len(told))
    for moment, october in ((before, "1400.00"), (after, "1500.00")):
        made = await composing.build(bench.connection, plan_of(PLAN), SAMPLE, moment)
        _, main = made.tables()
        assert rows(main)[1][2] == october


async def test_no_number_is_compared_with_what_was_before_the_records_begin(bench: Bench) -> None:
    """Nobody told what was paid in October, so it is unknown and not 0; who was there is known."""
    await bench.tell(*facts())
    moment = Moment(LEDGER, date(2024, 11, 1), date(2024, 11, 30), len(facts()))
    bureau = replace(SAMPLE, complete_since=date(2024, 11, 1))
    made = await composing.build(bench.connection, plan_of(PLAN), bureau, moment)

    first, second, _ = (paragraph.text for paragraph in made.sections[0].paragraphs)
    assert first.startswith(
        "截至11月底，全区低保对象3户、6人，人数比上期持平；其中城市2户，比上期增加1户。"
    )
    assert second.startswith("11月发放1520.00元，比上期〔暂无〕，〔暂无〕；1月至11月累计〔暂无〕。")
    _, main = made.tables()
    assert rows(main) == [
        ("低保人数", "6", "6", "0", "0.0%", "—"),
        ("低保金额", "1520.00", "—", "—", "—", "—"),
    ]
    merged = await composing.build(bench.connection, plan_of(PLAN), bureau, moment, earlier=())
    _, main = merged.tables()
    assert rows(main)[1] == ("低保金额", "1520.00", "—", "—", "—", "—")


async def test_a_table_of_a_document_scrolls_by_itself(november: Document) -> None:
    page = html.render(november)
    assert page.count("<table>") == page.count('<div class="scroll" tabindex="0" role="region"')
