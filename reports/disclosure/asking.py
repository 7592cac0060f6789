"""What the read models say of the catalogue at a moment: each duty, columns, last publications.

Names in the SQL come from a positive list (`clocked`); whatever a definition gives is a parameter:

    $1 ledger   $2 position   $3 the day   $4 codes or null   $5 the first day that was recorded
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from domain.codes import label
from ledger import evidence, store
from projections.read_model import MAX_POSITION
from projections.snapshot import known_at
from reports import registers
from reports.disclosure import clocks
from reports.disclosure.clocked import RECORDED, Clocked, Day
from reports.disclosure.clocks import Standing
from reports.disclosure.row import Clock, Row
from reports.moment import SHANGHAI, Moment
from reports.registers.register import Register

_GIVEN = (
    "WITH given AS (SELECT $1::text AS ledger, $2::bigint AS at, $3::date AS day,"
    " $4::text[] AS only, $5::date AS first)"
)


class Told(NamedTuple):
    """The true time of a fact: the entry that told it first, and when that was recorded."""

    position: int
    recorded_at: datetime


class Duty(NamedTuple):
    """One thing that is to be made public, and how it stands on the day."""

    row: str
    id: str
    title: str
    """What it is called; empty where it is a case or has no name."""
    start: date
    """The day from which time runs; of a notice the one on which it went up."""
    done: date | None
    """The day on which it was made public, or taken down, as it was told."""
    standing: Standing
    started: Told | None
    """Where the day from which time runs was told."""
    told: Told | None
    """Where its publication was told."""


class Updated(NamedTuple):
    """A column of the website (栏目) and its last new item."""

    row: str
    column: str
    last: date | None
    item: str
    title: str
    days: int | None
    """Since then."""
    standing: Standing | None
    """None where nothing was ever published in it."""
    told: Told | None


async def duties(
    connection: asyncpg.Connection, row: Row, moment: Moment, bureau: Bureau
) -> list[Duty]:
    """All things of a row whose time had begun by the day; asked in a snapshot."""
    found: list[tuple[Clock, Mapping[str, Any]]] = []
    for clock in row.clocks:
        if clock.start:
            rows = await connection.fetch(_duties(clock), *await _given(connection, moment, clock))
            found += [(clock, each) for each in rows]
    positions = {each[name] for _, each in found for name in ("started", "told")}
    times = await _times(connection, moment, positions)
    made = [_duty(row, clock, each, times, moment, bureau) for clock, each in found]
    return sorted(made, key=lambda duty: (duty.start, duty.id), reverse=True)


async def _given(connection: asyncpg.Connection, moment: Moment, clock: Clock) -> tuple[Any, ...]:
    recorded = await store.recorded_at(connection, moment.ledger, 1)
    first = moment.end if recorded is None else recorded.astimezone(SHANGHAI).date()
    return moment.ledger, moment.at, moment.end, list(clock.only) or None, first


async def _times(
    connection: asyncpg.Connection, moment: Moment, positions: Iterable[int | None]
) -> dict[int | None, Told]:
    wanted = sorted({at for at in positions if at is not None})
    told = await evidence.told(connection, moment.ledger, wanted)
    return {each.position: Told(each.position, each.recorded_at) for each in told}


def _duty(
    row: Row,
    clock: Clock,
    found: Mapping[str, Any],
    times: Mapping[int | None, Told],
    moment: Moment,
    bureau: Bureau,
) -> Duty:
    started, told = times.get(found["started"]), times.get(found["told"])
    done, on, start = found["done"], moment.end, found["start"]
    if clock.done == RECORDED:
        told = started
        done = None if told is None else told.recorded_at.astimezone(SHANGHAI).date()
    done = done if done is not None and done <= on else None
    if row.kind == "notice" and clock.until:
        standing = clocks.notice(bureau, clock.limits, start, found["until"], done, on)
    else:
        excused = found["excused"]
        standing = clocks.publication(bureau, clock.limits, start, done, on, excused)
    title = found["title"] or ""
    if clock.clocked.called is not None:
        title = label(title, clock.clocked.called, bureau)
    shown = told if done is not None else None
    return Duty(row.name, found["id"], title, start, done, standing, started, shown)


def _duties(clock: Clock) -> str:
    """SQL: the rows of a clock whose time had begun by the day."""
    clocked = clock.clocked
    start = clocked.days[clock.start]
    done = Day("NULL::date", "NULL::bigint")
    if clock.done != RECORDED:
        done = clocked.days[clock.done]
    until = clocked.days[clock.until].sql.format(row="r") if clock.until else "NULL::date"
    since = " AND start >= $5" if clock.done == RECORDED else ""  # before, no ledger showed it
    return known_at(
        f"{_GIVEN} SELECT * FROM (SELECT {clocked.id} AS id, {clocked.title} AS title,"
        f" {start.sql.format(row='r')} AS start, {done.sql.format(row='r')} AS done,"
        f" {until} AS until, {clocked.excused} AS excused,"
        f" {_first(clocked, start)} AS started, {_first(clocked, done)} AS told"
        f" FROM ({_rows(clocked)}) AS r WHERE {_chosen(clocked)}) AS found WHERE start <= $3{since}"
    )


def _rows(clocked: Clocked) -> str:
    return clocked.rows or f"SELECT b.* FROM {clocked.model.name} AS b WHERE {{known:b}}"


def _chosen(clocked: Clocked) -> str:
    return f"($4::text[] IS NULL OR r.{clocked.of} = ANY($4))" if clocked.of else "true"


def _first(clocked: Clocked, day: Day) -> str:
    """SQL: the first position at which the day of a row was known."""
    if day.at:
        return day.at
    said = day.sql.format(row="f")
    return (
        f"(SELECT min(f.known_from) FROM {clocked.model.name} AS f WHERE f.ledger = $1"
        f" AND f.known_from <= $2 AND f.stream = r.stream AND {said} = {day.sql.format(row='r')})"
    )


_UPDATED = known_at(
    "SELECT i.item, i.title, coalesce(i.again_on, i.published_on) AS last, ("
    "   SELECT min(f.known_from) FROM disclosure_item AS f"
    "   WHERE f.ledger = $1 AND f.known_from <= $2 AND f.stream = i.stream"
    "   AND f.column_code = i.column_code AND f.published_on = i.published_on"
    "   AND f.again_on IS NOT DISTINCT FROM i.again_on) AS told"
    " FROM disclosure_item AS i"
    " WHERE {known:i} AND i.column_code = $4 AND coalesce(i.again_on, i.published_on) <= $3"
    " ORDER BY last DESC, i.item DESC LIMIT 1"
)


async def columns(
    connection: asyncpg.Connection, rows: Iterable[Row], moment: Moment, bureau: Bureau
) -> list[Updated]:
    """The columns that must be added to from time to time; asked in a snapshot.

    What was taken down later was an update on its day, all the same.
    """
    made: list[Updated] = []
    for row in rows:
        for column in row.columns if row.every else ():
            asked = (moment.ledger, moment.at, moment.end, column)
            found = await connection.fetchrow(_UPDATED, *asked)
            if found is None:
                made.append(Updated(row.name, column, None, "", "", None, None, None))
                continue
            last = found["last"]
            times = await _times(connection, moment, [found["told"]])
            standing = clocks.column(bureau, row.every, last, moment.end)
            days = (moment.end - last).days
            told = times.get(found["told"])
            made.append(
                Updated(row.name, column, last, found["item"], found["title"], days, standing, told)
            )
    return made


async def last_published(
    connection: asyncpg.Connection, rows: Sequence[Row], moment: Moment, bureau: Bureau
) -> dict[str, date]:
    """Row → the day on which something of it was made public last, so far as the ledger knows.

    Only of rows for everybody. What a register shows is public from when it was recorded, but for
    registers that wait until it is said to be public.
    """
    found: dict[str, date] = {}
    to = await _recorded_by(connection, moment)
    for row in rows:
        if not (row.is_public and row.connected):
            continue
        days = [await _of_columns(connection, row, moment)] if row.columns else []
        days += [await _of_clock(connection, clock, moment) for clock in row.clocks]
        for name in row.registers:
            register = registers.of(bureau)[name]
            if register.connected and register.public.only_while is None:
                days.append(await _of_register(connection, register, moment, to))
        days += [await _of_plans(connection, row, moment)] if row.plans else []
        if known := [day for day in days if day is not None]:
            found[row.name] = max(known)
    return found


async def _recorded_by(connection: asyncpg.Connection, moment: Moment) -> int:
    """The last position that was recorded by the end of the day."""
    ends = datetime.combine(moment.end, time(), SHANGHAI) + timedelta(days=1, microseconds=-1)
    return min(moment.at, await store.position_at(connection, moment.ledger, ends))


async def _of_columns(connection: asyncpg.Connection, row: Row, moment: Moment) -> date | None:
    sql = known_at(
        "SELECT max(coalesce(again_on, published_on)) FROM disclosure_item WHERE {known}"
        " AND column_code = ANY($4) AND ($5::text[] IS NULL OR topic = ANY($5))"
        " AND coalesce(again_on, published_on) <= $3 AND coalesce(withdrawn_on > $3, true)"
    )
    topics = list(row.topics) or None
    asked = (moment.ledger, moment.at, moment.end, list(row.columns), topics)
    day: date | None = await connection.fetchval(sql, *asked)
    return day


async def _of_clock(connection: asyncpg.Connection, clock: Clock, moment: Moment) -> date | None:
    clocked = clock.clocked
    if clock.done == RECORDED or not clocked.public:
        return None  # what is recorded shows in a register, which says when
    done = clocked.days[clock.done].sql.format(row="r")
    sql = known_at(
        f"{_GIVEN} SELECT max({done}) FROM ({_rows(clocked)}) AS r"
        f" WHERE {_chosen(clocked)} AND {done} <= $3"
    )
    day: date | None = await connection.fetchval(sql, *await _given(connection, moment, clock))
    return day


async def _of_register(
    connection: asyncpg.Connection, register: Register, moment: Moment, to: int
) -> date | None:
    """The day on which what a register shows was recorded last."""
    last = 0
    for model in sorted(register.models):
        sql = (
            f"SELECT greatest((SELECT max(known_from) FROM {model}"
            " WHERE ledger = $1 AND known_from <= $2), (SELECT max(known_to) FROM"
            f" {model} WHERE ledger = $1 AND known_to <> {MAX_POSITION} AND known_to <= $2))"
        )
        last = max(last, await connection.fetchval(sql, moment.ledger, to) or 0)
    recorded = await store.recorded_at(connection, moment.ledger, last)
    return None if recorded is None else recorded.astimezone(SHANGHAI).date()


async def _of_plans(connection: asyncpg.Connection, row: Row, moment: Moment) -> date | None:
    sql = known_at(
        "SELECT max(left(published_at, 10)::date) FROM release WHERE {known}"
        " AND plan = ANY($4) AND audience = 'public' AND left(published_at, 10)::date <= $3"
    )
    day: date | None = await connection.fetchval(
        sql, moment.ledger, moment.at, moment.end, list(row.plans)
    )
    return day
