"""收养登记超过审查期限: applications decided after the days of review, or not at all.

The days on which a foundling's parents are looked for do not count (登记办法 8); what is registered
is judged by them, what is still open by the days that they can be at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from domain.bureau.bureau import Bureau
from domain.calendar import Due
from rules.duties import overdue
from rules.rule import Found, Row, Rule


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        applied, searched = row["applied_on"], row["searched_on"]
        review = bureau.rules.number("adoption.review-days", applied)
        search = bureau.rules.number("adoption.search-days", applied) or 0
        if review is None:
            continue
        last = applied + timedelta(days=review)
        if row["child_kind"] == "foundling" and searched is not None and searched <= last:
            # From the announcement to its end no day of the review runs.
            ends = searched + timedelta(days=search)
            last += timedelta(days=max(0, (ends - max(searched, applied)).days))
        yield from overdue(
            "办结",
            Due(last, last),
            row["done_on"],
            key=f"{applied}",
            position=row["position"],
            on_date=applied,
        )


RULE = Rule(
    code="A80",
    name="收养登记超过审查期限",
    severity="unlawful",
    basis="中国公民收养子女登记办法 8",
    breaches=("adoption/review-too-long",),
    needs={"adoption": "x.stream"},
    rows="""
        SELECT t.subject, t.at, a.child_kind, a.applied_on, a.searched_on,
            least(a.registered_on, a.ended_on) AS done_on, a.known_from AS position
        FROM touched AS t JOIN adoption AS a ON a.stream = t.subject AND {known:a}
        WHERE NOT (a.archived AND a.registered_on IS NOT NULL)
    """,
    find=_find,
)
