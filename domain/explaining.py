"""Faults explained to who sent the message: what stood there, what may, what was probably meant.

A program that mends what it sent needs no more than this and the schema. Nothing is repeated that
may say who somebody is: no name, no number, no account. A value is shown only where the contract
says that the field is open, and where it is written like what the field holds.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from domain import event
from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from domain.catalogue import type_of
from domain.codes import ListedCode, labels_of
from domain.digits import folded
from domain.envelope import NO_TIME, Header
from domain.event import Person
from domain.faults import Fault
from domain.faults import fault as make
from domain.identifiers import holds_resident_id
from domain.misplaced import holds_number

Names = Mapping[ListedCode, AbstractSet[str]]
"""Code → what it is called."""
MOST_ALLOWED = 50
"""So many codes of a list are told with a fault; the schema has them all."""
NOTHING: Any = type("Nothing", (), {})
"""In place of a value that is not there."""
_MONTH = get_args(event.Month)[1].metadata[0].pattern
_SECONDS = range(10**9, 4 * 10**9)
_MILLISECONDS = range(10**12, 4 * 10**12)
_DAY = re.compile(
    r"([0-9]{4})([-/.\u5e74])([0-9]{1,2})(?:\2|\u6708)([0-9]{1,2})\u65e5?(?:[Tt ](.*))?"
)
_EIGHT = re.compile(r"((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})")
_OF_MONTH = re.compile(r"((?:19|20|21)[0-9]{2})[-/.\u5e74]?([0-9]{1,2})\u6708?(?:[-/.][0-9]{1,2})?")
_NUMERAL = re.compile(r"-?[0-9]{1,9}")
_SUM = re.compile(r"[-+]?[0-9,]{1,12}(?:\.[0-9]{1,4})? ?\u5143?")
_LONG_RUN = re.compile(r"[0-9]{9}")
_CLOCK = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,8})?)? ?(?:[Zz]|[-+][0-9]{2}(?::?[0-9]{2})?)?"
)
_MOST_DIGITS = 10
"""Of a sum; a telephone has one more, however it is parted."""
_TRUTH: dict[Any, bool] = {"true": True, "false": False, "是": True, "否": False, 1: True, 0: False}


class Place(NamedTuple):
    """Where a fault is: what the contract says of the field, and whether a person is about it."""

    name: str = ""
    annotation: Any = None
    required: bool = True
    sealed: bool = False


def explained(faults: Sequence[Fault], message: Any, bureau: Bureau) -> list[dict[str, Any]]:
    """Each fault as an object of JSON, with its code, pointer, and what was expected there.

    Where they can be told, also `received` (the value itself) and `kind` (its kind in JSON, with
    its length), `allowed` (code → what it is called), `meant` (what to put there instead; null:
    nothing). `message` is what was read of the bytes; None where nothing was.
    """
    return [_explained(fault, message, bureau) for fault in faults]


def _explained(fault: Fault, message: Any, bureau: Bureau) -> dict[str, Any]:
    told: dict[str, Any] = fault._asdict()
    kind = type_of(message.get("type")) if isinstance(message, dict) else None
    value, place = value_at(message, fault.pointer), place_at(kind, fault.pointer)
    codes = labels_of(place.annotation, bureau)
    if 0 < len(codes) <= MOST_ALLOWED:
        told["allowed"] = {str(code): name for code, name in codes.items()}
    if value is NOTHING or not fault.pointer:
        return told
    told["kind"] = kind_of(value)
    if fault.expected.endswith("?"):
        told["meant"] = fault.expected.removesuffix("?")
    elif fault.code in _MENDED:
        meant = _meant(value, place, _called(codes, bureau))
        if fault == _NO_CLOCK:
            meant = None
        if meant is not NOTHING:
            told["meant"] = meant
    if fault.code in _SHOWN and _may_be_shown(value, place, _called(codes, bureau)):
        told["received"] = value
    return told


_MENDED = {"amount_not_integer", "malformed_envelope", "malformed_value", "not_in_bureau"} | {
    "wrong_clock"
}
_SHOWN = _MENDED | {
    *("unknown_type", "unknown_source", "unauthorised", "wrong_division", "no_such_date"),
    *("negative_amount", "number_out_of_range", "division_not_granted", "over_ceiling"),
}
_NO_CLOCK = make("wrong_clock", "/receivedat", NO_TIME)
"""What a live ledger says of a time of receipt: there is none to be told."""


def value_at(message: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; NOTHING where nothing does."""
    for step in pointer.split("/")[1:]:
        if isinstance(message, dict) and step in message:
            message = message[step]
        elif isinstance(message, list) and step.isdecimal() and int(step) < len(message):
            message = message[int(step)]
        else:
            return NOTHING
    return message


def place_at(kind: type[BaseModel] | None, pointer: str) -> Place:
    """What the contract of an event says of the field at a pointer, as far as it has one."""
    _, *steps = pointer.split("/")
    model: Any = Header
    if steps[:1] == ["data"]:
        model, steps = kind, steps[1:]
    place = Place()
    for step in steps:
        if step.isdecimal():
            continue
        if model is None or step not in model.model_fields:
            return place._replace(name=step, annotation=None)
        annotation = _hints(model)[step]
        sealed = place.sealed or issubclass(model, Person)
        place = Place(step, annotation, model.model_fields[step].is_required(), sealed)
        model = _held(annotation)
    return place


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    """The annotations of a contract; working them out takes longer than judging an event."""
    return typing.get_type_hints(model, include_extras=True)


def _held(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_held, get_args(annotation))), None)


def kind_of(value: Any) -> str:
    """What a value is in JSON, and how long; never what it says."""
    name = _KINDS[type(value)]
    return f"{name} of {len(value)}" if isinstance(value, str | list) else name


_KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


# What was meant.


def _called(codes: dict[ListedCode, str], bureau: Bureau) -> Names:
    """Code → its names; of a programme the one that it goes by (低保), too."""
    return {
        code: {name, bureau.programmes[str(code)].short}
        if code in bureau.programmes and bureau.programmes[str(code)].name == name
        else {name}
        for code, name in codes.items()
    }


def _meant(value: Any, place: Place, codes: Names) -> Any:
    """What a value stands for, where there is no doubt about it."""
    if value in ("", {}, []) and not place.required:
        return None
    if codes:
        return _code(value, codes)
    if place.sealed:
        return NOTHING
    base, patterns = _base(place.annotation)
    read = _ATTRIBUTES.get(place.name) or _READ.get(_MONTH if _MONTH in patterns else base)
    return NOTHING if read is None else read(value)


def _truth(value: Any) -> Any:
    key = value.lower() if isinstance(value, str) else value
    return _TRUTH.get(key, NOTHING) if isinstance(key, str | int) else NOTHING


def _written_day(value: Any) -> Any:
    day = _day(value)
    return NOTHING if day is None else day.isoformat()


def _code(value: Any, codes: Names) -> Any:
    """The code that is written otherwise, or called by a name that no other has."""
    if not isinstance(value, str | int):
        return NOTHING
    written = _plain(str(value))
    if (found := [code for code in codes if written == _plain(str(code))]) == []:
        found = [code for code, names in codes.items() if written in map(_plain, names)]
    return found[0] if len(found) == 1 else NOTHING


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", "-", text.strip().lower())


def _day(value: Any) -> date | None:
    """A day that is written otherwise; the month never before the year, since nobody could tell."""
    try:
        if isinstance(value, list):
            return date(*value[:3])
        text = folded(str(value).strip()) if type(value) in (str, int) else ""
        if found := _EIGHT.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := _DAY.fullmatch(text):
            return _of_clock(text) or date(int(found[1]), int(found[3]), int(found[4]))
        at = _epoch(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if at is None else at.date()


def _of_clock(text: str) -> date | None:
    """The day in China of a moment with its offset."""
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return at.date() if at.tzinfo is None else at.astimezone(SHANGHAI).date()


def _epoch(text: str) -> datetime | None:
    """The moment of so many seconds, or milliseconds, since 1970."""
    number = int(text) if text.isdecimal() else 0
    if number in _MILLISECONDS:
        number //= 1000
    return datetime.fromtimestamp(number, SHANGHAI) if number in _SECONDS else None


def _month(value: Any) -> Any:
    found = _OF_MONTH.fullmatch(folded(str(value).strip())) if type(value) in (str, int) else None
    return f"{found[1]}-{int(found[2]):02d}" if found and 1 <= int(found[2]) <= 12 else NOTHING  # noqa: PLR2004


def _integer(value: Any) -> Any:
    """An integer in quotes, or with a fraction of nothing; of others nobody knows the unit."""
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    text = folded(value.strip()) if isinstance(value, str) else ""
    return int(text) if _NUMERAL.fullmatch(text) else NOTHING


def _moment(value: Any) -> Any:
    """A moment with the offset of China, where it has none."""
    if type(value) in (str, int):
        text = str(value).strip()
        if (at := _epoch(text)) is not None:
            return at.isoformat()
        try:
            at = datetime.fromisoformat(text.upper())
        except ValueError:
            return NOTHING
        if "T" in text.upper() or " " in text:
            return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()
    return NOTHING


_ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "specversion": lambda _: "1.0",
    "datacontenttype": lambda _: None,
    "time": _moment,
    "receivedat": _moment,
    "sequence": _integer,
}


_READ: dict[Any, Callable[[Any], Any]] = {
    date: _written_day,
    bool: _truth,
    int: _integer,
    _MONTH: _month,
}


def _base(annotation: Any) -> tuple[Any, set[str]]:
    """The type that a field holds, alone, optional or in a list, and its patterns."""
    patterns: set[str] = set()
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            for item in arguments[1:]:
                for part in getattr(item, "metadata", (item,)):
                    patterns.add(getattr(part, "pattern", None) or "")
            annotation = arguments[0]
        elif arguments and origin is not typing.Literal:
            annotation = next((a for a in arguments if a is not type(None)), None)
        else:
            return annotation, patterns


# What may be shown.


def _may_be_shown(value: Any, place: Place, codes: Names) -> bool:
    """Whether nothing of a person can stand in a value: it is written as its field is written."""
    text = str(value)
    if isinstance(value, bool | dict | list | None):
        return isinstance(value, bool | None)
    if len(text) > _LONGEST or holds_resident_id(text) or holds_number(text):
        return False
    if codes or place.sealed:
        return bool(codes) and _code(value, codes) is not NOTHING
    return _is_as_written(value, text, place)


def _is_as_written(value: Any, text: str, place: Place) -> bool:
    base, patterns = _base(place.annotation)
    if base is date or _MONTH in patterns:
        return _is_when(value, text) or _OF_MONTH.fullmatch(folded(text)) is not None
    if _LONG_RUN.search(text) is not None:
        return False
    if place.name in _MOMENTS:
        return _is_when(value, text)
    written = _ATTRIBUTE_TEXTS.get(place.name, _SUM if base is int else None)
    few = written is not _SUM or sum(map(str.isdigit, text)) <= _MOST_DIGITS
    return few and written is not None and written.fullmatch(text) is not None


def _is_when(value: Any, text: str) -> bool:
    """A day, perhaps with its time, and nothing else: after a day anything may stand."""
    found = _DAY.fullmatch(folded(text.strip()))
    if found is not None and found[5] and _CLOCK.fullmatch(found[5].strip()) is None:
        return False
    return _day(value) is not None


_MOMENTS = ("time", "receivedat")
_LONGEST = 120
_ATTRIBUTE_TEXTS = {
    "specversion": re.compile(r"[0-9.]{1,5}"),
    "type": re.compile(r"cn\.mingjian\.[a-z0-9._-]{1,80}"),
    "datacontenttype": re.compile(
        r"[a-z]{1,20}/[A-Za-z0-9.+-]{1,40}(?:; ?charset=[A-Za-z0-9-]{1,20})?"
    ),
    "division": re.compile(r"[0-9]{1,7}"),
    "sequence": _SUM,
}
"""Attributes whose text is never that of a person or of a case, if it is written so."""
