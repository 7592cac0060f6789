"""临时救助: what was decided in the period, and what was handed over."""

from __future__ import annotations

from domain.assistance.relief import Decider, ReliefCause, ReliefKind, ReliefManner
from reports.dimensions import AREA, MONTH, PROGRAMME, TOWNSHIP, VILLAGE, of, of_list
from reports.measure import Dimension, Measure, wan_yuan

_DIMENSIONS = (
    PROGRAMME,
    AREA,
    TOWNSHIP,
    VILLAGE,
    MONTH,
    Dimension("类型", "kind", of_list(ReliefKind), none="未作决定"),
    Dimension("事由", "cause", of_list(ReliefCause), none="未作决定"),
    Dimension("方式", "manner", of_list(ReliefManner), none="未作决定"),
    Dimension("审批", "decided_by", of_list(Decider), none="未作决定"),
    Dimension("程序", "procedure", of(ordinary="一般程序", urgent="先行救助"), none="未作决定"),
)
_ABOUT = """r.programme, r.area, r.township, r.village, r.kind, r.cause, r.manner, r.decided_by,
       CASE WHEN r.urgent THEN 'urgent' WHEN NOT r.urgent THEN 'ordinary' END AS procedure"""


def _decided(count: str) -> str:
    return f"""
SELECT r.known_from AS position, {count} AS contribution, r.decided_on AS on_date,
       r.relief_number AS what, r.stream AS subject, {_ABOUT}
FROM relief r WHERE {{known:r}} AND r.decided_on BETWEEN $3 AND $4
  AND (r.replaced_on IS NULL OR r.replaced_on > $4)
"""


_PAID = f"""
SELECT p.known_from AS position, p.amount_fen AS contribution, p.paid_on AS on_date,
       p.relief_number AS what, p.stream AS subject, {_ABOUT}
FROM relief_payment p
LEFT JOIN relief r ON {{known:r}} AND r.stream = p.stream AND r.decided_on <= p.paid_on
  AND (r.replaced_on IS NULL OR r.replaced_on > p.paid_on)
WHERE {{known:p}} AND p.paid_on BETWEEN $3 AND $4
"""

MEASURES = (
    Measure(
        name="临时救助户次",
        unit="户次",
        kind="flow",
        definition="期内作出的临时救助决定",
        reading="按决定日期，一份决定计一户次；提供转介服务的也计",
        rows=_decided("1"),
        dimensions=_DIMENSIONS,
    ),
    Measure(
        name="临时救助人次",
        unit="人次",
        kind="flow",
        definition="期内作出的临时救助决定所救助的人",
        reading="按决定日期，一人在一份决定中计一人次",
        rows=_decided("r.persons"),
        dimensions=_DIMENSIONS,
    ),
    Measure(
        name="临时救助金额",
        unit="万元",
        kind="flow",
        definition="期内发放的临时救助金，实物按其价值",
        reading="按到账或者交付日期；类型、镇街等按此前作出的决定",
        rows=_PAID,
        dimensions=_DIMENSIONS,
        shown=wan_yuan,
    ),
)
