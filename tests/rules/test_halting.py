"""A rule that fails halts by itself, before the entry at which it does; it goes on once mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from domain.bureau.bureau import Bureau
from rules import working
from rules.rule import Found, Row, Rule, Touch
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment

PAID = Rule(
    code="T01",
    name="每一发放",
    severity="data",
    basis="",
    needs={"payment": Touch("x.stream")},
    rows="""
        SELECT t.subject, t.at, p.known_from || '' AS key, p.known_from AS position,
            p.paid_on AS valid_from, '发放' AS what
        FROM touched AS t JOIN payment AS p ON p.stream = t.subject AND {known:p}
    """,
)


def fails_at(position: int) -> Rule:
    """The same with code that cannot look at the payment of an entry."""

    def find(rows: Sequence[Row], bureau: Bureau) -> Iterable[Found]:
        if any(row["position"] == position for row in rows):
            raise ValueError(rows)
        return PAID.find(rows, bureau)

    return replace(PAID, find=find)


OTHER = replace(PAID, code="T02")
WRONG = replace(PAID, code="T03", rows=PAID.rows.replace("p.paid_on", "p.no_such_day"))


async def positions(bench: Bench, *looking: Rule) -> dict[str, int]:
    return {
        code: stand.position
        for code, stand in (await working.stands(bench.connection, LEDGER, looking)).items()
    }


async def found(bench: Bench, rule: Rule) -> list[int]:
    rows = await bench.connection.fetch(
        "SELECT position FROM finding WHERE rule = $1 ORDER BY position", rule.code
    )
    return [row[0] for row in rows]


async def months(bench: Bench) -> None:
    """Entries 2 to 9 are payments."""
    paid = [a_payment("DB-1", 50_000, f"2024-{month:02d}") for month in range(1, 9)]
    await bench.tell(a_household("DB-1"), *paid)


async def caught_up(bench: Bench, *looking: Rule, **options: Any) -> list[tuple[str, int]]:
    halts = await working.catch_up(bench.connection, LEDGER, looking, **options)
    return [(halt.read_model, halt.position) for halt in halts]


async def test_it_halts_before_the_entry_and_the_others_go_on(bench: Bench) -> None:
    await months(bench)
    failing = fails_at(6)

    assert await caught_up(bench, failing, OTHER) == [("T01", 6)]

    assert await positions(bench, failing, OTHER) == {"T01": 5, "T02": 9}
    assert await found(bench, failing) == [2, 3, 4, 5]
    assert await found(bench, OTHER) == [2, 3, 4, 5, 6, 7, 8, 9]


async def test_mended_it_goes_on_where_it_stood(bench: Bench) -> None:
    await months(bench)
    await caught_up(bench, fails_at(6))

    assert await caught_up(bench, PAID, again=False) == [("T01", 6)]
    assert await caught_up(bench, PAID) == []
    assert await found(bench, PAID) == [2, 3, 4, 5, 6, 7, 8, 9]


async def test_what_it_says_of_its_failing_quotes_no_record(bench: Bench) -> None:
    await months(bench)
    await caught_up(bench, fails_at(6))

    (stand,) = (await working.stands(bench.connection, LEDGER, [PAID])).values()
    assert stand.halted is not None
    assert stand.halted.startswith("ValueError at test_halting.py:")


async def test_a_query_that_does_not_fit_the_tables_halts_its_rule(bench: Bench) -> None:
    await months(bench)

    assert await caught_up(bench, WRONG, OTHER) == [("T03", 2)]
    assert await positions(bench, WRONG, OTHER) == {"T03": 1, "T02": 9}


async def test_a_new_rule_begins_at_the_first_entry(bench: Bench) -> None:
    await months(bench)
    await caught_up(bench, OTHER)
    await bench.tell(a_payment("DB-1", 50_000, "2024-09"))

    assert await caught_up(bench, OTHER, PAID) == []
    assert await found(bench, PAID) == await found(bench, OTHER) == list(range(2, 11))
