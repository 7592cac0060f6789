"""慈善宣传周: exact numbers from the records, with the rounded words of the summary beside them."""

from __future__ import annotations

from reports.figure import Figure, wan_yuan

_WEEK = """
JOIN charity_drive AS d ON d.drive = {alias}.drive AND d.programme = 'charity-week'
WHERE {{known:d}} AND {{known:{alias}}}
"""
_ENTERPRISES = f"""
SELECT DISTINCT ON (p.participant) p.known_from AS position, 1 AS contribution,
       p.joined_on AS on_date, NULL::text AS township, p.participant AS what
FROM charity_participant AS p {_WEEK.format(alias="p")}
  AND p.kind = 'enterprise' AND p.joined_on BETWEEN $3 AND $4
ORDER BY p.participant, p.joined_on, p.known_from
"""
_PEOPLE = f"""
SELECT t.known_from AS position, t.participations AS contribution, t.counted_on AS on_date,
       t.township, t.place AS what
FROM charity_turnout AS t {_WEEK.format(alias="t")} AND t.counted_on BETWEEN $3 AND $4
"""
_GOODS = f"""
SELECT g.known_from AS position, g.value_fen AS contribution, g.donated_on AS on_date,
       NULL::text AS township, g.donation AS what
FROM charity_donation AS g {_WEEK.format(alias="g")}
  AND g.form = 'goods' AND g.donated_on BETWEEN $3 AND $4
"""


def _stated(column: str) -> str:
    """The words of the summaries of the period."""
    return f"""
SELECT string_agg('总结表述：' || s.{column}, '；' ORDER BY s.reported_on)
FROM charity_summary AS s {_WEEK.format(alias="s")} AND s.reported_on BETWEEN $3 AND $4
"""


FIGURES = (
    Figure(
        id="F53",
        name="慈善宣传周参与企业",
        unit="家",
        kind="flow",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内参与慈善宣传周的企业",
        reading="同一企业多次参与只计一家；社会组织、机关事业单位不计",
        rows=_ENTERPRISES,
        beside=_stated("enterprises_stated"),
    ),
    Figure(
        id="F54",
        name="慈善宣传周人次",
        unit="人次",
        kind="flow",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内慈善宣传周各点各日参与人次之和",
        rows=_PEOPLE,
        beside=_stated("participations_stated"),
    ),
    Figure(
        id="F55",
        name="慈善物资折价",
        unit="万元",
        kind="flow",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内慈善宣传周登记的捐赠物资，按申报价值",
        reading="只计物资，款项不计；归受赠慈善组织，不与救助资金发放合并",
        rows=_GOODS,
        shown=wan_yuan,
        beside=_stated("goods_stated"),
    ),
)
