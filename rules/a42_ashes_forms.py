"""骨灰证件使用、结存不符: old versions in use, numbers that do not add up, two for one deceased.

A form is looked at as a whole where its blanks were counted or sealed, every number by itself, and
what one deceased was given together.
"""

from __future__ import annotations

from rules.rule import Rule, Touch

_LEFT = """(
    SELECT coalesce(sum(CASE m.step WHEN 'printed' THEN m.forms ELSE -m.forms END), 0)
    FROM form_movement AS m
    WHERE m.form = c.form AND {known:m} AND m.step <> 'counted' AND m.on_date <= c.on_date
)"""
"""Blanks that must be left of a form on the day of a row `c`."""

_MOVED = """unnest(CASE
    WHEN x.step IN ('issued', 'voided') THEN ARRAY[
        'form/' || x.form || '#' || x.first_number,
        x.deceased,
        CASE WHEN EXISTS (
            SELECT FROM form_movement AS c
            WHERE c.ledger = x.ledger AND c.form = x.form AND c.step IN ('counted', 'sealed')
                AND c.on_date >= x.on_date
        ) THEN 'form/' || x.form END
    ]
    WHEN x.step = 'counted' THEN ARRAY['form/' || x.form]
    ELSE 'form/' || x.form || ARRAY(
        SELECT 'form/' || m.form || '#' || m.first_number
        FROM form_movement AS m
        WHERE m.ledger = x.ledger AND m.form = x.form AND m.step IN ('issued', 'voided')
    )
END)"""
"""A form as a whole only where it was counted or sealed since: else nothing changes of it."""

_VERSIONS = """unnest(ARRAY(
    SELECT 'form/' || m.form || '#' || m.first_number FROM form_movement AS m
    WHERE m.ledger = x.ledger AND m.form IN (x.form, x.replaces) AND m.step = 'issued'
))"""

RULE = Rule(
    code="A42",
    name="骨灰证件使用、结存不符",
    severity="unlawful",
    basis="殡葬管理条例 3",
    breaches=(
        "form/form-version-stopped",
        "form/form-version-not-in-use",
        "form/sealed-count-differs",
    ),
    needs={
        "form_movement": _MOVED,
        "form_version": _VERSIONS,
        "ashes_placement": Touch("x.deceased"),
    },
    rows=f"""
        WITH form AS (
            SELECT t.subject, t.at, c.*
            FROM touched AS t
                JOIN form_movement AS c ON 'form/' || c.form = t.subject AND {{known:c}}
                    AND c.step IN ('counted', 'sealed')
        ), number AS (
            SELECT t.subject, t.at, c.*
            FROM touched AS t
                JOIN form_movement AS c
                    ON c.form = substring(t.subject FROM '^form/([^#]+)#[0-9]+$')
                    AND c.first_number = substring(t.subject FROM '#([0-9]+)$')::bigint
                    AND {{known:c}} AND c.step IN ('issued', 'voided')
        ), issued AS (
            SELECT t.subject, t.at, c.*
            FROM touched AS t JOIN form_movement AS c ON c.deceased = t.subject AND {{known:c}}
        ), placed AS (
            SELECT t.subject, t.at, c.*
            FROM touched AS t JOIN ashes_placement AS c ON c.deceased = t.subject AND {{known:c}}
        )
        SELECT c.subject, c.at, 'counted ' || c.on_date AS key, c.on_date AS valid_from,
            c.known_from AS position,
            '应结存空白证件' || left_over || '份，盘点为' || c.forms || '份' AS what
        FROM form AS c, LATERAL (SELECT c.at) AS t (at), LATERAL {_LEFT} AS l (left_over)
        WHERE c.step = 'counted' AND left_over <> c.forms
        UNION ALL
        SELECT c.subject, c.at, 'left ' || c.on_date, c.on_date, max(c.known_from),
            '封存后应无空白证件，差额' || max(left_over) || '份'
        FROM form AS c, LATERAL (SELECT c.at) AS t (at), LATERAL {_LEFT} AS l (left_over)
        WHERE c.step = 'sealed' AND left_over <> 0
        GROUP BY c.subject, c.at, c.on_date
        UNION ALL
        SELECT c.subject, c.at, 'sealed ' || c.first_number, c.on_date, c.known_from,
            '封存号段' || c.first_number || '至' || c.last_number || '共' || c.forms || '份，封存'
            || c.told || '份'
        FROM form AS c WHERE c.step = 'sealed' AND c.told <> c.forms
        UNION ALL
        SELECT c.subject, c.at, 'unprinted', c.on_date, c.known_from, '证件号码不在印制号段内'
        FROM number AS c
        WHERE NOT EXISTS (
            SELECT FROM form_movement AS p
            WHERE p.ledger = c.ledger AND p.form = c.form AND p.step = 'printed'
                AND p.known_from <= c.at AND p.known_to > c.at
                AND c.first_number BETWEEN p.first_number AND p.last_number
        )
        UNION ALL
        SELECT c.subject, c.at, 'again', max(c.on_date), max(c.known_from),
            '证件号码使用、作废或者封存' || count(*) || '次'
        FROM (
            SELECT subject, at, on_date, known_from FROM number
            UNION ALL
            SELECT c.subject, c.at, s.on_date, s.known_from
            FROM number AS c JOIN form_movement AS s
                ON s.ledger = c.ledger AND s.form = c.form AND s.step = 'sealed'
                AND s.known_from <= c.at AND s.known_to > c.at
                AND c.first_number BETWEEN s.first_number AND s.last_number
        ) AS c
        GROUP BY c.subject, c.at HAVING count(*) > 1
        UNION ALL
        SELECT c.subject, c.at, 'stopped', c.on_date, c.known_from, '使用已停用的旧版证件'
        FROM number AS c
        WHERE c.step = 'issued' AND (
            EXISTS (
                SELECT FROM form_version AS v
                WHERE v.ledger = c.ledger AND v.replaces = c.form AND v.activated_on <= c.on_date
                    AND v.known_from <= c.at AND v.known_to > c.at
            ) OR EXISTS (
                SELECT FROM form_movement AS s
                WHERE s.ledger = c.ledger AND s.form = c.form AND s.step = 'sealed'
                    AND s.on_date <= c.on_date AND s.known_from <= c.at AND s.known_to > c.at
            )
        )
        UNION ALL
        SELECT c.subject, c.at, 'not in use', c.on_date, c.known_from, '使用尚未启用的证件版本'
        FROM number AS c
        WHERE c.step = 'issued' AND NOT EXISTS (
            SELECT FROM form_version AS v
            WHERE v.ledger = c.ledger AND v.form = c.form AND v.activated_on <= c.on_date
                AND v.known_from <= c.at AND v.known_to > c.at
        )
        UNION ALL
        SELECT c.subject, c.at, c.kind || ' again', max(c.on_date), max(c.known_from),
            '同一逝者开具' || CASE c.kind WHEN 'promise' THEN '骨灰承诺证' ELSE '骨灰领取证' END
            || count(*) || '份'
        FROM issued AS c GROUP BY c.subject, c.at, c.kind HAVING count(*) > 1
        UNION ALL
        SELECT c.subject, c.at, 'no promise', c.on_date, c.known_from,
            '开具骨灰领取证前未开具骨灰承诺证'
        FROM issued AS c
        WHERE c.kind = 'receipt' AND NOT EXISTS (
            SELECT FROM issued AS p WHERE p.subject = c.subject AND p.at = c.at
                AND p.kind = 'promise' AND p.on_date <= c.on_date
        )
        UNION ALL
        SELECT c.subject, c.at, 'placed again', max(c.placed_on), max(c.known_from),
            '同一逝者骨灰安放登记' || count(*) || '次'
        FROM placed AS c GROUP BY c.subject, c.at HAVING count(*) > 1
        UNION ALL
        SELECT c.subject, c.at, 'no receipt', c.placed_on, c.known_from,
            '安放所凭的骨灰领取证并非为该逝者开具'
        FROM placed AS c
        WHERE NOT EXISTS (
            SELECT FROM issued AS r WHERE r.subject = c.subject AND r.at = c.at
                AND r.form = c.receipt_form AND r.first_number = c.receipt_number
                AND r.kind = 'receipt' AND r.on_date <= c.placed_on
        )
    """,
)
