"""检查与抽取不符: inspected and not drawn, drawn and not inspected, or drawn from another list."""

from __future__ import annotations

import re

from domain.enforcement import OBJECTS, REGISTERED
from rules.rule import Rule, Touch


def _named(sql: str) -> str:
    """With {named:o}, what clerks call the object of a row, put in."""
    words = " ".join(f"WHEN '{kind}' THEN '{OBJECTS[kind]}'" for kind in REGISTERED[:2])
    return re.sub(
        r"\{named:(\w+)\}",
        rf"(CASE split_part(\1.object, '/', 1) {words} ELSE '检查对象' END"
        r" || split_part(\1.object, '/', 2))",
        sql,
    )


# What was drawn is inspected within the year. Who was replaced by a disclosed draw of its own need
# not be. The list of a draw of social organisations is the register at its baseline date; of other
# draws nobody tells what the list was of.
RULE = Rule(
    code="A33",
    name="检查与抽取不符",
    severity="unlawful",
    basis="社会组织抽查暂行办法 2, 5, 7",
    breaches=("inspection/no-draw",),
    needs={
        "draw": "x.stream",
        "drawn_object": "x.stream",
        "inspection": Touch(
            "coalesce('draw/' || x.draw_number, x.stream)",
            "x.draw_number IS NOT NULL OR x.mode = 'random'",
        ),
        "organisation": """unnest(ARRAY (
            SELECT DISTINCT d.stream FROM draw AS d WHERE d.ledger = x.ledger
        ))""",
    },
    rows=_named("""
        WITH drawings AS MATERIALIZED (
            SELECT t.subject, t.at, d.known_from, d.on_date, d.bodies, d.list_digest,
                d.redraw_disclosed,
                rank() OVER (PARTITION BY t.subject, t.at ORDER BY d.on_date, d.known_from) AS nth
            FROM touched AS t JOIN draw AS d ON d.stream = t.subject AND {known:d}
            WHERE d.step = 'draw'
        ), lists AS MATERIALIZED (
            SELECT t.subject, t.at, s.on_date, s.baseline_on, s.bodies, s.list_digest,
                (SELECT count(*) FROM organisation AS b
                 WHERE {known:b} AND b.registered_on <= s.baseline_on
                    AND coalesce(b.ended_on > s.baseline_on, true)) AS on_register
            FROM touched AS t JOIN draw AS s ON s.stream = t.subject AND {known:s}
            WHERE s.step = 'snapshot'
        ), drawn AS MATERIALIZED (
            SELECT t.subject, t.at, o.known_from, o.object, o.on_date
            FROM touched AS t JOIN drawn_object AS o ON o.stream = t.subject AND {known:o}
            WHERE o.step = 'drawn'
        ), inspected AS MATERIALIZED (
            SELECT t.subject, t.at, i.known_from, i.inspection_number, i.object, i.township,
                i.inspected_on
            FROM touched AS t JOIN inspection AS i
                ON t.subject = 'draw/' || i.draw_number AND {known:i}
            WHERE i.inspected_on IS NOT NULL
        ), excused AS MATERIALIZED (
            SELECT t.subject, t.at, e.known_from, e.object, e.on_date, e.cause,
                e.object NOT LIKE 'organisation/%' OR EXISTS (
                    SELECT FROM organisation AS b
                    WHERE {known:b} AND b.stream = e.object AND b.ended_on <= e.on_date
                        AND b.ended_how = e.cause) AS rightly
            FROM touched AS t JOIN drawn_object AS e ON e.stream = t.subject AND {known:e}
            WHERE e.step = 'exempted'
        )
        SELECT t.subject, t.at, 'no-draw' AS key, i.known_from AS position, i.township,
            i.inspected_on AS valid_from, NULL::date AS valid_to,
            '双随机抽查未注明抽取批次' AS what
        FROM touched AS t JOIN inspection AS i ON i.stream = t.subject AND {known:i}
        WHERE i.mode = 'random' AND i.draw_number IS NULL AND i.inspected_on IS NOT NULL
        UNION ALL
        SELECT i.subject, i.at, 'inspected/' || i.inspection_number, i.known_from, i.township,
            i.inspected_on, NULL,
            i.inspection_number || '于' || i.inspected_on || '检查的对象，当日尚未由该批次抽中'
        FROM inspected AS i
        WHERE NOT EXISTS (
            SELECT FROM drawn AS o WHERE o.subject = i.subject AND o.at = i.at
                AND o.object = i.object AND o.on_date <= i.inspected_on)
        UNION ALL
        SELECT o.subject, o.at, 'drawn/' || o.object, o.known_from, NULL,
            make_date(extract(year FROM o.on_date)::int + 1, 1, 1), done.on_date,
            {named:o} || '于' || o.on_date || '抽中，当年未检查，也无免检理由'
        FROM drawn AS o, LATERAL (
            SELECT least(
                (SELECT min(i.inspected_on) FROM inspected AS i
                 WHERE i.subject = o.subject AND i.at = o.at AND i.object = o.object),
                (SELECT min(e.on_date) FROM excused AS e
                 WHERE e.subject = o.subject AND e.at = o.at AND e.object = o.object AND e.rightly)
            ) AS on_date
        ) AS done
        WHERE coalesce(extract(year FROM done.on_date) > extract(year FROM o.on_date), true)
            AND NOT EXISTS (
                SELECT FROM drawings AS d WHERE d.subject = o.subject AND d.at = o.at
                    AND d.redraw_disclosed AND d.on_date > o.on_date
                    AND extract(year FROM d.on_date) = extract(year FROM o.on_date))
        UNION ALL
        SELECT e.subject, e.at, 'excused/' || e.object, e.known_from, NULL, e.on_date, NULL,
            {named:e} || '免检，当日登记簿上并无相应的终止记录'
        FROM excused AS e WHERE NOT e.rightly
        UNION ALL
        SELECT d.subject, d.at, 'redraw/' || d.nth, d.known_from, NULL, d.on_date, NULL,
            '同一批次第' || d.nth || '次抽取，未公开重新抽取的理由'
        FROM drawings AS d WHERE d.nth > 1 AND NOT d.redraw_disclosed
        UNION ALL
        SELECT d.subject, d.at, 'list/' || d.nth, d.known_from, NULL, d.on_date, NULL,
            CASE WHEN s.list_digest IS NULL THEN '抽取前没有名录库快照'
                WHEN s.list_digest <> d.list_digest OR s.bodies <> d.bodies
                THEN '抽取所用名录（' || d.bodies || '家）与快照（' || s.bodies || '家）不一致'
                ELSE '名录库' || s.bodies || '家，基准日' || s.baseline_on || '在册'
                    || s.on_register || '家' END
        FROM drawings AS d LEFT JOIN LATERAL (
            SELECT s.* FROM lists AS s
            WHERE s.subject = d.subject AND s.at = d.at AND s.on_date <= d.on_date
            ORDER BY s.on_date DESC LIMIT 1) AS s ON true
        WHERE s.list_digest IS NULL OR s.list_digest <> d.list_digest OR s.bodies <> d.bodies
            OR (s.bodies <> s.on_register AND NOT EXISTS (
                SELECT FROM drawn AS o WHERE o.subject = d.subject AND o.at = d.at
                    AND o.object NOT LIKE 'organisation/%'))
    """),
)
