"""A valid example of every event, made from its contract; a class may say better with EXAMPLE."""

from __future__ import annotations

import contextlib
import re
import types
import typing
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel

from domain.bureau.bureau import Bureau
from domain.bureau.listed import Listed, first_code
from domain.catalogue import full_type
from domain.contract.words import word
from domain.dates import Instant
from domain.event import CardHolder, Event, Person
from domain.example_values import LEVEL, PAYOUTS, VALUES
from domain.form import convert, wire_form
from domain.identifiers import body_code_check, resident_id_check, uscc_check
from domain.references import Names

_BY_PATTERN = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$": "EX-0001",
    r"^[^\s/]+$": "示例〔2024〕1号",
    r"^A[0-9]{2}-[0-9a-f]{12}$": "A06-0c1b2a3d4e5f",
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$": "2024-05",
    r"^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?(/ytd)?$": "2024",
    r"^[0-9]{6}$": "{division}",
    r"^[0-9a-f]{64}$": "0" * 64,
    r"^[0-9]{8,30}$": "9999990000000000001",
    r"^[0-9+-]{5,20}$": "10000000000",
    r"^[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9._-]*$": "organisation/{body}",
    r"^/[A-Za-z0-9._/-]{1,200}$": "/zwgk/2024/0001.html",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "09:30",
}
_BY_VALIDATOR = {
    "_uscc": "{body}",
    "_certificate": "J{division}-2024-000001",
    "_archived_certificate": "示湘结字010400123",
}
_PERSON = {"id_kind": "resident-id", "id_number": "445190200203150010", "name": "示例"}
_WOMAN = {"id_number": "445190200402290024", "name": "示例二"}
_PLAIN = {bool: True, date: "2024-05-10", Instant: "2024-05-10T10:00:00+08:00"}
_RESIDENT = re.compile(r"(?<![0-9])([1-9][0-9]{13})([0-9]{3})[0-9X](?=$|[0-9]{2}$)")
_CARD = "44519020020315001041"


@cache
def hints_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a class with all that is said of their types."""
    return typing.get_type_hints(model, include_extras=True)


def of_another(text: str, number: int) -> str:
    """A text about somebody else of the same sex and birth; each number is another person."""

    def other(found: re.Match[str]) -> str:
        first17 = f"{found[1]}{int(found[2]) + 2 * number:03}"
        return first17 + resident_id_check(first17)

    return _RESIDENT.sub(other, text)


def _bounds(metadata: tuple[Any, ...], *names: str) -> list[int]:
    return [getattr(item, name) for item in metadata for name in names if hasattr(item, name)]


def body(division: str, number: int = 1) -> str:
    """统一社会信用代码 of an invented body of a division."""
    code = f"MJ{number:06}"
    first17 = f"51{division}{code}{body_code_check(code)}"
    return first17 + uscc_check(first17)


def _is_pattern(item: Any) -> bool:
    """Whether it only says how a text is written, and not what it names."""
    return not isinstance(item, Listed | Names)


def _by_constraint(item: Any, bureau: Bureau) -> str | None:
    """A text that keeps a constraint, where it is one of those known here."""
    division = bureau.division
    if isinstance(item, Listed):
        return first_code(item.name, bureau)
    if isinstance(item, Names):
        return f"{_source(item.types[0], bureau)}/{example_id(item.types[0])}"
    if isinstance(item, AfterValidator):
        text = _BY_VALIDATOR.get(item.func.__name__)
    else:
        pattern = getattr(item, "pattern", None)
        text = _BY_PATTERN.get(pattern) if isinstance(pattern, str) else None
    return text and text.replace("{division}", division).replace("{body}", body(division))


def _value(  # noqa: PLR0911  one branch for each shape of annotation
    bureau: Bureau, name: str, annotation: Any, metadata: tuple[Any, ...] = ()
) -> Any:
    """A value that fits an annotation; `metadata` is what Annotated says of it, flattened."""
    if get_origin(annotation) is Annotated:
        inner, *rest = get_args(annotation)
        flat = [i for item in rest for i in getattr(item, "metadata", (item,))]
        return _value(bureau, name, inner, (*flat, *metadata))
    for item in sorted(metadata, key=_is_pattern):
        if (known := _by_constraint(item, bureau)) is not None:
            return known
    origin = get_origin(annotation)
    if origin is Literal:
        return get_args(annotation)[0]
    if origin in (Union, types.UnionType):
        first = next(a for a in get_args(annotation) if a is not type(None))
        return _value(bureau, name, first, metadata)
    if origin is tuple:
        one = _value(bureau, name, get_args(annotation)[0])
        couple = [one, {**one, **_WOMAN}] if isinstance(one, dict) else [one]
        return couple[: max([1, *_bounds(metadata, "min_length")])]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _fields(annotation, bureau)
    if annotation is int:
        above = [least + 1 for least in _bounds(metadata, "ge", "gt")]
        wish = 50_000 if name.endswith("_fen") else max([2, *above])
        return min([wish, *_bounds(metadata, "le")])
    return _PLAIN.get(annotation) or _text(name)


def _text(name: str) -> str:
    """A text of a field that says what it would be."""
    return "示例" if name == "name" else f"示例{word(name).label}"


def value(bureau: Bureau, model: type[BaseModel], name: str, hint: Any) -> Any:
    """An example of what a field holds. Raises LookupError where the bureau lists no such code."""
    told = {**(_PERSON if issubclass(model, Person) else {}), **getattr(model, "EXAMPLE", {})}
    if name == "card_number":
        return _CARD
    return told[name] if name in told else _value(bureau, name, hint)


def _fields(model: type[BaseModel], bureau: Bureau) -> dict[str, Any]:
    hints = hints_of(model)
    made: dict[str, Any] = {}
    if issubclass(model, Person):
        made.update(_PERSON)
    if issubclass(model, CardHolder):
        made["card_number"] = _CARD
    for name, field in model.model_fields.items():
        if name not in made and field.is_required():
            made[name] = _value(bureau, name, hints[name])
    made.update(getattr(model, "EXAMPLE", {}))
    return made


def _source(event_type: str, bureau: Bureau) -> str:
    """The first source that may say it. Raises LookupError where none may."""
    for source in bureau.sources.values():
        if source.may(event_type):
            return source.name
    raise LookupError(f"no source of the bureau may say {event_type}")


def _for(value: Any, bureau: Bureau) -> Any:
    """A value of VALUES as the bureau says it."""
    if isinstance(value, dict):
        return {name: _for(one, bureau) for name, one in value.items()}
    if isinstance(value, list):
        return [_for(one, bureau) for one in value]
    if not isinstance(value, str):
        return value
    if value.startswith(PAYOUTS):
        return value.replace(PAYOUTS, _source("assistance.payment-settled.v1", bureau))
    if value == LEVEL:
        programmes = (p for p in bureau.programmes.values() if p.line == "elderly" and p.levels)
        return next((programme.levels[0].code for programme in programmes), None)
    return value.replace("{division}", bureau.division).replace("{body}", body(bureau.division))


def example_id(event_type: str) -> str:
    """The id of the example of a type."""
    return f"example-{event_type.split('.')[1]}"


def data(event: type[Event], bureau: Bureau) -> dict[str, Any]:
    """Example `data` of an event, as JSON values; required fields only.

    Raises LookupError where it names a code of a list on which the bureau has none.
    """
    made = _fields(event, bureau)
    values = VALUES.get(event.TYPE, {})
    return made | {name: _for(value, bureau) for name, value in values.items()}


def full(event: type[Event], bureau: Bureau) -> dict[str, Any]:
    """The same with the fields that may be left out, as far as they go with the others."""
    made = data(event, bureau)
    hints = hints_of(event)
    alternatives = [name for name in event.ONE_OF if name in made]
    for name in event.model_fields:
        if name in made or (alternatives and name in event.ONE_OF):
            continue
        with contextlib.suppress(LookupError):
            made[name] = _value(bureau, name, hints[name])
    return made


def message(event: type[Event], bureau: Bureau) -> dict[str, Any]:
    """A whole example CloudEvent, with `receivedat` as a replay ledger asks for it.

    Raises LookupError where the bureau has nothing to say it with: no source, no such programme.
    """
    made = data(event, bureau)
    source = _source(event.TYPE, bureau)
    fact = convert(made, wire_form(event))
    on = fact.occurred_on()
    return {
        "specversion": "1.0",
        "id": example_id(event.TYPE),
        "source": source,
        "type": full_type(event),
        "subject": fact.stream(),
        "time": f"{on}T10:00:00+08:00",
        "datacontenttype": "application/json",
        "division": bureau.division,
        "sequence": 1,
        "receivedat": f"{on}T18:00:00+08:00",
        "data": made,
    }
