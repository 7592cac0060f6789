"""Streams with state: what the ledger remembers of a business thing to judge the next fact.

Deciding and evolving are kept apart. `judge_…` methods read the state and name the breaches of a
new fact; `on_…` methods only assign, because they run again on every replay. Attributes hold
immutable values (str, int, bool, None, tuples of these), so that a copy is cheap and complete.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from eventsourcing.domain import BaseAggregate, CanMutateAggregate

from domain.event import Event

Data = Mapping[str, Any]
_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(slots=True)
class Entry(CanMutateAggregate[str]):
    """An accepted event in the ledger, as everything downstream sees it: open parts only.

    `originator_id` is the stream, `originator_version` its version 1..n, `timestamp` the
    recording time, `data` the open part's data (persons replaced by their pseudonyms).
    """

    originator_id: str
    originator_version: int
    timestamp: datetime
    position: int
    type: str
    """Without the cn.mingjian. prefix."""
    source: str
    event_id: str
    data: Data
    corrects: str | None = None
    correction_kind: str | None = None
    sequence: int = 0
    time: str = field(default="")

    @property
    def stream(self) -> str:
        """Name of the stream."""
        return self.originator_id

    def apply(self, aggregate: Any) -> None:
        """Let the aggregate evolve; called by the library's `mutate` after its version check."""
        if (evolve := type(aggregate).evolvers.get(self.type)) is not None:
            evolve(aggregate, self.data)


def evolves(*events: type[Event]) -> Callable[[_F], _F]:
    """Mark a method as the evolution of these events: `def on_x(self, data) -> None`."""

    def mark(function: _F) -> _F:
        function.evolves = tuple(event.TYPE for event in events)  # type: ignore[attr-defined]
        return function

    return mark


def judges(*events: type[Event]) -> Callable[[_F], _F]:
    """Mark a method as the judge of these events: `def judge_x(self, event) -> tuple[str, ...]`.

    It returns the codes of the breaches it sees; the fact is recorded all the same.
    """

    def mark(function: _F) -> _F:
        function.judges = tuple(event.TYPE for event in events)  # type: ignore[attr-defined]
        return function

    return mark


class Aggregate(BaseAggregate[str]):
    """State of one stream; a stream kind without a class of its own keeps only its version."""

    STREAM: ClassVar[str] = ""
    evolvers: ClassVar[dict[str, Callable[[Any, Data], None]]] = {}
    judging: ClassVar[dict[str, Callable[[Any, Any], tuple[str, ...]]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.evolvers = dict(cls.evolvers)
        cls.judging = dict(cls.judging)
        for function in vars(cls).values():
            for name in getattr(function, "evolves", ()):
                cls.evolvers[name] = function
            for name in getattr(function, "judges", ()):
                cls.judging[name] = function

    @classmethod
    def blank(cls, stream: str, at: datetime) -> Aggregate:
        """The state before the first entry: version 0."""
        made = cls.__new__(cls)
        made.__base_init__(stream, 0, at)
        return made

    def judge(self, event: Event) -> tuple[str, ...]:
        """Codes of the breaches that recording `event` now would be; empty when lawful."""
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
        return json.dumps(mine, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def restore(cls, stream: str, version: int, at: datetime, state: bytes) -> Aggregate:
        """The inverse of `state`."""
        made = cls.blank(stream, at)
        made.version = version
        for name, value in json.loads(state).items():
            setattr(made, name, _frozen(value))
        return made


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
