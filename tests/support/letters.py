"""A document made by hand, with all that a document may hold: no ledger is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

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
from tests.support.ledger import LEDGER

SITE = "https://mz.example.gov.cn"
WORDS = "坚持依法行政保障困难群众基本生活"
LONG = WORDS * 60
"""960 characters without a mark: every line of it is full."""
STREETS = 30
HREF = "/figures/F16?period=2024&at=11"
PAID = FigureRef(
    "F16", "发放低保金额", "1808.90万元", HREF, "万元", Decimal("1808.90"), 1_808_902_300,
    invented=True,
)  # fmt: skip
POSTS = FigureRef("F39", "持证率", "86%", "/figures/F39", "%", 86, None, beside="6 / 7")
NAMELESS = FigureRef("", "低保人数", "2622人", "", "人", 2622, 2622)
CLAIM = StatementRef("S12", "学法有记载", "各场学法均有记载", "/statements/S12", holds=True)
TABLE = Table(
    "各镇街情况",
    "镇街",
    (
        Column("户数", "城市", "户"),
        Column("人数", "城市", "人"),
        Column("户数", "农村", "户"),
        Column("人数", "农村", "人"),
        Column("金额", "", "万元"),
    ),
    (
        *(
            Row(f"示例街道{n}", tuple(Cell(str(100 * n + m), 100 * n + m) for m in range(5)))
            for n in range(1, STREETS + 1)
        ),
        Row("合计", tuple(Cell(str(9000 + m), 9000 + m) for m in range(5)), total=True),
    ),
    note="注：一户只计一次。",
    units="户、人、万元",
)


LETTER = Document(
    plan="annual",
    kind="annual",
    audience="public",
    title="示例区民政局2024年法治政府建设年度报告",
    moment=Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), 11),
    sample=True,
    signed="示例区民政局",
    dated="2024年12月31日",
    published="2025年1月17日 16:52",
    sections=(
        Section(0, "", (Paragraph((Text(LONG),), "staff"),)),
        Section(1, "一、主要举措", ()),
        Section(
            2,
            "（一）保障",
            (
                Paragraph(
                    (
                        Text("全年发放低保金"),
                        PAID,
                        Text("，持证率"),
                        POSTS,
                        Text("，在保"),
                        NAMELESS,
                        Text("。"),
                        CLAIM,
                        Text("。" + LONG),
                    ),
                    "ledger",
                ),
            ),
        ),
        Section(1, "二、各镇街", (TABLE, Paragraph((Text(LONG),), "ledger"))),
        Section(1, "三、其他", (Paragraph((Gap("〔未填写〕"),), "staff"),)),
    ),
    aside=Aside(),
    content="ab" * 32,
    release="annual/2024/1",
    site=SITE,
)
"""The published report of a sample."""


def letter(**other: Any) -> Document:
    """The same, but for what `other` says otherwise."""
    return replace(LETTER, **other)
