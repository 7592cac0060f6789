"""Where a fact stands in the life of its thing: who says it, what it opens, follows and refers to.

An event that refers to what is not known waits for it (待关联): for its own thing, unless it opens
one, for the streams that its fields name, and for the events that they name.
"""

from __future__ import annotations

from typing import Any

from domain import examples
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.contract.lives import LIVES
from domain.contract.looked_for import warnings_of
from domain.event import TYPE_PREFIX, Event
from domain.form import convert, wire_form
from domain.references import marked


def sources(event: type[Event], bureau: Bureau) -> list[str]:
    """The sources of a bureau that may say it."""
    return [source.name for source in bureau.sources.values() if source.may(event.TYPE)]


def openers(event: type[Event]) -> list[type[Event]]:
    """The facts with which a thing of that kind may begin."""
    return [other for other in EVENTS.values() if other.OPENS and other.STREAM == event.STREAM]


def before(event: type[Event]) -> list[type[Event]]:
    """What comes before it in the life of its thing, in the order in which it usually does."""
    name = event.TYPE.rpartition(".")[0]
    for life in LIVES:
        if name in life:
            told = [EVENTS[f"{fact}.v1"] for fact in life[: life.index(name)]]
            return [other for other in told if other.STREAM == event.STREAM]
    return []


def refers(event: type[Event], bureau: Bureau) -> list[dict[str, Any]]:
    """What its fields name, and what it waits for where that is unknown."""
    found: list[dict[str, Any]] = []
    try:
        full = examples.full(event, bureau)
        fact = convert(full, wire_form(event))
    except LookupError:  # what this bureau has no codes to say
        return [_named(field, mark.types) for field, mark in marked(event)]
    for stream in fact.refers():
        kind, _, key = stream.partition("/")
        fields = [
            name for name, value in full.items() if value in (key, stream) or key in str(value)
        ]
        if fields and all(other.get("stream") != kind for other in found):
            found.append({"field": fields[0], "stream": kind, "opened_by": _types_of(kind)})
    return found + [_named(field, mark.types) for field, mark in marked(event)]


def _named(field: str, types: tuple[str, ...]) -> dict[str, Any]:
    return {"field": field, "events": [TYPE_PREFIX + name for name in types]}


def _types_of(kind: str) -> list[str]:
    return [full_type(e) for e in EVENTS.values() if e.OPENS and kind == e.STREAM]


def of(event: type[Event], bureau: Bureau) -> dict[str, Any]:
    """All of it, in the vendor keywords of a contract."""
    named = refers(event, bureau)
    return {
        "x-line": event.TYPE.partition(".")[0],
        "x-stream": {
            "kind": event.STREAM,
            "key": event.KEY,
            "opens": event.OPENS,
            "opened_by": [full_type(other) for other in openers(event)],
        },
        "x-on": event.ON,
        "x-after": [full_type(other) for other in before(event)],
        "x-refers": named,
        "x-parked-until": _waits(event, named),
        "x-warnings": {str(code): name for code, name in warnings_of(event.TYPE).items()},
    }


def _waits(event: type[Event], named: list[dict[str, Any]]) -> list[str]:
    """What parks it, in words."""
    found = []
    if not event.OPENS:
        found.append(f"{event.KEY} 所指的事项尚未记入 / nothing is known of what {event.KEY} names")
    found += [
        f"{told['field']} 所指的尚未记入 / what {told['field']} names is not yet in the ledger"
        for told in named
    ]
    return [*found, "corrects 所指的事件尚未记入 / the event that corrects names is not yet there"]
