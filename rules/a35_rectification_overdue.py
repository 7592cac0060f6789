"""责令整改逾期未办结: an order to rectify whose last day went by, and nothing followed."""

from __future__ import annotations

from rules.rule import Rule

# It is looked at again when its days are over: what was found done then is closed. A failed or late
# rectification is closed by what was done about it.
RULE = Rule(
    code="A35",
    name="责令整改逾期未办结",
    severity="unlawful",
    basis="行政处罚法 28; 社会组织抽查暂行办法 12",
    needs={"inspection": "x.stream"},
    rows="""
        SELECT t.subject, t.at, 'rectification' AS key, i.township, i.known_from AS position,
            i.rectification_due_on + 1 AS valid_from, i.rectification_closed_on AS valid_to,
            '整改期限至' || i.rectification_due_on || '，期满未复查办结' AS what
        FROM touched AS t JOIN inspection AS i ON i.stream = t.subject AND {known:i}
        WHERE i.rectification_due_on IS NOT NULL
            AND coalesce(i.rectification_closed_on > i.rectification_due_on + 1, true)
    """,
)
