"""Definitions in two layers: those of the country, and what a bureau's own file says of them.

A bureau switches one of the country off or on, says that no system reports it, or defines others.
What is wrong with any of them is noted, with file and line; a definition with a mistake is not
among those that are right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from domain.bureau.bureau import Bureau
from domain.bureau.reading import NATIONAL
from domain.bureau.reading.tables import Document, Table
from domain.bureau.reading.wrong import Wrong
from domain.laws import BasisWrong, Laws, basis
from infra.bureaus import national_file


class Defined(Protocol):
    """What is defined: a dataclass that says whether a system reports it."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def connected(self) -> bool: ...


T = TypeVar("T", bound=Defined)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of definitions: its file in both folders, and how they stand in it."""

    file: str
    noun: str
    """What its tables are called."""
    key: str
    """That names one."""
    pattern: re.Pattern[str]
    written: str
    """How a name is written, in words."""
    mark: str
    """A key that every definition has; without it a table says something of one of the country."""

    @property
    def switches(self) -> tuple[str, ...]:
        """What such a table may say."""
        return (self.key, "shown", "connected")


@dataclass(slots=True)
class Layered(Generic[T]):
    """The definitions of a bureau."""

    found: dict[str, T] = field(default_factory=dict)
    """Those that are right, by name, whether they are shown or not."""
    hidden: set[str] = field(default_factory=set)
    tables: dict[str, Table] = field(default_factory=dict)
    """Where each is defined, also those with a mistake."""
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def shown(self) -> Mapping[str, T]:
        """Those that are right, and are shown."""
        return {name: each for name, each in self.found.items() if name not in self.hidden}

    @property
    def national(self) -> frozenset[str]:
        """The names of those of the country."""
        return frozenset(name for name, each in self.tables.items() if not is_own(each))


Make = Callable[[Table, str], T | None]
"""A definition of its table and its name; None where it cannot be made."""


def read(bureau: Bureau, kind: Kind, make: Make[T]) -> Layered[T]:
    """The definitions of a kind."""
    made: Layered[T] = Layered()
    national, own = NATIONAL + kind.file, kind.file
    defaults = {national: national_file(kind.file), own: b""}
    for file, default in defaults.items():
        document = Document(file, bureau.files.get(file, default), made.wrong)
        for table in document.top.tables(kind.noun):
            _define(made, kind, table, make)
        document.top.end()
    return made


def is_own(table: Table) -> bool:
    """Whether it stands in the bureau's own file."""
    return not table.document.file.startswith(NATIONAL)


def _define(made: Layered[T], kind: Kind, table: Table, make: Make[T]) -> None:
    before = len(made.wrong)
    name = table.code(kind.key, kind.pattern, kind.written)
    if is_own(table) and name in made.tables and kind.mark not in table:
        _switch(made, kind, table, name)
        return
    if name in made.tables:
        table.note(kind.key, f"the {kind.noun} {name} stands here twice", f"another {kind.key}")
    shown = table.flag("shown", default=True)
    defined = make(table, name)
    table.end()
    made.tables[name] = table
    if defined is not None and len(made.wrong) == before:
        made.found[name] = defined
        made.hidden |= set() if shown else {name}


def _switch(made: Layered[T], kind: Kind, table: Table, name: str) -> None:
    """What the bureau says of one of the country."""
    if "shown" not in table and "connected" not in table:
        table.note(None, f"nothing is said of {name}", "shown or connected")
    shown = table.flag("shown", default=name not in made.hidden)
    connected = table.flag("connected", default=True)
    made.hidden.discard(name)
    if not shown:
        made.hidden.add(name)
    if name in made.found:
        there = made.found[name]
        made.found[name] = replace(there, connected=there.connected and connected)
    for key in table:
        if key not in kind.switches:
            table.note(key, f"{name} is defined for the whole country", f"one of {kind.switches}")


def basis_of(table: Table, laws: Laws, example: str) -> str:
    """What says that it is to be public: laws that are known; `example` as they are written."""
    text = table.text("basis")
    try:
        citations = basis(text).citations if text else ()
    except BasisWrong as error:
        table.note("basis", str(error), f"laws and articles, such as {example}")
        return text
    for citation in citations:
        if not laws.named(citation.law):
            table.note("basis", f"no law {citation.law}", "a law of laws.toml")
    return text
