"""A statistics return: what the ledger can fill is filled, the rest is named and never 0.

In October an urban household of two and two rural ones are paid 50,000, 70,000 and 20,000 元; the
last had its last month then. In November the first gets 50,000, a new urban one of one person
30,000, the rural one of three 72,000. So, from the beginning of the year, in 万元:

                October   November     环比
    urban           5.0       13.0   160.00
    rural           9.0       16.2    80.00
    both           14.0       29.2   108.57      (29.2 - 14.0) / 14.0
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.bureaus import SHIPPED, load
from projections.catalogue import READ_MODELS
from reports import checking, handed, plans
from reports.moment import Moment, Unanswerable
from reports.plans import composing, filling
from reports.render import html, markdown, text, xlsx
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_payment
from tests.support.returns import PLAN, STREET, facts, filled, rows, said, table_of

DIBAO = "一、（二）2.（1）最低生活保障支出"
COUNTS = "二、社会救助 1.最低生活保障"
URBAN = plans.every(SAMPLE)["return-dibao-urban"]


async def test_money_counts_from_the_years_beginning_with_the_period_before(bench: Bench) -> None:
    document = await filled(bench)

    assert rows(table_of(document, DIBAO)) == [
        ("（1）最低生活保障", "万元", "JZH011212100", "29.2", "14.0", "108.57"),
        ("A 城市低保累计支出", "万元", "JZH011212110", "13.0", "5.0", "160.00"),
        ("I 城市低保金", "万元", "JZH011212111", "13.0", "5.0", "160.00"),
        ("II 城市低保临时补贴", "万元", "JZH011212112", "0.0", "0.0", "—"),
        ("B 农村低保累计支出", "万元", "JZH011212120", "16.2", "9.0", "80.00"),
        ("I 农村低保金", "万元", "JZH011212121", "16.2", "9.0", "80.00"),
        ("II 农村低保临时补贴", "万元", "JZH011212122", "0.0", "0.0", "—"),
    ]


async def test_who_is_covered_counts_at_the_end_of_each_period(bench: Bench) -> None:
    document = await filled(bench)

    assert rows(table_of(document, COUNTS)) == [
        ("（1）A 城市低保人数", "人", "待核", "3", "2", "50.00"),
        ("（1）B 城市低保户数", "户", "待核", "2", "1", "100.00"),
        ("（2）A 农村低保人数", "人", "待核", "3", "4", "-25.00"),
        ("（2）B 农村低保户数", "户", "待核", "1", "2", "-50.00"),
    ]


async def test_what_is_paid_beside_the_allowance_is_part_of_the_sum(bench: Bench) -> None:
    """Given a price subsidy of 4,000 元, then it stands in its own row and in the sum."""
    document = await filled(bench, a_payment("U-1", 400_000, "2024-11", item="price-subsidy"))

    made = {row[0]: row[3:] for row in rows(table_of(document, DIBAO))}
    assert made["A 城市低保累计支出"] == ("13.4", "5.0", "168.00")
    assert made["I 城市低保金"] == ("13.0", "5.0", "160.00")
    assert made["II 城市低保临时补贴"] == ("0.4", "0.0", "—")
    assert said(document, "表内逻辑关系核对")[:2] == [
        "低保支出 = 城市低保支出 + 农村低保支出：相符。",
        "城市低保支出 = 城市低保金 + 城市临时补贴：相符。",
    ]


async def test_a_relation_that_does_not_hold_is_told_with_both_sides(bench: Bench) -> None:
    """Given 1,000 元 for care, which 低保 does not pay, then the sum is more than its parts."""
    document = await filled(bench, a_payment("U-1", 100_000, "2024-11", item="care"))

    assert said(document, "表内逻辑关系核对")[1] == (
        "城市低保支出 = 城市低保金 + 城市临时补贴：不符"
        "（数量左边为131000，右边为130000，金额单位为元）。"
    )


async def test_parts_that_differ_by_rounding_only_are_told_to(bench: Bench) -> None:
    """Given 400 元 each for two subsidies: 0.04 and 0.04 are printed 0.0, and with 13.04 13.0."""
    document = await filled(
        bench,
        a_payment("U-1", 40_000, "2024-11", item="price-subsidy"),
        a_payment("R-1", 40_000, "2024-11", item="price-subsidy"),
    )

    assert rows(table_of(document, DIBAO))[0][3] == "29.3"  # 29.28; 13.04 and 16.24 make 29.2
    assert said(document, "表内逻辑关系核对")[0] == (
        "低保支出 = 城市低保支出 + 农村低保支出：相符，按填列的数有四舍五入的差额。"
    )


async def test_a_part_with_a_cell_that_nobody_can_fill_is_left_out_and_named(bench: Bench) -> None:
    document = await filled(bench)

    titles = [table.title for table in document.tables()]
    left_out = said(document, "未列入的部分")
    assert DIBAO in titles
    assert "一、（二）民政事业费累计支出" not in titles
    assert "一、（二）民政事业费累计支出：“（二）民政事业费累计支出”账本没有这项数据。" in left_out
    every = {part.title for part in PLAN.form.parts} if PLAN.form else set()
    assert {*titles} | {line.partition("：")[0] for line in left_out} == every
    assert all(cell.text for table in document.tables() for row in table.rows for cell in row.cells)


async def test_before_the_records_begin_nothing_is_0(bench: Bench) -> None:
    """Given records since 2024, then January has no year before it to compare its money with."""
    document = await filled(bench, month=1)

    titles = [table.title for table in document.tables()]
    assert DIBAO not in titles
    assert COUNTS in titles  # the first records say who was covered the day before
    (line,) = (each for each in said(document, "未列入的部分") if each.startswith(DIBAO))
    assert line.startswith(f"{DIBAO}：“（1）最低生活保障”没有上期（2023年）的数；")


async def test_what_no_system_reports_is_left_out(bench: Bench) -> None:
    """Given a bureau whose sources say nothing of marriages, then there is no row of 0."""
    types = next(model.types for model in READ_MODELS if model.name == "marriage_registration")
    sources = {
        name: source
        for name, source in SAMPLE.sources.items()
        if not any(source.may(kind) for kind in types)
    }
    bureau = replace(SAMPLE, sources=sources, digest="without marriages")
    plan = plans.every(bureau)["return-statistics"]

    document = await filled(bench, plan=plan, bureau=bureau)

    assert "四、婚姻登记（本年累计）" not in [table.title for table in document.tables()]
    assert (
        "四、婚姻登记（本年累计）：“结婚登记”没有接入报送这些数据的系统；“离婚登记”没有接入报送这些数据的系统。"
        in said(document, "未列入的部分")
    )


async def test_above_stands_the_form_and_below_the_line_to_sign(bench: Bench) -> None:
    document = await filled(bench)

    front = [paragraph.text for paragraph in document.sections[0].paragraphs]
    assert document.title == "民政统计季报表"
    assert front == [
        "表号：JZH01表",
        "制表机关：民政部",
        "批准机关：国家统计局",
        "批准文号：国统制〔2023〕83号",
        "填报单位：潮州市湘桥区民政局　　地区编码：445102000000　　报告期：2024年11月",
    ]
    assert [word.strip("　") for word in document.signed.split("：")] == [
        *("单位负责人", "统计负责人", "填表人", "报出日期", "年　　月　　日"),
    ]
    assert document.internal
    assert document.watermark == "内部"
    assert "内部" in document.notice


async def test_codes_and_heads_are_those_of_the_day() -> None:
    form = PLAN.form
    assert form is not None
    by_name = {item.name: item for part in form.parts for item in part.items}
    code = {on: by_name["城市低保金"].code(on) for on in (date(2019, 12, 31), date(2024, 3, 31))}

    assert [made.text if made else None for made in code.values()] == [
        "JZH011314111",
        "JZH011212111",
    ]
    assert by_name["城市低保金"].code(date(2020, 6, 30)) is None  # nobody has read one of then
    heads = [form.head(on) for on in (date(2023, 12, 31), date(2024, 1, 1))]
    assert [head.number if head else None for head in heads] == ["JBZH0001表", "JZH01表"]


async def test_a_code_that_was_worked_out_is_marked(bench: Bench) -> None:
    document = await filled(bench)

    made = rows(table_of(document, "一、（二）2.（2）特困人员救助供养支出"))
    assert [row[2] for row in made] == ["YZH011222000", "YZH011222100", "YZH011222200*"]
    notes = said(document, "填报说明")
    assert any("“*”" in note and "推定" in note for note in notes)
    assert any("“待核”" in note for note in notes)


async def test_every_form_of_a_document_says_the_same(bench: Bench) -> None:
    document = await filled(bench)

    for rendered in (html.render(document), markdown.render(document), text.render(document)):
        for word in ("表号：JZH01表", "JZH011212110", "108.57", "未列入的部分", "单位负责人："):
            assert word in rendered


async def test_the_workbook_is_one_sheet_laid_out_as_the_form(bench: Bench) -> None:
    document = await filled(bench)

    raw = xlsx.render(document)

    assert raw == xlsx.render(document)
    book = openpyxl.load_workbook(BytesIO(raw))
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == ["民政统计季报表"]
    lines: list[tuple[Any, ...]] = list(book.active.iter_rows(values_only=True))
    assert lines[0][0] == "民政统计季报表"
    at = lines.index(("指标名称", "单位", "代码", "数量", "上期", "环比（%）"))
    assert lines[at + 1] == ("甲", "乙", "丙", "1", "2", "3")
    assert ("表号：JZH01表", *[None] * 5) in lines[:at]
    first = lines.index((DIBAO, *[None] * 5))
    assert lines[first + 2] == (*("A 城市低保累计支出", "万元", "JZH011212110", 13.0, 5.0, 160.0),)
    assert [line[0] for line in lines if line[0]][-2].startswith("单位负责人：")
    cell = book.defined_names["cell_2_2_2"].attr_text  # second table, second row, after its code
    assert cell == f"'民政统计季报表'!$D${first + 3}"


async def test_by_township_only_whole_groups_of_columns_stand(bench: Bench) -> None:
    """Given that nobody's sex or illness is in the ledger, then those columns are left out."""
    document = await filled(bench, plan=URBAN)

    made = table_of(document, "低保户数和人数")
    street = SAMPLE.townships[STREET["township"]].name
    told = {row.heading: [cell.text for cell in row.cells] for row in made.rows}
    assert [column.heading for column in made.columns] == ["1 低保户数", "2 低保人数"]
    assert told[street] == ["2", "3"]
    assert told["合计"] == ["2", "3"]
    average = table_of(document, "当月人均补助额")
    assert [c.heading for c in average.columns] == ["31 当月人均补助额"]
    assert average.units == "元"
    assert {row.heading: row.cells[0].text for row in average.rows}["合计"] == "26667"  # 80,000 / 3
    left_out = [line.partition("：")[0] for line in said(document, "未列入的部分")]
    assert left_out == [
        "低保人员分类",
        "劳动能力情况",
        "致贫原因",
        "年初以来资金总支出",
        "当月资金支出",
    ]
    checks = said(document, "表内逻辑关系核对")
    assert checks[0] == (
        "序2 = 序9 + 序10 + 序11 + 序12：未核，没有填列9 有、10 部分丧失、11 完全丧失、12 无。"
    )
    assert checks[2] == "序1 <= 序2：相符。"


async def test_a_return_is_made_for_months_and_quarters(bench: Bench) -> None:
    await bench.tell(*facts())
    year = Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), 10)

    with pytest.raises(Unanswerable, match="期间为月"):
        await composing.build(bench.connection, PLAN, SAMPLE, year)


@pytest.mark.parametrize("division", ["445102", "439902"])
def test_every_bureau_has_the_forms_of_the_country_and_nothing_is_wrong(division: str) -> None:
    bureau = load(SHIPPED / division)

    assert plans.check(bureau) == []
    assert {"return-statistics", "return-dibao-urban", "return-dibao-rural"} <= {
        *plans.every(bureau)
    }


# 环比.

amounts = st.decimals(0, 10**9, places=1)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ("4.0", "44.4", "-90.99"),
        ("69436.3", "33872.0", "105.00"),
        ("62162", "60682", "2.44"),
        ("251", "270", "-7.04"),
        ("76164.3", "714496.8", "-89.34"),
        ("10.0", "10.0", "0.00"),
        ("10.0", "0.0", None),
        ("0", "3", "-100.00"),
    ],
)
def test_growth_is_as_offices_have_printed_it(now: str, before: str, expected: str | None) -> None:
    """Numbers of returns that were made public, by others' programs."""
    made = filling.growth(Decimal(now), Decimal(before))

    assert (None if made is None else str(made)) == expected


@given(amounts, amounts)
def test_growth_leads_from_one_number_to_the_other(now: Decimal, before: Decimal) -> None:
    made = filling.growth(now, before)

    if before == 0:
        assert made is None
    else:
        assert made is not None
        assert abs(before * (100 + made) - 100 * now) <= before * Decimal("0.005")


@given(st.one_of(st.none(), st.text(max_size=3), st.booleans()), amounts)
def test_what_is_no_number_has_no_growth(value: Any, amount: Decimal) -> None:
    assert filling.growth(value, amount) is None
    assert filling.growth(amount, value) is None


# A return that comes back.


async def test_a_return_that_comes_back_is_known_and_a_changed_cell_is_named(bench: Bench) -> None:
    document = await filled(bench)
    asked = checking.Asked("return-statistics", (date(2024, 11, 1), date(2024, 11, 30)))

    async def check(raw: bytes) -> checking.Checked:
        said = handed.read(raw, "return.xlsx")
        return await checking.check(bench.connection, LEDGER, raw, said, asked)

    raw = xlsx.render(document)
    assert (await check(raw)).fine
    book = openpyxl.load_workbook(BytesIO(raw))
    row = next(r for r in book.worksheets[0].iter_rows() if r[0].value == "A 城市低保累计支出")
    row[3].value = 31.0
    changed = BytesIO()
    book.save(changed)
    checked = await check(changed.getvalue())

    assert [each.about for each in checked.findings if each.is_fault] == [
        "A 城市低保累计支出，数量",
    ]
