"""What a theme (专题) is: numbers by month, or by year, that releases have told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.measure import Slice

By = Literal["month", "year"]
ChartKind = Literal["line", "bar"]


@dataclass(frozen=True, slots=True)
class Series:
    """A number of a theme, told once a period: a measure under a cut."""

    name: str
    """For programs: a-z, 0-9 and _."""
    title: str
    unit: str
    slice: Slice | None
    """None where the bureau has nothing of the kind."""
    connected: bool = True
    """Whether any system reports it; what the bureau has not, but others have, is left out."""

    @property
    def adds_up(self) -> bool:
        """Whether periods add up, so that there is a year to date."""
        return self.slice is not None and self.slice.measure.kind == "flow"


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """A chart of some series, which have one unit."""

    title: str
    kind: ChartKind
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A page of numbers."""

    path: str
    """Its address without the first /: assistance/dibao."""
    title: str
    content: str
    basis: str
    by: By = "month"
    series: Mapping[str, Series] = field(default_factory=dict)
    charts: tuple[ChartPlan, ...] = ()
    places: tuple[str, ...] = ()
    """Series that a table by township shows."""
    front: tuple[str, ...] = ()
    """Series that the first page shows."""
    connected: bool = True

    def told(self) -> Iterator[tuple[str, Slice]]:
        """The series that a release may tell, by name."""
        for name, each in self.series.items():
            if self.connected and each.connected and each.slice is not None:
                yield name, each.slice
