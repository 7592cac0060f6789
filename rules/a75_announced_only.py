"""通知检查后既未检查也未取消: an inspection that was announced for a day, and nobody recorded."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A75",
    name="通知检查后既未检查也未取消",
    severity="incomplete",
    basis="行政处罚法 47; 国办发〔2018〕118号",
    needs={"inspection": "x.stream"},
    rows="""
        SELECT t.subject, t.at, 'announced' AS key, i.known_from AS position, i.township,
            i.planned_on + 1 AS valid_from, least(i.inspected_on, i.cancelled_on) AS valid_to,
            '原定' || i.planned_on || '检查，期满既无检查记录，也未取消' AS what
        FROM touched AS t JOIN inspection AS i ON i.stream = t.subject AND {known:i}
        WHERE i.planned_on IS NOT NULL
            AND coalesce(least(i.inspected_on, i.cancelled_on) > i.planned_on + 1, true)
    """,
)
