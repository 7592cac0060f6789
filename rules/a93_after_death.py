"""死亡后办理婚姻、收养登记: both have to come themselves (民法典 1049, 1076, 1105).

By whom the death is known (a cremation, an ashes certificate, a case), and whichever is told first.
"""

from __future__ import annotations

from rules.rule import Rule, Touch

_DEAD = "EXISTS (SELECT FROM death AS d WHERE d.ledger = x.ledger AND d.person_ref = x.{})"

RULE = Rule(
    code="A93",
    name="死亡后办理婚姻、收养登记",
    severity="unlawful",
    basis="民法典 13, 1049, 1076, 1105",
    breaches=("marriage/party-dead",),
    needs={
        "death": "x.person_ref",
        "marital_fact": Touch("x.person_ref", _DEAD.format("person_ref")),
        "adopted_child": Touch("x.child_ref", _DEAD.format("child_ref")),
    },
    rows="""
        WITH dead AS MATERIALIZED (
            SELECT t.subject, t.at, min(d.died_on) AS died_on
            FROM touched AS t JOIN death AS d ON d.person_ref = t.subject AND {known:d}
            WHERE d.none_from IS NULL
            GROUP BY t.subject, t.at
        )
        SELECT t.subject, t.at, m.kind || ' ' || m.on_date AS key,
            t.died_on || '死亡，' || m.on_date || '仍登记'
                || CASE m.kind WHEN 'married' THEN '结婚' ELSE '离婚' END AS what,
            m.on_date AS valid_from, m.undone_on AS valid_to, m.known_from AS position
        FROM dead AS t JOIN marital_fact AS m ON m.person_ref = t.subject AND {known:m}
        WHERE m.on_date > t.died_on AND NOT m.archived
            AND (m.undone_on IS NULL OR m.undone_on > m.on_date)
        UNION ALL
        SELECT t.subject, t.at, 'adopted ' || a.registered_on,
            t.died_on || '死亡，' || a.registered_on || '仍登记被收养',
            a.registered_on, a.ended_on, a.known_from
        FROM dead AS t JOIN adopted_child AS a ON a.child_ref = t.subject AND {known:a}
        WHERE a.registered_on > t.died_on
            AND (a.ended_on IS NULL OR a.ended_on > a.registered_on)
    """,
)
