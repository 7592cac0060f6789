"""执法人员 and 法律顾问: licences at a date, the share of posts covered, lawyers engaged."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from reports.figure import Exact, Figure, Statement, Value, holds

_LAWYERS = f"""
SELECT DISTINCT ON (lawyer) known_from AS position, 1 AS contribution,
       firm_code || ' ' || engagement AS what, firm_code
FROM adviser_lawyer
WHERE {{known}} AND {holds("$4")}
ORDER BY lawyer, valid_from DESC, known_from DESC
"""
_HOLDERS = f"""
SELECT DISTINCT ON (l.officer) l.known_from AS position, 1 AS contribution, l.officer AS what,
       p.leader
FROM licence l
JOIN officer_post p ON {{known:p}} AND p.officer = l.officer AND {holds("$4", "p")}
WHERE {{known:l}} AND {holds("$4", "l")}
ORDER BY l.officer, l.valid_from DESC, l.known_from DESC
"""
_LEADERS = f"SELECT position, contribution, what FROM ({_HOLDERS}) AS holders WHERE leader"
_POSTS = f"""
SELECT known_from AS position, 1 AS contribution, post || ' ' || title AS what
FROM licence_post
WHERE {{known}} AND {holds("$4")}
"""
_DEPARTMENTS = f"""
SELECT known_from AS position, 1 AS contribution, department || ' ' || title AS what
FROM department
WHERE {{known}} AND {holds("$4")}
"""
_COUNTS = f"""
SELECT (SELECT count(*) FROM ({_HOLDERS}) AS h) AS holders,
       (SELECT count(*) FROM ({_LEADERS}) AS m) AS leaders,
       (SELECT count(*) FROM ({_POSTS}) AS p) AS posts,
       (SELECT count(*) FROM ({_DEPARTMENTS}) AS d) AS departments
"""


def _share(ratio: str, *behind: str) -> str:
    """Rows that all agree on one ratio of counts, with every row that the counts are of."""
    rows = " UNION ALL ".join(f"SELECT position, what FROM ({sql}) AS b" for sql in behind)
    return f"""
SELECT rows.position, rows.what, {ratio} AS contribution
FROM ({_COUNTS}) AS counts, ({rows}) AS rows
"""


def _whole_percent(exact: Exact) -> Value:
    """Percent, half-up, as an integer."""
    if not isinstance(exact, int | Decimal):
        return None
    return int(Decimal(exact).quantize(Decimal(1), ROUND_HALF_UP))


def _two_places(exact: Exact) -> Value:
    if not isinstance(exact, int | Decimal):
        return None
    return Decimal(exact).quantize(Decimal("0.01"), ROUND_HALF_UP)


FIGURES = (
    Figure(
        id="F27",
        name="法律顾问律师数",
        unit="人",
        kind="stock",
        group="行政执法",
        about_persons=False,
        definition="截止日在聘的法律顾问律师",
        reading="截止日合同有效且未解聘的律师事务所的律师，按人去重",
        rows=_LAWYERS,
    ),
    Figure(
        id="F37",
        name="新增通过执法资格考试人数",
        unit="人",
        kind="flow",
        group="行政执法",
        about_persons=False,
        definition="期内通过行政执法资格认证考试的人员",
        reading="按考试通过日期；发证可在其后",
        rows="""
SELECT DISTINCT ON (officer) known_from AS position, 1 AS contribution, passed_on AS on_date,
       officer || ' ' || exam AS what
FROM exam_pass
WHERE {known} AND passed_on BETWEEN $3 AND $4
ORDER BY officer, passed_on, known_from
""",
    ),
    Figure(
        id="F38",
        name="持有执法证人数",
        unit="人",
        kind="stock",
        group="行政执法",
        about_persons=False,
        definition="截止日持有有效行政执法证的在岗人员",
        reading="证件在有效期内，且持证人在岗；过期、借调、离岗的不计",
        rows=_HOLDERS,
    ),
    Figure(
        id="F39",
        name="持证率",
        unit="%",
        kind="derived",
        group="行政执法",
        front=3,
        about_persons=False,
        definition="F38 ÷ 截止日须持证的岗位数",
        reading="分母为须持证岗位，与百分比并列显示；四舍五入取整",
        rows=_share("100::numeric * holders / nullif(posts, 0)", _HOLDERS, _POSTS),
        take="one",
        shown=_whole_percent,
        beside=f"SELECT holders || ' / ' || posts FROM ({_COUNTS}) AS counts",
    ),
    Figure(
        id="F59",
        name="持证人员",
        unit="人",
        kind="stock",
        group="行政执法",
        about_persons=False,
        definition="同 F38",
        derive=lambda exacts: exacts["F38"],
        uses=("F38",),
    ),
    Figure(
        id="F60",
        name="其中局班子成员",
        unit="人",
        kind="stock",
        group="行政执法",
        about_persons=False,
        definition="F38 中任局班子成员的人员",
        rows=_LEADERS,
    ),
    Figure(
        id="F61",
        name="部门平均持证人数",
        unit="人/部门",
        kind="derived",
        group="行政执法",
        about_persons=False,
        definition="(F38 − F60) ÷ 截止日股室数",
        reading="局班子成员不属于任何股室，先行减去",
        rows=_share(
            "(holders - leaders)::numeric / nullif(departments, 0)", _HOLDERS, _DEPARTMENTS
        ),
        take="one",
        shown=_two_places,
        beside=f"SELECT '(' || holders || ' − ' || leaders || ') / ' || departments"
        f" FROM ({_COUNTS}) AS counts",
    ),
)
STATEMENTS = (
    Statement(
        id="S03",
        name="法律顾问提供服务",
        holds_when="截止日在聘一家律师事务所的两名律师，期内至少有一条服务记录",
        rows=f"""
SELECT max(position) AS position,
       count(DISTINCT firm_code) = 1 AND count(*) = 2 AS ok,
       '在聘律师事务所 ' || count(DISTINCT firm_code) || ' 家，律师 ' || count(*) || ' 名' AS what
FROM ({_LAWYERS}) AS lawyers
UNION ALL
SELECT max(s.known_from), count(*) > 0, '在聘法律顾问的服务记录 ' || count(*) || ' 条'
FROM legal_service s
WHERE {{known:s}} AND s.served_on BETWEEN $3 AND $4
  AND EXISTS (SELECT FROM adviser_lawyer a WHERE {{known:a}} AND a.engagement = s.engagement
              AND {holds("s.served_on", "a")})
  AND EXISTS (SELECT FROM adviser_lawyer a WHERE {{known:a}} AND a.engagement = s.engagement
              AND {holds("$4", "a")})
""",
    ),
)
