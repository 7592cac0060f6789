"""Standards and programmes: what is granted, and that each follows a standard that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from domain.bureau.parameters import PARAMETERS
from domain.bureau.programmes import (
    Begins,
    Exclusion,
    Family,
    Item,
    Least,
    Level,
    Mode,
    Pays,
    Programme,
    Standard,
    Unit,
)
from domain.bureau.reading.office import KEBAB, NAME
from domain.bureau.reading.tables import Table, listed

_UNITS: tuple[Unit, ...] = get_args(Unit)
_PAYS: tuple[Pays, ...] = get_args(Pays)
_FAMILIES: tuple[Family, ...] = get_args(Family)
_BEGINS: tuple[Begins, ...] = get_args(Begins)
_MODES: tuple[Mode, ...] = get_args(Mode)
_PARENTS: tuple[Literal["gone", "unable"], ...] = ("gone", "unable")
_BY_STANDARD: frozenset[Pays] = frozenset({"top-up", "flat"})
_TIMES: frozenset[Unit] = frozenset({"户次", "人次"})
_UNIT_FITS = "户次 or 人次 for what is paid once, else 户 or 人"
BASIC = "basic"
"""The item of a payment that names none."""
_GRADES = tuple(name for name, parameter in PARAMETERS.items() if parameter.kind == "grades")


def read_standards(top: Table) -> dict[str, Standard]:
    """Kind → standard, in the order of the file."""
    found: dict[str, Standard] = {}
    for table in top.tables("standard"):
        kind = table.code("kind", NAME, KEBAB)
        standard = Standard(kind, table.text("name"), table.flag("by_area"), _least(table))
        table.end()
        if kind in found:
            table.note("kind", f"the standard {kind} stands here twice")
        elif kind:
            found[kind] = standard
    for table in top.tables("standard"):
        least = table.table("at_least")
        if least is not None and least.raw("of") not in found:
            least.note("of", f"no standard {least.raw('of')!r}", f"one of {listed(found)}")
    return found


def _least(table: Table) -> Least | None:
    least = table.table("at_least")
    if least is None:
        return None
    percent = least.number("percent")
    made = Least(least.code("of", NAME, KEBAB), percent or 0, least.text("basis"))
    least.end()
    return made


def read_programmes(top: Table, standards: Mapping[str, Standard]) -> dict[str, Programme]:
    """Code → programme, in the order of the file."""
    found: dict[str, Programme] = {}
    shorts: set[str] = set()
    beside: list[tuple[Table, str]] = []
    for table in top.tables("programme", needed=True):
        programme = _programme(table, standards, beside)
        table.end()
        if programme.short in shorts:
            table.note("short", f"another programme is called {programme.short}, too")
        shorts.add(programme.short)
        if programme.code in found:
            table.note("code", f"the programme {programme.code} stands here twice")
        elif programme.code:
            found[programme.code] = programme
    for table, other in beside:
        if other not in found:
            table.note("programme", f"no programme {other!r}", f"one of {listed(found)}")
    return found


def _programme(
    table: Table, standards: Mapping[str, Standard], beside: list[tuple[Table, str]]
) -> Programme:
    since, until = table.span()
    pays = table.one_of("pays", _PAYS)
    code = table.code("code", NAME, KEBAB)
    programme = Programme(
        code=code,
        name=table.text("name"),
        short=table.text("short"),
        unit=table.one_of("unit", _UNITS) or "户",
        line=table.one_of("line", _FAMILIES) or "assistance",
        pays=pays or "none",
        basis=table.text("basis"),
        standard=_standard(table, "standard", standards, needed=pays in _BY_STANDARD),
        standards_by_mode=tuple(_by_mode(table, standards)),
        levels=tuple(_levels(table, standards, needed=pays == "graded")),
        items=tuple(_items(table, needed=pays not in {"none", None})),
        one_person=table.flag("one_person"),
        parents=table.one_of("parents", _PARENTS, needed=False),
        grades=table.one_of("grades", _GRADES, needed=False),
        excludes=tuple(_excludes(table, code, beside)),
        begins=table.one_of("begins", _BEGINS, needed=False),
        since=since,
        until=until,
    )
    _check_sense(table, programme)
    for key, fits in (
        ("standard", pays in _BY_STANDARD),
        ("standards_by_mode", pays in _BY_STANDARD),
        ("levels", pays == "graded"),
        ("items", pays != "none"),
    ):
        if pays is not None and key in table and not fits:
            table.note(key, f"{key} means nothing where pays = {pays}")
    return programme


def _excludes(table: Table, own: str, beside: list[tuple[Table, str]]) -> Iterator[Exclusion]:
    """What nobody holds beside it; the other ones are noted, to be looked for when all are read."""
    seen: set[str] = set()
    for each in table.tables("excludes"):
        other = each.code("programme", NAME, KEBAB)
        since, until = each.span()
        document = each.text("document", needed=False) or None
        each.end()
        if other == own:
            each.note("programme", f"{other} excludes itself", "another programme")
        elif other in seen:
            each.note("programme", f"{other} is excluded twice")
        elif other:
            beside.append((each, other))
            yield Exclusion(other, document, since, until)
        seen.add(other)


def _check_sense(table: Table, programme: Programme) -> None:
    """Notes what cannot be true together."""
    once = programme.pays == "once"
    if once is not (programme.unit in _TIMES) and {"pays", "unit"} <= set(table):
        table.note("unit", f"unit = {programme.unit} where pays = {programme.pays}", _UNIT_FITS)
    if once and programme.line != "assistance":
        table.note("pays", f"nothing is paid once where line = {programme.line}", "assistance")
    if programme.one_person and programme.unit in {"户", "户次"}:
        table.note("one_person", f"a case of one person is no {programme.unit}", "人 or 人次")
    if programme.parents is not None and programme.line != "children":
        table.note("parents", f"parents means nothing where line = {programme.line}")


def _standard(
    table: Table, key: str, standards: Mapping[str, Standard], *, needed: bool
) -> str | None:
    kind = table.text(key, needed=needed)
    if kind and kind not in standards:
        table.note(key, f"no standard {kind!r}", f"one of {listed(standards)}")
    return kind or None


def _by_mode(table: Table, standards: Mapping[str, Standard]) -> Iterator[tuple[str, str]]:
    modes = table.table("standards_by_mode")
    for mode in () if modes is None else modes.keys():
        kind = None if modes is None else _standard(modes, mode, standards, needed=True)
        if modes is not None and mode not in _MODES:
            modes.note(mode, f"no mode {mode!r}", f"one of {listed(_MODES)}")
        if kind is not None:
            yield mode, kind


def _levels(table: Table, standards: Mapping[str, Standard], *, needed: bool) -> Iterator[Level]:
    seen: set[str] = set()
    for each in table.tables("levels", needed=needed):
        code = each.code("code", NAME, KEBAB)
        kind = _standard(each, "standard", standards, needed=True)
        grades = each.one_of("grades", _GRADES, needed=False)
        level = Level(code, each.text("name"), kind or "", grades, _ages(each))
        each.end()
        if code in seen:
            each.note("code", f"the level {code} stands here twice")
        seen.add(code)
        yield level


def _ages(table: Table) -> tuple[int | None, int | None]:
    """Completed years from which and up to which a level is granted."""
    least, most = (table.number(key) if key in table else None for key in ("from_age", "to_age"))
    if least is not None and most is not None and least > most:
        table.note("to_age", f"to_age = {most}", f"a number not below from_age = {least}")
    return least, most


def _items(table: Table, *, needed: bool) -> Iterator[Item]:
    seen: set[str] = set()
    for each in table.tables("items", needed=needed):
        code = each.code("code", NAME, KEBAB)
        item = Item(code, each.text("name"), each.flag("counted"))
        each.end()
        if code in seen:
            each.note("code", f"the item {code} stands here twice")
        seen.add(code)
        yield item
    if "items" in table and needed and BASIC not in seen:
        table.note("items", f"no item {BASIC}", "what is paid where a payment says no item")
