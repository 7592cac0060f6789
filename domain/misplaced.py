"""Personal data in the wrong place: what stays open holds no number of a person.

Only what an event says of persons is sealed. A resident number in its id, in a case number or in
a reason would be open to everybody, for ever: such an event is refused, and the refusal repeats
nothing of it.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel

from domain import event
from domain.bureau.listed import Listed
from domain.digits import BLANK, read
from domain.event import Event, Person
from domain.identifiers import check_resident_id

_LENGTH = 18
_JOINT = BLANK.replace("]*", r"\u2010-\u2015\u2212._-]*")
"""What may part the digits of a number that is written in groups."""
_NUMBER = re.compile(
    rf"(?<![0-9])(?=([1-9](?:{BLANK}[0-9]){{16}}{BLANK}[0-9Xx])(?:[1-7][1-4])?(?![0-9]))"
)
"""Not within a longer number, as running numbers and moments are; but in that of a 残疾人证."""
_BLANKS = re.compile(BLANK)
_LONG = 14
"""Digits in a row that say nothing good: those of documents, accounts and cards."""
_PARTED = re.compile(rf"(?<![0-9])[1-9](?:{_JOINT}[0-9]){{16}}{_JOINT}[0-9Xx](?![0-9])")
_JOINTS = re.compile(_JOINT)
_EVENT = "/[A-Za-z0-9]"
"""In the pattern of what names another event, whose id may be of a day when nobody looked."""
_OTHERWISE = frozenset(
    item.pattern
    for kind in (event.Month, event.Township, event.Village, event.Division, event.Digest)
    for item in get_args(kind)[1].metadata
    if hasattr(item, "pattern")
)
"""Patterns of what is a number of something else."""
_OTHER_NUMBERS = frozenset({"_uscc", "_certificate"})

Texts = tuple[tuple[str, "Texts | None"], ...]
"""Fields in which open text stands, with those below where a field holds others."""


def holds_number(text: str) -> bool:
    """Whether a valid 居民身份证号 stands in a text, in any width, perhaps with blanks in it."""
    if len(text) < _LENGTH:
        return False
    return any(
        check_resident_id(_BLANKS.sub("", found).upper()) is None
        for found in _NUMBER.findall(read(text))
    )


def masked(text: str, least: int = _LONG) -> str:
    """A text for a log or an answer: "…" for what may be a number of a person, however spelled.

    That is so many digits in a row and more, with blanks or without, and a 居民身份证号 in groups.
    """
    plain = read(text)
    made = re.sub(rf"[0-9](?:{BLANK}[0-9]){{{least - 1},}}{BLANK}[Xx]?", "…", plain)
    made = _PARTED.sub(_unless_other, made)
    return text if made == plain else made


def _unless_other(found: re.Match[str]) -> str:
    """A running number is written in groups, too."""
    number = _JOINTS.sub("", found[0]).upper()
    return "…" if check_resident_id(number) is None else found[0]


def is_clean(told: dict[str, Any], kind: type[Event]) -> bool:
    """Whether no number of a person stands where a message of that kind is open."""
    if holds_number(told["id"]) or holds_number(told["subject"]):
        return False
    return next(_held(_texts(kind), told["data"], "/data"), None) is None


def pointers(told: dict[str, Any], kind: type[Event] | None) -> Iterator[str]:
    """JSON pointers to each place of a message in which a person's number stands."""
    for name in ("id", "subject"):
        if isinstance(text := told.get(name), str) and holds_number(text):
            yield f"/{name}"
    if kind is not None:
        yield from _held(_texts(kind), told.get("data"), "/data")


def _held(texts: Texts | None, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if texts is None and holds_number(value):
            yield path
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _held(texts, item, f"{path}/{number}")
    elif isinstance(value, dict):
        for name, below in texts or ():
            if name in value:
                yield from _held(below, value[name], f"{path}/{name}")


@cache
def _texts(model: type[BaseModel]) -> Texts:
    found: list[tuple[str, Texts | None]] = []
    for name, field in model.model_fields.items():
        kind = _kind(field.annotation, tuple(field.metadata))
        if kind is str:
            found.append((name, None))
        elif kind is not None and (below := _texts(kind)):
            found.append((name, below))
    return tuple(found)


def is_open_text(annotation: Any) -> bool:
    """Whether open text stands in a field of that type, itself or in a list."""
    return _kind(annotation) is str


def _kind(annotation: Any, metadata: tuple[Any, ...] = ()) -> Any:
    """Str where open text stands; the class of fields where those are; None of all else."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], (*metadata, *arguments[1:]))
    if origin in (Union, types.UnionType):
        return next((kind for inner in arguments if (kind := _kind(inner, metadata))), None)
    if origin is tuple:
        return _kind(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None if issubclass(annotation, Person) else annotation
    return str if annotation is str and not any(map(_is_otherwise, _flat(metadata))) else None


def _flat(metadata: tuple[Any, ...]) -> Iterator[Any]:
    for item in metadata:
        yield from getattr(item, "metadata", (item,))


def _is_otherwise(item: Any) -> bool:
    """Whether a constraint says that a text is a number of something else."""
    if isinstance(item, AfterValidator):
        function: Callable[..., Any] = item.func
        return function.__name__ in _OTHER_NUMBERS
    pattern = getattr(item, "pattern", None) or ""
    return isinstance(item, Listed) or pattern in _OTHERWISE or _EVENT in pattern
