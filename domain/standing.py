"""What the register (来源登记册) grants a source: less than the bureau's folder allows, never more.

A grant narrows: to some lines and classes of events, to some townships, to sums and numbers. It is
judged beside the folder; an event is taken if both allow it. What it refuses is not unlawful, it is
not authorised: a sum over a ceiling may be right, but not on the word of this source alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from domain.bureau.bureau import Bureau
from domain.bureau.listed import codes_named
from domain.bureau.sources import Source
from domain.catalogue import EVENTS
from domain.envelope import Received
from domain.faults import Fault, fault

ALL = "*"
"""In place of a line or class: all that a source says."""
CLASSES = frozenset(name.rpartition(".")[0] for name in EVENTS)
"""Types without prefix and version: assistance.payment-settled."""
PLACES = ("township", "village", "village-on-register")
"""Lists whose codes begin with the 9 digits of a township."""
TOWNSHIP_DIGITS = 9


class Total(NamedTuple):
    """How much of a kind was recorded on a day."""

    events: int = 0
    fen: int = 0
    """The sum of what each of them is about, in 分."""


Today = Callable[[str], Total]
"""Line, class or `ALL` → what was recorded today of a source."""


class Subject(NamedTuple):
    """Who asks with a token of an identity provider: the value of its `sub`, or of its client."""

    issuer: str
    claim: str
    """`sub`, or `client` for `client_id` or `azp`."""
    value: str


class Wider(ValueError):
    """A grant would allow what the folder does not, or names what nobody knows."""

    def __init__(self, source: str, what: str) -> None:
        super().__init__(
            f"单位资料不允许来源系统 {source}：{what}；登记册只能收窄，要放宽先改单位资料"
            f" / the folder does not allow {source}: {what}; the register can only narrow it"
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """What a source may say; None = all that the folder allows. Limits are by line, class or ALL.

    Money in 分. Of several limits that an event falls under each must hold.
    """

    lines: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    townships: frozenset[str] | None = None
    """Codes of 9 digits; an event that names no place is for the whole division."""
    most_fen: Mapping[str, int] = field(default_factory=dict)
    """The largest sum that one event may name."""
    events_a_day: Mapping[str, int] = field(default_factory=dict)
    fen_a_day: Mapping[str, int] = field(default_factory=dict)
    subjects: frozenset[Subject] = frozenset()
    contact: str = ""
    """Whom to ask: the title of an office, never a person's number."""

    def may(self, type_name: str) -> bool:
        """Whether it is granted, of a type without prefix, with version."""
        if self.lines is None and self.classes is None:
            return True
        name = type_name.rpartition(".")[0]
        return name in (self.classes or ()) or line_of(name) in (self.lines or ())

    @property
    def says(self) -> list[str]:
        """The lines and classes that are granted, where it says which."""
        return sorted((self.lines or frozenset()) | (self.classes or frozenset()))

    @property
    def counts(self) -> bool:
        """Whether it matters what was recorded today."""
        return bool(self.events_a_day or self.fen_a_day)

    def faults(self, received: Received, today: Today) -> Iterator[Fault]:
        """What an event that the folder allows lacks by this grant."""
        name = received.type.rpartition(".")[0]
        if not self.may(received.type):
            yield fault("unauthorised", "/type", f"{received.source}: {', '.join(self.says)}")
        if self.townships is not None:
            for pointer, code in places_in(received):
                if code[:TOWNSHIP_DIGITS] not in self.townships:
                    expected = f"one of {', '.join(sorted(self.townships))}"
                    yield fault("division_not_granted", pointer, expected)
        yield from self._over(received, name, today)

    def _over(self, received: Received, name: str, today: Today) -> Iterator[Fault]:
        revoked = received.correction_kind == "revoked"  # what takes back a sum names it again
        sums = [] if revoked else list(sums_in(received.json.get("data")))
        for scope, most in limits_on(self.most_fen, name):
            for pointer, fen in sums:
                if fen > most:
                    expected = f"at most {most} 分 in one event{_of(scope)}"
                    yield fault("over_ceiling", f"/data{pointer}", expected)
        for scope, most in limits_on(self.events_a_day, name):
            if today(scope).events >= most:
                yield fault("over_daily_limit", "/type", f"at most {most} events a day{_of(scope)}")
        for scope, most in limits_on(self.fen_a_day, name):
            where, fen = max(sums, key=lambda each: each[1], default=("", 0))
            if fen and today(scope).fen + fen > most:
                expected = f"at most {most} 分 a day{_of(scope)}"
                yield fault("over_daily_limit", f"/data{where}", expected)

    def require_within(self, source: Source, bureau: Bureau) -> None:
        """Raise Wider where it names more than the folder allows."""
        for what in self.beyond(source, bureau):
            raise Wider(source.name, what)

    def beyond(self, source: Source, bureau: Bureau) -> Iterator[str]:
        """What is granted that the folder does not allow, or that limits nothing."""
        yield from sorted((self.lines or frozenset()) - source.lines)
        for name in sorted(self.classes or ()):
            if name not in CLASSES or not source.may(f"{name}.v1"):
                yield name
        yield from sorted((self.townships or frozenset()) - bureau.townships.keys())
        limited = {*self.most_fen, *self.events_a_day, *self.fen_a_day}
        said = {name for name in CLASSES if source.may(f"{name}.v1") and self.may(f"{name}.v1")}
        yield from sorted(limited - said - {line_of(name) for name in said} - {ALL})


class Deed(NamedTuple):
    """What a record of the journal says was done to a source."""

    number: int
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands in the register of a ledger."""

    source: str
    listed: bool = True
    """Whether the folder that the ledger adopted last names it."""
    required: bool = False
    """Whether the ledger takes from registered sources only."""
    grant: Grant = field(default_factory=Grant)
    registered: Deed | None = None
    """The record that says what it is granted; None = all that the folder allows."""
    suspended: Deed | None = None

    @property
    def active(self) -> bool:
        """Whether anything that it says is taken."""
        return self.listed and self.suspended is None and not self.unregistered

    @property
    def unregistered(self) -> bool:
        """Whether it is not registered where it has to be."""
        return self.required and self.registered is None

    def faults(self, received: Received, today: Today) -> list[Fault]:
        """Why an event that the folder allows is not taken; none where it is."""
        if self.unregistered:
            return [fault("not_registered", "/source")]
        if self.suspended is not None:
            return [fault("source_suspended", "/source")]
        return list(self.grant.faults(received, today))


def line_of(name: str) -> str:
    """The line of a class of events."""
    return name.partition(".")[0]


def limits_on(limits: Mapping[str, int], name: str) -> list[tuple[str, int]]:
    """The limits that an event of a class falls under."""
    return [(scope, most) for scope, most in sorted(limits.items()) if covers(scope, name)]


def covers(scope: str, name: str) -> bool:
    """Whether a line, class or ALL holds a class."""
    return scope in (ALL, name, line_of(name))


def _of(scope: str) -> str:
    return "" if scope == ALL else f" of {scope}"


def sums_in(value: Any, path: str = "") -> Iterator[tuple[str, int]]:
    """Pointer and value, in 分, of each sum in the data of an event."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, dict | list):
            yield from sums_in(inner, f"{path}/{key}")
        elif str(key).endswith("_fen") and isinstance(inner, int):
            yield f"{path}/{key}", inner


def largest(data: Any) -> int:
    """What an event is about, in 分: the largest sum in its data; 0 where there is none."""
    return max((fen for _, fen in sums_in(data)), default=0)


def places_in(received: Received) -> Iterator[tuple[str, str]]:
    """Pointer and code of each township or village that an event names."""
    data = received.json.get("data")
    for pointer, name, code in codes_named(type(received.event).MODEL, data):
        if name in PLACES:
            yield pointer, str(code)
