"""同一人重复火化、重复收养: nobody is cremated twice, no child has two adoptions at once."""

from __future__ import annotations

from rules.rule import Rule, Touch

_OF_ANOTHER = (
    "EXISTS (SELECT FROM {0} AS o WHERE o.ledger = x.ledger AND o.{1} = x.{1}"
    " AND o.stream <> x.stream)"
)

RULE = Rule(
    code="A94",
    name="同一人重复火化、重复收养",
    severity="data",
    basis="殡葬管理条例; 民法典 1105",
    breaches=("cremation/cremated-before",),
    needs={
        "death": Touch(
            "x.person_ref",
            "x.stream LIKE 'cremation/%' AND " + _OF_ANOTHER.format("death", "person_ref"),
        ),
        "adopted_child": Touch("x.child_ref", _OF_ANOTHER.format("adopted_child", "child_ref")),
    },
    rows="""
        SELECT t.subject, t.at, 'cremated ' || b.stream AS key,
            a.told_on || '已有火化登记，' || b.told_on || '又登记火化' AS what,
            b.told_on AS valid_from, NULL::date AS valid_to, b.known_from AS position
        FROM touched AS t
            JOIN death AS b ON b.person_ref = t.subject AND {known:b}
            JOIN LATERAL (
                SELECT min(a.told_on) AS told_on FROM death AS a
                WHERE a.person_ref = t.subject AND {known:a} AND a.stream LIKE 'cremation/%'
                    AND (a.told_on, a.stream) < (b.told_on, b.stream) AND a.stream <> b.stream
            ) AS a ON a.told_on IS NOT NULL
        WHERE b.stream LIKE 'cremation/%'
        UNION ALL
        SELECT t.subject, t.at, 'adopted ' || b.stream,
            a.registered_on || '登记的收养未解除，' || b.registered_on || '又登记收养',
            b.registered_on, least(a.ended_on, b.ended_on), b.known_from
        FROM touched AS t
            JOIN adopted_child AS b ON b.child_ref = t.subject AND {known:b}
            JOIN LATERAL (
                SELECT a.registered_on, a.ended_on FROM adopted_child AS a
                WHERE a.child_ref = t.subject AND {known:a} AND a.stream <> b.stream
                    AND (a.registered_on, a.stream) < (b.registered_on, b.stream)
                    AND (a.ended_on IS NULL OR a.ended_on > b.registered_on)
                ORDER BY a.registered_on LIMIT 1
            ) AS a ON true
        WHERE b.ended_on IS NULL OR b.ended_on > b.registered_on
    """,
)
