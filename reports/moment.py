"""From what a reader asks (period, asof, known, at) to a moment: dates and a position."""

from __future__ import annotations

import calendar
import contextlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from pydantic import TypeAdapter, ValidationError

from domain.dates import Instant
from domain.event import Day
from ledger import journal, store
from projections.snapshot import folded, snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")

YEARS = "1900 至 2199"
"""Those of dates in events: nothing can be asked of others."""
_DAY: TypeAdapter[date] = TypeAdapter(Day)
_TIME = re.compile(
    r"([0-9-]+T[0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
LONGEST_SAID = 40

NOT_FINAL = "在所问的时间之前仍可能有新的记录，这一回答尚不是最终的"
NOT_FINAL_ENGLISH = "more may yet be recorded before the time asked for: this answer is not final"


class Unanswerable(ValueError):
    """The question cannot be answered; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked: a period, its last day (asof), and what was known.

    That is a position and a number of the journal; without one, all that the journal said up to
    that position. Only what waits depends on it, never a value.
    """

    ledger: str
    start: date
    end: date
    at: int
    final: bool = field(default=False, compare=False)
    """Whether nothing more can become known of it; False where that is not certain (yet)."""
    journal: int | None = field(default=None, compare=False)

    @property
    def parameters(self) -> tuple[Any, ...]:
        """In the order of the SQL parameters."""
        return self.ledger, self.at, self.start, self.end


_PERIOD = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})|Q([1-4])|H([12])))?(/ytd)?")


def period_of(text: str) -> tuple[date, date]:
    """First and last day of a period; raises Unanswerable.

    2024, 2024-H1 (a half-year), 2024-Q3 (a quarter), 2024-03; 2024-03/ytd is the year up to its
    end.
    """
    if match := _PERIOD.fullmatch(text):
        year, month, quarter, half, to_date = match.groups()
        first, last = 1, 12
        if month:
            first = last = int(month)
        elif quarter or half:
            months = 3 if quarter else 6
            last = months * int(quarter or half)
            first = last - months + 1
        if to_date:
            first = 1
        with contextlib.suppress(ValidationError):
            start = _DAY.validate_python(f"{year}-{first:02}-01")
            end = _DAY.validate_python(f"{year}-{last:02}-01")
            return start, end.replace(day=calendar.monthrange(end.year, end.month)[1])
    raise Unanswerable(
        f"期间写作 2024、2024-H1、2024-Q3、2024-03 或 2024-03/ytd，年份为 {YEARS}，"
        f"不是 {_said(text)}"
    )


def day_of(text: str) -> date:
    """A date of `asof`; raises Unanswerable."""
    try:
        return _DAY.validate_python(text)
    except ValidationError:
        raise Unanswerable(f"日期写作 2024-12-31，年份为 {YEARS}，不是 {_said(text)}") from None


def instant_of(text: str) -> datetime:
    """A time of `known`: a date alone means the end of that day, Asia/Shanghai."""
    with contextlib.suppress(ValueError):
        if match := _TIME.fullmatch(text):
            return Instant.read(f"{match[1]}{match[2] or ':00'}{match[3] or '+08:00'}")
        day = _DAY.validate_python(text)
        return datetime.combine(day, time(), SHANGHAI) + timedelta(days=1, microseconds=-1)
    raise Unanswerable(
        f"时间写作 2025-01-17 或 2025-01-17T16:52，年份为 {YEARS}，不是 {_said(text)}"
    )


def position_of(text: str) -> int:
    """A position of `at`; raises Unanswerable."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Unanswerable(f"at 为账本位置，是不超过 18 位的整数，不是 {_said(text)}")
    return int(text)


def _said(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…")


async def recorded_to(connection: asyncpg.Connection, ledger: str, at: int) -> date | None:
    """The day on which the entry at a position was recorded; None before the first."""
    recorded = await store.recorded_at(connection, ledger, at)
    return None if recorded is None else recorded.astimezone(SHANGHAI).date()


def ahead(moment: Moment, recorded: date | None) -> str:
    """What there is to say of a question about days to come; empty where there is nothing."""
    if recorded is not None and moment.end <= recorded:
        return ""
    last = "还没有记录" if recorded is None else f"只记到 {recorded}"
    return f"账本到所问的时点{last}，业务截止为 {moment.end}：其后的日子还没有数据"


def ahead_english(moment: Moment, recorded: date | None) -> str:
    """The same for those who do not read Chinese."""
    return f"the ledger goes to {recorded or 'no day yet'}, the question to {moment.end}"


async def resolve(
    connection: asyncpg.Connection,
    ledger: str,
    period: str,
    *,
    asof: str | None = None,
    known: str | None = None,
    at: int | None = None,
    settled: datetime | None = None,
) -> Moment:
    """The moment asked for; `at` defaults to the last position folded into every read model.

    One that has halted holds none of the others back: an answer is of no later moment than the read
    models that it reads (reports.lacks).

    `settled` is the ledger's time of `clock.settled`, asked before the snapshot that answers: what
    was known before it is final. So is a position that has another one after it; at the last one,
    more may yet be put aside.

    Raises Unanswerable when the ledger does not exist, when both `known` and `at` are given, or
    when the read models have not come that far.
    """
    start, end = period_of(period)
    if asof is not None:
        end = day_of(asof)
        if end < start:
            raise Unanswerable(f"asof {end} 早于期间 {period} 的开始")
    if (found := await store.find_ledger(connection, ledger)) is None:
        raise Unanswerable(f"没有账本 {ledger}；先执行 mingjian ingest 或 mingjian demo")
    async with snapshot(connection):
        reach = await folded(connection, ledger)
    if known is not None and at is not None:
        raise Unanswerable("known 与 at 只能给一个")
    then = None if known is None else instant_of(known)
    if then is not None:
        at = await store.position_at(connection, ledger, then)
    elif at is None:
        at = reach
    if not 0 <= at <= reach:
        raise Unanswerable(f"位置 {at} 尚不可读：各汇总表已到 {reach}；稍候或执行 mingjian rebuild")
    if then is None:
        told = await journal.last_at(connection, ledger, at)
        return Moment(ledger, start, end, at, at < found.position, told)
    told = await journal.last_known(connection, ledger, then)
    return Moment(ledger, start, end, at, settled is not None and then < settled, told)
