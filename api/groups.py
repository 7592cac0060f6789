"""Figures in groups, for lists; the first of each group stand on the first page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def _run(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"F{n:02d}" for n in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading, all its figures, and those shown first."""

    heading: str
    figures: tuple[str, ...]
    key: tuple[str, ...]


GROUPS = (
    Group("低保和特困", _run(14, 18), _run(14, 18)),
    Group("儿童福利", _run(19, 22), _run(19, 22)),
    Group("残疾人两项补贴", _run(23, 26), _run(23, 26)),
    Group("保障标准", _run(4, 13), ("F05", "F04", "F10")),
    Group("婚姻和收养登记", (*_run(40, 44), "F47"), ("F40", "F41", "F44")),
    Group("社会组织", _run(32, 36), ("F32", "F35", "F36")),
    Group("行政执法", (*_run(27, 31), *_run(37, 39), *_run(59, 61)), ("F28", "F31", "F39")),
    Group("地名和殡葬", _run(45, 46), _run(45, 46)),
    Group("公开和学法", _run(1, 3), ("F01", "F03")),
    Group("普法、培训和慈善", _run(48, 58), ("F52", "F56", "F58")),
    Group("报告", _run(62, 64), ()),
)


def grouped(known: Iterable[str]) -> list[Group]:
    """The groups with the figures there are; those of no group come last."""
    ids = list(known)
    made = [
        Group(
            g.heading, tuple(i for i in g.figures if i in ids), tuple(i for i in g.key if i in ids)
        )
        for g in GROUPS
    ]
    placed = {i for g in GROUPS for i in g.figures}
    rest = tuple(i for i in ids if i not in placed)
    made.append(Group("其他", rest, ()))
    return [group for group in made if group.figures]
