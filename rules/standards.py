"""What is due of a month by the standard in force, and what was paid for it (A09, A10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from domain.bureau.bureau import Bureau
from projections.read_model import MAX_POSITION
from rules.accounts import ACCOUNT, FROM, Account, Moved, Stretch, day, listed
from rules.rule import Row, Touch

ROWS = f"""
    {ACCOUNT},
    (SELECT json_agg(s) FROM (
        SELECT s.kind, s.area, s.amount_fen, s.effective_from, s.adopted_on
        FROM standard AS s WHERE {{known:s}}
        ORDER BY s.effective_from, s.adopted_on, s.known_from) AS s) AS standards,
    (SELECT json_agg(r) FROM (
        SELECT r.kind, r.area, r.effective_from, r.go_live_month
        FROM raise_standard AS r WHERE {{known:r}}) AS r) AS raises
    {FROM}
"""
_IN_FORCE = """
    SELECT FROM standard AS s JOIN case_entitlement AS c
        ON c.ledger = x.ledger AND c.stream = x.stream
        AND c.known_from <= x.known_from AND c.known_to > x.known_from
    WHERE s.ledger = x.ledger AND s.known_from <= x.known_from AND s.known_to > x.known_from
        AND s.kind = x.programme AND s.kind = c.programme AND s.amount_fen = x.amount_fen
        AND c.level IS NULL AND c.mode IS DISTINCT FROM 'institutional'
        AND c.monthly_amount_fen IS NULL
        AND (s.area IS NULL OR s.area = c.area)
        AND s.effective_from <= to_date(x.months, 'YYYY-MM')
        AND c.first_month <= x.months AND (c.last_month IS NULL OR x.months <= c.last_month)
        AND NOT EXISTS (
            SELECT FROM standard AS n WHERE n.ledger = x.ledger AND n.kind = s.kind
                AND n.known_from <= x.known_from AND n.known_to > x.known_from
                AND n.effective_from <= to_date(x.months, 'YYYY-MM')
                AND n.amount_fen <> s.amount_fen
                AND (n.effective_from, n.adopted_on, n.known_from)
                    > (s.effective_from, s.adopted_on, s.known_from)
                AND (n.area IS NULL OR n.area = c.area))
"""
_FOLLOWING = f"""unnest(ARRAY(
    SELECT c.stream FROM {{follows}} JOIN case_entitlement AS c ON c.programme = f.programme
    WHERE f.kind = x.kind AND c.ledger = x.ledger AND c.monthly_amount_fen IS NULL
        AND (x.area IS NULL OR c.area IS NULL OR c.area = x.area)
        AND EXISTS (SELECT FROM payment AS p WHERE p.ledger = c.ledger AND p.stream = c.stream
            AND p.known_from <= greatest(x.known_from, nullif(x.known_to, {MAX_POSITION})))
))"""
_PAID = (
    "EXISTS (SELECT FROM payment AS p WHERE p.ledger = x.ledger AND p.stream = x.stream"
    " AND p.known_from <= {at})"
)
# A payment of the standard that its case follows changes nothing, wherever the standard is called
# like the programme; where a decision says the amount, one of that amount.
NEEDS: dict[str, str | Touch] = {
    "payment": Touch(
        "x.stream",
        "x.item = 'basic' AND ({warned:x} OR x.kind <> 'settled' OR x.month_number IS NULL"
        " OR NOT (EXISTS (SELECT FROM case_entitlement AS o WHERE o.ledger = x.ledger"
        " AND o.stream = x.stream AND o.known_from <= x.known_from AND o.known_to > x.known_from"
        " AND o.monthly_amount_fen = x.amount_fen AND o.first_month <= x.months"
        " AND (o.last_month IS NULL OR x.months <= o.last_month))"
        f" OR EXISTS ({_IN_FORCE})))",
    ),
    "case_entitlement": Touch("x.stream", _PAID),
    "standard": Touch(_FOLLOWING),
}
RAISES: dict[str, str | Touch] = {"raise_standard": Touch(_FOLLOWING)}


class Standard(NamedTuple):
    """In force from a day on; set on another."""

    kind: str
    area: str | None
    fen: int
    since: date
    adopted_on: date


class Raise(NamedTuple):
    """A standard that the payroll pays from a month on."""

    kind: str
    area: str | None
    since: date
    live: str


class Month(NamedTuple):
    """A month of a case that was paid, and what is due of it."""

    month: str
    stretch: Stretch
    moves: list[Moved]
    due: int
    standard: Standard | None
    """None where the decision says the amount."""
    before: Standard | None
    """The one that was in force before it."""
    live: str | None
    """The month from which on the payroll pays it, as far as that is known."""


def months(case: Account, bureau: Bureau) -> Iterator[Month]:
    """The months for which something was paid and a standard, or a decision, fixes what is due."""
    standards = _standards(case.names["standards"] or "[]")
    raises = _raises(case.names["raises"] or "[]")
    for month, moves in case.by_month().items():
        stretch = case.at(month)
        programme = None if stretch is None else bureau.programmes.get(stretch.programme)
        if stretch is None or programme is None or programme.pays not in ("flat", "graded"):
            continue
        own = programme.fixes(stretch.fen)
        if own is not None:
            yield Month(month, stretch, moves, own, None, None, None)
            continue
        kind = programme.follows(stretch.mode, stretch.level)
        first = date.fromisoformat(f"{month}-01")
        mine = [
            each
            for each in standards
            if each.kind == kind and each.area in (None, stretch.area) and each.since <= first
        ]
        if mine:
            live = (r.live for r in raises if (r.kind, r.since) == (kind, mine[-1].since))
            before = next((s for s in reversed(mine) if s.since < mine[-1].since), None)
            yield Month(month, stretch, moves, mine[-1].fen, mine[-1], before, next(live, None))


@cache
def _standards(written: str) -> tuple[Standard, ...]:
    return tuple(
        Standard(
            each["kind"],
            each["area"],
            each["amount_fen"],
            day(each["effective_from"]),
            day(each["adopted_on"]),
        )
        for each in listed(written)
    )


@cache
def _raises(written: str) -> tuple[Raise, ...]:
    return tuple(
        Raise(each["kind"], each["area"], day(each["effective_from"]), each["go_live_month"])
        for each in listed(written)
    )


def on_old_standard(month: Month) -> bool:
    """Whether a month was paid, for now, with the standard that was in force before."""
    if month.before is None or month.before.fen >= month.due:
        return False
    total = sum(moved.fen for moved in month.moves)
    return month.before.fen <= total < month.due


def accounts(row: Row) -> bool:
    """Whether there is anything to look at."""
    return row["lines"] is not None and row["cases"] is not None
