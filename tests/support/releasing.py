"""Releases on the test database: a small draft, and what publishing it tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain.reporting.releases import ReleaseBlock, ReleaseContent, ReleaseRun, ReleaseValue
from projections import tail
from reports import drafting, plans, publishing
from reports.moment import Moment
from reports.publishing import Act, Draft
from reports.release import Signature
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench

SIGNED = Signature(date(2024, 12, 3), "ZF-01")
ACT = Act("BG-01", "按月公布", datetime.fromisoformat("2024-12-05T09:00:00+08:00"), SIGNED)


def households(number: int) -> ReleaseContent:
    """One sentence with one value."""
    return ReleaseContent(
        blocks=(
            ReleaseBlock(heading="一、低保", level=1),
            ReleaseBlock(
                runs=(
                    ReleaseRun(text="在保"),
                    ReleaseRun(text=f"{number}户", kind="figure", key="户数"),
                )
            ),
        ),
        values=(
            ReleaseValue(
                key="户数",
                name="在保户数",
                type="number",
                value=str(number),
                exact=str(number),
                unit="户",
            ),
        ),
    )


def draft(says: ReleaseContent, at: int, **more: Any) -> Draft:
    """Of November 2024, as known at a position."""
    moment = Moment(LEDGER, date(2024, 11, 1), date(2024, 11, 30), at)
    made = Draft("monthly", "2024-11", "bulletin", "月报", "public", moment, says)
    return replace(made, **more)


async def release_report(
    bench: Bench, at: int, when: datetime, year: int = 2024, **more: Any
) -> list[int]:
    """Publish the annual report of a year as known at a position; positions of what that told."""
    moment = Moment(LEDGER, date(year, 1, 1), date(year, 12, 31), at)
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    made = await drafting.draft(bench.connection, plan, SAMPLE, str(year), moment)
    act = Act("BG-01", "年度公开", when, **more)
    told = await publishing.publish(bench.connection, bench.intake, made, act, SAMPLE.publisher)
    await tail.catch_up(bench.connection, LEDGER)
    return [outcome.position for _, outcome in told]


async def publish(bench: Bench, what: Draft, act: Act = ACT) -> None:
    """Publish a draft, as the command does."""
    await publishing.publish(bench.connection, bench.intake, what, act, SAMPLE.publisher)
    await tail.catch_up(bench.connection, LEDGER)
