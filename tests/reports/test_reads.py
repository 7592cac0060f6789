"""Which read models an answer rests on, beside what PostgreSQL says of the same queries."""

from __future__ import annotations

import re

import asyncpg

from projections.read_model import SCHEMA
from projections.snapshot import known_at
from reports import reads
from reports.catalogue import MEASURES, slice_of
from rules import evaluation
from rules.rule import rules
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES, STATEMENTS
from tests.support.ledger import Bench

SHARED = {"A09": {"raise_standard"}}
"""What a rule reads because it shares its rows with another, and does not look at."""
PARAMETERS = {"1": "''::text", "2": "0::bigint", "3": "'today'::date", "4": "'today'::date"}


async def _told_by_postgres(connection: asyncpg.Connection, sql: str) -> set[str]:
    """The tables of read models that a view of this query depends on."""
    query = re.sub(r"\$([1-4])", lambda match: PARAMETERS[match[1]], known_at(sql))
    await connection.execute(f"CREATE TEMP VIEW asked AS SELECT 1 AS one FROM ({query}) AS rows")
    rows = await connection.fetch(
        "SELECT DISTINCT c.relname FROM pg_rewrite AS r"
        " JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid"
        " JOIN pg_class AS c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid"
        " WHERE r.ev_class = 'asked'::regclass AND relnamespace = $1::text::regnamespace",
        SCHEMA,
    )
    await connection.execute("DROP VIEW asked")
    return {row[0] for row in rows}


async def test_each_query_reads_the_read_models_it_is_said_to(bench: Bench) -> None:
    await bench.connection.execute(f"SET search_path = {SCHEMA}")
    slices = [slice_of(SAMPLE, name, {}) for name in MEASURES]
    queries = [sql for part in slices for sql in (part.rows, part.beside)]
    queries += [
        sql for figure in FIGURES.values() for sql in (figure.slice.rows, figure.slice.beside)
    ]
    queries += [statement.rows for statement in STATEMENTS.values()]
    for sql in filter(None, queries):
        assert reads.named(sql) == await _told_by_postgres(bench.connection, sql), sql


async def test_each_rule_looks_again_where_what_it_reads_changes(bench: Bench) -> None:
    """A table that is not among what it needs would be looked at too late."""
    await bench.connection.execute(f"SET search_path = {SCHEMA}")
    for rule in rules():
        if rule.rows:
            sql = re.sub(r"\$2::text", "ARRAY['']::text", evaluation.query(rule.rows))
            sql = re.sub(r"\$3::bigint", "ARRAY[0]::bigint", sql)
            read = await _told_by_postgres(bench.connection, sql)
            needed = {name.rpartition(".")[2] for name in rule.needs}
            assert read <= needed | SHARED.get(rule.code, set()), rule.code


def test_what_is_worked_out_from_others_reads_what_they_read() -> None:
    average = slice_of(SAMPLE, "人均发放水平", {"保障类别": ["低保"]})

    assert reads.of_slice(average) == {"payment", "case_entitlement", "covered_person"}


def test_a_statement_reads_what_its_figures_read() -> None:
    checks = [item for item in STATEMENTS.values() if item.figures]
    assert checks
    for item in checks:
        for figure in item.figures:
            assert reads.of_figure(figure) <= reads.of_statement(item)
