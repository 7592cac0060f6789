"""What a release of the annual report says, in the shape in which pages show figures and claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.reporting.releases import ReleaseBreakdown, ReleaseContent
from reports import release
from reports.breakdown import Breakdown, Cell
from reports.definitions import Definitions
from reports.dimensions import MONTH
from reports.evaluate import FigureValue, StatementValue
from reports.moment import Moment
from reports.release import Release


def figures(
    says: ReleaseContent, known: Definitions, moment: Moment, ids: Iterable[str]
) -> dict[str, FigureValue]:
    """Figures by id, each as it was released and defined then; one that is not in it is unknown."""
    values = {value.key: value for value in says.values}
    texts = {item.key: item.text for item in says.definitions}
    found: dict[str, FigureValue] = {}
    for name in ids:
        figure, value = known.figures[name], values.get(name)
        if value is None:
            found[name] = FigureValue(figure, moment, None, None)
            continue
        as_then = replace(
            figure,
            name=value.name,
            unit=value.unit or "",
            definition=texts.get(name, figure.definition),
            reading="",
        )
        found[name] = FigureValue(
            as_then,
            moment,
            release.read(value.type, value.value),
            release.read(value.type, value.exact),
            value.beside,
        )
    return found


def statements(
    says: ReleaseContent, known: Definitions, moment: Moment, ids: Iterable[str]
) -> dict[str, StatementValue]:
    """Claims by id, each as it was released; of its conditions only how many there were."""
    values = {value.key: value for value in says.values}
    texts = {item.key: item.text for item in says.definitions}
    found: dict[str, StatementValue] = {}
    for name in ids:
        statement, value = known.statements[name], values.get(name)
        holds: bool | None = None
        conditions: tuple[tuple[bool, str, int | None], ...] = ()
        if value is not None:
            told = release.read(value.type, value.value)
            holds = told if isinstance(told, bool) else None
            statement = replace(
                statement, name=value.name, holds_when=texts.get(name, statement.holds_when)
            )
            broken = value.broken or 0
            kept = (value.conditions or 0) - broken
            conditions = ((True, "", None),) * kept + ((False, "", None),) * broken
        found[name] = StatementValue(statement, moment, holds, conditions)
    return found


def breakdowns(says: ReleaseContent, value: FigureValue) -> list[Breakdown]:
    """The parts of a figure that were released."""
    total = value.exact if isinstance(value.exact, int) else 0
    return [_breakdown(item, total) for item in says.breakdowns if item.key == value.figure.id]


def _breakdown(item: ReleaseBreakdown, total: int) -> Breakdown:
    return Breakdown(
        by="month" if item.by == MONTH.name else "township",
        cells=tuple(Cell(part.code or "", part.name, part.exact) for part in item.parts),
        total=total,
        adds_up=item.adds_up,
        merged=item.merged,
    )


def redefined(says: ReleaseContent, known: Definitions, name: str) -> bool:
    """Whether a figure or claim is worked out otherwise today than when it was released."""
    then = {item.key: item.digest for item in says.definitions}
    now = known.figures.get(name) or known.statements.get(name)
    return now is not None and name in then and then[name] != now.digest


def shown(releases: Iterable[Release], *, auditor: bool) -> list[Release]:
    """Those that may be shown to who asks."""
    return [item for item in releases if auditor or item.audience == "public"]


def address(item: Release) -> str:
    """Where a release stands, whatever follows it."""
    return f"/releases/{item.plan}/{item.period.replace('/', '.')}/{item.edition}"
