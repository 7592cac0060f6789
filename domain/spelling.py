"""Dates and moments as 0.1.0 read them: what was accepted once is read for ever.

0.1.0 left both to pydantic, which also takes seconds since 1970 as text, moments without seconds or
with a space, and more. Nothing of that is accepted today (domain/event.py). Where stored bytes hold
it, they are put into today's spelling before they are read.
"""

from __future__ import annotations

import datetime as dt
import types
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from domain.dates import Instant

_READERS: dict[Any, TypeAdapter[Any]] = {
    dt.date: TypeAdapter(dt.date),
    Instant: TypeAdapter(AwareDatetime),
}


def respelled(annotation: Any, value: Any) -> Any:
    """A JSON value of this type with each date and moment in today's spelling.

    What 0.1.0 did not accept either is left as it is.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return respelled(arguments[0], value)
    if origin in (Union, types.UnionType):
        for inner in arguments:
            value = respelled(inner, value)
    elif origin is tuple and isinstance(value, list):
        value = [respelled(arguments[0], item) for item in value]
    elif isinstance(value, str) and annotation in _READERS:
        value = _as_read_by(_READERS[annotation], value)
    elif isinstance(value, dict) and hasattr(annotation, "model_fields"):
        value = {name: _of_field(annotation, name, inner) for name, inner in value.items()}
    return value


def _of_field(model: type[BaseModel], name: str, value: Any) -> Any:
    field = model.model_fields.get(name)
    return value if field is None else respelled(field.annotation, value)


def _as_read_by(reader: TypeAdapter[Any], text: str) -> str:
    try:
        value = reader.validate_json(msgspec.json.encode(text), strict=True)
    except ValidationError:
        return text
    return str(value.isoformat())
