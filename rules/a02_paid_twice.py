"""重复享受: one person in two cases of a programme, or one case paid twice for a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from rules.accounts import ACCOUNT, FROM, Account, account, offset, standing
from rules.covered import COVERED, TOUCHED, Covered, number, since, twice
from rules.rule import Found, Row, Rule, Touch


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    def both(one: Covered, other: Covered) -> Found | None:
        if one.programme != other.programme:
            return None
        programme = bureau.programmes.get(one.programme)
        name = one.programme if programme is None else programme.short
        first, second = number(one.stream), number(other.stream)
        return Found(
            key=" ".join(sorted((first, second))),
            what=f"同一人{one.common(other)}起为两个{name}个案（{first}、{second}）的保障对象",
            valid_from=since(one, other),
            position=other.position,
            township=other.township,
        )

    for row in rows:
        yield from twice(row, both)
        yield from _paid_twice(account(row))


def _paid_twice(case: Account) -> Iterator[Found]:
    """Another whole payment of a month that one was paid for, and that was not sent back."""
    months = sorted({month for line in case.basic if line.whole for month in line.months})
    pool = list(case.recovered)
    for month in months:
        lines = [line for line in case.basic if line.whole and month in line.months]
        if len(lines) <= 1:
            continue
        least = min(next(line.part(month)).fen for line in lines)
        moves = sorted(moved for line in lines for moved in line.part(month))
        back = offset(pool, sum(moved.fen for moved in moves) - least)
        one = max(next(line.part(month)).fen for line in lines)

        def wrong(total: int, one: int = one) -> bool:
            return total > one

        for on, until, fen in standing((*moves, *back), wrong):
            yield Found(
                key=f"{number(str(case.names['subject']))} {month}",
                what=f"{month}重复发放，共{format_yuan(fen)}元",
                valid_from=on,
                valid_to=until,
                on_date=lines[-1].on,
                position=lines[-1].position,
                amount_fen=fen - one,
                township=lines[-1].township,
            )


RULE = Rule(
    code="A02",
    name="重复享受、重复发放",
    severity="unlawful",
    basis="社会救助暂行办法 5, 68",
    breaches=("case/month-already-paid", "case/covered-in-two-cases"),
    needs={
        **TOUCHED,
        "payment": Touch(
            "x.stream", "x.item = 'basic' AND (x.kind IN ('returned', 'recovered') OR {warned:x})"
        ),
    },
    rows=f"{ACCOUNT}, {COVERED} {FROM}",
    find=_find,
)
