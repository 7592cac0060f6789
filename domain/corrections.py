"""Corrections: what 更正, 撤销 and 追回 mean, which of them fit, and how they are judged.

A correction is a new event that names an earlier one; nothing told is ever removed. `changed`
(更正) tells the fact anew, `revoked` (撤销) says that it never was, `recovered` (追回) is money of
a payment that came back and replaces nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Protocol

from domain.aggregate import Aggregate, Entry
from domain.codes import Labels
from domain.event import Event

CorrectionKind = Annotated[
    Literal["changed", "revoked", "recovered"],
    Labels("更正", "撤销", "追回"),
]


class Told(Protocol):
    """What an event says of another: the name "<source>/<id>" it corrects, and how."""

    @property
    def corrects(self) -> str | None: ...
    @property
    def correction_kind(self) -> str | None: ...


def replaces(told: Told) -> bool:
    """Whether it changes or takes back an earlier event, so that its stream is folded anew."""
    return told.corrects is not None and told.correction_kind != "recovered"


def fits(event: Event, kind: str | None, corrected_type: str, corrected_stream: str) -> bool:
    """Whether an event may correct one of that type and stream.

    更正 and 撤销 stay within type and stream; 追回 is money that came back, about the same stream.
    """
    if kind == "recovered":
        return event.RECOVERS and event.stream() == corrected_stream
    return (event.TYPE, event.stream()) == (corrected_type, corrected_stream)


def judge(event: Event, told: Told, state: Aggregate, history: Sequence[Entry]) -> tuple[str, ...]:
    """Codes of the breaches of a fact that is recorded now, on the `state` of its stream.

    撤销 tells no new fact, so breaches nothing. 更正 is judged as if the fact it replaces had never
    been told; for that alone the `history` of the stream is needed, all its entries in order.
    """
    if told.correction_kind == "revoked":
        return ()
    if told.correction_kind == "changed" and told.corrects is not None:
        state = without(type(state), history, told.corrects)
    return state.judge(event)


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """What still stands of a stream: a changed fact in the place of the old one, revoked ones gone.

    `entries` in version order. A fact that replaces another keeps the other's place, so that the
    order of business is that of the first telling.
    """
    slots: list[Entry | None] = []
    place: dict[str, int] = {}
    for entry in entries:
        name = f"{entry.source}/{entry.event_id}"
        target = place.get(entry.corrects) if entry.corrects is not None else None
        if target is None or entry.correction_kind == "recovered":
            place[name] = len(slots)
            slots.append(entry)
        else:
            place[name] = target
            slots[target] = entry if entry.correction_kind == "changed" else None
    return [entry for entry in slots if entry is not None]


def fold(aggregate: type[Aggregate], entries: Sequence[Entry]) -> Aggregate:
    """The state of a stream in the version that stands, from all its entries (at least one)."""
    state = aggregate.blank(entries[0].stream, entries[0].timestamp)
    for entry in effective(entries):
        entry.apply(state)
    state.version = entries[-1].originator_version
    return state


def without(aggregate: type[Aggregate], entries: Sequence[Entry], name: str) -> Aggregate:
    """The state of a stream as if the event "<source>/<id>" in it had never been told."""
    revoking = dataclasses.replace(entries[-1], corrects=name, correction_kind="revoked")
    return fold(aggregate, [*entries, revoking])
