"""What is written otherwise and is the same: rounded, converted, in numerals, cut in two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.aside import Aside
from reports.checking import expected
from reports.checking.finding import Finding
from reports.checking.judging import Known, judge
from reports.checking.pairing import pair
from reports.checking.tokens import NUMBER, Token, numeral
from reports.checking.values import is_no_figure
from reports.document import Cell, Column, Document, FigureRef, Paragraph, Row, Section, Table, Text
from reports.handed.file import Block, handed
from reports.moment import Moment


def figure(item: str, name: str, text: str, unit: str, value: object, exact: object) -> FigureRef:
    return FigureRef(item, name, text, "", unit, value, exact)  # type: ignore[arg-type]


PAID = figure("F16", "低保金额", "1809.05万元", "万元", Decimal("1809.05"), 1_809_048_600)
SHARE = figure("F11", "比例", "76.21%", "%", Decimal("76.21"), None)
PERSONS = figure("F15", "人数", "12622人", "人", 12_622, 12_622)
MEETINGS = figure("F01", "学法", "12次", "次", 12, 12)
DOCUMENT = Document(
    plan="annual",
    kind="annual",
    audience="public",
    title="某区2024年报告",
    moment=Moment("445102", date(2024, 1, 1), date(2024, 12, 31), 9),
    sample=False,
    signed="",
    dated="",
    published="",
    sections=(
        Section(
            1,
            "一、保障",
            (
                Paragraph((Text("全年到账"), PAID, Text("，占"), SHARE, Text("。")), "ledger"),
                Paragraph((Text("保障"), PERSONS, Text("，学法"), MEETINGS, Text("。")), "ledger"),
            ),
        ),
    ),
    aside=Aside(),
)


def found(*lines: str, document: Document = DOCUMENT) -> list[Finding]:
    read = handed("docx", map(Block, (document.title, "一、保障", *lines)))
    return judge(pair(expected.of(document), read), Known(published=False))


FIRST, SECOND = "全年到账1809.05万元，占76.21%。", "保障12622人，学法12次。"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("全年到账1809万元，占76.21%。", "1809万元"),
        ("全年到账1,809.0万元，占76.21%。", "1,809.0万元"),
        ("全年到账18,090,486.00元，占76.21%。", "18,090,486.00元"),
        ("全年到账18090486元，占76.21%。", "18090486元"),
        ("全年到账0.18亿元，占76.21%。", "0.18亿元"),
    ],
)
def test_an_amount_rounded_by_hand_is_named_with_both_values(line: str, after: str) -> None:
    (one,) = found(line, SECOND)
    assert (one.kind, one.about, one.before, one.after) == (
        "rounded",
        "F16 低保金额",
        "1809.05万元",
        after,
    )
    assert "18,090,486.00元" in one.why
    assert not one.is_fault


@pytest.mark.parametrize(
    "line",
    [
        "全年到账1810万元，占76.21%。",
        "全年到账1809.04万元，占76.21%。",
        "全年到账1809.05元，占76.21%。",
        "全年到账0.19亿元，占76.21%。",
        "全年到账0万元，占76.21%。",
    ],
)
def test_an_amount_rounded_wrongly_is_none(line: str) -> None:
    """1809.0486 万元 is 1809 and 1809.0, and neither 1810 nor 1809.04."""
    (one,) = found(line, SECOND)
    assert one.is_fault
    assert one.about == "F16 低保金额"


def test_a_share_and_a_count_are_rounded_too() -> None:
    assert [f.kind for f in found("全年到账1809.05万元，占76.2%。", SECOND)] == ["rounded"]
    assert [f.kind for f in found(FIRST, "保障1.26万人，学法12次。")] == ["rounded"]
    assert [f.kind for f in found(FIRST, "保障12600人，学法12次。")] == ["changed"]


@pytest.mark.parametrize(
    "lines",
    [
        (FIRST, SECOND),
        ("全年到账１，８０９．０５万元，占７６．２１％。", "保障12 622人，学法十二次。"),
        ("全年到账 1809.05 万元,占 76.21 %.".replace(".", "。", 3).replace("。", ".", 2), SECOND),
        (f"{FIRST}{SECOND}",),
        ("全年到账18", "09.05万元，占76.21%。", SECOND),
        (SECOND, FIRST),
    ],
    ids=["as it was", "wide", "spaced", "put together", "cut in two", "moved"],
)
def test_form_alone_is_no_difference(lines: tuple[str, ...]) -> None:
    assert found(*lines) == []


def test_a_bookmark_finds_a_number_whose_sentence_was_rewritten() -> None:
    """Of two numbers alike in a new sentence only the bookmarks say which is which."""
    document = replace(DOCUMENT, sections=(Section(1, "一、保障", (
        Paragraph((Text("甲"), PERSONS, Text("乙"), MEETINGS), "ledger"),
    )),))  # fmt: skip
    from reports.handed.file import Mark  # noqa: PLC0415  beside the above

    text = "今年以来我们组织学法12场次"
    block = Block(text, (Mark("fig_2", text.index("12"), text.index("12") + 2),))
    read = handed("docx", [Block(document.title), Block("一、保障"), block])
    kinds = {
        f.about: f.kind for f in judge(pair(expected.of(document), read), Known(published=False))
    }
    assert kinds["F15 人数"] == "missing"
    assert kinds.get("F01 学法") in (None, "unit")


def test_a_table_is_held_against_its_rows() -> None:
    table = Table(
        "各镇", "镇街", (Column("户数", unit="户"), Column("金额", unit="万元")),
        (
            Row("东镇", (Cell("17", 17, 17), Cell("3.40", Decimal("3.40"), 3_400_000))),
            Row("西镇", (Cell("8", 8, 8), Cell("1.10", Decimal("1.10"), 1_100_000))),
        ),
    )  # fmt: skip
    document = replace(DOCUMENT, sections=(Section(1, "一、保障", (table,)),))
    same = ("各镇", "镇街\t户数\t金额", "东镇\t17\t3.40", "西镇\t8\t1.10")
    assert found(*same, document=document) == []
    swapped = found("各镇", "东镇\t8\t3.40", "西镇\t17\t1.10", document=document)
    assert [(f.kind, f.about) for f in swapped] == [
        ("other-figure", "东镇，户数"),
        ("other-figure", "西镇，户数"),
    ]
    (gone,) = (f for f in found(*same[:3], document=document) if f.about == "西镇，户数")
    assert (gone.kind, gone.before) == ("missing", "8")


@pytest.mark.parametrize(
    ("text", "value"),
    [("十二", 12), ("二十", 20), ("一百零五", 105), ("两千六百二十二", 2622), ("二〇二四", 2024),
     ("一千八百零九点零五", Decimal("1809.05")), ("三万四千", 34_000), ("一亿", 100_000_000)],
)  # fmt: skip
def test_a_chinese_numeral_is_a_number(text: str, value: Decimal | int) -> None:
    assert numeral(text) == value


@pytest.mark.parametrize("text", ["", "户", "十户", "点五", "一点户"])
def test_other_words_are_none(text: str) -> None:
    assert numeral(text) is None


@pytest.mark.parametrize(
    ("before", "written", "after", "none"),
    [
        ("第", "11", "条", True),
        ("国办发〔", "2017", "〕", True),
        ("〕", "47", "号", True),
        ("自", "2024", "年", True),
        ("", "1", ".落", True),
        ("(", "2", ")规", True),
        ("电话", "0768", f"-{NUMBER}", True),
        (f"电话{NUMBER}-", "2211234", "", True),
        ("拨打", "12345", "热线", True),
        ("走访", "385", "户", False),
        ("达到", "98.5", "%", False),
        ("(", "385", "户)", False),
        ("发放", "18090486", "元", False),
    ],
)
def test_what_is_no_figure_in_prose(before: str, written: str, after: str, none: bool) -> None:  # noqa: FBT001  expected
    token = Token(NUMBER, 0, 0, len(written), Decimal(written))
    assert is_no_figure(token, written, before, after, first=not before) is none
