"""Reading definitions of registers: all that is wrong is noted, with file and line.

A register with a mistake is shown to nobody. The national file defines registers; a bureau's own
switches them off or on, says which are not connected, and may define others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from domain.bureau.bureau import Bureau
from domain.bureau.reading import NATIONAL, REGISTERS
from domain.bureau.reading.office import KEBAB, NAME
from domain.bureau.reading.tables import Document, Table, listed
from domain.bureau.reading.wrong import Wrong
from domain.laws import BasisWrong, basis
from infra.bureaus import national_file
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
_SWITCHES = ("name", "shown", "connected")


def read(bureau: Bureau) -> tuple[Mapping[str, Register], tuple[Wrong, ...]]:
    """The registers that a bureau shows, by name, and all that is wrong with the definitions."""
    wrong: list[Wrong] = []
    file = NATIONAL + REGISTERS
    national = Document(file, bureau.files.get(file, national_file(REGISTERS)), wrong)
    own = Document(REGISTERS, bureau.files.get(REGISTERS, b""), wrong)
    found: dict[str, Register] = {}
    hidden: set[str] = set()
    known: dict[str, Table] = {}
    for document in (national, own):
        for table in document.top.tables("register"):
            before = len(wrong)
            name = table.code("name", NAME, KEBAB)
            if document is own and name in known and "model" not in table:
                _switched(table, name, found, hidden)
                continue
            if name in known:
                table.note("name", f"the register {name} stands here twice", "another name")
            made = _register(table, name, bureau)
            known[name] = table
            if len(wrong) == before and made is not None:
                found[name] = made
                hidden |= set() if table.flag("shown", default=True) else {name}
        document.top.end()
    for name, each in list(found.items()):
        named = {each.of, *(column.to for column in each.columns.values())} - {"", *known}
        for other in sorted(named):
            known[name].note("name", f"{name} leads to {other}", f"one of {listed(known)}")
            found.pop(name, None)
    shown = {name: each for name, each in found.items() if name not in hidden}
    return {name: _among(each, shown) for name, each in shown.items()}, tuple(wrong)


def _among(register: Register, shown: Mapping[str, Register]) -> Register:
    """A register that leads to no other than those that are shown."""
    columns = {
        name: column if column.to in shown else replace(column, to="")
        for name, column in register.columns.items()
    }
    of = register.of if register.of in shown and shown[register.of].connected else ""
    return replace(register, columns=columns, of=of)


def national(bureau: Bureau) -> frozenset[str]:
    """The names of the registers that are defined for the whole country."""
    raw = bureau.files.get(NATIONAL + REGISTERS, national_file(REGISTERS))
    document = Document(NATIONAL + REGISTERS, raw, [])
    return frozenset(each.text("name") for each in document.top.tables("register"))


def _switched(table: Table, name: str, found: dict[str, Register], hidden: set[str]) -> None:
    """What the bureau says of a register of the country."""
    if "shown" not in table and "connected" not in table:
        table.note(None, f"nothing is said of {name}", "shown or connected")
    shown = table.flag("shown", default=name not in hidden)
    connected = table.flag("connected", default=True)
    hidden.discard(name)
    if not shown:
        hidden.add(name)
    if name in found:
        there = found[name]
        found[name] = replace(there, connected=there.connected and connected)
    for key in table:
        if key not in _SWITCHES:
            table.note(key, f"{name} is defined for the whole country", f"one of {_SWITCHES}")


def _register(table: Table, name: str, bureau: Bureau) -> Register | None:
    model = table.one_of("model", tuple(PUBLIC))
    public = None if model is None else PUBLIC[model]
    title, item = table.text("title"), table.text("item")
    content = table.text("content")
    rests_on = _basis(table, bureau)
    limited = table.raw("working_days") is not None
    working_days = table.number("working_days") if limited else None
    key = table.text("key")
    only = table.text("only", needed=public is not None and public.kinds is not None)
    connected = table.flag("connected", default=True)
    table.flag("shown", default=True)
    columns = {} if public is None else dict(_columns(table, public))
    for each in ("columns", "filters", "sort", "search"):
        table.raw(each)
    if public is None or model is None:
        table.end()
        return None
    if key and (key not in public.columns or public.kind(key) not in ("text", "number")):
        table.note("key", f"{model} has no public column {key!r} that names a record")
    _check_kind(table, "only", only, public)
    usual, sort = _sort(table, columns)
    register = Register(
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
    table.end()
    return register


def _told(public: Public, bureau: Bureau) -> bool:
    """Whether any system of the bureau may report what a read model is made of."""
    return any(
        source.may(kind) for source in bureau.sources.values() for kind in public.model.types
    )


def _basis(table: Table, bureau: Bureau) -> str:
    """What says that it is public: laws that are known."""
    text = table.text("basis")
    try:
        citations = basis(text).citations if text else ()
    except BasisWrong as error:
        table.note("basis", str(error), "laws and articles, such as 地名管理条例 14")
        return text
    for citation in citations:
        if not bureau.laws.named(citation.law):
            table.note("basis", f"no law {citation.law}", "a law of laws.toml")
    return text


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
