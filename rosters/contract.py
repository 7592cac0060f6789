"""What a field of a contract is, for who fills it in from a cell: all of it from the event's class.

A field is named by the JSON pointer to it in `data`: /members/-/person/name, where “-” is the
member that the row tells of, /parties/0/name, /amount_fen.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from domain.bureau.bureau import Bureau
from domain.bureau.listed import Listed
from domain.catalogue import EVENTS
from domain.codes import Labels, labels_of
from domain.event import Code, Event, Month, Person

Kind = Literal["text", "number", "money", "day", "month", "count", "flag", "choice", "listed"]
"""How a cell is read. number: digits that are no quantity; choice: a code that the contract lists;
listed: one that the bureau does."""
EACH = "-"
"""In a pointer: the element that the row tells of."""
_MONTH = get_args(Month)[1].metadata[0].pattern
_CODE = get_args(Code)[1].metadata[0].pattern
_BY_TYPE: dict[Any, Kind] = {bool: "flag", date: "day", int: "count"}
_NO_NUMBERS = frozenset({"name", "address", "no_id_reason"})
"""Fields of a person that are words; the others are numbers of documents, accounts, phones."""


class Field(NamedTuple):
    """One field of a contract."""

    pointer: str
    kind: Kind
    needed: bool
    """Whether the contract asks for it, of what it is part of."""
    annotation: Any
    listed: str = ""
    """Of the bureau's list that its codes are from."""
    many: bool = False
    """A list of such values."""
    personal: bool = False
    """Part of what an event says of a person."""

    def names(self, bureau: Bureau) -> dict[str, str]:
        """Code → what a clerk calls it, of a field of codes."""
        return {str(code): name for code, name in labels_of(self.annotation, bureau).items()}


@cache
def field_of(model: type[BaseModel], pointer: str) -> Field | None:
    """The field at a pointer; None where the contract has none, or it holds other fields."""
    annotation: Any = model
    needed = personal = False
    for step in pointer.removeprefix("/").split("/"):
        owner, many = _held(annotation)
        if step == EACH or step.isdigit():
            if not many:
                return None
            annotation = owner
            continue
        if many or owner is None or step not in owner.model_fields:
            return None
        personal = personal or issubclass(owner, Person)
        needed = owner.model_fields[step].is_required()
        annotation = _hints(owner)[step]
    return _field(pointer, annotation, needed=needed, personal=personal)


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return typing.get_type_hints(model, include_extras=True)


def _held(annotation: Any) -> tuple[Any, bool]:
    """The class of fields that an annotation holds, or of each of its elements, and whether many.

    Of what holds elements that are no classes: the annotation of an element.
    """
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return arguments[0], True
    if origin is Annotated:
        return _held(arguments[0])
    if origin in (Union, types.UnionType):
        return _held(next(each for each in arguments if each is not type(None)))
    return None, False


def _field(pointer: str, annotation: Any, *, needed: bool, personal: bool) -> Field | None:
    inner, many = _held(annotation)
    if many:
        annotation = inner
    elif inner is not None:
        return None
    if _held(annotation)[0] is not None:
        return None
    plain, metadata = _plain(annotation)
    listed = next((item.name for item in metadata if isinstance(item, Listed)), "")
    kind = _kind(plain, metadata, pointer.rpartition("/")[2], listed, personal=personal)
    return Field(pointer, kind, needed, annotation, listed, many, personal)


def _plain(annotation: Any) -> tuple[Any, list[Any]]:
    """The bare type of a value, and all that is said of it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        plain, metadata = _plain(arguments[0])
        flat = [i for item in arguments[1:] for i in getattr(item, "metadata", (item,))]
        return plain, [*metadata, *flat]
    if origin in (Union, types.UnionType):
        return _plain(next(each for each in arguments if each is not type(None)))
    return annotation, []


def _kind(plain: Any, metadata: list[Any], name: str, listed: str, *, personal: bool) -> Kind:
    if listed:
        return "listed"
    if get_origin(plain) is Literal or any(isinstance(item, Labels) for item in metadata):
        return "choice"
    if plain in _BY_TYPE:
        return "money" if name.endswith("_fen") else _BY_TYPE[plain]
    patterns = {getattr(item, "pattern", None) for item in metadata}
    if _MONTH in patterns:
        return "month"
    if _CODE in patterns:
        return "number"
    return "number" if personal and name not in _NO_NUMBERS else "text"


def latest(name: str) -> type[Event] | None:
    """The class of an event by its name without version: assistance.payment-settled."""
    found = [event for type_name, event in EVENTS.items() if type_name.rpartition(".")[0] == name]
    return max(found, key=lambda event: int(event.TYPE.rpartition(".v")[2]), default=None)


def needed_of(model: type[BaseModel], given: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Pointers that a contract asks for and nobody gives; of parts only where one is begun."""
    for name, field in model.model_fields.items():
        pointer = f"{path}/{name}"
        below = [other for other in given if other == pointer or other.startswith(f"{pointer}/")]
        if not below and field.is_required():
            yield pointer
        inner, many = _held(_hints(model)[name])
        if not below or not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            continue
        steps = {other.removeprefix(f"{pointer}/").partition("/")[0] for other in below}
        for step in sorted(steps) if many else [""]:
            yield from needed_of(inner, given, f"{pointer}/{step}" if many else pointer)
