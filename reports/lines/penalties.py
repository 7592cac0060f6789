"""行政处罚: penalties decided, served and reviewed."""

from __future__ import annotations

from domain.penalties.kinds import Procedure
from projections.penalties.cases import PartyKind
from reports.dimensions import MONTH, SOURCE, TOWNSHIP, coded, of_list
from reports.measure import Check, Measure

PUNISHED = """
SELECT p.known_from AS position, 1 AS contribution, p.decided_on AS on_date, p.township,
       p.case_number || ' ' || coalesce(p.subject, '自然人') AS what, p.platform,
       p.party, p.procedure, p.stream AS subject
FROM penalty_case p
WHERE {known:p} AND p.decided_on BETWEEN $3 AND $4
"""
_SERVED = """
SELECT p.known_from AS position,
       (p.has_receipt AND p.served_on <= least(p.service_due_on, $4))
       OR coalesce(p.service_due_on > $4, false) AS ok,
       p.case_number || ' 送达期限 ' || coalesce(p.service_due_on::text, '不明')
       || '，送达 ' || CASE WHEN p.served_on <= $4 THEN p.served_on::text ELSE '无' END AS what
FROM penalty_case p
WHERE {known:p} AND p.decided_on BETWEEN $3 AND $4
"""
_REVIEWED = """
SELECT p.known_from AS position, coalesce(p.reviewed_on <= p.decided_on, false) AS ok,
       p.case_number || ' 决定前法制审核' AS what
FROM penalty_case p
WHERE {known:p} AND p.decided_on BETWEEN $3 AND $4 AND p.listed
"""


MEASURES = (
    Measure(
        name="行政处罚宗数",
        unit="宗",
        kind="flow",
        definition="期内作出的行政处罚决定",
        reading="一个决定无论几种处罚计 1 宗，按决定日期；事后撤销的另行列示",
        rows=PUNISHED,
        dimensions=(
            coded("当事人", "party", of_list(PartyKind)),
            coded("程序", "procedure", of_list(Procedure)),
            SOURCE,
            TOWNSHIP,
            MONTH,
        ),
        cells="open",
    ),
)
CHECKS = (
    Check(
        name="处罚决定送达",
        holds_when="期内每项处罚决定在期限内送达并有回证",
        conditions=_SERVED,
    ),
    Check(
        name="重大执法决定法制审核",
        holds_when="期内应当审核的处罚决定，都在决定前通过法制审核",
        conditions=_REVIEWED,
    ),
)
