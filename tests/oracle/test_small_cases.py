"""Small ledgers of a few lines each, worked out by hand: what each of them comes to."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import asyncpg
import pytest

from ledger.outcomes import Accepted, Duplicate
from ledger.records import Record
from rules.a53_month_not_entitled import RULE
from tests.oracle.delivery import written
from tests.oracle.everything import fill
from tests.support.engine import altered, ledger_dump, read_dump, take
from tests.support.findings import findings
from tests.support.ledger import Bench, rolled_back

HERE = Path(__file__).parent
CASES = {
    case["case"]: [written(message) for message in case["lines"]]
    for case in map(json.loads, (HERE / "small_cases.jsonl").read_text().splitlines())
}
THREE_WAYS = (HERE / "written_three_ways.jsonl").read_bytes().splitlines()
"""One registration: as it was sent, again, and with other spaces, order of keys and escapes."""


async def told(bench: Bench, case: str) -> None:
    for line in CASES[case]:
        await bench.take(line)


# 低保 in persons, as the year ends.


@pytest.mark.parametrize(
    ("case", "persons"),
    [
        ("a-grant-that-another-replaced", 2),
        ("the-same-without-the-replaced-grant", 2),
        ("adjusted-late", 2),
        ("adjusted-in-order", 2),
    ],
)
async def test_what_was_decided_last_counts_whenever_it_was_told(
    bench: Bench, case: str, persons: int
) -> None:
    """A grant replaced before it began never comes back.

    An adjustment of March told in September does not override one of June.
    """
    await told(bench, case)
    assert (await bench.figure("F15")).exact == persons


# How a destitute person is supported after coming back.


@pytest.mark.parametrize("mode", ["institutional", "home-based"])
async def test_support_resumes_as_it_was_last_decided(bench: Bench, mode: str) -> None:
    """Also where the decision is of months that were struck out in between."""
    await told(bench, f"resumed-as-last-decided-{mode}")
    rows = await bench.rows("case_entitlement", ("first_month", "last_month", "mode"))
    assert rows == [{"first_month": "2024-09", "last_month": None, "mode": mode}]


# What a correction of a correction comes to.


@pytest.mark.parametrize(
    ("case", "fen", "said"),
    [
        ("change-revoked", 50_000, []),
        ("revocation-revoked", 50_000, []),
        ("revoked-then-changed", 70_000, ["amount-differs", "revoked-fact-changed"]),
    ],
)
async def test_the_latest_correction_that_stands_rules(
    bench: Bench, case: str, fen: int, said: list[str]
) -> None:
    await told(bench, case)
    assert (await bench.figure("F16")).exact == fen
    last = "SELECT breaches FROM ledger.entry ORDER BY position DESC LIMIT 1"
    assert sorted(await bench.connection.fetchval(last) or []) == said


async def test_money_paid_by_a_grant_that_was_revoked_is_found(bench: Bench) -> None:
    """Also what was paid while the grant still stood, and was right as far as anybody knew."""
    await told(bench, "grant-revoked-between-payments")
    assert (await bench.figure("F14")).exact == 0
    assert (await bench.figure("F15")).exact == 0
    assert [each.position for _, each in await findings(bench, RULE)] == [2, 4]


# Batches.


def cuts(count: int) -> list[tuple[int, ...]]:
    """All the ways to cut so many lines into batches."""
    return [
        sizes
        for batches in range(1, count + 1)
        for sizes in itertools.product(range(1, count + 1), repeat=batches)
        if sum(sizes) == count
    ]


async def test_who_wakes_first_does_not_depend_on_batches(ledger_url: str) -> None:
    """Two payments wait for a third, wake with it, and wait again, for a fourth.

    The first of them is taken first, and so the second, told later, rules.
    """
    lines = CASES["woken-twice"]
    for sizes in cuts(len(lines)):
        async with rolled_back(ledger_url) as bench:
            await fill(bench, lines, sizes, fold=len(lines))
            rows = await bench.connection.fetch(
                "SELECT event_id FROM ledger.entry ORDER BY position"
            )
            assert [row[0] for row in rows] == ["c", "p0", "p1", "r", "x", "y"], sizes
            rows_ = await bench.rows("payment", ("amount_fen",))
            assert sorted(row["amount_fen"] for row in rows_) == [7, 200], sizes


# The same fact in other bytes.


@pytest.mark.parametrize("together", [True, False])
async def test_a_fact_written_another_way_is_the_same_fact(
    connection: asyncpg.Connection, *, together: bool
) -> None:
    bench = await Bench.open(connection)
    records = [Record(line, f"test:{number}") for number, line in enumerate(THREE_WAYS)]
    first = Accepted(1)
    outcomes = []
    for part in [records] if together else [[record] for record in records]:
        outcomes += (await bench.intake.take(connection, part)).outcomes
    assert outcomes == [first, Duplicate(first), Duplicate(first)]

    before = await ledger_dump(connection, leave_out={}), await read_dump(connection)
    assert (await take(connection, bench.intake, *reversed(THREE_WAYS))).duplicate == 3
    assert (await ledger_dump(connection, leave_out={}), await read_dump(connection)) == before


async def test_another_value_under_the_id_is_a_conflict(bench: Bench) -> None:
    await bench.take(THREE_WAYS[0])
    other = altered(THREE_WAYS[2], {"registered_on": "2024-03-02"})
    assert (await bench.take(other)).quarantined == 1
    reasons = await bench.connection.fetch("SELECT reason FROM ledger.quarantine")
    assert [row[0] for row in reasons] == ["id_conflict"]
