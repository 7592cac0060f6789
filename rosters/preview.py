"""What a roster would do to a ledger, before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from domain.casework import Area, CaseEvent
from domain.codes import labels_of
from domain.dates import Instant
from domain.faults import REASONS, Unacceptable, meaning
from domain.money import format_yuan
from domain.wanted import wanted
from ledger import clock, rostered
from ledger.seal import Sealer
from ledger.store import Ledger
from rosters import cells, comparing, held
from rosters.cells import CellWrong
from rosters.comparing import Change, Compared, Fact, Mismatch, Told
from rosters.facts import told_by_ids
from rosters.maps import RosterMap, digest_of
from rosters.messages import Maker
from rosters.records import Record, Records, masked, persons, records_of
from rosters.rows import WrongCell
from rosters.sheets import Book, NotReadable
from rosters.table import Roster, find

MOST_ENDED = 10
"""Per cent of the cases that should be on a roster: where more would end, their number must be
confirmed. Small programmes are the usual case, so there is no number too few to ask about."""


class Row(NamedTuple):
    """One case or fact, as a preview lists it."""

    change: Change
    key: str
    names: str
    """Of the persons, masked."""
    events: int
    kinds: str


@dataclass
class Preview:
    """What was read, what is wrong, and the events that would be sent, in their order."""

    made: RosterMap
    month: str
    book: Book
    roster: Roster
    records: Records
    rows: list[Row] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    wrong: list[WrongCell] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    held: int = 0
    """Cases that the ledger holds in that month and that the roster, as its map has it, lists."""
    later: str | None = None
    """A later month of which a roster of cases was imported already."""
    before: str | None = None
    """The last month before it of which one was."""
    ahead: str | None = None
    """Its month, or the latest day that it tells of, where that is still to come."""

    @property
    def counts(self) -> Counter[str]:
        """How many are new, changed, ended, unchanged."""
        return Counter(row.change for row in self.rows)

    @property
    def many_end(self) -> bool:
        """Whether so many would end that the file is probably not the whole roster."""
        return 100 * self.counts["ended"] > MOST_ENDED * self.held


class Against(NamedTuple):
    """The ledger that a roster is compared with; its read models hold all that it does."""

    connection: asyncpg.Connection
    ledger: Ledger
    sealer: Sealer
    bureau: Bureau


class _Doing(NamedTuple):
    against: Against
    made: RosterMap
    maker: Maker
    preview: Preview


async def prepare(
    against: Against,
    made: RosterMap,
    book: Book,
    month: str | None = None,
    received_at: datetime | None = None,
) -> Preview:
    """Find the roster in a file and compare it. Raises NotReadable.

    `received_at` is when a replay ledger received it.
    """
    connection, name = against.connection, against.ledger.name
    roster = find(book, made)
    month = month_of(roster, month)
    records = records_of(roster, made, against.bureau, month)
    preview = Preview(made, month, book, roster, records)
    preview.wrong, preview.doubts = list(records.wrong), list(records.doubts)
    at = received_at or _received(records, made, month) if against.ledger.replay else None
    maker = Maker(made, month, against.bureau, against.sealer, digest_of(book.raw), at)
    known = await rostered.told(connection, name, made.source, maker.prefix())
    parked = await rostered.waiting(connection, against.sealer, name, made.source, maker.prefix())
    if parked:
        preview.doubts.append(
            f"此前导入的 {len(parked)} 件尚待关联 / of an earlier import are parked"
        )
    known += parked
    maker.take(each.event_id for each in known)
    last = await rostered.last_month(connection, name, made.source, made.name)
    if made.grants is not None and last is not None:
        preview.later = last if last > month else None
        preview.before = last if last < month else None
    preview.ahead = _ahead(preview, received_at or clock.latest(sample=against.ledger.sample))
    doing = _Doing(against, made, maker, preview)
    told = list(_told(doing))
    if made.grants is None:
        changes = await told_by_ids(connection, name, made, maker, told, known)
    else:
        changes = await _cases(doing, told)
    for change in changes:
        _tell(doing, change)
    preview.wrong = sorted(set(preview.wrong))
    preview.figures = list(_figures(made, told))
    return preview


def _ahead(preview: Preview, now: datetime) -> str | None:
    """What of a roster lies in the future: a wrong year, as a rule."""
    today = now.astimezone(SHANGHAI).date().isoformat()
    if preview.month > today[:7]:
        return preview.month
    last = max(_days(preview.records, preview.made), default="")
    return last if last > today else None


def _days(records: Records, made: RosterMap) -> list[str]:
    return [str(record.data.get(made.model.ON, "")) for record in records.good]


def _received(records: Records, made: RosterMap, month: str) -> datetime:
    """When history has it that a roster came: on the last day that it tells of, in the evening."""
    last = max(f"{month}-01", *_days(records, made), "")
    return Instant.read(f"{last}T18:00:00+08:00")


def month_of(roster: Roster, given: str | None) -> str:
    """The month of a roster: that of its title, or the one given. Raises NotReadable."""
    said = roster.months
    if given is not None and said and given not in said:
        raise NotReadable(
            f"标题写的是 {'、'.join(said)}，要求的是 {given}：请核对文件"
            " / the title says another month"
        )
    if given is not None:
        return given
    if len(said) != 1:
        raise NotReadable(
            "标题没有写明唯一的年月：用 --period 2024-03 写明"
            " / the title says no month, or several: say --period"
        )
    return said[0]


def _told(doing: _Doing) -> Iterator[Told]:
    """The records that the ledger could read; those of the others are wrong."""
    made, maker = doing.made, doing.maker
    kind = "begin" if made.grants else "row"
    for record in doing.preview.records.good:
        raw = maker.message(made.model, maker.name(kind, str(record.rows[0])), record.data)
        try:
            yield Told(record, maker.read(raw).event)
        except Unacceptable as refused:
            _refused(doing, record, refused)


def _refused(doing: _Doing, record: Record, refused: Unacceptable) -> None:
    for fault in refused.faults:
        pointer = fault.pointer.removeprefix("/data")
        said, what = REASONS[fault.code], wanted(fault.code, fault.expected)
        meant = f"{meaning(fault.code).zh}；应为：{what.zh} / expected: {what.en}"
        why = said if fault.expected == said else meant
        doing.preview.wrong.append(WrongCell(*record.cell_of(pointer), why))


async def _cases(doing: _Doing, told: Sequence[Told]) -> list[Compared | Mismatch]:
    preview, made = doing.preview, doing.made
    numbers, unread = _numbers(preview)
    known = await held.cases(
        doing.against.connection, doing.against.ledger.name, made.programme, preview.month, numbers
    )
    preview.held = comparing.held_of(known, made, told)
    found = list(
        comparing.compare(
            told, known, made, doing.against.bureau, doing.against.sealer, preview.month, numbers
        )
    )
    if unread:
        # Whose number cannot be read may be any of those that seem to have ended.
        found = [c for c in found if isinstance(c, Mismatch) or c.change != "ended"]
        preview.doubts.append("有行没有个案编号，未判断退出 / some rows have no number: none ended")
    preview.doubts += _told_late(preview, found)
    return [await _with_leaving(doing, change) for change in found]


def _told_late(preview: Preview, found: Sequence[Compared | Mismatch]) -> Iterator[str]:
    """New cases that began before the last roster, which had not named them."""
    for change in found:
        if isinstance(change, Mismatch) or change.change != "new" or change.record is None:
            continue
        first = change.record.data.get("first_month", "")
        if (
            preview.before is not None
            and first <= preview.before
            and change.facts[0].kind == "begin"
        ):
            yield (
                f"{change.case_number} 的起始月份 {first} 不晚于 {preview.before} 的花名册，"
                "该册没有它：往月数字随之改变"
                " / it began before the last roster, which had not named it"
            )


def _numbers(preview: Preview) -> tuple[set[str], bool]:
    """The case numbers of all rows, wrong ones too, and whether one of them cannot be read."""
    column = preview.made.column_of("/case_number")
    found: set[str] = set()
    unread = False
    for row in preview.roster.rows if column else ():
        try:
            value = row[column].value if column else None
            found.add(cells.number(value) if value is not None else "")
        except CellWrong:
            unread = True
    return found - {""}, unread or "" in found


async def _with_leaving(doing: _Doing, change: Compared | Mismatch) -> Compared | Mismatch:
    """The same with those who left, whom the ledger must be told by name."""
    if isinstance(change, Mismatch) or not change.leaving:
        return change
    facts: list[Fact] = []
    for ref in change.leaving:
        streams = [f"{CaseEvent.STREAM}/{change.case_number}"]
        person = await rostered.person(
            doing.against.connection,
            doing.against.sealer,
            doing.against.ledger.name,
            streams,
            ref,
        )
        if person is None:
            doing.preview.doubts.append(
                f"{change.case_number}：一名退出的成员已遗忘或限制处理，未报"
                " / one who left is forgotten or restricted"
            )
            continue
        month = doing.preview.month
        facts.append(
            comparing.left(
                doing.made,
                doing.against.bureau,
                doing.against.sealer,
                month,
                change.case_number,
                ref,
                person,
            )
        )
    return change._replace(facts=(*facts, *change.facts))


def _tell(doing: _Doing, change: Compared | Mismatch) -> None:
    """List a change, and make its events; what cannot be told is wrong."""
    preview = doing.preview
    if isinstance(change, Mismatch):
        preview.wrong.append(WrongCell(*change.record.cell_of(change.pointer), change.why))
        return
    made: list[bytes] = []
    for fact in change.facts:
        event_id = doing.maker.next_id(fact.kind, fact.key)
        corrects = doing.maker.first(fact.kind, fact.key) if fact.kind == "row" else None
        raw = doing.maker.message(fact.model, event_id, fact.data, corrects=corrects)
        try:
            doing.maker.read(raw)
        except Unacceptable as refused:
            if change.record is None:
                raise
            _refused(doing, change.record, refused)
            return
        made.append(raw)
    names = (
        [] if change.record is None else [str(p.get("name", "")) for p in persons(change.record)]
    )
    kinds = Counter(fact.model.TITLE for fact in change.facts)
    preview.rows.append(
        Row(
            change.change,
            change.case_number,
            "、".join(map(masked, names)),
            len(made),
            "、".join(f"{title}{n if n > 1 else ''}" for title, n in kinds.items()),
        )
    )
    preview.events += made


def _figures(made: RosterMap, told: Sequence[Told]) -> Iterator[tuple[str, str]]:
    """The figures of the month that a roster comes to, by 城乡 where it says so."""
    if made.grants is None:
        yield f"{made.model.TITLE}（件）", f"{len(told):,}"
        money = Counter[str]()
        for each in told:
            for name, value in each.record.data.items():
                if name.endswith("_fen"):
                    money[name] += value
        for fen in money.values():
            yield ("发放金额（元）" if made.model.PAYS else "金额（元）"), format_yuan(fen)
        return
    names = labels_of(Area)
    parts: dict[str, list[Told]] = {}
    for each in told:
        parts.setdefault(str(names.get(each.record.data.get("area", ""), "")), []).append(each)
    for area, part in sorted(parts.items()):
        rows = [each.record.data for each in part]
        yield f"{area}在保户数", f"{len(part):,}"
        yield f"{area}在保人数", f"{sum(len(data.get('members', '1')) for data in rows):,}"
        fen = sum(data.get("monthly_amount_fen") or 0 for data in rows)
        if fen:
            yield f"{area}月保障金额（元）", format_yuan(fen)


def hidden_of(preview: Preview) -> Iterator[str]:
    """What people do not see in the file, and was read all the same, or not."""
    sheet = preview.roster.sheet
    if preview.book.hidden_sheets:
        names = "、".join(preview.book.hidden_sheets)
        yield f"隐藏的工作表没有读取 / hidden sheets, not read: {names}"
    rows = [n for n in sheet.hidden_rows if n > preview.roster.headings[1]]
    if rows:
        yield f"隐藏的行已一并读取 / hidden rows, read as well: {_some(rows)}"
    columns = [n for n in sheet.hidden_columns if n in preview.roster.places.values()]
    if columns:
        titles = [c.title for c, place in preview.roster.places.items() if place in columns]
        yield f"隐藏的列已一并读取 / hidden columns, read as well: {'、'.join(titles)}"


def _some(numbers: Sequence[int], most: int = 8) -> str:
    more = f" … ({len(numbers)})" if len(numbers) > most else ""
    return "、".join(map(str, numbers[:most])) + more
