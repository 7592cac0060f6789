"""慈善宣传周: exact numbers from the records, with the rounded words of the summary beside them."""

from __future__ import annotations

from domain.outreach.charity import DonationForm, ParticipantKind
from reports.dimensions import MONTH, coded, of_list, open_code
from reports.measure import Measure, wan_yuan

_OF = """
JOIN (SELECT DISTINCT ON (drive) drive, programme FROM charity_drive
      WHERE {{known}} AND opens_on <= $4 ORDER BY drive, opens_on, known_from) AS d
  ON d.drive = {alias}.drive
WHERE {{known:{alias}}}
"""
_PARTICIPANTS = f"""
SELECT DISTINCT ON (d.programme, p.kind, p.participant) p.known_from AS position,
       1 AS contribution, p.joined_on AS on_date, p.participant AS what, d.programme, p.kind
FROM charity_participant AS p {_OF.format(alias="p")} AND p.joined_on BETWEEN $3 AND $4
ORDER BY d.programme, p.kind, p.participant, p.joined_on, p.known_from
"""
_PEOPLE = f"""
SELECT t.known_from AS position, t.participations AS contribution, t.counted_on AS on_date,
       t.place AS what, d.programme
FROM charity_turnout AS t {_OF.format(alias="t")} AND t.counted_on BETWEEN $3 AND $4
"""
_GIVEN = f"""
SELECT g.known_from AS position, g.value_fen AS contribution, g.donated_on AS on_date,
       g.donation AS what, d.programme, g.form
FROM charity_donation AS g {_OF.format(alias="g")} AND g.donated_on BETWEEN $3 AND $4
"""


def _stated(column: str) -> str:
    """The words of the summaries, up to D, of the drives that the rows are of."""
    return f"""
SELECT string_agg('总结表述：' || s.{column}, '；' ORDER BY s.reported_on)
FROM charity_summary AS s {_OF.format(alias="s")} AND s.reported_on BETWEEN $3 AND $4
  AND d.programme IN (SELECT programme FROM {{rows}})
"""


_PROGRAMME = open_code("项目", "programme")
MEASURES = (
    Measure(
        name="慈善活动参与单位",
        unit="家",
        kind="flow",
        definition="期内参与慈善活动的单位",
        reading="同一单位多次参与同一项目只计一家",
        rows=_PARTICIPANTS,
        dimensions=(_PROGRAMME, coded("类型", "kind", of_list(ParticipantKind)), MONTH),
        cells="open",
        beside=_stated("enterprises_stated"),
    ),
    Measure(
        name="慈善活动人次",
        unit="人次",
        kind="flow",
        definition="期内慈善活动各点各日参与人次之和",
        rows=_PEOPLE,
        dimensions=(_PROGRAMME, MONTH),
        cells="open",
        beside=_stated("participations_stated"),
    ),
    Measure(
        name="慈善捐赠",
        unit="万元",
        kind="flow",
        definition="期内慈善活动登记的捐赠，物资按申报价值",
        reading="归受赠慈善组织，不与救助资金发放合并",
        rows=_GIVEN,
        dimensions=(_PROGRAMME, coded("形式", "form", of_list(DonationForm)), MONTH),
        cells="open",
        shown=wan_yuan,
        beside=_stated("goods_stated"),
    ),
)
