"""疑点核查: findings that people looked at, by what they found."""

from __future__ import annotations

from domain.rectification import FindingState
from reports.dimensions import MONTH, coded, of_list
from reports.measure import Measure

MEASURES = (
    Measure(
        name="已核查疑点",
        unit="条",
        kind="stock",
        definition="截止日已有核查结论的疑点",
        reading="按疑点计，以截止日最近一次结论为准；软件只列疑点，是否属实由人核查",
        rows="""
SELECT known_from AS position, 1 AS contribution, valid_from AS on_date, finding AS what,
       stream AS subject, state
FROM finding_answer
WHERE {known} AND valid_from <= $4 AND (valid_to IS NULL OR valid_to > $4)
""",
        dimensions=(coded("结论", "state", of_list(FindingState)), MONTH),
        cells="open",
    ),
)
