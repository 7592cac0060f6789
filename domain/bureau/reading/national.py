"""What holds for the whole country: divisions, working days, laws; a folder may add to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from domain.bureau.reading.lists import rows
from domain.bureau.reading.office import DIVISION
from domain.bureau.reading.tables import Document, Table, shown
from domain.bureau.reading.wrong import Wrong
from domain.calendar import Calendar, HolidayNotice, days
from domain.laws import Law, Laws, short

_DAYS = re.compile(r"[0-9]{2}-[0-9]{2}(/[0-9]{2}-[0-9]{2})?")
_YEAR = re.compile(r"20[0-9]{2}")


def divisions(files: Mapping[str, bytes], wrong: list[Wrong]) -> dict[str, str]:
    """Code → name of provinces, cities and counties; those of before too."""
    found: dict[str, str] = {}
    for file in ("cn/divisions.csv", "divisions.csv"):
        if file in files:
            named, noted = _divisions(file, files[file])
            found |= named
            wrong.extend(noted)
    return found


@lru_cache(maxsize=4)  # most folders go with the same national list, of some thousand rows
def _divisions(file: str, raw: bytes) -> tuple[Mapping[str, str], tuple[Wrong, ...]]:
    """Code → name in one file, and what is wrong with it."""
    found: dict[str, str] = {}
    wrong: list[Wrong] = []
    for row in rows(file, {file: raw}, ("code", "name", "until"), wrong):
        code, name = row["code"], row["name"]
        if not DIVISION.fullmatch(code):
            row.note(f"code = {shown(code)}", "6 digits")
        elif not name:
            row.note("name is missing", "what the division is called")
        elif code in found:
            row.note(f"the code {code} stands here twice")
        else:
            found[code] = name
    return found, tuple(wrong)


def calendar(own: Document, national: Document) -> Calendar:
    """The working days: a year of the bureau's own file stands before the national one."""
    notices: dict[int, tuple[HolidayNotice, Table]] = {}
    for document in (national, own):
        for key in document.top.keys():  # noqa: SIM118  asking for its keys is more than iterating
            table = document.top.table(key)
            if table is not None and _YEAR.fullmatch(key):
                notices[int(key)] = (_notice(table, int(key)), table)
            elif table is not None:
                table.note(None, f"no year {key!r}", "a table such as [2026]")
    for year, (_, table) in sorted(notices.items()):
        if year - 1 not in notices and year != min(notices):
            table.note(None, f"the year {year - 1} is missing", "years without a gap")
    return Calendar({year: notice for year, (notice, _) in notices.items()})


def _notice(table: Table, year: int) -> HolidayNotice:
    notice = HolidayNotice(
        number=table.text("notice"),
        off=" ".join(_days(table, "off", year)),
        worked=" ".join(_days(table, "worked", year)),
    )
    table.end()
    off = set(days(year, notice.off))
    for number, worked in enumerate(notice.worked.split()):
        if not off.isdisjoint(days(year, worked)):
            table.document.note((*table.path, "worked", number), f"{worked} is off, too")
        if date.fromisoformat(f"{year}-{worked[:5]}").isoweekday() < 6:  # noqa: PLR2004  Saturday
            at = (*table.path, "worked", number)
            table.document.note(at, f"{worked} is no weekend", "Saturdays and Sundays")
    return notice


def _days(table: Table, key: str, year: int) -> Iterator[str]:
    named = "days such as 10-01 or 10-01/10-07"
    for number, span in enumerate(table.texts(key, needed=True)):
        first, _, last = span.partition("/")
        try:
            begins = date.fromisoformat(f"{year}-{first}")
            ends = date.fromisoformat(f"{year}-{last or first}")
            good = bool(_DAYS.fullmatch(span)) and begins <= ends
        except ValueError:
            good = False
        if good:
            yield span
        else:
            table.document.note((*table.path, key, number), f"{key} holds {shown(span)}", named)


def laws(own: Document, national: Document) -> Laws:
    """All editions; no two of one law are in force on one day."""
    editions: list[tuple[Law, Table]] = []
    for document in (national, own):
        for table in document.top.tables("law"):
            since, until = table.span()
            if since is None:
                table.day("since", needed=True)
            law = Law(
                title=table.text("title"),
                document=table.text("document"),
                since=since or date.min,
                until=until,
                checked=table.flag("checked", default=True),
                note=table.text("note", needed=False),
                read=table.text("read", needed=False),
            )
            table.end()
            if since is not None and law.title:
                editions.append((law, table))
        document.top.end()
    for number, (law, table) in enumerate(editions):
        for other, _ in editions[:number]:
            if short(law.title) == short(other.title) and _meet(law, other):
                what = f"two editions of {law.title} are in force on {max(law.since, other.since)}"
                ends = min(law.since, other.since) - timedelta(days=1)
                table.note("since", what, f"an until, such as {ends}, for the edition before")
    return Laws(law for law, _ in editions)


def _meet(one: Law, other: Law) -> bool:
    return (one.until is None or other.since <= one.until) and (
        other.until is None or one.since <= other.until
    )
