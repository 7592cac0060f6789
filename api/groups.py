"""Figures in groups, for lists; those with a place on the first page stand there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.measure import Figure

ORDER = (
    "低保和特困",
    "儿童福利",
    "残疾人两项补贴",
    "保障标准",
    "婚姻和收养登记",
    "社会组织",
    "行政执法",
    "地名和殡葬",
    "公开和学法",
    "普法、培训和慈善",
    "报告",
)
"""Headings in the order of the pages; others follow in the order of their figures."""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading, all its figures, and those of the first page."""

    heading: str
    figures: tuple[str, ...]
    key: tuple[str, ...]


def grouped(known: Iterable[Figure]) -> list[Group]:
    """The groups of the figures that there are, each in the order of their ids."""
    figures = sorted(known, key=lambda figure: figure.id)
    found = dict.fromkeys(figure.group for figure in figures)
    headings = [h for h in ORDER if h in found] + [h for h in found if h not in ORDER]
    by_heading = {h: [figure for figure in figures if figure.group == h] for h in headings}
    return [
        Group(
            heading,
            tuple(figure.id for figure in inside),
            tuple(f.id for f in sorted(inside, key=lambda f: f.front) if f.front),
        )
        for heading, inside in by_heading.items()
    ]
