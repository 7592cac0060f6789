"""保障对象 and 发放: who is entitled at D, who came and went in the period, what was paid.

An average is money by persons and months, so that a month and a year have the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from domain.bureau.bureau import Bureau
from ledger import store
from projections.assistance import Movement
from reports.dimensions import AREA, ITEM, LEVEL, MODE, MONTH, PROGRAMME, TOWNSHIP, VILLAGE
from reports.measure import Exact, Measure, literal, named, wan_yuan, yuan

_ABOUT = ("programme", "area", "mode", "level", "township", "village")
_DIMENSIONS = (PROGRAMME, AREA, TOWNSHIP, VILLAGE, MODE, LEVEL)
_MONTH = "to_char($4::date, 'YYYY-MM')"
_FIRST = "to_char($3::date, 'YYYY-MM')"


def _columns(table: str = "c") -> str:
    return ", ".join(f"{table}.{column}" for column in _ABOUT)


def _single(bureau: Bureau) -> str:
    """SQL: the programmes that count persons, not households, as a list."""
    codes = [item.code for item in bureau.programmes.values() if item.unit == "人"]
    return ", ".join(map(literal, codes)) or "NULL"


def _whom(bureau: Bureau, table: str = "c") -> str:
    """SQL: what counts once in a programme: a person, or a household's case."""
    person = f"{table}.programme IN ({_single(bureau)})"
    return f"CASE WHEN {person} THEN {table}.person_ref ELSE {table}.stream END"


def _heads(bureau: Bureau, table: str = "c") -> str:
    """SQL: the persons of a row."""
    return f"CASE WHEN {table}.programme IN ({_single(bureau)}) THEN 1 ELSE {table}.persons END"


def _once(bureau: Bureau, month: str) -> str:
    """SQL: the persons of a row, but for those whom a case before it covers in the month too.

    Before it by its number: that stays, whatever happens to either later. Who is alone in a case is
    not looked for.
    """
    return f"""CASE WHEN c.programme IN ({_single(bureau)}) THEN 1 ELSE greatest(c.persons - (
    SELECT count(*) FROM covered_person v
    WHERE {{known:v}} AND v.stream = c.stream AND {_entitled(month, "v")} AND EXISTS (
        SELECT FROM covered_person o
        WHERE {{known:o}} AND o.person_ref = v.person_ref AND o.programme = v.programme
          AND {_entitled(month, "o")} AND o.stream < v.stream
    )), 0) END"""


def _once_a_month(bureau: Bureau) -> str:
    return _once(bureau, "m.month")


def _entitled(month: str, table: str = "c") -> str:
    return (
        f"{table}.first_month <= {month}"
        f" AND ({table}.last_month IS NULL OR {table}.last_month >= {month})"
    )


def _households(_: Bureau) -> str:
    return f"""
SELECT c.known_from AS position, 1 AS contribution, c.case_number AS what, c.stream AS subject,
       {_columns()}
FROM case_entitlement c WHERE {{known:c}} AND {_entitled(_MONTH)}
"""


def _persons(bureau: Bureau) -> str:
    return f"""
SELECT DISTINCT ON (c.programme, {_whom(bureau)}) c.known_from AS position,
       {_once(bureau, _MONTH)} AS contribution, c.case_number AS what, c.stream AS subject,
       {_columns()}
FROM case_entitlement c WHERE {{known:c}} AND {_entitled(_MONTH)}
ORDER BY c.programme, {_whom(bureau)}, c.stream
"""


def _months(count: Callable[[Bureau], str], whom: Callable[[Bureau], str]) -> Callable[..., str]:
    def rows(bureau: Bureau) -> str:
        return f"""
SELECT DISTINCT ON (m.first, c.programme, {whom(bureau)}) c.known_from AS position,
       {count(bureau)} AS contribution, m.first AS on_date, c.case_number AS what,
       c.stream AS subject, {_columns()}
FROM (SELECT day::date AS first, to_char(day, 'YYYY-MM') AS month FROM generate_series(
          date_trunc('month', $3::date), $4::date, interval '1 month') AS days (day)) AS m
JOIN case_entitlement c ON {_entitled("m.month")}
WHERE {{known:c}}
ORDER BY m.first, c.programme, {whom(bureau)}, c.stream
"""

    return rows


_LIVES = "(b.last_month IS NULL OR b.last_month >= b.first_month)"


def _next(month: str, months: int) -> str:
    """SQL: the month so many after a month."""
    return f"to_char(to_date({month}, 'YYYY-MM') + interval '{months} month', 'YYYY-MM')"


def _came(count: Callable[[Bureau], str]) -> Callable[[Bureau], str]:
    def rows(bureau: Bureau) -> str:
        return f"""
SELECT c.known_from AS position, {count(bureau)} AS contribution,
       to_date(c.first_month, 'YYYY-MM') AS on_date, c.case_number AS what, c.stream AS subject,
       {_columns()}
FROM case_entitlement c
WHERE {{known:c}} AND c.first_month BETWEEN {_FIRST} AND {_MONTH}
  AND (c.last_month IS NULL OR c.last_month >= c.first_month)
  AND NOT EXISTS (SELECT FROM case_entitlement b
                  WHERE {{known:b}} AND b.stream = c.stream AND {_LIVES}
                    AND b.last_month = {_next("c.first_month", -1)})
"""

    return rows


def _went(count: Callable[[Bureau], str]) -> Callable[[Bureau], str]:
    def rows(bureau: Bureau) -> str:
        return f"""
SELECT c.known_from AS position, {count(bureau)} AS contribution,
       to_date({_next("c.last_month", 1)}, 'YYYY-MM') AS on_date, c.case_number AS what,
       c.stream AS subject, {_columns()}
FROM case_entitlement c
WHERE {{known:c}} AND c.last_month >= c.first_month
  AND {_next("c.last_month", 1)} BETWEEN {_FIRST} AND {_MONTH}
  AND NOT EXISTS (SELECT FROM case_entitlement b
                  WHERE {{known:b}} AND b.stream = c.stream AND {_LIVES}
                    AND b.first_month = {_next("c.last_month", 1)})
"""

    return rows


def _one(_: Bureau) -> str:
    return "1"


def _case(_: Bureau) -> str:
    return "c.stream"


_PAID_FOR = (
    "least(coalesce(nullif(left(p.months, 7), ''), to_char(p.paid_on, 'YYYY-MM')),"
    " to_char(p.paid_on, 'YYYY-MM'))"
)


def _of_case(column: str) -> str:
    """SQL: what held of a payment's case in the month it is for; before any grant, what came first.

    No later than the payment's own month: what is decided afterwards moves no money.
    """
    return f"""(
    SELECT c.{column} FROM case_entitlement c
    WHERE {{known:c}} AND c.stream = p.stream AND c.first_month <= {_MONTH}
    ORDER BY c.first_month <= {_PAID_FOR} DESC,
             CASE WHEN c.first_month <= {_PAID_FOR} THEN c.first_month END DESC, c.first_month
    LIMIT 1)"""


def counted(bureau: Bureau) -> str:
    """SQL: whether an item is part of 发放金额 of its programme."""
    programmes: dict[tuple[str, ...], list[str]] = {}
    for programme in bureau.programmes.values():
        items = tuple(item.code for item in programme.items if item.counted)
        if items:
            programmes.setdefault(items, []).append(programme.code)
    cases = [
        f"p.item IN ({', '.join(map(literal, items))})"
        f" AND p.programme IN ({', '.join(map(literal, codes))})"
        for items, codes in programmes.items()
    ]
    return f"({' OR '.join(cases) or 'false'})"


# A return counts as far as something is left of the line that it names, from the day on which both
# are there: so no line, and no sum of lines, comes to less than nothing. It is part of whatever its
# line is part of, for those of its months that it says; if it says others only, for all. A line of
# another case is not found, and nothing is left of one that was revoked.
RETURNED = f"""
returned AS (
    SELECT known_from, stream, case_number, programme, item, township, paid_months, months,
           paid_on, least(fen, greatest(paid_fen - coalesce(sum(fen) OVER (
               PARTITION BY stream, fact ORDER BY paid_on, known_from, n
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0))::bigint AS fen
    FROM (
        SELECT r.known_from, r.n, r.stream, r.case_number, p.programme, p.item, p.township,
               p.months AS paid_months, CASE WHEN its.months && said.months
                   THEN ARRAY(SELECT unnest(its.months) INTERSECT SELECT unnest(said.months))
                   ELSE its.months END AS months, greatest(r.paid_on, p.paid_on) AS paid_on,
               -r.amount_fen AS fen, p.amount_fen AS paid_fen, p.fact
        FROM payment r
        JOIN {store.FACTS} AS e ON e.source = split_part(r.names, '/', 1)
                           AND e.event_id = split_part(r.names, '/', 2)
        JOIN payment p ON p.stream = r.stream AND p.fact = e.fact
                      AND p.kind IN ('settled', 'arrears') AND {{known:p}},
             string_to_array(p.months, ' ') AS its (months),
             string_to_array(r.months, ' ') AS said (months)
        WHERE r.kind = 'returned' AND {{known:r}}
    ) AS named
)"""


def _all(_: Bureau) -> str:
    return "true"


def _paid(which: Callable[[Bureau], str]) -> Callable[[Bureau], str]:
    return lambda bureau: _moved(which(bureau))


def _moved(which: str) -> str:
    """SQL: what was paid and came back, of the items that a condition on `p` names."""
    about = ", ".join(
        f"{_of_case(column)} AS {column}" for column in ("area", "mode", "level", "village")
    )
    return f"""
WITH {RETURNED},
moved AS (
    SELECT p.known_from, p.stream, p.case_number, p.programme, p.item, p.township, p.months,
           p.paid_on, p.amount_fen, p.kind
    FROM payment p
    WHERE {{known:p}} AND {which} AND p.kind IN ('settled', 'arrears')
      AND p.paid_on BETWEEN $3 AND $4
    UNION ALL
    SELECT p.known_from, p.stream, p.case_number, p.programme, p.item, p.township, p.paid_months,
           p.paid_on, -p.fen, 'returned'
    FROM returned p WHERE p.fen > 0 AND {which} AND p.paid_on BETWEEN $3 AND $4
)
SELECT p.known_from AS position, p.amount_fen AS contribution, p.paid_on AS on_date,
       p.case_number || ' ' || {named("p.kind", Movement)} AS what, p.stream AS subject,
       p.programme, p.item, coalesce(p.township, {_of_case("township")}) AS township, {about}
FROM moved p
"""


def _average(money: str, months: str) -> Callable[[Mapping[str, Exact]], Exact]:
    def derive(exacts: Mapping[str, Exact]) -> Exact:
        fen, over = exacts[money], exacts[months]
        if not isinstance(fen, int) or not isinstance(over, int) or not over:
            return None
        return (2 * fen + over) // (2 * over)  # half-up, to the 分

    return derive


_IN_OUT = "停发算退出，恢复算新增：上月在保户数加新增、减退出等于本月在保户数；同户人口增减不计"

MEASURES = (
    Measure(
        name="在保户数",
        unit="户",
        kind="stock",
        definition="截止日所在月份在保的户",
        reading="起始月 ≤ 截止月 ≤ 终止月的户",
        rows=_households,
        dimensions=_DIMENSIONS,
    ),
    Measure(
        name="在保人数",
        unit="人",
        kind="stock",
        definition="截止日所在月份在保的人：按户保障的计保障人口，按人保障的计人",
        reading="按户保障的只计有保障身份的家庭成员；按人保障的同一项目一人只计一次",
        rows=_persons,
        dimensions=_DIMENSIONS,
    ),
    Measure(
        name="在保户月数",
        unit="户月",
        kind="flow",
        definition="期内各月在保户数之和",
        rows=_months(_one, _case),
        dimensions=(*_DIMENSIONS, MONTH),
    ),
    Measure(
        name="在保人月数",
        unit="人月",
        kind="flow",
        definition="期内各月在保人数之和",
        rows=_months(_once_a_month, _whom),
        dimensions=(*_DIMENSIONS, MONTH),
    ),
    Measure(
        name="新增户数",
        unit="户",
        kind="flow",
        definition="期内开始在保、上月不在保的户",
        reading=_IN_OUT,
        rows=_came(_one),
        dimensions=(*_DIMENSIONS, MONTH),
        cells="whole",
    ),
    Measure(
        name="新增人数",
        unit="人",
        kind="flow",
        definition="期内开始在保、上月不在保的户的保障人口",
        reading=_IN_OUT,
        rows=_came(_heads),
        dimensions=(*_DIMENSIONS, MONTH),
        cells="whole",
    ),
    Measure(
        name="退出户数",
        unit="户",
        kind="flow",
        definition="期内不再在保、上月在保的户",
        reading=_IN_OUT,
        rows=_went(_one),
        dimensions=(*_DIMENSIONS, MONTH),
        cells="whole",
    ),
    Measure(
        name="退出人数",
        unit="人",
        kind="flow",
        definition="期内不再在保、上月在保的户的保障人口",
        reading=_IN_OUT,
        rows=_went(_heads),
        dimensions=(*_DIMENSIONS, MONTH),
        cells="whole",
    ),
    Measure(
        name="发放金额",
        unit="万元",
        kind="flow",
        definition="期内到账的保障金，减期内退票，加补发",
        reading="按到账日期；期内到账，减期内退票，加补发；退票以所退到账的余额为限；"
        "追回和不计入发放金额的项目不在内；"
        "城乡、镇街、供养方式按所发月份",
        rows=_paid(counted),
        dimensions=(*_DIMENSIONS, ITEM, MONTH),
        shown=wan_yuan,
    ),
    Measure(
        name="支出金额",
        unit="万元",
        kind="flow",
        definition="期内到账的全部项目的资金，减期内退票，加补发",
        reading="发放金额之外，还计不计入发放金额的项目，如照料护理、价格补贴；其余口径与发放金额相同",
        rows=_paid(_all),
        dimensions=(*_DIMENSIONS, ITEM, MONTH),
        shown=wan_yuan,
    ),
    Measure(
        name="人均发放水平",
        unit="元/人·月",
        kind="derived",
        definition="发放金额 ÷ 在保人月数",
        dimensions=(*_DIMENSIONS, MONTH),
        derive=_average("发放金额", "在保人月数"),
        uses=("发放金额", "在保人月数"),
        shown=yuan,
    ),
    Measure(
        name="户均发放水平",
        unit="元/户·月",
        kind="derived",
        definition="发放金额 ÷ 在保户月数",
        dimensions=(*_DIMENSIONS, MONTH),
        derive=_average("发放金额", "在保户月数"),
        uses=("发放金额", "在保户月数"),
        shown=yuan,
    ),
)
