"""What came in, and what may be said in clear of it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg

from domain.attributes import plain
from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from domain.catalogue import type_of
from domain.dates import Instant, read_day
from domain.event import Event
from domain.faults import Fault
from domain.identifiers import holds_resident_id
from domain.parsing import parse
from ledger.clock import EPOCH
from ledger.containment import is_contained
from ledger.store import Ledger

MOST_FEN = 10**13
MOST_OF_ID = 120
"""Characters."""
EARLIEST = date(1949, 10, 1)
LATEST_DAYS = 366
"""A claimed date further ahead of receipt is a slip of the pen and would hide what it dates."""
LAST_DAY = date.max - timedelta(days=LATEST_DAYS)

Partition = tuple[str, int]
"""(topic, partition)."""


class Record(NamedTuple):
    """The bytes of an event, and where they came from ("file:line", "topic/partition/offset").

    An event of a batch says which one it is: "topic/partition/offset#3". `last` is the last one.
    """

    raw: bytes
    origin: str
    source: str | None = None
    """Whose credentials brought it, where that is known: no other source may speak there."""
    partition: Partition | None = None
    """The partition it was read from, if it came by Kafka."""
    faults: tuple[Fault, ...] = ()
    """Why no event could be found in what came, whose bytes these are."""
    last: bool = True
    empty: bool = False
    """No event at all: a batch without any, whose place is passed."""

    @property
    def released(self) -> bool:
        """Whether we judge bytes of quarantine once more; nobody sent them again."""
        return self.origin.startswith("quarantine/")


class Gap(NamedTuple):
    """Offsets of a partition at which no event stands, from `first` up to `to`, which is none."""

    partition: Partition
    first: int
    to: int


Offsets = Callable[[asyncpg.Connection, Sequence[Record]], Awaitable[dict[str, Gap]]]
"""Moves the sources' offsets past these records inside their transaction; returns the gaps before
records, by origin; raises when this process is fenced."""


MOST_SAID = 500
MOST_OF_NUMBERS = 10**10


class Claim(NamedTuple):
    """Amount (分) and business date that a message claims."""

    fen: int | None
    on: date | None


class Legible(NamedTuple):
    """What may be said in clear of refused bytes, as far as they can be read."""

    source: str | None
    event_id: str | None
    type: str | None
    position: int
    claims_fen: int | None
    claims_on: date | None
    sequence: int | None = None


def legible(record: Record, ledger: Ledger, bureau: Bureau, position: int, at: datetime) -> Legible:
    """What of a record refused at `position` and time `at` can be read; None where it cannot.

    In a replay it came when it says it came, if that can be read. What could not be an event of
    its source, and of this ledger, claims nothing: else anybody who can send writes a sum on pages.
    """
    try:
        message = plain(parse(record.raw))
        claims = Claim(None, None)
        if _could_be_taken(message, record, bureau):
            received = _moment(message.get("receivedat")) if ledger.replay else None
            claims = claim(message, received or at)
        return Legible(
            *named(message),
            position,
            *claims,
            number_of(message),
        )
    except Exception as error:
        if not is_contained(error):
            raise
        # Whatever is wrong with refused bytes, they can be put aside.
        return Legible(None, None, None, position, None, None)


class Named(NamedTuple):
    """What a message that was refused calls itself, as far as that can be read and repeated."""

    source: str | None
    id: str | None
    type: str | None


def named(message: Mapping[str, Any]) -> Named:
    """Source, id and type of a message, where they are written as such things are."""
    return Named(
        safe_label(message.get("source"), 40),
        safe_label(message.get("id"), MOST_OF_ID),
        safe_label(message.get("type"), 120),
    )


def named_in(raw: bytes) -> Named:
    """The same of bytes, whatever they are."""
    try:
        return named(plain(parse(raw)))
    except Exception as error:
        if not is_contained(error):
            raise
        return Named(None, None, None)


def number_of(message: Mapping[str, Any]) -> int | None:
    """The running number that a source gave a message; a longer one is perhaps a person's."""
    number = message.get("sequence")
    return number if type(number) is int and 0 <= number < MOST_OF_NUMBERS else None


def _could_be_taken(message: dict[str, Any], record: Record, bureau: Bureau) -> bool:
    """Whether a message names a type, a source that may send it by this way, and this bureau."""
    event, name = type_of(message.get("type")), message.get("source")
    source = bureau.sources.get(name) if isinstance(name, str) else None
    return (
        event is not None
        and source is not None
        and source.may(event.TYPE)
        and record.source in (None, name)
        and message.get("division") == bureau.division
    )


def claim(message: dict[str, Any], at: datetime) -> Claim:
    """What a message of a known type claims, received at `at`.

    Its type says which fields state it. The date is that on which money was paid, else the day
    of its `time`, else the day of receipt: whatever is put aside belongs to some period.
    """
    event = type_of(message.get("type")) or Event
    data = message.get("data")
    data = data if isinstance(data, dict) else {}
    fen = data.get(event.AMOUNT)
    received_on = day_of(at)
    paid_on = _day(data.get(event.ON)) if event.PAYS else None
    happened_at = _moment(message.get("time"))
    dates = (paid_on, None if happened_at is None else day_of(happened_at))
    latest = min(received_on, LAST_DAY) + timedelta(days=LATEST_DAYS)
    if at == EPOCH:  # refused before anything came in this replay: nobody knows when it came
        latest = date.max
    on = next((d for d in dates if d is not None and EARLIEST <= d <= latest), received_on)
    return Claim(fen if type(fen) is int and 0 <= fen <= MOST_FEN else None, on)


def _day(text: Any) -> date | None:
    try:
        return read_day(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _moment(text: Any) -> datetime | None:
    """The moment that a text writes, in Asia/Shanghai if it does not say where."""
    for zone in ("", "+08:00") if isinstance(text, str) else ():
        with contextlib.suppress(ValueError):
            return Instant.read(text + zone)
    return None


def day_of(at: datetime) -> date:
    """The day of a moment in Asia/Shanghai."""
    try:
        return at.astimezone(SHANGHAI).date()
    except OverflowError:  # the clock of a replay in which 0.1.0 took the end of time for a time
        return LAST_DAY


Name = tuple[str, str]
"""(source, id) of an event."""


def split(name: str) -> Name:
    """(source, id) of "<source>/<id>"."""
    source, _, event_id = name.partition("/")
    return source, event_id


class Place(NamedTuple):
    """Where an event stands in Kafka. `element`: which one of a batch it is, from 1; else 0."""

    partition: Partition
    offset: int
    element: int = 0


def origin_of(partition: Partition, offset: int, element: int = 0) -> str:
    """Where a record of a topic came from, or an event of a batch, in one string."""
    return f"{partition[0]}/{partition[1]}/{offset}" + (f"#{element}" if element else "")


def place_name(origin: str) -> str:
    """The topic, or the file, that a record came by."""
    place = place_of(origin)
    return origin.rpartition(":")[0] if place is None else place.partition[0]


def place_of(origin: str) -> Place | None:
    """What "topic/partition/offset" says, or that with "#element"; None of any other origin."""
    topic, _, rest = origin.partition("/")
    partition, _, number = rest.partition("/")
    offset, mark, element = number.partition("#")
    if not (partition.isdecimal() and offset.isdecimal() and element.isdecimal() == bool(mark)):
        return None
    return Place((topic, int(partition)), int(offset), int(element or 0))


def partition_of(origin: str) -> Partition | None:
    """The partition in "topic/partition/offset"; None of any other origin."""
    place = place_of(origin)
    return None if place is None else place.partition


def storable(text: str) -> str:
    """What is said of a fault, as every database and journal takes it."""
    return text[:MOST_SAID].encode("utf-8", "replace").decode().replace("\0", "")


def safe_label(value: Any, limit: int) -> str | None:
    """A label safe to store in clear: a short machine name, not a person's number; else nothing."""
    if not isinstance(value, str) or len(value) > limit:
        return None
    if holds_resident_id(value):
        return None
    return value if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", value) else None
