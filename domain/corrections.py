"""Corrections: what 更正, 撤销 and 追回 mean, which of them fit, and how they are judged.

A correction is a new event that names an earlier one; nothing told is ever removed. `changed`
(更正) tells the fact anew, `revoked` (撤销) says that it never was, `recovered` (追回) is money of
a payment that came back and replaces nothing.
"""

from __future__ import annotations

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


def standing(thread: Iterable[Entry]) -> Entry | None:
    """What a fact is today: the version of it that stands, or None where it was taken back.

    `thread` is the fact with all its corrections and theirs, in the order of telling. Of the
    corrections of an event, the last that stands rules. One that is revoked stands no more, and
    what it had done is undone.
    """
    ((_, entry),) = _standing(thread)
    return entry


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """What stands of these entries, in order of business: by business date, then first telling.

    `entries` in the order of telling; a correction whose target is not among them counts as a fact
    of its own. However often a fact was put right, it keeps the place of its first telling among
    those of its day.
    """
    found = [(entry, told) for told, entry in _standing(entries) if entry is not None]
    found.sort(key=lambda pair: (pair[0].data.occurred_on(), pair[1]))
    return [entry for entry, _ in found]


def _standing(entries: Iterable[Entry]) -> list[tuple[int, Entry | None]]:
    """Per fact the position of its first telling, and the version that stands; the last first.

    One pass from the last entry back: when an event comes, all its corrections have been weighed.
    """
    entries = list(entries)
    told = {f"{entry.source}/{entry.event_id}" for entry in entries}
    ruling: dict[str, Entry | None] = {}
    found: list[tuple[int, Entry | None]] = []
    for entry in reversed(entries):
        name = f"{entry.source}/{entry.event_id}"
        stands = ruling.pop(name, entry)
        corrects = entry.corrects
        if corrects is None or entry.correction_kind == "recovered" or corrects not in told:
            found.append((entry.position, stands))
        elif stands is not None and corrects not in ruling:
            ruling[corrects] = stands if entry.correction_kind == "changed" else None
    return found


def fold(aggregate: type[Aggregate], entries: Sequence[Entry]) -> Aggregate:
    """The state of a stream in the version that stands, from all its entries (at least one)."""
    state = aggregate.blank(entries[0].stream, entries[0].timestamp)
    for entry in effective(entries):
        entry.apply(state)
    state.version = entries[-1].originator_version
    return state


def without(aggregate: type[Aggregate], entries: Sequence[Entry], name: str) -> Aggregate:
    """The state as if the fact that the event "<source>/<id>" tells had never been told."""
    roots: dict[str, str] = {}
    for entry in entries:
        own = f"{entry.source}/{entry.event_id}"
        roots[own] = roots.get(entry.corrects or "", own) if replaces(entry) else own
    left = [e for e in entries if roots[f"{e.source}/{e.event_id}"] != roots.get(name, name)]
    return (
        fold(aggregate, left) if left else aggregate.blank(entries[0].stream, entries[0].timestamp)
    )
