"""检查人员不是抽取的人员: the other half of 双随机."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A74",
    name="检查人员不是抽取的人员",
    severity="incomplete",
    basis="社会组织抽查暂行办法 7",
    needs={
        "draw": "x.stream",
        "inspection": "'draw/' || x.draw_number",
    },
    rows="""
        SELECT t.subject, t.at, i.inspection_number AS key, i.known_from AS position, i.township,
            i.inspected_on AS valid_from,
            i.inspection_number || '的检查人员' || array_to_string(strange.officers, '、')
                || '不在该批次抽取的人员之列' AS what
        FROM touched AS t
            JOIN inspection AS i ON t.subject = 'draw/' || i.draw_number AND {known:i}
            JOIN LATERAL (
                SELECT d.officers FROM draw AS d
                WHERE {known:d} AND d.stream = t.subject AND d.step = 'draw'
                    AND d.on_date <= i.inspected_on
                ORDER BY d.on_date DESC, d.known_from DESC LIMIT 1) AS drawn ON true,
            LATERAL (
                SELECT ARRAY (
                    SELECT unnest(i.officers) EXCEPT SELECT unnest(drawn.officers) ORDER BY 1
                ) AS officers) AS strange
        WHERE cardinality(strange.officers) > 0
    """,
)
