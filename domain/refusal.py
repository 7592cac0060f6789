"""Why a message is refused: what the class of a contract says of it, in reason codes of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.attributes import MOST_OF_EXTENSION, may_be_named
from domain.faults import REASONS, Fault, fault

_PLACE = {code: place for place, code in enumerate(REASONS)}


def in_order(faults: Iterator[Fault]) -> list[Fault]:
    """Faults in the order in which their codes are tested, each once."""
    return sorted(dict.fromkeys(faults), key=lambda found: _PLACE[found.code])


def faults_of(model: type[BaseModel], value: Any, path: str = "") -> Iterator[Fault]:
    """What a class finds wrong with a JSON value that stands at a path."""
    try:
        model.model_validate_json(msgspec.json.encode(value))
    except ValidationError as error:
        for named in error.errors(include_url=False, include_input=False):
            yield _fault(named, path) if path else _fault_of_attribute(named)


def _fault_of_attribute(error: ErrorDetails) -> Fault:
    kind, (name, *_) = error["type"], error["loc"]
    pointer, expected = f"/{name}", error["msg"]
    if kind == "extra_forbidden":
        if name == "data_base64":
            return fault("malformed_envelope", pointer, "`data`, a JSON object")
        expected = (
            "an attribute has a name of a-z and 0-9, at most 20 characters, and is text of at most"
            f" {MOST_OF_EXTENSION} characters, an integer or a boolean; never a person's number"
        )
        # Another name may be personal data itself.
        return fault("malformed_envelope", pointer if may_be_named(str(name)) else "", expected)
    if pointer == "/receivedat" and kind == "moment_out_of_range":
        return fault("wrong_clock", pointer, f"{expected}, not in the future")
    return fault("malformed_envelope", pointer, expected)


def _fault(error: ErrorDetails, path: str) -> Fault:
    kind, where = error["type"], error["loc"]
    pointer = path + "".join(f"/{part}" for part in where)
    last = str(where[-1]) if where else ""
    code = "malformed_value"
    if kind in REASONS:
        code = kind
    elif kind == "missing":
        code = "missing_field"
    elif kind == "extra_forbidden":
        code, pointer = "unknown_field", pointer.rpartition("/")[0]
    elif last.endswith("_fen") and kind in ("int_type", "int_from_float", "int_parsing"):
        code = "amount_not_integer"
    elif last.endswith("_fen") and kind in ("greater_than_equal", "greater_than"):
        code = "negative_amount"
    return fault(code, pointer, error["msg"])
