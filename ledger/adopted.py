"""The versions of its bureau's folder that a ledger adopted, and which of them stands where.

Each is a record of the journal that keeps the folder's bytes. A folder is known by its digest, so
one that was read stays read.
"""

from __future__ import annotations

import base64
import zlib
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import asyncpg
import msgspec

from domain.aggregate import Entry
from domain.bureau.bureau import Bureau
from domain.bureau.reading import FolderWrong, digest_of, read
from infra.alarm import Alarm
from infra.bureaus import national_file
from ledger import aliases, store
from ledger.aliases import renamed

KIND: Literal["bureau-adopted"] = "bureau-adopted"
SUBJECT = "bureau/"
"""Before the digest, the subject of the record."""
MOST_READ = 64
"""So many folders are kept as they were read."""
_read: dict[str, Bureau] = {}
"""Digest → what that folder says: the same in every ledger, whoever reads it."""


class NothingAdopted(Alarm):
    """A ledger of an older release, whose bureau nobody has told it yet."""

    def __init__(self, ledger: str) -> None:
        super().__init__(
            f"账本 {ledger} 尚未采用单位资料：执行 mingjian bureau adopt，或启动接收服务"
            f" / ledger {ledger} has adopted no bureau yet: mingjian bureau adopt"
        )


class AdoptedUnreadable(Alarm):
    """A folder that a ledger adopted is one that the program does not understand."""

    def __init__(self, ledger: str, number: int, error: FolderWrong) -> None:
        super().__init__(
            f"账本 {ledger} 在经办日志第 {number} 条采用的单位资料，本程序读不懂：{error}"
            f" / the bureau adopted by record {number} is not understood by this program"
        )


@dataclass(frozen=True, slots=True)
class Versions:
    """What a ledger adopted, in order, at least one; each stands for the positions after `after`.

    What came before the first goes by the first.
    """

    bureaus: tuple[Bureau, ...]
    after: tuple[int, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Old pseudonym → the one the person has today (ledger/aliases.py)."""

    def entry(self, row: Sequence[Any], *, outlined: bool = False) -> Entry:
        """A row of `store.READ` as an entry of its bureau, or in outline."""
        if outlined:
            return store.outline_of(row, self.at(row[0]))
        return store.entry_of(renamed(row, self.aliases), self.at(row[0]))

    def begun(self, after: int, to: int) -> list[int]:
        """The positions of a span from which on another version than before it stands."""
        return sorted({each + 1 for each in self.after[1:] if after < each + 1 <= to})

    def at(self, position: int) -> Bureau:
        """The bureau by which the entry at a position is judged and folded."""
        if len(self.bureaus) == 1:
            return self.bureaus[0]
        return self.bureaus[max(bisect_left(self.after, position), 1) - 1]

    @property
    def latest(self) -> Bureau:
        """The bureau by which the next entry is judged."""
        return self.bureaus[-1]

    @property
    def sources(self) -> frozenset[str]:
        """The names of all sources that there ever were."""
        return frozenset(name for bureau in self.bureaus for name in bureau.sources)


async def digests(
    connection: asyncpg.Connection, ledger: str, *, so_far: bool = False
) -> list[tuple[int, int, str]]:
    """Number, position and digest of each adoption, in order; none where nothing was adopted.

    Raises LedgerMissing, and LedgerRestoring while some may still be lacking, unless those that
    came back `so_far` are asked for.
    """
    rows = await connection.fetch(
        "SELECT restoring, number, told.position, subject FROM ledger.ledger AS l"
        f" LEFT JOIN ledger.journal AS told ON told.ledger = l.ledger AND told.kind = '{KIND}'"
        " WHERE l.ledger = $1 ORDER BY number",
        ledger,
    )
    if not rows:
        raise store.LedgerMissing(ledger)
    if rows[0]["restoring"] and not so_far:
        raise store.LedgerRestoring(ledger)
    return [
        (number, position, subject.removeprefix(SUBJECT))
        for _, number, position, subject in rows
        if number is not None
    ]


async def versions(
    connection: asyncpg.Connection, ledger: str, *, so_far: bool = False
) -> Versions:
    """All that a ledger adopted; `so_far` as in `digests`.

    Raises LedgerMissing, LedgerRestoring, NothingAdopted, LedgerAltered, AdoptedUnreadable.
    """
    told = await digests(connection, ledger, so_far=so_far)
    if not told:
        raise NothingAdopted(ledger)
    for number, _, digest in told:
        if digest not in _read:
            while len(_read) >= MOST_READ:
                del _read[next(iter(_read))]
            _read[digest] = await _bureau(connection, ledger, number, digest)
    bureaus = tuple(_read[digest] for _, _, digest in told)
    after = tuple(position for _, position, _ in told)
    return Versions(bureaus, after, await aliases.read(connection, ledger))


async def at(connection: asyncpg.Connection, ledger: str, position: int | None = None) -> Bureau:
    """The bureau by which the entry at a position is judged and folded; None = the next one."""
    adopted = await versions(connection, ledger)
    return adopted.latest if position is None else adopted.at(position)


async def entries(
    connection: asyncpg.Connection,
    ledger: str,
    rows: Sequence[Sequence[Any]],
    outlined: Collection[int] = frozenset(),
    bureaus: Versions | None = None,
) -> list[Entry]:
    """Rows of `store.READ` as entries, those of some positions in outline.

    `bureaus` is what the ledger has adopted by now, where that is known.
    """
    if not rows:
        return []
    if bureaus is None:
        bureaus = await versions(connection, ledger)
    return [bureaus.entry(row, outlined=row[0] in outlined) async for row in store.slowly(rows)]


# A folder in the journal.


class _Told(msgspec.Struct):
    digest: str
    folder: str


def facts_of(bureau: Bureau) -> dict[str, Any]:
    """What the journal keeps of a folder: its digest, and all of its bytes."""
    return {"digest": bureau.digest, "folder": pack(bureau.files)}


def pack(files: Mapping[str, bytes]) -> str:
    """Files by their paths, as one text: always the same for the same files."""
    whole = msgspec.msgpack.encode(dict(sorted(files.items())))
    return base64.b64encode(zlib.compress(whole, 9)).decode()


def unpack(packed: str) -> dict[str, bytes]:
    """The inverse of `pack`. Raises ValueError."""
    try:
        whole = zlib.decompress(base64.b64decode(packed, validate=True))
        return msgspec.msgpack.decode(whole, type=dict[str, bytes])
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError("no folder") from error


async def files_of(connection: asyncpg.Connection, ledger: str, number: int) -> dict[str, bytes]:
    """The files that a record of the journal keeps. Raises LedgerAltered."""
    detail = await connection.fetchval(
        f"SELECT detail FROM ledger.journal WHERE ledger = $1 AND number = $2 AND kind = '{KIND}'",
        ledger,
        number,
    )
    try:
        told = msgspec.json.decode(detail or b"", type=_Told)
        files = unpack(told.folder)
    except (ValueError, msgspec.MsgspecError):
        raise store.LedgerAltered(ledger) from None
    if digest_of(files) != told.digest:
        raise store.LedgerAltered(ledger)
    return files


async def _bureau(connection: asyncpg.Connection, ledger: str, number: int, digest: str) -> Bureau:
    files = await files_of(connection, ledger, number)
    try:
        bureau = read(files, national_file("rules.toml"))
    except FolderWrong as error:
        raise AdoptedUnreadable(ledger, number, error) from error
    if bureau.digest != digest:
        raise store.LedgerAltered(ledger)
    return bureau
