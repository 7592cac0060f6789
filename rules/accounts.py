"""The account of a case: what was decided of its months, what was paid for them, what came back.

`ACCOUNT` asks for it as known at a position; `account` reads the answer. Days say from when on each
thing was so, since nothing that happens after a day may change what is found on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec

from domain.calendar import month_end, next_month, previous_month
from domain.casework import BASIC
from ledger import store
from rules.rule import Row

DAY = timedelta(days=1)
ACCOUNT = f"""
    SELECT t.subject, t.at,
        (SELECT json_agg(c) FROM (
            SELECT c.known_from AS position, c.programme, c.level, c.mode, c.area, c.township,
                c.first_month, c.last_month, c.monthly_amount_fen, c.decided_on
            FROM case_entitlement AS c
            WHERE c.stream = t.subject AND {{known:c}}
                AND (c.last_month IS NULL OR c.last_month >= c.first_month)) AS c) AS cases,
        (SELECT json_agg(p) FROM (
            SELECT p.known_from AS position, p.kind, p.programme, p.item, p.amount_fen, p.paid_on,
                p.months, p.township, p.whole, p.fact, e.fact AS of
            FROM payment AS p LEFT JOIN {store.FACTS} AS e
                ON e.source = split_part(p.names, '/', 1)
                AND e.event_id = split_part(p.names, '/', 2)
            WHERE p.stream = t.subject AND {{known:p}}) AS p) AS lines
"""
"""SQL: the head of a query whose subjects are cases; further columns and FROM follow it."""
FROM = "FROM touched AS t"
PAID = """EXISTS (SELECT FROM payment AS p WHERE p.ledger = x.ledger AND p.stream = x.stream
    AND p.known_from <= {at})"""
"""SQL: whether anything was paid in the case of a row x, so far."""


class Stretch(
    msgspec.Struct,
    frozen=True,
    rename={"first": "first_month", "last": "last_month", "fen": "monthly_amount_fen"},
):
    """Months in which a case is entitled to the same."""

    position: int
    programme: str
    level: str | None
    mode: str | None
    area: str | None
    township: str
    first: str
    last: str | None
    fen: int | None
    decided_on: date

    def holds(self, month: str) -> bool:
        """Whether a month lies in it."""
        return self.first <= month and (self.last is None or month <= self.last)

    def months(self, first: str, last: str) -> Iterator[str]:
        """Its months between two months."""
        month, end = max(self.first, first), last if self.last is None else min(self.last, last)
        while month <= end:
            yield month
            month = next_month(month)


class Moved(NamedTuple):
    """Money that went out or came back, on a day."""

    on: date
    fen: int
    position: int


@dataclass(slots=True)
class Line:
    """A line of money that reached an account, and what came back of it."""

    position: int
    programme: str
    item: str
    fen: int
    on: date
    months: tuple[str, ...]
    township: str | None
    whole: bool
    fact: int
    of: int | None
    """The line that it makes good."""
    returned: list[Moved] = field(default_factory=list)
    unpaid: dict[str, list[Moved]] = field(default_factory=dict)
    """Month → what was sent back for it."""

    def part(self, month: str) -> Iterator[Moved]:
        """What it is for a month, and what was sent back of that."""
        if month in self.months:
            yield Moved(self.on, part_of(self.fen, len(self.months)), self.position)
            yield from self.unpaid.get(month, ())

    def left(self) -> int:
        """What was not sent back."""
        return self.fen + sum(moved.fen for moved in self.returned)


@dataclass(slots=True)
class Account:
    """What is known of a case and its money."""

    stretches: list[Stretch]
    lines: list[Line]
    recovered: list[Moved]
    """All money recovered, whether or not it names a line."""
    names: Row
    """The further columns of the query."""

    @property
    def basic(self) -> list[Line]:
        """The lines of basic money."""
        return [line for line in self.lines if line.item == BASIC]

    def by_month(self) -> dict[str, list[Moved]]:
        """Month → what basic money was paid for it and came back, in the order of days."""
        found: dict[str, list[Moved]] = {}
        for line in self.basic:
            for month in line.months:
                found.setdefault(month, []).extend(line.part(month))
        for moves in found.values():
            moves.sort()
        return dict(sorted(found.items()))

    def at(self, month: str) -> Stretch | None:
        """What the case is entitled to in a month."""
        return next((each for each in self.stretches if each.holds(month)), None)


class _Money(msgspec.Struct):
    """Money of an account as it was told."""

    position: int
    kind: str
    programme: str
    item: str
    amount_fen: int
    paid_on: date
    months: str
    township: str | None
    whole: bool
    fact: int
    of: int | None
    """The line that it names."""


_STRETCHES = msgspec.json.Decoder(list[Stretch])
_MONEY = msgspec.json.Decoder(list[_Money])


def day(written: str) -> date:
    """A date as JSON has it."""
    return date.fromisoformat(written)


def part_of(fen: int, months: int) -> int:
    """What of money for so many months is for one: no less than its share, paid or sent back."""
    part = -(-abs(fen) // months)
    return part if fen > 0 else -part


def listed(rows: str | None) -> list[dict[str, Any]]:
    """A column of `json_agg`."""
    found: list[dict[str, Any]] = msgspec.json.decode(rows or "[]")
    return found


def account(row: Row) -> Account:
    """The account of a row of `ACCOUNT`; rules that look at the same row share what it says."""
    return Account(*_told(row["cases"], row["lines"]), row)


@lru_cache(maxsize=1)
def _told(cases: str | None, money: str | None) -> tuple[list[Stretch], list[Line], list[Moved]]:
    stretches = _STRETCHES.decode(cases or "[]")
    told = _MONEY.decode(money or "[]")
    lines = {
        each.fact: Line(
            each.position,
            each.programme,
            each.item,
            each.amount_fen,
            each.paid_on,
            tuple(each.months.split()),
            each.township,
            each.whole,
            each.fact,
            each.of,
        )
        for each in told
        if each.kind in ("settled", "arrears")
    }
    recovered = sorted(
        Moved(each.paid_on, -each.amount_fen, each.position)
        for each in told
        if each.kind == "recovered"
    )
    _take_back(lines, [each for each in told if each.kind == "returned"])
    stretches.sort(key=lambda each: each.first)
    ordered = sorted(lines.values(), key=lambda line: (line.on, line.fact))
    return stretches, ordered, recovered


def _take_back(lines: dict[int, Line], returns: Iterable[_Money]) -> None:
    """Take returns off their lines, first come first, as far as something is left of these."""
    for each in sorted(returns, key=lambda back: (back.paid_on, back.fact)):
        line = lines.get(each.of or 0)
        if line is None:
            continue
        on, fen = max(each.paid_on, line.on), min(-each.amount_fen, line.left())
        if fen:
            line.returned.append(Moved(on, -fen, each.position))
            named = each.months.split()
            said = [month for month in line.months if month in named] or line.months
            for month in said:
                part = Moved(on, part_of(-fen, len(said)), each.position)
                line.unpaid.setdefault(month, []).append(part)


def standing(
    moves: Iterable[Moved], wrong: Callable[[int], bool], since: date = date.min
) -> Iterator[tuple[date, date | None, int]]:
    """From which day up to which a sum is wrong, and the sum; from the day `since` on."""
    by_day: dict[date, int] = {}
    for moved in moves:
        by_day[moved.on] = by_day.get(moved.on, 0) + moved.fen
    days = sorted({since, *by_day})
    total = 0
    open_since: date | None = None
    for on in days:
        before, total = total, total + by_day.get(on, 0)
        if on < since:
            continue
        if open_since is not None and total != before:
            yield open_since, on, before
            open_since = None
        if open_since is None and wrong(total):
            open_since = on
    if open_since is not None:
        yield open_since, None, total


@cache
def month_after(month: str, months: int) -> str:
    """The month so many after a month (or before it)."""
    for _ in range(abs(months)):
        month = next_month(month) if months > 0 else previous_month(month)
    return month


@cache
def day_after(month: str) -> date:
    """The first day after a month."""
    return month_end(month) + DAY


def offset(pool: list[Moved], fen: int) -> list[Moved]:
    """Take up to so much from money that came back, which is not taken twice."""
    taken: list[Moved] = []
    while pool and fen > 0:
        first = pool.pop(0)
        part = min(fen, -first.fen)
        taken.append(first._replace(fen=-part))
        fen -= part
        if part < -first.fen:
            pool.insert(0, first._replace(fen=first.fen + part))
    return taken
