"""死亡后仍发放: money for a month after that of a death, while nobody else was to get it.

What came back undoes it. A household goes on where others of it are covered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from domain.bureau.bureau import Bureau
from domain.calendar import month_of
from domain.money import format_yuan
from rules.accounts import Moved, listed, offset, part_of, standing
from rules.deaths import NEEDS, ROWS, Death, cases, death, holds, moved
from rules.duties import between
from rules.rule import Found, Row, Rule


def _find(rows: Sequence[Row], _: Bureau) -> Iterator[Found]:
    for row in rows:
        dead = death(row)
        if dead is None:
            continue
        paid: dict[str, list[dict[str, Any]]] = {}
        for each in listed(row["paid"]):
            paid.setdefault(each["stream"], []).append(each)
        for stream, stretches in cases(row).items():
            if any(each["first_month"] <= month_of(dead.died_on) for each in stretches):
                yield from _of_case(dead, stream, stretches, paid.get(stream, []))


def _of_case(
    dead: Death,
    stream: str,
    stretches: Sequence[dict[str, Any]],
    paid: Sequence[dict[str, Any]],
) -> Iterator[Found]:
    died_in = month_of(dead.died_on)
    out = [each for each in paid if each["kind"] in ("settled", "arrears")]
    pool = sorted(moved(each) for each in paid if each["kind"] == "recovered")
    months = sorted({m for each in out for m in each["months"].split() if m > died_in})
    number = stream.partition("/")[2]
    for month in months:
        others = [other for each in stretches for other in each["others"] or ()]
        covered = any(holds(each, month) for each in stretches)
        if not covered and any(holds(other, month) for other in others):
            continue
        moves = sorted(_parts(paid, month))
        back = offset(pool, sum(each.fen for each in moves))
        since = max(moves[0].on, dead.told_on)
        for on, until, fen in standing((*moves, *back), lambda total: total > 0, since):
            yield from between(
                on,
                until,
                dead.none_from,
                key=f"{number} {month}",
                what=f"{dead.died_on}死亡，{number}仍发放{month}的{format_yuan(fen)}元",
                on_date=moves[0].on,
                position=moves[0].position,
                amount_fen=fen,
                township=stretches[-1]["township"],
            )


def _parts(paid: Sequence[dict[str, Any]], month: str) -> Iterator[Moved]:
    """What was paid for a month and sent back of it."""
    for each in paid:
        months = each["months"].split()
        if month in months and each["kind"] != "recovered":
            whole = moved(each)
            yield whole._replace(fen=part_of(whole.fen, len(months)))


RULE = Rule(
    code="A06",
    name="死亡后仍发放",
    severity="unlawful",
    basis="社会救助暂行办法 13, 18",
    breaches=("case/granted-after-death",),
    needs=NEEDS,
    rows=ROWS,
    find=_find,
)
