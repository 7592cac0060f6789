"""Findings as they are worked out, beside what each rule finds when it looks at all anew."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from domain.catalogue import EVENTS, breaches_in
from ledger.records import Record
from projections import tail
from rules import working
from rules.changes import identity
from rules.rule import Found, Rule, rules
from tests.oracle.delivery import of_all_types, of_cases
from tests.oracle.everything import empty
from tests.support.findings import findings
from tests.support.ledger import LEDGER, Bench

EVERY_BREACH = Rule(
    code="T01",
    name="任一违规",
    severity="unlawful",
    basis="",
    breaches=tuple(f"*/{code}" for code in {c for name in EVENTS for c in breaches_in(name)}),
)
ENTITLED = Rule(
    code="T02",
    name="每一保障",
    severity="data",
    basis="",
    needs={"case_entitlement": "x.stream"},
    rows="""
        SELECT t.subject, t.at, c.first_month AS key, max(c.known_from) AS position,
            DATE '2024-01-01' AS valid_from, count(*) || '' AS what
        FROM touched AS t JOIN case_entitlement AS c ON c.stream = t.subject AND {known:c}
        GROUP BY 1, 2, 3
    """,
)
TRIED = [EVERY_BREACH, ENTITLED]


Known = Counter[tuple[str, str, Found]]
"""Finding, subject and what was found, as often as it is there."""


async def worked(bench: Bench, rule: Rule, at: int) -> Known:
    """What the table says that a rule found, as known at a position."""
    rows = await bench.connection.fetch(
        "SELECT * FROM finding WHERE rule = $1 AND known_from <= $2 AND known_to > $2",
        rule.code,
        at,
    )
    return Counter(
        (
            row["finding"],
            row["subject"],
            Found(**{name: row[name] for name in Found._fields}),
        )
        for row in rows
    )


async def anew(bench: Bench, rule: Rule, at: int) -> Known:
    """What it finds as known there."""
    found = await findings(bench, rule, at)
    return Counter(
        (
            identity(rule.code, subject, each.key),
            subject,
            each._replace(on_date=each.on_date or each.valid_from),
        )
        for subject, each in found
    )


async def take(bench: Bench, lines: Sequence[bytes], looking: Sequence[Rule], most: int) -> int:
    """Take lines in batches of up to so many, and work findings out now and then."""
    dice = random.Random(f"cuts {most}")  # noqa: S311  a seed, not a secret
    at = 0
    while at < len(lines):
        end = at + dice.randint(1, most)
        records = [Record(line, f"test:{n}") for n, line in enumerate(lines[at:end], at)]
        await bench.intake.take(bench.connection, records)
        at = end
        await tail.catch_up(bench.connection, LEDGER)
        span = dice.choice((1, 7, 1_000))
        await working.catch_up(bench.connection, LEDGER, looking, span=span)
    position: int = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    return position


async def found_as_anew(
    bench: Bench, lines: Sequence[bytes], looking: Sequence[Rule]
) -> tuple[int, set[str]]:
    """Take lines, and hold what was worked out against looking anew, at every position.

    The last position, and the codes of the rules that found something.
    """
    found = set()
    end = await take(bench, lines, looking, 5)
    for at in range(1, end + 1):
        for rule in looking:
            table = await worked(bench, rule, at)
            assert table == await anew(bench, rule, at), (rule.code, at)
            found |= {rule.code for _ in table}
    return end, found


@pytest.mark.parametrize(("cases", "most"), [(4, 3), (6, 60)], ids=["small", "mixed"])
async def test_findings_are_those_that_each_rule_finds_at_every_position(
    ledger_url: str, cases: int, most: int
) -> None:
    await check(ledger_url, of_cases(cases, cases), most)


async def test_so_are_those_of_facts_of_all_types(ledger_url: str) -> None:
    await check(ledger_url, of_all_types(2, 120), 20)


async def check(url: str, lines: Sequence[bytes], most: int) -> None:
    """The table as known at every position, beside each rule looking at all as known there."""
    looking = [*rules(), *TRIED]
    begun = ended = 0
    async with empty(url) as bench:
        end = await take(bench, lines, looking, most)
        before = dict.fromkeys((rule.code for rule in looking), Known())
        for at in range(end + 1):
            for rule in looking:
                table = await worked(bench, rule, at)
                begun += (table - before[rule.code]).total()
                ended += (before[rule.code] - table).total()
                before[rule.code] = table
                if rule in TRIED or at % 10 == 0 or at == end:
                    assert table == await anew(bench, rule, at), (rule.code, at)
    assert begun > end // 10
    assert ended > 3
