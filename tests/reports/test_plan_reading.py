"""A plan is read, or refused with the file, the line and what was expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.plans.plan import Choice, Claim, Heading, Names, Number, Paragraph, Period
from tests.support.bureau import SAMPLE
from tests.support.plans import HEAD, read, right

FIGURES = """
[figures."城市户数"]
measure = "在保户数"
where = "城乡=城市"

[figures."户均"]
name = "户均金额"
formula = "金额 / 城市户数"
unit = "元/户"
digits = 0

[figures."金额"]
measure = "发放金额"
where = "城乡=urban、农村"

[statements.S1]
check = "颁证"
with = {couples = 12, days = ["05-20", "10-01"]}

[statements.S2]
name = "勾稽关系"
check = "勾稽"
with = {relations = ["城市户数 <= 户均"]}
+++
"""
WHOLE = HEAD + FIGURES


def first(text: str) -> tuple[object, ...]:
    """What the first paragraph of a plan is made of."""
    return next(b for b in right(WHOLE + text).blocks if isinstance(b, Paragraph)).nodes


def test_a_head_says_what_a_plan_is() -> None:
    plan = right(WHOLE)

    assert (plan.name, plan.kind, plan.periods, plan.audience) == (
        "monthly",
        "bulletin",
        ("month",),
        "public",
    )
    assert plan.title == ("湘桥区", "月报（", Period("period"), "）")
    assert plan.signed == ("潮州市湘桥区民政局",)


def test_a_cut_takes_names_and_codes() -> None:
    quantity = right(WHOLE).figures["金额"].quantity
    assert quantity.slice is not None
    assert quantity.slice.cut == {"城乡": ("urban", "rural")}


def test_a_formula_may_name_a_figure_that_stands_below_it() -> None:
    plan = right(WHOLE)
    assert [part.name for part in plan.figures["户均"].quantity.parts] == ["金额", "城市户数"]
    assert plan.figures["户均"].figure is not None
    assert plan.figures["户均"].figure.unit == "元/户"


def test_a_statement_says_in_words_when_it_holds() -> None:
    plan = right(WHOLE)
    assert plan.statements["S1"].holds_when == "05-20、10-01各颁证12对"
    assert plan.statements["S2"].holds_when == "城市户数 <= 户均"
    assert [figure.id for figure in plan.statements["S2"].figures] == ["城市户数", "户均"]


def test_figures_may_stand_in_a_file_beside() -> None:
    plan = right(HEAD + "+++\n\n{A}。\n", '[figures.A]\nmeasure = "在保人数"\n')
    assert plan.figures["A"].name == "A"


def test_a_heading_opens_a_section() -> None:
    plan = right(WHOLE + "# 一、工作情况 {#work}\n\n## （一）低保{城市户数} {#dibao?}\n")
    work, dibao = (block for block in plan.blocks if isinstance(block, Heading))

    assert (work.level, work.nodes, work.section, work.optional) == (
        1,
        ("一、工作情况",),
        "work",
        False,
    )
    assert (dibao.level, dibao.section, dibao.optional) == (2, "dibao", True)
    assert plan.sections == {"work": "一、工作情况", "dibao": "（一）低保"}


def test_lines_of_a_paragraph_are_one_and_remarks_are_left_out() -> None:
    assert first("截至{asof}，\n% 以下待核\n全区\n低保。\n\n另一段。") == (
        "截至",
        Period("asof"),
        "，全区低保。",
    )


@pytest.mark.parametrize(
    ("text", "shift", "show", "against"),
    [
        ("{城市户数}", (), "", ()),
        ("{城市户数 @上年同期}", ("上年同期",), "", ()),
        ("{城市户数@上年同期@本年累计}", ("上年同期", "本年累计"), "", ()),
        ("{城市户数 增减@上期}", (), "增减", ("上期",)),
        ("{发放金额 城乡=城市 @本年累计 增长率@上年同期}", ("本年累计",), "增长率", ("上年同期",)),
    ],
)
def test_a_number_may_be_of_another_period(
    text: str, shift: tuple[str, ...], show: str, against: tuple[str, ...]
) -> None:
    (number,) = first(text)
    assert isinstance(number, Number)
    assert (number.quantity.shift, number.quantity.show, number.quantity.against) == (
        shift,
        show,
        against,
    )


def test_a_measure_is_named_with_its_cut_unit_and_places() -> None:
    (number,) = first("{发放金额 城乡=城市、农村 单位=元 位数=0:number}")
    assert isinstance(number, Number)
    assert number.form == "number"
    assert (number.quantity.unit, number.quantity.digits) == ("元", 0)
    assert number.quantity.slice is not None
    assert number.quantity.slice.cut == {"城乡": ("urban", "rural")}


def test_words_may_hang_on_a_number_or_a_claim_and_hold_numbers() -> None:
    choice, claim, names = first("{城市户数?有{城市户数}|没有}{S1:已颁证|年内没有}{学习法规:list}")
    assert isinstance(choice, Choice)
    assert isinstance(choice.yes[1], Number)
    assert choice.no == ("没有",)
    assert claim == Claim("S1", ("已颁证",), ("年内没有",))
    assert isinstance(names, Names)


def test_words_of_the_bureau_are_its_folders() -> None:
    assert first("{whole}{own}{city}{province}") == (
        SAMPLE.whole,
        SAMPLE.own,
        SAMPLE.city,
        SAMPLE.province,
    )


TABLE = """
```table
title = "按镇街"
rows = "镇街"
total = "合计"

[[columns]]
group = "城市"
heading = "户数"
measure = "在保户数"
where = "城乡=城市"

[[columns]]
heading = "金额"
measure = "发放金额"
shift = "本年累计"

[[columns]]
heading = "户均"
formula = "金额 / 户数"
digits = 0
```
"""


def test_a_table_has_rows_by_a_dimension() -> None:
    (table,) = right(WHOLE + TABLE).tables()
    households, money, average = table.columns

    assert (table.by, table.total, table.corner) == ("镇街", "合计", "镇街")
    assert households.group == "城市"
    assert money.quantity is not None
    assert money.quantity.shift == ("本年累计",)
    assert average.formula is not None


def test_a_cell_is_what_row_and_column_say_together() -> None:
    (table,) = right(
        WHOLE
        + """
```table
[[rows]]
heading = "城市"
measure = "在保户数"
where = "城乡=城市"

[[rows]]
heading = "金额"
figure = "金额"

[[columns]]
heading = "本月"

[[columns]]
heading = "比上年"
show = "增减"
against = "上年同期"
```
"""
    ).tables()

    (this, change), (money, _) = (row.quantities for row in table.rows)
    assert this is not None
    assert change is not None
    assert money is not None
    assert this.slice == change.slice
    assert (change.show, change.against) == ("增减", ("上年同期",))
    assert money.name == "金额"


BROKEN = [
    # what to put for what, the line that is wrong, a word of what is said
    ('kind = "bulletin"', 'kind = "weekly"', 3, "weekly"),
    ('periods = ["month"]', 'periods = ["week"]', 4, "week"),
    ('periods = ["month"]', "", 1, "periods"),
    ('audience = "public"', 'audience = "all"', 5, "all"),
    ('audience = "public"', 'audience = "public"\ncolour = "red"', 6, "colour"),
    ('title = "{short}', 'title = "{nobody}', 2, "nobody"),
    ('title = "{short}', 'title = "{short', 2, "not closed"),
    ("+++\ntitle", "title", 1, "no head"),
    ('measure = "在保户数"', 'measure = "在保户"', 8, "在保户"),
    ('where = "城乡=城市"', 'where = "城乡=城镇"', 9, "城镇"),
    ('where = "城乡=城市"', 'where = "地区=城市"', 9, "地区"),
    ('formula = "金额 / 城市户数"', 'formula = "金额 / 城市户"', 13, "城市户"),
    ('formula = "金额 / 城市户数"', 'formula = "金额 /"', 13, "金额 /"),
    ('formula = "金额 / 城市户数"', 'formula = "户均 / 城市户数"', 13, "户均"),
    ("digits = 0", "digits = 12", 15, "12"),
    ("digits = 0", 'digits = 0\nrounding = "up"', 16, "up"),
    ('check = "颁证"', 'check = "发证"', 22, "发证"),
    ("couples = 12", 'couples = "many"', 23, "couples"),
    ("couples = 12, ", "", 23, "couples"),
    ("couples = 12", "couples = 12, doves = 2", 23, "doves"),
    ('"城市户数 <= 户均"', '"城市户数 户均"', 28, "城市户数 户均"),
    ('"城市户数 <= 户均"', '"城市户数 <= 户"', 28, "'户'"),
    ("[statements.S1]", "[statements.9]", 21, "'9'"),
    ("[statements.S1]", '[statements."金额"]', 21, "figure already"),
    ("END", "{在保人}", 31, "在保人"),
    ("END", "一\n二{城市户数\n三", 32, "not closed"),
    ("END", "一}", 31, "} without {"),
    ("END", "{城市户数 @去年}", 31, "去年"),
    ("END", "{城市户数 增减}", 31, "against nothing"),
    ("END", "{城市户数 城乡=农村}", 31, "has its cut"),
    ("END", "{城市户数:words}", 31, "words"),
    ("END", "{城市户数?yes}", 31, "two wordings"),
    ("END", "{S1}", 31, "statement"),
    ("END", "{bureau 城乡=城市}", 31, "word"),
    ("END", "{发放金额 单位=户}", 31, "户"),
    ("END", "{发放金额 位数=x}", 31, "位数"),
    ("END", "{启用日 增减@上期}", 31, "启用日"),
    ("END", "{在保户数:list}", 31, "在保户数"),
    ("END", "#无空格", 31, "heading"),
    ("END", "# 甲 {#a}\n\n# 乙 {#a}", 33, "twice"),
    ("END", "```chart\n```", 31, "chart"),
    ("END", '```table\nrows = "镇街"', 31, "does not end"),
    ("END", "```table\nrows = 镇街\n```", 32, "TOML"),
    ("END", TABLE.replace('rows = "镇街"', 'rows = "县"'), 34, "县"),
    ("END", TABLE.replace('heading = "户均"', 'heading = "户数"'), 48, "twice"),
    ("END", TABLE.replace('"金额 / 户数"', '"金额 / 人数"'), 50, "人数"),
    ("END", TABLE.replace('"金额 / 户数"', '"户均 / 户数"'), 50, "made of itself"),
    ("END", "{" + "长" * 100_000 + "}", 31, "nothing is called"),
    ("END", "城\u202e市", 31, "U+202E"),
    ("END", TABLE.replace('measure = "发放金额"', ""), 43, "nothing is counted"),
    ("END", TABLE.replace('shift = "本年累计"', 'shift = "去年"'), 46, "去年"),
    ("END", TABLE.replace('shift = "本年累计"', 'show = "增减"'), 46, "against"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), BROKEN)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int, said: str) -> None:
    text = WHOLE + "\nEND\n"
    assert old in text
    _, wrong = read(text.replace(old, new, 1))

    assert [(item.file, item.line) for item in wrong] == [("plans/monthly.md", line)]
    assert said in wrong[0].what + wrong[0].expected
    assert len(str(wrong[0])) < 1_000


@given(st.data())
def test_whatever_is_done_to_a_plan_it_is_read_or_refused(data: st.DataObject) -> None:
    """Nothing is raised, and what is wrong is in a line that there is."""
    text = WHOLE + TABLE + "截至{asof}，{城市户数?有{城市户数}|没有}。"
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 40)))
    put = data.draw(st.sampled_from(("", "{" * 50, "}", "+++", "|", "[", '"', "= ", "\n", "#")))
    broken = text[:at] + put + text[until:]
    _, wrong = read(broken)

    assert all(0 < item.line <= broken.count("\n") + 1 for item in wrong)


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, wrong = read(WHOLE.replace("在保户数", "在保户") + "{在保人}\n\n{S1}\n")
    assert len(wrong) >= 3
