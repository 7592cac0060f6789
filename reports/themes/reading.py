"""Reading definitions of themes: all that is wrong is noted, with file and line.

A theme with a mistake is shown to nobody. The national file defines themes; a bureau's own switches
them off or on, says which are not connected, and may define others. A national one about what a
bureau has not (a programme, a standard) is no mistake: it is not connected there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from domain.bureau.bureau import Bureau
from domain.bureau.reading import NATIONAL, THEMES
from domain.bureau.reading.tables import Document, Table, listed
from domain.bureau.reading.wrong import Wrong
from domain.laws import BasisWrong, basis
from infra.bureaus import national_file
from projections.catalogue import READ_MODELS
from reports import reads, registers
from reports.catalogue import MEASURES, slice_of
from reports.dimensions import PROGRAMME, TOWNSHIP
from reports.measure import Measure, Slice, Unknown
from reports.plans.quantities import Where, where_of
from reports.themes.theme import By, ChartKind, ChartPlan, Series, Theme

PATH = re.compile(r"[a-z][a-z-]*(/[a-z][a-z-]*)?")
NAME = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = frozenset(
    {
        *("reports", "releases", "registers", "themes", "figures", "statements", "static"),
        *("findings", "parked", "waiting", "quarantine", "entries", "streams", "disclosure"),
        *("corrections", "desk"),
        *("index", "healthz", "readyz", "metrics"),
    }
)
"""Addresses of other pages."""
RESERVED = frozenset({"period", "unit", "place", "code", "edition", "ledger", "release"})
"""What a table of a theme says besides; no series is called so."""
BYS: tuple[By, ...] = ("month", "year")
KINDS: tuple[ChartKind, ...] = ("line", "bar")
MOST_IN_CHART = 4
"""So many can be told apart in grey."""
_SWITCHES = ("path", "shown", "connected")
_TYPES = {model.name: model.types for model in READ_MODELS}


def read(bureau: Bureau) -> tuple[Mapping[str, Theme], tuple[Wrong, ...]]:
    """The themes that a bureau shows, by path, and all that is wrong with the definitions."""
    wrong: list[Wrong] = []
    file = NATIONAL + THEMES
    national = Document(file, bureau.files.get(file, national_file(THEMES)), wrong)
    own = Document(THEMES, bureau.files.get(THEMES, b""), wrong)
    found: dict[str, Theme] = {}
    hidden: set[str] = set()
    known: set[str] = set()
    taken = {*TAKEN, *registers.of(bureau)}
    for document in (national, own):
        for table in document.top.tables("theme"):
            before = len(wrong)
            path = table.code("path", PATH, "a-z and -, one or two parts with / between them")
            if document is own and path in known and "title" not in table:
                _switched(table, path, found, hidden)
                continue
            if path in known:
                table.note("path", f"the theme {path} stands here twice", "another path")
            if path.partition("/")[0] in taken:
                table.note("path", f"/{path} is another page", "another path")
            made = _Reader(bureau, strict=document is own).theme(table, path)
            known.add(path)
            if len(wrong) == before:
                found[path] = made
                hidden |= set() if table.flag("shown", default=True) else {path}
        document.top.end()
    return {path: each for path, each in found.items() if path not in hidden}, tuple(wrong)


def _switched(table: Table, path: str, found: dict[str, Theme], hidden: set[str]) -> None:
    """What the bureau says of a theme of the country."""
    if "shown" not in table and "connected" not in table:
        table.note(None, f"nothing is said of {path}", "shown or connected")
    hidden.discard(path)
    if not table.flag("shown", default=True):
        hidden.add(path)
    connected = table.flag("connected", default=True)
    if path in found:
        found[path] = replace(found[path], connected=found[path].connected and connected)
    for key in table:
        if key not in _SWITCHES:
            table.note(key, f"{path} is defined for the whole country", f"one of {_SWITCHES}")


class _Reader:
    """Reads the definition of one theme; `strict`: what the bureau has not is a mistake."""

    def __init__(self, bureau: Bureau, *, strict: bool) -> None:
        self.bureau, self.strict = bureau, strict

    def theme(self, table: Table, path: str) -> Theme:
        """The theme, as far as it is right."""
        title, content = table.text("title"), table.text("content")
        rests_on = self._basis(table)
        by: By = table.one_of("by", BYS, needed=False) or "month"
        programme = self._programme(table)
        connected = table.flag("connected", default=True)
        table.flag("shown", default=True)
        series = dict(self._series(table, programme))
        charts = tuple(self._charts(table, series))
        places = self._named(table, "places", series)
        for number, name in enumerate(places):
            part = series[name].slice if name in series else None
            if part is not None and TOWNSHIP not in part.measure.dimensions:
                what = f"{part.measure.name} is not cut by {TOWNSHIP.name}"
                table.document.note((*table.path, "places", number), what)
        front = self._named(table, "front", series)
        table.end()
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

    def _basis(self, table: Table) -> str:
        text = table.text("basis")
        try:
            citations = basis(text).citations if text else ()
        except BasisWrong as error:
            table.note("basis", str(error), "laws and articles, such as 社会救助暂行办法 9")
            return text
        for citation in citations:
            if not self.bureau.laws.named(citation.law):
                table.note("basis", f"no law {citation.law}", "a law of laws.toml")
        return text

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
                there = of is not None and (part is None or self._told(part))
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

    def _told(self, part: Slice) -> bool:
        """Whether any system of the bureau may report what it counts."""
        kinds = {kind for name in reads.of_slice(part) for kind in _TYPES[name]}
        return any(source.may(kind) for source in self.bureau.sources.values() for kind in kinds)

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
