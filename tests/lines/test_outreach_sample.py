"""The sample year of disclosure, outreach, villages and the report itself, against the report."""

from __future__ import annotations

import asyncio
import calendar
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from types import ModuleType

import asyncpg
import pytest

from domain.reporting import SECTIONS
from infra import postgres
from reports import evaluate, publication, published
from reports.figure import Moment
from sample import charity, disclosure, outreach, reporting, villages
from sample.feed import SHANGHAI, Feed, Truth, add_truth
from sample.report_text import TEXTS
from tests.support.ledger import LEDGER, Bench

PARTS = (villages, disclosure, outreach, charity, reporting)
MINE = (
    *("F01", "F02", "F03", "F50", "F51", "F52", "F53", "F54", "F55", "F56", "F57", "F58"),
    *("F63", "F64"),
)
KNOWN = datetime(2025, 1, 17, 23, 59, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Sample:
    """The parts of the sample in a database of their own."""

    url: str
    feed: Feed
    truth: Truth
    tally: str


def lines_of(parts: tuple[ModuleType, ...]) -> tuple[Feed, Truth, list[bytes]]:
    """What some parts send, and their counts."""
    feed, truth = Feed(), Truth()
    for part in parts:
        add_truth(truth, [part.send(feed, 2024)])
    return feed, truth, list(feed.lines())


@pytest.fixture(scope="module")
def sample(server_url: str) -> Sample:
    """Loaded once; the tests of this file only read it."""
    feed, truth, lines = lines_of(PARTS)
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/outreach_sample" + (f"?{query}" if query else "")

    async def load() -> str:
        async with postgres.connect(server_url) as admin:
            await admin.execute("CREATE DATABASE outreach_sample")
        async with postgres.connect(url) as connection:
            bench = await Bench.open(connection)
            return str(await bench.take(*lines))

    return Sample(url, feed, truth, asyncio.run(load()))


@pytest.fixture
async def bench(sample: Sample) -> AsyncIterator[Bench]:
    """The loaded sample."""
    async with postgres.connect(sample.url) as connection:
        yield await Bench.open(connection)


def test_everything_sent_is_accepted(sample: Sample) -> None:
    assert sample.tally == f"accepted {len(sample.feed.sent)}, duplicate 0, parked 0, quarantined 0"


def test_the_sample_is_the_same_every_time() -> None:
    assert lines_of(PARTS)[2] == lines_of(PARTS)[2]


@pytest.mark.parametrize("figure_id", MINE)
async def test_the_figure_is_the_one_of_the_report(bench: Bench, figure_id: str) -> None:
    value = (await bench.figure(figure_id, known=KNOWN)).value
    printed = published.find(2024, figure_id)

    assert printed is not None
    assert printed.agrees(value), (printed.expected, value)


async def test_the_report_is_not_known_to_be_published_before_it_was(bench: Bench) -> None:
    before = datetime(2025, 1, 17, 16, 51, tzinfo=SHANGHAI)

    assert (await bench.figure("F63", known=before)).value is None


async def test_at_head_only_the_planted_corrections_differ(bench: Bench, sample: Sample) -> None:
    then = {i: (await bench.figure(i, known=KNOWN)).exact for i in MINE}
    now = {i: (await bench.figure(i)).exact for i in MINE}

    assert {i for i in MINE if then[i] != now[i]} == {p["figures"] for p in sample.feed.planted}
    assert (now["F03"], now["F50"]) == (47, 317)


async def test_month_by_month_the_figures_are_the_generators_own_counts(
    bench: Bench, sample: Sample
) -> None:
    head = (await bench.moment()).at
    assert len(sample.truth) == 12
    for month, counts in sample.truth.items():
        number = int(month[5:])
        last = date(2024, number, calendar.monthrange(2024, number)[1])
        moment = Moment(LEDGER, date(2024, number, 1), last, head)
        values = await evaluate.figures(bench.connection, moment, sorted(counts))
        assert {v.figure.id: v.exact for v in values} == counts, month


STATEMENTS = {
    "S09": '"kind":"disclosure"',
    "S10": "law-list-compiled",
    "S11": "guide-issued",
    "S12": "study-session-held",
    "S13": "work-report-heard",
    "S15": "attended-07-2024",
}
"""Statement → what marks the event without which it does not hold."""


@pytest.mark.parametrize("statement_id", STATEMENTS)
async def test_the_statement_holds(bench: Bench, statement_id: str) -> None:
    value = await bench.statement(statement_id, known=KNOWN)

    assert value.holds, [c for c in value.conditions if not c[0]]


@pytest.mark.parametrize(
    ("statement_id", "mark"),
    [
        *STATEMENTS.items(),
        ("S11", '"guide":"canteens"'),
        ("S11", "notice-board-updated"),
        ("S13", "deployed-1-2024"),
    ],
)
async def test_without_its_event_the_statement_does_not_hold(
    connection: asyncpg.Connection, statement_id: str, mark: str
) -> None:
    _, _, lines = lines_of((villages, outreach))
    left = [line for line in lines if mark not in line.decode()]
    bench = await Bench.open(connection)
    await bench.take(*left)

    assert len(left) < len(lines)
    assert not (await bench.statement(statement_id)).holds


REJECTED = {
    "sessions counted per kind": (
        "F01",
        (
            "SELECT sum(cardinality(kinds)) FROM read.study_session"
            " WHERE known_to = {open} AND held_on BETWEEN '2024-01-01' AND '2024-12-31'"
        ),
        (10, 17),
    ),
    "reports of sessions, not sessions": (
        "F01",
        (
            "SELECT count(*) FROM ledger.entry WHERE type = 'outreach.study-session-held.v1'"
            " AND event_id LIKE 'study-__-%2024'"
        ),
        (10, 11),
    ),
    "items of every column": (
        "F03",
        (
            "SELECT count(*) FROM read.disclosure_item WHERE withdrawn_on IS NULL"
            " AND known_to = {open} AND published_on BETWEEN '2024-01-01' AND '2024-12-31'"
        ),
        (47, 70),
    ),
    "withdrawn items as well": (
        "F03",
        (
            "SELECT count(*) FROM read.disclosure_item WHERE column_code = 'work-news'"
            " AND known_to = {open} AND published_on BETWEEN '2024-01-01' AND '2024-12-31'"
        ),
        (47, 49),
    ),
    "publications and corrections, not items": (
        "F03",
        (
            "SELECT (SELECT count(*) FROM ledger.entry"
            "  WHERE type = 'disclosure.item-published.v1' AND event_id LIKE 'XX-%work-news'"
            "  AND event_id NOT LIKE 'XX-2025%')"
            " + (SELECT count(*) FROM ledger.entry WHERE type = 'disclosure.item-corrected.v1')"
        ),
        (47, 51),
    ),
    "all activities, not the two named": (
        "F50",
        (
            "SELECT sum(participations) FROM read.outreach_sitting"
            " WHERE line = 'station-activity' AND known_to = {open}"
        ),
        (317, 551),
    ),
    "sittings, not issues": (
        "F56",
        "SELECT count(*) FROM read.outreach_sitting WHERE programme = 'shuangbai-lectures'",
        (20, 21),
    ),
    "online only": (
        "F57",
        (
            "SELECT sum(participations) FROM read.outreach_sitting"
            " WHERE programme = 'shuangbai-lectures'"
        ),
        (200, 152),
    ),
    "persons who came, not villages": (
        "F58",
        "SELECT sum(participations) FROM read.outreach_sitting WHERE kind = 'children-directors'",
        (167, 177),
    ),
    "villages by day, not distinct": (
        "F58",
        "SELECT count(*) FROM read.training_attendance",
        (167, 170),
    ),
    "every village ever on the register": (
        "F58",
        "SELECT count(DISTINCT village) FROM read.village",
        (167, 168),
    ),
    "participants of every kind": (
        "F53",
        "SELECT count(DISTINCT participant) FROM read.charity_participant",
        (236, 259),
    ),
    "enterprises once per day they came": (
        "F53",
        "SELECT count(*) FROM read.charity_participant WHERE kind = 'enterprise'",
        (236, 248),
    ),
    "money as well as goods": (
        "F55",
        "SELECT sum(value_fen) FROM read.charity_donation WHERE known_to = {open}",
        (1_527_550_000, 1_768_220_000),
    ),
}


@pytest.mark.parametrize("reading", REJECTED)
async def test_the_rejected_reading_gives_another_number(bench: Bench, reading: str) -> None:
    figure_id, query, numbers = REJECTED[reading]
    rejected = await bench.connection.fetchval(query.replace("{open}", str(2**63 - 1)))

    assert ((await bench.figure(figure_id)).exact, int(rejected)) == numbers


async def test_the_rounded_words_of_the_charity_week_stand_beside_the_exact_numbers(
    bench: Bench,
) -> None:
    shown = {i: (await bench.figure(i)).beside for i in ("F53", "F54", "F55")}

    assert shown == {
        "F53": "总结表述：200多家",
        "F54": "总结表述：2.5万人次",
        "F55": "总结表述：1500多万元",
    }


async def test_staff_wrote_every_section_but_the_last_and_typed_no_number(bench: Bench) -> None:
    prose = await publication.sections(bench.connection, await bench.moment(known=KNOWN))

    assert prose == TEXTS
    assert prose.keys() == SECTIONS.keys() - {"other"}
    assert not [text for text in prose.values() if re.search(r"[0-90-9]", text)]
    assert len(prose["shortcomings"].splitlines()) == 5
    assert len(prose["next-year"].splitlines()) == 4


async def test_the_published_report_speaks_of_the_moment_of_its_publication(bench: Bench) -> None:
    issued = await publication.find(bench.connection, LEDGER, 2024)
    known = await bench.moment(known=datetime(2025, 1, 17, 16, 53, tzinfo=SHANGHAI))

    assert issued is not None
    assert issued.moment == known
