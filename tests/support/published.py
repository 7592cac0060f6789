"""A small ledger whose report of 2024 was published on 17 January 2025, and corrected since.

Worked out by hand, as published: three households in two townships; payments of 500.00 元 for
January (all three), of 400.00 元 for February (one) = 1,900.00 元. Known only in February 2025:
100.00 元 more, settled on 30 December 2024.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta, timezone

import asyncpg

from domain.dates import Instant
from domain.reporting import ReportDrafted, ReportPublished, ReportSectionWritten, ReportSigned
from infra import postgres
from sample.feed import Feed
from tests.support.databases import copied, made
from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment
from tests.support.releasing import release_report

SHANGHAI = timezone(timedelta(hours=8))
PUBLISHED_AT = datetime(2025, 1, 17, 16, 52, tzinfo=SHANGHAI)
FIRST = 11
"""Position of the publication."""
AS_PUBLISHED_FEN = 190_000
LATE_FEN = 10_000
STREET = "445102007"
NAME = "示例甲"
"""The name that the persons of this ledger bear; it must stand on no page."""
PROSE = "全年到账{F16}。<b>*星号*</b>与_下划线_、{S01}原样印出。\n第二段。"


def published_feed(*, publish: bool = True) -> Feed:
    """The events, in the order of receipt."""
    feed = Feed()
    for number in ("DB-1", "DB-2", "DB-3"):
        case = a_household(number)
        feed.send("social-assistance", f"c-{number}", case, received=date(2024, 1, 1))
        place = {"township": STREET} if number == "DB-3" else {}
        payment = a_payment(number, 50_000, "2024-01").model_copy(update=place)
        feed.send("payouts", f"p-{number}", payment)
    feed.send("payouts", "p-feb", a_payment("DB-1", 40_000, "2024-02"))
    feed.send("payouts", "p-unknown", a_payment("DB-99", 40_000, "2024-02"))
    feed.send_raw("payouts", b'{"name": "' + NAME.encode() + b'"', date(2024, 3, 1))
    feed.send(
        "office",
        "r-study",
        ReportSectionWritten(
            report_year=2024,
            section="study",
            text=PROSE,
            written_on=date(2024, 12, 20),
            author="BG-01",
        ),
    )
    drafted = ReportDrafted(report_year=2024, drafted_on=date(2024, 12, 25), drafted_by="BG-01")
    feed.send("office", "r-draft", drafted)
    signed = ReportSigned(report_year=2024, signed_on=date(2024, 12, 31), signed_by="ZF-01")
    feed.send("office", "r-sign", signed)
    if publish:
        feed.send(
            "office",
            "r-publish",
            ReportPublished(
                report_year=2024, published_at=Instant.read(PUBLISHED_AT), path="/example/2024"
            ),
            happened=PUBLISHED_AT,
            received=PUBLISHED_AT,
        )
    late = a_payment("DB-2", LATE_FEN, "2024-12", on="2024-12-30")
    feed.send("payouts", "p-late", late, received=date(2025, 2, 10))
    return feed


async def fill(url: str, *, publish: bool = True, released: bool = True) -> int:
    """Take the events into the ledger of a database, and release the report; its last position."""
    async with postgres.connect(url) as connection:
        bench = await Bench.open(connection)
        tally = await bench.take(*published_feed(publish=publish).lines())
        if publish and released:
            await release_report(bench, FIRST, PUBLISHED_AT)
        last = await last_of(connection)
    assert (tally.parked, tally.quarantined) == (1, 1)
    return last


async def last_of(connection: asyncpg.Connection) -> int:
    """Position of the last entry: after `fill`, the release of the report, told after all."""
    position: int = await connection.fetchval("SELECT position FROM ledger.ledger")
    return position


async def settle(url: str) -> None:
    """Two more are parked and settled: 2 is refused and another takes its id, 3 is accepted."""
    wrong = event(
        "payouts", "p-x", a_payment("DB-2", 1, "2024-03"), corrects="payouts/p-y", kind="changed"
    )
    another = event("payouts", "p-x", a_payment("DB-2", 3, "2024-03"))
    async with postgres.connect(url) as connection:
        bench = await Bench.join(connection)
        tally = await bench.take(
            wrong,
            event("payouts", "p-4", a_payment("DB-4", 4, "2024-03")),
            event("payouts", "p-y", a_payment("DB-1", 2, "2024-03")),
            another,
            event("social-assistance", "c-4", a_household("DB-4")),
        )
    assert (tally.accepted, tally.quarantined) == (4, 1)


async def _filled(url: str) -> None:
    await fill(url)


async def _unreleased(url: str) -> None:
    await fill(url, released=False)


def database(
    server_url: str,
    name: str,
    *,
    released: bool = True,
    filling: Callable[[str], Awaitable[object]] | None = None,
) -> AbstractContextManager[str]:
    """URL of a database with this ledger, or with what is filled in; tests leave it as it is."""
    if filling is not None:
        return made(server_url, name, filling)
    return copied(server_url, name, _filled if released else _unreleased)
