"""What inspections and penalties show together: how many, on which platform, how openly."""

from __future__ import annotations

from domain.enforcement import InformationKind
from reports.dimensions import MONTH, SOURCE, TOWNSHIP, coded, of
from reports.lines.inspection import INSPECTED
from reports.lines.penalties import PUNISHED
from reports.measure import Check, Measure, rows_of

_COLUMNS = "position, contribution, on_date, township, what, platform, subject"
_ACTS = f"""
SELECT {_COLUMNS}, 'inspection' AS act FROM ({INSPECTED}) AS inspected
UNION ALL
SELECT {_COLUMNS}, 'penalty' FROM ({PUNISHED}) AS punished
"""

# A step whose limit has not run out at D is not yet a breach.

_UNRECORDED = """
SELECT i.known_from AS position, false AS ok,
       i.inspection_number || ' 已过检查日，没有检查记录' AS what
FROM inspection i
WHERE {known:i} AND coalesce(i.inspected_on, 'infinity') > $4
  AND coalesce(i.cancelled_on, 'infinity') > $4
  AND i.planned_on BETWEEN $3 AND $4
"""
_SHOWN = f"""
SELECT i.known_from AS position, i.licences_shown AS ok, i.inspection_number || ' 检查亮证' AS what
FROM inspection i
WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4
UNION ALL {_UNRECORDED}
UNION ALL
SELECT p.known_from,
       coalesce(p.first_evidence_on <= $4 OR p.procedure = 'simple' AND p.decided_on <= $4, false)
       AND coalesce(p.unshown_on > $4, true),
       p.case_number || ' 调查亮证'
FROM penalty_case p
WHERE {{known:p}} AND least(p.first_evidence_on, p.decided_on) BETWEEN $3 AND $4
"""
_RECORDED = f"""
SELECT i.known_from AS position, i.has_text_record AND i.has_recording AS ok,
       i.inspection_number || ' 文字与音像记录' AS what
FROM inspection i
WHERE {{known:i}} AND i.inspected_on BETWEEN $3 AND $4 AND i.mode <> 'patrol'
UNION ALL {_UNRECORDED}
UNION ALL
SELECT p.known_from,
       coalesce(p.first_evidence_on <= $4, false) AND coalesce(p.unrecorded_on > $4, true),
       p.case_number || ' 文字与音像记录'
FROM penalty_case p
WHERE {{known:p}}
  AND CASE WHEN p.decided_on <= $4 THEN p.decided_on ELSE p.first_evidence_on END
      BETWEEN $3 AND $4
  AND NOT coalesce(p.procedure = 'simple' AND p.decided_on <= $4, false)
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


MEASURES = (
    Measure(
        name="执法宗数",
        unit="宗",
        kind="flow",
        definition="期内的行政检查和行政处罚",
        reading="平台以发布来源为准：局内台账报送的不计入平台",
        rows=_ACTS,
        dimensions=(
            coded("类别", "act", of(inspection="行政检查", penalty="行政处罚")),
            SOURCE,
            TOWNSHIP,
            MONTH,
        ),
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="亮证执法",
        holds_when="期内每次检查和调查都记录出示了执法证",
        conditions=_SHOWN,
    ),
    Check(
        name="执法全过程记录",
        holds_when="期内每宗检查和处罚都有文字与音像记录的摘要；巡查不是一宗",
        conditions=_RECORDED,
    ),
    Check(
        name="执法公示",
        holds_when="执法前公开主体、依据、程序；结果在期限内公示；公开执法监督检查结果",
        conditions=_PUBLISHED,
    ),
)
