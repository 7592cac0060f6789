"""All business lines in one place: event type → class, stream kind → aggregate.

A line is registered by being there. The first segment of an event's type is the stem of its line:
the name of its module or package here, and of what it has in every other room. Importing this
module fails where a class stands elsewhere, or where two claim one type or one kind of stream.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from types import ModuleType

from domain import corrections, persons, references
from domain.aggregate import Aggregate, breaches_of
from domain.bureau import listed
from domain.codes import ListedCode, labels_of
from domain.event import TYPE_PREFIX, Event

READERS = frozenset(
    {"bureau", "catalogue", "conformance", "contract", "envelope", "examples", "explaining"}
    | {"standing"}
)
"""Modules of the domain that import this one, and so cannot be walked from here."""


def modules(room: str, which: Callable[[str], bool] = lambda _name: True) -> list[ModuleType]:
    """The modules of a room whose stem is asked for, in the order of their names.

    `which` is asked about modules and packages that stand directly in the room.
    """
    found: list[ModuleType] = []
    for item in sorted(pkgutil.iter_modules(importlib.import_module(room).__path__)):
        if which(item.name):
            name = f"{room}.{item.name}"
            found.append(importlib.import_module(name))
            found += modules(name) if item.ispkg else []
    return found


def stem(name: str) -> str:
    """The stem of a module's dotted name: what stands after its room."""
    return name.split(".")[1]


def _events(module: ModuleType) -> list[type[Event]]:
    """The events that a module defines. A base class without a type of its own is none."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and Event in value.__mro__
        and "TYPE" in vars(value)
    ]


def _by_type(found: list[type[Event]]) -> dict[str, type[Event]]:
    by_type: dict[str, type[Event]] = {}
    for event in found:
        line = event.TYPE.partition(".")[0]
        if stem(event.__module__) != line:
            where = f"{event.__module__}.{event.__qualname__}"
            raise ValueError(f"{where} claims {event.TYPE}: it belongs in domain/{line}")
        if event.TYPE in by_type:
            raise ValueError(f"two classes claim {event.TYPE}: {by_type[event.TYPE]} and {event}")
        by_type[event.TYPE] = event
    return by_type


def _aggregates(module: ModuleType) -> list[type[Aggregate]]:
    """The aggregates that a module defines."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and Aggregate in value.__mro__  # an abstract class would ask all of its subclasses
        and getattr(value, "STREAM", "") != ""
    ]


def _by_stream(found: list[type[Aggregate]]) -> dict[str, type[Aggregate]]:
    """Stream kind → the most derived aggregate that names it."""
    by_stream: dict[str, type[Aggregate]] = {}
    for state in found:
        other = by_stream.get(state.STREAM)
        if other is None or issubclass(state, other):
            by_stream[state.STREAM] = state
        elif not issubclass(other, state):
            raise ValueError(f"two aggregates claim the streams {state.STREAM}/…")
    return by_stream


_MODULES = modules("domain", lambda name: name not in READERS)
EVENTS: dict[str, type[Event]] = _by_type([e for module in _MODULES for e in _events(module)])
"""Type without the cn.mingjian. prefix → event class."""
AGGREGATES: dict[str, type[Aggregate]] = _by_stream(
    [state for module in _MODULES for state in _aggregates(module)]
)
COMPARED: frozenset[str] = frozenset(
    kind
    for state in AGGREGATES.values()
    for judge in state.comparing.values()
    for kind in judge.kinds  # type: ignore[attr-defined]  # a mark on the function
)
"""Kinds of streams that judges look at beside their own."""
COMPARING: frozenset[str] = frozenset(
    name for state in AGGREGATES.values() for name in state.comparing
) | {name for name, event in EVENTS.items() if "parties" in event.model_fields}
"""Types of the facts whose persons are looked for elsewhere, and of those that name couples."""
LINES: tuple[str, ...] = tuple(sorted({name.partition(".")[0] for name in EVENTS}))
"""The stems of the business lines (业务条线)."""
STEMS: frozenset[str] = frozenset(LINES) | {stem(s.__module__) for s in AGGREGATES.values()}
"""The stems that facts or state stand under: the lines, and what several of them share."""


@cache
def breaches_in(type_name: str) -> dict[ListedCode, str]:
    """The breaches that are looked for in facts of a type: code → what it is called (问题).

    Nothing of a type that we do not know.
    """
    event = EVENTS.get(type_name)
    if event is None:
        return {}
    found = labels_of(corrections.Breach) | listed.looked_for(event)
    found |= references.codes(event) | persons.looked_for(event)
    for state in AGGREGATES.values():
        for judge in (state.judging.get(type_name), state.comparing.get(type_name)):
            found |= {} if judge is None else breaches_of(judge)
    return found


def aggregate_of(stream: str) -> type[Aggregate]:
    """The aggregate class of a stream name "<kind>/<key>"."""
    return AGGREGATES.get(stream.partition("/")[0], Aggregate)


def full_type(event: type[Event]) -> str:
    """The type as it stands on the wire."""
    return TYPE_PREFIX + event.TYPE


def type_of(claimed: object) -> type[Event] | None:
    """The event class of a type as it stands on the wire; None if that is no type we know."""
    if not isinstance(claimed, str) or not claimed.startswith(TYPE_PREFIX):
        return None
    return EVENTS.get(claimed[len(TYPE_PREFIX) :])
