"""Persons who died, their cases, and the money of these (A06, A07)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from rules.accounts import Moved, day, listed
from rules.rule import Row, Touch

_DEAD = "SELECT d.person_ref FROM death AS d WHERE d.ledger = x.ledger"
_OF_STREAM = (
    "unnest(ARRAY(SELECT v.person_ref FROM covered_person AS v WHERE v.ledger = x.ledger"
    f" AND v.stream = x.stream AND v.person_ref IN ({_DEAD})))"
)
_STREAMS = (
    "x.stream IN (SELECT v.stream FROM covered_person AS v WHERE v.ledger = $1"
    " AND v.person_ref IN (SELECT d.person_ref FROM death AS d WHERE d.ledger = $1))"
)
NEEDS: dict[str, str | Touch] = {
    "death": "x.person_ref",
    "covered_person": Touch(
        "unnest(ARRAY[x.person_ref] || ARRAY(SELECT v.person_ref FROM covered_person AS v"
        f" WHERE v.ledger = x.ledger AND v.stream = x.stream AND v.person_ref IN ({_DEAD})))",
        _STREAMS,
    ),
    "payment": Touch(_OF_STREAM, f"x.item = 'basic' AND {_STREAMS}"),
    "case_step": Touch(_OF_STREAM, f"x.step = 'ended' AND {_STREAMS}"),
}
ROWS = """
    SELECT t.subject, t.at,
        (SELECT json_agg(d) FROM (
            SELECT d.stream, d.died_on, d.told_on, d.none_from, d.known_from AS position
            FROM death AS d WHERE d.person_ref = t.subject AND {known:d}) AS d) AS deaths,
        (SELECT json_agg(v) FROM (
            SELECT v.stream, v.township, v.first_month, v.last_month, v.known_from AS position, (
                SELECT json_agg(s.on_date) FROM case_step AS s
                WHERE s.stream = v.stream AND s.step = 'ended' AND {known:s}) AS ended, (
                SELECT json_agg(o) FROM (
                    SELECT o.first_month, o.last_month FROM covered_person AS o
                    WHERE o.stream = v.stream AND o.person_ref <> t.subject AND {known:o}) AS o
                ) AS others
            FROM covered_person AS v WHERE v.person_ref = t.subject AND {known:v}) AS v) AS covered,
        (SELECT json_agg(p) FROM (
            SELECT p.stream, p.kind, p.amount_fen, p.paid_on, p.months,
                p.known_from AS position
            FROM payment AS p WHERE p.item = 'basic' AND {known:p}
                AND p.stream IN (SELECT v.stream FROM covered_person AS v
                    WHERE v.ledger = $1 AND v.person_ref = t.subject AND {known:v})) AS p) AS paid
    FROM touched AS t
    WHERE EXISTS (SELECT FROM death AS d WHERE d.person_ref = t.subject AND {known:d})
"""


class Death(NamedTuple):
    """A death as far as it is known: the first day told of, and from when on it was known."""

    died_on: date
    told_on: date
    none_from: date | None
    told_by: dict[str, date]
    """Stream → when it was said there."""
    position: int


def death(row: Row) -> Death | None:
    """The death of the person of a row."""
    told = sorted(listed(row["deaths"]), key=lambda each: (each["told_on"], each["position"]))
    if not told:
        return None
    first = told[0]
    none = [each["none_from"] for each in told]
    return Death(
        died_on=day(min(each["died_on"] for each in told)),
        told_on=day(first["told_on"]),
        none_from=None if None in none else day(max(none)),
        told_by={each["stream"]: day(each["told_on"]) for each in reversed(told)},
        position=first["position"],
    )


def cases(row: Row) -> dict[str, list[dict[str, Any]]]:
    """Stream → the stretches in which it covers the person."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in sorted(listed(row["covered"]), key=lambda each: str(each["first_month"])):
        found.setdefault(each["stream"], []).append(each)
    return found


def holds(stretch: dict[str, Any], month: str) -> bool:
    """Whether a month lies in a stretch."""
    last = stretch["last_month"]
    return bool(stretch["first_month"] <= month and (last is None or month <= last))


def moved(each: dict[str, Any]) -> Moved:
    """Money out, or back."""
    back = each["kind"] == "recovered"
    fen = -each["amount_fen"] if back else each["amount_fen"]
    return Moved(day(each["paid_on"]), fen, each["position"])
