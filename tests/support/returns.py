"""A return filled from two months of payments, for tests: the numbers are in test_returns."""

from __future__ import annotations

from datetime import date

from domain.bureau.bureau import Bureau
from domain.event import Event
from reports import plans
from reports.document import Document, Section, Table
from reports.moment import Moment
from reports.plans import composing
from reports.plans.plan import Plan
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment

STREET = {"township": "445102007", "village": "445102007001"}
PLAN = plans.every(SAMPLE)["return-statistics"]


def facts(*more: Event) -> list[Event]:
    urban = {"area": "urban"}
    told: list[Event] = [
        a_household("U-1", covered=2).model_copy(update={**urban, **STREET}),
        a_household("U-2", first="2024-11").model_copy(update={**urban, **STREET}),
        a_household("R-1", covered=3),
        a_household("R-2", last="2024-10"),
        a_payment("U-1", 5_000_000, "2024-10"),
        a_payment("R-1", 7_000_000, "2024-10"),
        a_payment("R-2", 2_000_000, "2024-10"),
        a_payment("U-1", 5_000_000, "2024-11"),
        a_payment("U-2", 3_000_000, "2024-11"),
        a_payment("R-1", 7_200_000, "2024-11"),
    ]
    return [*told, *more]


async def filled(
    bench: Bench, *more: Event, plan: Plan = PLAN, month: int = 11, bureau: Bureau = SAMPLE
) -> Document:
    """The return of a month of 2024."""
    told = facts(*more)
    await bench.tell(*told)
    last = 30 if month == 11 else 31
    moment = Moment(LEDGER, date(2024, month, 1), date(2024, month, last), len(told))
    return await composing.build(bench.connection, plan, bureau, moment)


def table_of(document: Document, title: str) -> Table:
    (found,) = (table for table in document.tables() if table.title == title)
    return found


def rows(table: Table) -> list[tuple[str, ...]]:
    return [(row.heading, row.unit, *(cell.text for cell in row.cells)) for row in table.rows]


def said(document: Document, heading: str) -> list[str]:
    """The paragraphs under a heading."""
    sections: list[Section] = [one for one in document.sections if one.heading == heading]
    return [paragraph.text for one in sections for paragraph in one.paragraphs]
