"""街路巷命名: roads of the first batch, and whether each went the whole way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.bureau.bureau import Bureau
from reports.dimensions import MONTH, TOWNSHIP
from reports.measure import Check, Dimension, Measure, holds, literal
from reports.parameters import in_force

_CALLED = f"""
coalesce((SELECT v.value FROM place_value v
          WHERE {{known:v}} AND v.place = n.place AND v.item = 'name'
            AND {holds("$4", "v")}), n.given_name)
"""
"""What a place is called at D; before and after it has a standard name, as it was named."""
_APPROVED = f"""
SELECT n.known_from AS position, 1 AS contribution, n.approved_on AS on_date, n.township,
       n.place || ' ' || {_CALLED} AS what, n.batch::text AS batch, n.announced_on
FROM place_name n
WHERE {{known:n}} AND n.approved_on BETWEEN $3 AND $4
"""
_ANNOUNCED = """
SELECT '其中期内已公告 ' || count(*) || ' 条' FROM {rows} WHERE announced_on <= $4
HAVING count(*) > 0
"""


def _steps(bureau: Bureau, given: Mapping[str, Any]) -> str:
    """A step whose limit has not run out at D is no fault, nor done if it lies after D."""
    batch, authority = int(given["batch"]), literal(given["authority"])
    filing = in_force(bureau, "placename.filing-days", "approved_on")
    announcement = in_force(bureau, "placename.announcement-days", "approved_on")
    return f"""
WITH planned AS (
    SELECT p.known_from AS position, p.place, n.known_from AS step_position, {_CALLED} AS name,
           n.proposed_on, n.assessed_on, n.reviewed_on, n.asked_on, n.approved_on, n.authority,
           n.filed_on, n.announced_on, n.complete
    FROM planned_name p
    LEFT JOIN place_name n ON {{known:n}} AND n.place = p.place
    WHERE {{known:p}} AND p.batch = {batch} AND p.adopted_on BETWEEN $3 AND $4
), unplanned AS (
    SELECT n.known_from AS position, n.place, {_CALLED} AS name FROM place_name n
    WHERE {{known:n}} AND n.batch = {batch} AND n.approved_on BETWEEN $3 AND $4
      AND NOT EXISTS (SELECT FROM planned WHERE planned.place = n.place)
)
SELECT coalesce(step_position, position) AS position,
       coalesce(
           proposed_on <= assessed_on AND assessed_on <= approved_on
           AND reviewed_on BETWEEN proposed_on AND approved_on
           AND asked_on BETWEEN proposed_on AND approved_on
           AND authority = {authority} AND approved_on BETWEEN $3 AND $4
           AND {_done("filed_on", filing)}
           AND {_done("announced_on", announcement, "complete")}, false) AS ok,
       place || ' ' || coalesce(name, '') || ' 申请、综合评估、专家论证、征求意见、' || {authority}
       || '批准、备案、公告齐备且依次' AS what
FROM planned
UNION ALL
SELECT position, false, place || ' ' || name || ' 已批准，不在本批计划内' FROM unplanned
"""


def _done(step: str, days: str, how: str = "true") -> str:
    """SQL: whether a step was done in its days after the approval, or these are not over at D."""
    ends = f"approved_on + {days}"
    done = f"{step} BETWEEN approved_on AND {ends} AND {how}"
    return f"CASE WHEN {step} <= $4 THEN {done} ELSE {ends} > $4 END"


MEASURES = (
    Measure(
        name="地名命名批准",
        unit="条",
        kind="flow",
        definition="期内获批准机关批准命名的地名",
        reading="按批准计，更名、起止点变更不算；已公告的条数另注",
        rows=_APPROVED,
        dimensions=(Dimension("批次", "batch", pattern="[0-9]+", none="不分批"), TOWNSHIP, MONTH),
        beside=_ANNOUNCED,
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="命名程序",
        holds_when="第{batch}批每条道路依次有申请、综合评估、专家论证、征求意见和{authority}的批准，"
        "批准后在期限内备案、要素齐全地公告",
        parameters={"batch": "number", "authority": "text"},
        conditions=_steps,
    ),
)
