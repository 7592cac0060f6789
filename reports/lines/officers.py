"""执法人员 and 法律顾问: licences at a date, the share of posts covered, lawyers engaged."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.bureau.bureau import Bureau
from reports.dimensions import MONTH, coded, of
from reports.measure import Check, Exact, Measure, Value, holds

_LAWYERS = f"""
SELECT DISTINCT ON (lawyer) known_from AS position, 1 AS contribution,
       firm_code || ' ' || engagement AS what, firm_code
FROM adviser_lawyer
WHERE {{known}} AND {holds("$4")}
ORDER BY lawyer, valid_from DESC, known_from DESC
"""
_FIRMS = f"""
SELECT DISTINCT ON (firm_code) known_from AS position, 1 AS contribution, firm AS what
FROM adviser_lawyer
WHERE {{known}} AND {holds("$4")}
ORDER BY firm_code, valid_from DESC, known_from DESC
"""
_HOLDERS = f"""
SELECT DISTINCT ON (l.officer) l.known_from AS position, 1 AS contribution, l.officer AS what,
       p.post, CASE WHEN p.leader THEN 'leader' ELSE 'staff' END AS rank
FROM licence l
JOIN officer_post p ON {{known:p}} AND p.officer = l.officer AND {holds("$4", "p")}
WHERE {{known:l}} AND {holds("$4", "l")}
ORDER BY l.officer, l.valid_from DESC, l.known_from DESC
"""
_POSTS = f"""
SELECT known_from AS position, 1 AS contribution, post || ' ' || title AS what, post
FROM licence_post
WHERE {{known}} AND {holds("$4")}
"""
_COVERED = f"""
SELECT n.position, n.what FROM ({_POSTS}) AS n
WHERE EXISTS (SELECT FROM ({_HOLDERS}) AS h WHERE h.post = n.post)
"""
_DEPARTMENTS = f"""
SELECT known_from AS position, 1 AS contribution, department || ' ' || title AS what
FROM department
WHERE {{known}} AND {holds("$4")}
"""
_COUNTS = f"""
SELECT (SELECT count(*) FROM ({_HOLDERS}) AS h WHERE rank = 'staff') AS staff,
       (SELECT count(*) FROM ({_HOLDERS}) AS h) AS holders,
       (SELECT count(*) FROM ({_COVERED}) AS c) AS covered,
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


def _advised(_: Bureau, given: Mapping[str, Any]) -> str:
    """Nothing to hold of a bureau that has no adviser is for the plan: it does not claim one."""
    firms, lawyers = int(given["firms"]), int(given["lawyers"])
    return f"""
SELECT max(position) AS position,
       count(DISTINCT firm_code) = {firms} AND count(*) = {lawyers} AS ok,
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
"""


MEASURES = (
    Measure(
        name="法律顾问律师数",
        unit="人",
        kind="stock",
        definition="截止日在聘的法律顾问律师",
        reading="截止日合同有效且未解聘的律师事务所的律师，按人去重",
        rows=_LAWYERS,
        cells="open",
    ),
    Measure(
        name="法律顾问律师事务所",
        unit="家",
        kind="stock",
        definition="截止日在聘法律顾问的律师事务所",
        rows=_FIRMS,
        cells="open",
        listed=True,
    ),
    Measure(
        name="通过执法资格考试人数",
        unit="人",
        kind="flow",
        definition="期内通过行政执法资格认证考试的人员",
        reading="按考试通过日期；发证可在其后",
        rows="""
SELECT DISTINCT ON (officer) known_from AS position, 1 AS contribution, passed_on AS on_date,
       officer || ' ' || exam AS what
FROM exam_pass
WHERE {known} AND passed_on BETWEEN $3 AND $4
ORDER BY officer, passed_on, known_from
""",
        dimensions=(MONTH,),
        cells="open",
    ),
    Measure(
        name="持证人数",
        unit="人",
        kind="stock",
        definition="截止日持有有效行政执法证的在岗人员",
        reading="证件在有效期内，且持证人在岗；过期、借调、离岗的不计",
        rows=_HOLDERS,
        dimensions=(coded("职务", "rank", of(leader="局班子成员", staff="其他人员")),),
        cells="open",
    ),
    Measure(
        name="须持证岗位数",
        unit="个",
        kind="stock",
        definition="截止日须持行政执法证的岗位",
        rows=_POSTS,
        cells="open",
    ),
    Measure(
        name="持证率",
        unit="%",
        kind="derived",
        definition="任职人员持有效行政执法证的须持证岗位数 ÷ 截止日须持证的岗位数",
        reading="岗位不须持证的人员持证不计；分母与百分比并列显示；四舍五入取整",
        rows=_share("100::numeric * covered / nullif(posts, 0)", _COVERED, _POSTS),
        take="one",
        shown=_whole_percent,
        beside=f"SELECT covered || ' / ' || posts FROM ({_COUNTS}) AS counts",
        cells="open",
    ),
    Measure(
        name="部门平均持证人数",
        unit="人/部门",
        kind="derived",
        definition="（持证人数 − 其中局班子成员）÷ 截止日股室数",
        reading="局班子成员不属于任何股室，先行减去",
        rows=_share("staff::numeric / nullif(departments, 0)", _HOLDERS, _DEPARTMENTS),
        take="one",
        shown=_two_places,
        beside=f"SELECT '(' || holders || ' − ' || holders - staff || ') / ' || departments"
        f" FROM ({_COUNTS}) AS counts",
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="法律顾问服务",
        holds_when="截止日在聘{firms}家律师事务所的{lawyers}名律师，期内至少有一条服务记录",
        parameters={"firms": "number", "lawyers": "number"},
        conditions=_advised,
    ),
)
