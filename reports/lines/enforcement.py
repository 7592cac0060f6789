"""What inspections and penalties show together: how many, on which platform, how openly."""

from __future__ import annotations

from domain.enforcement import PLATFORM_SOURCE
from domain.inspection import InformationKind
from reports.figure import Figure, Statement, rows_of
from reports.lines.inspection import INSPECTED
from reports.lines.penalties import PUNISHED

_ON_PLATFORM = f"""
SELECT * FROM ({INSPECTED}) AS inspected WHERE platform = '{PLATFORM_SOURCE}'
UNION ALL
SELECT * FROM ({PUNISHED}) AS punished WHERE platform = '{PLATFORM_SOURCE}'
"""

FIGURES = (
    Figure(
        id="F28",
        name="执法宗数",
        unit="宗",
        kind="flow",
        group="行政执法",
        front=1,
        about_persons=False,
        definition="F29 + F30",
        derive=lambda exacts: int(str(exacts["F29"])) + int(str(exacts["F30"])),
        uses=("F29", "F30"),
    ),
    Figure(
        id="F31",
        name="粤执法平台执法宗数",
        unit="宗",
        kind="flow",
        group="行政执法",
        front=2,
        about_persons=False,
        definition="F28 中由粤执法平台发布的",
        reading="以发布来源为准：局内台账报送的不计",
        rows=_ON_PLATFORM,
    ),
)

# Statements. A step whose limit has not run out at D is not yet a breach.

_UNRECORDED = """
SELECT i.known_from AS position, false AS ok,
       i.inspection_number || ' 已过检查日，没有检查记录' AS what
FROM inspection i
WHERE {known:i} AND i.inspected_on IS NULL AND i.cancelled_on IS NULL
  AND i.planned_on BETWEEN $3 AND $4
"""
_SHOWN = f"""
SELECT i.known_from AS position, i.licences_shown AS ok, i.inspection_number || ' 检查亮证' AS what
FROM inspection i
WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4
UNION ALL {_UNRECORDED}
UNION ALL
SELECT p.known_from, (p.evidence > 0 OR p.procedure = 'simple') AND p.licences_shown,
       p.case_number || ' 调查亮证'
FROM penalty_case p
WHERE {{known:p}} AND coalesce(p.first_evidence_on, p.decided_on) BETWEEN $3 AND $4
"""
_RECORDED = f"""
SELECT i.known_from AS position, i.has_text_record AND i.has_recording AS ok,
       i.inspection_number || ' 文字与音像记录' AS what
FROM inspection i
WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4 AND i.mode <> 'patrol'
UNION ALL {_UNRECORDED}
UNION ALL
SELECT p.known_from, p.evidence > 0 AND p.has_text_record AND p.has_recording,
       p.case_number || ' 文字与音像记录'
FROM penalty_case p
WHERE {{known:p}} AND coalesce(p.decided_on, p.first_evidence_on) BETWEEN $3 AND $4
  AND p.procedure IS DISTINCT FROM 'simple'
"""
_PUBLISHED = f"""
WITH acts AS (
    SELECT i.inspected_on AS act_on FROM inspection i
    WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4
    UNION
    SELECT p.first_evidence_on FROM penalty_case p
    WHERE {{known:p}} AND p.first_evidence_on BETWEEN $3 AND $4
)
SELECT (SELECT max(e.known_from) FROM enforcement_information e
        WHERE {{known:e}} AND e.stage = 'before' AND e.kind = needed.kind) AS position,
       NOT EXISTS (
           SELECT FROM acts WHERE NOT EXISTS (
               SELECT FROM enforcement_information e
               WHERE {{known:e}} AND e.stage = 'before' AND e.kind = needed.kind
                 AND e.published_on < acts.act_on
                 AND coalesce(e.withdrawn_on, 'infinity') > acts.act_on)) AS ok,
       '事前公开' || needed.label AS what
FROM (VALUES {rows_of(InformationKind, "subject", "basis", "procedure")})
     AS needed (kind, label, place)
UNION ALL
SELECT i.known_from, coalesce(i.result_published_on <= least(i.result_due_on, $4), false)
       OR coalesce(i.result_due_on > $4, false), i.inspection_number || ' 检查结果按期公示'
FROM inspection i JOIN ({INSPECTED}) AS counted ON counted.position = i.known_from
WHERE {{known:i}}
UNION ALL
SELECT p.known_from, coalesce(p.published_on <= least(p.publication_due_on, $4), false)
       OR coalesce(p.publication_due_on > $4, false), p.case_number || ' 处罚结果按期公示'
FROM penalty_case p
WHERE {{known:p}} AND p.decided_on BETWEEN $3 AND $4
UNION ALL
SELECT max(e.known_from), count(*) > 0, '执法监督检查结果公开'
FROM enforcement_information e
WHERE {{known:e}} AND e.stage = 'supervision' AND e.published_on BETWEEN $3 AND $4
"""

STATEMENTS = (
    Statement(
        id="S04",
        name="亮证执法",
        holds_when="期内每次检查和调查都记录出示了执法证",
        rows=_SHOWN,
    ),
    Statement(
        id="S05",
        name="执法全过程记录",
        holds_when="期内每宗检查和处罚都有文字与音像记录的摘要；巡查不是一宗",
        rows=_RECORDED,
    ),
    Statement(
        id="S07",
        name="执法公示三阶段",
        holds_when="执法前公开主体、依据、程序；结果在期限内公示（检查 20 个、处罚 7 个工作日）；"
        "公开执法监督检查结果",
        rows=_PUBLISHED,
    ),
)
