"""The report's own events: prose by section, signature, publication."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.dates import Instant
from domain.reporting import (
    ReportDrafted,
    ReportPublished,
    ReportSectionWritten,
    ReportSigned,
)
from domain.reporting.files import ReleaseFile, ReleaseFilesRecorded
from domain.reporting.releases import (
    PlanSigned,
    Released,
    ReleaseRun,
    ReleaseSectionRecorded,
    body_of,
    content_of,
    first_day,
)
from domain.reporting.shown import ReleaseShownAt
from projections.reporting import (
    PlanSignature,
    ReleaseAddress,
    Signature,
    plan_signatures,
    publications,
    release_addresses,
    release_files,
    release_sections,
    releases,
    sections,
    signatures,
)
from projections.reporting import ReleaseFile as ReleaseFileRow
from tests.support.ledger import Bench
from tests.support.rulebook import changed, given, revoked

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


# What a plan releases of a period

MONTH = {"plan": "monthly", "period": "2024-11"}
PLAN_SIGNED = PlanSigned(**MONTH, signed_on=date(2024, 12, 3), signed_by="ZF-01")


def recorded(number: int, text: str = "在保1户。", edition: int = 1) -> ReleaseSectionRecorded:
    return ReleaseSectionRecorded.model_validate(
        {
            **MONTH,
            "edition": edition,
            "number": number,
            "recorded_on": date(2024, 12, 5),
            "says": {
                "blocks": ({"runs": ({"text": text, "kind": "figure", "key": "户数"},)},),
                "values": ({"key": "户数", "name": "户数", "type": "number", "value": "1"},),
            },
        }
    )


def released(sections: int, *, edition: int = 1, **more: object) -> Released:
    fields = {
        **MONTH,
        "edition": edition,
        "kind": "bulletin",
        "title": "月报",
        "audience": "public",
        "asof": date(2024, 11, 30),
        "at": 7,
        "published_at": Instant.read("2024-12-05T09:00:00+08:00"),
        "sections": sections,
        "content": "0" * 64,
        "signed_on": date(2024, 12, 3),
        "signed_by": "ZF-01",
        "published_by": "BG-01",
        "reason": "按月公布",
    }
    return Released.model_validate(fields | more)


def test_a_signature_is_of_a_plan_and_a_period() -> None:
    book = given(PLAN_SIGNED)

    assert book.rows(plan_signatures) == [
        PlanSignature("monthly", "2024-11", date(2024, 12, 3), "ZF-01")
    ]


def test_a_release_is_whole_signed_and_of_a_period_that_is_over() -> None:
    book = given(recorded(1), recorded(2))

    assert book.when(released(2)) == []
    assert book.when(released(3)) == ["sections-missing"]
    assert book.when(released(2, edition=2)) == ["sections-missing"]
    assert book.when(released(2, signed_on=date(2024, 12, 6))) == ["release-not-signed"]
    early = Instant.read("2024-11-30T23:59:59+08:00")
    unsigned: dict[str, Any] = {"signed_on": None, "signed_by": None}
    assert book.when(released(2, **unsigned, published_at=early)) == [
        "release-not-signed",
        "period-not-over",
    ]
    assert given(PLAN_SIGNED, recorded(1)).when(released(1, **unsigned)) == []


def test_an_edition_is_released_once_and_the_next_supersedes_it() -> None:
    book = given(recorded(1), released(1), recorded(1, edition=2))

    assert book.when(released(1)) == ["already-released"]
    assert book.when(released(1, edition=2)) == []
    book.tell(released(1, edition=2))
    assert [row.edition for row in book.rows(releases)] == [1, 2]


def shown(edition: int = 1) -> ReleaseShownAt:
    return ReleaseShownAt(
        **MONTH,
        edition=edition,
        url="https://www.example.gov.cn/content/post_1.html",
        shown_on=date(2024, 12, 6),
        told_by="BG-01",
    )


def test_where_the_portal_shows_a_release_is_told_of_what_was_released() -> None:
    """One that was taken down is revoked."""
    book = given(recorded(1), released(1))
    book.tell(shown())
    assert book.rows(release_addresses) == [
        ReleaseAddress("monthly", "2024-11", 1, shown().url, date(2024, 12, 6), None, None)
    ]
    assert given(recorded(1), released(1), shown(), revoked(shown())).rows(release_addresses) == []


def files_of(edition: int = 1) -> ReleaseFilesRecorded:
    return ReleaseFilesRecorded(
        **MONTH,
        edition=edition,
        recorded_on=date(2024, 12, 5),
        files=(
            ReleaseFile(form="docx", sha256="5e" * 32, bytes=20_000),
            ReleaseFile(form="html", sha256="ab" * 32, bytes=9_000),
        ),
    )


def test_the_files_of_a_release_are_rows_of_their_own_and_can_be_taken_back() -> None:
    """They are told before the release closes its sections, and are no section of it."""
    book = given(recorded(1), files_of())
    assert book.when(released(1)) == []
    assert book.rows(release_files) == [
        ReleaseFileRow("monthly", "2024-11", 1, "docx", "5e" * 32, 20_000),
        ReleaseFileRow("monthly", "2024-11", 1, "html", "ab" * 32, 9_000),
    ]
    assert given(files_of(), revoked(files_of())).rows(release_files) == []


@pytest.mark.parametrize("form", ["", "DOCX", "../x", "a" * 11])
def test_a_form_is_the_ending_of_a_file_s_name(form: str) -> None:
    with pytest.raises(ValidationError):
        ReleaseFile.model_validate({"form": form, "sha256": "5e" * 32, "bytes": 1})


@pytest.mark.parametrize(
    "url",
    [
        "/content/1.html",
        "javascript:alert(1)",
        "ftp://a.cn/x",
        'https://a.cn/"><b>',
        "http://a b.cn/",
    ],
)
def test_the_address_of_the_portal_is_one_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError):
        ReleaseShownAt.model_validate(shown().model_dump() | {"url": url})


def test_a_section_that_is_taken_back_is_missing_and_a_release_taken_back_is_none() -> None:
    gone = given(recorded(1), recorded(2), revoked(recorded(2)))
    assert gone.when(released(2)) == ["sections-missing"]

    book = given(recorded(1), released(1), revoked(released(1)))
    assert book.rows(releases) == []


def test_what_a_section_says_is_kept_word_by_word_in_one_spelling() -> None:
    book = given(recorded(1), changed(recorded(1), by=recorded(1, "在保2户。")))

    (row,) = book.rows(release_sections)
    assert (row.edition, row.number) == (1, 1)
    assert row.body == (
        '{"blocks":[{"runs":[{"key":"户数","kind":"figure","text":"在保2户。"}]}],'
        '"values":[{"key":"户数","name":"户数","type":"number","value":"1"}]}'
    )
    assert body_of(recorded(1, "在保2户。").says) == row.body


def test_the_digest_of_a_release_knows_each_word_and_the_order() -> None:
    one, two = body_of(recorded(1).says), body_of(recorded(1, "在保2户。").says)

    assert content_of([one, two]) != content_of([two, one])
    assert content_of([one]) != content_of([two])
    assert content_of([one, ""]) != content_of([one])


@pytest.mark.parametrize("period", ["2024", "2024-11", "2024-Q3", "2024-H1", "2024-11/ytd"])
def test_a_release_is_of_a_period_and_its_stream_has_no_other(period: str) -> None:
    told = PLAN_SIGNED.model_copy(update={"period": period})

    assert told.stream() == f"release/monthly-{period.replace('/', '.')}"


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2024", (1, 1)),
        ("2024-11", (11, 1)),
        ("2024-Q1", (1, 1)),
        ("2024-Q4", (10, 1)),
        ("2024-H1", (1, 1)),
        ("2024-H2", (7, 1)),
        ("2024-11/ytd", (1, 1)),
    ],
)
def test_a_period_begins_on_a_day(period: str, day: tuple[int, int]) -> None:
    assert first_day(period) == date(2024, *day)


@pytest.mark.parametrize("period", ["2024-13", "2024-Q5", "24", "2024-3", "2024/2025"])
def test_other_periods_are_refused(period: str) -> None:
    with pytest.raises(ValidationError):
        PlanSigned.model_validate(
            {**MONTH, "period": period, "signed_on": date(2024, 1, 1), "signed_by": "A"}
        )


def test_a_run_of_a_section_may_be_words_alone() -> None:
    assert ReleaseRun(text="本月").key is None
