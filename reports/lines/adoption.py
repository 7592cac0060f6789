"""收养登记: counts only."""

from __future__ import annotations

from domain.adoption import ChildKind
from reports.dimensions import MONTH, coded, of_list
from reports.measure import Measure

MEASURES = (
    Measure(
        name="收养登记",
        unit="宗",
        kind="flow",
        definition="期内办理的收养登记",
        reading="按登记计，不按申请；解除、撤销的仍计入登记当年",
        rows="""
SELECT known_from AS position, 1 AS contribution, registered_on AS on_date, '收养登记' AS what,
       stream AS subject, child_kind AS kind
FROM adoption
WHERE {known} AND registered_on BETWEEN $3 AND $4 AND applied_on <= $4
""",
        dimensions=(coded("类型", "kind", of_list(ChildKind)), MONTH),
    ),
)
