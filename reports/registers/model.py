"""What of one read model may stand on a public register: columns, and on which days its rows hold.

SQL here is text in which `{row}` stands for the alias of a row, `{day}` for the day asked about,
`{today}` for the reader's own day, and `{parameter:NAME}` for what a parameter of the bureau is on
that day.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from domain.bureau.bureau import Bureau
from domain.codes import Labels, labels_of
from projections.read_model import MAX_POSITION, ReadModel
from reports.parameters import in_force
from reports.reads import named
from reports.registers.combined import Combined

Kind = Literal["text", "number", "money", "date"]
DAY = "$3::date"
"""SQL: the day that is asked about."""


_STANDING = re.compile(r"\{known:(\w+)\}")
_PARAMETER = re.compile(r"\{parameter:([a-z.-]+)\}")


@dataclass(frozen=True)
class Of:
    """For whom a register is asked: the bureau, and the reader's own day as SQL."""

    bureau: Bureau
    today: str

    def filled(self, sql: str, row: str) -> str:
        """SQL with the row, the days and the bureau's parameters; `{known:x}` stays."""
        sql = _PARAMETER.sub(lambda found: in_force(self.bureau, found[1], self.today), sql)
        return sql.replace("{row}", row).replace("{day}", DAY).replace("{today}", self.today)


@dataclass(frozen=True)
class Worked:
    """A column that is worked out: SQL, its codes if it has some, and what it holds."""

    sql: str
    codes: Any = None
    """A list of codes, or code → name."""
    kind: Kind = "text"


@dataclass(frozen=True)
class Public:
    """The columns of a read model that anybody may see, and when its rows hold.

    A row holds from the day in `since` on, up to the day before that in `until`; with `latest` only
    the last one of those that are alike in these columns does.
    """

    model: ReadModel | Combined
    key: tuple[str, ...]
    """What names the thing that a row is of; others find it by that."""
    columns: tuple[str, ...]
    since: str | None = "valid_from"
    until: str | None = "valid_to"
    latest: tuple[str, ...] = ()
    ended: str | None = None
    """The day from which what the row is of is no more, where the row stays: what is looked up of
    it is then as on its last day."""
    adopted: str | None = None
    """The day on which it was decided: of two that hold from one day on, the later decided does."""
    kinds: tuple[str, frozenset[str]] | None = None
    """A column that says what a row is, and the kinds of rows that name nobody."""
    told_on: Mapping[str, str] = field(default_factory=dict)
    """Column → the day of the step that told it: before that day it holds nothing."""
    told_if: Mapping[str, str] = field(default_factory=dict)
    """Column → SQL over the row: a condition without which it holds nothing."""
    ahead: frozenset[str] = frozenset()
    """Days that are known beforehand; any other day after the one asked about is not told."""
    worked: Mapping[str, Worked] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    """Column → the list of the bureau that has its codes, where its type does not say so."""
    links: tuple[str, ...] = ()
    """Columns by which rows of others are found, and which nobody is shown."""
    only_while: str | None = None
    """SQL: whether a row may be shown on the reader's own day. What may be shown between two days
    only is not there on any day that is asked about, once it is over."""

    @property
    def relation(self) -> str:
        """SQL: what its rows are from."""
        return f"({self.model.sql})" if isinstance(self.model, Combined) else self.model.name

    @property
    def made_of(self) -> frozenset[str]:
        """The read models that its rows are of."""
        model = self.model
        return model.made_of if isinstance(model, Combined) else frozenset({model.name})

    @cached_property
    def types(self) -> Mapping[str, Any]:
        """Column → its type, with the names of its codes."""
        return typing.get_type_hints(self.model.row, include_extras=True)

    @cached_property
    def plain(self) -> Mapping[str, Any]:
        """Column → its type alone."""
        return typing.get_type_hints(self.model.row)

    def kind(self, column: str) -> Kind:
        """What a column holds, by its type."""
        if column in self.worked:
            return self.worked[column].kind
        plain = self.plain[column]
        held = {plain, *typing.get_args(plain)}
        if int in held:
            return "money" if column.endswith("_fen") else "number"
        return "date" if any(getattr(each, "__name__", "") == "date" for each in held) else "text"

    def is_optional(self, column: str) -> bool:
        """Whether it may hold nothing. An index finds what is equal, not what is no other."""
        return type(None) in typing.get_args(self.plain[column])

    def is_coded(self, column: str) -> bool:
        """Whether it holds codes that have names."""
        if column in self.worked:
            return self.worked[column].codes is not None
        return column in self.lists or _has_names(self.types[column])

    def is_list(self, column: str) -> bool:
        """Whether it holds several values at once."""
        return column not in self.worked and typing.get_origin(self.plain[column]) is list

    def rests_on(self, column: str) -> frozenset[str]:
        """The read models that a column needs beside this one."""
        return named(self.worked[column].sql) if column in self.worked else frozenset()

    def names(self, column: str, bureau: Bureau) -> dict[str, str]:
        """Code → name of a column; empty where it holds no codes."""
        if column in self.worked:
            codes = self.worked[column].codes
            found = codes if isinstance(codes, Mapping) else labels_of(codes)
        elif column in self.lists:
            found = bureau.lists[self.lists[column]].names()
        else:
            found = labels_of(self.types[column], bureau)
        return {str(code): name for code, name in found.items()}

    def sql(self, column: str, row: str, of: Of) -> str:
        """SQL: what a column of the row holds on the day asked about."""
        if column in self.worked:
            return f"({of.filled(self.worked[column].sql, row)})"
        value = f"{row}.{column}"
        if column in self.told_if:
            value = f"(CASE WHEN {of.filled(self.told_if[column], row)} THEN {value} END)"
        if column in self.told_on:
            return f"(CASE WHEN {row}.{self.told_on[column]} <= {DAY} THEN {value} END)"
        if self.kind(column) == "date" and column not in self.ahead:
            return f"(CASE WHEN {value} <= {DAY} THEN {value} END)"
        return value

    def begun(self, row: str, day: str = DAY) -> str:
        """SQL: whether the row is of a day or of one before it."""
        return "true" if self.since is None else f"{row}.{self.since} <= {day}"

    def holds(self, row: str, day: str = DAY) -> str:
        """SQL: whether the row holds on a day, `latest` apart."""
        begun = self.begun(row, day)
        if self.until is None:
            return begun
        return f"{begun} AND coalesce({row}.{self.until} > {day}, true)"

    def open(self, row: str, of: Of) -> str:
        """SQL: whether the reader may see the row at all, whatever day and position they ask about.

        It has to stand in the read model to this very day, in all that is public of it.
        """
        if self.only_while is None:
            return "true"
        names = (*self.columns, *self.links)
        alike = ", ".join(f"open_row.{name}" for name in names)
        same = ", ".join(f"{row}.{name}" for name in names)
        return (
            f"EXISTS (SELECT FROM {self.model.name} AS open_row WHERE open_row.ledger = $1"
            f" AND open_row.known_to = {MAX_POSITION} AND open_row.stream = {row}.stream"
            f" AND ({alike}) IS NOT DISTINCT FROM ({same})"
            f" AND ({_STANDING.sub(_open, of.filled(self.only_while, 'open_row'))}))"
        )

    def needs(self) -> frozenset[str]:
        """The read models by which it is told whether a row may be shown."""
        return frozenset() if self.only_while is None else named(self.only_while)

    def day_of(self, row: str) -> str:
        """SQL: the day asked about, or the last one on which there was what the row is of."""
        if self.ended is None:
            return DAY
        return f"(CASE WHEN {row}.{self.ended} <= {DAY} THEN {row}.{self.ended} - 1 ELSE {DAY} END)"

    def newest(self, row: str) -> str:
        """SQL: the order that puts the newest row first."""
        days = (day for day in (self.since, self.adopted) if day is not None)
        return ", ".join(f"{row}.{column} DESC" for column in (*days, "known_from", "n"))


def _open(match: re.Match[str]) -> str:
    """SQL: whether a row stands in its read model to this very day."""
    return f"{match[1]}.ledger = $1 AND {match[1]}.known_to = {MAX_POSITION}"


def _has_names(annotation: Any) -> bool:
    marks = getattr(annotation, "__metadata__", ())
    inner = typing.get_args(annotation)
    return any(isinstance(mark, Labels) for mark in marks) or any(map(_has_names, inner))
