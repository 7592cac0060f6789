"""Reading definitions of themes: all that is wrong is noted, with file and line.

A theme with a mistake is shown to nobody. The national file defines themes; a bureau's own switches
them off or on, says which are not connected, and may define others. A national one about what a
bureau has not (a programme, a standard) is no mistake: it is not connected there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from domain.bureau.bureau import Bureau
from domain.bureau.reading import THEMES
from domain.bureau.reading.tables import Table, listed
from reports import layered, reads, registers
from reports.addresses import TAKEN
from reports.catalogue import MEASURES, slice_of
from reports.dimensions import PROGRAMME, TOWNSHIP
from reports.layered import Layered, basis_of
from reports.measure import Measure, Slice, Unknown
from reports.plans.quantities import Where, where_of
from reports.themes.theme import By, ChartKind, ChartPlan, Series, Theme

PATH = re.compile(r"[a-z][a-z-]*(/[a-z][a-z-]*)?")
NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset({"period", "unit", "place", "code", "edition", "ledger", "release"})
"""What a table of a theme says besides; no series is called so."""
BYS: tuple[By, ...] = ("month", "year")
KINDS: tuple[ChartKind, ...] = ("line", "bar")
MOST_IN_CHART = 4
"""So many can be told apart in grey."""

KIND = layered.Kind(
    THEMES,
    "theme",
    "path",
    PATH,
    "a-z and -, one or two parts with / between them",
    mark="title",
)


def read(bureau: Bureau) -> Layered[Theme]:
    """The themes of a bureau."""
    taken = {*TAKEN, *registers.of(bureau)}

    def make(table: Table, path: str) -> Theme:
        if path.partition("/")[0] in taken:
            table.note("path", f"/{path} is another page", "another path")
        return _Reader(bureau, strict=layered.is_own(table)).theme(table, path)

    return layered.read(bureau, KIND, make)


class _Reader:
    """Reads the definition of one theme; `strict`: what the bureau has not is a mistake."""

    def __init__(self, bureau: Bureau, *, strict: bool) -> None:
        self.bureau, self.strict = bureau, strict

    def theme(self, table: Table, path: str) -> Theme:
        """The theme, as far as it is right."""
        title, content = table.text("title"), table.text("content")
        rests_on = basis_of(table, self.bureau.laws, "社会救助暂行办法 9")
        by: By = table.one_of("by", BYS, needed=False) or "month"
        programme = self._programme(table)
        connected = table.flag("connected", default=True)
        series = dict(self._series(table, programme))
        charts = tuple(self._charts(table, series))
        places = self._named(table, "places", series)
        for number, name in enumerate(places):
            part = series[name].slice if name in series else None
            if part is not None and TOWNSHIP not in part.measure.dimensions:
                what = f"{part.measure.name} is not cut by {TOWNSHIP.name}"
                table.document.note((*table.path, "places", number), what)
        front = self._named(table, "front", series)
        there = any(each.connected for each in series.values())
        return Theme(
            path=path,
            title=title,
            content=content,
            basis=rests_on,
            by=by,
            series=series,
            charts=charts,
            places=places,
            front=front,
            connected=connected and there,
        )

    def _programme(self, table: Table) -> str | None:
        """The code of the programme that a table names; "" for none, None for one not there."""
        said = table.text("programme", needed=False)
        if not said:
            return ""
        try:
            return PROGRAMME.code(self.bureau, said)
        except Unknown as error:
            if self.strict:
                what, _, expected = str(error).partition("；")
                table.note("programme", what, expected)
            return None

    def _series(self, table: Table, programme: str | None) -> Iterator[tuple[str, Series]]:
        seen: set[str] = set()
        for each in table.tables("series", needed=True):
            name = each.code("name", NAME, "a-z, 0-9 and _")
            title = each.text("title")
            own = self._programme(each)
            measure = each.one_of("measure", tuple(MEASURES))
            where = where_of(each)
            each.end()
            if name in seen:
                each.note("name", f"{name} stands here twice", "another name")
            elif name in RESERVED:
                each.note("name", f"{name} means something else in a table", "another name")
            elif measure is not None:
                of = programme if own == "" else own
                part = self._slice(each, MEASURES[measure], where, of)
                there = of is not None and (part is None or reads.reported(self.bureau, part))
                yield name, Series(name, title, MEASURES[measure].unit, part, there)
            seen.add(name)

    def _slice(
        self, table: Table, measure: Measure, where: Where, programme: str | None
    ) -> Slice | None:
        if measure.take == "all" or measure.kind in ("date", "state"):
            table.note("measure", f"{measure.name} is no number", "a number")
            return None
        for dimension in where:
            try:
                measure.dimension(dimension)
            except Unknown as error:
                what, _, expected = str(error).partition("；")
                table.note("where", what, expected)
                return None
        if programme is None:
            return None
        of = {PROGRAMME.name: (programme,)}
        if programme and PROGRAMME in measure.dimensions:
            where = {**of, **where}
        try:
            return slice_of(self.bureau, measure.name, where)
        except Unknown as error:
            if self.strict:
                what, _, expected = str(error).partition("；")
                table.note("where", what, expected)
            return None

    def _charts(self, table: Table, series: Mapping[str, Series]) -> Iterator[ChartPlan]:
        for each in table.tables("charts"):
            title, kind = each.text("title"), each.one_of("kind", KINDS)
            names = self._named(each, "series", series)
            each.end()
            units = {series[name].unit for name in names if name in series}
            if len(units) > 1:
                each.note("series", "they have several units", "series of one unit")
            if not 0 < len(names) <= MOST_IN_CHART:
                each.note("series", f"{len(names)} series", f"1 to {MOST_IN_CHART}")
            if kind is not None:
                yield ChartPlan(title, kind, names)

    @staticmethod
    def _named(table: Table, key: str, series: Mapping[str, Series]) -> tuple[str, ...]:
        names = table.texts(key)
        for number, name in enumerate(names):
            if series and name not in series:
                at = (*table.path, key, number)
                table.document.note(at, f"no series {name!r}", f"one of {listed(series)}")
        return names
