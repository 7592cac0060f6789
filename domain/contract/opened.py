"""The contract of the ledger's own topic: what stands there in place of what was sent.

A person has a pseudonym and flags and nothing else; what is not about persons is as it arrived.
"""

from __future__ import annotations

import typing
from typing import Any, get_args

from pydantic import BaseModel

from domain import examples
from domain.contract.schema import Contracts, Schema
from domain.contract.words import word
from domain.event import Event, Person, flag, of_person, pseudonym
from domain.form import names_persons

_PSEUDONYM = "^(?:[0-9a-f]{32})?$"


def fields(contracts: Contracts, event: type[Event]) -> Schema:
    """The data of an entry."""
    return _fields(contracts, event)


def _fields(contracts: Contracts, model: type[BaseModel]) -> Schema:
    if issubclass(model, Person):
        return _person(contracts, model)
    made = contracts.fields(model)
    hints = examples.hints_of(model)
    for name, hint in hints.items():
        for part in _parts(hint):
            if name in made["properties"] and (issubclass(part, Person) or names_persons(part)):
                field = made["properties"][name]
                many = "[" in str(hint) and "tuple" in str(hint)
                told = _fields(contracts, part)
                held: Schema = {"type": "array", "items": told} if many else told
                nullable = type(None) in get_args(hint)
                made["properties"][name] = {
                    "x-label": field["x-label"],
                    "description": field["description"],
                    **({"anyOf": [held, {"type": "null"}]} if nullable else held),
                }
    return made


def _person(contracts: Contracts, model: type[Person]) -> Schema:
    told: dict[str, Schema] = {}
    required = []
    for name, function in (of_person(model, pseudonym) | of_person(model, flag)).items():
        hint = typing.get_type_hints(function, include_extras=True)["return"]
        optional = type(None) in get_args(hint)
        if name in of_person(model, pseudonym):
            made: Schema = {"type": "string", "pattern": _PSEUDONYM}
        else:
            made = contracts.of(hint)
            made = made["anyOf"][0] if "anyOf" in made else made
        said = " ".join((function.__doc__ or name.replace("_", " ")).split())
        label = word(name, model.__name__)
        told[name] = {**made, "x-label": label.label, "description": f"{label.label} / {said}"}
        if not optional:
            required.append(name)
    return {
        "type": "object",
        "description": "人员：只有假名和标记 / a person: a pseudonym and flags, nothing else",
        "properties": told,
        "required": required,
        "additionalProperties": False,
    }


def _parts(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [part for inner in get_args(hint) for part in _parts(inner)]
