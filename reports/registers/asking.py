"""What registers hold on a day, as known at a position: a page of rows, one record, its history.

    $1 ledger   $2 position   $3 the day

Names in the SQL come from definitions that were checked; whatever a reader gives is a parameter.
`today` is the reader's own day: what may be shown between two days only is told by that, whatever
day and position are asked about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from projections.shading import shaded
from projections.snapshot import known_at
from reports.moment import Moment, recorded_to
from reports.registers.model import DAY, Of, Public
from reports.registers.public import PUBLIC
from reports.registers.register import Register, Shown

MOST_TOLD = 200
"""Rows of the history of one record."""
_PREFIX = "c_"
"""Before the names of columns in the SQL: none is a word of its own there."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader looks for in a register, and in which order."""

    search: str = ""
    filters: Mapping[str, str | int] = field(default_factory=dict)
    """Column → the code, text or number that it has to hold."""
    days: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    """Column → the first and the last day that it may hold; None = no limit on that side."""
    sort: str = ""
    """A column, with - before it from the last to the first; empty = as it usually is."""
    record: str | None = None
    """Only the rows of this record."""
    after: After | None = None
    """Only rows that stand behind this one, in the same order."""


class After(NamedTuple):
    """The place of a row in an order: the value that it is sorted by, and what tells it apart."""

    value: str | int | date | None
    record: str
    known_from: int
    n: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a register's rows: each by column, as stored, and the record that it is of."""

    register: Register
    moment: Moment
    count: int
    """Of all rows that were looked for, also where only those behind one are listed."""
    rows: Sequence[Mapping[str, Any]]
    ids: Sequence[str]
    places: Sequence[After] = ()
    """Of each row."""


class Near(NamedTuple):
    """A record that stands beside another one in a list, and what it is called."""

    record: str
    called: Any
    """As stored, of the first column."""


@dataclass(frozen=True, slots=True)
class Past:
    """What held of a record from a day on: a row of its own, or one thing that is looked up."""

    values: Mapping[str, Any]
    """By column."""
    since: date
    until: date | None
    """The first day on which it held no more; None = it still did on the day asked about."""
    recorded: date | None
    """When it was recorded first."""
    position: int


async def listing(
    connection: asyncpg.Connection,
    register: Register,
    moment: Moment,
    query: Query,
    *,
    today: date,
    limit: int | None = None,
    offset: int = 0,
) -> Listing:
    """Rows of a register at a moment; all of them without a limit. Asked in a snapshot."""
    parameters: list[Any] = [moment.ledger, moment.at, moment.end]
    where = " AND ".join(_looked_for(register, query, parameters)) or "true"
    rows = known_at(f"FROM ({_rows(register, _of(register, today))}) AS rows WHERE {where}")
    count = await connection.fetchval(f"SELECT count(*) {rows}", *parameters)
    column, way = _sorted_by(register, query)
    behind = "" if query.after is None else _behind(column, way, query.after, parameters)
    sql = f"SELECT * {rows}{behind} ORDER BY {_order(register, query)}"
    parameters += [limit, offset]
    sql += f" LIMIT ${len(parameters) - 1}::bigint OFFSET ${len(parameters)}::bigint"
    found = await connection.fetch(sql, *parameters)
    held = [{name: row[_PREFIX + name] for name in register.columns} for row in found]
    ids = [row["record"] for row in found]
    places = [After(row[column], row["record"], row["known_from"], row["n"]) for row in found]
    return Listing(register, moment, count, held, ids, places)


async def count(
    connection: asyncpg.Connection, register: Register, moment: Moment, *, today: date
) -> int:
    """How many rows a register has at a moment."""
    rows = _rows(register, _of(register, today))
    sql = known_at(f"SELECT count(*) FROM ({rows}) AS rows")
    return int(await connection.fetchval(sql, moment.ledger, moment.at, moment.end))


async def choices(
    connection: asyncpg.Connection, register: Register, moment: Moment, name: str, *, today: date
) -> list[str]:
    """The values that a column has, in their order."""
    column = _PREFIX + name
    rows = known_at(
        f"FROM ({_rows(register, _of(register, today), {name})}) AS rows WHERE {column} IS NOT NULL"
    )
    sql = f"SELECT DISTINCT {column} AS value {rows} ORDER BY 1"
    found = await connection.fetch(sql, moment.ledger, moment.at, moment.end)
    return [str(row["value"]) for row in found]


async def beside(
    connection: asyncpg.Connection,
    register: Register,
    moment: Moment,
    query: Query,
    record: str,
    *,
    today: date,
) -> tuple[Near | None, Near | None]:
    """The records before and behind one in the list that the query asks for; it may not be there.

    One that has several rows stands where its first one does.
    """
    parameters: list[Any] = [moment.ledger, moment.at, moment.end]
    where = " AND ".join(_looked_for(register, query, parameters)) or "true"
    first = next(iter(register.columns))
    sort = (query.sort or register.usual).removeprefix("-")
    needed = {first, sort, *query.filters, *query.days, *(register.search if query.search else ())}
    parameters.append(record)
    mine = f"${len(parameters)}::text"
    sql = f"""
WITH rows AS (
    SELECT record, {_PREFIX}{first} AS called,
           row_number() OVER (ORDER BY {_order(register, query)}) AS place
    FROM ({_rows(register, _of(register, today), needed)}) AS rows WHERE {where}
), records AS (
    SELECT record, (array_agg(called ORDER BY place))[1] AS called,
           row_number() OVER (ORDER BY min(place)) AS place
    FROM rows GROUP BY record
)
SELECT r.place - mine.place AS way, r.record, r.called
FROM records AS r JOIN records AS mine ON mine.record = {mine}
WHERE r.place IN (mine.place - 1, mine.place + 1)
"""
    found = await connection.fetch(known_at(sql), *parameters)
    near = {row["way"]: Near(row["record"], row["called"]) for row in found}
    return near.get(-1), near.get(1)


async def called(
    connection: asyncpg.Connection,
    register: Register,
    moment: Moment,
    records: Sequence[str],
    *,
    today: date,
) -> dict[str, Any]:
    """Record → what it is called, as stored; of those that are in the register."""
    first = next(iter(register.columns))
    rows = _rows(register, _of(register, today), {first})
    rows = known_at(f"FROM ({rows}) AS rows WHERE record = ANY($4::text[])")
    sql = f"SELECT record, {_PREFIX}{first} AS called {rows}"
    parameters = (moment.ledger, moment.at, moment.end, list(records))
    return {row["record"]: row["called"] for row in await connection.fetch(sql, *parameters)}


async def history(
    connection: asyncpg.Connection,
    register: Register,
    moment: Moment,
    record: str,
    *,
    today: date,
) -> list[Past]:
    """What held of a record up to the day: its own rows, then what is looked up by column.

    The latest first; nothing where nobody says since when it holds.
    """
    of = _of(register, today)
    own = [column for column in register.columns.values() if not column.by]
    asked = [own, *([column] for column in register.columns.values() if column.by)]
    told: list[Past] = []
    days: dict[int, date | None] = {}
    for columns in asked:
        if not columns or not _lasts(columns[0].public):
            continue
        parameters = (moment.ledger, moment.at, moment.end, record, MOST_TOLD)
        for row in await connection.fetch(known_at(_past(register, columns, of)), *parameters):
            at = row["known_from"]
            if at not in days:
                days[at] = await recorded_to(connection, moment.ledger, at)
            values = {column.name: row[_PREFIX + column.name] for column in columns}
            told.append(Past(values, row["since"], row["until"], days[at], at))
    return told


def _lasts(public: Public) -> bool:
    """Whether its rows come one after the other, and those of before may be told."""
    ends = public.until is not None or bool(public.latest)
    return public.since is not None and ends and public.only_while is None


def _of(register: Register, today: date) -> Of:
    return Of(register.bureau, f"DATE '{today.isoformat()}'")


def _rows(register: Register, of: Of, only: Collection[str] | None = None) -> str:
    """SQL: the rows that hold on the day, with all of their columns or only some."""
    public = register.public
    columns = [f"b.{register.key}::text AS record", "b.known_from", "b.n"]
    joins: list[str] = []
    for number, column in enumerate(register.columns.values()):
        if only is not None and column.name not in only:
            continue
        row = "b" if not column.by else f"l{number}"
        if column.by:
            joins.append(f"LEFT JOIN LATERAL ({_looked_up(register, column, of)}) AS {row} ON true")
        columns.append(f"{column.public.sql(column.column, row, of)} AS {_PREFIX}{column.name}")
    distinct, order = "", ""
    if public.latest:
        alike = ", ".join(f"b.{name}" for name in public.latest)
        distinct, order = f"DISTINCT ON ({alike}) ", f" ORDER BY {alike}, {public.newest('b')}"
    return (
        f"SELECT {distinct}{', '.join(columns)} FROM {public.relation} AS b {' '.join(joins)}"
        f" WHERE {{known:b}} AND {public.holds('b')} AND {public.open('b', of)}"
        f"{_of_kind(register)}{order}"
    )


def _of_kind(register: Register) -> str:
    kinds = register.public.kinds
    return "" if kinds is None else f" AND b.{kinds[0]} = '{register.only}'"


def _looked_up(register: Register, column: Shown, of: Of) -> str:
    """SQL: the row of another read model that holds on the day, the newest where there are more."""
    public, day = column.public, register.public.day_of("b")
    return (
        f"SELECT * FROM {public.relation} AS o WHERE {{known:o}} AND {public.holds('o', day)}"
        f" AND {public.open('o', of)} AND {_named(column)} ORDER BY {public.newest('o')} LIMIT 1"
    )


def _named(column: Shown) -> str:
    """SQL: whether the other row `o` is of what the row `b` names."""
    public = PUBLIC[column.model]
    same = [
        f"o.{key} {'IS NOT DISTINCT FROM' if public.is_optional(key) else '='} b.{by}"
        for key, by in zip(public.key, column.by, strict=True)
    ]
    if public.kinds is not None:
        same.append(f"o.{public.kinds[0]} = '{column.item}'")
    return " AND ".join(same)


def _looked_for(register: Register, query: Query, parameters: list[Any]) -> Iterator[str]:
    """SQL: the conditions of a question, whose values are added to the parameters."""
    if query.record is not None:
        parameters.append(query.record)
        yield f"record = ${len(parameters)}::text"
    for name, code in query.filters.items():
        parameters.append(code)
        column = f"{_PREFIX}{name}"
        kind = "bigint" if isinstance(code, int) else "text"
        held = f"ANY ({column})" if register.columns[name].is_list else column
        yield f"${len(parameters)}::{kind} = {held}"
    for name, days in query.days.items():
        for day, way in zip(days, (">=", "<="), strict=True):
            if day is not None:
                parameters.append(day)
                yield f"{_PREFIX}{name} {way} ${len(parameters)}::date"
    for word in folded(query.search).split():
        parameters.append(f"%{_literal(word)}%")
        found = (
            f"normalize({shaded(_PREFIX + name)}, NFKC) ILIKE ${len(parameters)}::text"
            for name in register.search
        )
        yield f"({' OR '.join(found)})"


def folded(text: str) -> str:
    """A text as it is looked for: full-width letters and marks are as good as others."""
    return unicodedata.normalize("NFKC", text)


def _literal(text: str) -> str:
    """A text in which no character stands for others."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _order(register: Register, query: Query) -> str:
    column, way = _sorted_by(register, query)
    return f"{column} {way} NULLS LAST, record, known_from, n"


def _sorted_by(register: Register, query: Query) -> tuple[str, str]:
    """SQL: the column, and which way."""
    asked = query.sort or register.usual
    return _PREFIX + asked.removeprefix("-"), "DESC" if asked.startswith("-") else "ASC"


def _behind(column: str, way: str, after: After, parameters: list[Any]) -> str:
    """SQL: and that a row stands behind another one, whose place is added to the parameters."""
    n = len(parameters)
    parameters += [after.record, after.known_from, after.n]
    later = f"(record, known_from, n) > (${n + 1}::text, ${n + 2}::bigint, ${n + 3}::bigint)"
    if after.value is None:
        return f" AND {column} IS NULL AND {later}"
    parameters.append(after.value)
    kind = {str: "text", int: "bigint"}.get(type(after.value), "date")
    value = f"${len(parameters)}::{kind}"
    beyond = f"{column} {'<' if way == 'DESC' else '>'} {value} OR {column} IS NULL"
    return f" AND ({beyond} OR ({column} = {value} AND {later}))"


def _first_known(first: Shown, columns: Sequence[Shown], row: str) -> str:
    """SQL: the first position at which it was known: a row that ends is another row since then."""
    public = first.public
    same = [column.column for column in columns if column.column not in public.worked]
    same += [] if public.kinds is None else [public.kinds[0]]
    alike = " AND ".join(f"f.{name} IS NOT DISTINCT FROM {row}.{name}" for name in same)
    return (
        f"(SELECT min(f.known_from) FROM {first.model} AS f WHERE f.ledger = $1"
        f" AND f.known_from <= $2 AND f.stream = {row}.stream"
        f" AND f.{public.since} = {row}.{public.since} AND {alike})"
    )


def _past(register: Register, columns: Sequence[Shown], of: Of) -> str:
    """SQL: what columns of one row held, since when and until when. $4 record, $5 how many."""
    first = columns[0]
    public, row = first.public, "o" if first.by else "b"
    if public.until is not None:
        until = f"CASE WHEN {row}.{public.until} <= {DAY} THEN {row}.{public.until} END"
    else:  # it holds until the next one that is alike
        alike = ", ".join(f"{row}.{name}" for name in public.latest)
        until = (
            f"lag({row}.{public.since}) OVER (PARTITION BY {alike} ORDER BY {public.newest(row)})"
        )
    values = ", ".join(
        f"{public.sql(column.column, row, of)} AS {_PREFIX}{column.name}" for column in columns
    )
    join = f"JOIN {public.relation} AS o ON {{known:o}} AND {_named(first)}" if first.by else ""
    begun = f" AND {public.begun('o')} AND {public.open('o', of)}" if first.by else ""
    base = register.public.relation
    told = (
        f"SELECT {values}, {row}.{public.since} AS since, {until} AS until,"
        f" {_first_known(first, columns, row)} AS known_from FROM {base} AS b {join}"
        f" WHERE {{known:b}} AND b.{register.key}::text = $4::text"
        f" AND {register.public.begun('b')} AND {register.public.open('b', of)}"
        f"{_of_kind(register)}{begun}"
    )
    return (
        f"SELECT DISTINCT * FROM ({told}) AS told WHERE coalesce(since < until, true)"
        " ORDER BY since DESC, known_from DESC LIMIT $5::bigint"
    )
