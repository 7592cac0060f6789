"""政务公开: how much went up in the column 工作动态, and how steadily."""

from __future__ import annotations

from reports.figure import Figure

_COLUMN = "work-news"

_PUBLISHED = f"""
SELECT known_from AS position, 1 AS contribution, published_on AS on_date,
       NULL::text AS township, item AS what
FROM disclosure_item
WHERE {{known}} AND column_code = '{_COLUMN}' AND withdrawn_on IS NULL
  AND published_on BETWEEN $3 AND $4
"""
_GAPS = f"""
WITH updates AS (
    SELECT known_from AS position, item, published_on,
           lag(published_on) OVER (ORDER BY published_on, item) AS before
    FROM disclosure_item
    WHERE {{known}} AND column_code = '{_COLUMN}' AND published_on <= $4
)
SELECT position, published_on - coalesce(before, $3) AS contribution, published_on AS on_date,
       NULL::text AS township, coalesce(before::text, '期初') || ' → ' || item AS what
FROM updates WHERE published_on >= $3
UNION ALL
(SELECT position, $4 - published_on, published_on, NULL::text, item || ' → 截止日'
 FROM updates ORDER BY published_on DESC, item DESC LIMIT 1)
"""

FIGURES = (
    Figure(
        id="F02",
        name="工作动态更新最大间隔",
        unit="天",
        kind="rule",
        group="公开和学法",
        about_persons=False,
        definition="工作动态栏相邻两次公开之间相隔天数的最大值，每14天至少更新1次即不超过14",
        reading="上年最后一条到本年第一条、最后一条到截止日也算间隔；"
        "后来撤下的信息当时确已更新过栏目，仍算一次更新",
        rows=_GAPS,
        take="max",
    ),
    Figure(
        id="F03",
        name="公开信息条数",
        unit="条",
        kind="flow",
        group="公开和学法",
        front=2,
        about_persons=False,
        definition="期内在工作动态栏首次公开的信息，不分主题",
        reading="更正后仍是同一条；已知撤下的不计；其他栏目的不计",
        rows=_PUBLISHED,
    ),
)
