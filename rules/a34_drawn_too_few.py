"""年度抽查比例不足: fewer organisations drawn in a year than the share that must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from rules.rule import Found, Row, Rule


def _too_few(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    """All draws of the year together, of the register at the baseline of the first."""
    for row in rows:
        year, drawn, registered = int(row["subject"]), row["drawn"], row["registered"]
        last = date(year, 12, 31)
        share = bureau.rules.number("inspection.draw-percent", last)
        if share is not None and drawn * 100 < share * registered:
            what = f"{year}年抽取社会组织{drawn}家，在册{registered}家，不足{share}%"
            yield Found("share", what, date(year + 1, 1, 1), row["position"], on_date=last)


# A year is there if anything was drawn or inspected in it: of others the ledger was told nothing.
RULE = Rule(
    code="A34",
    name="年度抽查比例不足",
    severity="unlawful",
    basis="社会组织抽查暂行办法 5",
    needs={
        "draw": "to_char(x.on_date, 'YYYY')",
        "drawn_object": "to_char(x.on_date, 'YYYY')",
        "inspection": "to_char(x.inspected_on, 'YYYY')",
        "organisation": """unnest(ARRAY (
            SELECT to_char(d.on_date, 'YYYY') FROM draw AS d WHERE d.ledger = x.ledger
            UNION SELECT to_char(i.inspected_on, 'YYYY') FROM inspection AS i
            WHERE i.ledger = x.ledger AND i.inspected_on IS NOT NULL
        ))""",
    },
    rows="""
        SELECT t.subject, t.at, acts.position, drawn.number::int AS drawn,
            (SELECT count(*) FROM organisation AS b
             WHERE {known:b} AND b.registered_on <= list.baseline_on
                AND coalesce(b.ended_on > list.baseline_on, true))::int AS registered
        FROM touched AS t,
            LATERAL (
                SELECT max(position) AS position FROM (
                    SELECT d.known_from AS position FROM draw AS d
                    WHERE {known:d} AND to_char(d.on_date, 'YYYY') = t.subject
                    UNION ALL
                    SELECT i.known_from FROM inspection AS i
                    WHERE {known:i} AND to_char(i.inspected_on, 'YYYY') = t.subject
                ) AS each
            ) AS acts,
            LATERAL (
                SELECT coalesce(min(s.baseline_on), make_date(t.subject::int - 1, 12, 31))
                    AS baseline_on
                FROM draw AS s
                WHERE {known:s} AND s.step = 'snapshot' AND to_char(s.on_date, 'YYYY') = t.subject
            ) AS list,
            LATERAL (
                SELECT count(DISTINCT o.object) AS number FROM drawn_object AS o
                WHERE {known:o} AND o.step = 'drawn' AND o.object LIKE 'organisation/%'
                    AND to_char(o.on_date, 'YYYY') = t.subject
            ) AS drawn
        WHERE acts.position IS NOT NULL
    """,
    find=_too_few,
)
