"""Money paid (发放) against what was decided."""

from __future__ import annotations

from rules.rule import Rule

# What was returned is looked up with NOT IN, which is hashed: before a young database has taken its
# statistics, NOT EXISTS is planned as a walk through all payments for each of them.
RULES = (
    Rule(
        code="month-not-entitled",
        name="所发月份不在保障期内",
        rows="""
            WITH returned AS MATERIALIZED (
                SELECT r.case_number, month
                FROM payment AS r, unnest(string_to_array(r.months, ' ')) AS month
                WHERE {known:r} AND r.kind = 'returned' AND r.item = 'basic' AND r.paid_on <= $4
            )
            SELECT p.case_number AS subject, p.known_from AS position, p.paid_on AS on_date,
                p.amount_fen, string_agg(month, ' ' ORDER BY month) AS what
            FROM payment AS p, unnest(string_to_array(p.months, ' ')) AS month
            WHERE {known:p} AND p.kind IN ('settled', 'arrears') AND p.item = 'basic'
                AND p.paid_on BETWEEN $3 AND $4
                AND NOT EXISTS (
                    SELECT FROM case_entitlement AS c
                    WHERE {known:c} AND c.stream = p.stream AND c.first_month <= month
                        AND (c.last_month IS NULL OR month <= c.last_month)
                )
                AND (p.case_number, month) NOT IN (SELECT case_number, month FROM returned)
            GROUP BY p.case_number, p.known_from, p.n, p.paid_on, p.amount_fen
        """,
    ),
)
