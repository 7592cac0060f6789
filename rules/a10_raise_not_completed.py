"""提标未落实: a month was paid with the standard of before, and no arrears made it up.

They are due with the first list of payments at the new standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from rules.accounts import account, day_after, standing
from rules.rule import Found, Row, Rule
from rules.standards import NEEDS, ROWS, Month, accounts, months


class _Short(NamedTuple):
    """From one day to another, so much of a month is missing."""

    on: date
    until: date
    month: Month
    fen: int


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        if not accounts(row) or row["raises"] is None:
            continue
        missing: dict[str, list[_Short]] = {}
        for month in months(account(row), bureau):
            if month.live is not None:
                paid_with = max(month.live, month.month)
                missing.setdefault(paid_with, []).extend(_short(month, day_after(paid_with)))
        for paid_with, its in missing.items():
            yield from _of_list(paid_with, its)


def _short(month: Month, due: date) -> Iterator[_Short]:
    before, standard = month.before, month.standard
    if before is None or standard is None or before.fen >= month.due:
        return
    since = max(due, standard.adopted_on)
    for on, until, fen in standing(month.moves, lambda paid: before.fen <= paid < month.due, since):
        yield _Short(on, until or date.max, month, month.due - fen)


def _of_list(paid_with: str, missing: Sequence[_Short]) -> Iterator[Found]:
    """What should have come with a list, of all months together: it is made up at once."""
    days = sorted({day for each in missing for day in (each.on, each.until)})
    for on, until in pairwise(days):
        short = [each for each in missing if each.on <= on < each.until]
        if not short:
            continue
        fen = sum(each.fen for each in short)
        named = "、".join(each.month.month for each in short)
        yield Found(
            key=paid_with,
            what=f"{named}未按新标准发放，差额{format_yuan(fen)}元未补发",
            valid_from=on,
            valid_to=None if until == date.max else until,
            on_date=min(each.on for each in missing),
            position=short[0].month.moves[0].position,
            amount_fen=fen,
            township=short[-1].month.stretch.township,
        )


RULE = Rule(
    code="A10",
    name="提标未落实",
    severity="unlawful",
    basis="社会救助暂行办法 10, 15",
    needs=NEEDS,
    rows=ROWS,
    find=_find,
)
