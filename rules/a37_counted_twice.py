"""执法案件重复计数: one case counted as an inspection and a penalty, or once for each kind."""

from __future__ import annotations

from rules.rule import Rule, Touch

# One decision is one case, whatever its kinds; an inspection that ended in it counts no more, if
# the case says so. Where neither names the other, a case of the same party that was filed from then
# on is it. The later of two decisions is the one too many.
RULE = Rule(
    code="A37",
    name="执法案件重复计数",
    severity="data",
    basis="国办发〔2018〕118号; 行政处罚法 29",
    needs={
        "penalty_case": """unnest(ARRAY (
            SELECT DISTINCT p.stream FROM penalty_case AS p
            WHERE p.ledger = x.ledger
                AND (p.stream = x.stream OR p.decision_number = x.decision_number)
        ))""",
        "inspection": Touch(
            """unnest(ARRAY (
                SELECT DISTINCT p.stream FROM penalty_case AS p
                WHERE p.ledger = x.ledger
                    AND (p.case_number = x.penalty_case OR p.subject = x.object)
            ))""",
            "x.outcome = 'transferred' OR x.penalty_case IS NOT NULL",
        ),
    },
    rows="""
        SELECT t.subject, t.at, 'inspection/' || i.inspection_number AS key,
            p.known_from AS position, p.township,
            greatest(p.decided_on, i.inspected_on, i.transferred_on) AS valid_from,
            '检查' || i.inspection_number || '已移送立案，本案未注明，各计1宗' AS what
        FROM touched AS t
            JOIN penalty_case AS p ON p.stream = t.subject AND {known:p}
            JOIN inspection AS i ON {known:i} AND (
                i.penalty_case = p.case_number
                OR i.penalty_case IS NULL AND i.outcome = 'transferred' AND i.object = p.subject
                    AND p.inspection_number IS NULL AND p.filed_on >= i.inspected_on)
        WHERE p.decided_on IS NOT NULL AND i.inspected_on IS NOT NULL AND i.mode <> 'patrol'
            AND i.has_text_record AND i.has_recording
            AND p.inspection_number IS DISTINCT FROM i.inspection_number
        UNION ALL
        SELECT t.subject, t.at, 'penalty/' || o.case_number, p.known_from, p.township,
            p.decided_on,
            '与' || o.case_number || '为同一处罚决定（' || p.decision_number || '），分别计数'
        FROM touched AS t
            JOIN penalty_case AS p ON p.stream = t.subject AND {known:p}
            JOIN penalty_case AS o ON o.stream <> p.stream AND {known:o}
                AND (o.decided_on, o.case_number) < (p.decided_on, p.case_number)
        WHERE o.decision_number = p.decision_number
    """,
)
