"""Study of law, station activities, publicity, training; guides, law list, the first in charge.

人次 are sums over sittings; sessions and issues (期) are counted once each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.laws import COUNTRY, short
from domain.outreach.activities import Mode, TrainingKind
from reports.dimensions import MONTH, TOWNSHIP, coded, of, of_list, open_code
from reports.measure import Check, Measure, holds, literal

_STUDY = """
SELECT * FROM (
    SELECT DISTINCT ON (session) known_from AS position, 1 AS contribution, held_on AS on_date,
           title AS what
    FROM study_session WHERE {known} AND held_on <= $4
    ORDER BY session, held_on, known_from
) AS first_day WHERE on_date >= $3
"""
_COLUMNS = "line, programme, mode, kind, township"
_TURNOUT = f"""
SELECT known_from AS position, participations AS contribution, held_on AS on_date, title AS what,
       {_COLUMNS}
FROM outreach_sitting WHERE {{known}} AND held_on BETWEEN $3 AND $4
"""
_SITTINGS = f"""
SELECT known_from AS position, 1 AS contribution, held_on AS on_date, title AS what, {_COLUMNS}
FROM outreach_sitting WHERE {{known}} AND held_on BETWEEN $3 AND $4
"""
_ISSUES = f"""
SELECT DISTINCT ON (programme, mode, coalesce(issue_number::text, sitting))
       known_from AS position, 1 AS contribution, held_on AS on_date, title AS what, {_COLUMNS}
FROM outreach_sitting
WHERE {{known}} AND line = 'training' AND held_on BETWEEN $3 AND $4
ORDER BY programme, mode, coalesce(issue_number::text, sitting), held_on, known_from
"""
_ATTENDED = """
SELECT DISTINCT ON (t.kind, a.village) a.known_from AS position, 1 AS contribution,
       a.attended_on AS on_date, a.township, a.village AS what, t.kind
FROM training_attendance AS a
JOIN (SELECT DISTINCT ON (sitting) sitting, kind FROM outreach_sitting
      WHERE {known} AND line = 'training' AND held_on <= $4
      ORDER BY sitting, held_on, known_from) AS t ON t.sitting = a.training
WHERE {known:a} AND a.attended_on BETWEEN $3 AND $4
ORDER BY t.kind, a.village, a.known_from
"""
_ON_REGISTER = f"""
SELECT village, known_from FROM village
WHERE {{known}} AND {holds("$4")}
"""


def _day(day: date | None) -> str:
    return "NULL" if day is None else f"'{day}'"


def _trained(_: Bureau, given: Mapping[str, Any]) -> str:
    return f"""
SELECT min(known_from) AS position, count(*) > 0 AS ok,
       '举办培训 ' || count(*) || ' 场' AS what
FROM outreach_sitting
WHERE {{known}} AND line = 'training' AND kind = {literal(given["kind"])}
  AND held_on BETWEEN $3 AND $4
"""


_LAW_LIST = """
SELECT min(known_from) AS position, count(*) > 0 AS ok, '编制清单 ' || count(*) || ' 份' AS what
FROM office_act WHERE {known} AND act = 'law-list' AND done_on BETWEEN $3 AND $4
"""


def _guides(_: Bureau, given: Mapping[str, Any]) -> str:
    wanted = [guide.partition("=")[::2] for guide in given["guides"]]
    listed = ", ".join(f"({literal(code)}, {literal(title)})" for code, title in wanted)
    return f"""
WITH acts AS (
    SELECT known_from, act, code FROM office_act
    WHERE {{known}} AND done_on BETWEEN $3 AND $4
)
SELECT min(acts.known_from) AS position, count(acts.act) > 0 AS ok, wanted.title AS what
FROM (VALUES {listed}) AS wanted (code, title)
LEFT JOIN acts ON acts.act = 'guide' AND acts.code = wanted.code
GROUP BY wanted.code, wanted.title
UNION ALL
SELECT min(known_from), count(*) > 0, '政策法规宣传栏更新' FROM acts WHERE act = 'notice-board'
"""


def _laws_studied(bureau: Bureau, __: Mapping[str, Any]) -> str:
    """What was studied must be in the table of laws, in force on the day."""
    laws = ", ".join(
        f"({literal(short(law.title))}, {_day(law.since)}::date, {_day(law.until)}::date)"
        for law in bureau.laws.all
    )
    return f"""
WITH sessions AS (
    SELECT known_from, title, laws, held_on FROM study_session
    WHERE {{known}} AND held_on BETWEEN $3 AND $4
), known_laws (title, since, until) AS (VALUES {laws})
SELECT known_from AS position, cardinality(laws) > 0 AS ok, title || '：所学法规' AS what
FROM sessions
UNION ALL
SELECT s.known_from, EXISTS (
           SELECT FROM known_laws AS k WHERE k.title = regexp_replace(law, '^{COUNTRY}', '')
           AND k.since <= s.held_on AND coalesce(k.until, 'infinity') >= s.held_on),
       s.title || '：' || law
FROM sessions AS s CROSS JOIN LATERAL unnest(s.laws) AS law
"""


_FIRST_RESPONSIBLE = """
SELECT min(a.known_from) AS position, count(a.act) > 0 AS ok, wanted.title AS what
FROM (VALUES ('hearing', '听取法治工作汇报'), ('deployment', '部署法治工作')) AS wanted (act, title)
LEFT JOIN office_act AS a
       ON a.act = wanted.act AND a.first_responsible AND {known:a} AND a.done_on BETWEEN $3 AND $4
GROUP BY wanted.act, wanted.title
"""


def _villages_came(_: Bureau, given: Mapping[str, Any]) -> str:
    return f"""
WITH came AS (SELECT * FROM ({_ATTENDED}) AS a WHERE kind = {literal(given["kind"])}),
     listed AS ({_ON_REGISTER})
SELECT coalesce(came.position, listed.known_from) AS position,
       came.what IS NOT NULL AND listed.village IS NOT NULL AS ok,
       CASE WHEN listed.village IS NULL THEN came.what || ' 不在名册'
            WHEN came.what IS NULL THEN listed.village || ' 未参加'
            ELSE listed.village END AS what
FROM came FULL JOIN listed ON listed.village = came.what
"""


_LINE = coded(
    "类别",
    "line",
    of(station_activity="社工站活动", publicity="普法宣传", training="培训"),
)
_KIND = coded("培训内容", "kind", of_list(TrainingKind))
_CUTS = (
    _LINE,
    open_code("项目", "programme"),
    coded("形式", "mode", of_list(Mode)),
    _KIND,
    TOWNSHIP,
    MONTH,
)
MEASURES = (
    Measure(
        name="学法次数",
        unit="次",
        kind="flow",
        definition="期内已举行的学法，包括第一议题、中心组、专题、党组会、机关学习会、支部会、讲座",
        reading="同一场学习兼有几种形式或由几处上报的只计一次；只安排未举行的不计",
        rows=_STUDY,
        dimensions=(MONTH,),
        cells="open",
    ),
    Measure(
        name="活动人次",
        unit="人次",
        kind="flow",
        definition="期内社工站活动、普法宣传、培训各场参加人次之和",
        rows=_TURNOUT,
        dimensions=_CUTS,
        cells="open",
    ),
    Measure(
        name="活动场次",
        unit="场",
        kind="flow",
        definition="期内社工站活动、普法宣传、培训的场次",
        rows=_SITTINGS,
        dimensions=_CUTS,
        cells="open",
    ),
    Measure(
        name="培训期数",
        unit="期",
        kind="flow",
        definition="期内培训班的期数",
        reading="同一期分几场举办的只计一期",
        rows=_ISSUES,
        dimensions=_CUTS[1:],
        cells="open",
    ),
    Measure(
        name="参加培训的村（居）",
        unit="个",
        kind="flow",
        definition="期内派人参加培训的村（社区）",
        reading="同一村（社区）来几人、来几场都只计一个；括号内为到训数和截止日名册数",
        rows=_ATTENDED,
        dimensions=(_KIND, TOWNSHIP, MONTH),
        beside=f"SELECT (SELECT count(*) FROM {{rows}})"
        f" || ' / ' || (SELECT count(*) FROM ({_ON_REGISTER}) AS listed)",
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="举办培训",
        holds_when="期内至少举办过一次这项培训",
        parameters={"kind": "text"},
        conditions=_trained,
    ),
    Check(
        name="法规清单",
        holds_when="期内编制过应知应会法律法规清单",
        conditions=_LAW_LIST,
    ),
    Check(
        name="政策资料更新",
        holds_when="期内印发了各项指南，并更新过宣传栏",
        parameters={"guides": "texts"},
        conditions=_guides,
    ),
    Check(
        name="学法内容",
        holds_when="期内每次学法都记有所学法律法规，且都能在法律法规表中查到、当日有效",
        conditions=_laws_studied,
    ),
    Check(
        name="第一责任人履职",
        holds_when="期内第一责任人至少听取过一次法治政府建设工作汇报，并部署过一次法治工作",
        conditions=_FIRST_RESPONSIBLE,
    ),
    Check(
        name="村（居）培训覆盖",
        holds_when="派人参加这项培训的村（社区）与截止日名册上的村（社区）完全一致",
        parameters={"kind": "text"},
        conditions=_villages_came,
    ),
)
