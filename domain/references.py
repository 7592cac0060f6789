"""References: a field that names another event says of which types that may be, and whose.

The types are part of the contract: an event that names one of another type is refused once that one
is known. Of whose stream it is, is a matter of fact: it is recorded, with the breach noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args, get_origin

from domain.codes import Labels, ListedCode, labels_of
from domain.faults import Fault, fault

if TYPE_CHECKING:
    from domain.envelope import Received

Breach = Annotated[Literal["named-elsewhere"], Labels("所指事项属于另一对象")]


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a field that names another event, "<source>/<id>"."""

    types: tuple[str, ...]
    """Without the prefix; one of these it is."""
    same_stream: bool = True
    """Whether it must be about the same thing as the event that names it."""


class Reference(NamedTuple):
    """What a field of an event names."""

    field: str
    name: str
    mark: Names


@cache
def marked(model: Any) -> tuple[tuple[str, Names], ...]:
    """The fields of a class of events that name other events."""
    return tuple(
        (name, mark)
        for name, field in model.model_fields.items()
        for mark in (*field.metadata, *_within(field.annotation))
        if isinstance(mark, Names)
    )


def _within(annotation: Any) -> Iterator[Any]:
    """The marks inside of an annotation: of a field that may be left out."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for inner in get_args(annotation):
        yield from _within(inner)


def references(event: Any) -> Iterator[Reference]:
    """What an event names in its data."""
    for field, mark in marked(event.MODEL):
        if (name := getattr(event, field)) is not None:
            yield Reference(field, name, mark)


def to_itself(received: Received) -> Fault | None:
    """Why an event that names itself cannot be taken: it would wait for itself for ever."""
    if received.corrects == received.name:
        return fault("wrong_reference", "/corrects", "another event")
    for field, name, _ in references(received.event):
        if name == received.name:
            return fault("wrong_reference", f"/data/{field}", "another event")
    return None


def wrong_type(event: Any, type_of: Callable[[str], str]) -> Fault | None:
    """Why an event cannot be taken whose references are all known; None where it can be."""
    for field, name, mark in references(event):
        if type_of(name) not in mark.types:
            return fault("wrong_reference", f"/data/{field}", " / ".join(mark.types))
    return None


def breaches(event: Any, stream_of: Callable[[str], str]) -> tuple[Breach, ...]:
    """Whether it names what is another's."""
    found = references(event)
    own = all(not mark.same_stream or stream_of(name) == event.stream() for _, name, mark in found)
    return () if own else ("named-elsewhere",)


def codes(model: Any) -> dict[ListedCode, str]:
    """The breaches that are looked for where a class of events names others."""
    same = any(mark.same_stream for _, mark in marked(model))
    return labels_of(Breach) if same else {}
