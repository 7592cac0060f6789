"""社会组织: bodies established, zombies disposed, and the identity of the register."""

from __future__ import annotations

from domain.organisations.events import DisposalWay, OrganisationKind, RegisteredItem
from projections.organisations import FilingKind
from reports.dimensions import MONTH, TOWNSHIP, coded, of, of_list
from reports.measure import Check, Measure, holds, named, rows_of

_ESTABLISHED = f"""
SELECT o.known_from AS position, 1 AS contribution, o.registered_on AS on_date, o.township,
       o.uscc || coalesce(' ' || n.value, '') AS what, o.kind, o.stream AS subject
FROM organisation o
LEFT JOIN registered_value n ON {{known:n}} AND n.uscc = o.uscc AND n.item = 'name'
  AND {holds("$4", "n")}
WHERE {{known:o}} AND o.origin = 'established' AND o.registered_on BETWEEN $3 AND $4
"""
_DISPOSED = f"""
SELECT DISTINCT ON (z.uscc) z.known_from AS position, 1 AS contribution, z.on_date, o.township,
       z.uscc || ' ' || {named("z.way", DisposalWay)} AS what, z.way, o.kind
FROM zombie_disposal z
LEFT JOIN organisation o ON {{known:o}} AND o.uscc = z.uscc
WHERE {{known:z}} AND z.step = 'disposed' AND z.on_date BETWEEN $3 AND $4
ORDER BY z.uscc, z.on_date DESC, z.known_from DESC
"""
"""A body disposed twice (told to rectify, then deregistered) counts once, in its last way."""

_ENDED = """
SELECT o.known_from AS position, 1 AS contribution, o.ended_on AS on_date, o.township,
       o.uscc AS what, o.kind, o.ended_how
FROM organisation o
WHERE {known:o} AND o.ended_on BETWEEN $3 AND $4
"""
_STANDING = """
SELECT o.known_from AS position, 1 AS contribution, o.township, o.uscc AS what, o.kind
FROM organisation o
WHERE {known:o} AND o.registered_on <= $4 AND (o.ended_on IS NULL OR o.ended_on > $4)
"""
_ALTERED = """
SELECT n.known_from AS position, 1 AS contribution, n.valid_from AS on_date, o.township,
       n.uscc AS what, o.kind, n.item
FROM registered_value n
LEFT JOIN organisation o ON {known:o} AND o.uscc = n.uscc
WHERE {known:n} AND n.valid_from BETWEEN $3 AND $4
  AND EXISTS (SELECT FROM registered_value b
              WHERE {known:b} AND b.uscc = n.uscc AND b.item = n.item
                AND b.valid_from < n.valid_from)
"""
_FILED = """
SELECT f.known_from AS position, 1 AS contribution, f.on_date, o.township,
       f.uscc AS what, o.kind, f.kind AS filing
FROM organisation_filing f
LEFT JOIN organisation o ON {known:o} AND o.uscc = f.uscc
WHERE {known:f} AND f.on_date BETWEEN $3 AND $4
"""
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
           {_changed("ended_how <> 'deregistered' AND ended_on")} AS revoked,
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


_KIND = coded("类型", "kind", of_list(OrganisationKind))
_CUTS = (_KIND, TOWNSHIP)
MEASURES = (
    Measure(
        name="社会组织在册数",
        unit="个",
        kind="stock",
        definition="截止日在册的社会组织",
        reading="按决定日期；当日注销、撤销的不计",
        rows=_STANDING,
        dimensions=_CUTS,
        cells="open",
    ),
    Measure(
        name="社会组织成立登记",
        unit="个",
        kind="flow",
        definition="期内作出准予成立登记决定的社会组织",
        reading="按决定日期；撤销的误录不计；期初接收的不计",
        rows=_ESTABLISHED,
        dimensions=(*_CUTS, MONTH),
        cells="open",
    ),
    Measure(
        name="社会组织终止登记",
        unit="个",
        kind="flow",
        definition="期内注销或撤销登记的社会组织",
        rows=_ENDED,
        dimensions=(
            *_CUTS,
            coded(
                "方式",
                "ended_how",
                of(deregistered="注销", revoked="撤销", certificate_revoked="吊销登记证书"),
            ),
            MONTH,
        ),
        cells="open",
    ),
    Measure(
        name="社会组织变更登记",
        unit="项",
        kind="flow",
        definition="期内变更的登记事项",
        reading="一次变更几个事项的，按事项计",
        rows=_ALTERED,
        dimensions=(*_CUTS, coded("事项", "item", of_list(RegisteredItem)), MONTH),
        cells="open",
    ),
    Measure(
        name="社会组织事项办理",
        unit="件",
        kind="flow",
        definition="期内办理的社会组织变更、章程核准、换届、负责人备案、换证和年度报告",
        reading="按办理日期；成立、注销和撤销登记另计",
        rows=_FILED,
        dimensions=(*_CUTS, coded("事项", "filing", of_list(FilingKind)), MONTH),
        cells="open",
    ),
    Measure(
        name="清理整治僵尸型社会组织",
        unit="个",
        kind="flow",
        definition="期内有清理整治记录的社会组织",
        reading="按社会组织去重，处置方式以最后一次为准；认定而未处置的不计",
        rows=_DISPOSED,
        dimensions=(*_CUTS, coded("处置方式", "way", of_list(DisposalWay)), MONTH),
        cells="open",
        beside=f"""
SELECT string_agg(label || ' ' || bodies, '、' ORDER BY place) FROM (
    SELECT place, label, count(*) AS bodies FROM {{rows}}
    JOIN (VALUES {rows_of(DisposalWay)}) AS ways (way, label, place) USING (way)
    GROUP BY place, label
) AS counted
""",
    ),
)
CHECKS = (
    Check(
        name="社会组织登记数勾稽",
        holds_when="期末在册数 = 期初在册数 + 成立 − 注销 − 撤销，且两端都与登记册清点数相同",
        conditions=_IDENTITY,
    ),
)
