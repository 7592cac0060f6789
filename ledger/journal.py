"""The journal (经办日志): a ledger's second dense log, of all that is not an entry.

What was parked, taken up, refused, discarded or skipped, and what people did to the ledger: each is
a record, written in the transaction that does the thing. It holds numbers, names, reasons and keyed
hashes, never content. Records are numbered in the order of judging, which is the same however
records were cut into batches; recording times never decrease over entries and journal together.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

import asyncpg
import msgspec

from domain.codes import Labels
from domain.misplaced import masked
from ledger import store, tables
from ledger.clock import EPOCH
from ledger.leaf import layout, moment
from ledger.seal import Sealer
from ledger.store import END, Ledger

Kind = Annotated[
    Literal[
        "parked",
        "taken-up",
        "refused",
        "discarded",
        "skipped",
        "rebuilt",
        "left-out",
        "bureau-adopted",
        "key-issued",
        "key-revoked",
        "text-withheld",
        "text-shown-again",
        "registration-required",
        "source-added",
        "source-changed",
        "source-suspended",
        "source-resumed",
        "person-forget-ordered",
        "person-forgotten",
        "person-restricted",
        "person-unrestricted",
        "hold-set",
        "hold-released",
        "keys-rotated",
        "user-admitted",
        "user-changed",
        "user-dismissed",
        "token-issued",
        "access-pruned",
        "kafka-rights-changed",
        "kafka-password-changed",
    ],
    Labels(
        "待关联",
        "续办记入",
        "拒收",
        "废弃",
        "跳过偏移",
        "接受重建",
        "略去",
        "采用单位资料",
        "签发来源密钥",
        "吊销来源密钥",
        "隐去文字",
        "恢复显示文字",
        "启用来源登记册",
        "登记来源",
        "变更来源登记",
        "暂停来源",
        "恢复来源",
        "提出遗忘",
        "已遗忘",
        "限制处理",
        "解除限制",
        "设审计留存",
        "解除审计留存",
        "更换主密钥",
        "设立用户",
        "变更用户",
        "注销用户",
        "签发用户凭据",
        "清理访问日志",
        "变更 Kafka 用户与权限",
        "更换 Kafka 用户密码",
    ),
]
"""What happened. `parked` is also said of an event that goes on to wait for something else."""

READ_MODELS = "read-models"
"""The subject of what concerns all read models."""
READ_MODEL = "read-model/"
"""Before the name of one, the subject of what concerns it."""
ROWS = 5_000
MOST_BY = 80
MOST_WHY = 500
_NOTE = b"mingjian journal"
_NUMBERS = struct.Struct(">QqQ")


class Note(NamedTuple):
    """A record of the journal, in the order of its columns."""

    ledger: str
    number: int
    recorded_at: datetime
    position: int
    kind: str
    subject: str
    by: str | None
    why: str | None
    detail: bytes
    mac: bytes | None

    @property
    def row(self) -> tuple[str, int] | None:
        """Table and number of the row it is about; None where it is about none."""
        table, _, number = self.subject.partition("/")
        aside = table in ("parked", "quarantine") and number.isdecimal()
        return (table, int(number)) if aside else None

    @property
    def facts(self) -> dict[str, Any]:
        """The detail as an object."""
        return facts_in(self.detail)


COLUMNS = Note._fields
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM ledger.journal WHERE ledger = $1"
_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode


def facts_in(detail: bytes) -> dict[str, Any]:
    """The detail of a record as an object."""
    facts: dict[str, Any] = _decode(detail)
    return facts


class Said(NamedTuple):
    """What a person says of a deed: who, and why."""

    by: str
    why: str


class Unsaid(ValueError):
    """A deed is not recorded without a name and a reason that may stand in the journal."""


def said(by: str, why: str, asked: str = "事由 --why") -> Said:
    """Who and why, fit to stand in the journal for ever; raises Unsaid.

    `asked` is what the reason is called where it is asked for.
    """
    for text, most, what in ((by, MOST_BY, "经办人 --by"), (why, MOST_WHY, asked)):
        if not text.strip() or len(text) > most or not text.isprintable():
            raise Unsaid(f"{what} 须为 1 至 {most} 个可见字符 / 1 to {most} printable characters")
        if masked(text) != text:
            raise Unsaid(f"{what} 中不得有证件号码或账号 / no personal number may stand in it")
    return Said(by.strip(), why.strip())


class Journal:
    """The records that one transaction writes; its ledger's row is locked."""

    def __init__(self, sealer: Sealer, ledger: Ledger) -> None:
        self._sealer = sealer
        self._ledger = ledger
        self.notes: list[Note] = []

    @property
    def number(self) -> int:
        """The last number so far."""
        return self._ledger.journal + len(self.notes)

    def go_on_from(self, stored: Ledger) -> None:
        """The records so far are written; the next ones follow them."""
        self._ledger = stored
        self.notes = []

    def note(
        self,
        kind: Kind,
        subject: str,
        facts: Mapping[str, Any],
        at: datetime,
        position: int,
        said: Said | None = None,
    ) -> int:
        """A new record; returns its number."""
        by, why = said or (None, None)
        name, detail = self._ledger.name, _encode(facts)
        note = Note(name, self.number + 1, at, position, kind, subject, by, why, detail, None)
        self.notes.append(note._replace(mac=mac(self._sealer, note)))
        return note.number

    async def write(self, connection: asyncpg.Connection) -> None:
        """Write the records; the counter is the caller's."""
        await tables.copy(connection, "journal", COLUMNS, self.notes)


@dataclass(slots=True)
class Deed:
    """What a person, or a command, does to a ledger outside of the intake, in one transaction."""

    connection: asyncpg.Connection
    """In the transaction of the deed."""
    ledger: Ledger
    at: datetime
    journal: Journal

    def note(
        self, kind: Kind, subject: str, facts: Mapping[str, Any], said: Said | None = None
    ) -> int:
        """A new record of now; returns its number."""
        return self.journal.note(kind, subject, facts, self.at, self.ledger.position, said)


@asynccontextmanager
async def deed(connection: asyncpg.Connection, sealer: Sealer, name: str) -> AsyncIterator[Deed]:
    """A transaction that writes to a ledger, and to its journal what was noted at its end.

    Raises LedgerMissing, LedgerRestoring, LedgerAltered.
    """
    async with connection.transaction():
        ledger, now = await store.begin_writing(connection, name)
        if not await tables.head_fits(connection, sealer, ledger):
            raise store.LedgerAltered(name)
        at = ledger.last_recorded_at or EPOCH
        if not ledger.replay:
            at = max(now, at)
        done = Deed(connection, ledger, at, Journal(sealer, ledger))
        yield done
        if done.journal.notes:
            await done.journal.write(connection)
            last = ledger.last_recorded_at if ledger.replay else at
            after = replace(ledger, journal=done.journal.number, last_recorded_at=last)
            head = await tables.head(connection, sealer, after)
            await tables.move_journal_on(connection, after, head)


def mac(sealer: Sealer, note: Note) -> bytes:
    """Keyed hash of all that a record says, 32 bytes."""
    numbers = _NUMBERS.pack(note.number, moment(note.recorded_at), note.position)
    texts = (note.ledger, note.kind, note.subject, note.by, note.why)
    said = [None if text is None else text.encode() for text in texts]
    return sealer.mac(hashlib.sha256(layout([_NOTE, numbers, *said, note.detail])).digest())


def subject_of(table: str, number: int) -> str:
    """The subject of a row that was put aside."""
    return f"{table}/{number}"


# Reading.


async def read(
    connection: asyncpg.Connection,
    ledger: str,
    after: int = 0,
    to: int = END,
    *,
    at: int = END,
    limit: int = ROWS,
) -> list[Note]:
    """Records in the order of their numbers, after a number, up to a position, at most `limit`."""
    rows = await connection.fetch(
        _SELECT + " AND number > $2 AND number <= $3 AND position <= $4 ORDER BY number LIMIT $5",
        ledger,
        after,
        to,
        at,
        limit,
    )
    return [Note(*row) for row in rows]


async def believed(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, which: str, *values: Any
) -> list[Note]:
    """Records that a condition picks (SQL on ledger $1, its values from $2 on), in their order.

    Each bears its mac, so none was written or changed by who can only write to the database. Raises
    LedgerAltered.
    """
    rows = await connection.fetch(f"{_SELECT} AND {which} ORDER BY number", ledger, *values)
    notes = [Note(*row) for row in rows]
    if any(note.mac != mac(sealer, note) for note in notes):
        raise store.LedgerAltered(ledger)
    return notes


async def read_at(
    connection: asyncpg.Connection, ledger: str, numbers: Sequence[int]
) -> list[Note]:
    """The records of these numbers, as far as there are such."""
    rows = await connection.fetch(_SELECT + " AND number = ANY($2::bigint[])", ledger, numbers)
    return [Note(*row) for row in rows]


async def read_all(
    connection: asyncpg.Connection, ledger: str, to: int = END
) -> AsyncIterator[list[Note]]:
    """All records up to a number, in bounded memory."""
    after = 0
    while notes := await read(connection, ledger, after, to):
        yield notes
        after = notes[-1].number


async def last_at(connection: asyncpg.Connection, ledger: str, position: int) -> int:
    """The last number written up to a position (0 when none)."""
    return await _last(connection, ledger, "position", position)


async def last_known(connection: asyncpg.Connection, ledger: str, known: datetime) -> int:
    """The last number recorded at or before `known` (0 when none)."""
    return await _last(connection, ledger, "recorded_at", known)


async def _last(connection: asyncpg.Connection, ledger: str, column: str, limit: Any) -> int:
    """Neither positions nor times decrease with the number, so this is a search on the key."""
    query = f"SELECT {column} FROM ledger.journal WHERE ledger = $1 AND number = $2"
    head = await connection.fetchval(
        "SELECT coalesce(max(number), 0) FROM ledger.journal WHERE ledger = $1", ledger
    )
    return await store.last_within(head, partial(connection.fetchval, query, ledger), limit)


async def aside_by_partition(
    connection: asyncpg.Connection, ledger: str
) -> dict[str, Counter[str]]:
    """Table → partition ("topic/partition") → how many rows it tells of.

    Of parked events those that wait, of quarantine all that was ever there.
    """
    origins: dict[str, dict[str, str]] = {"parked": {}, "quarantine": {}}
    async for notes in read_all(connection, ledger):
        for note in notes:
            if note.row is None:
                continue
            table, facts = note.row[0], note.facts
            if "origin" in facts:
                origins[table][note.subject] = facts["origin"].rpartition("/")[0]
            elif table == "parked" and note.kind != "parked":
                origins[table].pop(note.subject, None)
    return {table: Counter(found.values()) for table, found in origins.items()}


async def skipped(connection: asyncpg.Connection, ledger: str) -> dict[str, int]:
    """Partition → how many offsets it says were skipped there.

    A record that says how many there are by now, after a restore, is where counting begins anew.
    """
    rows = await connection.fetch(_SELECT + " AND kind = 'skipped' ORDER BY number", ledger)
    count: dict[str, int] = {}
    for row in rows:
        note = Note(*row)
        facts = note.facts
        if "skipped" in facts:
            count[note.subject] = facts["skipped"]
        else:
            count[note.subject] = count.get(note.subject, 0) + facts["to"] - facts["from"]
    return count


async def left_out(
    connection: asyncpg.Connection, ledger: str, read_models: Collection[str]
) -> dict[str, dict[int, Note]]:
    """Read model → position of an entry that is left out of it → the record that says so.

    The first, where there are several.
    """
    subjects = [READ_MODEL + name for name in read_models]
    found: dict[str, dict[int, Note]] = {}
    query = _SELECT + " AND subject = ANY($2) AND kind = 'left-out' ORDER BY number DESC"
    for row in await connection.fetch(query, ledger, subjects):
        note = Note(*row)
        of = found.setdefault(note.subject.removeprefix(READ_MODEL), {})
        of[note.facts["position"]] = note
    return found
