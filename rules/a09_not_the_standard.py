"""发放金额不是当月标准: of what follows a standard, another amount was paid.

What was paid with the standard of before, while a raise is put into effect, is A10's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from rules.accounts import account, offset, standing
from rules.rule import Found, Row, Rule
from rules.standards import NEEDS, ROWS, Month, accounts, months, on_old_standard


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        if accounts(row):
            case = account(row)
            pool = list(case.recovered)
            for month in months(case, bureau):
                back = offset(pool, sum(moved.fen for moved in month.moves) - month.due)
                month.moves.extend(back)
                yield from _of_month(month)


def _of_month(month: Month) -> Iterator[Found]:
    old = on_old_standard(month)
    adopted = date.min if month.standard is None else month.standard.adopted_on
    since = max(month.moves[0].on, adopted, month.stretch.decided_on)
    for on, until, fen in standing(
        month.moves, lambda total: total > month.due or (0 < total < month.due and not old), since
    ):
        if until is not None and month.before is not None and fen == month.before.fen:
            continue  # with the standard of before, until the arrears came
        yield Found(
            key=month.month,
            what=f"{month.month}应发{format_yuan(month.due)}元，实发{format_yuan(fen)}元",
            valid_from=on,
            valid_to=until,
            position=month.moves[0].position,
            amount_fen=abs(fen - month.due),
            township=month.stretch.township,
        )


RULE = Rule(
    code="A09",
    name="发放金额不是当月标准",
    severity="unlawful",
    basis="社会救助暂行办法 10, 15",
    needs=NEEDS,
    rows=ROWS,
    find=_find,
)
