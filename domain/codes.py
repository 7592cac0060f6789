"""Code lists: the codes of a field and what a clerk calls them, in one definition.

    CareLevel = Annotated[
        Literal["independent", "partial-care", "full-care"],
        Labels("全自理", "半护理", "全护理"),
    ]

The type checker sees the codes, the JSON Schema of a contract shows both (`x-labels`), and pages,
reports and commands ask `labels_of` for the words. Labels may be improved at any time; codes are
on the wire and stay. Of some lists the bureau's folder says what is on them (bureau/listed.py).
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple, get_args, get_origin

if typing.TYPE_CHECKING:
    from pydantic import BaseModel

    from domain.bureau.bureau import Bureau

ListedCode = str | int
"""One code of a list; a digit of a printed number stays a number."""


class Labels:
    """The Chinese names of a Literal's codes, in their order."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def named(
        self, codes: Sequence[ListedCode], _bureau: Bureau | None = None
    ) -> dict[ListedCode, str]:
        """Code → name. Raises ValueError when there are more of one than of the other."""
        return dict(zip(codes, self._names, strict=True))


def labels_of(annotation: Any, bureau: Bureau | None = None) -> dict[ListedCode, str]:
    """Code → name, in order, of the code list that an annotation holds; empty where it holds none.

    The list may be optional, or stand in a tuple. One that the bureau makes is empty without it.
    """
    found = {}
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        for marker in metadata:
            if isinstance(marker, Labels):
                found = marker.named(get_args(inner), bureau)
        return found or labels_of(inner, bureau)
    for inner in get_args(annotation):
        found |= labels_of(inner, bureau)
    return found


def label(code: ListedCode | None, of: Any, bureau: Bureau | None = None) -> str:
    """What a code of a list is called; a code that the list does not have, as it is."""
    return "" if code is None else labels_of(of, bureau).get(code, str(code))


class Coded(NamedTuple):
    """A field of an event that holds a code."""

    path: str
    code: ListedCode
    label: str


def coded(
    model: type[BaseModel], data: Any, bureau: Bureau | None = None, path: str = ""
) -> Iterator[Coded]:
    """Every code in the data of an event, as it stands in JSON, that a list names."""
    hints = typing.get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        if isinstance(data, dict) and data.get(name) is not None:
            yield from _coded(hints[name], data[name], bureau, f"{path}/{name}")


def _coded(annotation: Any, value: Any, bureau: Bureau | None, path: str) -> Iterator[Coded]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _coded(annotation, item, bureau, f"{path}/{number}")
    elif isinstance(value, dict):
        for part in _parts(annotation):
            yield from coded(part, value, bureau, path)
    elif (name := labels_of(annotation, bureau).get(value)) is not None:
        yield Coded(path, value, name)


def _parts(annotation: Any) -> list[Any]:
    """The classes of fields that an annotation holds."""
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [part for inner in get_args(annotation) for part in _parts(inner)]
