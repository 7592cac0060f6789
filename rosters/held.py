"""What the ledger holds of a programme in a month: each case, and whom it covers, by pseudonym."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import asyncpg

from domain.casework import CaseEvent
from projections.read_model import MAX_POSITION
from projections.snapshot import known_at, snapshot

_CASES = """
SELECT case_number, programme, level, mode, area, township, village, first_month, last_month,
       monthly_amount_fen, standard_fen, persons, person_ref
FROM case_entitlement c WHERE {known:c} AND (programme = $3 OR stream = ANY($4))
ORDER BY case_number, first_month
"""
_COVERED = """
SELECT case_number, person_ref, first_month, last_month FROM covered_person v
WHERE {known:v} AND programme = $3 AND first_month <= $4
"""
_PAID = """
SELECT p.case_number, p.months, p.amount_fen, p.item, p.fact FROM payment p
WHERE {known:p} AND p.stream = ANY($3) AND p.kind IN ('settled', 'arrears')
"""


class Held(NamedTuple):
    """A case as it stands in a month; of one that is not active then, as it stood last before."""

    case_number: str
    programme: str
    level: str | None
    mode: str | None
    area: str | None
    township: str
    village: str
    first_month: str
    last_month: str | None
    monthly_amount_fen: int | None
    standard_fen: int | None
    persons: int
    person_ref: str
    active: bool
    """Whether it is entitled in the month."""
    later: bool
    """Whether it is entitled in a later month only."""
    refs: frozenset[str]
    """Pseudonyms of those whom it covers in the month, or covered when it ended."""


class Paid(NamedTuple):
    """A line of money: of which case, months and item, how much, and the position that told it."""

    case_number: str
    months: str
    amount_fen: int
    item: str
    fact: int


def _streams(numbers: Collection[str]) -> list[str]:
    return [f"{CaseEvent.STREAM}/{number}" for number in numbers]


async def cases(
    connection: asyncpg.Connection,
    ledger: str,
    programme: str,
    month: str,
    numbers: Collection[str],
) -> dict[str, Held]:
    """Case number → case, of a programme, and of whatever programme those numbers are."""
    async with snapshot(connection):
        rows = await connection.fetch(
            known_at(_CASES), ledger, MAX_POSITION - 1, programme, _streams(numbers)
        )
        covered = await connection.fetch(
            known_at(_COVERED), ledger, MAX_POSITION - 1, programme, month
        )
    refs: dict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
    for case_number, *span in covered:
        refs[case_number].append(tuple(span))
    found: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        found[row["case_number"]].append(row)
    return {number: _held(stretches, month, refs[number]) for number, stretches in found.items()}


def _held(
    stretches: Iterable[Mapping[str, object]],
    month: str,
    covered: Iterable[tuple[str, str, str | None]],
) -> Held:
    """The stretch of the month, else the last before it, else the first after it."""
    lived = [s for s in stretches if s["last_month"] is None or s["last_month"] >= s["first_month"]]  # type: ignore[operator]  # texts
    lived = lived or list(stretches)
    before = [s for s in lived if str(s["first_month"]) <= month]
    row = before[-1] if before else lived[0]
    last = row["last_month"]
    active = bool(before) and (last is None or str(last) >= month)
    when = month if active else str(last)
    refs = (ref for ref, start, end in covered if start <= when and (end is None or when <= end))
    own: dict[str, Any] = dict(row)
    return Held(**own, active=active, later=not before, refs=frozenset(refs))


async def paid(connection: asyncpg.Connection, ledger: str, numbers: Collection[str]) -> list[Paid]:
    """The lines of money of some cases."""
    async with snapshot(connection):
        rows = await connection.fetch(known_at(_PAID), ledger, MAX_POSITION - 1, _streams(numbers))
    return [Paid(*row) for row in rows]
