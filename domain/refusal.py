"""Why a message is refused: what the class of a contract says of it, in reason codes of ours.

What is said never repeats what was sent: a stranger's text may be personal data. It may name what
is expected, and a field by the name that the contract gives it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, get_args

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain import event
from domain.attributes import MOST_OF_EXTENSION, may_be_named
from domain.event import TYPE_PREFIX
from domain.faults import REASONS, Fault, fault

_PLACE = {code: place for place, code in enumerate(REASONS)}
_WRITTEN = {
    event.Text: "a line of text that is not blank, without control or direction characters",
    event.LongText: "text that is not blank, without control or direction characters",
    event.Month: "a month, YYYY-MM, of the years 1900 to 2199",
    event.Code: "letters, digits and . _ -, the first no mark, at most 80; no space, no slash",
    event.DocumentNumber: "a number as printed, without spaces or slashes, at most 80 characters",
    event.Township: "the 9 digits of a township",
    event.Village: "the 12 digits of a village",
    event.Division: "the 6 digits of a county or district",
    event.Digest: "a SHA-256 in 64 hex digits, small letters",
}
_BY_PATTERN = {
    item.pattern: text
    for kind, text in _WRITTEN.items()
    for item in get_args(kind)[1].metadata
    if hasattr(item, "pattern")
}
FORMS = {
    r"^[0-9]{8,30}$": "8 to 30 digits",
    r"^[0-9+-]{5,20}$": "5 to 20 digits, + or -",
    r"^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?(/ytd)?$": (
        "a period such as 2024, 2024-03, 2024-Q1, 2024-H1 or 2024-03/ytd"
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "a time of the day, hh:mm",
    r"^[a-z][a-z0-9]{1,9}$": "the ending of a file's name, such as docx",
    r"^/[A-Za-z0-9._/-]{1,200}$": "a path that begins with /, of letters, digits and . _ / -",
    r"^A[0-9]{2}-[0-9a-f]{12}$": "the number of a finding, such as A01-0123456789ab",
    r"^[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9._-]*$": "<kind>/<number> of what is inspected",
    r"^https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%-]{4,300}$": "an address that begins with https://",
    get_args(event.Month)[1].metadata[0].pattern: _WRITTEN[event.Month],
}
"""Pattern → how a value is written, where the name of its field does not say it."""
_BY_PATTERN |= FORMS
_SAID = {
    "missing": "a value: this is required",
    "literal_error": "one of {expected}",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
    "tuple_type": "a list",
    "list_type": "a list",
}
_ATTRIBUTES = {
    "datacontenttype": "application/json, in UTF-8",
    "sequence": "an integer from 0 to 2^53 - 1, or its digits as text",
    "id": "letters, digits and . _ : -, the first no mark, at most 120; no space, no slash",
    "source": "the name your system was registered under: a-z, 0-9 and -",
    "corrects": '"<source>/<id>" of the event that is corrected',
    "data_base64": "`data`, a JSON object",
}
NAMED = (
    "an attribute has a name of a-z and 0-9, at most 20 characters, and is text of at most"
    f" {MOST_OF_EXTENSION} characters, an integer or a boolean; never a person's number"
)
_MAY_BE_FIELD = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")
_LONGEST_TYPE = 120
_VERSION = re.compile(r"\.v[0-9]{1,3}$")


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in the order in which their codes are tested, each once."""
    return sorted(dict.fromkeys(faults), key=lambda found: _PLACE[found.code])


@lru_cache(1_024)  # a program that is wrong once is wrong in every message
def near(claimed: str, known: tuple[str, ...]) -> str:
    """The name of ours that a stranger's may stand for, as advice; empty where there is none."""
    if len(claimed) > _LONGEST_TYPE:
        return ""
    found = difflib.get_close_matches(claimed, known, n=1, cutoff=0.75)
    return f"{found[0]}?" if found else ""


def near_type(claimed: str, types: Iterable[str]) -> str:
    """The event type that may be meant: of the same line, else the only fact called so."""
    bare = claimed.removeprefix(TYPE_PREFIX)
    if len(bare) > _LONGEST_TYPE:
        return ""
    line, known = bare.partition(".")[0] + ".", tuple(types)
    advice = near(bare, tuple(name for name in known if name.startswith(line)))
    if not advice:
        fact = _VERSION.sub("", bare).rpartition(".")[2]
        called = [name for name in known if name.split(".")[1] == fact]
        advice = f"{called[0]}?" if len(called) == 1 else ""
    return advice and TYPE_PREFIX + advice


def faults_of(model: type[BaseModel], value: Any, path: str = "") -> Iterator[Fault]:
    """What a class finds wrong with a JSON value that stands at a path; attributes have none."""
    try:
        model.model_validate_json(msgspec.json.encode(value))
    except ValidationError as error:
        for named in error.errors(include_url=False):
            if not _is_short_by_others(named):
                yield _of_field(named, model, path) if path else _of_attribute(named)


def _is_short_by_others(error: ErrorDetails) -> bool:
    """Whether a list is found too short only without its items that are refused themselves."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _of_attribute(error: ErrorDetails) -> Fault:
    kind, (name, *_) = error["type"], error["loc"]
    pointer = f"/{name}"
    if kind == "extra_forbidden":
        expected = _ATTRIBUTES.get(str(name), NAMED)
        known = name in _ATTRIBUTES or may_be_named(str(name))
        return fault("malformed_envelope", pointer if known else "", expected)
    expected = _expected(error)
    if kind != "missing":
        expected = _ATTRIBUTES.get(str(name), expected)
    if pointer == "/receivedat" and kind == "moment_out_of_range":
        return fault("wrong_clock", pointer, f"{expected}, not in the future")
    return fault("malformed_envelope", pointer, expected)


def _of_field(error: ErrorDetails, model: type[BaseModel], path: str) -> Fault:
    kind, given = error["type"], error["input"]
    where = error["loc"] + tuple(filter(None, [error.get("ctx", {}).get("field")]))
    pointer = path + "".join(f"/{part}" for part in where)
    money = bool(where) and str(where[-1]).endswith("_fen")
    code, expected = "malformed_value", _expected(error)
    if kind in REASONS:
        code = kind
    elif kind == "missing":
        code = "missing_field"
    elif kind == "extra_forbidden":
        return _unknown_field(model, path, where)
    elif kind in ("int_type", "int_from_float", "int_parsing"):
        code = "amount_not_integer" if money else code
        expected = _integer(given, "an integer number of 分（1/100 元）" if money else "an integer")
    elif given == "" and _may_be_left_out(model, where):
        expected = f"{expected}; or leave it out"
    elif money and kind in ("greater_than_equal", "greater_than") and given < 0:
        code, expected = "negative_amount", ""
    return fault(code, pointer, expected)


def _may_be_left_out(model: type[BaseModel], where: tuple[str | int, ...]) -> bool:
    """Whether a place is a field that need not be there; not so an item of a list, or the whole."""
    if not where:
        return False
    field = _below(model, where[:-1]).model_fields.get(str(where[-1]))
    return field is not None and not field.is_required()


def _expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "date_type" or isinstance(error["input"], date):
        return "a date from 1900-01-01 to 2199-12-31, YYYY-MM-DD"
    if kind in _SAID:
        return _SAID[kind].format(**context)
    return _BY_PATTERN.get(context.get("pattern"), error["msg"].removeprefix("Input should be "))


def _integer(given: Any, what: str) -> str:
    """How to write the integer, where it is plain what is wrong with it."""
    if isinstance(given, str):
        return f"{what}, without quotes"
    if isinstance(given, float) and given.is_integer():
        return f"{what}, without a fraction, an exponent, or the sign of zero"
    if isinstance(given, float) and "元" in what:
        return f"{what}: multiply 元 by 100"
    return what


def _unknown_field(model: type[BaseModel], path: str, where: tuple[str | int, ...]) -> Fault:
    """A field that is not in the contract; it is named where it is one of ours, misspelt."""
    *way, name = where
    parent = path + "".join(f"/{part}" for part in way)
    known = tuple(_below(model, way).model_fields)
    advice = ""
    if _MAY_BE_FIELD.fullmatch(str(name)):
        advice = near(re.sub("(?<=[a-z])(?=[A-Z])", "_", str(name)).lower(), known)
    if advice:
        return fault("unknown_field", f"{parent}/{name}", advice)
    return fault("unknown_field", parent, f"no other fields than {', '.join(known)}")


def names_in(model: type[BaseModel]) -> set[str]:
    """What the fields of a class, and of those that it holds, are called."""
    found = set(model.model_fields)
    for field in model.model_fields.values():
        if (held := _held(field.annotation)) is not None:
            found |= names_in(held)
    return found


def _below(model: type[BaseModel], way: Iterable[str | int]) -> type[BaseModel]:
    """The class of the object at the end of a way of field names and indexes."""
    for step in way:
        if isinstance(step, str):
            model = _held(model.model_fields[step].annotation) or model
    return model


def _held(annotation: Any) -> type[BaseModel] | None:
    """The class of fields that an annotation holds, alone, optional or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_held, get_args(annotation))), None)
