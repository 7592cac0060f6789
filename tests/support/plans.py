"""A small catalogue of measures, for tests of plans that ask no ledger."""

from __future__ import annotations

from domain.bureau.reading.wrong import Wrong
from reports.formula import relation
from reports.measure import Check, Dimension, Measure, wan_yuan
from reports.plans import reading
from reports.plans.plan import Plan
from reports.plans.quantities import Known
from tests.support.bureau import SAMPLE

AREA = Dimension("城乡", "area", lambda _: {"urban": "城市", "rural": "农村"})
TOWNSHIP = Dimension(
    "镇街",
    "township",
    lambda bureau: {code: place.name for code, place in bureau.townships.items()},
    none="未分镇街",
)
MEASURES = {
    measure.name: measure
    for measure in (
        Measure("在保户数", "户", "stock", "在保的户", "SELECT 1", (AREA, TOWNSHIP)),
        Measure("在保人数", "人", "stock", "在保的人", "SELECT 2", (AREA, TOWNSHIP)),
        Measure(
            "发放金额", "万元", "flow", "到账的钱", "SELECT 3", (AREA, TOWNSHIP), shown=wan_yuan
        ),
        Measure("学习法规", "部", "flow", "所学法规", "SELECT 4", listed=True),
        Measure("启用日", "", "date", "启用之日", "SELECT 5", take="one"),
        Measure("完成", "", "state", "是否完成", "SELECT 6", take="all"),
    )
}
CHECKS = {
    check.name: check
    for check in (
        Check("办过培训", "期内至少办过一次"),
        Check("颁证", "{days}各颁证{couples}对", {"days": "texts", "couples": "number"}),
        Check(
            "勾稽",
            "{relations}",
            {"relations": "relations"},
            uses=lambda given: tuple(n for r in given["relations"] for n in relation(r).names),
        ),
    )
}
KNOWN = Known(SAMPLE, MEASURES, CHECKS)
HEAD = """\
+++
title = "{short}月报（{period}）"
kind = "bulletin"
periods = ["month"]
audience = "public"
"""


def read(text: str, beside: str | None = None) -> tuple[Plan, list[Wrong]]:
    """A plan of the small catalogue, and what is wrong with it."""
    wrong: list[Wrong] = []
    files = {"plans/monthly.md": text.encode()}
    if beside is not None:
        files["plans/monthly.toml"] = beside.encode()
    made = reading.read(KNOWN, "plans/monthly.md", files, wrong)
    return made, wrong


def right(text: str, beside: str | None = None) -> Plan:
    """A plan with which nothing is wrong."""
    made, wrong = read(text, beside)
    assert wrong == []
    return made
