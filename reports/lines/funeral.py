"""骨灰安放: how many were placed; the new certificates' day, and what became of the old ones."""

from __future__ import annotations

from domain.funeral import FormKind
from reports.dimensions import MONTH
from reports.measure import Check, Measure, rows_of

_PLACED = """
SELECT p.known_from AS position, 1 AS contribution, p.placed_on AS on_date,
       p.receipt_form || ' ' || p.receipt_number AS what, p.deceased AS subject
FROM ashes_placement p
WHERE {known:p} AND p.placed_on BETWEEN $3 AND $4
"""
_ACTIVATED = """
SELECT v.known_from AS position, v.activated_on AS contribution, v.activated_on AS on_date,
       v.form AS what
FROM form_version v
WHERE {known:v} AND v.replaces IS NOT NULL AND v.activated_on BETWEEN $3 AND $4
  AND EXISTS (
      SELECT FROM form_version other
      WHERE {known:other} AND other.replaces IS NOT NULL AND other.kind <> v.kind
        AND other.activated_on BETWEEN $3 AND $4)
"""
_OLD_FORMS = f"""
WITH stopped AS (
    SELECT replaces AS form, kind, activated_on AS on_date, known_from AS position
    FROM form_version
    WHERE {{known}} AND replaces IS NOT NULL AND activated_on BETWEEN $3 AND $4
), kinds (kind, title, place) AS (
    VALUES {rows_of(FormKind)}
), settled AS (
    -- A version in use is settled as of its last count of blanks; a stopped one has none left.
    SELECT m.form, coalesce(
               max(m.on_date) FILTER (
                   WHERE m.step = 'counted' AND m.form NOT IN (SELECT form FROM stopped)),
               $4) AS on_date
    FROM form_movement m
    WHERE {{known:m}} AND m.on_date <= $4
    GROUP BY m.form
), balance AS (
    SELECT m.form,
           sum(m.forms) FILTER (WHERE m.step = 'printed') AS printed,
           coalesce(sum(m.forms) FILTER (WHERE m.step = 'issued'), 0) AS issued,
           coalesce(sum(m.forms) FILTER (WHERE m.step = 'voided'), 0) AS voided,
           coalesce(sum(m.forms) FILTER (WHERE m.step = 'sealed'), 0) AS sealed,
           (SELECT c.forms FROM form_movement c
            WHERE {{known:c}} AND c.form = m.form AND c.step = 'counted' AND c.on_date <= $4
            ORDER BY c.on_date DESC, c.known_from DESC LIMIT 1) AS blank,
           range_agg(numbers) FILTER (WHERE m.step = 'printed') AS printed_numbers,
           range_agg(numbers) FILTER (WHERE m.step IN ('issued', 'voided', 'sealed'))
               AS used_numbers
    FROM form_movement m
    JOIN settled s ON s.form = m.form
    CROSS JOIN LATERAL (SELECT int8range(m.first_number, m.last_number, '[]') AS numbers) AS r
    WHERE {{known:m}} AND m.on_date <= s.on_date
    GROUP BY m.form
)
SELECT * FROM (
SELECT s.position, s.form IS NOT NULL AS ok, k.title || '新版已启用' AS what
FROM kinds k LEFT JOIN stopped s ON s.kind = k.kind
UNION ALL
SELECT m.position, m.forms IS NOT NULL, k.title || '旧版于停用当日按号段封存'
FROM kinds k LEFT JOIN stopped s ON s.kind = k.kind
LEFT JOIN LATERAL (
    SELECT max(known_from) AS position, sum(forms) AS forms FROM form_movement
    WHERE {{known}} AND form = s.form AND step = 'sealed' AND on_date = s.on_date
) m ON true
UNION ALL
SELECT max(m.known_from), count(m.form) = 0, s.form || ' 停用后未再开具'
FROM stopped s LEFT JOIN form_movement m
     ON {{known:m}} AND m.form = s.form AND m.step = 'issued' AND m.on_date >= s.on_date
        AND m.on_date <= $4
GROUP BY s.form
UNION ALL
SELECT NULL, coalesce(printed = issued + voided + coalesce(blank, 0) + sealed, false),
       form || ' 印制 ' || coalesce(printed, 0) || ' = 开具 ' || issued || ' + 作废 ' || voided
       || ' + 空白 ' || coalesce(blank, 0) || ' + 封存 ' || sealed
FROM balance
UNION ALL
SELECT NULL,
       coalesce(used_numbers <@ printed_numbers AND issued + voided + sealed = (
           SELECT sum(upper(used) - lower(used)) FROM unnest(used_numbers) AS used), total = 0),
       form || ' 开具、作废、封存的号码都在印制号段内，没有重号'
FROM balance, LATERAL (SELECT issued + voided + sealed AS total) AS t
) AS conditions WHERE EXISTS (SELECT FROM stopped)
"""


MEASURES = (
    Measure(
        name="骨灰安放数",
        unit="具",
        kind="flow",
        definition="期内安放入骨灰存放机构的骨灰",
        reading="按安放日期，一次安放计 1 具",
        rows=_PLACED,
        dimensions=(MONTH,),
    ),
    Measure(
        name="新版骨灰证启用日",
        unit="",
        kind="date",
        definition="期内新版《骨灰承诺证》《骨灰领取证》启用之日（两种证同日启用才有值）",
        rows=_ACTIVATED,
        take="one",
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="旧版证件停用封存",
        holds_when="两种证旧版于启用新版当日按号段封存，此后未再开具；"
        "各版印制=开具+作废+空白+封存，号码不重复、不出号段",
        conditions=_OLD_FORMS,
    ),
)
