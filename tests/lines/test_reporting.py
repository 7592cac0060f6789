"""The report's own events: prose by section, signature, publication."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from domain.dates import Instant
from domain.reporting import (
    ReportDrafted,
    ReportPublished,
    ReportSectionWritten,
    ReportSigned,
)
from projections.reporting import Signature, publications, sections, signatures
from tests.support.ledger import Bench
from tests.support.rulebook import given

DRAFTED = ReportDrafted(report_year=2024, drafted_on=date(2024, 12, 24), drafted_by="JB-05")
SIGNED = ReportSigned(report_year=2024, signed_on=date(2024, 12, 31), signed_by="ZF-01")
PUBLISHED = ReportPublished(
    report_year=2024,
    published_at=Instant.read("2025-01-17T08:52:00Z"),
    path="/report/2024.html",
)


def section(text: str, on: str = "2024-12-20") -> ReportSectionWritten:
    return ReportSectionWritten(
        report_year=2024,
        section="study",
        text=text,
        written_on=date.fromisoformat(on),
        author="JB-05",
    )


def test_a_report_is_of_a_year_that_can_be_asked_for() -> None:
    """A report of 2200 could be published, and no page could show it."""
    with pytest.raises(ValidationError):
        ReportDrafted(report_year=2200, drafted_on=date(2024, 12, 24), drafted_by="JB-05")


async def test_the_dates_of_the_report_are_those_of_its_events_in_beijing_time(
    bench: Bench,
) -> None:
    await bench.tell(DRAFTED, SIGNED)

    assert (await bench.figure("F64")).value == "2024-12-31"
    assert (await bench.figure("F63")).value is None

    await bench.tell(PUBLISHED)
    assert (await bench.figure("F63")).value == "2025-01-17T16:52:00+08:00"
    assert (await bench.figure("F63", year=2023)).value is None


def test_a_section_written_again_replaces_the_earlier_text() -> None:
    book = given(section("初稿"), section("定稿"))

    assert [(row.section, row.text) for row in book.rows(sections)] == [("study", "定稿")]


def test_a_signature_says_who_and_when() -> None:
    book = given(DRAFTED, SIGNED)

    assert book.rows(signatures) == [Signature(2024, date(2024, 12, 31), "ZF-01")]


def test_a_report_is_drafted_before_it_is_signed() -> None:
    early = SIGNED.model_copy(update={"signed_on": date(2024, 12, 23)})

    assert given(section("初稿")).when(SIGNED) == ["not-drafted"]
    assert given(DRAFTED).when(early) == ["not-drafted"]
    assert given(DRAFTED).when(SIGNED) == []


def test_a_report_is_signed_before_it_is_published() -> None:
    late = SIGNED.model_copy(update={"signed_on": date(2025, 1, 18)})

    assert given(DRAFTED).when(PUBLISHED) == ["not-signed"]
    assert given(DRAFTED, late).when(PUBLISHED) == ["not-signed"]
    assert given(DRAFTED, SIGNED).when(PUBLISHED) == []


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        ("2024-12-31T23:59:59+08:00", ["year-not-over"]),
        ("2024-12-31T15:59:59Z", ["year-not-over"]),
        ("2025-01-01T00:00:00+08:00", []),
    ],
)
def test_a_report_is_published_when_its_year_is_over(
    published_at: str, expected: list[str]
) -> None:
    told = PUBLISHED.model_copy(update={"published_at": Instant.read(published_at)})

    assert given(DRAFTED, SIGNED).when(told) == expected


def test_a_report_is_published_once() -> None:
    book = given(DRAFTED, SIGNED, PUBLISHED)

    assert book.when(PUBLISHED) == ["already-published"]
    assert [row.path for row in book.rows(publications)] == ["/report/2024.html"]


@pytest.mark.parametrize(
    ("day", "expected"), [("2024-12-31", []), ("2025-01-03", ["written-after-signature"])]
)
def test_what_was_signed_is_not_rewritten(day: str, expected: list[str]) -> None:
    assert given(DRAFTED, SIGNED).when(section("改", day)) == expected
