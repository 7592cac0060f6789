"""All measures and checks, by name, in the order of their lines.

They are registered by standing in MEASURES and CHECKS of a module under reports/lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from domain.bureau.bureau import Bureau
from domain.catalogue import modules
from reports.measure import Check, Cut, Measure, Slice, Unknown


def _collect() -> tuple[dict[str, Measure], dict[str, Check]]:
    measures: list[Measure] = []
    checks: list[Check] = []
    for module in modules("reports.lines"):
        measures += getattr(module, "MEASURES", ())
        checks += getattr(module, "CHECKS", ())
    for names in ([m.name for m in measures], [c.name for c in checks]):
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            raise ValueError(f"a measure or check has the name of another: {twice}")
    return {m.name: m for m in measures}, {c.name: c for c in checks}


MEASURES, CHECKS = _collect()


def measure(name: str) -> Measure:
    """A measure by its name. Raises Unknown."""
    if name not in MEASURES:
        raise Unknown(f"没有指标“{name}”；有{'、'.join(MEASURES)}")
    return MEASURES[name]


def slice_of(bureau: Bureau, name: str, where: Mapping[str, Iterable[str]]) -> Slice:
    """A measure of a bureau under a cut of codes or names. Raises Unknown."""
    found = measure(name)
    cut = {
        dimension: tuple(dict.fromkeys(found.dimension(dimension).code(bureau, s) for s in said))
        for dimension, said in where.items()
    }
    return _under(bureau, found, cut)


def _under(bureau: Bureau, found: Measure, cut: Cut) -> Slice:
    parts = tuple(_under(bureau, MEASURES[used], cut) for used in found.uses)
    return Slice(found, bureau, cut, parts)
