"""What is due of a month by the standard in force, and what was paid for it (A09, A10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from domain.bureau.bureau import Bureau
from projections.read_model import MAX_POSITION
from rules.accounts import ACCOUNT, FROM, PAID, Account, Moved, Stretch, day, listed
from rules.rule import Row, Touch

ROWS = f"""
    {ACCOUNT},
    (SELECT json_agg(s) FROM (
        SELECT s.kind, s.area, s.amount_fen, s.effective_from, s.adopted_on
        FROM standard AS s WHERE {{known:s}}
        ORDER BY s.effective_from, s.adopted_on, s.known_from) AS s) AS standards,
    (SELECT json_agg(r) FROM (
        SELECT r.kind, r.area, r.effective_from, r.go_live_month
        FROM raise_standard AS r WHERE {{known:r}}
        ORDER BY r.effective_from, r.known_from) AS r) AS raises
    {FROM}
"""
_CASE = """f.programme = c.programme AND f.mode = coalesce(c.mode, '')
    AND (f.level IS NULL OR f.level = c.level)"""
_OF_STANDARDS = """x.stream IN (SELECT c.stream FROM case_entitlement AS c
    WHERE c.ledger = $1 AND c.programme IN (SELECT f.programme FROM {follows}))"""
# A payment, for one or two months, of what the decision says, or of the standard that the case
# follows, changes nothing. That standard is in force for a month from the position at which it was
# told up to that at which a newer one was.
_IN_ORDER = f"""(x.known_from, x.n) IN (
    WITH paid AS MATERIALIZED (
        SELECT q.known_from, q.n, q.amount_fen, (length(q.months) + 1) / 8 AS months,
            least(left(q.months, 7), right(q.months, 7)) AS first,
            greatest(left(q.months, 7), right(q.months, 7)) AS last,
            c.programme, c.level, c.mode, coalesce(c.area, '') AS area, c.monthly_amount_fen AS own
        FROM payment AS q JOIN case_entitlement AS c ON c.ledger = q.ledger AND c.stream = q.stream
            AND c.known_from <= q.known_from AND c.known_to > q.known_from
            AND c.first_month <= least(left(q.months, 7), right(q.months, 7)) AND (
                c.last_month IS NULL
                OR greatest(left(q.months, 7), right(q.months, 7)) <= c.last_month)
        WHERE q.ledger = $1 AND q.known_from > $2 AND q.known_from <= $3 AND q.item = 'basic'
            AND q.kind = 'settled' AND length(q.months) < 16
    ), due AS MATERIALIZED (
        SELECT s.kind, a.area, m.first, m.last, s.amount_fen, s.known_from, least(s.known_to, (
            SELECT min(n.known_from) FROM standard AS n
            WHERE n.ledger = s.ledger AND n.kind = s.kind AND n.amount_fen <> s.amount_fen
                AND (n.area IS NULL OR n.area = a.area)
                AND n.effective_from <= to_date(m.last, 'YYYY-MM')
                AND (n.effective_from, n.adopted_on, n.known_from)
                    > (s.effective_from, s.adopted_on, s.known_from))) AS known_to
        FROM (SELECT DISTINCT first, last FROM paid WHERE own IS NULL) AS m
            JOIN standard AS s ON s.effective_from <= to_date(m.first, 'YYYY-MM')
            JOIN (SELECT DISTINCT area FROM paid) AS a ON s.area IS NULL OR s.area = a.area
        WHERE s.ledger = $1
    )
    SELECT c.known_from, c.n FROM paid AS c WHERE c.amount_fen = c.months * c.own
    UNION ALL
    SELECT c.known_from, c.n FROM paid AS c JOIN {{follows}} ON f.always AND {_CASE}
        JOIN due AS d ON d.kind = f.kind AND d.area = c.area AND d.first = c.first
            AND d.last = c.last AND c.amount_fen = c.months * d.amount_fen
            AND d.known_from <= c.known_from AND d.known_to > c.known_from
    WHERE c.own IS NULL)"""
_FOLLOWING = f"""unnest(ARRAY(
    SELECT c.stream FROM {{follows}} JOIN case_entitlement AS c ON {_CASE}
    WHERE f.kind = x.kind AND c.ledger = x.ledger AND c.monthly_amount_fen IS NULL
        AND (x.area IS NULL OR c.area IS NULL OR c.area = x.area)
        AND EXISTS (SELECT FROM payment AS p WHERE p.ledger = c.ledger AND p.stream = c.stream
            AND p.known_from <= greatest(x.known_from, nullif(x.known_to, {MAX_POSITION})))
))"""
NEEDS: dict[str, str | Touch] = {
    "payment": Touch(
        "x.stream",
        f"x.item = 'basic' AND {_OF_STANDARDS} AND ({{warned:x}} OR NOT {_IN_ORDER})",
    ),
    "case_entitlement": Touch("x.stream", f"{_OF_STANDARDS} AND {PAID}"),
    "standard": Touch(_FOLLOWING),
    "raise_standard": Touch(_FOLLOWING),
}


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
    """The months for which something was paid and a standard, or a decision, fixes what is due.

    Without those that were paid just that, at once.
    """
    standards, raises = case.names["standards"] or "[]", case.names["raises"] or "[]"
    for month, moves in case.by_month().items():
        stretch = case.at(month)
        programme = None if stretch is None else bureau.programmes.get(stretch.programme)
        if stretch is None or programme is None or programme.pays not in ("flat", "graded"):
            continue
        due = programme.fixes(stretch.fen)
        its = _InForce(None, None, None)
        if due is None:
            kind = programme.follows(stretch.mode, stretch.level)
            its = _in_force(standards, raises, kind, stretch.area, month)
            due = None if its.standard is None else its.standard.fen
        if due is not None and not (len(moves) == 1 and moves[0].fen == due):
            yield Month(month, stretch, moves, due, *its)


class _InForce(NamedTuple):
    """The standard of a month, the one before it, and with which list the payroll pays it."""

    standard: Standard | None
    before: Standard | None
    live: str | None


@lru_cache(maxsize=10_000)
def _in_force(
    standards: str, raises: str, kind: str | None, area: str | None, month: str
) -> _InForce:
    first = date.fromisoformat(f"{month}-01")
    mine = [
        each
        for each in _standards(standards)
        if each.kind == kind and each.area in (None, area) and each.since <= first
    ]
    if not mine:
        return _InForce(None, None, None)
    live = (
        each.live
        for each in _raises(raises)
        if (each.kind, each.since) == (kind, mine[-1].since) and each.area in (None, area)
    )
    before = next((each for each in reversed(mine) if each.since < mine[-1].since), None)
    return _InForce(mine[-1], before, next(live, None))


@lru_cache(maxsize=100)
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


@lru_cache(maxsize=100)
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
