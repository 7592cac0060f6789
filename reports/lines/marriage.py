"""婚姻登记: registrations of the period, across districts, and the two ceremonies."""

from __future__ import annotations

from reports.figure import Figure, Statement

_REGISTERED = """
SELECT known_from AS position, 1 AS contribution, registered_on AS on_date,
       NULL::text AS township, certificate_number AS what
FROM marriage_registration
WHERE {{known}} AND {what} AND registered_on BETWEEN $3 AND $4
"""
_REVOKED = """
SELECT '其中事后' || string_agg(what || ' ' || couples || ' 对', '、' ORDER BY place) FROM (
    SELECT 1 AS place, '撤销' AS what, count(*) FILTER (WHERE revoked_on <= $4) AS couples
    FROM marriage_registration
    WHERE {known} AND kind = 'marriage' AND registered_on BETWEEN $3 AND $4
    UNION ALL
    SELECT 2, '判决无效', count(*) FILTER (WHERE judged_on <= $4 AND judgment = 'void')
    FROM marriage_registration
    WHERE {known} AND kind = 'marriage' AND registered_on BETWEEN $3 AND $4
    UNION ALL
    SELECT 3, '判决撤销', count(*) FILTER (WHERE judged_on <= $4 AND judgment = 'annulled')
    FROM marriage_registration
    WHERE {known} AND kind = 'marriage' AND registered_on BETWEEN $3 AND $4
) AS ended WHERE couples > 0
"""
_COUPLES = """
SELECT known_from AS position, 1 AS contribution, held_on AS on_date,
       NULL::text AS township, certificate_number AS what
FROM ceremony_couple
WHERE {{known}} AND to_char(held_on, 'MM-DD') = '{day}' AND held_on BETWEEN $3 AND $4
"""
_CEREMONIES = """
WITH days (held_on, named) AS (
    SELECT make_date(extract(year FROM $4)::int, 5, 20), true
    UNION ALL SELECT make_date(extract(year FROM $4)::int, 10, 1), false
), held AS (
    SELECT d.held_on, d.named, count(DISTINCT c.certificate_number) AS couples,
           max(c.known_from) AS position, coalesce(max(c.co_organisers), 0) AS co_organisers,
           count(*) FILTER (
               WHERE c.certificate_number IS NOT NULL AND NOT EXISTS (
                   SELECT FROM marriage_registration r
                   WHERE {known:r} AND r.kind = 'marriage' AND r.registered_on <= c.held_on
                     AND r.certificate_number = c.certificate_number)) AS missing
    FROM days d
    LEFT JOIN ceremony_couple c ON {known:c} AND c.held_on = d.held_on
    GROUP BY d.held_on, d.named
)
SELECT position, couples = 12 AS ok, held_on || ' 颁证 ' || couples || ' 对' AS what FROM held
UNION ALL
SELECT position, missing = 0 AND couples > 0, held_on || ' 各对新人当日或此前已登记' FROM held
UNION ALL
SELECT position, co_organisers > 0, held_on || ' 载明联合举办单位' FROM held WHERE named
"""


def _registered(what: str) -> str:
    return _REGISTERED.format(what=what)


FIGURES = (
    Figure(
        id="F40",
        name="结婚登记",
        unit="对",
        kind="flow",
        group="婚姻和收养登记",
        front=1,
        definition="期内办理的结婚登记",
        reading="按登记计，含复婚与补办；事后撤销的仍计入登记当年，另行注明",
        rows=_registered("kind = 'marriage'"),
        beside=_REVOKED,
    ),
    Figure(
        id="F41",
        name="离婚登记",
        unit="对",
        kind="flow",
        group="婚姻和收养登记",
        front=2,
        definition="期内发证的离婚登记",
        reading="按登记计，不是申请，也不含法院判决离婚",
        rows=_registered("kind = 'divorce'"),
    ),
    Figure(
        id="F42",
        name="补领结婚登记",
        unit="对",
        kind="flow",
        group="婚姻和收养登记",
        definition="期内补发结婚证的申请",
        reading="一次申请计一对，不按发出的证件本数",
        rows=_registered("kind = 'marriage-reissue'"),
    ),
    Figure(
        id="F43",
        name="补领离婚登记",
        unit="对",
        kind="flow",
        group="婚姻和收养登记",
        definition="期内补发离婚证的申请",
        reading="一次申请计一对（通常一人申请）",
        rows=_registered("kind = 'divorce-reissue'"),
    ),
    Figure(
        id="F44",
        name="异地业务办理",
        unit="对",
        kind="flow",
        group="婚姻和收养登记",
        front=3,
        definition="结婚、离婚、补领结婚、补领离婚中，双方户籍均不在本区的",
        reading="异地以区为界；一方户籍在本区的不算",
        rows=_registered("residents = 0"),
    ),
    Figure(
        id="F48",
        name="5月20日集体颁证",
        unit="对",
        kind="event",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内 5 月 20 日集体颁证的新人",
        rows=_COUPLES.format(day="05-20"),
    ),
    Figure(
        id="F49",
        name="10月1日集体颁证",
        unit="对",
        kind="event",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内 10 月 1 日集体颁证的新人",
        rows=_COUPLES.format(day="10-01"),
    ),
)
STATEMENTS = (
    Statement(
        id="S14",
        name="两次集体颁证",
        holds_when="5 月 20 日、10 月 1 日各颁证 12 对，每对当日或此前已登记；首次载明联合举办单位",
        rows=_CEREMONIES,
    ),
)
