"""The bulletins of a sample year, published as its bureau would have done.

Each month a few days after its end, as known then; each one sees those before it, so that nobody is
recognised by two of them (docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from ledger.intake import Intake
from projections import tail
from projections.snapshot import snapshot
from reports import drafting, plans, publishing, release
from reports.moment import instant_of, period_of, resolve
from reports.plans.plan import Plan
from reports.publishing import Act
from reports.release import Signature

DAYS_AFTER = 6
"""Days after the end of a month on which its bulletin is signed and published."""
BY, SIGNED_BY = "JB-05", "ZF-01"


class Bulletin(NamedTuple):
    """A plan and the month that it is published of."""

    plan: Plan
    period: str
    on: date


def bulletins(bureau: Bureau, year: int) -> Iterator[Bulletin]:
    """The public bulletins of a year that are made for months, in the order of publication."""
    for month in range(1, 13):
        period = f"{year}-{month:02}"
        on = period_of(period)[1] + timedelta(DAYS_AFTER)
        for plan in plans.of(bureau).values():
            if (plan.kind, plan.audience) == ("bulletin", "public") and "month" in plan.periods:
                yield Bulletin(plan, period, on)


async def publish(
    connection: asyncpg.Connection, intake: Intake, bureau: Bureau, bulletin: Bulletin
) -> bool:
    """Publish one as it was known on its day; False where that was done before."""
    ledger, (plan, period, on) = intake.ledger.name, bulletin
    async with snapshot(connection):
        if await release.last_edition(connection, ledger, plan.name, period):
            return False
    moment = await resolve(connection, ledger, period, known=on.isoformat())
    draft = await drafting.draft(connection, plan, bureau, period, moment)
    act = Act(BY, "按月公开", instant_of(f"{on}T10:00"), Signature(on, SIGNED_BY))
    await publishing.publish(connection, intake, draft, act, bureau.publisher)
    await tail.catch_up(connection, ledger)
    return True
