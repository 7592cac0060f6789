"""The sample year of the register, enforcement and personnel, against the report.

Every statement is tested both ways: true as sent, false when one of its events was never sent.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg
import pytest

from domain.calendar import month_end
from infra import postgres
from ledger.intake import Tally
from reports import evaluate, published
from reports.figure import Moment
from sample import enforcement, funeral, officers, organisations
from sample.feed import SHANGHAI, Feed, Truth, add_truth
from tests.support.enforcement import afresh
from tests.support.ledger import LEDGER, Bench

PARTS = (organisations, officers, funeral, enforcement)
FIGURES = (
    *("F27", "F28", "F29", "F30", "F31", "F32", "F33", "F34", "F35", "F36", "F37", "F38", "F39"),
    *("F59", "F60", "F61"),
)
STATEMENTS = ("S02", "S03", "S04", "S05", "S06", "S07", "S08", "S17", "S19")
KNOWN = datetime(2025, 1, 17, 23, 59, 59, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Loaded:
    """The sample of these lines, and the database that took it."""

    lines: list[bytes]
    truth: Truth
    planted: list[dict[str, str]]
    url: str
    tally: Tally


@pytest.fixture(scope="module")
def loaded(server_url: str) -> Loaded:
    """Everything sent, taken into a database of this module's own, once."""
    feed, truth = Feed(), Truth()
    add_truth(truth, [part.send(feed, 2024) for part in PARTS])
    lines = list(feed.lines())
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/enforcement_sample" + (f"?{query}" if query else "")

    async def load() -> Tally:
        async with postgres.connect(server_url) as admin:
            await admin.execute("CREATE DATABASE enforcement_sample")
        async with postgres.connect(url) as connection:
            return await (await Bench.open(connection)).take(*lines)

    return Loaded(lines, truth, feed.planted, url, asyncio.run(load()))


@pytest.fixture
async def bench(loaded: Loaded) -> AsyncIterator[Bench]:
    """The loaded sample; tests leave it as it is."""
    async with postgres.connect(loaded.url) as connection:
        yield await Bench.open(connection)


async def count(bench: Bench, sql: str) -> int:
    """A reading that was not taken, as a query."""
    return int(await bench.connection.fetchval(f"SELECT count({sql}"))


async def test_every_event_is_taken_but_the_two_sent_twice(loaded: Loaded) -> None:
    assert (loaded.tally.duplicate, loaded.tally.parked, loaded.tally.quarantined) == (2, 0, 0)


async def test_the_figures_are_those_of_the_report(bench: Bench) -> None:
    moment = await bench.moment(known=KNOWN)
    values = {v.figure.id: v for v in await evaluate.figures(bench.connection, moment, FIGURES)}
    report = {row.id: row for row in published.load(2024)}

    wrong = {
        figure: (report[figure].expected, values[figure].value)
        for figure in FIGURES
        if not published.compare(
            report[figure].expected, report[figure].compare, values[figure].value
        )
    }
    assert wrong == {}
    assert values["F39"].beside == "6 / 7"
    assert values["F35"].beside == "撤销登记 2、注销登记 5、限期整改 3"
    assert values["F61"].beside == "(6 − 2) / 7"


async def test_the_statements_hold(bench: Bench) -> None:
    moment = await bench.moment(known=KNOWN)
    values = await evaluate.statements(bench.connection, moment, STATEMENTS)

    assert {v.statement.id: [w for ok, w, _ in v.conditions if not ok] for v in values} == {
        statement: [] for statement in STATEMENTS
    }
    assert all(value.holds for value in values)


async def test_at_head_only_the_planted_exam_differs(bench: Bench, loaded: Loaded) -> None:
    then = await evaluate.figures(bench.connection, await bench.moment(known=KNOWN), FIGURES)
    now = await evaluate.figures(bench.connection, await bench.moment(), FIGURES)

    moved = {a.figure.id: (a.value, b.value) for a, b in zip(then, now, strict=True) if a != b}
    moved = {figure: pair for figure, pair in moved.items() if pair[0] != pair[1]}
    assert moved == {"F37": (1, 2)}
    mine = [item["figures"] for item in loaded.planted if "考试" in item["what"]]
    assert mine == ["F37"]


async def test_month_ends_equal_the_generators_own_count(bench: Bench, loaded: Loaded) -> None:
    head = (await bench.moment()).at
    wrong: dict[tuple[str, str], Any] = {}
    for month, counts in loaded.truth.items():
        moment = Moment(LEDGER, date.fromisoformat(f"{month}-01"), month_end(month), head)
        mine = sorted(counts.keys() & set(FIGURES))
        assert mine
        for value in await evaluate.figures(bench.connection, moment, mine):
            if value.exact != counts[value.figure.id]:
                wrong[month, value.figure.id] = (counts[value.figure.id], value.exact)

    assert wrong == {}


async def test_the_readings_not_taken_give_other_numbers(bench: Bench) -> None:
    """For each settled reading: the figure, then what the other reading would have printed."""

    async def printed(figure: str) -> object:
        return (await bench.figure(figure, known=KNOWN)).value

    now = "known_to = 9223372036854775807"
    year = "BETWEEN '2024-01-01' AND '2024-12-31'"
    visits = f"*) FROM read.inspection WHERE {now} AND inspected_on {year}"
    drawn = f"DISTINCT object) FROM read.drawn_object WHERE {now} AND step = 'drawn'"
    valid = f"read.licence WHERE {now} AND from_on <= '2024-12-31'"

    # F29: patrols, and an inspection that ended in a penalty, are no 宗.
    assert await printed("F29") == 17
    assert await count(bench, visits) == 21
    assert await count(bench, f"{visits} AND mode <> 'patrol'") == 18
    # F30: one decision with two kinds; a case without a decision.
    assert await printed("F30") == 2
    kinds = f"*) FROM read.penalty_case, unnest(kinds) WHERE {now}"
    assert await count(bench, kinds) == 3
    assert await count(bench, f"*) FROM read.penalty_case WHERE {now}") == 3
    # F32: an approval under a wrong code was revoked; one more is of January 2025.
    assert await printed("F32") == 7
    approved = "*) FROM ledger.entry WHERE type = 'organisations.establishment-approved.v1'"
    assert await count(bench, approved) == 10  # 7, one mistake, its revocation, one of 2025
    # F35: one body was disposed twice, two were identified only.
    assert await printed("F35") == 10
    step = f"*) FROM read.zombie_disposal WHERE {now} AND step ="
    assert await count(bench, f"{step} 'disposed'") == 11
    assert await count(bench, f"{step} 'identified'") == 12
    # F36: a drawn body that ended before its turn.
    assert await printed("F36") == 14
    assert await count(bench, drawn) == 15
    # F38: an expired licence, a holder seconded away, a holder with two licences.
    assert await printed("F38") == 6
    assert await count(bench, f"DISTINCT officer) FROM {valid}") == 8
    assert await count(bench, f"DISTINCT officer) FROM {valid} AND until_on >= '2024-12-31'") == 7
    assert await count(bench, f"*) FROM {valid} AND until_on >= '2024-12-31'") == 8
    # F27: the lawyers of the firm before.
    assert await printed("F27") == 2
    assert await count(bench, f"*) FROM read.adviser_lawyer WHERE {now}") == 5


LEFT_OUT: tuple[tuple[str, str, str], ...] = (
    ("S02", "inspection.inspection-conducted.v1", '"mode":"joint"'),
    ("S02", "inspection.rectification-ordered.v1", "骨灰"),
    ("S02", "inspection.rectification-verified.v1", ""),
    ("S03", "officers.adviser-engaged.v1", '"FIRM-B"'),
    ("S03", "officers.legal-service-recorded.v1", ""),
    ("S04", "inspection.inspection-conducted.v1", '"JC-2024-003"'),
    ("S04", "penalties.evidence-taken.v1", '"CF-02-2024"'),
    ("S05", "inspection.inspection-conducted.v1", '"JC-2024-003"'),
    ("S05", "penalties.evidence-taken.v1", '"CF-02-2024"'),
    ("S06", "penalties.penalty-served.v1", '"CF-02-2024"'),
    ("S07", "inspection.enforcement-information-published.v1", '"GS-01"'),
    ("S07", "inspection.enforcement-information-published.v1", '"GS-02"'),
    ("S07", "inspection.enforcement-information-published.v1", '"GS-03"'),
    ("S07", "inspection.enforcement-information-published.v1", '"GS-06"'),
    ("S07", "inspection.inspection-result-published.v1", '"JC-2024-003"'),
    ("S07", "penalties.penalty-published.v1", '"CF-01-2024"'),
    ("S08", "penalties.legal-review-passed.v1", '"CF-01-2024"'),
    ("S17", "organisations.deregistered.v1", "自行解散"),
    ("S17", "organisations.establishment-approved.v1", '"SQ-2024-001"'),
    ("S17", "organisations.registration-revoked.v1", '"CF-01-2024"'),
    ("S17", "organisations.register-counted.v1", '"2024-12-31"'),
    ("S19", "inspection.population-snapshot-taken.v1", ""),
    ("S19", "inspection.random-draw-performed.v1", ""),
    ("S19", "inspection.drawn-object-exempted.v1", ""),
    ("S19", "inspection.inspection-conducted.v1", '"JC-2024-003"'),
    ("S19", "officers.licence-taken-over.v1", '"ZF-03"'),
)
"""Statement, event type, and what its line holds: without these lines the statement is false."""


def _is(line: bytes, kind: str, holds: str) -> bool:
    text = line.decode()
    return f'"type":"cn.mingjian.{kind}"' in text and holds in text


def _is_routine(line: bytes) -> bool:
    """No statement of these lines rests on annual reports, or on ashes beside the bodies."""
    return _is(line, "organisations.annual-report-filed.v1", "") or (
        b'"source":"funeral"' in line and b"keeping-body-taken-over" not in line
    )


async def test_each_statement_is_false_when_its_event_is_left_out(
    connection: asyncpg.Connection, loaded: Loaded
) -> None:
    needed = [line for line in loaded.lines if not _is_routine(line)]
    for statement, kind, holds in LEFT_OUT:
        kept = [line for line in needed if not _is(line, kind, holds)]
        assert len(kept) < len(needed), (kind, holds)
        bench = await afresh(connection)
        await bench.take(*kept)

        value = await bench.statement(statement, known=KNOWN)
        assert not value.holds, (statement, kind, holds)


async def test_without_one_drawn_inspection_the_counts_fall_by_one(
    connection: asyncpg.Connection, loaded: Loaded
) -> None:
    kind = "inspection.inspection-conducted.v1"
    kept = [line for line in loaded.lines if not _is(line, kind, '"JC-2024-003"')]
    bench = await Bench.open(connection)
    await bench.take(*kept)

    figures = ("F28", "F29", "F31", "F36", "F30")
    assert [(await bench.figure(f, known=KNOWN)).value for f in figures] == [18, 16, 17, 13, 2]


async def test_the_same_year_gives_the_same_bytes(loaded: Loaded) -> None:
    feed = Feed()
    for part in PARTS:
        part.send(feed, 2024)

    assert list(feed.lines()) == loaded.lines


async def test_no_officer_is_at_two_places_at_once(loaded: Loaded) -> None:
    """The mistyped inspection and its correction are one visit."""
    visits: dict[tuple[str, str], set[str]] = {}
    for line in loaded.lines:
        if _is(line, "inspection.inspection-conducted.v1", ""):
            data = json.loads(line)["data"]
            for officer in data["officers"]:
                day = data["inspected_on"]
                visits.setdefault((officer, day), set()).add(data["inspection_number"])

    assert {key: found for key, found in visits.items() if len(found) > 1} == {}
