"""疑点逾期未整改: a finding that was upheld and not put right by its day."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A97",
    name="疑点核查属实后逾期未整改",
    severity="incomplete",
    basis="审计法 52",
    breaches=("finding/rectified-late",),
    needs={"finding_answer": "x.stream"},
    rows="""
        SELECT t.subject, t.at, a.finding || ' ' || a.due_on AS key, a.known_from AS position,
            greatest(a.valid_from, a.due_on + 1) AS valid_from, a.valid_to, a.due_on + 1 AS on_date,
            a.amount_fen,
            '应于' || a.due_on || '前整改，逾期未完成：' || coalesce(a.unit, '') AS what
        FROM touched AS t JOIN finding_answer AS a ON a.stream = t.subject AND {known:a}
        WHERE a.state = 'upheld' AND (a.valid_to IS NULL OR a.valid_to > a.due_on + 1)
        UNION ALL
        SELECT t.subject, t.at, a.finding || ' ' || a.due_on, a.known_from,
            a.valid_from, a.valid_to, a.due_on + 1,
            a.amount_fen, '应于' || a.due_on || '前整改，至' || a.valid_from || '才完成'
        FROM touched AS t JOIN finding_answer AS a ON a.stream = t.subject AND {known:a}
        WHERE a.state = 'rectified' AND a.valid_from > a.due_on
    """,
)
