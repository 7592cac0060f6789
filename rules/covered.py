"""Who is covered by which case in which months, and which months two cases have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Exclusion, Programme
from domain.calendar import month_end
from rules.accounts import day, listed
from rules.rule import Found, Row, Touch

COVERED = """
    (SELECT json_agg(v) FROM (
        SELECT v.known_from AS position, v.stream, v.programme, v.township, v.first_month,
            v.last_month, (
                SELECT min(c.decided_on) FROM case_entitlement AS c
                WHERE c.stream = v.stream AND {known:c} AND c.first_month <= v.first_month
                    AND (c.last_month IS NULL OR c.last_month >= v.first_month)) AS decided_on
        FROM covered_person AS v WHERE v.person_ref = t.subject AND {known:v}) AS v) AS covered
"""
"""SQL: a column that says by which cases the subject, a person, is covered."""
# Whom one case covers has nothing in common with another one.
_BESIDE = """EXISTS (SELECT FROM covered_person AS b WHERE b.ledger = {0}.ledger
    AND b.person_ref = {0}.person_ref AND b.stream <> {0}.stream)"""
TOUCHED: dict[str, str | Touch] = {
    "covered_person": Touch("x.person_ref", _BESIDE.format("x")),
    "case_entitlement": "unnest(ARRAY(SELECT DISTINCT v.person_ref FROM covered_person AS v"
    f" WHERE v.ledger = x.ledger AND v.stream = x.stream AND {_BESIDE.format('v')}))",
}


class Covered(NamedTuple):
    """By a case, from a month to another; None = open-ended."""

    position: int
    stream: str
    programme: str
    township: str
    first: str
    last: str | None
    decided_on: date | None

    def common(self, other: Covered) -> str | None:
        """The first month of both, if there is one."""
        first = max(self.first, other.first)
        last = min(self.last or first, other.last or first)
        return first if first <= last else None


def covered(row: Row) -> list[Covered]:
    """By which cases the person of a row is covered."""
    return [
        Covered(
            each["position"],
            each["stream"],
            each["programme"],
            each["township"],
            each["first_month"],
            each["last_month"],
            None if each["decided_on"] is None else day(each["decided_on"]),
        )
        for each in listed(row["covered"])
    ]


def twice(row: Row, what: Callable[[Covered, Covered], Found | None]) -> Iterator[Found]:
    """What is found of each two cases that cover the person in a common month, once for each."""
    seen: set[str] = set()
    ordered = sorted(covered(row), key=lambda each: (each.decided_on or date.min, each.stream))
    for one, other in combinations(ordered, 2):
        if one.stream != other.stream and one.common(other) is not None:
            found = what(one, other)
            if found is not None and found.key not in seen:
                seen.add(found.key)
                yield found


def since(one: Covered, other: Covered) -> date:
    """When the later of both was decided."""
    days = [each.decided_on for each in (one, other) if each.decided_on is not None]
    return max(days, default=date.min)


def number(stream: str) -> str:
    """The number of a case."""
    return stream.partition("/")[2]


def excluding(
    which: Callable[[Programme, Programme], bool],
) -> Callable[[Sequence[Row], Bureau], Iterable[Found]]:
    """Finds who has two programmes that exclude each other, of those pairs that are asked for."""

    def find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
        def what(one: Covered, other: Covered) -> Found | None:
            first, second = (bureau.programmes.get(each.programme) for each in (one, other))
            month = one.common(other)
            if first is None or second is None or month is None:
                return None
            found = first.exclusion(second, month_end(month))
            if found is None or not (which(first, second) or which(second, first)):
                return None
            return _both(one, other, first, second, found)

        for row in rows:
            yield from twice(row, what)

    return find


def _both(
    one: Covered, other: Covered, first: Programme, second: Programme, found: Exclusion
) -> Found:
    names = sorted((number(one.stream), number(other.stream)))
    by = "" if found.document is None else f"（{found.document}）"
    return Found(
        key=" ".join(names),
        what=f"同一人{one.common(other)}起同时享受{first.short}（{number(one.stream)}）"
        f"和{second.short}（{number(other.stream)}）{by}",
        valid_from=since(one, other),
        position=other.position,
        township=other.township,
        severity=None if found.document is not None else "incomplete",
    )
