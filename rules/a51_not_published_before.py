"""执法公示环节缺失: enforcement before who may do it, on what basis and how had been published."""

from __future__ import annotations

from domain.codes import labels_of
from domain.enforcement import InformationKind
from rules.rule import Rule

_BEFORE = ", ".join(
    f"({nth}, '{kind}', '{name}')"
    for nth, (kind, name) in enumerate(labels_of(InformationKind).items())
    if kind != "supervision"
)

# One finding for each year and kind: the first act in whose case it was missing. Of what is shown
# during enforcement and published after it, A48 and A27 speak. The catalogue of what is inspected
# at random is asked for where something was.
RULE = Rule(
    code="A51",
    name="执法公示环节缺失",
    severity="unlawful",
    basis="国办发〔2018〕118号",
    needs={
        "enforcement_act": "to_char(x.on_date, 'YYYY')",
        "enforcement_information": """unnest(ARRAY (
            SELECT DISTINCT to_char(a.on_date, 'YYYY') FROM enforcement_act AS a
            WHERE a.ledger = x.ledger AND a.on_date > x.published_on
        ))""",
    },
    rows=f"""
        SELECT DISTINCT ON (t.subject, t.at, needed.nth) t.subject, t.at,
            'before/' || needed.kind AS key, a.known_from AS position, a.on_date AS valid_from,
            a.number || '于' || a.on_date || '执法前，未公开' || needed.name AS what
        FROM touched AS t
            JOIN enforcement_act AS a ON to_char(a.on_date, 'YYYY') = t.subject AND {{known:a}}
            CROSS JOIN (VALUES {_BEFORE}) AS needed (nth, kind, name)
        WHERE a.kind IN ('inspection', 'evidence')
            AND (needed.kind <> 'catalogue' OR a.mode = 'random')
            AND NOT EXISTS (
                SELECT FROM enforcement_information AS e
                WHERE {{known:e}} AND e.stage = 'before' AND e.kind = needed.kind
                    AND e.published_on < a.on_date
                    AND coalesce(e.withdrawn_on > a.on_date, true))
        ORDER BY t.subject, t.at, needed.nth, a.on_date, a.known_from
    """,
)
