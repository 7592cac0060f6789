"""What keeps a person from being forgotten: periods of retention (保管期限) and audit holds.

A period begins with the year after the last fact of the stream, once the case is closed where its
class says that it is to be. Where nobody said how long a class is kept, it is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

import asyncpg

from domain.bureau.retention import Period, Retention, class_of
from ledger import restraints
from ledger.mentions import Mention, happened
from ledger.seal import Sealer


class Running(NamedTuple):
    """A reason why a person is not forgotten yet."""

    subject: str
    """entry/<position>, or what is held: hold/…."""
    why: str
    basis: str
    until: date | None
    """The last day; None: for ever, or until somebody ends it."""


class _Stream(NamedTuple):
    last: date
    """The last business date that anything in it has."""
    ended_by: dict[str, int]
    """Class of events → its last version in the stream, of what was not revoked."""


async def running(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    retention: Retention,
    mentions: Sequence[Mention],
    people: Collection[str],
    today: date,
) -> list[Running]:
    """Every reason that holds on a day, in the order of positions; nothing: it is lawful.

    Raises LedgerAltered.
    """
    streams = await _streams(connection, ledger, {mention.stream for mention in mentions})
    held = await restraints.standing(connection, sealer, ledger, "hold")
    found = [
        Running(subject, f"审计留存：{note.why}（{note.by}）", "审计留存 / audit hold", None)
        for subject in _subjects(people, streams)
        if (note := held.get(subject)) is not None
    ]
    seen: set[int] = set()
    for mention in sorted(mentions):
        if mention.position not in seen:
            seen.add(mention.position)
            found += _of(retention.of(mention.type), mention, streams[mention.stream], today)
    return found


def _subjects(people: Collection[str], streams: Collection[str]) -> Iterable[str]:
    yield f"{restraints.HOLD}{restraints.WHOLE}"
    yield from (f"{restraints.HOLD}person/{ref}" for ref in people)
    yield from (f"{restraints.HOLD}stream/{name}" for name in sorted(streams))


def _of(period: Period | None, mention: Mention, stream: _Stream, today: date) -> Iterable[Running]:
    subject = f"entry/{mention.position}"
    if period is None:
        why = f"{class_of(mention.type)} 没有规定保管期限 / no period"
        yield Running(subject, why, "retention.toml", None)
    elif period.years is None:
        yield Running(subject, f"{period.title}，永久保管 / for ever", _basis(period), None)
    elif period.closes and not _closed(period, stream):
        why = f"{period.title}，未结案（{mention.stream}） / the case is not closed"
        yield Running(subject, why, _basis(period), None)
    elif (until := period.until(stream.last)) is not None and until >= today:
        why = f"{period.title}，保管 {period.years} 年"
        yield Running(subject, why, _basis(period), until)


def _basis(period: Period) -> str:
    return period.basis if period.checked else f"{period.basis}（未核对 unverified）"


def _closed(period: Period, stream: _Stream) -> bool:
    ended = max((stream.ended_by.get(name, 0) for name in period.closes), default=0)
    again = max((stream.ended_by.get(name, 0) for name in period.reopens), default=0)
    return ended > again


async def _streams(
    connection: asyncpg.Connection, ledger: str, names: Collection[str]
) -> dict[str, _Stream]:
    rows = await connection.fetch(
        "SELECT position, stream, version, type, open, recorded_at, root,"
        " convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' = 'revoked' AS revokes"
        " FROM ledger.entry LEFT JOIN ledger.correction USING (ledger, position)"
        " WHERE ledger = $1 AND stream = ANY($2) ORDER BY stream, version",
        ledger,
        list(names),
    )
    revoked = {row["root"] for row in rows if row["revokes"]}
    found: dict[str, _Stream] = {}
    for row in rows:
        on = happened(row["type"], row["open"], row["recorded_at"])
        stream = found.setdefault(row["stream"], _Stream(on, {}))
        if not row["revokes"] and row["position"] not in revoked:
            stream.ended_by[class_of(row["type"])] = row["version"]
        found[row["stream"]] = stream._replace(last=max(on, stream.last))
    return found
