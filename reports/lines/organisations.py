"""社会组织: bodies established, zombies disposed, and the identity of the register."""

from __future__ import annotations

from domain.organisations.events import DisposalWay
from reports.figure import Figure, Statement, holds, named, rows_of

_ESTABLISHED = f"""
SELECT o.known_from AS position, 1 AS contribution, o.registered_on AS on_date, o.township,
       o.uscc || coalesce(' ' || n.value, '') AS what
FROM organisation o
LEFT JOIN registered_value n ON {{known:n}} AND n.uscc = o.uscc AND n.item = 'name'
  AND {holds("$4", "n")}
WHERE {{known:o}} AND o.origin = 'established' AND o.registered_on BETWEEN $3 AND $4
"""
_DISPOSED = f"""
SELECT DISTINCT ON (z.uscc) z.known_from AS position, 1 AS contribution, z.on_date, o.township,
       z.uscc || ' ' || {named("z.way", DisposalWay)} AS what, z.way
FROM zombie_disposal z
LEFT JOIN organisation o ON {{known:o}} AND o.uscc = z.uscc
WHERE {{known:z}} AND z.step = 'disposed' AND z.on_date BETWEEN $3 AND $4
ORDER BY z.uscc, z.on_date DESC, z.known_from DESC
"""
"""A body disposed twice (told to rectify, then deregistered) counts once, in its last way."""

_ON_REGISTER = """
(SELECT count(*) FROM organisation
 WHERE {known} AND registered_on <= {day} AND (ended_on IS NULL OR ended_on > {day}))
"""
_CHANGED = """
(SELECT count(*) FROM organisation WHERE {known} AND {what} BETWEEN $3 AND $4)
"""


def on_register(day: str) -> str:
    """SQL of the number of bodies on the register at the end of a day (an SQL expression)."""
    return _ON_REGISTER.replace("{day}", day)


def _changed(what: str) -> str:
    return _CHANGED.replace("{what}", what)


_IDENTITY = f"""
WITH counts AS (
    SELECT (SELECT known_from FROM register_count WHERE {{known}} AND counted_on = $3 - 1
            ORDER BY known_from DESC LIMIT 1) AS start_position,
           (SELECT bodies FROM register_count WHERE {{known}} AND counted_on = $3 - 1
            ORDER BY known_from DESC LIMIT 1) AS at_start,
           (SELECT known_from FROM register_count WHERE {{known}} AND counted_on = $4
            ORDER BY known_from DESC LIMIT 1) AS end_position,
           (SELECT bodies FROM register_count WHERE {{known}} AND counted_on = $4
            ORDER BY known_from DESC LIMIT 1) AS at_end,
           {_changed("origin = 'established' AND registered_on")} AS established,
           {_changed("ended_how = 'deregistered' AND ended_on")} AS deregistered,
           {_changed("ended_how = 'revoked' AND ended_on")} AS revoked,
           {on_register("($3 - 1)")} AS stock_at_start,
           {on_register("$4")} AS stock_at_end
)
SELECT start_position AS position, coalesce(at_start = stock_at_start, false) AS ok,
       '期初登记册清点 ' || coalesce(at_start::text, '缺') || '，按事件 ' || stock_at_start AS what
FROM counts
UNION ALL
SELECT end_position, coalesce(at_end = stock_at_end, false),
       '期末登记册清点 ' || coalesce(at_end::text, '缺') || '，按事件 ' || stock_at_end
FROM counts
UNION ALL
SELECT NULL, coalesce(at_end = at_start + established - deregistered - revoked, false),
       '期初 ' || coalesce(at_start::text, '缺') || ' + 成立 ' || established || ' − 注销 '
       || deregistered || ' − 撤销 ' || revoked || ' = 期末 ' || coalesce(at_end::text, '缺')
FROM counts
"""

FIGURES = (
    Figure(
        id="F32",
        name="社会组织新成立登记",
        unit="个",
        kind="flow",
        group="社会组织",
        front=1,
        about_persons=False,
        definition="期内作出准予成立登记决定的社会组织",
        reading="按决定日期；撤销的误录不计；期初接收的不计",
        rows=_ESTABLISHED,
    ),
    Figure(
        id="F33",
        name="其中社会团体",
        unit="个",
        kind="flow",
        group="社会组织",
        about_persons=False,
        definition="F32 中的社会团体（代码 51）",
        rows=_ESTABLISHED + " AND o.kind = 'association'",
    ),
    Figure(
        id="F34",
        name="其中民办非企业单位",
        unit="个",
        kind="flow",
        group="社会组织",
        about_persons=False,
        definition="F32 中的民办非企业单位（代码 52）",
        rows=_ESTABLISHED + " AND o.kind = 'private-non-enterprise'",
    ),
    Figure(
        id="F35",
        name="清理整治僵尸型社会组织",
        unit="个",
        kind="flow",
        group="社会组织",
        front=2,
        about_persons=False,
        definition="期内有清理整治记录的社会组织",
        reading="按社会组织去重，处置方式以最后一次为准；认定而未处置的不计",
        rows=_DISPOSED,
        beside=f"""
SELECT string_agg(label || ' ' || bodies, '、' ORDER BY place) FROM (
    SELECT place, label, count(*) AS bodies FROM ({_DISPOSED}) AS disposed
    JOIN (VALUES {rows_of(DisposalWay)}) AS ways (way, label, place) USING (way)
    GROUP BY place, label
) AS counted
""",
    ),
)
STATEMENTS = (
    Statement(
        id="S17",
        name="登记身份平衡",
        holds_when="期末在册数 = 期初在册数 + 成立 − 注销 − 撤销，且两端都与登记册清点数相同",
        rows=_IDENTITY,
    ),
)
