"""多发未追回: money found not to be due was neither ordered back nor waived, or did not come back.

A waiver (核销) counts as far as it was approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from rules.accounts import DAY, FROM, Moved, day, listed
from rules.rule import Found, Row, Rule, Touch

LIMIT = "assistance.recovery-order-days"


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        told = sorted(listed(row["overpayments"]), key=lambda each: (each["on_date"], each["fact"]))
        received = [
            Moved(day(each["paid_on"]), each["amount_fen"], each["fact"])
            for each in listed(row["recovered"])
        ]
        found, ordered, waived = (
            [each for each in told if each["kind"] == kind]
            for kind in ("found", "ordered", "waived")
        )
        gone = [_moved(each) for each in waived]
        orders = [_moved(each) for each in ordered]
        about: dict[str, Any] = {"township": row["township"]}
        so_far = 0
        for each in found:
            so_far += each["amount_fen"]
            on = day(each["on_date"])
            due_on = bureau.due_in_days(LIMIT, on)
            if due_on is None:
                continue
            since = due_on.latest + DAY
            for first, until, short in _short(so_far, (orders, received), gone, since):
                what = f"{on}发现多发，有{format_yuan(short)}元未责令退回，也未经批准核销"
                key = f"found {on}"
                fen = min(short, each["amount_fen"])
                yield Found(key, what, first, each["fact"], until, on, amount_fen=fen, **about)
        so_far = 0
        for each in sorted(ordered, key=lambda each: each["due_on"]):
            so_far += each["amount_fen"]
            due = day(each["due_on"])
            for first, until, short in _short(so_far, (received,), gone, due + DAY):
                what = f"应于{due}（含当日）前退回，有{format_yuan(short)}元未退回"
                key = f"ordered {each['on_date']}"
                fen = min(short, each["amount_fen"])
                yield Found(
                    key, what, first, each["fact"], until, due + DAY, amount_fen=fen, **about
                )


def _moved(each: dict[str, Any]) -> Moved:
    return Moved(day(each["on_date"]), each["amount_fen"], each["fact"])


def _short(
    owed: int, covering: Sequence[Iterable[Moved]], gone: Iterable[Moved], since: date
) -> Iterator[tuple[date, date | None, int]]:
    """From when to when so much is not covered, by what covers most and by what was waived."""
    days = sorted({since, *(m.on for each in (*covering, gone) for m in each if m.on > since)})
    for number, on in enumerate(days):
        most = max(sum(m.fen for m in each if m.on <= on) for each in covering)
        short = owed - most - sum(m.fen for m in gone if m.on <= on)
        if short > 0:
            yield on, days[number + 1] if number + 1 < len(days) else None, short


RULE = Rule(
    code="A23",
    name="多发未追回",
    severity="unlawful",
    basis="社会救助暂行办法 5, 68",
    needs={
        "overpayment": "x.stream",
        "case_entitlement": Touch(
            "x.stream",
            "x.stream IN (SELECT o.stream FROM overpayment AS o WHERE o.ledger = $1)",
        ),
        "payment": Touch("x.stream", "x.kind = 'recovered'"),
    },
    rows=f"""
        SELECT t.subject, t.at,
            (SELECT json_agg(o) FROM (
                SELECT o.kind, o.amount_fen, o.on_date, o.due_on, o.known_from AS fact
                FROM overpayment AS o WHERE o.stream = t.subject AND {{known:o}}) AS o
            ) AS overpayments,
            (SELECT json_agg(p) FROM (
                SELECT p.amount_fen, p.paid_on, p.known_from AS fact FROM payment AS p
                WHERE p.stream = t.subject AND p.kind = 'recovered' AND {{known:p}}) AS p
            ) AS recovered,
            (SELECT c.township FROM case_entitlement AS c
                WHERE c.stream = t.subject AND {{known:c}}
                ORDER BY c.first_month DESC LIMIT 1) AS township
        {FROM}
    """,
    find=_find,
)
