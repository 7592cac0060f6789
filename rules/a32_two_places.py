"""同一执法人员同时在两处执法: one officer at two places at overlapping times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.bureau.bureau import Bureau
from rules.rule import Found, Row, Rule


class Span(NamedTuple):
    """When somebody was at a place, as "HH:MM"; None where that was not told."""

    since: str | None
    until: str | None

    def __str__(self) -> str:
        return f"{self.since or '？'}—{self.until or '？'}"

    def before(self, other: Span) -> bool:
        """Whether it certainly ended by the time the other began."""
        return self.until is not None and other.since is not None and self.until <= other.since

    def within(self, other: Span) -> bool:
        """Whether a moment of it certainly lies in the other."""
        since, until = other
        if since is None or until is None:
            return self.since is not None and self.since == since
        begins = self.since is not None and since <= self.since < until
        return begins or (self.until is not None and since < self.until <= until)


def overlap(one: Span, other: Span) -> bool | None:
    """Whether two spans of a day have a moment in common; None where nobody can say."""
    if one.before(other) or other.before(one):
        return False
    complete = None not in (*one, *other)
    return True if complete or one.within(other) or other.within(one) else None


def _at_once(rows: Sequence[Row], _bureau: Bureau) -> Iterator[Found]:
    """Where one of two gives no time at all, nothing speaks for it that they overlap."""
    for row in rows:
        one = Span(row["from_time"], row["until_time"])
        other = Span(row["other_from"], row["other_until"])
        overlapping = overlap(one, other)
        if overlapping is False:
            continue
        numbers = sorted([row["number"], row["other_number"]])
        words = "时间重叠" if overlapping else "是否时间重叠无法判断（起止时间不全）"
        what = f"{row['number']}（{one}）与{row['other_number']}（{other}）{words}"
        key = f"{row['on_date']}/{'/'.join(numbers)}"
        undecidable = overlapping is None
        yield Found(key, what, row["on_date"], row["position"], undecidable=undecidable)


RULE = Rule(
    code="A32",
    name="同一执法人员同时在两处执法",
    severity="unlawful",
    basis="行政处罚法 42, 47",
    needs={
        "enforcement_act": "'officer/' || unnest(x.officers)",
        "inspection": """unnest(ARRAY (
            SELECT DISTINCT 'officer/' || unnest(a.officers) FROM enforcement_act AS a
            WHERE a.ledger = x.ledger AND a.stream = x.stream
        ))""",
        "penalty_case": """unnest(ARRAY (
            SELECT DISTINCT 'officer/' || unnest(a.officers) FROM enforcement_act AS a
            WHERE a.ledger = x.ledger AND a.stream = x.stream
        ))""",
    },
    rows="""
        WITH acts AS MATERIALIZED (
            SELECT t.subject, t.at, a.stream, a.kind, a.number, a.on_date, a.inspection_number,
                a.from_time, a.until_time, a.known_from,
                coalesce(a.object, i.object, p.subject) AS place
            FROM touched AS t
                JOIN enforcement_act AS a
                    ON substr(t.subject, 9) = ANY (a.officers) AND {known:a}
                LEFT JOIN inspection AS i ON i.stream = a.stream AND {known:i}
                LEFT JOIN penalty_case AS p ON p.stream = a.stream AND {known:p}
            WHERE a.kind <> 'decision'
        )
        SELECT a.subject, a.at, a.on_date, a.number, a.from_time, a.until_time,
            b.number AS other_number, b.from_time AS other_from, b.until_time AS other_until,
            b.known_from AS position
        FROM acts AS a JOIN acts AS b
            ON b.subject = a.subject AND b.at = a.at AND b.on_date = a.on_date
                AND b.known_from > a.known_from
        WHERE a.stream <> b.stream AND a.place IS DISTINCT FROM b.place
            AND coalesce(a.from_time, a.until_time) IS NOT NULL
            AND coalesce(b.from_time, b.until_time) IS NOT NULL
            AND coalesce(a.inspection_number <> b.inspection_number, true)
    """,
    find=_at_once,
)
