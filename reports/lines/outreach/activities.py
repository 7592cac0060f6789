"""Study of law, station activities, publicity, training; guides, law list, the first in charge.

人次 are sums over sittings; sessions and issues (期) are counted once each.
"""

from __future__ import annotations

from domain.laws import COUNTRY, short_titles
from domain.outreach.activities import GUIDES
from reports.figure import Figure, Statement, holds

_STUDY = """
SELECT DISTINCT ON (session) known_from AS position, 1 AS contribution, held_on AS on_date,
       NULL::text AS township, title AS what
FROM study_session WHERE {known} AND held_on BETWEEN $3 AND $4
ORDER BY session, known_from
"""
_TURNOUT = """
SELECT known_from AS position, participations AS contribution, held_on AS on_date, township,
       title AS what
FROM outreach_sitting WHERE {{known}} AND {which} AND held_on BETWEEN $3 AND $4
"""
_LECTURES = "line = 'training' AND programme = 'shuangbai-lectures' AND mode = 'online'"
_OFFLINE_CLASS = "line = 'training' AND programme = 'social-work-class' AND mode = 'offline'"
_ISSUES = f"""
SELECT DISTINCT ON (coalesce(issue_number::text, sitting)) known_from AS position,
       1 AS contribution, held_on AS on_date, township, title AS what
FROM outreach_sitting WHERE {{known}} AND {_LECTURES} AND held_on BETWEEN $3 AND $4
ORDER BY coalesce(issue_number::text, sitting), held_on, known_from
"""
_ATTENDED = """
SELECT DISTINCT ON (a.village) a.known_from AS position, 1 AS contribution,
       a.attended_on AS on_date, a.township, a.village AS what
FROM training_attendance AS a
JOIN outreach_sitting AS t ON t.line = 'training' AND t.sitting = a.training
WHERE {known:a} AND {known:t} AND t.kind = 'children-directors'
  AND a.attended_on BETWEEN $3 AND $4
ORDER BY a.village, a.known_from
"""
_ON_REGISTER = f"""
SELECT village, known_from FROM village
WHERE {{known}} AND {holds("$4")}
"""


def _turnout(which: str) -> str:
    return _TURNOUT.format(which=which)


def _texts(values: tuple[str, ...]) -> str:
    """Rows of one text column; the values are ours, without quotes."""
    return ", ".join(f"('{value}')" for value in values)


FIGURES = (
    Figure(
        id="F01",
        name="学法次数",
        unit="次",
        kind="flow",
        group="公开和学法",
        front=1,
        about_persons=False,
        definition="期内已举行的学法，包括第一议题、中心组、专题、党组会、机关学习会、支部会、讲座",
        reading="同一场学习兼有几种形式或由几处上报的只计一次；只安排未举行的不计",
        rows=_STUDY,
    ),
    Figure(
        id="F50",
        name="社工站活动人次",
        unit="人次",
        kind="flow",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内情暖夕阳、守护向日葵两个项目各场活动的参加人次之和",
        reading="只计列名的两个项目，社工站其他活动不计",
        rows=_turnout(
            "line = 'station-activity' AND programme IN ('warm-sunset', 'sunflower-guard')"
        ),
    ),
    Figure(
        id="F51",
        name="未成年人保护普法人次",
        unit="人次",
        kind="flow",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内润心伴成长主题活动各场普法的参与人次之和",
        rows=_turnout("line = 'publicity' AND programme = 'growing-together'"),
    ),
    Figure(
        id="F52",
        name="社会救助宣传月人次",
        unit="人次",
        kind="flow",
        group="普法、培训和慈善",
        front=1,
        about_persons=False,
        definition="期内社会救助宣传月各场宣传的参与人次之和",
        rows=_turnout("line = 'publicity' AND programme = 'assistance-month'"),
    ),
    Figure(
        id="F56",
        name="线上培训期数",
        unit="期",
        kind="flow",
        group="普法、培训和慈善",
        front=2,
        about_persons=False,
        definition="期内双百大讲堂线上培训班的期数",
        reading="同一期分几场举办的只计一期",
        rows=_ISSUES,
    ),
    Figure(
        id="F57",
        name="培训人次",
        unit="人次",
        kind="flow",
        group="普法、培训和慈善",
        about_persons=False,
        definition="期内双百大讲堂线上各场和全区社工业务线下培训班的参训人次之和",
        reading="线上和线下合计；其他培训不计",
        rows=_turnout(f"(({_LECTURES}) OR ({_OFFLINE_CLASS}))"),
    ),
    Figure(
        id="F58",
        name="参加儿童主任培训的村（社区）",
        unit="个",
        kind="flow",
        group="普法、培训和慈善",
        front=3,
        about_persons=False,
        definition="期内派人参加儿童主任培训的村（社区）",
        reading="同一村（社区）来几人、来几场都只计一个；括号内为到训数和截止日名册数",
        rows=_ATTENDED,
        beside=f"SELECT (SELECT count(*) FROM ({_ATTENDED}) AS came)"
        f" || ' / ' || (SELECT count(*) FROM ({_ON_REGISTER}) AS listed)",
    ),
)

_DISCLOSURE_TRAINING = """
SELECT known_from AS position, true AS ok, title AS what FROM outreach_sitting
WHERE {known} AND line = 'training' AND kind = 'disclosure' AND held_on BETWEEN $3 AND $4
"""
_LAW_LIST = """
SELECT known_from AS position, true AS ok, title AS what FROM office_act
WHERE {known} AND act = 'law-list' AND done_on BETWEEN $3 AND $4
"""
_GUIDES = f"""
WITH acts AS (
    SELECT known_from, act, code FROM office_act
    WHERE {{known}} AND done_on BETWEEN $3 AND $4
)
SELECT min(acts.known_from) AS position, count(acts.act) > 0 AS ok, wanted.title AS what
FROM (VALUES {", ".join(f"('{code}', '{title}')" for code, title in GUIDES.items())})
     AS wanted (code, title)
LEFT JOIN acts ON acts.act = 'guide' AND acts.code = wanted.code
GROUP BY wanted.code, wanted.title
UNION ALL
SELECT min(known_from), count(*) > 0, '政策法规宣传栏更新' FROM acts WHERE act = 'notice-board'
"""
_LAWS_STUDIED = f"""
WITH sessions AS (
    SELECT known_from, title, laws FROM study_session
    WHERE {{known}} AND held_on BETWEEN $3 AND $4
), known_laws (title) AS (VALUES {_texts(tuple(short_titles()))})
SELECT known_from AS position, cardinality(laws) > 0 AS ok, title || '：所学法规' AS what
FROM sessions
UNION ALL
SELECT s.known_from, EXISTS (
           SELECT FROM known_laws AS k WHERE k.title = regexp_replace(law, '^{COUNTRY}', '')),
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
_VILLAGES_CAME = f"""
WITH came AS ({_ATTENDED}), listed AS ({_ON_REGISTER})
SELECT coalesce(came.position, listed.known_from) AS position,
       came.what IS NOT NULL AND listed.village IS NOT NULL AS ok,
       CASE WHEN listed.village IS NULL THEN came.what || ' 不在名册'
            WHEN came.what IS NULL THEN listed.village || ' 未参加'
            ELSE listed.village END AS what
FROM came FULL JOIN listed ON listed.village = came.what
"""

STATEMENTS = (
    Statement(
        id="S09",
        name="政务公开培训",
        holds_when="期内至少举办过一次政务公开培训",
        rows=_DISCLOSURE_TRAINING,
    ),
    Statement(
        id="S10",
        name="应知应会法律法规清单",
        holds_when="期内编制过应知应会法律法规清单",
        rows=_LAW_LIST,
    ),
    Statement(
        id="S11",
        name="政策资料更新",
        holds_when="期内印发了社会救助指南、长者食堂、智慧养老服务平台服务指南，并更新过宣传栏",
        rows=_GUIDES,
    ),
    Statement(
        id="S12",
        name="学法内容",
        holds_when="期内每次学法都记有所学法律法规，且都能在法律法规表中查到",
        rows=_LAWS_STUDIED,
    ),
    Statement(
        id="S13",
        name="第一责任人履职",
        holds_when="期内第一责任人至少听取过一次法治政府建设工作汇报，并部署过一次法治工作",
        rows=_FIRST_RESPONSIBLE,
    ),
    Statement(
        id="S15",
        name="儿童主任培训全覆盖",
        holds_when="派人参加儿童主任培训的村（社区）与截止日名册上的村（社区）完全一致",
        rows=_VILLAGES_CAME,
    ),
)
