"""行政检查 and 行政处罚: how many, on which platform, and whether the procedure was kept."""

from __future__ import annotations

from domain.enforcement import DRAW_SHARE_PERCENT, LEAST_OFFICERS
from reports.figure import Figure, Statement
from reports.lines.organisations import on_register

_INSPECTED = """
SELECT i.known_from AS position, 1 AS contribution, i.inspected_on AS on_date, i.township,
       i.inspection_number || ' ' || i.object AS what, i.platform
FROM read.inspection i
WHERE {known:i} AND i.inspected_on BETWEEN $3 AND $4
  AND i.mode <> 'patrol' AND i.has_text_record AND i.has_recording
  AND NOT EXISTS (SELECT FROM read.penalty_case p WHERE {known:p} AND p.decided_on IS NOT NULL
                  AND p.inspection_number = i.inspection_number)
"""
_PUNISHED = """
SELECT p.known_from AS position, 1 AS contribution, p.decided_on AS on_date, p.township,
       p.case_number || ' ' || p.subject AS what, p.platform
FROM read.penalty_case p
WHERE {known:p} AND p.decided_on BETWEEN $3 AND $4
"""
_ON_PLATFORM = f"""
SELECT * FROM ({_INSPECTED}) AS inspected WHERE platform = 'enforcement'
UNION ALL
SELECT * FROM ({_PUNISHED}) AS punished WHERE platform = 'enforcement'
"""
_DRAWN_AND_INSPECTED = """
SELECT DISTINCT ON (i.object) i.known_from AS position, 1 AS contribution,
       i.inspected_on AS on_date, i.township, i.object AS what
FROM read.inspection i
JOIN read.drawn_object d ON {known:d} AND d.step = 'drawn' AND d.draw_number = i.draw_number
  AND d.object = i.object
WHERE {known:i} AND i.inspected_on BETWEEN $3 AND $4 AND i.object LIKE 'organisation/%'
ORDER BY i.object, i.inspected_on
"""

FIGURES = (
    Figure(
        id="F28",
        name="执法宗数",
        unit="宗",
        kind="flow",
        definition="F29 + F30",
        derive=lambda exacts: int(str(exacts["F29"])) + int(str(exacts["F30"])),
        uses=("F29", "F30"),
    ),
    Figure(
        id="F29",
        name="行政检查宗数",
        unit="宗",
        kind="flow",
        definition="期内各条线的行政检查,一个对象一次完整记录为 1 宗",
        reading="文字、音像记录齐全的计 1;巡查、记录不全的计 0;以行政处罚结束的计 0",
        rows=_INSPECTED,
    ),
    Figure(
        id="F30",
        name="行政处罚宗数",
        unit="宗",
        kind="flow",
        definition="期内作出的行政处罚决定",
        reading="一个决定无论几种处罚计 1 宗,按决定日期;事后撤销的另行列示",
        rows=_PUNISHED,
    ),
    Figure(
        id="F31",
        name="粤执法平台执法宗数",
        unit="宗",
        kind="flow",
        definition="F28 中由粤执法平台发布的",
        reading="以发布来源为准:局内台账报送的不计",
        rows=_ON_PLATFORM,
    ),
    Figure(
        id="F36",
        name="双随机抽查社会组织",
        unit="家",
        kind="flow",
        definition="期内经随机抽取并实施检查的社会组织,去重",
        reading="抽中且已检查;抽中后注销而免检的不计",
        rows=_DRAWN_AND_INSPECTED,
    ),
)

# Statements. A step whose limit has not run out at D is not yet a breach.

_JOINT_ASH = """
SELECT NULL::bigint AS position, count(*) > 0 AS ok, '联合抽查 ' || count(*) || ' 次' AS what
FROM read.inspection i
WHERE {known:i} AND i.object LIKE 'keeping-body/%' AND i.mode = 'joint'
  AND i.inspected_on BETWEEN $3 AND $4
UNION ALL
SELECT i.known_from, i.joint_with IS NOT NULL AND EXISTS (
           SELECT FROM read.keeping_body b
           WHERE {known:b} AND 'keeping-body/' || b.body = i.object
             AND b.registered_on <= i.inspected_on
             AND (b.closed_on IS NULL OR b.closed_on > i.inspected_on)),
       i.inspection_number || ' 由区民政局联合' || coalesce(i.joint_with, '(未记载)')
       || '检查在册骨灰存放机构'
FROM read.inspection i
WHERE {known:i} AND i.object LIKE 'keeping-body/%' AND i.mode = 'joint'
  AND i.inspected_on BETWEEN $3 AND $4
UNION ALL
SELECT i.known_from,
       i.rectification_ordered_on IS NOT NULL AND i.rectification_due_on IS NOT NULL
       AND ((i.rectification_outcome IS NOT NULL AND i.rectification_verified_on <= $4)
            OR i.rectification_due_on > $4),
       i.inspection_number || ' 责令整改有期限、有结果'
FROM read.inspection i
WHERE {known:i} AND i.object LIKE 'keeping-body/%'
  AND coalesce(i.inspected_on, i.rectification_ordered_on, i.rectification_verified_on)
      BETWEEN $3 AND $4
  AND (i.outcome = 'rectification' OR i.rectification_ordered_on IS NOT NULL
       OR i.rectification_outcome IS NOT NULL)
"""
_UNRECORDED = """
SELECT i.known_from AS position, false AS ok,
       i.inspection_number || ' 已过检查日,没有检查记录' AS what
FROM read.inspection i
WHERE {known:i} AND i.inspected_on IS NULL AND i.cancelled_on IS NULL
  AND i.planned_on BETWEEN $3 AND $4
"""
_SHOWN = f"""
SELECT i.known_from AS position, i.licences_shown AS ok, i.inspection_number || ' 检查亮证' AS what
FROM read.inspection i
WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4
UNION ALL {_UNRECORDED}
UNION ALL
SELECT p.known_from, p.evidence > 0 AND p.licences_shown, p.case_number || ' 调查亮证'
FROM read.penalty_case p
WHERE {{known:p}} AND coalesce(p.first_evidence_on, p.decided_on) BETWEEN $3 AND $4
"""
_RECORDED = f"""
SELECT i.known_from AS position, i.has_text_record AND i.has_recording AS ok,
       i.inspection_number || ' 文字与音像记录' AS what
FROM read.inspection i
WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4 AND i.mode <> 'patrol'
UNION ALL {_UNRECORDED}
UNION ALL
SELECT p.known_from, p.evidence > 0 AND p.has_text_record AND p.has_recording,
       p.case_number || ' 文字与音像记录'
FROM read.penalty_case p
WHERE {{known:p}} AND coalesce(p.decided_on, p.first_evidence_on) BETWEEN $3 AND $4
"""
_SERVED = """
SELECT p.known_from AS position,
       (p.has_receipt AND p.served_on <= least(p.service_due_on, $4))
       OR coalesce(p.service_due_on > $4, false) AS ok,
       p.case_number || ' 送达期限 ' || coalesce(p.service_due_on::text, '不明')
       || ',送达 ' || coalesce(p.served_on::text, '无') AS what
FROM read.penalty_case p
WHERE {known:p} AND p.decided_on BETWEEN $3 AND $4
"""
_PUBLISHED = f"""
WITH acts AS (
    SELECT i.inspected_on AS act_on FROM read.inspection i
    WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4
    UNION
    SELECT p.first_evidence_on FROM read.penalty_case p
    WHERE {{known:p}} AND p.first_evidence_on BETWEEN $3 AND $4
)
SELECT (SELECT max(e.known_from) FROM read.enforcement_information e
        WHERE {{known:e}} AND e.stage = 'before' AND e.kind = needed.kind) AS position,
       NOT EXISTS (
           SELECT FROM acts WHERE NOT EXISTS (
               SELECT FROM read.enforcement_information e
               WHERE {{known:e}} AND e.stage = 'before' AND e.kind = needed.kind
                 AND e.published_on < acts.act_on
                 AND coalesce(e.withdrawn_on, 'infinity') > acts.act_on)) AS ok,
       '事前公开' || needed.label AS what
FROM (VALUES ('subject', '执法主体'), ('basis', '执法依据'), ('procedure', '执法程序'))
     AS needed (kind, label)
UNION ALL
SELECT i.known_from, coalesce(i.result_published_on <= least(i.result_due_on, $4), false)
       OR coalesce(i.result_due_on > $4, false), i.inspection_number || ' 检查结果按期公示'
FROM read.inspection i JOIN ({_INSPECTED}) AS counted ON counted.position = i.known_from
WHERE {{known:i}}
UNION ALL
SELECT p.known_from, coalesce(p.published_on <= least(p.publication_due_on, $4), false)
       OR coalesce(p.publication_due_on > $4, false), p.case_number || ' 处罚结果按期公示'
FROM read.penalty_case p
WHERE {{known:p}} AND p.decided_on BETWEEN $3 AND $4
UNION ALL
SELECT max(e.known_from), count(*) > 0, '执法监督检查结果公开'
FROM read.enforcement_information e
WHERE {{known:e}} AND e.stage = 'supervision' AND e.published_on BETWEEN $3 AND $4
"""
_REVIEWED = """
SELECT p.known_from AS position, coalesce(p.reviewed_on <= p.decided_on, false) AS ok,
       p.case_number || ' 决定前法制审核' AS what
FROM read.penalty_case p
WHERE {known:p} AND p.decided_on BETWEEN $3 AND $4 AND p.listed
"""
_LICENSED = """
(SELECT count(DISTINCT l.officer)
 FROM read.licence l JOIN read.officer_post o ON {known:o} AND o.officer = l.officer
 WHERE {known:l} AND l.officer = ANY (i.officers)
   AND i.inspected_on BETWEEN l.from_on AND coalesce(l.until_on, 'infinity')
   AND i.inspected_on BETWEEN o.from_on AND coalesce(o.until_on, 'infinity'))
"""
_SHARES = ", ".join(f"(DATE '{limit.since}', {limit.number})" for limit in DRAW_SHARE_PERCENT)
_DRAWN = f"""
WITH draws AS (
    SELECT d.draw_number, d.known_from, d.on_date, d.list_digest, d.bodies, d.drawn,
           s.known_from AS snapshot_position, s.on_date AS snapshot_on,
           s.list_digest AS snapshot_digest, s.bodies AS snapshot_bodies,
           {on_register("s.baseline_on")} AS on_register,
           (SELECT share FROM (VALUES {_SHARES}) AS limits (since, share)
            WHERE since <= d.on_date ORDER BY since DESC LIMIT 1) AS share
    FROM read.draw d
    LEFT JOIN read.draw s ON {{known:s}} AND s.draw_number = d.draw_number AND s.step = 'snapshot'
    WHERE {{known:d}} AND d.step = 'draw' AND d.on_date BETWEEN $3 AND $4
), done AS (
    SELECT i.known_from, i.inspection_number, i.draw_number, i.object, i.inspected_on,
           {_LICENSED} AS licensed
    FROM read.inspection i
    WHERE {{known:i}} AND i.inspected_on <= $4 AND (i.draw_number IS NOT NULL OR i.mode = 'random')
)
SELECT coalesce(i.position, x.position, o.known_from) AS position,
       coalesce(i.inspected_on >= o.on_date, x.position IS NOT NULL) AS ok,
       o.object || coalesce(' 抽取后检查 ' || i.inspection_number,
                            ' 免检:' || x.cause, ' 未检查') AS what
FROM read.drawn_object o
JOIN draws ON draws.draw_number = o.draw_number
LEFT JOIN LATERAL (
    SELECT done.known_from AS position, done.inspected_on, done.inspection_number FROM done
    WHERE done.draw_number = o.draw_number AND done.object = o.object
    ORDER BY done.inspected_on LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
    SELECT e.known_from AS position, e.cause FROM read.drawn_object e
    JOIN read.organisation b ON {{known:b}} AND 'organisation/' || b.uscc = e.object
      AND b.ended_on <= e.on_date AND b.ended_how = e.cause
    WHERE {{known:e}} AND e.step = 'exempted' AND e.draw_number = o.draw_number
      AND e.object = o.object AND e.on_date <= $4
    LIMIT 1) AS x ON true
WHERE {{known:o}} AND o.step = 'drawn'
UNION ALL
SELECT done.known_from,
       EXISTS (SELECT FROM read.drawn_object o WHERE {{known:o}} AND o.step = 'drawn'
               AND o.draw_number = done.draw_number AND o.object = done.object),
       done.inspection_number || ' 的对象出自抽取'
FROM done WHERE done.inspected_on >= $3
UNION ALL
SELECT done.known_from, done.licensed >= {LEAST_OFFICERS},
       done.inspection_number || ' 持证检查人员 ' || done.licensed || ' 名'
FROM done WHERE done.inspected_on >= $3
UNION ALL
SELECT snapshot_position, coalesce(snapshot_on <= on_date AND list_digest = snapshot_digest
       AND bodies = snapshot_bodies AND snapshot_bodies = on_register, false),
       draw_number || ' 名录库 ' || coalesce(snapshot_bodies::text, '缺') || ' 家,基准日在册 '
       || on_register || ' 家'
FROM draws
UNION ALL
SELECT known_from, coalesce(inspected * 100 >= share * on_register AND on_register > 0, false),
       draw_number || ' 抽查 ' || inspected || ' 家,占 ' || on_register || ' 家,下限 '
       || share || '%'
FROM draws, LATERAL (SELECT count(DISTINCT done.object) AS inspected FROM done
                     WHERE done.draw_number = draws.draw_number) AS counted
"""

STATEMENTS = (
    Statement(
        id="S02",
        name="骨灰安放抽查与限期整改",
        holds_when="期内与殡葬管理所联合检查在册骨灰存放机构;每项责令整改有期限、有结果",
        rows=_JOINT_ASH,
    ),
    Statement(
        id="S04",
        name="亮证执法",
        holds_when="期内每次检查和调查都记录出示了执法证",
        rows=_SHOWN,
    ),
    Statement(
        id="S05",
        name="执法全过程记录",
        holds_when="期内每宗检查和处罚都有文字与音像记录的摘要;巡查不是一宗",
        rows=_RECORDED,
    ),
    Statement(
        id="S06",
        name="送达与回证",
        holds_when="期内每项处罚决定在 7 个工作日内送达并有回证",
        rows=_SERVED,
    ),
    Statement(
        id="S07",
        name="执法公示三阶段",
        holds_when="执法前公开主体、依据、程序;结果在期限内公示(检查 20 个、处罚 7 个工作日);"
        "公开执法监督检查结果",
        rows=_PUBLISHED,
    ),
    Statement(
        id="S08",
        name="重大执法决定法制审核",
        holds_when="期内应当审核的处罚决定,都在决定前通过法制审核",
        rows=_REVIEWED,
    ),
    Statement(
        id="S19",
        name="双随机程序",
        holds_when="先抽取后检查;抽中的都检查或因终止登记记录免检,检查的都出自抽取;每次两名持证人员;"
        "名录库等于基准日在册数,抽查不低于 3%",
        rows=_DRAWN,
    ),
)
