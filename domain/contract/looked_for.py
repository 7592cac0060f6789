"""The problems that may be noted with a fact of a type: those that its own judges can say.

A judge is annotated with the code list of its whole aggregate. Which codes of it can come from one
judge is seen from its code and that of what it calls; where that is in doubt, a code is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from domain import corrections, persons, references
from domain.aggregate import breaches_of
from domain.bureau import listed
from domain.catalogue import AGGREGATES, EVENTS
from domain.codes import ListedCode, labels_of

_OURS = "domain."
_CALLED = (FunctionType, property, staticmethod, classmethod)


@cache
def warnings_of(type_name: str) -> dict[ListedCode, str]:
    """The breaches that a fact of a type may be: code → what it is called (问题)."""
    event = EVENTS[type_name]
    found = labels_of(corrections.Breach) | listed.looked_for(event)
    found |= references.codes(event) | persons.looked_for(event)
    for state in AGGREGATES.values():
        for judge in (state.judging.get(type_name), state.comparing.get(type_name)):
            if judge is not None:
                said = _said(judge, state)
                found |= {code: name for code, name in breaches_of(judge).items() if code in said}
    return found


def _said(judge: Any, owner: type) -> set[str]:
    """All texts in a function of a class, and in what of ours it names, as far as that leads."""
    texts: set[str] = set()
    seen: set[int] = set()
    todo: list[Any] = [judge]
    while todo:
        thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, FunctionType):
            for code in _codes(thing.__code__):
                texts |= set(_texts(code.co_consts))
                todo += _named(code.co_names, thing.__globals__, owner)
        elif isinstance(thing, property):
            todo.append(thing.fget)
        elif isinstance(thing, staticmethod | classmethod):
            todo.append(thing.__func__)
        else:
            texts |= set(_texts(thing))
    return texts


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of those within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _named(names: tuple[str, ...], known: dict[str, Any], owner: type) -> Iterator[Any]:
    """What names stand for: of the class, of the module, or of a class or module named there."""
    ours = [
        value
        for value in known.values()
        if isinstance(value, type | ModuleType) and _is_ours(value)
    ]
    for name in names:
        if name in known and not isinstance(known[name], type | ModuleType):
            yield known[name]
        for holder in (owner, *ours):
            found = _attribute(holder, name)
            kinds = (*_CALLED, dict, tuple, frozenset) if holder is not owner else _CALLED
            if isinstance(found, kinds):
                yield found


def _attribute(holder: Any, name: str) -> Any:
    if isinstance(holder, ModuleType):
        return vars(holder).get(name)
    return next((vars(each)[name] for each in holder.__mro__ if name in vars(each)), None)


def _is_ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", getattr(thing, "__name__", ""))).startswith(_OURS)


def _texts(value: Any) -> Iterator[str]:
    """The texts in data, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from (*_texts(key), *_texts(below))
    elif isinstance(value, tuple | list | set | frozenset):
        for below in value:
            yield from _texts(below)
