"""The CloudEvents 1.0 envelope, and strict reading of what arrived.

`read` turns received bytes into a `Received` event or raises `Unacceptable` with a reason code,
a JSON pointer, what was expected and what to do. The order of the tests is the order of the codes
in `REASONS`: of all that is wrong the first there is the one reported (of repeated keys and odd
numbers, the first in the text).
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from domain import misplaced
from domain.attributes import JSON_TYPE, plain
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, type_of
from domain.corrections import CorrectionKind
from domain.dates import Instant
from domain.event import Division, Event
from domain.faults import MAX_INTEGER, MOST_FAULTS, Fault, Unacceptable, fault
from domain.form import convert, wire_form
from domain.oddities import CODES, oddities
from domain.parsing import parse
from domain.refusal import faults_of, in_order, names_in, near_type
from domain.spelling import respelled

EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")]
SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
EventName = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}/[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")
]
"""One event, named for ever: "<source>/<id>"."""
Sequence = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
"""A source's own running number; as text, too, as the CloudEvents extension writes it."""
D = TypeVar("D", bound=Event)
TIME_IN_A_REPLAY = "when it was received: this is a replay ledger"
NO_TIME = "no receivedat: this is a live ledger"
"""What is expected of `receivedat`."""


class Header(BaseModel):
    """CloudEvents attributes and the extensions of the ledger, as `plain` writes them.

    `corrects` names an event that this one corrects: with `changed` (更正) its `data` replaces the
    old data whole, with `revoked` (撤销) it repeats it. See domain.corrections.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    specversion: Literal["1.0"]
    id: EventId
    source: SourceName
    type: str
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    time: Instant
    datacontenttype: Literal["application/json"] = JSON_TYPE
    division: Division
    sequence: Sequence | None = None
    corrects: EventName | None = None
    correctionkind: CorrectionKind | None = None
    receivedat: Instant | None = None


class Envelope(Header, Generic[D]):
    """A whole message."""

    data: D


@dataclass(slots=True)
class Received:
    """An event that is well-formed: the typed envelope, the parsed JSON, the bytes."""

    raw: bytes
    json: dict[str, Any]
    id: str
    source: str
    type: str
    event: Event
    stream: str
    received_at: datetime | None
    corrects: str | None
    correction_kind: str | None

    @property
    def name(self) -> str:
        """The name of the event for ever: `<source>/<id>`."""
        return f"{self.source}/{self.id}"


class Door(NamedTuple):
    """What a ledger asks of an event beside its contract.

    `bureau` says whose events it takes, and what each source may say. A replay ledger takes its
    recording time from `receivedat`, so there it is required, and never later than `until` (None:
    whenever); a live ledger has its own clock, so there it is refused. `sender` is whose
    credentials brought the message, where that is known. `listed`: codes must be the bureau's,
    and all else must be as it is asked for today.
    """

    bureau: Bureau
    replay: bool
    until: datetime | None = None
    sender: str | None = None
    listed: bool = True

    def read(self, raw: bytes, message: dict[str, Any] | None = None) -> Received:
        """One event from its bytes. Raises Unacceptable.

        `message` is the object in them with its attributes as `plain` writes them, where all else
        is known to be written as we would write it.
        """
        if message is not None and (received := _received(raw, message, self)) is not None:
            return received
        # The strict reading may find a reason that comes before all others.
        told = plain(_parsed(raw))
        if (received := _received(raw, told, self)) is not None:
            return received
        raise _refusal(raw, told, self)

    def admits(self, envelope: Any, event: type[Event]) -> bool:
        """Whether a message that meets its contract may come in; `faults` says why not."""
        source, received = self.bureau.sources.get(envelope.source), envelope.receivedat
        return (
            source is not None
            and source.may(event.TYPE)
            and self.sender in (None, source.name)
            and envelope.division == self.bureau.division
            and self.replay is not (received is None)
            and (received is None or self.until is None or received <= self.until)
            and (envelope.corrects is None) is (envelope.correctionkind is None)
            and not (self.listed and source.numbered and envelope.sequence is None)
            and (not self.listed or self.bureau.lists.admits(event, envelope.data))
        )

    def faults(self, told: dict[str, Any], event: type[Event] | None) -> Iterator[Fault]:
        """What is wrong with the attributes of a message, where they can be read."""
        name, received = told.get("source"), told.get("receivedat")
        source = self.bureau.sources.get(name) if isinstance(name, str) else None
        if isinstance(told.get("type"), str) and event is None:
            yield fault("unknown_type", "/type", near_type(told["type"], EVENTS))
        if isinstance(name, str) and source is None:
            yield fault("unknown_source", "/source")
        if source is not None and event is not None and not source.may(event.TYPE):
            yield fault("unauthorised", "/type", f"{source.name}: {', '.join(source.says)}")
        if source is not None and self.sender not in (None, source.name):
            yield fault("unauthorised", "/source", self.sender or "")
        if source is not None and source.numbered and told.get("sequence") is None:
            yield fault(
                "malformed_envelope",
                "/sequence",
                "a number: this source is registered as numbering its events",
            )
        if told.get("division") != self.bureau.division:
            yield fault("wrong_division", "/division", self.bureau.division)
        if self.replay is (received is None):
            yield fault("wrong_clock", "/receivedat", TIME_IN_A_REPLAY if self.replay else NO_TIME)
        elif self._too_late(received):
            yield fault("wrong_clock", "/receivedat", "a moment that is not in the future")
        if (told.get("corrects") is None) is not (told.get("correctionkind") is None):
            yield fault("malformed_envelope", "/correctionkind", "corrects and correctionkind")

    def _too_late(self, received: Any) -> bool:
        with contextlib.suppress(ValueError):
            return self.until is not None and Instant.read(received) > self.until
        return False


@cache
def _form(event: type[Event], *, today: bool) -> type[msgspec.Struct]:
    """The form in which messages of this event arrive, or once arrived."""
    whole: type[BaseModel] = Envelope[event]  # type: ignore[valid-type]  # made at run time
    return wire_form(whole, today=today)


def read(raw: bytes, bureau: Bureau, *, replay: bool, **more: Any) -> Received:
    """One event from its bytes, by a door that is not used again."""
    return Door(bureau, replay, **more).read(raw)


def _received(raw: bytes, told: dict[str, Any], door: Door) -> Received | None:
    """The event, if it is well-formed and may come in by this door."""
    event_class = type_of(told.get("type"))
    if event_class is None:
        return None
    try:
        envelope = convert(told, _form(event_class, today=door.listed))
    except msgspec.ValidationError:
        return None
    if not door.admits(envelope, event_class):
        return None
    if door.listed and not misplaced.is_clean(told, event_class):
        return None
    event = envelope.data
    return Received(
        raw,
        told,
        envelope.id,
        envelope.source,
        event_class.TYPE,
        event,
        event.stream(),
        envelope.receivedat,
        envelope.corrects,
        envelope.correctionkind,
    )


def _parsed(raw: bytes) -> dict[str, Any]:
    """The object in bytes. Raises Unacceptable, with all that is odd in them and where it is."""
    try:
        return parse(raw, as_written=True)
    except Unacceptable as refusal:
        if refusal.code not in CODES:
            raise
        found: list[Fault] = []
        with contextlib.suppress(ValueError):  # it is no JSON further on, too
            found += itertools.islice(oddities(raw.decode(), _names()), MOST_FAULTS)
        if not found:
            raise
        raise Unacceptable(*found[0], others=found[1:]) from None


@cache
def _names() -> frozenset[str]:
    """What contracts call attributes and fields."""
    found = {"data", *Header.model_fields}
    for event in EVENTS.values():
        found |= names_in(event)
    return frozenset(found)


def _refusal(raw: bytes, told: dict[str, Any], door: Door) -> Unacceptable:
    """Why a message is not taken, and what of it may have been taken before."""
    found = in_order(_faults(told, door)) or [fault("malformed_value")]
    first, *others = found[:MOST_FAULTS]
    refusal = Unacceptable(*first, others=others)
    event = type_of(told.get("type"))
    if event is not None:
        whole: Any = Envelope[event]  # type: ignore[valid-type]  # made at run time
        then = respelled(whole, plain(parse(raw)))
        refusal.as_before = _received(raw, then, door._replace(until=None, listed=False))
    return refusal


def _faults(told: dict[str, Any], door: Door) -> Iterator[Fault]:
    """Everything that is wrong with a message."""
    event = type_of(told.get("type"))
    attributes = {name: value for name, value in told.items() if name != "data"}
    named = list(faults_of(Header, attributes))
    yield from named
    pointers = {found.pointer for found in named}
    yield from (found for found in door.faults(told, event) if found.pointer not in pointers)
    yield from (fault("personal_data_misplaced", at) for at in misplaced.pointers(told, event))
    if "data" not in told:
        yield fault("missing_field", "/data")
    elif event is not None:
        # A code that is not even written like one: what codes there are says more.
        listed = door.bureau.lists.faults(event, told["data"], "/data")
        unlisted = {found.pointer: found for found in listed}
        for wrong in faults_of(event, told["data"], "/data"):
            yield unlisted.pop(wrong.pointer, wrong)
        yield from unlisted.values()
