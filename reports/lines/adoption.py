"""收养登记: counts only."""

from __future__ import annotations

from reports.figure import Figure

_REGISTERED = """
SELECT known_from AS position, 1 AS contribution, registered_on AS on_date,
       NULL::text AS township, '收养登记' AS what
FROM adoption
WHERE {known} AND registered_on BETWEEN $3 AND $4
"""

FIGURES = (
    Figure(
        id="F47",
        name="收养登记",
        unit="宗",
        kind="flow",
        group="婚姻和收养登记",
        definition="期内办理的收养登记",
        reading="按登记计，不按申请；解除、撤销的仍计入登记当年",
        rows=_REGISTERED,
    ),
)
