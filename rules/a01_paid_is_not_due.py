"""实发与应发不符: by case and month, what was paid against what was decided.

A month is looked at once a list of payments for the second month after it, or a later one, is
approved: the first month of a subsidy is paid with the second. It should be paid by the end of the
month after it, or after its decision. Where decisions say the amount (低保), that is what should be
paid; where the case follows a standard, that is A09's to say. What was recovered is not too much. A
month paid twice is A02's, money after the end by a death A06's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.calendar import month_of
from domain.money import format_yuan
from projections.read_model import MAX_POSITION
from rules.accounts import (
    ACCOUNT,
    FROM,
    PAID,
    Account,
    Moved,
    account,
    day,
    day_after,
    listed,
    month_after,
    offset,
    standing,
)
from rules.batches import BEFORE
from rules.rule import Found, Row, Rule, Touch

_SECOND_BEFORE = "to_char(to_date({}, 'YYYY-MM') - interval '2 month', 'YYYY-MM')"
_FIRST = f"""greatest(c.first_month, coalesce((SELECT greatest(min(b.month),
    to_char(to_date(max(b.month), 'YYYY-MM') - interval '1 month', 'YYYY-MM')) FROM {BEFORE}),
    x.month))"""
_LAST = f"least(c.last_month, {_SECOND_BEFORE.format('x.month')})"
_MONEY = """payment AS p WHERE p.ledger = c.ledger AND p.stream = c.stream
    AND p.known_from <= x.known_from AND p.known_to > x.known_from
    AND p.item = 'basic' AND p.kind IN ('settled', 'arrears')"""

# A list that is approved brings to light who was not paid for the months that it closes: all that
# no list before it closed. One that is taken back, or was approved before others, may change the
# day of any month of the programme.
_NOT_PAID = f"""unnest(ARRAY(
    SELECT c.stream FROM case_entitlement AS c
    WHERE c.ledger = x.ledger AND c.programme = x.programme
        AND c.known_from <= x.known_to AND c.known_to > x.known_from
        AND (c.last_month IS NULL OR c.last_month >= c.first_month)
        AND (x.known_to <> {MAX_POSITION}
            OR x.done_on < (SELECT max(b.done_on) FROM {BEFORE})
            OR x.month < (SELECT min(b.month) FROM {BEFORE})
            OR EXISTS (SELECT FROM payment AS r WHERE r.ledger = c.ledger AND r.stream = c.stream
                AND r.kind = 'returned')
            OR {_FIRST} <= {_LAST} AND EXISTS (
                SELECT FROM generate_series(
                    to_date({_FIRST}, 'YYYY-MM'), to_date({_LAST}, 'YYYY-MM'), interval '1 month'
                ) AS m
                WHERE NOT (EXISTS (SELECT FROM {_MONEY}
                        AND p.month_number = 12 * extract(year FROM m)::int
                            + extract(month FROM m)::int - 1)
                    OR EXISTS (SELECT FROM {_MONEY} AND p.month_number IS NULL
                        AND strpos(p.months, to_char(m, 'YYYY-MM')) > 0))))
))"""
_LATE = """x.known_from IN (
    WITH paid AS MATERIALIZED (
        SELECT q.known_from, q.programme, CASE WHEN length(q.months) < 8 THEN q.months
            ELSE (SELECT min(m) FROM unnest(string_to_array(q.months, ' ')) AS m) END AS month
        FROM payment AS q WHERE q.ledger = $1 AND q.known_from > $2 AND q.known_from <= $3
            AND q.item = 'basic' AND q.months <> ''
    ), closed AS MATERIALIZED (
        SELECT m.programme, m.month, min(b.known_from) AS at
        FROM (SELECT DISTINCT programme, month FROM paid) AS m JOIN payroll_step AS b
            ON b.programme = m.programme AND b.ledger = $1 AND b.step = 'approved'
            AND b.month > to_char(to_date(m.month, 'YYYY-MM') + interval '1 month', 'YYYY-MM')
        GROUP BY m.programme, m.month
    )
    SELECT q.known_from FROM paid AS q JOIN closed AS d
        ON d.programme = q.programme AND d.month = q.month AND d.at < q.known_from
)"""

# Before anything was paid and the first list closed a month, nothing of a case is looked at.
_LISTED = """EXISTS (SELECT FROM payroll_step AS b WHERE b.ledger = x.ledger
    AND b.step = 'approved' AND b.known_from <= {at})"""
_CLOSED = f"""EXISTS (SELECT FROM payroll_step AS b WHERE b.ledger = x.ledger
    AND b.programme = x.programme AND b.step = 'approved' AND b.known_from <= {{at}}
    AND x.first_month <= {_SECOND_BEFORE.format("b.month")})"""


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterable[Found]:
    for row in rows:
        yield from _of_case(account(row), bureau)


def _of_case(case: Account, bureau: Bureau) -> Iterator[Found]:
    if not (case.lines or case.names["approved"]):
        return
    lists: dict[str, dict[str, date]] = {}
    for told in listed(case.names["approved"]):
        lists.setdefault(told["programme"], {})[told["month"]] = day(told["on"])
    steps = [(told["step"], day(told["on_date"])) for told in listed(case.names["steps"])]
    ends = sorted(on for step, on in steps if step != "taken-over")
    taken_over = min((month_of(on) for step, on in steps if step == "taken-over"), default="")
    paid = case.by_month()
    months = set(paid)
    for each in case.stretches:
        if known := lists.get(each.programme):
            months.update(each.months(min(known), month_after(max(known), -2)))
    pool = list(case.recovered)
    died: str | None = case.names["died_on"]
    whole = Counter(month for line in case.basic if line.whole for month in line.months)
    for month in sorted(months):
        moves = paid.get(month, [])
        stretch = case.at(month)
        if stretch is not None:
            closed_on = None
            if month >= taken_over:  # before it, others paid
                closed_on = _closed_on(month, lists.get(stretch.programme, {}))
            once = whole[month] <= 1
            yield from _due(case, month, moves, closed_on, bureau, pool, once=once)
        elif moves and not (died is not None and month > month_of(day(died))):
            yield from _not_due(case, month, moves, ends, pool)


def _closed_on(month: str, lists: dict[str, date]) -> date | None:
    """The first day on which a list was approved that closes a month."""
    if not lists or month < min(lists):
        return None
    second = month_after(month, 2)
    return min((on for of, on in lists.items() if of >= second), default=None)


def _not_due(
    case: Account, month: str, moves: Sequence[Moved], ends: Sequence[date], pool: list[Moved]
) -> Iterator[Found]:
    """Paid for a month of which nothing is due; if that was decided later, from then on."""
    since = moves[0].on
    granted = [stretch for stretch in case.stretches if stretch.first <= month]
    if granted and ends and ends[0] > since:
        since = ends[0]
    back = offset(pool, sum(moved.fen for moved in moves))
    for on, until, fen in standing((*moves, *back), lambda total: total > 0, since):
        yield Found(
            key=f"{month} not-due",
            what=f"{month}不在保障期内，仍发放{format_yuan(fen)}元",
            valid_from=on,
            valid_to=until,
            on_date=moves[0].on,
            position=moves[0].position,
            amount_fen=fen,
            township=granted[-1].township if granted else None,
        )


def _due(
    case: Account,
    month: str,
    moves: Sequence[Moved],
    closed_on: date | None,
    bureau: Bureau,
    pool: list[Moved],
    *,
    once: bool,
) -> Iterator[Found]:
    """Not paid; or, where decisions say the amount, another amount paid."""
    stretch = case.at(month)
    programme = None if stretch is None else bureau.programmes.get(stretch.programme)
    if stretch is None or programme is None or programme.pays in ("none", "once"):
        return
    last = day_after(month_after(max(month, month_of(stretch.decided_on)), 1))
    about: dict[str, Any] = {"township": stretch.township}
    if closed_on is not None:
        since = max(last, closed_on)
        for on, until, _ in standing(moves, lambda total: total <= 0, since):
            yield Found(
                key=f"{month} unpaid",
                what=f"{month}应发未发",
                valid_from=on,
                valid_to=until,
                on_date=last,
                position=stretch.position,
                amount_fen=stretch.fen,
                **about,
            )
    own = stretch.fen if programme.pays in ("top-up", "decided") else None
    if own is None or not moves:
        return
    position = moves[-1].position
    back = offset(pool, sum(moved.fen for moved in moves) - own)
    since = max(stretch.decided_on, moves[0].on)
    more = (*moves, *back) if once else ()
    for on, until, fen in standing(more, lambda total: total > own, since):
        what = f"{month}应发{format_yuan(own)}元，实发{format_yuan(fen)}元"
        over = fen - own
        yield Found(f"{month} more", what, on, position, until, amount_fen=over, **about)
    for on, until, fen in standing(moves, lambda total: 0 < total < own, last):
        what = f"{month}应发{format_yuan(own)}元，实发{format_yuan(fen)}元"
        under = own - fen
        yield Found(f"{month} less", what, on, position, until, amount_fen=under, **about)


RULE = Rule(
    code="A01",
    name="实发与应发不符",
    severity="unlawful",
    basis="社会救助暂行办法 11-13, 16, 18",
    breaches=("case/amount-differs",),
    needs={
        "payment": Touch(
            "x.stream",
            "x.item = 'basic' AND (x.kind IN ('arrears', 'returned', 'recovered') OR {warned:x}"
            f" OR {_LATE})",
        ),
        "case_entitlement": Touch("x.stream", f"{PAID} OR {_CLOSED}"),
        "case_step": Touch(
            "x.stream",
            f"x.step IN ('ended', 'suspended', 'taken-over') AND ({PAID} OR {_LISTED})",
        ),
        "death": Touch("x.stream", "x.stream LIKE 'case/%'"),
        "payroll_step": Touch(_NOT_PAID, "x.step = 'approved'", repeats=True),
    },
    rows=f"""
        {ACCOUNT},
        (SELECT json_agg(s) FROM (
            SELECT s.programme, s.month, min(s.done_on) AS on
            FROM payroll_step AS s WHERE s.step = 'approved' AND {{known:s}}
                AND s.programme IN (
                    SELECT c.programme FROM case_entitlement AS c
                    WHERE c.ledger = $1 AND c.stream = t.subject)
            GROUP BY s.programme, s.month) AS s) AS approved,
        (SELECT json_agg(d) FROM (SELECT d.step, d.on_date FROM case_step AS d
            WHERE d.stream = t.subject AND d.step IN ('ended', 'suspended', 'taken-over')
                AND {{known:d}}) AS d) AS steps,
        (SELECT min(e.died_on)::text FROM death AS e WHERE e.ledger = $1 AND e.stream = t.subject
            AND {{known:e}} AND e.none_from IS NULL) AS died_on
        {FROM}
    """,
    find=_find,
)
