"""Taking event files in: lines, batches bounded in number and bytes."""

from __future__ import annotations

import codecs
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import asyncpg

from ledger import attempts
from ledger.ahead import take_and_read
from ledger.intake import Intake
from ledger.outcomes import Tally
from ledger.records import Gap, Offsets, Record

BATCH_RECORDS = 1_000
BATCH_BYTES = 8 * 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""It belongs to the file, not to its first event; within one that several were joined to, too."""
LINE_BYTES_MAX = 32 * 2**20
"""A longer line is cut here; what is kept is quarantined as oversize, with this size."""
LOOKED_AT = 100
LOOK_BYTES = 2**20
"""From so many lines, or bytes, one sees whether a file is meant for a ledger."""


def read_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines without their ends or byte order marks, in bounded memory; empty ones are left out."""
    return (line for _, line in numbered_lines(file))


def numbered_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The same, each with its number in the file."""
    number = 0
    while line := file.readline(LINE_BYTES_MAX):
        number += 1
        if not line.endswith(b"\n") and len(line) == LINE_BYTES_MAX:
            while rest := file.readline(2**20):
                if rest.endswith(b"\n"):
                    break
        if line := line.rstrip(b"\r\n").removeprefix(BYTE_ORDER_MARK):
            yield number, line


def batches(
    lines: Iterable[bytes], origin: str, size: int = BATCH_RECORDS
) -> Iterator[list[Record]]:
    """Cut lines into batches bounded in number and in bytes."""
    return _cut(enumerate(lines, start=1), origin, size)


def _cut(lines: Iterable[tuple[int, bytes]], origin: str, size: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    weight = 0
    for number, line in lines:
        batch.append(Record(line, f"{origin}:{number}"))
        weight += len(line)
        if len(batch) >= size or weight >= BATCH_BYTES:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def doubt(path: Path) -> str | None:
    """Why a file is probably not meant for a ledger; None where its beginning looks like events.

    A file of events may hold lines that are none. So it is doubted where it begins with one, and
    most of its first lines are none. A pipe is never doubted: what is read of it is gone.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(LOOK_BYTES)
    lines = list(itertools.islice(read_lines(BytesIO(head)), LOOKED_AT))
    objects = [_is_object(line, whole=len(line) < LOOK_BYTES) for line in lines]
    if not lines or objects[0] or 2 * sum(objects) > len(objects):
        return None
    wrong = objects.count(False)
    return (
        f"前 {len(lines)} 行中 {wrong} 行不是 JSON 对象（{_nature(head)}）"
        f" / no JSON object in {wrong} of its first {len(lines)} lines"
    )


def _is_object(line: bytes, *, whole: bool) -> bool:
    """Whether a line is a JSON object, or the beginning of a very long one."""
    if not whole:
        return line.startswith(b"{")
    try:
        return isinstance(json.loads(line.decode()), dict)  # of bytes it would guess the coding
    except (ValueError, RecursionError):
        return False


def _nature(head: bytes) -> str:
    """What a file is instead, as far as its beginning tells."""
    if b"\0" in head:
        return "像是二进制文件或 UTF-16 文本"
    try:
        start = codecs.getincrementaldecoder("utf-8-sig")().decode(head).lstrip()[:1]
    except UnicodeDecodeError:
        return "不是 UTF-8 文本"
    if start == "[":
        return "像是 JSON 数组，每行应为一条事件"
    return "像是分成多行的 JSON，每行应为一条事件" if start == "{" else "不是 JSON"


async def ingest(
    connection: asyncpg.Connection,
    intake: Intake,
    groups: Iterable[list[Record]],
    *,
    progress: Callable[[int], None] = lambda _: None,
    offsets: Offsets | None = None,
) -> Tally:
    """Take batches into the ledger; `progress` gets the bytes of each batch.

    The next batch is read while PostgreSQL writes the one before it.
    """
    tally = Tally()
    source = iter(groups)
    items = await intake.read(connection, next(source, []))
    while items:
        records = next(source, [])
        taken, ahead = await take_and_read(connection, intake, items, records, offsets)
        tally.add(taken.tally)
        progress(sum(len(item.record.raw) + 1 for item in items))
        items = ahead
    return tally


async def ingest_file(
    connection: asyncpg.Connection,
    intake: Intake,
    path: Path,
    *,
    batch: int = BATCH_RECORDS,
    progress: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Take a JSON Lines file into the ledger; where runs ended before, line by line."""
    ledger, place = intake.ledger.name, place_of(path)

    async def get_on(connection: asyncpg.Connection, records: Sequence[Record]) -> dict[str, Gap]:
        await attempts.get_on(connection, ledger, place, _line(records[-1]))
        return {}

    wary, after = await attempts.begin_file(connection, ledger, place)
    tally = Tally()
    with path.open("rb") as file:
        groups = _cut(numbered_lines(file), path.name, batch)
        left = 2 * batch if wary else 0
        while left > 0 and (records := next(groups, [])):
            passed = [record for record in records if _line(record) <= after]
            if passed:
                tally.add((await intake.take(connection, passed)).tally)
            for record in records[len(passed) :]:
                tally.add((await intake.take_alone(connection, place, record, get_on)).tally)
                left -= 1
            progress(sum(len(record.raw) + 1 for record in records))
        if wary:
            await attempts.end(connection, ledger, [place])
            await attempts.begin_file(connection, ledger, place)
        rest = await ingest(connection, intake, groups, progress=progress, offsets=get_on)
    tally.add(rest)
    await attempts.end(connection, ledger, [place])
    return tally


def place_of(path: Path) -> str:
    """What attempts at a file are known by: others of its name may be shorter or longer."""
    return f"{path.name} {path.stat().st_size}"


def _line(record: Record) -> int:
    return int(record.origin.rpartition(":")[2])
