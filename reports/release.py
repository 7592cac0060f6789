"""What was released of a report plan: read from the ledger itself, word by word.

A release that nobody signed, whose period was not over, that was told as published on a day to come
or that lacks a section is in the record, with what is wrong with it; no page shows it as published.
Of a plan and a period the latest edition stands, and supersedes the others. Nothing here is worked
out: a later program, or a later correction, changes no word of what was released.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import asyncpg
from pydantic import TypeAdapter

from domain.reporting.releases import (
    Audience,
    MergedCells,
    PlanKind,
    ReleaseBlock,
    ReleaseContent,
    ValueType,
    first_day,
)
from ledger import evidence
from ledger.withheld import MARK
from projections.read_model import MAX_POSITION, VERSION
from projections.snapshot import serving, snapshot
from reports.measure import Exact, Value
from reports.moment import Moment, period_of
from reports.shown import local

ANNUAL = "annual"
"""The plan whose signature may also be told as that of the annual report of a year."""
_STANDING = f"ledger = $1 AND known_to = {MAX_POSITION}"
_RELEASES = (
    "SELECT r.*, (SELECT array_agg(s.number ORDER BY s.number) FROM release_section AS s"
    f" WHERE s.ledger = r.ledger AND s.known_to = {MAX_POSITION} AND s.plan = r.plan"
    " AND s.period = r.period AND s.edition = r.edition) AS numbers"
    f" FROM release AS r WHERE r.ledger = $1 AND r.known_to = {MAX_POSITION}"
)
_ADDRESSES = (
    "SELECT plan, period, edition, url, shown_on, index_number, content"
    f" FROM release_address WHERE {_STANDING} ORDER BY shown_on, known_from"
)
_FILES = (
    "SELECT plan, period, edition, form, sha256, bytes FROM release_file"
    f" WHERE {_STANDING} ORDER BY form, known_from"
)
_FIRST_TOLD = (
    "SELECT DISTINCT ON (plan, period, edition) plan, period, edition, audience, known_from,"
    " left(published_at, 4) AS year FROM release WHERE ledger = $1"
    " ORDER BY plan, period, edition, known_from"
)
_SIGNATURES = (
    f"SELECT plan, period, signed_on, signed_by FROM plan_signature WHERE {_STANDING} UNION ALL"
    f" SELECT '{ANNUAL}', year::text, signed_on, signed_by FROM report_signature WHERE {_STANDING}"
    " ORDER BY 1, 2, 3 DESC, 4 DESC"
)
_SECTIONS = (
    f"SELECT number, body FROM release_section WHERE {_STANDING}"
    " AND plan = $2 AND period = $3 AND edition = $4 ORDER BY number"
)
_CONTENT = (
    "SELECT encode(sha256(coalesce(string_agg(sha256(convert_to(body, 'UTF8')), ''::bytea"
    f" ORDER BY number), ''::bytea)), 'hex') FROM release_section WHERE {_STANDING}"
    " AND plan = $2 AND period = $3 AND edition = $4"
)
"""As `content_of` works it out."""
_MERGED = TypeAdapter(tuple[MergedCells, ...])
_LAST = (
    "SELECT greatest("
    "(SELECT coalesce(max(edition), 0) FROM release WHERE ledger = $1 AND plan = $2"
    " AND period = $3),"
    " (SELECT coalesce(max(edition), 0) FROM release_section WHERE ledger = $1 AND plan = $2"
    " AND period = $3))"
)

UNSIGNED = "尚未签发即发布"
NOT_OVER = "期间未结束即发布"
TO_COME = "发布日期在记入之后"
INCOMPLETE = "发布内容不全"
TWICE = "这一版已发布过"


@dataclass(frozen=True, slots=True)
class Release:
    """A release that stands or was superseded: which plan, period and moment it speaks of."""

    plan: str
    period: str
    edition: int
    kind: PlanKind
    title: str
    audience: Audience
    moment: Moment
    published_at: str
    """ISO text at 中国标准时间."""
    position: int
    """Of the entry that says so."""
    content: str
    bureau: str | None
    merged: tuple[MergedCells, ...]
    signed: str
    dated: str
    """What stands under it."""
    published_by: str
    reason: str
    signed_on: date
    """成文日期: of the signature that it rests on."""
    index: str
    """Year and number, 2025-00001: among what this ledger told of as released in that year, to the
    same readers, in the order of first telling. What is taken back keeps its number."""
    addresses: tuple[Address, ...] = ()
    """Where others show it."""
    files: tuple[File, ...] = ()
    """What it is given out as."""

    @property
    def name(self) -> str:
        """Plan, period and edition."""
        return f"{self.plan}/{self.period}/{self.edition}"


class Unfit(NamedTuple):
    """What is told as a release and cannot be one, and why."""

    plan: str
    period: str
    edition: int
    position: int
    published_at: str
    why: str


class Signature(NamedTuple):
    """签发: the latest that stands."""

    on: date
    by: str


class Address(NamedTuple):
    """Where the portal of the district shows a release, and what was told of that page."""

    url: str
    shown_on: date
    index_number: str | None
    content: str | None
    """SHA-256 of the page as it went up, in hex."""


class File(NamedTuple):
    """A form of a release, and by what its bytes are known."""

    form: str
    sha256: str
    bytes: int


class Altered(LookupError):
    """The sections of a release are not those that it closed."""

    def __init__(self, release: Release) -> None:
        super().__init__(f"发布 {release.name} 的内容与封存时不同，不予显示")


async def released(connection: asyncpg.Connection, ledger: str) -> list[Release]:
    """All releases of a ledger, the latest published first, editions of one plan and period too.

    Asked in a snapshot.
    """
    return [item for item in await _told(connection, ledger) if isinstance(item, Release)]


async def unfit(connection: asyncpg.Connection, ledger: str) -> list[Unfit]:
    """What is told as released and is not, in the same order; asked in a snapshot."""
    return [item for item in await _told(connection, ledger) if isinstance(item, Unfit)]


def standing(releases: Iterable[Release]) -> list[Release]:
    """Those that no later edition supersedes, in the order given."""
    every = list(releases)
    last: dict[tuple[str, str], Release] = {}
    for item in every:
        key = item.plan, item.period
        if key not in last or last[key].edition < item.edition:
            last[key] = item
    return [item for item in every if last[item.plan, item.period] is item]


async def signatures(
    connection: asyncpg.Connection, ledger: str
) -> dict[tuple[str, str], list[Signature]]:
    """(plan, period) → the signatures that stand, the latest first; asked in a snapshot."""
    found: dict[tuple[str, str], list[Signature]] = {}
    for row in await connection.fetch(_SIGNATURES, ledger):
        key = row["plan"], row["period"]
        found.setdefault(key, []).append(Signature(row["signed_on"], row["signed_by"]))
    return found


async def last_edition(connection: asyncpg.Connection, ledger: str, plan: str, period: str) -> int:
    """The highest edition that was ever told of, taken back or not; 0 = none."""
    last: int = await connection.fetchval(_LAST, ledger, plan, period)
    return last


async def content(connection: asyncpg.Connection, release: Release) -> ReleaseContent:
    """What a release says, its sections put together.

    Raises Altered where that is not what it closed.
    """
    said = await bodies(connection, release)
    return together([ReleaseContent.model_validate_json(body) for body in said])


def together(sections: Sequence[ReleaseContent]) -> ReleaseContent:
    """What a release says, from its sections."""
    return ReleaseContent(
        blocks=whole(block for section in sections for block in section.blocks),
        values=tuple(value for section in sections for value in section.values),
        breakdowns=tuple(item for section in sections for item in section.breakdowns),
        definitions=tuple(item for section in sections for item in section.definitions),
        told=tuple(number for section in sections for number in section.told),
    )


async def bodies(connection: asyncpg.Connection, release: Release) -> list[str]:
    """The sections of a release as they were recorded, in JSON, but for what is withheld.

    Raises Altered where they are not those that it closed.
    """
    async with snapshot(connection):
        rows = await connection.fetch(
            _SECTIONS, release.moment.ledger, release.plan, release.period, release.edition
        )
        # Of what stands there, which views may not read.
        said = await connection.fetchval(
            _CONTENT, release.moment.ledger, release.plan, release.period, release.edition
        )
    if said != release.content:
        raise Altered(release)
    return [row["body"] for row in rows]


def whole(blocks: Iterable[ReleaseBlock]) -> tuple[ReleaseBlock, ...]:
    """Blocks with those put together that were too long for a section."""
    made: list[ReleaseBlock] = []
    for block in blocks:
        if not (block.continued and made):
            made.append(block)
            continue
        last, table = made[-1], made[-1].table
        if table is not None and block.table is not None:
            rows = table.rows + block.table.rows
            made[-1] = last.model_copy(update={"table": table.model_copy(update={"rows": rows})})
        else:
            made[-1] = last.model_copy(update={"runs": last.runs + block.runs})
    return tuple(made)


async def _told(connection: asyncpg.Connection, ledger: str) -> list[Release | Unfit]:
    if await serving(connection) != VERSION:
        return []  # older read models keep none
    rows = await connection.fetch(_RELEASES, ledger)
    signed = await signatures(connection, ledger)
    recorded = {
        told.position: told.recorded_at
        for told in await evidence.told(connection, ledger, [row["known_from"] for row in rows])
    }
    indexes = await _indexes(connection, ledger)
    addresses = await _addresses(connection, ledger)
    files = await _files(connection, ledger)
    found: list[Release | Unfit] = []
    seen: set[tuple[str, str, int]] = set()
    for row in sorted(rows, key=lambda row: row["known_from"]):
        key = row["plan"], row["period"], row["edition"]
        faults = [*_faults(row, signed.get(key[:2], ()), recorded[row["known_from"]])]
        if key in seen:
            faults.append(TWICE)
        if faults:
            found.append(Unfit(*key, row["known_from"], row["published_at"], "、".join(faults)))
        else:
            seen.add(key)
            signature = _signature(row, signed.get(key[:2], ()))
            made = _release(row, ledger, signature, indexes[key])
            where, what = tuple(addresses.get(key, ())), tuple(files.get(key, ()))
            found.append(replace(made, addresses=where, files=what))
    return sorted(found, key=lambda item: (item.published_at, item.position), reverse=True)


def _faults(
    row: asyncpg.Record, signed: Sequence[Signature], recorded_at: datetime
) -> Iterator[str]:
    """What keeps it from being a release; it speaks for itself at the day it was recorded."""
    day = date.fromisoformat(row["published_at"][:10])
    if not any(signature.on <= day for signature in signed):
        yield UNSIGNED
    if day <= max(row["asof"], period_of(row["period"])[1]):
        yield NOT_OVER
    if day > local(recorded_at).date():
        yield TO_COME
    if row["numbers"] != list(range(1, row["sections"] + 1)):
        yield INCOMPLETE


async def _indexes(connection: asyncpg.Connection, ledger: str) -> dict[tuple[str, str, int], str]:
    """(plan, period, edition) → year and number; taken-back editions are counted, too."""
    counts: Counter[tuple[str, str]] = Counter()
    found = {}
    told = await connection.fetch(_FIRST_TOLD, ledger)
    for row in sorted(told, key=lambda row: row["known_from"]):
        counts[row["audience"], row["year"]] += 1
        number = counts[row["audience"], row["year"]]
        found[row["plan"], row["period"], row["edition"]] = f"{row['year']}-{number:05}"
    return found


async def _addresses(
    connection: asyncpg.Connection, ledger: str
) -> dict[tuple[str, str, int], list[Address]]:
    """(plan, period, edition) → where others show it, the first told first."""
    found: dict[tuple[str, str, int], list[Address]] = {}
    for row in await connection.fetch(_ADDRESSES, ledger):
        key = row["plan"], row["period"], row["edition"]
        address = Address(row["url"], row["shown_on"], row["index_number"], row["content"])
        found.setdefault(key, []).append(address)
    return found


async def _files(
    connection: asyncpg.Connection, ledger: str
) -> dict[tuple[str, str, int], list[File]]:
    """(plan, period, edition) → its files, by their form."""
    found: dict[tuple[str, str, int], list[File]] = {}
    for row in await connection.fetch(_FILES, ledger):
        key = row["plan"], row["period"], row["edition"]
        found.setdefault(key, []).append(File(row["form"], row["sha256"], row["bytes"]))
    return found


def _signature(row: asyncpg.Record, signed: Sequence[Signature]) -> date:
    """The day of the signature that it names, else of the last one before it was published."""
    named: date | None = row["signed_on"]
    if named is not None:
        return named
    day = date.fromisoformat(row["published_at"][:10])
    return max(signature.on for signature in signed if signature.on <= day)


def _release(row: asyncpg.Record, ledger: str, signed_on: date, index: str) -> Release:
    start = first_day(row["period"])
    return Release(
        plan=row["plan"],
        period=row["period"],
        edition=row["edition"],
        kind=row["kind"],
        title=row["title"],
        audience=row["audience"],
        moment=Moment(ledger, start, row["asof"], row["moment"]),
        published_at=row["published_at"],
        position=row["known_from"],
        content=row["content"],
        bureau=row["bureau"],
        merged=_MERGED.validate_json(row["merged"]),
        signed=row["signed"] or "",
        dated=row["dated"] or "",
        published_by=row["published_by"],
        reason=row["reason"],
        signed_on=signed_on,
        index=index,
    )


def written(value: Value | Exact) -> tuple[ValueType, str | None]:
    """A value as a release writes it: what kind it is of, and its text."""
    if isinstance(value, bool):
        return "yes-no", str(value).lower()
    if isinstance(value, int | Decimal):
        return "number", str(value)
    if isinstance(value, datetime | date):
        return "date", value.isoformat()
    return "text", value


def read(kind: ValueType, text: str | None) -> Value:
    """The value that a release writes; None where it is a number that is withheld."""
    if text is None or kind in ("date", "text"):
        return text
    if MARK in text:
        return None
    if kind == "yes-no":
        return text == "true"
    return Decimal(text) if "." in text or "E" in text else int(text)
