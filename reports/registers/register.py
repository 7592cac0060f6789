"""A public register (名录): which rows of a read model it shows, under which columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.bureau.bureau import Bureau
from reports.registers.model import Kind, Public
from reports.registers.public import PUBLIC


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: what it is called, and where it is from.

    `item` says of which kind of row, where the read model holds several; `by` are the columns of
    the register's own read model that name what is looked up in another one.
    """

    name: str
    title: str
    model: str
    column: str
    item: str = ""
    by: tuple[str, ...] = ()
    unit: str = ""
    choose: bool = False
    """Whether readers choose among the values that there are."""
    to: str = ""
    """The register that has more of what it names, in its column of the same name."""

    @property
    def public(self) -> Public:
        """What is public of the read model that it is from."""
        return PUBLIC[self.model]

    @property
    def kind(self) -> Kind:
        """What it holds, as people read it."""
        return "text" if self.is_coded else self.public.kind(self.column)

    @property
    def is_coded(self) -> bool:
        """Whether it holds codes that have names."""
        return self.public.is_coded(self.column)

    @property
    def is_list(self) -> bool:
        """Whether it holds several values at once."""
        return self.public.is_list(self.column)

    def names(self, bureau: Bureau) -> Mapping[str, str]:
        """Code → name; empty where it holds no codes."""
        return self.public.names(self.column, bureau)


@dataclass(frozen=True, slots=True)
class Register:
    """A register as it is defined, with what says that it is to be public."""

    name: str
    """In its address."""
    title: str
    item: str
    """What it is called in the catalogue of what is to be public (标准目录)."""
    basis: str
    content: str
    """What it holds, in a sentence."""
    working_days: int | None
    """Within how many working days of a change it is to be public; None = no limit is known."""
    model: str
    key: str
    """The column of the read model that names one record."""
    only: str
    """The kind of rows, where the read model holds several; else empty."""
    columns: Mapping[str, Shown]
    """By name, in the order of the page; the first one is what a record is called."""
    filters: tuple[str, ...]
    sort: tuple[str, ...]
    """Columns that it can be sorted by, either way."""
    usual: str
    """How it is sorted where nobody asks for anything else: a column, with - before it from the
    last to the first."""
    search: tuple[str, ...]
    bureau: Bureau
    of: str = ""
    """The register whose records its rows are of: their pages have them, and it has none."""
    connected: bool = True
    """Whether a system reports what it shows: else it says 未接入."""

    @property
    def public(self) -> Public:
        """What is public of its read model."""
        return PUBLIC[self.model]

    @property
    def models(self) -> frozenset[str]:
        """The read models that it rests on."""
        shown = (self.public, *(column.public for column in self.columns.values()))
        needed = (public.made_of | public.needs() for public in shown)
        worked = (column.public.rests_on(column.column) for column in self.columns.values())
        return frozenset[str]().union(*needed, *worked)
