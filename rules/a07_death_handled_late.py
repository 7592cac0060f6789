"""死亡后未及时停保: not ended, nor the person taken out of it, in time after a death."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.calendar import month_of, months_after
from rules.accounts import DAY, day, month_after
from rules.deaths import NEEDS, ROWS, Death, cases, death, holds
from rules.duties import between
from rules.rule import Found, Row, Rule

LIMIT = "assistance.death-handling-months"


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        dead = death(row)
        if dead is None:
            continue
        months = bureau.rules.number(LIMIT, dead.died_on)
        if months is not None:
            due = months_after(dead.died_on, months)
            for stream, stretches in cases(row).items():
                yield from _of_case(dead, stream, stretches, due)


def _of_case(
    dead: Death, stream: str, stretches: Sequence[dict[str, Any]], due: date
) -> Iterator[Found]:
    if not any(holds(each, month_of(dead.died_on)) for each in stretches):
        return
    ends = [day(on) for each in stretches for on in each["ended"] or ()]
    told = [on for of, on in dead.told_by.items() if of == stream]
    done_on = min((on for on in (*ends, *told) if on >= dead.died_on), default=None)
    goes_on = any(holds(each, month_after(month_of(dead.died_on), 1)) for each in stretches)
    if done_on is None and not goes_on:
        return
    number = stream.partition("/")[2]
    about: dict[str, Any] = {
        "key": number,
        "position": stretches[-1]["position"],
        "township": stretches[-1]["township"],
        "on_date": dead.died_on,
    }
    since = max(due + DAY, dead.told_on)
    what = f"{dead.died_on}死亡，应于{due}（含当日）前停保，期满未办"
    yield from between(since, done_on, dead.none_from, what=what, **about)
    if done_on is not None and done_on > due:
        what = f"{dead.died_on}死亡，应于{due}（含当日）前停保，{done_on}才办"
        yield Found(what=what, valid_from=max(done_on, dead.told_on), **about)


RULE = Rule(
    code="A07",
    name="死亡后未及时停保",
    severity="unlawful",
    basis="社会救助暂行办法 13, 18",
    needs=NEEDS,
    rows=ROWS,
    find=_find,
)
