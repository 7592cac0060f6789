"""The measure of the first year: the report's figures come out of record-level events, exactly."""

from __future__ import annotations

import calendar
import json
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

from infra import postgres
from projections import tail
from projections.catalogue import READ_MODELS
from projections.read_model import SCHEMA
from reports import evaluate, published
from reports.moment import Moment, resolve
from tests.support import defined
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES, STATEMENTS
from tests.support.engine import forget_rows
from tests.support.ledger import Bench
from tests.support.releasing import draft, households, publish
from tests.year.conftest import LEDGER, PUBLISHED_AT, Loaded, take_file

PUBLISHED = "2025-01-17"


async def _figures(connection: asyncpg.Connection, **when: str) -> dict[str, evaluate.FigureValue]:
    moment = await resolve(connection, LEDGER, "2024", **when)  # type: ignore[arg-type]
    return {v.figure.id: v for v in await defined.figures(connection, moment)}


async def test_every_figure_of_the_report_comes_out(year_connection: asyncpg.Connection) -> None:
    values = await _figures(year_connection, known=PUBLISHED)
    report = published.load(SAMPLE, 2024)

    assert len(report) == 63
    wrong = {
        row.id: (row.expected, values[row.id].value if row.id in values else "no definition")
        for row in report
        if row.id not in values
        or not published.compare(row.expected, row.compare, values[row.id].value)
    }
    assert wrong == {}


async def test_every_statement_of_the_report_holds(year_connection: asyncpg.Connection) -> None:
    moment = await resolve(year_connection, LEDGER, "2024", known=PUBLISHED)
    values = await defined.statements(year_connection, moment)

    assert len(values) == 20
    assert {
        v.statement.id: [w for ok, w, _ in v.conditions if not ok] for v in values if not v.holds
    } == {}


async def test_at_head_only_the_planted_corrections_differ(
    year_connection: asyncpg.Connection, loaded: Loaded
) -> None:
    then = await _figures(year_connection, known=PUBLISHED)
    now = await _figures(year_connection)
    moved = {key for key in then if then[key].exact != now[key].exact}
    planted = {
        f for item in loaded.year.feed.planted for f in item["figures"].replace(",", " ").split()
    }

    assert moved == planted
    assert moved


async def test_month_end_stocks_and_flows_equal_the_generators_own_count(
    year_connection: asyncpg.Connection, loaded: Loaded
) -> None:
    head = (await resolve(year_connection, LEDGER, "2024")).at
    wrong = {}
    counted = 0
    for month, counts in loaded.year.truth.items():
        year, number = int(month[:4]), int(month[5:])
        start = date(year, number, 1)
        end = date(year, number, calendar.monthrange(year, number)[1])
        moment = Moment(LEDGER, start, end, head)
        for value in await defined.figures(year_connection, moment, sorted(counts)):
            counted += 1
            if value.exact != counts[value.figure.id]:
                wrong[month, value.figure.id] = (counts[value.figure.id], value.exact)

    assert wrong == {}
    assert counted > 12 * 20


def test_the_same_year_gives_the_same_bytes(loaded: Loaded) -> None:
    """Also in another process, where sets have another order."""
    code = """
import sys
from sample.year import build
sys.stdout.buffer.writelines(line + b"\\n" for line in build(2024).feed.lines())
"""
    again = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", code], capture_output=True, check=True
    )

    assert sha256(again.stdout).digest() == sha256(loaded.file.read_bytes()).digest()


TRACE = {"ledger.duplicate", "ledger.duplicates_of_day"}


async def test_the_same_file_again_changes_nothing_but_the_trace_of_it(
    changeable: str, loaded: Loaded
) -> None:
    async with postgres.connect(changeable) as connection:
        before = await _checksums(connection)
        tally = await take_file(changeable, loaded.file)
        after = await _checksums(connection)
        counted = await connection.fetchval("SELECT sum(count) FROM ledger.duplicates_of_day")
    total = len(lines_of(loaded))

    assert str(tally) == f"accepted 0, duplicate {total}, parked 0, quarantined 0"
    assert {table for table in before if before[table] != after[table]} == TRACE
    assert counted == loaded.tally.duplicate + total


async def test_one_more_payment_of_100_yuan_moves_the_dibao_total_by_that_alone(
    changeable: str, loaded: Loaded, tmp_path: Path
) -> None:
    line = next(
        x for x in lines_of(loaded) if b"payment-settled.v1" in x and b'"programme":"dibao"' in x
    )
    payment = json.loads(line)
    payment["id"] += "-more"
    payment["data"]["amount_fen"] = 10_000
    (tmp_path / "one.jsonl").write_text(json.dumps(payment, ensure_ascii=False) + "\n")
    async with postgres.connect(changeable) as connection:
        before = await _figures(connection)
        assert (await take_file(changeable, tmp_path / "one.jsonl")).accepted == 1
        after = await _figures(connection)
    moved = {
        key: _fen(after[key]) - _fen(before[key])
        for key, figure in FIGURES.items()
        if figure.unit == "万元" and after[key].exact != before[key].exact
    }

    assert moved == {"F16": 10_000}


def _fen(value: evaluate.FigureValue) -> int:
    assert isinstance(value.exact, int)
    return value.exact


async def test_read_models_rebuilt_from_the_ledger_are_the_same(changeable: str) -> None:
    async with postgres.connect(changeable) as connection:
        before = await _checksums(connection)
        await forget_rows(connection, LEDGER)
        await tail.catch_up(connection, LEDGER, batch=777)
        assert await _checksums(connection) == before


async def test_every_read_model_has_rows(changeable: str) -> None:
    """The year's own, and those of what is published of it: a bulletin that was signed."""
    async with postgres.connect(changeable) as connection:
        bench = await Bench.join(connection)
        at = (await bench.moment(known=PUBLISHED_AT)).at
        await publish(bench, draft(households(1435), at))
        empty = [
            model.name
            for model in READ_MODELS
            if not await connection.fetchval(f"SELECT count(*) FROM {model.table}")
        ]
    # No decision of the year was undone, and no portal said where it shows a release.
    assert empty == ["penalty_withdrawal", "release_address"]


async def test_records_end_in_four_places_and_each_kind_occurs(loaded: Loaded) -> None:
    tally = loaded.tally
    total = len(lines_of(loaded))

    assert tally.accepted + tally.duplicate + tally.parked + tally.quarantined == total
    assert 120_000 < total < 145_000
    assert min(tally.duplicate, tally.parked, tally.quarantined) > 0
    assert len(STATEMENTS) == 20


async def test_a_road_without_approval_leaves_39(
    loaded: Loaded, database_url: str, tmp_path: Path
) -> None:
    name = "placename."
    lines = [x for x in lines_of(loaded) if f'"cn.mingjian.{name}'.encode() in x]
    approvals = [
        x
        for x in lines
        if b"name-approved.v1" in x and b'"batch":"1"' in x.replace(b'"batch":1', b'"batch":"1"')
    ]
    assert len(approvals) >= 40
    left = [x for x in lines if x != approvals[0]]
    (tmp_path / "roads.jsonl").write_bytes(b"".join(left))
    await take_file(database_url, tmp_path / "roads.jsonl")
    async with postgres.connect(database_url) as connection:
        moment = await resolve(connection, LEDGER, "2024")
        (value,) = await defined.figures(connection, moment, ["F46"])

    assert value.value == 39


def lines_of(loaded: Loaded) -> list[bytes]:
    """The lines of the sample file, with their ends."""
    return loaded.file.read_bytes().splitlines(keepends=True)


async def _checksums(connection: asyncpg.Connection) -> dict[str, str]:
    """Table → hash of all its rows as text, in a fixed order."""
    tables = await connection.fetch(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        f" WHERE table_schema IN ('ledger', '{SCHEMA}') ORDER BY 1"
    )
    return {
        table: await connection.fetchval(
            "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0))::text, '')"
            f" FROM {table} t"
        )
        for (table,) in tables
    }


SUMS = sorted(key for key, figure in FIGURES.items() if figure.measure.take == "sum")


@pytest.mark.parametrize("figure_id", SUMS)
async def test_rows_behind_a_figure_add_up_to_it(
    year_connection: asyncpg.Connection, figure_id: str
) -> None:
    moment = await resolve(year_connection, LEDGER, "2024", known=PUBLISHED)
    (value,) = await defined.figures(year_connection, moment, [figure_id])
    rows = await evaluate.contributing_rows(year_connection, moment, FIGURES[figure_id])

    assert sum(row["contribution"] for row in rows) == value.exact
    positions = {row["position"] for row in rows}
    known = await year_connection.fetchval(
        "SELECT count(*) FROM ledger.entry WHERE ledger = $1 AND position = ANY($2)",
        LEDGER,
        list(positions),
    )
    assert known == len(positions)
