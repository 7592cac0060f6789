"""Reading maps: all that does not fit the contract or the bureau is told, by file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from domain.bureau.bureau import Bureau
from domain.bureau.reading.tables import Document, Table, listed, shown
from domain.bureau.reading.wrong import Wrong
from domain.event import Event
from rosters.cells import UNITS, folded
from rosters.contract import EACH, Field, field_of, latest, needed_of
from rosters.grants import BY_LINE, Grants
from rosters.maps import (
    FOLDER,
    PERSONS,
    WORDS,
    Column,
    Complete,
    Family,
    LeaveOut,
    RosterMap,
    digest_of,
    places,
)

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 40
_POINTER = re.compile(r"(/[a-z_]+(/([0-9]|-))?)+")
_MOST_HEADING_ROWS = 4
_SCALARS = (str, int, bool, date)


def check(bureau: Bureau, folder: Path) -> list[Wrong]:
    """What is wrong with the maps of a bureau's folder."""
    wrong: list[Wrong] = []
    for name, path in places(folder).items():
        _, found = read_map(name, path.read_bytes(), bureau)
        wrong += found
    return wrong


def read_map(name: str, raw: bytes, bureau: Bureau) -> tuple[RosterMap | None, list[Wrong]]:
    """The map of a file, and all that is wrong with it: it is made only where nothing is."""
    wrong: list[Wrong] = []
    file = f"{FOLDER}{name}.toml"
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        expected = f"lower-case words joined by -, at most {_LONGEST_NAME}"
        wrong.append(Wrong(file, 1, f"a map named {name!r}", expected))
    top = Document(file, raw, wrong).top
    made = _map(name, top, bureau, digest_of(raw)) if not wrong else None
    top.end() if made else None
    return (None if wrong else made), wrong


def _map(name: str, top: Table, bureau: Bureau, digest: str) -> RosterMap | None:
    title = top.text("title")
    family: Family | None = top.one_of("family", ("cases", "facts"))
    grants: Grants | None = None
    programme, model = "", None
    if family == "cases":
        programme, grants = _granted(top, bureau)
        model = grants and grants.begin
    elif family == "facts":
        model = _fact(top)
    source = _source(top, bureau, (model,) if grants is None else grants.all)
    if model is None:
        return None
    columns = tuple(_columns(top, model, bureau))
    constants = dict(_constants(top, model))
    if grants is not None:
        constants |= {"/programme": programme, "/taken_over_on": "@day-before"}
    complete: Complete | None = None
    if grants is not None:
        complete = top.one_of("complete", ("programme", "townships", "no"), needed=False)
    made = RosterMap(
        name,
        title,
        family or "facts",
        source,
        model,
        grants,
        programme,
        columns,
        constants,
        ("/case_number",) if grants else _key(top, columns, model),
        complete or "programme",
        top.text("sheet", needed=False),
        _heading_rows(top),
        tuple(_left_out(top)),
        digest,
    )
    _check_whole(top, made)
    return made


def _granted(top: Table, bureau: Bureau) -> tuple[str, Grants | None]:
    code = top.text("programme")
    programme = bureau.programmes.get(code)
    if code and programme is None:
        top.note("programme", f"no programme {code!r}", f"one of {listed(bureau.programmes)}")
    if programme is None:
        return code, None
    grants = BY_LINE.get(programme.line)
    if grants is None or programme.pays == "once":
        top.note("programme", f"{code} is not granted monthly, or to children", "another one")
        return code, None
    return code, grants


def _fact(top: Table) -> type[Event] | None:
    name = top.text("type")
    model = latest(name) if name else None
    if name and model is None:
        top.note("type", f"no event {name!r}", "one such as assistance.payment-settled")
    return model


def _source(top: Table, bureau: Bureau, types: tuple[type[Event] | None, ...]) -> str:
    name = top.text("source")
    source = bureau.sources.get(name)
    if name and source is None:
        top.note("source", f"no source {name!r}", f"one of {listed(bureau.sources)}")
    if source is not None and source.numbered:
        expected = "a source without numbered = true, such as one for rosters"
        top.note("source", f"{name} numbers its events, a roster's have no numbers", expected)
    for event in types:
        if source is not None and event is not None and not source.may(event.TYPE):
            top.note("source", f"{name} may not say {event.TYPE}", "a source whose lines hold it")
    return name


def _heading_rows(top: Table) -> int:
    number = top.number("heading_rows") if "heading_rows" in top else 1
    if number is not None and not 1 <= number <= _MOST_HEADING_ROWS:
        top.note("heading_rows", f"heading_rows = {number}", f"1 to {_MOST_HEADING_ROWS}")
    return number or 1


def _heading(table: Table) -> tuple[str, ...]:
    value = table.raw("heading")
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        table.note(
            "heading", f"heading = {shown(value)}", "a text, or one for each row of headings"
        )
        return ()
    return tuple(text.strip() for text in texts if folded(text))


def _columns(top: Table, model: type[Event], bureau: Bureau) -> Iterator[Column]:
    seen: set[tuple[str, ...] | str] = set()
    for table in top.tables("column", needed=True):
        written = _heading(table)
        heading = tuple(map(folded, written))
        counts = table.one_of("check", (PERSONS,), needed=False) == PERSONS
        pointer = "" if counts else table.code("field", _POINTER, "a pointer such as /amount_fen")
        field = field_of(model, pointer) if pointer else None
        if pointer and field is None:
            table.note("field", f"{model.TYPE} has no field {pointer}", "a field of its contract")
        unit = table.one_of(
            "unit", tuple(UNITS), needed=field is not None and field.kind == "money"
        )
        if unit and (field is None or field.kind != "money"):
            table.note("unit", "a unit of what is no money", "no unit")
        yes = tuple(map(folded, table.texts("yes")))
        if yes and (field is None or field.kind != "flag"):
            table.note("yes", "words for yes of what is no yes or no", "no such words")
        column = Column(
            heading,
            written,
            field,
            unit or "",
            dict(_codes(table, field, bureau)),
            yes,
            table.flag("add_up"),
            table.flag("optional"),
        )
        for mark in (heading, pointer):
            if mark and mark in seen:
                table.note(None, f"{shown(pointer or column.title)} stands here twice")
            seen.add(mark)
        table.end()
        yield column


def _codes(table: Table, field: Field | None, bureau: Bureau) -> Iterator[tuple[str, str]]:
    codes = table.table("codes")
    if codes is None:
        return
    names = {} if field is None else field.names(bureau)
    if field is None or field.kind not in ("choice", "listed"):
        table.note("codes", "codes of what has none", "a field of codes")
        return
    within = bureau.lists[field.listed] if field.listed else names
    for word in codes.keys():  # noqa: SIM118  asking for its keys is more than iterating
        code = codes.text(word)
        if code and code not in within:
            codes.note(word, f"no code {shown(code)}", f"one of {listed(names)}")
        yield folded(word), code


def _constants(top: Table, model: type[Event]) -> Iterator[tuple[str, Any]]:
    table = top.table("constants")
    if table is None:
        return
    for pointer in table.keys():  # noqa: SIM118  as above
        value = table.raw(pointer)
        field = field_of(model, pointer) if _POINTER.fullmatch(pointer) else None
        if field is None:
            table.note(pointer, f"{model.TYPE} has no field {pointer}", "a field of its contract")
        elif isinstance(value, str) and value.startswith("@") and value not in WORDS:
            table.note(pointer, f"no word {shown(value)}", f"one of {listed(WORDS)}")
        elif not isinstance(value, _SCALARS):
            table.note(pointer, f"{pointer} = {shown(value)}", "a text, a number, true or false")
        else:
            yield pointer, value.isoformat() if isinstance(value, date) else value


def _key(top: Table, columns: tuple[Column, ...], model: type[Event]) -> tuple[str, ...]:
    known = {column.field.pointer for column in columns if column.field}
    pointers = top.texts("key")
    for number, pointer in enumerate(pointers):
        if pointer not in known:
            at = (*top.path, "key", number)
            top.document.note(at, f"no column has the field {pointer}", f"one of {listed(known)}")
    stream = f"/{model.KEY}"
    return pointers if stream in pointers else (stream, *pointers)


def _left_out(top: Table) -> Iterator[LeaveOut]:
    for table in top.tables("leave_out"):
        heading, values = _heading(table), table.texts("values", needed=True)
        table.end()
        yield LeaveOut(heading, values)


def _check_whole(top: Table, made: RosterMap) -> None:
    """Notes what the contract asks for and nothing of the map gives."""
    given: dict[str, Any] = {c.field.pointer: c for c in made.columns if c.field}
    for pointer in made.constants:
        if pointer in given:
            top.note("constants", f"{pointer} is a column, too", "one of the two")
        given[pointer] = None
    if "/village" in given:
        given["/township"] = None  # its first nine digits
    for pointer in list(given):
        if pointer.endswith("/id_number"):
            given[pointer.removesuffix("number") + "kind"] = (
                None  # 居民身份证, where nothing is said
            )
        if made.grants and f"/{EACH}/" in pointer:
            given["/members/-/covered"] = None
    for pointer in needed_of(made.model, given):
        expected = "a column for it, or a constant"
        top.note("column", f"{made.model.TYPE} asks for {pointer}", expected)
    if made.grants and not any(p.startswith(made.grants.person) for p in given):
        top.note("column", "no column says whom it is granted", made.grants.person)
