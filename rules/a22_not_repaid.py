"""退票未重发: the bank sent money back, and it was not paid again in time.

It need not be where nothing is due of the months, or another payment was made for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from rules.accounts import ACCOUNT, DAY, FROM, Account, Line, Moved, account, standing
from rules.rule import Found, Row, Rule, Touch

LIMIT = "assistance.repay-days"


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        case = account(row)
        for line in case.basic:
            for back in line.returned:
                due = bureau.due_in_days(LIMIT, back.on)
                if due is not None and any(case.at(month) for month in line.months):
                    yield from _of_return(case, line, back, due.latest + DAY)


def _of_return(case: Account, line: Line, back: Moved, since: date) -> Iterator[Found]:
    owed = [moved for moved in line.returned if moved.on <= back.on]
    again = [
        Moved(other.on, other.left(), other.position)
        for other in case.basic
        if other.of == line.fact
        or (
            other.of is None
            and other.whole
            and other.on > line.on
            and other.fact != line.fact
            and set(other.months) & set(line.months)
        )
    ]
    for on, until, fen in standing((*owed, *again), lambda total: total < 0, since):
        yield Found(
            key=f"{line.fact} {back.on}",
            what=f"{back.on}退票，至今有{format_yuan(-fen)}元未重发"
            if until is None
            else f"{back.on}退票，{until}才重发",
            valid_from=on,
            valid_to=until,
            on_date=back.on,
            position=back.position,
            amount_fen=-fen,
            township=line.township,
        )


RULE = Rule(
    code="A22",
    name="退票未重发",
    severity="unlawful",
    basis="社会救助暂行办法 5, 58",
    needs={
        "payment": Touch(
            "x.stream",
            "x.item = 'basic' AND ({warned:x} OR x.kind = 'returned' OR x.names IS NOT NULL"
            " OR x.stream IN (SELECT r.stream FROM payment AS r"
            " WHERE r.ledger = $1 AND r.kind = 'returned'))",
        ),
        "case_entitlement": Touch(
            "x.stream",
            "x.stream IN (SELECT r.stream FROM payment AS r"
            " WHERE r.ledger = $1 AND r.kind = 'returned')",
        ),
    },
    rows=f"{ACCOUNT} {FROM}",
    find=_find,
)
