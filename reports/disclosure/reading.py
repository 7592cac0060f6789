"""Reading the catalogue: all that is wrong is noted, with file and line.

A row with a mistake is shown to nobody. The national file lists rows; a bureau's own switches them
off or on, says which are not connected, and may list others. What the national file names and a
bureau does not have (a report plan, a programme) is passed over; in a bureau's own file it is a
mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from domain.bureau.bureau import Bureau
from domain.bureau.parameters import PARAMETERS
from domain.bureau.reading import DISCLOSURE, NATIONAL, national
from domain.bureau.reading.office import KEBAB, NAME
from domain.bureau.reading.tables import Document, Table, listed
from domain.codes import labels_of
from domain.disclosure import Column, Topic
from domain.laws import Laws
from infra.bureaus import national_file
from projections.disclosure import items
from reports import layered, plans, registers, themes
from reports.disclosure.clocked import CLOCKED, RECORDED, RELEASES
from reports.disclosure.row import OPEN_TO_ALL, Audience, Channel, Clock, Kind, Level, Row, Way
from reports.layered import Layered, basis_of

UNITS = ("工作日", "日", "月")
"""Of parameters that are limits."""
CodeOf = TypeVar("CodeOf", bound=str)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a row may name."""

    bureau: Bureau
    laws: Laws
    registers: Collection[str]
    """All that are defined; some may be switched off."""


KIND = layered.Kind(DISCLOSURE, "row", "name", NAME, KEBAB, mark="item")


def read(bureau: Bureau) -> Layered[Row]:
    """The rows that a bureau has."""
    known = _Known(bureau, _laws(bureau), registers.defined(bureau))

    def make(table: Table, name: str) -> Row:
        return _row(table, name, known, own=layered.is_own(table))

    return layered.read(bureau, KIND, make)


def _laws(bureau: Bureau) -> Laws:
    """Those of the bureau; with those of this program, where its national catalogue is read."""
    if NATIONAL + DISCLOSURE in bureau.files:
        return bureau.laws
    name = "laws.toml"
    ours = Document(name, b"", []), Document(name, national_file(name), [])
    return Laws([*bureau.laws.all, *national.laws(*ours).all])


def _row(table: Table, name: str, known: _Known, *, own: bool) -> Row:
    """A row of the catalogue."""
    area, item, content = table.text("area"), table.text("item"), table.text("content")
    kind = table.one_of("kind", _codes(Kind))
    audience = table.one_of("audience", _codes(Audience))
    limits, served = tuple(_limits(table, "limits")), _served(table, known, own=own)
    every = next(iter(_limits(table, "every", single=True)), "")
    connected = table.flag("connected", default=True)
    columns = tuple(_among(table, "columns", _codes(Column)))
    if every and not columns:
        table.note("every", "every says nothing without columns", 'columns = ["work-news"]')
    if "topics" in table and not columns:
        table.note("topics", "topics say nothing without columns", 'columns = ["work-news"]')
    made = Row(
        name=name,
        area=area,
        item=item,
        content=content,
        basis=basis_of(table, known.laws, "政府信息公开条例 21"),
        body=table.text("body"),
        kind=kind or "publication",
        audience=audience or "staff",
        channels=tuple(_among(table, "channels", _codes(Channel), needed=True)),
        levels=tuple(_among(table, "levels", _codes(Level), needed=True)),
        ways=tuple(_among(table, "ways", _codes(Way), needed=True)),
        limits=limits,
        runs_from=table.text("runs_from", needed=False),
        every=every,
        registers=served["registers"],
        plans=served["plans"],
        themes=served["themes"],
        columns=columns,
        topics=tuple(_among(table, "topics", _codes(Topic))),
        clocks=tuple(_clocks(table, known, limits, own=own)),
    )
    _check_audience(table, made)
    made = replace(made, clocks=(*made.clocks, *_of_reports(made, known.bureau)))
    return replace(made, connected=connected and _told(made, known.bureau))


def _codes(of: Any) -> tuple[Any, ...]:
    """The codes of a list."""
    return tuple(labels_of(of))


def _among(
    table: Table, key: str, codes: Collection[CodeOf], *, needed: bool = False
) -> Iterator[CodeOf]:
    """The codes that a list names; one that there is not is a mistake."""
    for number, each in enumerate(table.texts(key, needed=needed)):
        match = next((code for code in codes if code == each), None)
        if match is None:
            at = (*table.path, key, number)
            table.document.note(at, f"{key} holds {each!r}", f"one of {listed(codes)}")
        else:
            yield match
    if needed and table.raw(key) == []:
        table.note(key, f"{key} is empty", f"one of {listed(codes)}")


def _limits(table: Table, key: str, *, single: bool = False) -> Iterator[str]:
    """The parameters that a key names as limits."""
    named = [table.text(key, needed=False)] if single else table.texts(key)
    fits = [name for name, each in PARAMETERS.items() if each.unit in UNITS]
    for number, name in enumerate(filter(None, named)):
        if name in fits:
            yield name
            continue
        at = (*table.path, key) if single else (*table.path, key, number)
        alike = [each for each in fits if each.partition(".")[0] == name.partition(".")[0]]
        table.document.note(
            at, f"{name!r} is no parameter that is a limit", f"one of {listed(alike or fits)}"
        )


def _served(table: Table, known: _Known, *, own: bool) -> dict[str, tuple[str, ...]]:
    """The registers, report plans and themes that serve a row and are shown."""
    shown: dict[str, Collection[str]] = {
        "registers": registers.of(known.bureau),
        "plans": plans.of(known.bureau),
        "themes": themes.of(known.bureau),
    }
    there = shown | {"registers": known.registers}
    found: dict[str, tuple[str, ...]] = {}
    for key, names in there.items():
        named = table.texts(key)
        for number, name in enumerate(named):
            if name not in names and (own or key == "registers"):
                at = (*table.path, key, number)
                table.document.note(at, f"no {key[:-1]} {name!r}", f"one of {listed(list(names))}")
        found[key] = tuple(name for name in named if name in shown[key])
    return found


def _clocks(table: Table, known: _Known, limits: tuple[str, ...], *, own: bool) -> Iterator[Clock]:
    """The clocks of a row, each with the row's limits where it has none of its own."""
    models = tuple(name for name in CLOCKED if name != RELEASES)
    for each in table.tables("clocks"):
        model = each.one_of("model", models)
        if model is None:
            for key in ("from", "done", "until", "only", "limits"):
                each.raw(key)
            each.end()
            continue
        clocked = CLOCKED[model]
        days = tuple(clocked.days)
        start = each.one_of("from", days, needed=False) or ""
        done = each.one_of("done", (*days, RECORDED)) or ""
        until = each.one_of("until", days, needed=False) or ""
        if done == RECORDED and not start:
            each.note("done", f"{RECORDED} says nothing without from", f"from = one of {days}")
        codes = clocked.codes(known.bureau)
        named = tuple(_among(each, "only", codes)) if own else each.texts("only")
        if "only" in each and not clocked.of:
            each.note("only", f"the rows of {model} are of one kind", "no only")
        chosen = tuple(code for code in named if code in codes)
        own_limits = tuple(_limits(each, "limits"))
        each.end()
        if chosen or not named:
            yield Clock(model, done, start, until, chosen, own_limits or limits)


def _check_audience(table: Table, row: Row) -> None:
    """Notes where what is for some would stand before everybody."""
    if row.is_public:
        return
    for number, channel in enumerate(row.channels):
        if channel in OPEN_TO_ALL:
            at = (*table.path, "channels", number)
            where = [each for each in _codes(Channel) if each not in OPEN_TO_ALL]
            table.document.note(
                at, f"everybody reads {channel}, and it is not for all", f"one of {listed(where)}"
            )
    for key in ("registers", "plans", "themes", "columns"):
        if table.raw(key):
            table.note(key, f"{key} are for everybody, and it is not", 'audience = "all"')


def _of_reports(row: Row, bureau: Bureau) -> Iterator[Clock]:
    """The clock of the annual reports that serve a row: from the end of each year."""
    known = plans.of(bureau)
    annual = tuple(name for name in row.plans if known[name].kind == "annual")
    if annual and row.limits:
        yield Clock(RELEASES, "published_on", "ended_on", only=annual, limits=row.limits)


def _told(row: Row, bureau: Bureau) -> bool:
    """Whether any system of the bureau may report what serves a row, or what its clocks read."""
    kinds = {kind for clock in row.clocks for kind in clock.clocked.model.types}
    kinds |= items.types if row.columns else set()
    known = registers.of(bureau)
    return (
        bool(row.plans)
        or any(themes.of(bureau)[path].connected for path in row.themes)
        or any(known[name].connected for name in row.registers)
        or any(source.may(kind) for source in bureau.sources.values() for kind in kinds)
    )
