"""Planted: what was published, held against the record of it (A25)."""

from __future__ import annotations

from datetime import datetime, time

from domain.calendar import SHANGHAI
from domain.reporting import releases as facts
from sample.defects.grants import Desk
from sample.defects.groups import Groups
from sample.defects.plot import Plot, days_after

GROUPS = Groups()
of = GROUPS.of
PLAN = "monthly"


@of("A25", "统计法 6; 政府信息公开条例 6")
def published_otherwise(desk: Desk) -> None:
    plot = desk.plot
    for month, parts, wrong in ((1, (5, 7), False), (2, (5, 6), True), (3, (6, 7), True)):
        said = f"12户，各镇街合计{sum(parts)}户"
        _publish(plot, month, said, _households(12, *parts), wrong=wrong)
    says = _households(12)
    _publish(plot, 4, "内容与校验值相符", says)
    other = facts.content_of([facts.body_of(_households(13))])
    _publish(plot, 5, "校验值是另一内容的", says, wrong=True, content=other)
    _publish(plot, 6, "所称的账本位置在发布之后", says, wrong=True, at=10**9)


def _households(number: int, *by_township: int) -> facts.ReleaseContent:
    """So many households, perhaps township by township."""
    value = facts.ReleaseValue(
        key="户数", name="在保户数", type="number", value=str(number), exact=str(number), unit="户"
    )
    parts = tuple(
        facts.ReleasePart(name=f"示例镇{n}", exact=part) for n, part in enumerate(by_township)
    )
    whole = facts.ReleaseBreakdown(key="户数", by="镇街", parts=parts, adds_up=True)
    return facts.ReleaseContent(values=(value,), breakdowns=(whole,) if parts else ())


def _publish(
    plot: Plot,
    month: int,
    what: str,
    says: facts.ReleaseContent,
    *,
    wrong: bool = False,
    at: int = 1,
    content: str | None = None,
) -> None:
    """Sign, record and release a month, on one day of the next."""
    on, period = plot.working(month + 1, 3), plot.month(month)
    plot.say("office", PLAN, facts.PlanSigned, on, period=period, signed_by="ZF-01")
    recorded = facts.ReleaseSectionRecorded
    plot.say("office", PLAN, recorded, on, period=period, edition=1, number=1, says=says)
    name = plot.say(
        "office",
        PLAN,
        facts.Released,
        datetime.combine(on, time(16), SHANGHAI),
        period=period,
        edition=1,
        kind="bulletin",
        title=f"{period}民政数据",
        audience="internal",
        asof=days_after(plot.day(month + 1, 1), -1),
        at=at,
        sections=1,
        content=content or facts.content_of([facts.body_of(says)]),
        signed_on=on,
        signed_by="ZF-01",
        published_by="BG-01",
        reason="按月公布",
    )
    plot.plant(wrong, what, facts.stream_of(PLAN, period), name, since=on)
