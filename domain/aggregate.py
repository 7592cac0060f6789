"""Streams with state: what the ledger remembers of a business thing to judge the next fact.

Deciding and evolving are kept apart. `judge_…` methods read the state and name the breaches of a
new fact. What a fact leaves behind is one of two things:

- a decision sets a state from a date on: `on_…` methods assign, in order of business. They run
  again whenever a decision comes late or is corrected.
- a contribution adds, and is taken out again by the same method: `count_…` methods, in any order.

All are given the open part of the event that they annotate. Attributes hold immutable values (str,
int, bool, date, None, tuples of these); those that count hold dicts of numbers.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from inspect import signature
from typing import Any, ClassVar, Generic

import msgspec
from eventsourcing.domain import BaseAggregate, CanMutateAggregate
from typing_extensions import TypeVar

from domain import persons
from domain.bureau.bureau import Bureau
from domain.codes import ListedCode, labels_of
from domain.event import Event, events_named

STATE_FORM = 5
"""How a state is written; another meaning of an attribute needs another number."""

E_co = TypeVar("E_co", bound=Event, covariant=True, default=Event)
_F = TypeVar("_F", bound=Callable[..., Any])
_BUREAU, _TOLD, _OTHERS = "bureau", "told", "others"
"""The parameters by which one asks for the bureau, and for the entry that tells the fact."""


class Others(typing.Protocol):
    """What other streams tell of a person."""

    def __call__(self, ref: str) -> list[Aggregate]:
        """Their states, by the person's pseudonym."""
        ...


@dataclass(slots=True)
class Entry(CanMutateAggregate[str], Generic[E_co]):
    """An accepted event in the ledger, as everything downstream sees it: open parts only.

    `originator_id` is the stream, `originator_version` its version 1..n, `timestamp` the
    recording time, `data` the event in its open form.
    """

    originator_id: str
    originator_version: int
    timestamp: datetime
    position: int
    type: str
    """Without the cn.mingjian. prefix."""
    source: str
    event_id: str
    data: E_co
    bureau: Bureau
    """As its ledger had adopted it when the event was recorded."""
    corrects: str | None = None
    correction_kind: str | None = None
    root: Entry | None = field(default=None, repr=False, compare=False)
    """The fact that it changes or revokes, by whatever way, as it was told first; None where it is
    told first itself. Known once it was told among the others (domain/corrections.py)."""

    @property
    def stream(self) -> str:
        """Name of the stream, "<kind>/<key>"."""
        return self.originator_id

    @property
    def key(self) -> str:
        """What the fact is about, within the kind of its stream: a case number, a code."""
        return self.originator_id.partition("/")[2]

    @property
    def name(self) -> str:
        """What other events call it by: "<source>/<id>"."""
        return f"{self.source}/{self.event_id}"

    @property
    def fact(self) -> str:
        """The name of the fact that it tells, in whatever version: that of its first telling."""
        return (self.root or self).name

    @property
    def recovers(self) -> str | None:
        """The name of the payment of which this is money that came back (追回)."""
        first = self.root or self
        return first.corrects if first.correction_kind == "recovered" else None

    def apply(self, aggregate: Any) -> None:
        """Let the aggregate evolve; called by the library's `mutate` after its version check.

        For facts in order of business; what a late one does, or a correction, is worked out in
        domain/corrections.py.
        """
        aggregate.take(self.data, self)


def evolves(function: _F) -> _F:
    """Mark what decisions do, those it annotates: `def on_x(self, event: X | Y) -> None`."""
    function.evolves = _taken(function)  # type: ignore[attr-defined]  # a mark on the function
    return function


def counts(function: _F) -> _F:
    """Mark what contributions add: `def count_x(self, event: X | Y, times: int) -> None`.

    `times` is 1, or -1 to take out one that was counted. It changes attributes of `COUNTED` only.
    One that needs what the fact is called asks for `told: Entry`, as judges may.
    """
    function.counts = _taken(function)  # type: ignore[attr-defined]  # a mark on the function
    return function


def judges(function: _F) -> _F:
    """Mark the judge of the events it annotates: `def judge_x(self, event: X) -> tuple[B, ...]`.

    One that needs what the bureau's folder says asks for it: `(self, event: X, bureau: Bureau)`.
    It returns the codes of the breaches it sees; the fact is recorded all the same. `B` is a
    code list, so that every breach has a name. Raises TypeError where it is none.
    """
    if not breaches_of(function):
        raise TypeError(f"{function.__qualname__} returns no code list")
    function.judges = _taken(function)  # type: ignore[attr-defined]  # a mark on the function
    return function


def compares(*kinds: str) -> Callable[[_F], _F]:
    """Mark a judge that looks at what other streams tell of the same persons.

    `def compare_x(self, event: X, others: Others) -> tuple[B, ...]`, beside the judge of the fact,
    if it has one; with `bureau: Bureau` before `others` where it needs that. `kinds` are the kinds
    of streams that it wants to see. Their states are as known before the fact, so what it sees is a
    warning and no last word.
    """

    def mark(function: _F) -> _F:
        if not breaches_of(function):
            raise TypeError(f"{function.__qualname__} returns no code list")
        function.compares = _taken(function)  # type: ignore[attr-defined]  # a mark on the function
        function.kinds = frozenset(kinds)  # type: ignore[attr-defined]  # a mark on the function
        return function

    return mark


def once(*codes: str) -> Callable[[_F], _F]:
    """Mark those breaches of a judge that say that something was done twice.

    A fact that is told late is judged by what was decided before it. Only what was done twice is
    wrong in whichever order it was told, and nobody looked for it when the other was told.
    """

    def mark(judge: _F) -> _F:
        if unknown := set(codes).difference(breaches_of(judge)):
            raise TypeError(f"{judge.__qualname__} looks for no {', '.join(sorted(unknown))}")
        judge.once = frozenset(codes)  # type: ignore[attr-defined]  # a mark on the function
        return judge

    return mark


def add(numbers: dict[str, int], keys: Iterable[str], times: int) -> None:
    """Count each key once more (or less); what comes to nothing is not kept."""
    for key in keys:
        if number := numbers.get(key, 0) + times:
            numbers[key] = number
        else:
            del numbers[key]


def breaches_of(judge: Callable[..., Any]) -> dict[ListedCode, str]:
    """The breaches that a judge can see: code → what it is called."""
    return labels_of(typing.get_type_hints(judge, include_extras=True)["return"])


def _taken(function: Callable[..., Any]) -> tuple[str, ...]:
    """Types of the events that the method's parameter annotates."""
    hints = typing.get_type_hints(function)
    given = ("return", "times", _BUREAU, _TOLD, _OTHERS)
    (annotation,) = (kind for name, kind in hints.items() if name not in given)
    return tuple(event.TYPE for event in events_named(annotation))


class Aggregate(BaseAggregate[str]):
    """State of one stream; a stream kind without a class of its own keeps only its version."""

    STREAM: ClassVar[str] = ""
    COUNTED: ClassVar[tuple[str, ...]] = ()
    """Attributes that contributions count in, each a dict; decisions never touch them. One of them,
    `also`, holds what else facts are called: correction → fact."""
    evolvers: ClassVar[dict[str, Callable[[Any, Any], None]]] = {}
    counters: ClassVar[dict[str, Callable[..., None]]] = {}
    judging: ClassVar[dict[str, Callable[..., tuple[str, ...]]]] = {}
    comparing: ClassVar[dict[str, Callable[..., tuple[str, ...]]]] = {}
    folder_asked: ClassVar[frozenset[Any]] = frozenset()
    """Those of them that ask for the bureau."""
    asking: ClassVar[frozenset[str]] = frozenset()
    """Types whose judge asks for the bureau."""
    telling: ClassVar[frozenset[Any]] = frozenset()
    """Judges and counters that ask for the entry."""

    placed: ClassVar[frozenset[str]] = frozenset()
    """Types of the facts to which it matters what was decided before them."""

    latest_on: date | None = None
    """Business date of the latest decision that it holds."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.evolvers = dict(cls.evolvers)
        cls.counters = dict(cls.counters)
        cls.judging = dict(cls.judging)
        cls.comparing = dict(cls.comparing)
        tables: tuple[tuple[str, dict[str, Any]], ...] = (
            ("evolves", cls.evolvers),
            ("counts", cls.counters),
            ("judges", cls.judging),
            ("compares", cls.comparing),
        )
        for mark, table in tables:
            own: dict[str, Any] = {}
            for function in vars(cls).values():
                for name in getattr(function, mark, ()):
                    if name in own:
                        raise TypeError(f"{cls.__qualname__} {mark} {name} twice")
                    own[name] = function
            table.update(own)
        if both := cls.evolvers.keys() & cls.counters.keys():
            raise TypeError(f"{cls.__qualname__} takes {', '.join(both)} as decision and as number")
        cls.folder_asked = frozenset(
            judge for judge in cls.comparing.values() if _BUREAU in signature(judge).parameters
        )
        cls.asking = frozenset(
            name for name, judge in cls.judging.items() if _BUREAU in signature(judge).parameters
        )
        asked: tuple[Callable[..., Any], ...] = (*cls.judging.values(), *cls.counters.values())
        cls.telling = frozenset(
            function for function in asked if _TOLD in signature(function).parameters
        )
        cls.placed = frozenset(cls.evolvers) | (cls.judging.keys() - cls.counters.keys())

    @classmethod
    def blank(cls, stream: str, at: datetime) -> Aggregate:
        """The state before the first entry: version 0."""
        made = cls.__new__(cls)
        made.__base_init__(stream, 0, at)
        for name in cls.COUNTED:
            setattr(made, name, {})
        return made

    def judge(
        self,
        event: Event,
        bureau: Bureau,
        whole: Aggregate | None = None,
        told: Entry | None = None,
        others: Others | None = None,
    ) -> tuple[str, ...]:
        """Codes of the breaches that recording `event` (in its open form) is, on this state.

        `bureau` is the one that its ledger has adopted: of a fact of any kind, what it names must
        have been open there. Of a fact told late this is the state at
        its place in the order of business; what was done twice is sought in the `whole` state too.
        `told` is the entry that tells it. `others` are what other streams tell of its persons;
        where nobody knows, nothing is compared.
        """
        general: tuple[str, ...] = (*bureau.lists.breaches(event), *persons.breaches(event))
        if others is not None and (compare := self.comparing.get(event.TYPE)) is not None:
            asks: tuple[Any, ...] = (bureau,) if compare in self.folder_asked else ()
            general = (*general, *compare(self, event, *asks, others))
        rule = self.judging.get(event.TYPE)
        if rule is None:
            return general
        given: tuple[Any, ...] = (event, bureau) if event.TYPE in self.asking else (event,)
        if rule in self.telling:
            given = (*given, told)
        breaches = (*rule(self, *given), *general)
        twice: Collection[str] = getattr(rule, "once", ())
        if whole is not None and twice:
            seen = (code for code in rule(whole, *given) if code in twice)
            breaches = (*breaches, *(code for code in seen if code not in breaches))
        return breaches

    def take(self, event: Event, told: Entry) -> None:
        """Evolve by a decision that is the latest, or count a contribution."""
        if (evolve := self.evolvers.get(event.TYPE)) is not None:
            evolve(self, event)
            on = event.occurred_on()
            if self.latest_on is None or on > self.latest_on:
                self.latest_on = on
        else:
            self.count(event, 1, told)

    def count(self, event: Event, times: int, told: Entry) -> None:
        """Count a contribution in (times = 1) or out (-1); of other facts there is nothing."""
        if (counter := self.counters.get(event.TYPE)) is None:
            return
        more = (told,) if counter in self.telling else ()
        counter(self, event, times, *more)

    def learn(self, told: Entry) -> None:
        """A correction of a contribution is another name for it."""
        if told.root is not None and "also" in self.COUNTED and told.type in self.counters:
            vars(self)["also"][told.name] = told.fact

    def is_late(self, event: Event) -> bool:
        """Whether a fact belongs before a decision that is in this state."""
        latest = self.latest_on
        return latest is not None and event.TYPE in self.placed and event.occurred_on() < latest

    def decided(self, decisions: Iterable[Entry]) -> Aggregate:
        """The state with these decisions (in order of business) in place of its own."""
        made = self.blank(self.id, self.created_on)
        for entry in decisions:
            made.take(entry.data, entry)
        for name in self.COUNTED:
            setattr(made, name, dict(getattr(self, name)))
        made.version = self.version
        return made

    def fork(self) -> Aggregate:
        """A copy to evolve while the transaction is open; the original stays as committed."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        for name in self.COUNTED:
            setattr(made, name, dict(getattr(self, name)))
        return made

    def state(self) -> bytes:
        """The attributes as JSON, for the row beside the ledger."""
        mine = {k: v for k, v in vars(self).items() if not k.startswith("_")}
        return msgspec.json.encode(mine, order="sorted")

    @classmethod
    def restore(cls, stream: str, version: int, at: datetime, state: bytes) -> Aggregate:
        """The inverse of `state`."""
        made = cls.blank(stream, at)
        made.version = version
        kinds = _kinds(cls)
        for name, value in msgspec.json.decode(state).items():
            setattr(made, name, msgspec.convert(value, kinds[name]))
        return made


@cache
def _kinds(aggregate: type[Aggregate]) -> dict[str, Any]:
    """Attribute → its type."""
    return typing.get_type_hints(aggregate)
