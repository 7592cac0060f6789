"""The SQL of 提标完成: per case and month, what was due against what was paid.

Due of a month: for flat programmes the standard in force on its first day; for 低保 the household's
amount, lifted by the difference of standards per covered member where it was worked out with a
lower one than is in force (R-DB-02, R-ST-01); a child's top-up as decided. Paid: settled and
arrears lines that list the month, less returns, up to D, in equal parts per month of a line.
"""

from __future__ import annotations

from domain.casework import Area, Programme
from domain.standards import StandardKind
from reports.figure import named

OWED = """
months AS (
    SELECT m::date AS day, to_char(m, 'YYYY-MM') AS month
    FROM generate_series(date_trunc('month', $3::date), $4::date, interval '1 month') AS m
),
adopted AS (
    SELECT DISTINCT ON (kind, area, effective_from) kind, area, effective_from, amount_fen
    FROM standard WHERE {known}
    ORDER BY kind, area, effective_from, adopted_on DESC, known_from DESC
),
standards AS (
    SELECT *, lead(effective_from) OVER (PARTITION BY kind, area ORDER BY effective_from) AS until
    FROM adopted
),
standard_of_month AS (
    SELECT m.month, s.kind, coalesce(s.area, '') AS area, s.amount_fen
    FROM months m JOIN standards s
    ON s.effective_from <= m.day AND (s.until IS NULL OR m.day < s.until)
),
entitled AS (
    SELECT c.known_from AS position, c.stream, m.month, c.programme, c.monthly_amount_fen,
           c.standard_fen, c.persons,
           CASE WHEN c.programme = 'orphan' AND c.mode = 'institutional'
                THEN 'orphan-institutional' ELSE c.programme END AS kind,
           CASE WHEN c.programme IN ('dibao', 'tekun') THEN c.area ELSE '' END AS area,
           greatest(m.month, to_char(c.decided_on, 'YYYY-MM')) AS due_month
    FROM case_entitlement c JOIN months m
    ON m.month >= c.first_month AND (c.last_month IS NULL OR m.month <= c.last_month)
    WHERE {known:c}
),
both_sides AS (
    SELECT e.stream, e.month, e.position, e.kind, e.area, e.due_month, 0 AS fen,
           CASE WHEN e.programme = 'dibao' THEN e.monthly_amount_fen
                    + greatest(coalesce(s.amount_fen - e.standard_fen, 0), 0) * e.persons
                ELSE coalesce(e.monthly_amount_fen, s.amount_fen) END AS due_fen
    FROM entitled e LEFT JOIN standard_of_month s
    ON s.month = e.month AND s.kind = e.kind AND s.area = e.area
    UNION ALL
    -- A part of a 分 counts as a whole one, so that three equal parts make the whole again.
    SELECT p.stream, unnest(string_to_array(p.months, ' ')), NULL, NULL, NULL, NULL,
           sign(p.amount_fen)::bigint * ((abs(p.amount_fen) + l.n - 1) / l.n), NULL
    FROM payment p, LATERAL (SELECT (length(p.months) + 1) / 8 AS n) AS l
    WHERE {known:p} AND p.item = 'basic' AND p.kind IN ('settled', 'returned', 'arrears')
      AND p.paid_on BETWEEN $3::date - 366 AND $4
),
owed AS (
    SELECT stream, month, max(position) AS position, max(kind) AS kind, max(area) AS area,
           max(due_month) AS due_month, max(due_fen) AS due_fen, sum(fen) AS paid_fen
    FROM both_sides GROUP BY stream, month HAVING max(position) IS NOT NULL
)
"""
# Stretches of a case never overlap, so a case has at most one due row in a month. Both sides are
# stacked and grouped, not joined: a join of two such sub-queries may be planned as a nested loop
# that never ends while fresh tables have no statistics.

BELOW = f"""
WITH {OWED},
last_due AS (
    SELECT to_char(date_trunc('month', $4::date - 9) - interval '1 month', 'YYYY-MM') AS month
)
SELECT o.position,
       bool_and(coalesce(o.paid_fen >= o.due_fen, false)
                OR (o.due_month > last_due.month AND o.paid_fen <= 0)) AS contribution,
       NULL::date AS on_date, (
           SELECT c.township FROM case_entitlement c
           WHERE {{known:c}} AND c.stream = o.stream ORDER BY c.first_month DESC LIMIT 1
       ) AS township, substr(o.stream, 6) AS what
FROM owed o, last_due
GROUP BY o.position, o.stream
"""
"""One row per case and decision: true when no month of it is below. A month is due from the 10th of
the month after it (or after its decision, when that is later); before that, nothing paid is no
fault, too little is."""


def _standard(table: str) -> str:
    """SQL: which standard a row of the table is about."""
    kind, area = named(f"{table}.kind", StandardKind), named(f"{table}.area", Area)
    return f"{kind} || coalesce('（' || {area} || '）', '')"


RAISED = f"""
WITH {OWED},
raised AS (
    SELECT r.*, to_char(r.effective_from, 'YYYY-MM') AS first_month,
           replace(r.kind, 'orphan-institutional', 'orphan') AS programme
    FROM raise_standard r
    WHERE {{known:r}} AND r.kind NOT LIKE 'care-%' AND r.effective_from BETWEEN $3 AND $4
),
missing AS (
    SELECT o.position, o.stream, min(o.month) AS month
    FROM owed o JOIN raised r ON r.kind = o.kind AND coalesce(r.area, '') = o.area
    WHERE o.month >= r.first_month AND o.month < r.go_live_month
      AND NOT coalesce(o.paid_fen >= o.due_fen, false)
    GROUP BY o.position, o.stream
)
SELECT s.known_from AS position, EXISTS (
           SELECT FROM raised r WHERE r.kind = s.kind AND r.area IS NOT DISTINCT FROM s.area
           AND r.effective_from = s.effective_from AND r.implemented_on <= $4
           AND r.go_live_month <= to_char($4::date, 'YYYY-MM')) AS ok,
       '新标准已执行 ' || {_standard("s")} AS what
FROM standard s
WHERE {{known:s}} AND s.kind NOT LIKE 'care-%' AND s.effective_from BETWEEN $3 AND $4
UNION ALL
SELECT r.known_from, EXISTS (
           SELECT FROM adopted a WHERE a.kind = r.kind AND a.area IS NOT DISTINCT FROM r.area
           AND a.effective_from = r.effective_from),
       '提标依据的标准 ' || r.batch || ' ' || {_standard("r")}
FROM raised r
UNION ALL
SELECT min(r.known_from), coalesce((
           SELECT sum(p.amount_fen) FROM payment p
           WHERE {{known:p}} AND p.programme = r.programme AND p.kind = 'arrears'
             AND p.item = 'basic' AND p.paid_on BETWEEN $3 AND $4) >= (
           SELECT sum(b.amount_fen) FROM arrears_batch b
           WHERE {{known:b}} AND b.batch = r.batch AND b.programme = r.programme
             AND b.approved_on <= $4), false),
       '补发已审批并足额到账 ' || r.batch || ' ' || {named("r.programme", Programme)}
FROM raised r WHERE r.first_month < r.go_live_month GROUP BY r.batch, r.programme
UNION ALL
SELECT position, false, '缺补发 ' || substr(stream, 6) || ' ' || month FROM missing
"""
"""Conditions of S16: each standard of the period went live, rests on an adopted one, has approved
arrears that were paid, and no case lacks money of a month between effect and go-live."""
