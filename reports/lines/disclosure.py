"""政务公开: how much went up in each column (栏目), and how steadily."""

from __future__ import annotations

from domain.disclosure import Column, Topic
from reports.dimensions import MONTH, coded, of_list
from reports.measure import Measure

_COLUMN = coded("栏目", "column_code", of_list(Column))
_GAPS = """
WITH updates AS (
    SELECT known_from AS position, item, column_code, published_on,
           lag(published_on) OVER beside AS before, lead(published_on) OVER beside AS after
    FROM disclosure_item
    WHERE {known} AND published_on <= $4 AND again_on IS NULL
    WINDOW beside AS (PARTITION BY column_code ORDER BY published_on, item)
)
SELECT position, published_on - coalesce(before, $3) AS contribution, published_on AS on_date,
       coalesce(before::text, '期初') || ' → ' || item AS what, column_code
FROM updates WHERE published_on >= $3
UNION ALL
SELECT position, $4 - published_on, published_on, item || ' → 截止日', column_code
FROM updates WHERE after IS NULL
"""

MEASURES = (
    Measure(
        name="公开信息最大间隔",
        unit="天",
        kind="rule",
        definition="同一栏目相邻两次公开之间相隔天数的最大值",
        reading="上年最后一条到本年第一条、最后一条到截止日也算间隔；"
        "后来撤下的信息当时确已更新过栏目，仍算一次更新",
        rows=_GAPS,
        dimensions=(_COLUMN,),
        take="max",
        cells="open",
    ),
    Measure(
        name="公开信息条数",
        unit="条",
        kind="flow",
        definition="期内首次公开的信息",
        reading="更正后仍是同一条；截止日已撤下的不计",
        rows="""
SELECT known_from AS position, 1 AS contribution, published_on AS on_date, item AS what,
       column_code, topic
FROM disclosure_item
WHERE {known} AND published_on BETWEEN $3 AND $4
  AND coalesce(again_on, published_on) <= $4 AND coalesce(withdrawn_on, 'infinity') > $4
""",
        dimensions=(_COLUMN, coded("主题", "topic", of_list(Topic)), MONTH),
        cells="open",
    ),
)
