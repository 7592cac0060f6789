"""Where in a text of JSON something stands that others read in two ways: all such places at once.

`domain/parsing.py` refuses such a text and says no more than that. Here it is read once more, with
nothing dropped, so that the pointer of each fault is that of the very field.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from domain.faults import Fault, fault
from domain.parsing import has_forbidden, integer, real

CODES = frozenset({"duplicate_key", "not_a_number", "forbidden_character", "number_out_of_range"})


class _Odd(NamedTuple):
    """In place of a number that is none."""

    code: str


class _Pairs(NamedTuple):
    """An object with all that stands in it, as it stands there."""

    pairs: list[tuple[str, Any]]


def _number(read: Any) -> Any:
    def number(text: str) -> Any:
        return _Odd("number_out_of_range") if read(text) is None else 0

    return number


_decode = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_constant=lambda _: _Odd("not_a_number"),
    parse_int=_number(integer),
    parse_float=_number(real),
).decode


def oddities(text: str, names: Collection[str]) -> Iterator[Fault]:
    """The faults of a text, in the order in which they stand.

    A pointer goes as far as the keys are among `names`: a stranger's key may say who somebody is.
    """
    yield from _within(_decode(text), "", names)


def _within(value: Any, path: str, names: Collection[str]) -> Iterator[Fault]:
    match value:
        case _Odd(code):
            yield fault(code, path)
        case str():
            if has_forbidden(value):
                yield fault("forbidden_character", path)
        case _Pairs(pairs):
            yield from _within_object(pairs, path, names)
        case list():
            for number, item in enumerate(value):
                yield from _within(item, f"{path}/{number}", names)


def _within_object(
    pairs: list[tuple[str, Any]], path: str, names: Collection[str]
) -> Iterator[Fault]:
    seen: set[str] = set()
    for key, value in pairs:
        known = key in names
        where = f"{path}/{key}" if known else path
        if key in seen:
            yield fault("duplicate_key", where, "each key once in an object")
        seen.add(key)
        if has_forbidden(key):
            yield fault("forbidden_character", path)
        yield from _within(value, where, names if known else ())
