"""What a rule finds about subjects, each as known at a position."""

from __future__ import annotations

import re
from collections.abc import Sequence

import asyncpg

from domain.bureau.bureau import Bureau
from ledger.adopted import Versions
from rules import breaches
from rules.rule import Found, Row, Rule, Touch

Touched = tuple[str, int]
"""A subject, and the position at which to look at it."""

_TOUCHED = (
    "touched AS MATERIALIZED (SELECT * FROM unnest($2::text[], $3::bigint[]) AS t (subject, at))"
)
_NOTHING = ", ".join(f"NULL AS {name}" for name in ("kind", "programme", "level", "mode"))
_KNOWN = re.compile(r"\{known:(\w+)\}")
_WITH = re.compile(r"\s*WITH\s")


def query(rows: str) -> str:
    """The query of a rule: $1 ledger, $2 subjects, $3 the position at which to look at each."""
    sql = _KNOWN.sub(
        lambda m: f"({m[1]}.ledger = $1 AND {m[1]}.known_from <= t.at AND {m[1]}.known_to > t.at)",
        rows,
    )
    if _WITH.match(sql):
        return _WITH.sub(lambda _: f"WITH {_TOUCHED}, ", sql, count=1)
    return f"WITH {_TOUCHED} {sql}"


async def look(
    connection: asyncpg.Connection, rule: Rule, ledger: str, touched: Sequence[Touched]
) -> dict[Touched, list[Row]]:
    """The rows that a rule looks at, of each; asked in a snapshot."""
    rows: dict[Touched, list[Row]] = {}
    subjects = [subject for subject, _ in touched]
    positions = [at for _, at in touched]
    for row in await connection.fetch(query(rule.rows), ledger, subjects, positions):
        rows.setdefault((row["subject"], row["at"]), []).append(row)
    return rows


def find(rule: Rule, rows: Sequence[Row], bureau: Bureau) -> list[Found]:
    """What the rule finds in the rows of a subject, with the bureau as adopted there."""
    found: list[Found] = []
    for each in rule.find(rows, bureau):
        on = each.on_date or each.valid_from
        if rule.covers(on):
            severity = each.severity or rule.severity
            found.append(each._replace(on_date=on, severity=severity))
    return found


def _subject(touch: str | Touch) -> str:
    """Whom a row is about, but for whom others of the tables name by themselves."""
    text = touch if isinstance(touch, str) else touch.subject
    return text.replace("{follows}", f"(SELECT {_NOTHING}) AS f")


def _subjects(rule: Rule) -> str:
    """SQL: all whom the rule is about, as known at position $2 of ledger $1."""
    parts = [
        f"SELECT {_subject(touch)} AS subject FROM {table} AS x"
        " WHERE x.ledger = $1 AND x.known_from <= $2 AND x.known_to > $2"
        for table, touch in rule.needs.items()
        if isinstance(touch, str) or not touch.repeats
    ]
    return (
        f"SELECT DISTINCT subject FROM ({' UNION ALL '.join(parts)}) AS x WHERE subject IS NOT NULL"
    )


async def subjects(connection: asyncpg.Connection, rule: Rule, ledger: str, at: int) -> list[str]:
    """All whom the rule is about, as known at a position; asked in a snapshot."""
    rows = await connection.fetch(f"{_subjects(rule)} ORDER BY subject", ledger, at)
    return [row[0] for row in rows]


async def count(connection: asyncpg.Connection, rule: Rule, ledger: str, at: int) -> int:
    """How many the rule is about, as known at a position; asked in a snapshot."""
    return int(
        await connection.fetchval(f"SELECT count(*) FROM ({_subjects(rule)}) AS x", ledger, at)
    )


async def whole(
    connection: asyncpg.Connection, rule: Rule, ledger: str, at: int, bureaus: Versions
) -> list[tuple[str, Found]]:
    """All that the rule finds as known at a position, with its subject; asked in a snapshot."""
    if rule.lacks:
        return []
    if not rule.rows:
        return await breaches.whole(connection, rule, ledger, at, bureaus)
    touched = [(subject, at) for subject in await subjects(connection, rule, ledger, at)]
    rows = await look(connection, rule, ledger, touched)
    return [
        (subject, each)
        for (subject, _), its in rows.items()
        for each in find(rule, its, bureaus.at(at))
    ]
