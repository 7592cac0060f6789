"""Read models: bitemporal tables, and the pure code that folds entries into their rows.

A read model is one table. Its row type is a NamedTuple; a fold says what a fact makes of it:

- `adds`: the fact is a contribution (a payment, a registration). It adds rows and touches no other;
  a correction takes them out and adds others, whatever else its stream holds.
- `folds`: the fact is a decision (a case that ends). It turns the rows of its stream into other
  rows. Decisions come in order of business, whatever the order in which they were told: by
  business date, those of one day by first telling, each in the version that stands.

A fold may keep more than the table shows; `shows` then says which rows stand there.

Every stored row also has `ledger`, `stream`, `known_from`, `known_to` (positions; open = MAX) and
`n`, its number among the rows its entry made. `known_to` is set once; nothing else ever changes.
"""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from domain.aggregate import Entry
from domain.event import Event, events_named

MAX_POSITION = 2**63 - 1
VERSION = 5
"""Of all read models together. A change of their tables, or of the rows that old entries make,
needs a new one: the old tables serve until `mingjian rebuild` has made the new."""


def schema_of(version: int) -> str:
    """Where the tables of a version stand."""
    return f"read_{version}"


SCHEMA = schema_of(VERSION)
PRIMARY_KEY = "PRIMARY KEY (ledger, known_from, n)"

Values = tuple[Any, ...]
R = TypeVar("R", bound=NamedTuple)
Adds = Callable[[Entry], Iterable[Any]]
Folds = Callable[[Sequence[Any], Entry], Iterable[Any]]
Shows = Callable[[Sequence[Any]], Iterable[Any]]
_A = TypeVar("_A", bound=Callable[..., Any])

_SQL_TYPES: dict[Any, str] = {
    str: "text NOT NULL",
    int: "bigint NOT NULL",
    bool: "boolean NOT NULL",
    date: "date NOT NULL",
    str | None: "text",
    int | None: "bigint",
    bool | None: "boolean",
    date | None: "date",
    list[str]: "text[] NOT NULL",
}


class ReadModel:
    """One table of history and its folds.

    `row` is a NamedTuple of str, code lists, int, bool, date (each also `| None`) and lists of str
    or codes;
    `indexes` lists the business indexes as comma-separated column names; those after a semicolon
    are only carried along, so that a query that asks for no others need not visit the table. WHERE
    leaves out most rows. `private` says why the public is shown nothing of it, by no register,
    figure, statement or page; of every other one it is shown something.
    """

    def __init__(
        self,
        name: str,
        row: type[Any],
        *,
        indexes: Sequence[str] = (),
        doc: str,
        private: str = "",
    ) -> None:
        self.name = name
        self.row = row
        self.indexes = tuple(indexes)
        self.doc = doc
        self.private = private
        self.schema = SCHEMA
        self.columns: tuple[str, ...] = row._fields
        self.adding: dict[str, Adds] = {}
        self.folding: dict[str, Folds] = {}
        self.showing: Shows | None = None
        self._streams: dict[str, dict[str, Any]] = {}
        self.types: set[str] = set()
        """Event types (without prefix) that this read model takes."""

    @property
    def table(self) -> str:
        """Qualified table name."""
        return f"{self.schema}.{self.name}"

    def beside(
        self, name: str, row: type[Any], shows: Shows, *, indexes: Sequence[str] = (), doc: str
    ) -> ReadModel:
        """Another table of what the decisions leave that are registered by now."""
        other = ReadModel(name, row, indexes=indexes, doc=doc)
        other.folding, other._streams = {**self.folding}, {**self._streams}
        other.types = {*self.types}
        other.showing = shows
        return other

    def in_schema(self, schema: str) -> ReadModel:
        """The same read model, folds and all, with its table in another schema."""
        other = copy.copy(self)
        other.schema = schema
        return other

    def adds(self, function: _A) -> _A:
        """Register `def rows_of(entry: Entry[X | Y]) -> Iterable[Row]` for contributions."""
        return self._register(self.adding, self.folding, function)

    def folds(self, function: _A) -> _A:
        """Register `def turn(rows, entry: Entry[X | Y]) -> Iterable[Row]` for decisions.

        `rows` are those that the decision before left, in its order.
        """
        return self._register(self.folding, self.adding, function)

    def shows(self, function: _A) -> _A:
        """Register `def shown(kept) -> Iterable[Row]`, where folds keep other rows than it has."""
        self.showing = function
        return function

    def _register(self, table: dict[str, Any], other: dict[str, Any], function: _A) -> _A:
        """Under the types of the events that the entry's annotation names.

        Raises TypeError for a type taken twice, and where one kind of stream would both add and
        fold: the rows of a contribution are its own, those of decisions their stream's.
        """
        (named,) = (
            typing.get_args(kind)
            for kind in typing.get_type_hints(function).values()
            if typing.get_origin(kind) is Entry
        )
        self._take(events_named(*named), table, other, function)
        return function

    def adds_of(self, events: Iterable[type[Event]], function: Adds) -> None:
        """Register what contributions of these kinds add, whatever they are."""
        self._take(events, self.adding, self.folding, function)

    def _take(
        self,
        events: Iterable[type[Event]],
        table: dict[str, Any],
        other: dict[str, Any],
        function: Callable[..., Any],
    ) -> None:
        for event in events:
            if event.TYPE in self.types:
                raise TypeError(f"{self.name} takes {event.TYPE} twice")
            self.types.add(event.TYPE)
            self._streams.setdefault(event.STREAM, table)
            if self._streams[event.STREAM] is other:
                raise TypeError(f"{self.name} adds and folds in streams {event.STREAM}/…")
            table[event.TYPE] = function

    def fold_stream(self, entries: Iterable[Entry]) -> list[Values]:
        """The rows of one stream from the entries that stand (see domain.corrections.effective)."""
        added: list[Values] = []
        kept: list[Any] = []
        for entry in entries:
            if (add := self.adding.get(entry.type)) is not None:
                added.extend(add(entry))
            elif entry.type in self.folding:
                kept = self.turned(kept, entry)
        return added + self.shown(kept)

    def turned(self, kept: Sequence[Any], decision: Entry) -> list[Any]:
        """What a decision makes of what those before it left."""
        return list(self.folding[decision.type](kept, decision))

    def shown(self, kept: Sequence[Any]) -> list[Values]:
        """The rows that the table has where the folds keep these."""
        return list(kept if self.showing is None else self.showing(kept))

    def ddl(self) -> list[str]:
        """Statements that create the table and its indexes when they do not exist."""
        return [*self.table_ddl(), *self.index_ddl().values()]

    def table_ddl(self, *, keyed: bool = True) -> list[str]:
        """Statements that create the table when it does not exist, with or without its key."""
        hints = typing.get_type_hints(self.row)
        lines = [
            "ledger text NOT NULL",
            "stream text NOT NULL",
            "known_from bigint NOT NULL",
            f"known_to bigint NOT NULL DEFAULT {MAX_POSITION}",
            "n integer NOT NULL",
            *(f"{name} {_SQL_TYPES[_stored(hints[name])]}" for name in self.columns),
        ]
        if keyed:
            lines.append(PRIMARY_KEY)
        columns = ",\n    ".join(lines)
        return [
            f"CREATE TABLE IF NOT EXISTS {self.table} (\n    {columns}\n) WITH (fillfactor = 85)",
            f"COMMENT ON TABLE {self.table} IS '{self.doc}'",
        ]

    def index_ddl(self) -> dict[str, str]:
        """Name → statement that creates the index when it does not exist.

        Whoever folds finds rows by the positions that made them, rules those that ended of late.
        """
        statements: dict[str, str] = {}
        for number, index in enumerate(self.indexes):
            name = f"{self.name}_{number}"
            listed, where, some = index.partition(" WHERE ")
            columns, _, carried = listed.partition("; ")
            include = f" INCLUDE ({carried}, known_from, known_to)" if carried else ""
            statements[name] = (
                f"CREATE INDEX IF NOT EXISTS {name} ON {self.table}"
                f" (ledger, {columns}){include}{where}{some}"
            )
        name = f"{self.name}_ended"
        statements[name] = (
            f"CREATE INDEX IF NOT EXISTS {name} ON {self.table} (ledger, known_to)"
            f" WHERE known_to <> {MAX_POSITION}"
        )
        return statements


def _stored(kind: Any) -> Any:
    """The type of a column as it is stored: the codes of a list are text."""
    if typing.get_origin(kind) is typing.Literal:
        return str
    if typing.get_origin(kind) is list:
        return list[_stored(typing.get_args(kind)[0])]  # type: ignore[misc]  # at run time
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return typing.Union[tuple(map(_stored, typing.get_args(kind)))]  # noqa: UP007  at run time
    return kind
