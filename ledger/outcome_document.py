"""What became of an event (处理结果): one document, wherever it is told.

Receipts, HTTP answers, `quarantine show`, `parked show`, `ingest` and `lint` say the same of the
same event. What is told of a refusal is what was told when it was refused. Nothing here says who
somebody is: no name, no number of a person, no content. `rules.outcomes.document` adds to each
warning the rule and the law.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.calendar import SHANGHAI
from domain.catalogue import EVENTS, breaches_in, full_type
from domain.event import TYPE_PREFIX
from domain.faults import meaning, remedy
from domain.wanted import wanted
from ledger.containment import ENDED
from ledger.mending import HTTP
from ledger.outcomes import Accepted, Duplicate, Item, Outcome, OutcomeKind, Parked, Quarantined
from ledger.records import MOST_OF_ID, named_in, place_of, safe_label

Warned = Callable[[str, str], Mapping[str, Any]]
"""Kind of stream and code of a breach → what else is told of it: rule, law."""


class Settled(msgspec.Struct, frozen=True):
    """What became of what was put aside: `mended` by an event, `discarded`, or `refused`."""

    how: str
    at: datetime | None = None
    by: str | None = None
    """"<source>/<id>" of the event that mended it."""
    position: int | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one record."""

    ledger: str
    outcome: OutcomeKind
    source: str | None = None
    id: str | None = None
    type: str | None = None
    """Without the prefix, where it is one of ours."""
    number: int | None = None
    """Position of the entry; else the number under which it is parked, or in quarantine."""
    at: datetime | None = None
    """When it was recorded."""
    warnings: tuple[str, ...] = ()
    waits_for: str | None = None
    """"stream:<name>" or "event:<source>/<id>"."""
    faults: tuple[dict[str, Any], ...] = ()
    """As domain/explaining.py makes them."""
    origin: str | None = None
    settled: Settled | None = None
    of: Told | None = None
    """Of a duplicate: what had come before, and what had become of it."""
    also: tuple[Told, ...] = ()
    """Other records that came under this name."""
    duplicates: int = 0
    """How often it came again, as far as that is kept."""


def of_item(item: Item, ledger: str, at: datetime | None = None) -> Told:
    """What became of a record that was just taken, or would be."""
    received = item.received
    made = of_outcome(item.outcome, item, ledger, at)
    if received is None:
        if ENDED in item.faults:  # nobody reads those bytes again
            return made
        read = named_in(item.record.raw)
        return msgspec.structs.replace(
            made, id=read.id, source=made.source or read.source, type=read.type
        )
    # As it is stored where it was refused: an id that holds a person's number is not said again.
    named = safe_label(received.id, MOST_OF_ID)
    return msgspec.structs.replace(made, id=named, source=received.source)


def of_outcome(outcome: Outcome, item: Item, ledger: str, at: datetime | None) -> Told:
    """The same without the names that the record gives itself."""
    received, record = item.received, item.record
    kind = None if received is None else received.type
    common: dict[str, Any] = {
        "ledger": ledger,
        "outcome": outcome.kind,
        "source": record.source,
        "type": kind,
        "at": at,
        "origin": record.origin,
    }
    match outcome:
        case Accepted(position, warnings):
            return Told(number=position, warnings=warnings, **common)
        case Parked(prerequisite):
            return Told(waits_for=prerequisite, **common)
        case Quarantined(faults):
            if item.read_by is None:
                return Told(faults=tuple(fault._asdict() for fault in faults), **common)
            return Told(faults=tuple(item.explained(faults, item.read_by)), **common)
        case Duplicate(of):
            return Told(of=of_outcome(of, item, ledger, None), **common)


# The document.


def document(
    told: Told, warned: Warned = lambda _kind, _code: {}, base: str = ""
) -> dict[str, Any]:
    """THE outcome document, an object of JSON; `base` is the public address of the pages.

    `reason` and `pointer` are those of the first fault, as receipts have always had them.
    """
    kind = told.type
    made: dict[str, Any] = {
        "outcome": told.outcome,
        "ledger": told.ledger,
        "source": told.source,
        "id": told.id,
        "type": TYPE_PREFIX + kind if kind in EVENTS else kind,
    }
    if told.source and told.id:
        made["instance"] = f"/sources/{told.source}/events/{told.id}"
    if told.number is not None:
        made["position" if told.outcome == "accepted" else "number"] = told.number
    if told.at is not None:
        made["recorded_at"] = moment(told.at)
    if (offset := offset_of(told.origin)) is not None:
        made["offset"] = offset
    made |= _PARTS[told.outcome](told, warned, base)
    if told.settled is not None:
        made["settled"] = _settled(told.settled)
    if told.duplicates:
        made["duplicates"] = told.duplicates
    if told.also:
        made["also"] = [document(each, warned, base) for each in told.also]
    return made


def moment(at: datetime) -> str:
    """A moment as documents write it, in China's time."""
    return at.astimezone(SHANGHAI).isoformat(timespec="milliseconds")


def offset_of(origin: str | None) -> str | None:
    """Partition and offset, "0/118", of what came by a topic."""
    place = None if origin is None else place_of(origin)
    return None if place is None or origin is None else origin.partition("/")[2]


def _accepted(told: Told, warned: Warned, _base: str) -> dict[str, Any]:
    """`warnings`: what is unlawful or doubtful about the fact, as it was judged at acceptance."""
    if not told.warnings or told.type is None:
        return {}
    names = breaches_in(told.type)
    kind = EVENTS[told.type].STREAM if told.type in EVENTS else ""
    return {
        "warnings": [
            {"code": code, "name": names.get(code, code), **warned(kind, code)}
            for code in told.warnings
        ]
    }


def _parked(told: Told, _warned: Warned, _base: str) -> dict[str, Any]:
    what = told.waits_for or ""
    since = {} if told.at is None else {"since": moment(told.at)}
    return {"reason": what, "waits_for": {"what": what, **since, **wanting(what)}}


def wanting(prerequisite: str) -> dict[str, Any]:
    """What a parked event waits for, in words, and the types of events that would bring it."""
    what, _, name = prerequisite.partition(":")
    if what != "stream":
        return {"zh": f"等待事件 {name} 记入", "en": f"waits for the event {name}"}
    kind, _, key = name.partition("/")
    opening = [event for event in EVENTS.values() if event.OPENS and kind == event.STREAM]
    titles = "、".join(dict.fromkeys(event.TITLE for event in opening))
    return {
        "zh": f"等待 {name} 的首个事件" + (f"：{titles}" if titles else ""),
        "en": f"waits for the first event of {name}",
        "brought_by": [
            {"type": full_type(event), "field": event.KEY, "value": key} for event in opening
        ],
    }


def _quarantined(told: Told, _warned: Warned, base: str) -> dict[str, Any]:
    first = told.faults[0]
    says = meaning(first["code"])
    made: dict[str, Any] = {
        "reason": first["code"],
        "pointer": first["pointer"],
        "title": says.zh,
        "detail": says.en,
        "faults": [_fault(fault, base) for fault in told.faults],
    }
    if told.settled is None and (name := mends(told)) is not None:
        made["mends"] = name
        made["remedy"] = {
            "zh": f"改正后用原编号重新报送，记入后自动了结；换用新编号的，mends 写 {name}",
            "en": f"send it mended under its own id; under a new id, with mends = {name}",
        }
    return made


def mends(told: Told) -> str | None:
    """What an event under a new id says in `mends`, if it is to close this."""
    if told.id and told.source:
        return f"{told.source}/{told.id}"
    origin = told.origin or ""
    return origin if offset_of(origin) is not None or origin.startswith(HTTP) else None


def _fault(fault: Mapping[str, Any], base: str) -> dict[str, Any]:
    code, expected = fault["code"], fault["expected"]
    return {
        **fault,
        "expected": wanted(code, expected)._asdict(),
        "message": meaning(code)._asdict(),
        "remedy": remedy(code, fault.get("meant"))._asdict(),
        "link": f"{base}/problems/{code}",
    }


def _duplicate(told: Told, warned: Warned, base: str) -> dict[str, Any]:
    if told.of is None:
        return {}
    first = document(told.of, warned, base)
    kept = ("outcome", "position", "number", "recorded_at", "warnings", "waits_for", "faults")
    return {"duplicate_of": {name: first[name] for name in kept if name in first}}


_PARTS: dict[OutcomeKind, Callable[[Told, Warned, str], dict[str, Any]]] = {
    "accepted": _accepted,
    "parked": _parked,
    "quarantined": _quarantined,
    "duplicate": _duplicate,
}


def _settled(settled: Settled) -> dict[str, Any]:
    made: dict[str, Any] = {"how": settled.how}
    for name in ("by", "position"):
        if (value := getattr(settled, name)) is not None:
            made[name] = value
    return made if settled.at is None else made | {"at": moment(settled.at)}


def documents(
    told: Sequence[Told], warned: Warned = lambda _kind, _code: {}, base: str = ""
) -> list[dict[str, Any]]:
    """The documents of several."""
    return [document(each, warned, base) for each in told]
