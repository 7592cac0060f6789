"""What was found, as it stands on a day and was known at a position: asked of the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from domain.catalogue import EVENTS, breaches_in
from domain.codes import label
from ledger import store, warned
from projections import checkpoint, findings
from projections.checkpoint import Stand
from rules import evaluation
from rules.breaches import ANY
from rules.rule import Rule, Severity, rules

UNTIL = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding (疑点) as it stands."""

    id: str
    rule: Rule
    subject: str
    key: str
    what: str
    valid_from: date
    valid_to: date | None
    on_date: date
    position: int
    source: str
    amount_fen: int | None
    township: str | None
    undecidable: bool
    known_from: int
    """The position at which it was first found so."""
    known_to: int
    """The position at which it was no longer so."""

    severity: str
    """What its class is called."""

    @property
    def classed(self) -> str:
        """What readers are told of its class: nothing, where the facts leave it open."""
        return "不能判定" if self.undecidable else self.severity


class Looked(NamedTuple):
    """How far a rule came: how many it looked at, and what it says of them."""

    rule: Rule
    checked: int | None
    """None: who asks is not told how much there is."""
    hits: int
    undecidable: int


async def worked_out(connection: asyncpg.Connection, ledger: str) -> dict[str, Stand]:
    """Code of a rule → how far its findings are worked out; asked in a snapshot.

    Empty where read models serve that are of before there were findings.
    """
    if not await connection.fetchval("SELECT to_regclass($1)", findings.WORKED):
        return {}
    return await checkpoint.stands(connection, ledger, checkpoints=findings.WORKED)


async def standing(
    connection: asyncpg.Connection,
    ledger: str,
    at: int,
    on: date = UNTIL,
    *,
    since: date = date.min,
    codes: Collection[str] | None = None,
    severity: str | None = None,
    subject: str | None = None,
    positions: Collection[int] | None = None,
    ids: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> list[Finding]:
    """The findings that stand at the end of a day, as known at a position; asked in a snapshot.

    Of matters from the day `since` on; about a `subject`, or resting on the entries at some
    `positions`; about streams of some `kinds`.
    """
    known = {rule.code: rule for rule in rules() if codes is None or rule.code in codes}
    if not await connection.fetchval("SELECT to_regclass($1)", findings.TABLE):
        return []
    rows = await connection.fetch(
        f"SELECT * FROM {findings.TABLE}"
        " WHERE ledger = $1 AND known_from <= $2 AND known_to > $2"
        " AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) AND on_date >= $4"
        " AND rule = ANY($5) AND ($6::text IS NULL OR severity = $6)"
        " AND (($7::text IS NULL AND $8::bigint[] IS NULL) OR subject = $7 OR position = ANY($8))"
        " AND ($9::text[] IS NULL OR finding = ANY($9))"
        " AND ($10::text[] IS NULL OR split_part(subject, '/', 1) = ANY($10))"
        " ORDER BY rule, on_date, subject, key, n",
        ledger,
        at,
        on,
        since,
        list(known),
        severity,
        subject,
        None if positions is None else list(positions),
        None if ids is None else list(ids),
        None if kinds is None else list(kinds),
    )
    return [_finding(row, known) for row in rows]


async def told_ahead(
    connection: asyncpg.Connection, ledger: str, at: int, on: date, **which: Any
) -> list[Finding]:
    """What is wrong with facts that were told before their own day, which is after a day.

    A duty that falls due after it is not among them. Asked in a snapshot.
    """
    found = await standing(connection, ledger, at, UNTIL, **which)
    later = [each for each in found if each.valid_from > on]
    dates = await store.business_dates(connection, ledger, [each.position for each in later])
    return [each for each in later if dates[each.position] >= each.valid_from]


async def known_of(
    connection: asyncpg.Connection, ledger: str, name: str, at: int
) -> list[Finding]:
    """All that was ever found under a name up to a position, ended or not; asked in a snapshot."""
    known = {rule.code: rule for rule in rules()}
    if not await connection.fetchval("SELECT to_regclass($1)", findings.TABLE):
        return []
    rows = await connection.fetch(
        f"SELECT * FROM {findings.TABLE} WHERE ledger = $1 AND finding = $2 AND known_from <= $3"
        " AND rule = ANY($4) ORDER BY known_from, valid_from, n",
        ledger,
        name,
        at,
        list(known),
    )
    return [_finding(row, known) for row in rows]


async def resting_on(
    connection: asyncpg.Connection,
    ledger: str,
    positions: Collection[int],
    subjects: Collection[str],
) -> list[tuple[str, int, str]]:
    """Name, position and subject of all that was ever found there, or of these; in a snapshot."""
    if not await connection.fetchval("SELECT to_regclass($1)", findings.TABLE):
        return []
    rows = await connection.fetch(
        f"SELECT DISTINCT finding, position, subject FROM {findings.TABLE}"
        " WHERE ledger = $1 AND (position = ANY($2) OR subject = ANY($3))",
        ledger,
        list(positions),
        list(subjects),
    )
    return [(row["finding"], row["position"], row["subject"]) for row in rows]


def _finding(row: Mapping[str, Any], known: Mapping[str, Rule]) -> Finding:
    names = Finding.__slots__
    values = {name: row[name] for name in names if name not in ("id", "rule", "severity")}
    severity = label(row["severity"], Severity)
    return Finding(id=row["finding"], rule=known[row["rule"]], severity=severity, **values)


async def looked_at(
    connection: asyncpg.Connection,
    ledger: str,
    at: int,
    found: Collection[Finding],
    codes: Collection[str] | None = None,
) -> list[Looked]:
    """For each rule, how many it looked at as known then, beside what it found; in a snapshot."""
    told = await warned.count_by_type(connection, ledger, at)
    about: dict[tuple[Any, ...], int] = {}
    made: list[Looked] = []
    for rule in rules():
        if codes is not None and rule.code not in codes:
            continue
        mine = [each for each in found if each.rule.code == rule.code]
        open_ = sum(each.undecidable for each in mine)
        checked = 0
        if rule.rows:
            alike = tuple(rule.needs.items())
            if alike not in about:
                about[alike] = await evaluation.count(connection, rule, ledger, at)
            checked = about[alike]
        elif not rule.lacks:
            checked = sum(count for name, count in told.items() if _looks_at(rule, name))
        made.append(Looked(rule, checked, len(mine) - open_, open_))
    return made


def _looks_at(rule: Rule, type_name: str) -> bool:
    """Whether facts of a type may have a breach that the rule finds."""
    kind = EVENTS[type_name].STREAM
    return any(
        f"{of}/{code}" in rule.breaches for code in breaches_in(type_name) for of in (kind, ANY)
    )
