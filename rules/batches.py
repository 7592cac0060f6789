"""Batches of payments: what was approved and released, against what reached accounts (A24, A52).

Too much is found when it is there; too little when the days that the bank may take are over, once
all lines were there or a list of a later month is approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from projections.read_model import MAX_POSITION
from rules.accounts import DAY, FROM, day, listed
from rules.rule import Found, Row, Touch

LIMIT = "assistance.settle-days"
BEFORE = """payroll_step AS b WHERE b.ledger = x.ledger AND b.programme = x.programme
    AND b.step = 'approved' AND b.known_from < x.known_from"""
"""SQL: the lists of the programme of a step x that were approved before it."""
_CLOSES = f"""unnest(ARRAY[x.stream] || ARRAY(
    SELECT o.stream FROM payroll_step AS o WHERE o.ledger = x.ledger AND x.step = 'approved'
        AND o.programme = x.programme AND o.month < x.month
        AND (x.known_to <> {MAX_POSITION}
            OR x.done_on < (SELECT max(b.done_on) FROM {BEFORE})
            OR NOT o.month < (SELECT max(b.month) FROM {BEFORE})
            OR (SELECT max(b.month) FROM {BEFORE}) IS NULL)
))"""
# Of the payments of a run of entries, those from which on their batch may be amiss: with them it
# has all of its lines, or more money, or a later list was approved before them. So the many that
# come in between are not looked at one by one.
_LATE = """x.known_from = ANY(ARRAY(
    SELECT q.known_from FROM (
        SELECT p.known_from, p.batch, count(*) OVER so_far AS lines,
            sum(p.amount_fen) OVER so_far AS fen
        FROM payment AS p
        WHERE p.ledger = $1 AND p.known_from <= $3 AND p.batch IN (
            SELECT b.batch FROM payment AS b
            WHERE b.ledger = $1 AND b.known_from > $2 AND b.known_from <= $3)
        WINDOW so_far AS (PARTITION BY p.batch ORDER BY p.known_from, p.n)
    ) AS q JOIN (
        SELECT s.batch, min(s.lines) AS lines, min(s.amount_fen) AS fen, min((
            SELECT min(b.known_from) FROM payroll_step AS b
            WHERE b.ledger = s.ledger AND b.programme = s.programme AND b.step = 'approved'
                AND b.month > s.month)) AS closed
        FROM payroll_step AS s WHERE s.ledger = $1 GROUP BY s.batch
    ) AS s ON s.batch = q.batch
    WHERE q.known_from > $2
        AND (q.lines >= s.lines OR q.fen > s.fen OR q.known_from > s.closed)
))"""
NEEDS = {
    "payroll_step": Touch(_CLOSES),
    "payment": Touch(
        "'payroll/' || x.batch",
        f"x.batch IS NOT NULL AND ({{warned:x}} OR {_LATE})",
    ),
}
ROWS = f"""
    SELECT t.subject, t.at,
        (SELECT json_agg(s) FROM (
            SELECT s.step, s.batch, s.amount_fen, s.lines, s.done_on, s.known_from AS position, (
                SELECT min(b.done_on) FROM payroll_step AS b
                WHERE b.programme = s.programme AND b.step = 'approved' AND b.month > s.month
                    AND {{known:b}}) AS closed_on
            FROM payroll_step AS s WHERE s.batch = substr(t.subject, 9) AND {{known:s}}
            ORDER BY s.done_on, s.known_from) AS s) AS steps,
        (SELECT json_agg(p) FROM (
            SELECT p.paid_on, sum(p.amount_fen) AS fen, count(*) AS lines,
                max(p.known_from) AS position
            FROM payment AS p WHERE p.batch = substr(t.subject, 9) AND {{known:p}}
                AND p.kind IN ('settled', 'arrears')
            GROUP BY p.paid_on ORDER BY p.paid_on) AS p) AS paid,
        (SELECT count(*) FROM payment AS p WHERE p.ledger = $1 AND p.known_from <= t.at
            AND p.batch = substr(t.subject, 9)) AS ever
    {FROM}
"""


def against(
    steps: Sequence[str], *, lines: bool
) -> Callable[[Sequence[Row], Bureau], Iterable[Found]]:
    """Finds where a batch's money differs from what one of these steps says; and its lines."""

    def find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
        for row in rows:
            told = {each["step"]: each for each in listed(row["steps"]) if each["step"] in steps}
            for step in told.values():
                days = bureau.rules.number(LIMIT, day(step["done_on"]))
                if days is not None:
                    yield from _differing(row, step, days, lines=lines)

    return find


_NAMES = {"approved": "审批", "released": "拨付", "instructed": "代发指令"}


def _differing(row: Row, step: dict[str, Any], limit: int, *, lines: bool) -> Iterator[Found]:
    paid = listed(row["paid"])
    closed_on = None
    if row["ever"] >= step["lines"]:
        closed_on = day(step["done_on"]) + timedelta(limit) + DAY
    elif step["closed_on"] is not None:
        closed_on = max(day(step["closed_on"]), day(step["done_on"]) + timedelta(limit) + DAY)
    days: dict[date, dict[str, Any]] = {day(each["paid_on"]): each for each in paid}
    ends = sorted({*days, day(step["done_on"]), *([] if closed_on is None else [closed_on])})
    fen = count = 0
    position = step["position"]
    open_: tuple[date, int, int, int] | None = None
    for on in ends:
        before = open_
        if on in days:
            fen, count = fen + days[on]["fen"], count + days[on]["lines"]
        more = fen > step["amount_fen"] or (lines and count > step["lines"])
        less = fen < step["amount_fen"] or (lines and count < step["lines"])
        wrong = more or (less and closed_on is not None and on >= closed_on)
        if more:
            position = max(position, *(days[each]["position"] for each in days if each <= on))
        open_ = (on, fen, count, position) if wrong else None
        if before is not None and (open_ is None or before[1:3] != open_[1:3]):
            yield _found(step, before, on, lines=lines)
        elif before is not None:
            open_ = before
    if open_ is not None:
        yield _found(step, open_, None, lines=lines)


def _found(
    step: dict[str, Any], since: tuple[date, int, int, int], until: date | None, *, lines: bool
) -> Found:
    on, fen, count, position = since
    told = f"{_NAMES[step['step']]}{format_yuan(step['amount_fen'])}元"
    came = f"到账{format_yuan(fen)}元"
    if lines:
        told, came = f"{told}（{step['lines']}笔）", f"{came}（{count}笔）"
    return Found(
        key=f"{step['batch']} {step['step']}",
        what=f"{told}，{came}",
        valid_from=on,
        position=position,
        valid_to=until,
        amount_fen=abs(fen - step["amount_fen"]),
    )
