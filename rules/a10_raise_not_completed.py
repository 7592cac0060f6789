"""提标未落实: a month was paid with the standard of before, and no arrears made it up.

They are due with the first list of payments at the new standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from rules.accounts import account, day_after, standing
from rules.rule import Found, Row, Rule
from rules.standards import NEEDS, ROWS, Month, accounts, months


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        if accounts(row) and row["raises"] is not None:
            for month in months(account(row), bureau):
                yield from _of_month(month)


def _of_month(month: Month) -> Iterator[Found]:
    before, standard = month.before, month.standard
    if before is None or standard is None or month.live is None or before.fen >= month.due:
        return
    since = max(day_after(max(month.live, month.month)), standard.adopted_on)

    def short(total: int) -> bool:
        return before.fen <= total < month.due

    for on, until, fen in standing(month.moves, short, since):
        yield Found(
            key=month.month,
            what=f"{month.month}应按新标准发放{format_yuan(month.due)}元，"
            f"实发{format_yuan(fen)}元，未补发差额",
            valid_from=on,
            valid_to=until,
            on_date=since,
            position=month.moves[0].position,
            amount_fen=month.due - fen,
            township=month.stretch.township,
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
