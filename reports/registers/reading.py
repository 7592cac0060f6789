"""Reading definitions of registers: all that is wrong is noted, with file and line.

A register with a mistake is shown to nobody. The national file defines registers; a bureau's own
switches them off or on, says which are not connected, and may define others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from domain.bureau.bureau import Bureau
from domain.bureau.reading import REGISTERS
from domain.bureau.reading.office import KEBAB, NAME
from domain.bureau.reading.tables import Table, listed
from reports import layered
from reports.addresses import TAKEN
from reports.layered import Kind, Layered, basis_of
from reports.registers.model import Public
from reports.registers.public import PUBLIC
from reports.registers.register import Register, Shown

_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset(
    {"ledger", "asof", "at", "q", "sort", "page", "size", "was", "token", "id", "address"}
    | {"fields", "limit", "after"}
)
"""What an address or an answer says of a register; no column is called so."""
_DERIVED = ("_name", "_from", "_to")
"""Endings of what stands beside a code, and of the first and the last day that are asked for."""


KIND = Kind(REGISTERS, "register", "name", NAME, KEBAB, mark="model")


def read(bureau: Bureau) -> Layered[Register]:
    """The registers of a bureau, those that lead to others only where these are defined."""

    def make(table: Table, name: str) -> Register | None:
        if name in TAKEN:
            table.note("name", f"/{name} is another page", "another name")
        return _register(table, name, bureau)

    made = layered.read(bureau, KIND, make)
    for name, each in list(made.found.items()):
        named = {each.of, *(column.to for column in each.columns.values())} - {"", *made.tables}
        for other in sorted(named):
            expected = f"one of {listed(made.tables)}"
            made.tables[name].note("name", f"{name} leads to {other}", expected)
            made.found.pop(name, None)
    shown = made.shown
    made.found |= {name: _among(each, shown) for name, each in shown.items()}
    return made


def _among(register: Register, shown: Mapping[str, Register]) -> Register:
    """A register that leads to no other than those that are shown."""
    columns = {
        name: column if column.to in shown else replace(column, to="")
        for name, column in register.columns.items()
    }
    of = register.of if register.of in shown and shown[register.of].connected else ""
    return replace(register, columns=columns, of=of)


def _register(table: Table, name: str, bureau: Bureau) -> Register | None:
    model = table.one_of("model", tuple(PUBLIC))
    public = None if model is None else PUBLIC[model]
    title, item = table.text("title"), table.text("item")
    content = table.text("content")
    rests_on = basis_of(table, bureau.laws, "地名管理条例 14")
    limited = table.raw("working_days") is not None
    working_days = table.number("working_days") if limited else None
    key = table.text("key")
    only = table.text("only", needed=public is not None and public.kinds is not None)
    connected = table.flag("connected", default=True)
    columns = {} if public is None else dict(_columns(table, public))
    for each in ("columns", "filters", "sort", "search"):
        table.raw(each)
    if public is None or model is None:
        return None
    if key and (key not in public.columns or public.kind(key) not in ("text", "number")):
        table.note("key", f"{model} has no public column {key!r} that names a record")
    _check_kind(table, "only", only, public)
    usual, sort = _sort(table, columns)
    return Register(
        name=name,
        title=title,
        item=item,
        basis=rests_on,
        content=content,
        working_days=working_days,
        model=model,
        key=key,
        only=only,
        columns=columns,
        filters=tuple(_named(table, "filters", columns, "has no codes to choose from")),
        sort=sort,
        usual=usual,
        search=tuple(_named(table, "search", columns, "is no text")),
        bureau=bureau,
        of=table.text("of", needed=False),
        connected=connected and _told(public, bureau),
    )


def _told(public: Public, bureau: Bureau) -> bool:
    """Whether any system of the bureau may report what a read model is made of."""
    return any(
        source.may(kind) for source in bureau.sources.values() for kind in public.model.types
    )


def _check_kind(table: Table, key: str, kind: str, public: Public) -> None:
    """Notes a kind of rows that is not public, or that nobody needs to name."""
    if public.kinds is None:
        if kind:
            table.note(key, f"{public.model.name} has rows of one kind only", f"no {key}")
    elif kind not in public.kinds[1]:
        expected = f"one of {listed(sorted(public.kinds[1]))}"
        table.note(key, f"rows of the kind {kind!r} are not public", expected)


def _columns(table: Table, base: Public) -> Iterator[tuple[str, Shown]]:
    seen: set[str] = set()
    for each in table.tables("columns", needed=True):
        name = each.code("name", _COLUMN, "a-z, 0-9 and _")
        made = _column(each, name, base)
        each.end()
        if name in seen:
            each.note("name", f"the column {name} stands here twice")
        elif name in RESERVED:
            each.note("name", f"{name} means something else in an address", "another name")
        elif any({name + end, name.removesuffix(end)} & seen - {name} for end in _DERIVED):
            each.note("name", f"{name} is what stands beside another column", "another name")
        elif made is not None:
            if made.kind == "money" and not name.endswith("_fen"):
                each.note(
                    "name", f"{name} is money, in 分", f"a name that ends in _fen: {name}_fen"
                )
            yield name, made
        seen.add(name)


def _column(table: Table, name: str, base: Public) -> Shown | None:
    """A column of the register's read model, or one that is looked up (from = "model.column")."""
    title, unit = table.text("title"), table.text("unit", needed=False)
    said = table.text("from", needed=False) or name
    model, _, column = said.rpartition(".")
    item, by = table.text("item", needed=False), table.texts("by")
    choose, to = table.flag("choose", default=False), table.text("to", needed=False)
    if model and model not in PUBLIC:
        table.note("from", f"{model} is not public", f"one of {listed(sorted(PUBLIC))}")
        return None
    public = PUBLIC[model] if model else base
    known = (*public.columns, *public.worked)
    if column not in known:
        where = "from" if model or "from" in table else "name"
        expected = f"one of {listed(known)}"
        table.note(where, f"{public.model.name} has no public column {column!r}", expected)
        return None
    if not model:
        for key in ("item", "by"):
            if key in table:
                table.note(key, f"{key} means nothing of a column of the register's own rows")
        return Shown(name, title, base.model.name, column, unit=unit, choose=choose, to=to)
    if public.kinds is not None or item:
        _check_kind(table, "item", item, public)
    by = by or public.key
    if len(by) != len(public.key):
        table.note("by", f"by has {len(by)} columns", f"one for each of {listed(public.key)}")
    for each in by:
        if each not in (*base.columns, *base.links):
            expected = f"one of {listed(base.columns)}"
            table.note("by", f"{base.model.name} has no public column {each!r}", expected)
    return Shown(name, title, model, column, item, by, unit, choose, to)


def _sort(table: Table, columns: Mapping[str, Shown]) -> tuple[str, tuple[str, ...]]:
    """How it is sorted as a rule, and what it can be sorted by."""
    named = table.texts("sort", needed=True)
    if table.raw("sort") == []:
        table.note("sort", "sort names no column", "a column")
    for number, each in enumerate(named):
        if columns and each.removeprefix("-") not in columns:
            at = (*table.path, "sort", number)
            table.document.note(at, f"no column {each!r}", f"one of {listed(columns)}")
    return (named[0] if named else "", tuple(each.removeprefix("-") for each in named))


def _named(table: Table, key: str, columns: Mapping[str, Shown], unfit: str) -> Iterator[str]:
    """The columns that a list names: for filters codes, days or what is marked; texts to search."""
    for number, name in enumerate(table.texts(key)):
        at = (*table.path, key, number)
        if name not in columns:
            if columns:
                table.document.note(at, f"no column {name!r}", f"one of {listed(columns)}")
            continue
        column = columns[name]
        fits = column.kind == "text"
        if key == "filters":
            fits = column.is_coded or column.choose or column.kind == "date"
        if not fits or (key == "search" and column.is_coded):
            table.document.note(at, f"the column {name} {unfit}")
        yield name
