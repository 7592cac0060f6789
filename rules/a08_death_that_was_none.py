"""误报死亡未补发: a case was ended by a death that was none, and goes on without what was missed.

Told as a resumption, or by revoking what said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.calendar import month_of, next_month
from rules.accounts import ACCOUNT, FROM, Account, account, day, day_after, listed, standing
from rules.rule import Found, Row, Rule, Touch

_FALSE = (
    "x.stream IN (SELECT d.stream FROM death AS d WHERE d.ledger = $1"
    " AND (d.none_from IS NOT NULL OR d.known_to < 9223372036854775807))"
)


def _find(rows: Sequence[Row], _: Bureau) -> Iterator[Found]:
    for row in rows:
        deaths = listed(row["deaths"])
        told = {each["person_ref"] for each in deaths if each["stands"]}
        case = account(row)
        for each in deaths:
            lives = each["none_from"] is not None if each["stands"] else True
            if lives and (each["stands"] or each["person_ref"] not in told):
                yield from _missed(case, each)


def _missed(case: Account, told: dict[str, Any]) -> Iterator[Found]:
    """The months from the death on, up to that in which it was known to be none."""
    paid = case.by_month()
    month = next_month(month_of(day(told["died_on"])))
    known_on = None if told["none_from"] is None else day(told["none_from"])
    last = max(paid, default="") if known_on is None else month_of(known_on)
    while month <= last:
        stretch = case.at(month)
        since = known_on or max(day_after(month), day(told["told_on"]))
        moves = paid.get(month, [])
        if stretch is not None and (known_on is None or month < month_of(known_on) or not moves):
            for on, until, _ in standing(moves, lambda total: total <= 0, max(since, date.min)):
                if known_on is None or month < last:
                    yield Found(
                        key=month,
                        what=f"误报死亡，{month}未补发",
                        valid_from=on,
                        valid_to=until,
                        on_date=since,
                        position=told["position"],
                        amount_fen=stretch.fen,
                        township=stretch.township,
                    )
        month = next_month(month)


RULE = Rule(
    code="A08",
    name="误报死亡未补发",
    severity="unlawful",
    basis="社会救助暂行办法 13",
    needs={
        "death": Touch("x.stream", "x.stream LIKE 'case/%'"),
        "payment": Touch("x.stream", f"x.item = 'basic' AND {_FALSE}"),
        "case_entitlement": Touch("x.stream", _FALSE),
    },
    rows=f"""
        {ACCOUNT},
        (SELECT json_agg(d) FROM (
            SELECT DISTINCT ON (d.person_ref, {{known:d}}) d.person_ref, d.died_on, d.told_on,
                d.none_from, {{known:d}} AS stands, d.known_from AS position
            FROM death AS d
            WHERE d.ledger = $1 AND d.stream = t.subject AND d.known_from <= t.at
            ORDER BY d.person_ref, {{known:d}}, d.known_from DESC) AS d) AS deaths
        {FROM}
        WHERE EXISTS (SELECT FROM death AS d
            WHERE d.ledger = $1 AND d.stream = t.subject AND d.known_from <= t.at)
    """,
    find=_find,
)
