"""婚姻登记: registrations of the period, across districts, and ceremonies (集体颁证)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.bureau.bureau import Bureau
from projections.marriage.registrations import Couple, RegistrationKind
from reports.dimensions import DAY, MONTH, coded, of, of_list
from reports.measure import Check, Measure, literal

_REGISTERED = """
SELECT known_from AS position, 1 AS contribution, registered_on AS on_date,
       certificate_number AS what, stream AS subject, kind, couple, revoked_on, judged_on, judgment,
       CASE residents WHEN 0 THEN 'none' WHEN 1 THEN 'one' ELSE 'both' END AS residents
FROM marriage_registration
WHERE {known} AND registered_on BETWEEN $3 AND $4
"""
_REVOKED = """
SELECT '其中事后' || string_agg(said || ' ' || couples || ' 对', '、' ORDER BY place) FROM (
    SELECT place, said, (SELECT count(*) FROM {rows} WHERE kind = 'marriage' AND CASE place
               WHEN 1 THEN revoked_on <= $4
               WHEN 2 THEN judged_on <= $4 AND judgment = 'void'
               ELSE judged_on <= $4 AND judgment = 'annulled' END) AS couples
    FROM (VALUES (1, '撤销'), (2, '判决无效'), (3, '判决撤销')) AS ends (place, said)
) AS ended WHERE couples > 0
"""
_COUPLES = """
SELECT known_from AS position, 1 AS contribution, held_on AS on_date, certificate_number AS what
FROM ceremony_couple
WHERE {known} AND held_on BETWEEN $3 AND $4
"""


_PLACES = """
SELECT DISTINCT ON (on_date, what) position, 1 AS contribution, on_date, what FROM (
    SELECT known_from AS position, held_on AS on_date, place AS what FROM ceremony_couple
    WHERE {known} AND held_on BETWEEN $3 AND $4
) AS places ORDER BY on_date, what, position
"""
_ORGANISERS = """
SELECT DISTINCT ON (on_date, what) position, 1 AS contribution, on_date, what FROM (
    SELECT known_from AS position, held_on AS on_date, unnest(organisers) AS what
    FROM ceremony_couple WHERE {known} AND held_on BETWEEN $3 AND $4
) AS organisers ORDER BY on_date, what, position
"""


def _ceremonies(_: Bureau, given: Mapping[str, Any]) -> str:
    """A ceremony on a day that D has not come to has not happened; a year without any has none."""
    days = ", ".join(f"({literal(day)})" for day in given["days"])
    named = ", ".join(map(literal, given["organised"])) or "NULL"
    return f"""
WITH days AS (
    SELECT held_on, to_char(held_on, 'MM-DD') IN ({named}) AS named
    FROM (VALUES {days}) AS listed (day),
         generate_series($3::date, $4::date, interval '1 day') AS passed (on_day),
         LATERAL (SELECT on_day::date AS held_on) AS d
    WHERE to_char(on_day, 'MM-DD') = day
), held AS (
    SELECT d.held_on, d.named, count(DISTINCT c.certificate_number) AS couples,
           max(c.known_from) AS position, coalesce(max(c.co_organisers), 0) AS co_organisers,
           count(*) FILTER (
               WHERE c.certificate_number IS NOT NULL AND NOT EXISTS (
                   SELECT FROM marriage_registration r
                   WHERE {{known:r}} AND r.kind = 'marriage' AND r.registered_on <= c.held_on
                     AND r.certificate_number = c.certificate_number)) AS missing
    FROM days d
    LEFT JOIN ceremony_couple c ON {{known:c}} AND c.held_on = d.held_on
    GROUP BY d.held_on, d.named
)
SELECT position, couples = {int(given["couples"])} AS ok,
       held_on || ' 颁证 ' || couples || ' 对' AS what FROM held
UNION ALL
SELECT position, missing = 0 AND couples > 0, held_on || ' 各对新人当日或此前已登记' FROM held
UNION ALL
SELECT position, co_organisers > 0, held_on || ' 载明联合举办单位' FROM held WHERE named
"""


MEASURES = (
    Measure(
        name="婚姻登记",
        unit="对",
        kind="flow",
        definition="期内办理的结婚登记、离婚登记和补领",
        reading="按登记计，含复婚与补办，不是申请；补领一次申请计一对；事后撤销的仍计入登记当年，"
        "另行注明；户籍以本区县为界",
        rows=_REGISTERED,
        dimensions=(
            coded("类型", "kind", of_list(RegistrationKind)),
            coded("涉外", "couple", of_list(Couple)),
            coded(
                "户籍",
                "residents",
                of(both="双方在本地", one="一方在本地", none="双方都不在本地"),
            ),
            MONTH,
        ),
        beside=_REVOKED,
    ),
    Measure(
        name="集体颁证",
        unit="对",
        kind="event",
        definition="期内集体颁证的新人",
        rows=_COUPLES,
        dimensions=(DAY, MONTH),
        cells="open",
    ),
    Measure(
        name="颁证地点",
        unit="处",
        kind="flow",
        definition="期内举行集体颁证的地点",
        rows=_PLACES,
        dimensions=(DAY, MONTH),
        cells="open",
        listed=True,
    ),
    Measure(
        name="颁证协办单位",
        unit="家",
        kind="flow",
        definition="期内与本机关联合举行集体颁证的单位",
        rows=_ORGANISERS,
        dimensions=(DAY, MONTH),
        cells="open",
        listed=True,
    ),
)
CHECKS = (
    Check(
        name="集体颁证",
        holds_when="{days}各颁证{couples}对，每对当日或此前已登记；{organised}载明联合举办单位",
        parameters={"days": "texts", "couples": "number", "organised": "texts"},
        conditions=_ceremonies,
    ),
)
