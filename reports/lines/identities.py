"""勾稽: figures that must agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.figure import Exact, Statement

USES = (
    *("F28", "F29", "F30", "F32", "F33", "F34", "F37", "F38", "F59"),
    *("F40", "F41", "F42", "F43", "F44"),
)


def _identities(figures: Mapping[str, Exact]) -> list[tuple[bool, str]]:
    def number(figure_id: str) -> Any:
        return figures[figure_id]

    registrations = sum(number(f) for f in ("F40", "F41", "F42", "F43"))
    return [
        (number("F28") == number("F29") + number("F30"), "执法宗数 = 行政检查 + 行政处罚"),
        (number("F32") == number("F33") + number("F34"), "新成立 = 社会团体 + 民办非企业单位"),
        (number("F59") == number("F38"), "两处所写持证人数一致"),
        (number("F37") <= number("F38"), "新增通过考试人数 ≤ 持证人数"),
        (number("F44") <= registrations, "异地办理 ≤ 结婚 + 离婚 + 补领"),
        (any(number(f) for f in USES), "账本中有相应记录"),
    ]


STATEMENTS = (
    Statement(
        id="S20",
        name="恒等式",
        holds_when="F28=F29+F30;F32=F33+F34;F59=F38;F37≤F38;F44≤F40+F41+F42+F43",
        derive=_identities,
        uses=USES,
    ),
)
