"""Streams with state: what the ledger remembers of a business thing to judge the next fact.

Deciding and evolving are kept apart. `judge_…` methods read the state and name the breaches of a
new fact; `on_…` methods only assign, because they run again on every replay. Both are given the
open part of the event that they annotate. Attributes hold immutable values (str, int, bool, date,
None, tuples of these), so that a copy is cheap and complete.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Generic

import msgspec
from eventsourcing.domain import BaseAggregate, CanMutateAggregate
from typing_extensions import TypeVar

from domain.codes import ListedCode, labels_of
from domain.event import Event, events_named
from domain.spelling import respelled

E_co = TypeVar("E_co", bound=Event, covariant=True, default=Event)
_F = TypeVar("_F", bound=Callable[..., Any])


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
    corrects: str | None = None
    correction_kind: str | None = None
    sequence: int = 0
    time: str = field(default="")

    @property
    def stream(self) -> str:
        """Name of the stream, "<kind>/<key>"."""
        return self.originator_id

    @property
    def key(self) -> str:
        """What the fact is about, within the kind of its stream: a case number, a code."""
        return self.originator_id.partition("/")[2]

    def apply(self, aggregate: Any) -> None:
        """Let the aggregate evolve; called by the library's `mutate` after its version check."""
        if (evolve := type(aggregate).evolvers.get(self.type)) is not None:
            evolve(aggregate, self.data)


def evolves(function: _F) -> _F:
    """Mark the evolution of the events it annotates: `def on_x(self, event: X | Y) -> None`."""
    function.evolves = _taken(function)  # type: ignore[attr-defined]  # a mark on the function
    return function


def judges(function: _F) -> _F:
    """Mark the judge of the events it annotates: `def judge_x(self, event: X) -> tuple[B, ...]`.

    It returns the codes of the breaches it sees; the fact is recorded all the same. `B` is a
    code list, so that every breach has a name. Raises TypeError where it is none.
    """
    if not breaches_of(function):
        raise TypeError(f"{function.__qualname__} returns no code list")
    function.judges = _taken(function)  # type: ignore[attr-defined]  # a mark on the function
    return function


def breaches_of(judge: Callable[..., Any]) -> dict[ListedCode, str]:
    """The breaches that a judge can see: code → what it is called."""
    return labels_of(typing.get_type_hints(judge, include_extras=True)["return"])


def _taken(function: Callable[..., Any]) -> tuple[str, ...]:
    """Types of the events that the method's only parameter annotates."""
    (annotation,) = (
        kind for name, kind in typing.get_type_hints(function).items() if name != "return"
    )
    return tuple(event.TYPE for event in events_named(annotation))


class Aggregate(BaseAggregate[str]):
    """State of one stream; a stream kind without a class of its own keeps only its version."""

    STREAM: ClassVar[str] = ""
    evolvers: ClassVar[dict[str, Callable[[Any, Any], None]]] = {}
    judging: ClassVar[dict[str, Callable[[Any, Any], tuple[str, ...]]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.evolvers = dict(cls.evolvers)
        cls.judging = dict(cls.judging)
        for mark, table in (("evolves", cls.evolvers), ("judges", cls.judging)):
            own: dict[str, Any] = {}
            for function in vars(cls).values():
                for name in getattr(function, mark, ()):
                    if name in own:
                        raise TypeError(f"{cls.__qualname__} {mark} {name} twice")
                    own[name] = function
            table.update(own)

    @classmethod
    def blank(cls, stream: str, at: datetime) -> Aggregate:
        """The state before the first entry: version 0."""
        made = cls.__new__(cls)
        made.__base_init__(stream, 0, at)
        return made

    def judge(self, event: Event) -> tuple[str, ...]:
        """Codes of the breaches that recording `event` (in its open form) now would be."""
        rule = self.judging.get(event.TYPE)
        return () if rule is None else rule(self, event)

    def fork(self) -> Aggregate:
        """A copy to evolve while the transaction is open; the original stays as committed."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
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
            setattr(made, name, _read(value, kinds[name]))
        return made


def _read(value: Any, kind: Any) -> Any:
    """A kept attribute; in the spelling of 0.1.0 only where it is not in today's."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return msgspec.convert(respelled(kind, value), kind)


@cache
def _kinds(aggregate: type[Aggregate]) -> dict[str, Any]:
    """Attribute → its type."""
    return typing.get_type_hints(aggregate)
