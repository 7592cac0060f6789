"""From what a reader asks (period, asof, known, at) to a moment: dates and a position."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from ledger import journal, store
from projections.snapshot import folded, snapshot
from reports.figure import Moment

SHANGHAI = ZoneInfo("Asia/Shanghai")

NOT_FINAL = "在所问的时间之前仍可能有新的记录，这一回答尚不是最终的"
NOT_FINAL_ENGLISH = "more may yet be recorded before the time asked for: this answer is not final"


class Unanswerable(ValueError):
    """The question cannot be answered; the message says what to do."""


def period_of(text: str) -> tuple[date, date]:
    """First and last day of "2024" or "2024-03"; raises Unanswerable."""
    if match := re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", text):
        year, month = int(match[1]), int(match[2] or 0)
        if year > 0 and match[2] is None:
            return date(year, 1, 1), date(year, 12, 31)
        if year > 0 and 1 <= month <= 12:  # noqa: PLR2004
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    raise Unanswerable(f"期间写作 2024 或 2024-03，不是 {text!r}")


def day_of(text: str) -> date:
    """A date of `asof`; raises Unanswerable."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unanswerable(f"日期写作 2024-12-31，不是 {text!r}") from None


def instant_of(text: str) -> datetime:
    """A time of `known`: a date alone means the end of that day, Asia/Shanghai."""
    try:
        if len(text) == len("2024-12-31"):
            day = date.fromisoformat(text)
            return datetime.combine(day, time(), SHANGHAI) + timedelta(days=1, microseconds=-1)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unanswerable(f"时间写作 2025-01-17 或 2025-01-17T16:52，不是 {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


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
    if known is not None:
        then = instant_of(known)
        at = await store.position_at(connection, ledger, then)
        final = settled is not None and then < settled
        told = await journal.last_known(connection, ledger, then)
    else:
        at = reach if at is None else at
        final = at < found.position
        told = await journal.last_at(connection, ledger, at)
    if not 0 <= at <= reach:
        raise Unanswerable(f"位置 {at} 尚不可读：各读模型已到 {reach}；稍候或执行 mingjian rebuild")
    return Moment(ledger, start, end, at, final, told)
