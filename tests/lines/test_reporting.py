"""The report's own events: prose by section, signature, publication."""

from __future__ import annotations

from datetime import date, timedelta, timezone

import asyncpg

from domain.event import Instant
from domain.reporting import (
    ReportDrafted,
    ReportPublished,
    ReportSectionWritten,
    ReportSigned,
)
from reports import publication
from tests.support.ledger import Bench, event

UTC = timezone(timedelta(0))


def section(name: str, text: str) -> bytes:
    fact = ReportSectionWritten(
        report_year=2024, section="study", text=text, written_on=date(2024, 12, 20), author="JB-05"
    )
    return event("office", name, fact)


SIGNED = event(
    "office",
    "signed",
    ReportSigned(report_year=2024, signed_on=date(2024, 12, 31), signed_by="ZF-01"),
)
PUBLISHED = event(
    "office",
    "published",
    ReportPublished(
        report_year=2024,
        published_at=Instant.read("2025-01-17T08:52:00Z"),
        path="/report/2024.html",
    ),
)
DRAFTED = event(
    "office",
    "drafted",
    ReportDrafted(report_year=2024, drafted_on=date(2024, 12, 24), drafted_by="JB-05"),
)


async def test_the_dates_of_the_report_are_those_of_its_events_in_beijing_time(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(DRAFTED, SIGNED)

    assert (await bench.figure("F64")).value == "2024-12-31"
    assert (await bench.figure("F63")).value is None

    await bench.take(PUBLISHED)
    assert (await bench.figure("F63")).value == "2025-01-17T16:52:00+08:00"
    assert (await bench.figure("F63", year=2023)).value is None


async def test_a_section_written_again_replaces_the_earlier_text(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(section("one", "初稿"), section("two", "定稿"))
    first = await bench.moment()

    assert await publication.sections(connection, first) == {"study": "定稿"}


async def test_a_report_published_unsigned_or_twice_is_recorded_with_a_breach(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    late = event(
        "office",
        "late",
        ReportSectionWritten(
            report_year=2024,
            section="study",
            text="改",
            written_on=date(2025, 1, 3),
            author="JB-05",
        ),
    )
    again = PUBLISHED.replace(b'"id":"published"', b'"id":"again"')
    await bench.take(section("one", "初稿"), SIGNED, late, PUBLISHED, again)
    rows = await connection.fetch("SELECT event_id, breaches FROM ledger.entry ORDER BY position")

    assert {row[0]: row[1] for row in rows if row[1]} == {
        "signed": ["not-drafted"],
        "late": ["written-after-signature"],
        "again": ["already-published"],
    }
