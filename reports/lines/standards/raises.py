"""The SQL of 提标完成: per case and month, what was due against what was paid.

Due of a month: for flat programmes the standard in force on its first day; for 低保 the household's
amount, lifted by the difference of standards per covered member where it was worked out with a
lower one than is in force (R-DB-02, R-ST-01); a child's top-up as decided. Paid: settled and
arrears lines that list the month, less what was returned of them, up to D, in equal parts per month
of a line.

Months are numbers, counted from the first of the period, and twelve of them stand in one row, so
that a case is one row against one row. Sums are of double precision: exact below 2^53 分.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Programme
from domain.casework import Area
from reports.lines.cases import RETURNED, counted
from reports.measure import literal, named

_YEAR = 12
"""Months in a row; a longer period has several rows of a case."""


def _month(day: str) -> str:
    """SQL: the month of a date, counted since the year 0."""
    return f"(12 * extract(year FROM {day})::int + extract(month FROM {day})::int - 1)"


def _written(month: str) -> str:
    """SQL: a month that is written 2024-03, counted from the first of the period."""
    return f"(12 * left({month}, 4)::int + right({month}, 2)::int - 1 - {_FIRST})"


def _each(template: str, between: str) -> str:
    """SQL: a template for each month of a row: {n} its number there, {m} in the period."""
    return between.join(template.format(n=n, m=f"(row + {n})") for n in range(_YEAR))


_FIRST, _LAST = _month("$3::date"), _month("$4::date")
_END = f"({_LAST} - {_FIRST})"
_LAST_DUE = f"({_month('($4::date - 9)')} - 1 - {_FIRST})"
_PLACE = (
    f"(month_number - {_FIRST}) / {_YEAR} * {_YEAR} AS row,"
    f" (month_number - {_FIRST}) % {_YEAR} AS n"
)
_SUMS = _each("sum(fen) FILTER (WHERE n = {n}) AS paid_{n}", ", ")
_DUE = (
    "coalesce(own_fen, amounts[{m} + 1])"
    " + coalesce(lifted * greatest(amounts[{m} + 1] - standard_fen, 0), 0)"
)
_IN_FULL = f"coalesce(coalesce(paid_{{n}}, 0) >= {_DUE}, false)"

_STANDARDS = f"""
adopted AS (
    SELECT DISTINCT ON (s.kind, areas.area, s.effective_from)
           s.kind, areas.area, s.effective_from, s.amount_fen
    FROM standard s
    JOIN (VALUES ('urban'), ('rural'), (NULL)) AS areas (area)
      ON areas.area = s.area OR s.area IS NULL
         AND (s.kind IN ({{by_area}})) = (areas.area IS NOT NULL)
    WHERE {{known:s}}
    ORDER BY s.kind, areas.area, s.effective_from, s.adopted_on DESC, s.known_from DESC
),
standards AS (
    SELECT *, lead(effective_from) OVER (PARTITION BY kind, area ORDER BY effective_from) AS until
    FROM adopted
),
by_month AS MATERIALIZED (
    SELECT kinds.kind, coalesce(kinds.area, '') AS area, array_agg((
               SELECT s.amount_fen FROM standards s
               WHERE s.kind = kinds.kind AND s.area IS NOT DISTINCT FROM kinds.area
                 AND s.effective_from <= make_date(m / 12, m % 12 + 1, 1)
                 AND coalesce(s.until, 'infinity') > make_date(m / 12, m % 12 + 1, 1)
           ) ORDER BY m) AS amounts
    FROM (SELECT DISTINCT kind, area FROM adopted) AS kinds, generate_series({_FIRST}, {_LAST}) AS m
    GROUP BY kinds.kind, kinds.area
)
"""


def _codes(codes: Iterable[str]) -> str:
    """SQL: codes as a list, which may be empty."""
    return ", ".join(map(literal, codes)) or "NULL"


def _paying(bureau: Bureau) -> Iterator[str]:
    """Programmes of which money is due every month."""
    for programme in bureau.programmes.values():
        if programme.pays not in ("none", "once"):
            yield programme.code


def _followed(programme: Programme) -> Iterator[tuple[str, str]]:
    """The standards that a programme follows: which cases of it (SQL), and the kind."""
    of = f"c.programme = {literal(programme.code)}"
    for mode, kind in programme.standards_by_mode:
        yield f"{of} AND c.mode = {literal(mode)}", kind
    for level in programme.levels:
        yield f"{of} AND c.level = {literal(level.code)}", level.standard
    if programme.standard is not None:
        yield of, programme.standard


def _owed(bureau: Bureau) -> str:
    """SQL: CTEs of standards by month, of what each case is entitled to, of what it was paid."""
    followed = [pair for item in bureau.programmes.values() for pair in _followed(item)]
    kinds = " ".join(f"WHEN {cases} THEN {literal(kind)}" for cases, kind in followed)
    kind = f"CASE {kinds} END" if kinds else "NULL::text"
    by_area = _codes(item.kind for item in bureau.standards.values() if item.by_area)
    topped_up = [p.code for p in bureau.programmes.values() if p.pays == "top-up"]
    return f"""{_STANDARDS.replace("{by_area}", by_area).rstrip()},
{RETURNED.strip()},
cases AS (
    SELECT c.known_from AS position, c.stream, c.standard_fen, c.monthly_amount_fen AS own_fen,
           CASE WHEN c.programme IN ({_codes(topped_up)}) THEN c.persons END AS lifted,
           {kind} AS kind,
           CASE WHEN {kind} IN ({by_area}) THEN c.area ELSE '' END AS area,
           greatest({_written("c.first_month")}, 0) AS first,
           least({_written("c.last_month")}, {_END}) AS last,
           CASE WHEN {_month("c.decided_on")} - {_FIRST} > {_LAST_DUE} THEN -1
                ELSE {_LAST_DUE} END AS last_due
    FROM case_entitlement c
    WHERE {{known:c}} AND c.programme IN ({_codes(_paying(bureau))})
      AND c.first_month <= to_char($4::date, 'YYYY-MM')
      AND (c.last_month IS NULL
           OR c.last_month >= greatest(c.first_month, to_char($3::date, 'YYYY-MM')))
),
entitled AS (
    SELECT cases.*, by_month.amounts, row FROM cases LEFT JOIN by_month USING (kind, area)
    JOIN generate_series(0, {_END}, {_YEAR}) AS row ON row > first - {_YEAR} AND row <= last
),
lines AS (
    SELECT stream, amount_fen::float8 AS fen, {_PLACE} FROM payment
    WHERE {{known}} AND month_number BETWEEN {_FIRST} AND {_LAST} AND paid_on <= $4
    UNION ALL
    SELECT stream, part_fen::float8, {_PLACE} FROM paid_month
    WHERE {{known}} AND month_number BETWEEN {_FIRST} AND {_LAST} AND paid_on <= $4
    UNION ALL
    SELECT stream, fen, {_PLACE} FROM (
        SELECT r.stream, {_month("to_date(month, 'YYYY-MM')")} AS month_number,
               -r.fen::float8 / count(*) OVER (PARTITION BY r.known_from) AS fen
        FROM returned r, unnest(r.months) AS month
        WHERE r.item = 'basic' AND r.paid_on <= $4
    ) AS back WHERE month_number BETWEEN {_FIRST} AND {_LAST}
),
paid AS (
    SELECT stream, row, {_SUMS} FROM lines GROUP BY stream, row
)
"""


# Stretches of a case never overlap, so a case has at most one in a month. What was paid is joined
# in full, and what belongs to nobody left out afterwards: whatever the planner expects of fresh
# tables that have no statistics, a full join is no nested loop.

_NOT_BELOW = _each(
    f"({{m}} NOT BETWEEN first AND last OR {_IN_FULL}"
    " OR ({m} > last_due AND coalesce(paid_{n}, 0) <= 0))",
    " AND ",
)


def below(bureau: Bureau) -> str:
    """SQL: one row per case and decision, true when no month of it is below.

    A month is due from the 10th of the month after it (or after its decision, when that is later);
    before that, nothing paid is no fault, too little is.
    """
    return f"""
WITH {_owed(bureau)}
SELECT e.position, bool_and({_NOT_BELOW}) AS contribution, e.stream AS subject,
       substr(e.stream, 6) AS what
FROM paid FULL JOIN entitled e USING (stream, row)
GROUP BY e.position, e.stream HAVING max(e.position) IS NOT NULL
"""


def _standard(bureau: Bureau, table: str) -> str:
    """SQL: which standard a row of the table is about."""
    names = {item.kind: item.name for item in bureau.standards.values()}
    kind, area = named(f"{table}.kind", names), named(f"{table}.area", Area)
    return f"{kind} || coalesce('（' || {area} || '）', '')"


def raised(bureau: Bureau) -> str:
    """SQL: conditions on the standards that took effect in the period.

    Each went live, rests on an adopted one and has approved arrears that were paid; no case lacks
    money of a month between effect and go-live, nor of any other month of the period.
    """
    follows = sorted(
        {
            (kind, programme.code)
            for programme in bureau.programmes.values()
            for _, kind in _followed(programme)
        }
    )
    pairs = ", ".join(f"({literal(kind)}, {literal(code)})" for kind, code in follows)
    kinds = _codes(dict.fromkeys(kind for kind, _ in follows))
    names = {programme.code: programme.name for programme in bureau.programmes.values()}
    return f"""
WITH {_owed(bureau)},
raised AS (
    SELECT r.*, {_month("r.effective_from")} - {_FIRST} AS first_month,
           {_written("r.go_live_month")} AS live_month
    FROM raise_standard r
    WHERE {{known:r}} AND r.kind IN ({kinds}) AND r.effective_from BETWEEN $3 AND $4
),
lifted AS (
    SELECT e.*, greatest(e.first, r.first_month) AS since, least(e.last, r.live_month - 1) AS until
    FROM entitled e
    JOIN raised r ON r.kind = e.kind AND (r.area IS NULL OR r.area = e.area)
),
missing AS (
    SELECT e.position, e.stream, min(least({
        _each(f"CASE WHEN {{m}} BETWEEN since AND until AND NOT {_IN_FULL} THEN {{m}} END", ", ")
    })) AS month
    FROM paid FULL JOIN lifted e USING (stream, row)
    GROUP BY e.position, e.stream HAVING max(e.position) IS NOT NULL
),
set_in_period AS (
    SELECT s.* FROM standard s
    WHERE {{known:s}} AND s.kind IN ({kinds}) AND s.effective_from BETWEEN $3 AND $4
)
SELECT s.known_from AS position, EXISTS (
           SELECT FROM raised r WHERE r.kind = s.kind AND r.area IS NOT DISTINCT FROM s.area
           AND r.effective_from = s.effective_from AND r.implemented_on <= $4
           AND r.go_live_month <= to_char($4::date, 'YYYY-MM')) AS ok,
       '新标准已执行 ' || {_standard(bureau, "s")} AS what
FROM set_in_period s
UNION ALL
SELECT r.known_from, EXISTS (
           SELECT FROM standard a
           WHERE {{known:a}} AND a.kind = r.kind AND a.area IS NOT DISTINCT FROM r.area
             AND a.effective_from = r.effective_from),
       '提标依据的标准 ' || r.batch || ' ' || {_standard(bureau, "r")}
FROM raised r
UNION ALL
SELECT min(r.known_from), coalesce((
           SELECT sum(p.amount_fen) FROM payment p
           WHERE {{known:p}} AND p.programme = f.programme AND p.kind = 'arrears'
             AND {counted(bureau)} AND p.paid_on BETWEEN $3 AND $4) >= (
           SELECT sum(b.amount_fen) FROM arrears_batch b
           WHERE {{known:b}} AND b.batch = r.batch AND b.programme = f.programme
             AND b.approved_on <= $4), false),
       '补发已审批并足额到账 ' || r.batch || ' ' || {named("f.programme", names)}
FROM raised r JOIN (VALUES {pairs}) AS f (kind, programme) USING (kind)
WHERE r.first_month < r.live_month GROUP BY r.batch, f.programme
UNION ALL
SELECT position, false, '缺补发 ' || substr(stream, 6) || ' '
       || to_char(date_trunc('month', $3::date) + month * interval '1 month', 'YYYY-MM')
FROM missing WHERE month IS NOT NULL
UNION ALL
SELECT NULL, coalesce((
           SELECT bool_and({_NOT_BELOW}) FILTER (WHERE e.position IS NOT NULL)
           FROM paid FULL JOIN entitled e USING (stream, row)), false),
       '期内应发月份均已按有效标准发放或补足'
WHERE EXISTS (SELECT FROM set_in_period) OR EXISTS (SELECT FROM raised)
"""
