"""街路巷命名: roads of the first batch, and whether each went the whole way."""

from __future__ import annotations

from domain.placename import ANNOUNCEMENT_CALENDAR_DAYS, FILING_CALENDAR_DAYS
from reports.figure import Figure, Statement, holds

_CALLED = f"""
coalesce((SELECT v.value FROM place_value v
          WHERE {{known:v}} AND v.place = n.place AND v.item = 'name'
            AND {holds("$4", "v")}), n.given_name)
"""
"""What a place is called at D; before and after it has a standard name, as it was named."""
_APPROVED = f"""
SELECT n.known_from AS position, 1 AS contribution, n.approved_on AS on_date, n.township,
       n.place || ' ' || {_CALLED} AS what
FROM place_name n
WHERE {{known:n}} AND n.batch = 1 AND n.approved_on BETWEEN $3 AND $4
"""
_ANNOUNCED = """
SELECT '其中期内已公告 ' || count(*) || ' 条' FROM place_name
WHERE {known} AND batch = 1 AND approved_on BETWEEN $3 AND $4 AND announced_on <= $4
HAVING count(*) > 0
"""
_STEPS = f"""
WITH planned AS (
    SELECT p.known_from AS position, p.place, n.known_from AS step_position, {_CALLED} AS name,
           n.proposed_on, n.assessed_on, n.approved_on, n.authority, n.filed_on, n.announced_on,
           n.complete
    FROM planned_name p
    LEFT JOIN place_name n ON {{known:n}} AND n.place = p.place
    WHERE {{known:p}} AND p.batch = 1 AND p.adopted_on BETWEEN $3 AND $4
), unplanned AS (
    SELECT n.known_from AS position, n.place, {_CALLED} AS name FROM place_name n
    WHERE {{known:n}} AND n.batch = 1 AND n.approved_on BETWEEN $3 AND $4
      AND NOT EXISTS (SELECT FROM planned WHERE planned.place = n.place)
)
SELECT coalesce(step_position, position) AS position,
       coalesce(
           proposed_on <= assessed_on AND assessed_on <= approved_on
           AND authority IS NOT NULL AND approved_on BETWEEN $3 AND $4
           AND filed_on BETWEEN approved_on AND approved_on + {FILING_CALENDAR_DAYS}
           AND announced_on BETWEEN approved_on AND approved_on + {ANNOUNCEMENT_CALENDAR_DAYS}
           AND complete, false) AS ok,
       place || ' ' || coalesce(name, '') || ' 申请、评估、批准、备案、公告齐备且依次' AS what
FROM planned
UNION ALL
SELECT position, false, place || ' ' || name || ' 已批准，不在本批计划内' FROM unplanned
"""

FIGURES = (
    Figure(
        id="F46",
        name="第一批命名道路",
        unit="条",
        kind="flow",
        group="地名和殡葬",
        front=2,
        about_persons=False,
        definition="期内获批准机关批准命名的第一批道路",
        reading="按批准计，第二批、更名、起止点变更不算；已公告的条数另注",
        rows=_APPROVED,
        beside=_ANNOUNCED,
    ),
)
STATEMENTS = (
    Statement(
        id="S18",
        name="命名程序完备",
        holds_when=(
            "第一批每条道路依次有申请、评估、有权机关批准、15 日内备案、15 日内要素齐全的公告"
        ),
        rows=_STEPS,
    ),
)
