"""特困终止未公示: support was ended and nobody posted it (社会救助暂行办法第十八条).

It may be posted before the decision or after it; the law names no days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.duties import overdue
from rules.rule import Found, Row, Rule, Touch


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        programme = bureau.programmes.get(row["programme"] or "")
        if programme is None or programme.line != "assistance" or not programme.one_person:
            continue
        yield from overdue(
            "公示终止供养",
            bureau.due("assistance.end-notice-working-days", row["on_date"]),
            row["posted_on"],
            key=f"end {row['on_date']}",
            position=row["position"],
            on_date=row["on_date"],
            township=row["township"],
        )


RULE = Rule(
    code="A64",
    name="特困人员终止供养未公示",
    severity="incomplete",
    basis="社会救助暂行办法 18",
    needs={
        "case_step": Touch("x.stream", "x.step IN ('taken-over', 'granted', 'ended', 'end-notice')")
    },
    rows="""
        SELECT t.subject, t.at, s.on_date, s.known_from AS position, g.programme, g.township, (
                SELECT min(n.on_date) FROM case_step AS n
                WHERE {known:n} AND n.stream = s.stream AND n.step = 'end-notice'
                    AND n.on_date >= g.on_date
            ) AS posted_on
        FROM touched AS t
            JOIN case_step AS s ON s.stream = t.subject AND {known:s} AND s.step = 'ended'
            CROSS JOIN LATERAL (
                SELECT b.programme, b.township, b.on_date FROM case_step AS b
                WHERE {known:b} AND b.stream = s.stream AND b.on_date <= s.on_date
                    AND b.step IN ('taken-over', 'granted')
                ORDER BY b.on_date DESC, b.known_from DESC LIMIT 1
            ) AS g
    """,
    find=_find,
)
