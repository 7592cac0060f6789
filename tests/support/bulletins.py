"""A small ledger with bulletins of two months, the second published twice.

Worked out by hand, 低保: October has four rural persons in a town and three urban ones in a street,
a household each. In November one of the town has gone and one of the street has come. Each
household in the ledger is paid 500.00 元 a month, so both months come to 3,500.00 元; 100.00 元
more of November were told in December, which the second edition has. One couple married in
November. Of December there are payments, and no release.
"""

from __future__ import annotations

from datetime import date, datetime

from domain.bureau.reading import read
from domain.event import Event
from infra import postgres
from projections import tail
from reports import drafting, plans, publishing
from reports.moment import resolve
from reports.publishing import Act
from reports.release import Signature
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.marriage import a_marriage
from tests.support.money import a_household, a_payment, a_standard

BY_TOWNSHIP = """

```table
title = "低保（按镇街）"
rows = "镇街"
total = "合计"
where = "保障类别=低保"

[[columns]]
heading = "户数"
measure = "在保户数"

[[columns]]
heading = "人数"
measure = "在保人数"
```
"""
MONTHLY = "plans/monthly.md"
BUREAU = read({**SAMPLE.files, MONTHLY: SAMPLE.files[MONTHLY] + BY_TOWNSHIP.encode()})
"""The sample bureau, whose bulletin has a table by township."""
STREET = {"township": "445102007", "village": "445102007001"}
TOWN_CASES = tuple(f"R-{n}" for n in range(1, 5))
STREET_CASES = tuple(f"U-{n}" for n in range(1, 5))
GONE, NEW = TOWN_CASES[-1], STREET_CASES[-1]


def facts() -> list[Event]:
    """All but what was told late."""
    told: list[Event] = [
        a_standard("dibao", 700, "urban", since="2023-01-01"),
        a_standard("dibao", 600, "rural", since="2023-01-01"),
    ]
    told += [a_household(case, last="2024-10" if case == GONE else None) for case in TOWN_CASES]
    for case in STREET_CASES:
        first = "2024-11" if case == NEW else "2023-01"
        its = a_household(case, area="urban", first=first)
        told.append(its.model_copy(update=STREET))
    for month in ("2024-10", "2024-11", "2024-12"):
        cases = {*TOWN_CASES, *STREET_CASES} - {NEW if month == "2024-10" else GONE}
        for case in sorted(cases):
            place = STREET if case in STREET_CASES else {}
            paid = a_payment(case, 50_000, month)
            told.append(paid.model_copy(update={k: v for k, v in place.items() if k == "township"}))
    return [*told, a_marriage(day="2024-11-11")]


async def release(bench: Bench, period: str, on: date) -> None:
    """Publish the bulletin of a month as known at the end of a day."""
    plan = plans.of(BUREAU)["monthly"]
    moment = await resolve(bench.connection, LEDGER, period, known=on.isoformat())
    made = await drafting.draft(bench.connection, plan, BUREAU, period, moment)
    at = datetime.fromisoformat(f"{on}T10:00:00+08:00")
    act = Act("BG-01", "按月公开", at, Signature(on, "ZF-01"))
    await publishing.publish(bench.connection, bench.intake, made, act, SAMPLE.publisher)
    await tail.catch_up(bench.connection, LEDGER)


async def fill(url: str) -> None:
    """The ledger and its three releases."""
    async with postgres.connect(url) as connection:
        bench = await Bench.open(connection)
        await bench.tell(*facts())
        late = a_payment(TOWN_CASES[0], 10_000, "2024-11", on="2024-11-30")
        await bench.tell(late, received=date(2024, 12, 20))
        await release(bench, "2024-10", date(2024, 11, 6))
        await release(bench, "2024-11", date(2024, 12, 6))
        await release(bench, "2024-11", date(2024, 12, 21))
