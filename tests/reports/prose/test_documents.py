"""What is said of a document of ours: of what staff wrote in it, with what its numbers bear out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports.aside import Aside
from reports.document import (
    Cell,
    Column,
    Document,
    FigureRef,
    Gap,
    Paragraph,
    Row,
    Section,
    StatementRef,
    Table,
    Text,
)
from reports.moment import Moment
from reports.prose import Known, known_of, of_staff
from reports.prose.documents import lines_of
from tests.support.bureau import SAMPLE

HOUSEHOLDS = FigureRef("F14", "低保户数", "1435户", "/f", "户", 1435, 1435, "城市570户")
TOLD = StatementRef("S04", "出示证件", "每次检查均出示了执法证件", "/s", holds=True)
MISSING = StatementRef("S05", "记录", "记录不全", "/s", holds=False)


def document(*written: str) -> Document:
    """A report of a year; staff wrote some paragraphs of it."""
    staff = tuple(Paragraph((Text(text),), "staff") for text in written)
    ledger = Paragraph((Text("在保"), HOUSEHOLDS, Text("。"), TOLD, Text("。"), MISSING), "ledger")
    table = Table("低保", "项目", (Column("金额"),), (Row("城市", (Cell("1.20"),)),))
    return Document(
        plan="annual",
        kind="annual",
        audience="public",
        title="某局2024年法治政府建设年度报告",
        moment=Moment("445102", date(2024, 1, 1), date(2024, 12, 31), 9),
        sample=True,
        signed="某局",
        dated="2025年1月10日",
        published="",
        sections=(Section(1, "一、成效", (*staff, ledger, table), "study"),),
        aside=Aside(),
    )


def test_a_document_is_read_as_its_saved_file_has_it() -> None:
    assert [line.text for line in lines_of(document("甲。"))] == [
        "某局2024年法治政府建设年度报告",
        "一、成效",
        "甲。",
        "在保1435户（城市570户）。每次检查均出示了执法证件。记录不全",
        "项目\t金额",
        "城市\t1.20",
        "某局",
        "2025年1月10日",
    ]


def test_it_knows_its_numbers_and_the_claims_that_hold() -> None:
    assert known_of(document()) == (
        [Known("低保户数", Decimal(1435), "户", "F14")],
        ["每次检查均出示了执法证件"],
    )


def test_what_staff_wrote_is_measured_by_the_numbers_beside_it() -> None:
    said = of_staff(document("低保超过1400户。", "每次检查均出示了执法证件。"), SAMPLE)

    assert [(one.code, one.paragraph, one.found) for one in said] == [
        ("bound_for_exact", 3, "超过1400户"),
    ]


def test_nothing_is_said_of_a_gap_nor_of_what_the_plan_says() -> None:
    gap = Section(2, "（三）其他", (Paragraph((Gap("〔未填写〕"),), "staff"),), "other")
    made = replace(document(), sections=(*document().sections, gap))

    assert of_staff(made, SAMPLE) == []
    assert not any(line.written for line in lines_of(made))
