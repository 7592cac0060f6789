"""执法结果逾期公示: results of enforcement that were published late, or never."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from rules.duties import ended, overdue
from rules.rule import Found, Row, Rule


def _late(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    """What was revoked before anybody published it need not be published any more."""
    for row in rows:
        published_on, revoked_on = row["published_on"], row["revoked_on"]
        if revoked_on is not None and (published_on is None or published_on >= revoked_on):
            published_on = None
        else:
            revoked_on = None
        due = bureau.due(row["parameter"], row["on_date"])
        more = {"position": row["position"], "township": row["township"], "on_date": row["on_date"]}
        for found in overdue("公示", due, published_on, key="published", **more):
            if revoked_on is None or found.valid_from < revoked_on:
                yield found if revoked_on is None else ended(found, revoked_on)


# A patrol has no result, and that of a case that was transferred is the penalty. What is decided on
# the spot of a natural person has no influence on society that asks for its publication (art. 48).
RULE = Rule(
    code="A27",
    name="执法结果逾期公示",
    severity="unlawful",
    basis="国办发〔2018〕118号; 行政处罚法 48",
    needs={"inspection": "x.stream", "penalty_case": "x.stream", "enforcement_act": "x.stream"},
    rows="""
        SELECT t.subject, t.at, i.township, i.inspected_on AS on_date,
            i.result_published_on AS published_on, NULL::date AS revoked_on,
            'inspection.publish-working-days' AS parameter,
            (SELECT min(a.known_from) FROM enforcement_act AS a
             WHERE {known:a} AND a.stream = i.stream AND a.kind = 'inspection') AS position
        FROM touched AS t JOIN inspection AS i ON i.stream = t.subject AND {known:i}
        WHERE i.inspected_on IS NOT NULL AND i.mode <> 'patrol' AND i.outcome <> 'transferred'
        UNION ALL
        SELECT t.subject, t.at, p.township, p.decided_on, p.published_on, p.revoked_on,
            'penalties.publish-working-days',
            (SELECT min(a.known_from) FROM enforcement_act AS a
             WHERE {known:a} AND a.stream = p.stream AND a.kind = 'decision')
        FROM touched AS t JOIN penalty_case AS p ON p.stream = t.subject AND {known:p}
        WHERE p.decided_on IS NOT NULL AND NOT (p.procedure = 'simple' AND p.party = 'person')
    """,
    find=_late,
    since=date(2018, 12, 5),
)
