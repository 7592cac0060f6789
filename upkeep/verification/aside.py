"""What is no entry: the journal, and the rows of parked and quarantined messages that it tells of.

The journal is dense, and each record has a mac that nobody makes without the ledger secret.
So what it says was put aside, settled or discarded is what happened; the rows must say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import asyncpg

from ledger import copies, inventory, journal
from ledger.journal import Note
from ledger.seal import Sealer, WrongSecret
from ledger.setting_aside import WITHHELD, WITHHELD_TOLD, facts_of
from ledger.store import Ledger
from upkeep.verification.difference import UNREADABLE, Differences, comparable

TableName = Literal["parked", "quarantine"]
_MAY_DIFFER = ("sealed", "waits_for")
"""Facts of a new row that a later record, or a restore, may change; checked otherwise."""


@dataclass(slots=True)
class Told:
    """What the journal tells of a row."""

    first: Note
    waits_for: str | None = None
    last: Note | None = None
    """The record that settled it."""
    blanked: bool = False
    """Whether its bytes went with a person who was forgotten."""


_Rows = dict[tuple[str, int], Told]


async def check(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: Ledger,
    found: Differences,
    progress: Callable[[float], None],
) -> tuple[int, int]:
    """Check the journal of a ledger and all rows put aside.

    Returns how many rows there are, and how many of them lack their bytes, as they do after a
    restore until those come again.
    """
    told: _Rows = {}
    before: Note | None = None
    async for notes in journal.read_all(connection, ledger.name):
        for note in notes:
            for text in _faults(ledger, before, note):
                found.add("journal", note.number, f"第 {note.number} 条：{text}")
            if _fits(sealer, note):
                _tell(told, note)
            else:
                text = "校验码不是用本账本密钥生成的 / not made with the ledger secret"
                found.add("journal", note.number, f"第 {note.number} 条：{text}")
            before = note
        progress(len(notes))
    last = 0 if before is None else before.number
    if last != ledger.journal:
        found.add(
            "journal", last + 1, f"第 {last + 1} 条起缺 / missing", abs(ledger.journal - last)
        )
    count = lacking = 0
    for table in ("parked", "quarantine"):
        async for row in inventory.put_aside(connection, table, ledger.name):
            count += 1
            lacking += row["sealed"] is None
            known = told.pop((table, row["number"]), None)
            for text in _row_faults(sealer, table, row, known):
                found.add(table, row["number"], f"编号 {row['number']}：{text}")
    for (table, number), missing in told.items():
        text = f"编号 {number}：缺这一行，见日志第 {missing.first.number} 条 / row missing"
        found.add("parked" if table == "parked" else "quarantine", number, text)
    return count, lacking


def _fits(sealer: Sealer, note: Note) -> bool:
    """Whether a record was made with the ledger secret; one that was not tells nothing."""
    try:
        return note.mac is not None and journal.mac(sealer, note) == note.mac
    except UNREADABLE:
        return False  # a negative number, or a time without end


def _faults(ledger: Ledger, before: Note | None, note: Note) -> Iterator[str]:
    """What is wrong with a record of the journal."""
    expected = 1 if before is None else before.number + 1
    if note.number != expected:
        yield f"前缺 {note.number - expected} 条 / missing before it"
    if note.position > ledger.position:
        yield f"账本没有位置 {note.position} / no such position"
    if before is not None and _moment(before) > _moment(note):
        yield "时间或位置倒退 / goes back"


def _moment(note: Note) -> tuple[datetime, int]:
    return comparable(note.recorded_at), note.position


def _tell(told: _Rows, note: Note) -> None:
    """What a record says of a row that was put aside."""
    if note.kind == "person-forgotten":
        for table in copies.TABLES:
            for number in note.facts[table]:
                if (table, number) in told:
                    told[table, number].blanked = True
    if note.row is None:
        return
    row = told.get(note.row)
    if row is None:
        row = told[note.row] = Told(note)
    elif note.kind != "parked":
        row.last = note
    if note.kind == "parked":
        row.waits_for = note.facts["waits_for"]


def _row_faults(
    sealer: Sealer, table: TableName, row: Mapping[str, Any], told: Told | None
) -> Iterator[str]:
    """What is wrong with a row that was put aside."""
    if told is None:
        yield "日志未记 / the journal does not tell of it"
        return
    said = told.first.facts
    try:
        made = facts_of(tuple(row.keys()), tuple(row.values()))
    except UNREADABLE:
        made = {}
    names = [name for name in said if name not in _MAY_DIFFER and said[name] != made.get(name)]
    expected: dict[str, Any] = {
        "position": told.first.position,
        "journal_from": told.first.number,
        "journal_to": None if told.last is None else told.last.number,
    }
    last = told.last
    if table == "parked":
        expected["waits_for"] = told.waits_for
        expected["taken_at"] = None if last is None else last.facts.get("entry", last.position)
    else:
        repair = last if last is not None and last.kind == "taken-up" else None
        expected["released_by"] = None if repair is None else repair.facts["event"]
        expected["released_at"] = None if repair is None else repair.position
    names += [name for name, value in expected.items() if row[name] != value]
    if names:
        yield f"{'、'.join(names)} 与日志不同 / other than the journal"
    if row["sealed"] == WITHHELD:
        if said["sealed"] != WITHHELD_TOLD and not told.blanked:
            yield "原字节被取走 / the bytes were taken away"
        return
    if told.blanked and row["sealed"] is not None:
        yield "已遗忘的原字节又在 / bytes that were destroyed are back"
        return
    try:
        if (
            row["sealed"] is not None
            and sealer.digest(sealer.unbox(row["sealed"])) != row["digest"]
        ):
            yield "封存的不是收到的原字节 / not the bytes that arrived"
    except WrongSecret:
        yield "封存的原字节打不开 / the sealed bytes do not open"
