"""所发月份不在保障期内: basic money paid for a month in which the case was entitled to none."""

from __future__ import annotations

from rules.accounts import PAID
from rules.rule import Rule, Touch

# What was returned is looked up with NOT IN, which is hashed: before a young database has taken its
# statistics, NOT EXISTS is planned as a walk through all payments for each of them.

RULE = Rule(
    code="A53",
    name="所发月份不在保障期内",
    severity="unlawful",
    basis="社会救助暂行办法 13",
    breaches=("case/month-not-entitled",),
    needs={
        "payment": Touch("x.stream", "x.kind = 'returned' OR {warned:x}"),
        "case_entitlement": Touch("x.stream", PAID),
    },
    rows="""
        WITH returned AS MATERIALIZED (
            SELECT t.subject, t.at, month
            FROM touched AS t JOIN payment AS r ON r.stream = t.subject AND {known:r},
                unnest(string_to_array(r.months, ' ')) AS month
            WHERE r.kind = 'returned' AND r.item = 'basic'
        )
        SELECT t.subject, t.at, p.known_from || '-' || p.n AS key, p.known_from AS position,
            p.paid_on AS valid_from,
            least(p.amount_fen, ceil(count(*) * p.amount_fen::numeric
                / cardinality(string_to_array(p.months, ' '))))::bigint AS amount_fen,
            '所发月份：' || string_agg(month, '、' ORDER BY month) AS what
        FROM touched AS t JOIN payment AS p ON p.stream = t.subject AND {known:p},
            unnest(string_to_array(p.months, ' ')) AS month
        WHERE p.kind IN ('settled', 'arrears') AND p.item = 'basic'
            AND NOT EXISTS (
                SELECT FROM case_entitlement AS c
                WHERE {known:c} AND c.stream = p.stream AND c.first_month <= month
                    AND (c.last_month IS NULL OR month <= c.last_month)
            )
            AND (t.subject, t.at, month) NOT IN (SELECT subject, at, month FROM returned)
        GROUP BY t.subject, t.at, p.known_from, p.n, p.paid_on, p.amount_fen, p.months
    """,
)
