"""The sample year of the marriage registry, adoptions, ash certificates and road names.

Every statement is tested both ways: true as sent, false when one of its events was never sent.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
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
from sample import adoption, funeral, marriage, placenames
from sample.feed import SHANGHAI, Feed, Truth, add_truth
from tests.support.enforcement import afresh
from tests.support.ledger import LEDGER, Bench

PARTS = (marriage, funeral, placenames, adoption)
REPORT: dict[str, object] = {
    "F40": 2207,
    "F41": 442,
    "F42": 127,
    "F43": 8,
    "F44": 699,
    "F45": "2024-03-15",
    "F46": 40,
    "F47": 4,
    "F48": 12,
    "F49": 12,
}
STATEMENTS = ("S01", "S14", "S18")
KNOWN = datetime(2025, 1, 17, 23, 59, 59, tzinfo=SHANGHAI)

Data = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """The sample of these lines, and the database that took it."""

    lines: list[bytes]
    truth: Truth
    planted: list[dict[str, str]]
    url: str
    tally: Tally

    def of(self, kind: str) -> list[Data]:
        """The data of all events of a type, in order of receipt."""
        found = (json.loads(line) for line in self.lines if _is(line, kind))
        return [message["data"] for message in found]


def _is(line: bytes, kind: str, holds: str = "") -> bool:
    text = line.decode()
    return f'"type":"cn.mingjian.{kind}.v1"' in text and holds in text


@pytest.fixture(scope="module")
def loaded(server_url: str) -> Loaded:
    """Everything sent, taken into a database of this module's own, once."""
    feed, truth = Feed(), Truth()
    add_truth(truth, [part.send(feed, 2024) for part in PARTS])
    lines = list(feed.lines())
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/registrations_sample" + (f"?{query}" if query else "")

    async def load() -> Tally:
        async with postgres.connect(server_url) as admin:
            await admin.execute("CREATE DATABASE registrations_sample")
        async with postgres.connect(url) as connection:
            return await (await Bench.open(connection)).take(*lines)

    return Loaded(lines, truth, feed.planted, url, asyncio.run(load()))


@pytest.fixture
async def bench(loaded: Loaded) -> AsyncIterator[Bench]:
    """The loaded sample; tests leave it as it is."""
    async with postgres.connect(loaded.url) as connection:
        yield await Bench.open(connection)


async def printed(bench: Bench, figure: str) -> object:
    """The figure as it was published."""
    return (await bench.figure(figure, known=KNOWN)).value


async def otherwise(bench: Bench, what: str, table: str, where: str) -> int:
    """What a reading that was not taken would have printed, as known at publication."""
    at = (await bench.moment(known=KNOWN)).at
    sql = f"SELECT {what} FROM read.{table} WHERE known_from <= $1 AND known_to > $1 AND {where}"
    return int(await bench.connection.fetchval(sql, at))


# The report, then and now


async def test_every_event_is_taken(loaded: Loaded) -> None:
    assert (loaded.tally.duplicate, loaded.tally.parked, loaded.tally.quarantined) == (0, 0, 0)
    assert loaded.tally.accepted == len(loaded.lines)


async def test_the_figures_are_those_of_the_report(bench: Bench) -> None:
    assert {row.id: row.expected for row in published.load(2024) if row.id in REPORT} == {
        figure: str(value) for figure, value in REPORT.items()
    }
    moment = await bench.moment(known=KNOWN)
    values = await evaluate.figures(bench.connection, moment, list(REPORT))

    assert {value.figure.id: value.value for value in values} == REPORT


async def test_the_statements_hold_then_and_now(bench: Bench) -> None:
    for known in (KNOWN, None):
        moment = await bench.moment(known=known)
        values = await evaluate.statements(bench.connection, moment, STATEMENTS)

        failed = {v.statement.id: [w for ok, w, _ in v.conditions if not ok] for v in values}
        assert failed == {statement: [] for statement in STATEMENTS}
        assert all(value.holds for value in values)


async def test_at_head_only_what_was_planted_differs(bench: Bench, loaded: Loaded) -> None:
    now = {v: (await bench.figure(v)).value for v in REPORT}

    moved = {figure: value for figure, value in now.items() if value != REPORT[figure]}
    assert moved == {"F40": 2208, "F44": 698}
    assert sorted(item["figures"] for item in loaded.planted) == ["F40", "F44"]


async def test_months_equal_the_generators_own_count(bench: Bench, loaded: Loaded) -> None:
    head = (await bench.moment()).at
    wrong: dict[tuple[str, str], Any] = {}
    for month, counts in loaded.truth.items():
        assert {"F40", "F41", "F42", "F43", "F44", "F46", "F47"} <= counts.keys()
        moment = Moment(LEDGER, date.fromisoformat(f"{month}-01"), month_end(month), head)
        for value in await evaluate.figures(bench.connection, moment, sorted(counts)):
            if value.exact != counts[value.figure.id]:
                wrong[month, value.figure.id] = (counts[value.figure.id], value.exact)

    assert len(loaded.truth) == 12
    assert wrong == {}


async def test_the_same_year_gives_the_same_bytes(loaded: Loaded) -> None:
    feed = Feed()
    for part in PARTS:
        part.send(feed, 2024)

    assert list(feed.lines()) == loaded.lines


async def test_what_breaches_a_rule_is_taken_and_marked(bench: Bench) -> None:
    rows = await bench.connection.fetch(
        "SELECT type, unnest(breaches) FROM ledger.entry WHERE breaches IS NOT NULL ORDER BY type"
    )

    assert [tuple(row) for row in rows] == [
        ("marriage.marriage-registered.v1", "party-under-age"),
        ("placename.name-announced.v1", "announcement-incomplete"),
        ("placename.name-filed.v1", "filed-late"),
    ]


async def test_certificate_numbers_run_without_gaps_per_kind_and_year(loaded: Loaded) -> None:
    """R-MR-08: registrations, re-issues and spoiled blanks; what is corrected keeps its number."""
    kinds = (
        "marriage.marriage-registered",
        "marriage.divorce-registered",
        "marriage.marriage-certificate-reissued",
        "marriage.divorce-certificate-reissued",
        "marriage.certificate-voided",
    )
    series: dict[str, list[int]] = {}
    for line in loaded.lines:
        if any(_is(line, kind) for kind in kinds) and b'"corrects"' not in line:
            text = json.loads(line)["data"]["certificate_number"]
            found = re.fullmatch(r"([A-Z]+445102-\d{4})-(\d{6})", text)
            assert found is not None
            series.setdefault(found[1], []).append(int(found[2]))

    lengths = {name: len(numbers) for name, numbers in series.items()}
    assert lengths == {
        "J445102-2024": 2208,
        "L445102-2024": 442,
        "L445102-2025": 27,
        "BJ445102-2024": 128,
        "BL445102-2024": 9,
    }
    for numbers in series.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


async def test_numbers_follow_the_days(loaded: Loaded) -> None:
    for kind in ("marriage.divorce-registered", "marriage.marriage-registered"):
        told = {d["certificate_number"]: d["registered_on"] for d in loaded.of(kind)}
        days = [day for _, day in sorted(told.items())]
        assert days == sorted(days)


# Readings that were not settled on: the sample must tell them apart


async def test_marriages_are_registrations_whatever_became_of_them(
    bench: Bench, loaded: Loaded
) -> None:
    year = "kind = 'marriage' AND registered_on BETWEEN '2024-01-01' AND '2024-12-31'"

    assert await printed(bench, "F40") == 2207
    assert (await bench.figure("F40", known=KNOWN)).beside is not None
    standing = f"{year} AND revoked_on IS NULL"
    assert await otherwise(bench, "count(*)", "marriage_registration", standing) < 2207
    taken_over = await bench.connection.fetchval(
        "SELECT count(*) FROM ledger.entry WHERE type = 'marriage.marriage-taken-over.v1'"
    )
    assert taken_over > 0  # older marriages, no row of the year
    first = [d for d in loaded.of("marriage.marriage-registered") if d.get("kind") == "first"]
    assert 0 < len(first) < 2207  # couples who marry again and late registrations count as well
    every = "kind IN ('marriage', 'marriage-reissue')"
    assert await otherwise(bench, "count(*)", "marriage_registration", every) == 2207 + 127


async def test_divorces_are_registrations_not_applications(bench: Bench) -> None:
    table, year = "divorce_application", "BETWEEN '2024-01-01' AND '2024-12-31'"

    assert await printed(bench, "F41") == 442
    applied = await otherwise(bench, "count(*)", table, f"applied_on {year}")
    assert applied not in {0, 442}
    before = await otherwise(bench, "count(*)", table, "applied_on < '2024-01-01'")
    assert before > 0


async def test_reissues_are_applications_not_certificates(bench: Bench) -> None:
    for figure, kind, applications in (("F42", "marriage", 127), ("F43", "divorce", 8)):
        where = f"kind = '{kind}-reissue' AND registered_on <= '2024-12-31'"
        assert await printed(bench, figure) == applications
        copies = await otherwise(bench, "sum(copies)", "marriage_registration", where)
        assert copies > applications


async def test_across_districts_is_neither_of_the_couple_over_all_four_kinds(bench: Bench) -> None:
    table, year = "marriage_registration", "registered_on BETWEEN '2024-01-01' AND '2024-12-31'"

    assert await printed(bench, "F44") == 699
    one_away = await otherwise(bench, "count(*)", table, f"{year} AND residents < 2")
    assert one_away > 699
    marriages = f"{year} AND residents = 0 AND kind = 'marriage'"
    assert await otherwise(bench, "count(*)", table, marriages) == 521
    assert await otherwise(bench, "count(*)", table, year) == 2784


async def test_roads_are_those_approved_of_the_first_batch(bench: Bench) -> None:
    table, year = "place_name", "BETWEEN '2024-01-01' AND '2024-12-31'"

    assert await printed(bench, "F46") == 40
    every = f"approved_on {year}"
    assert await otherwise(bench, "count(*)", table, every) == 46  # with the second batch
    changed = f"(batch = 1 AND {every}) OR changed_on {year}"
    assert await otherwise(bench, "count(*)", table, f"({changed})") == 42  # renamed, extended
    announced = f"batch = 1 AND announced_on {year}"
    assert await otherwise(bench, "count(*)", table, announced) == 38
    signed = f"batch = 1 AND signed_on {year}"
    assert await otherwise(bench, "count(*)", table, signed) < 38
    assert (await bench.figure("F46", known=KNOWN)).beside == "其中期内已公告 38 条"


async def test_adoptions_are_registrations_whatever_became_of_them(bench: Bench) -> None:
    year = "BETWEEN '2024-01-01' AND '2024-12-31'"

    assert await printed(bench, "F47") == 4
    assert await otherwise(bench, "count(*)", "adoption", f"applied_on {year}") == 6
    dissolved = f"ended_how = 'dissolved' AND ended_on {year}"
    assert await otherwise(bench, "count(*)", "adoption", dissolved) == 1  # 4 - 1 = 3


async def test_a_ceremony_is_of_its_couples_not_of_all_who_registered_that_day(
    bench: Bench,
) -> None:
    assert (await printed(bench, "F48"), await printed(bench, "F49")) == (12, 12)
    day = "kind = 'marriage' AND registered_on = '2024-05-20'"
    assert await otherwise(bench, "count(*)", "marriage_registration", day) > 12


async def test_the_new_forms_began_when_they_came_into_use_not_when_printed(bench: Bench) -> None:
    assert await printed(bench, "F45") == "2024-03-15"
    day_of_march = "min(extract(day FROM on_date))"
    new = "step = 'printed' AND form LIKE '%-new'"
    assert await otherwise(bench, day_of_march, "form_movement", new) == 1


# Without one event


ROAD = '"place":"DM-2024-1-017"'
LEFT_OUT: tuple[tuple[str, str, str], ...] = (
    ("S01", "funeral.form-stock-sealed", '"form":"promise-old"'),
    ("S01", "funeral.form-stock-sealed", '"form":"receipt-old"'),
    ("S01", "funeral.form-version-activated", '"form":"receipt-new"'),
    (
        "S01",
        "funeral.ashes-certificate-issued",
        '"form":"promise-old","kind":"promise","number":3407,',
    ),
    ("S01", "funeral.form-voided", '"form":"promise-old","kind":"promise","number":3441,'),
    ("S14", "marriage.certificate-ceremony-held", '"held_on":"2024-05-20"'),
    ("S14", "marriage.certificate-ceremony-held", '"held_on":"2024-10-01"'),
    ("S14", "marriage.marriage-registered", "{may}"),
    ("S14", "marriage.marriage-registered", "{october}"),
    ("S18", "placename.batch-adopted", '"batch":1,'),
    ("S18", "placename.naming-proposed", ROAD),
    ("S18", "placename.assessment-reported", ROAD),
    ("S18", "placename.name-approved", ROAD),
    ("S18", "placename.name-filed", ROAD),
    ("S18", "placename.name-announced", ROAD),
)
"""Statement, event type, and what its line holds: without that line the statement is false."""
SOURCE_OF = {"S01": b"funeral", "S14": b"marriage", "S18": b"placenames"}


def needed_for(loaded: Loaded, statement: str) -> list[bytes]:
    """The lines a statement rests on: forms without the ashes, couples of the ceremonies only."""
    source = b'"source":"' + SOURCE_OF[statement] + b'"'
    lines = [line for line in loaded.lines if source in line]
    if statement == "S01":
        ashes = ("funeral.cremation-recorded", "funeral.ashes-placed")
        return [line for line in lines if not any(_is(line, kind) for kind in ashes)]
    if statement == "S18":
        return lines
    couples = set(ceremony_numbers(loaded, "2024-05-20") + ceremony_numbers(loaded, "2024-10-01"))
    return [
        line
        for line in lines
        if _is(line, "marriage.certificate-ceremony-held")
        or (
            _is(line, "marriage.marriage-registered")
            and json.loads(line)["data"]["certificate_number"] in couples
        )
    ]


def ceremony_numbers(loaded: Loaded, day: str) -> list[str]:
    (held,) = [d for d in loaded.of("marriage.certificate-ceremony-held") if d["held_on"] == day]
    return list(held["certificates"])


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_each_statement_is_false_when_its_event_is_left_out(
    connection: asyncpg.Connection, loaded: Loaded, statement: str
) -> None:
    needed = needed_for(loaded, statement)
    bench = await afresh(connection)
    await bench.take(*needed)
    assert (await bench.statement(statement, known=KNOWN)).holds  # with all of them

    couples = {
        "{may}": ceremony_numbers(loaded, "2024-05-20")[4],
        "{october}": ceremony_numbers(loaded, "2024-10-01")[4],
    }
    for of, kind, holds in LEFT_OUT:
        if of != statement:
            continue
        kept = [line for line in needed if not _is(line, kind, couples.get(holds, holds))]
        assert len(needed) - len(kept) == 1, (kind, holds)
        bench = await afresh(connection)
        await bench.take(*kept)
        assert not (await bench.statement(statement, known=KNOWN)).holds, (kind, holds)
        if kind == "placename.name-approved":
            assert (await bench.figure("F46", known=KNOWN)).value == 39


def altered(line: bytes, change: Callable[[Data], object]) -> bytes:
    """The same event with other data."""
    message = json.loads(line)
    change(message["data"])
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def issued_late(data: Data) -> None:
    data["issued_on"] = "2024-03-15"


def nobody_beside(data: Data) -> None:
    data.pop("co_organisers")


def without_romanisation(data: Data) -> None:
    data.pop("romanised_name")


def announced_in_january(data: Data) -> None:
    data["announced_on"] = "2025-01-15"


@pytest.mark.parametrize(
    ("statement", "kind", "holds", "change"),
    [
        (
            "S01",
            "funeral.ashes-certificate-issued",
            '"form":"receipt-old","kind":"receipt","number":3412,',
            issued_late,
        ),
        (
            "S14",
            "marriage.certificate-ceremony-held",
            '"held_on":"2024-05-20"',
            nobody_beside,
        ),
        ("S18", "placename.name-announced", ROAD, without_romanisation),
        ("S18", "placename.name-announced", ROAD, announced_in_january),
    ],
)
async def test_each_statement_is_false_when_one_event_says_otherwise(
    connection: asyncpg.Connection,
    loaded: Loaded,
    statement: str,
    kind: str,
    holds: str,
    change: Callable[[Data], object],
) -> None:
    """An old form issued after the change, no co-organiser, an announcement short or late."""
    lines = needed_for(loaded, statement)
    (place,) = [n for n, line in enumerate(lines) if _is(line, kind, holds)]
    lines[place] = altered(lines[place], change)
    bench = await Bench.open(connection)
    await bench.take(*lines)

    value = await bench.statement(statement, known=KNOWN)
    assert not value.holds
    assert sum(not ok for ok, _, _ in value.conditions) == 1


# What the sample is made of


async def test_every_person_of_the_sample_is_invented(loaded: Loaded) -> None:
    numbers = Counter(re.findall(r'"id_number":"(\d{6})', b"\n".join(loaded.lines).decode()))

    assert numbers
    assert all(division.startswith("44519") for division in numbers)
