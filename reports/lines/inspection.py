"""行政检查: inspections that count, joint ones, and whether random ones were drawn by the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.bureau.bureau import Bureau
from domain.enforcement import OBJECTS, ExemptionCause
from domain.inspection import InspectionMode
from reports.dimensions import MONTH, SOURCE, TOWNSHIP, coded, of_list
from reports.lines.organisations import on_register
from reports.measure import Check, Dimension, Measure, holds, literal, named
from reports.parameters import in_force

INSPECTED = """
SELECT i.known_from AS position, 1 AS contribution, i.inspected_on AS on_date, i.township,
       i.inspection_number || ' ' || coalesce(x.name, i.object) AS what, i.platform, i.mode,
       coalesce(x.kind, split_part(i.object, '/', 1)) AS kind, i.stream AS subject
FROM inspection i
LEFT JOIN LATERAL (
    SELECT o.name, o.kind FROM inspected_object o
    WHERE {known:o} AND o.object = i.object AND o.registered_on <= $4
    ORDER BY o.registered_on DESC, o.known_from DESC LIMIT 1) AS x ON true
WHERE {known:i} AND i.inspected_on BETWEEN $3 AND $4
  AND i.mode <> 'patrol' AND i.has_text_record AND i.has_recording
  AND NOT EXISTS (SELECT FROM penalty_case p WHERE {known:p} AND p.decided_on <= $4
                  AND p.inspection_number = i.inspection_number)
"""
_DRAWN_AND_INSPECTED = """
SELECT DISTINCT ON (i.object) i.known_from AS position, 1 AS contribution,
       i.inspected_on AS on_date, i.township, i.object AS what
FROM inspection i
JOIN drawn_object d ON {known:d} AND d.step = 'drawn' AND d.draw_number = i.draw_number
  AND d.object = i.object AND d.on_date <= $4
WHERE {known:i} AND i.inspected_on BETWEEN $3 AND $4 AND i.object LIKE 'organisation/%'
ORDER BY i.object, i.inspected_on, i.known_from
"""

# A step whose limit has not run out at D is not yet a breach.


def _joint_ash(_: Bureau, given: Mapping[str, Any]) -> str:
    partner = literal(given["partner"])
    return f"""
SELECT NULL::bigint AS position, count(*) > 0 AS ok, '联合抽查 ' || count(*) || ' 次' AS what
FROM inspection i
WHERE {{known:i}} AND i.object LIKE 'keeping-body/%' AND i.mode = 'joint'
  AND i.inspected_on BETWEEN $3 AND $4
UNION ALL
SELECT i.known_from, coalesce(strpos(i.joint_with, {partner}) > 0, false) AND EXISTS (
           SELECT FROM keeping_body b
           WHERE {{known:b}} AND 'keeping-body/' || b.body = i.object
             AND {holds("i.inspected_on", "b")}),
       i.inspection_number || ' 联合' || coalesce(i.joint_with, '（未记载）')
       || '检查在册骨灰存放机构'
FROM inspection i
WHERE {{known:i}} AND i.object LIKE 'keeping-body/%' AND i.mode = 'joint'
  AND i.inspected_on BETWEEN $3 AND $4
UNION ALL
SELECT i.known_from,
       coalesce(
           i.rectification_ordered_on <= $4 AND i.rectification_due_on IS NOT NULL
           AND (i.rectification_verified_on <= $4 OR i.rectification_due_on > $4), false),
       i.inspection_number || ' 责令整改有期限、有结果'
FROM inspection i
WHERE {{known:i}} AND i.object LIKE 'keeping-body/%'
  AND least(i.inspected_on, i.rectification_ordered_on, i.rectification_verified_on)
      BETWEEN $3 AND $4
  AND (i.outcome = 'rectification' AND i.inspected_on <= $4
       OR i.rectification_ordered_on <= $4 OR i.rectification_verified_on <= $4)
"""


_LICENSED = f"""
(SELECT count(DISTINCT l.officer)
 FROM licence l JOIN officer_post o ON {{known:o}} AND o.officer = l.officer
 WHERE {{known:l}} AND l.officer = ANY (i.officers)
   AND {holds("i.inspected_on", "l")} AND {holds("i.inspected_on", "o")})
"""
_DRAWN = f"""
WITH drawings AS (
    SELECT d.draw_number, d.known_from, d.on_date, d.list_digest, d.bodies, d.drawn,
           s.known_from AS snapshot_position, s.on_date AS snapshot_on,
           s.list_digest AS snapshot_digest, s.bodies AS snapshot_bodies,
           {on_register("s.baseline_on")} AS on_register,
           {{share}} AS share
    FROM draw d
    LEFT JOIN draw s ON {{known:s}} AND s.draw_number = d.draw_number AND s.step = 'snapshot'
      AND s.on_date <= $4
    WHERE {{known:d}} AND d.step = 'draw'
      AND d.on_date BETWEEN least($3, date_trunc('year', $4::timestamp)::date) AND $4
), draws AS (
    SELECT * FROM drawings WHERE on_date >= $3
), done AS (
    SELECT i.known_from, i.inspection_number, i.draw_number, i.object, i.inspected_on,
           {_LICENSED} AS licensed
    FROM inspection i
    WHERE {{known:i}} AND i.inspected_on <= $4 AND (i.draw_number IS NOT NULL OR i.mode = 'random')
)
SELECT coalesce(i.position, x.position, o.known_from) AS position,
       coalesce(i.inspected_on >= o.on_date, x.position IS NOT NULL) AS ok,
       o.object || coalesce(' 抽取后检查 ' || i.inspection_number,
                            ' 免检：' || {named("x.cause", ExemptionCause)}, ' 未检查') AS what
FROM drawn_object o
JOIN draws ON draws.draw_number = o.draw_number
LEFT JOIN LATERAL (
    SELECT done.known_from AS position, done.inspected_on, done.inspection_number FROM done
    WHERE done.draw_number = o.draw_number AND done.object = o.object
    ORDER BY done.inspected_on, done.known_from LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
    SELECT e.known_from AS position, e.cause FROM drawn_object e
    JOIN organisation b ON {{known:b}} AND 'organisation/' || b.uscc = e.object
      AND b.ended_on <= e.on_date AND b.ended_how = e.cause
    WHERE {{known:e}} AND e.step = 'exempted' AND e.draw_number = o.draw_number
      AND e.object = o.object AND e.on_date <= $4
    LIMIT 1) AS x ON true
WHERE {{known:o}} AND o.step = 'drawn' AND o.on_date <= $4
UNION ALL
SELECT done.known_from,
       EXISTS (SELECT FROM drawn_object o WHERE {{known:o}} AND o.step = 'drawn'
               AND o.draw_number = done.draw_number AND o.object = done.object
               AND o.on_date <= $4),
       done.inspection_number || ' 的对象出自抽取'
FROM done WHERE done.inspected_on >= $3
UNION ALL
SELECT done.known_from, coalesce(done.licensed >= {{least}}, true),
       done.inspection_number || ' 持证检查人员 ' || done.licensed || ' 名'
FROM done WHERE done.inspected_on >= $3
UNION ALL
SELECT snapshot_position, coalesce(snapshot_on <= on_date AND list_digest = snapshot_digest
       AND bodies = snapshot_bodies AND snapshot_bodies = on_register, false),
       draw_number || ' 名录库 ' || coalesce(snapshot_bodies::text, '缺') || ' 家，基准日在册 '
       || on_register || ' 家'
FROM draws
UNION ALL
SELECT max(drawings.known_from),
       coalesce(count(DISTINCT done.object) * 100 >= max(share * on_register)
                AND max(on_register) > 0, false)
       OR $4 < make_date(extract(year FROM $4)::int, 12, 31),
       extract(year FROM $4) || '年抽查 ' || count(DISTINCT done.object) || ' 家，占 '
       || max(on_register) || ' 家，下限 ' || max(share) || '%'
FROM drawings LEFT JOIN done ON done.draw_number = drawings.draw_number
WHERE drawings.on_date >= date_trunc('year', $4::timestamp)::date
HAVING count(*) > 0
"""


def _drawn(bureau: Bureau, _: Mapping[str, Any]) -> str:
    share = in_force(bureau, "inspection.draw-percent", "d.on_date")
    least = in_force(bureau, "inspection.least-officers", "done.inspected_on")
    return _DRAWN.replace("{share}", share).replace("{least}", least)


_OBJECT = Dimension(
    "对象",
    "kind",
    lambda _: OBJECTS,
    pattern="[a-z0-9-]+",
)
MEASURES = (
    Measure(
        name="行政检查宗数",
        unit="宗",
        kind="flow",
        definition="期内各条线的行政检查，一个对象一次完整记录为 1 宗",
        reading="文字、音像记录齐全的计 1；巡查、记录不全的计 0；截止日前已作出行政处罚的计 0",
        rows=INSPECTED,
        dimensions=(
            _OBJECT,
            coded("检查方式", "mode", of_list(InspectionMode)),
            SOURCE,
            TOWNSHIP,
            MONTH,
        ),
        cells="open",
    ),
    Measure(
        name="双随机抽查社会组织",
        unit="家",
        kind="flow",
        definition="期内经随机抽取并实施检查的社会组织，去重",
        reading="抽中且已检查；抽中后注销而免检的不计",
        rows=_DRAWN_AND_INSPECTED,
        dimensions=(TOWNSHIP, MONTH),
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="骨灰存放机构联合抽查",
        holds_when="期内与{partner}联合检查在册骨灰存放机构；每项责令整改有期限、有结果",
        parameters={"partner": "text"},
        conditions=_joint_ash,
    ),
    Check(
        name="双随机程序",
        holds_when="先抽取后检查；抽中的都检查或因终止登记记录免检，检查的都出自抽取；每次两名持证人员；"
        "名录库等于基准日在册数，抽查不低于规定比例",
        conditions=_drawn,
    ),
)
