"""The forms of an event that the ledger works with, derived from its class.

- the wire form: what arrives, persons in clear. It alone decides whether an event is well-formed;
  the class only explains a refusal (domain/envelope.py). Both are held together by a property test.
- the open form: the stored open part, in which a person has a pseudonym and flags and nothing else.
  Judges, evolvers and folds are given it; nothing is tested again when it is read.

An instance of a form has the fields, methods and class variables of the event's class, so code
annotates the class. It is a msgspec Struct: cheap to make, and without what the form leaves out.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from pydantic import AfterValidator, BaseModel

from domain.dates import Instant
from domain.distinct import Distinct
from domain.event import Part, Path, Person, Sealed, check_name, flag, of_person, pseudonym
from domain.wording import LINE, LINES

Check = Callable[[Any], object]
"""Raises ValueError when a value is not what its field asks for."""

_WHITE_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What contracts mean by \\s (White_Space of Unicode); Python's \\s takes four more."""


def convert(value: Any, form: type[msgspec.Struct]) -> Any:
    """A parsed JSON value as an instance of a form. Raises msgspec.ValidationError."""
    return msgspec.convert(value, form, dec_hook=_instant)


def decoder(form: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """Reads JSON bytes into instances of a form. What it returns raises msgspec.ValidationError."""
    return msgspec.json.Decoder(form, dec_hook=_instant).decode


def _instant(kind: type, value: Any) -> Any:
    if kind is Instant:
        return Instant.read(value)
    raise NotImplementedError(kind)


def persons(value: Any, path: Path = ()) -> list[tuple[Path, Person]]:
    """Every person an event names, with the path there, in the order of fields."""
    if isinstance(value, tuple):
        return [found for i, item in enumerate(value) for found in persons(item, (*path, i))]
    if _is_person(value.MODEL):
        return [(path, value)]
    return [
        found
        for name in _person_fields(value.MODEL)
        if (inner := getattr(value, name)) is not None
        for found in persons(inner, (*path, name))
    ]


def names_persons(model: type[BaseModel]) -> bool:
    """Whether persons may stand in it."""
    return bool(_person_fields(model))


@cache
def _is_person(model: type[BaseModel]) -> bool:
    """Kept, since to ask a class whose base is abstract costs a microsecond."""
    return issubclass(model, Person)


@cache
def _person_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Names of the fields under which a person may stand."""

    def holds(annotation: Any) -> bool:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return issubclass(annotation, Person) or bool(_person_fields(annotation))
        return any(holds(inner) for inner in get_args(annotation))

    return tuple(name for name, field in model.model_fields.items() if holds(field.annotation))


@cache
def wire_form(model: type[BaseModel], *, today: bool = True) -> type[msgspec.Struct]:
    """The form in which an event (or a part of one) arrives.

    Not `today`: in which it once arrived, when texts, persons and sets were not tested as they are.
    """
    checks: list[tuple[str, Check]] = []
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, field in model.model_fields.items():
        kind, check = _wire(field.annotation, tuple(field.metadata), today=today)
        if check is not None:
            checks.append((name, check))
        fields.append((name, kind) if field.is_required() else (name, kind, field.default))
    namespace = _behaviour(model)
    rules = model.__pydantic_decorators__.model_validators.values()
    validators = [rule.func for rule in rules if today or not issubclass(model, Person)]
    if checks or validators:
        namespace["__post_init__"] = _examine(checks, validators)
    return _struct(model, fields, namespace, strict=True)


@cache
def open_form(model: type[BaseModel]) -> type[msgspec.Struct]:
    """The form in which the ledger keeps an event (or a part of one)."""
    if issubclass(model, Person):
        return _struct(model, list(_said_of(model)), {"MODEL": model})
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, field in model.model_fields.items():
        kind = _open(field.annotation)
        fields.append((name, kind) if field.is_required() else (name, kind, field.default))
    return _struct(model, fields, _behaviour(model))


def _struct(
    model: type[BaseModel], fields: list[Any], namespace: dict[str, Any], *, strict: bool = False
) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        model.__name__,
        fields,
        namespace=namespace,
        module=model.__module__,
        frozen=True,
        kw_only=True,
        gc=False,  # values only: no form can be part of a cycle
        forbid_unknown_fields=strict,
    )


def _behaviour(model: type[BaseModel]) -> dict[str, Any]:
    """Methods, properties and class variables of a model, its own and inherited ones."""
    return {
        name: value
        for base in reversed(model.__mro__)
        if issubclass(base, Part) and base is not Part
        for name, value in vars(base).items()
        if isinstance(value, types.FunctionType | property | staticmethod | classmethod)
        or name in base.__class_vars__
        if not name.startswith(("__", "model_"))
    } | ({"MODEL": model} if issubclass(model, Part) else {})


def _said_of(model: type[Person]) -> Iterator[tuple[str, Any] | tuple[str, Any, Any]]:
    """Pseudonyms and flags of a person; what may be None is left out then."""
    for name, function in (of_person(model, pseudonym) | of_person(model, flag)).items():
        kind = typing.get_type_hints(function)["return"]
        yield (name, kind, None) if type(None) in get_args(kind) else (name, kind)


def _examine(checks: list[tuple[str, Check]], validators: list[Any]) -> Callable[[Any], None]:
    def examine(self: Any) -> None:
        for name, check in checks:
            check(getattr(self, name))
        for validator in validators:
            validator(self)

    return examine


def _open(annotation: Any) -> Any:
    """The type of a field in the open form: persons opened, nothing constrained."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _open(arguments[0])
    if origin in (Union, types.UnionType):
        return Union[tuple(_open(inner) for inner in arguments)]  # noqa: UP007  made at run time
    if origin is tuple:
        return tuple[_open(arguments[0]), ...]  # type: ignore[misc]  # made at run time
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return open_form(annotation)
    return annotation


def _wire(
    annotation: Any, metadata: tuple[Any, ...] = (), *, today: bool
) -> tuple[Any, Check | None]:
    """The type of a field in the wire form, and what must be tested besides."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *rest = arguments
        return _wire(inner, (*_flat(rest), *metadata), today=today)
    metadata = tuple(item for item in _flat(metadata) if today or not _is_of_today(item))
    if origin in (Union, types.UnionType):
        (inner,) = (kind for kind in arguments if kind is not type(None))
        kind, check = _wire(inner, metadata, today=today)
        return Union[kind, None], _unless_none(check)  # noqa: UP007  made at run time
    if origin is tuple:
        kind, check = _wire(arguments[0], today=today)
        sets = [item.check for item in metadata if isinstance(item, Distinct)]
        whole = _in_turn(_of_each(check), *sets)
        whole_kind = tuple[kind, ...]  # type: ignore[valid-type]  # made at run time
        return Annotated[whole_kind, _meta(metadata)], whole
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return wire_form(annotation, today=today), None
    if origin is Literal or annotation is dt.date:
        return annotation, _within(metadata)
    return Annotated[annotation, _meta(metadata)], _validated(metadata)


def _is_of_today(constraint: Any) -> bool:
    """Whether it is one that no release before this asked for."""
    function = getattr(constraint, "func", None)
    pattern = getattr(constraint, "pattern", None)
    return isinstance(constraint, Distinct) or function is check_name or pattern in (LINE, LINES)


def _flat(metadata: typing.Iterable[Any]) -> Iterator[Any]:
    """Constraints one by one: pydantic's Field holds several."""
    for item in metadata:
        if item is not Sealed:
            yield from getattr(item, "metadata", (item,))


def _meta(metadata: tuple[Any, ...]) -> msgspec.Meta:
    """The constraints that msgspec tests by itself."""
    known: dict[str, Any] = {}
    for item in metadata:
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern"):
            if (value := getattr(item, name, None)) is not None:
                known[name] = value
    if "pattern" in known:
        known["pattern"] = _whole(known["pattern"])
    return msgspec.Meta(**known)


def _whole(pattern: str) -> str:
    """The pattern for the whole text: Python's $ also stands before a newline at the end."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ValueError(f"a pattern says where it begins and ends: {pattern}")
    return rf"\A{pattern[1:-1]}\Z".replace(r"\s", _WHITE_SPACE)


def _within(metadata: tuple[Any, ...]) -> Check | None:
    """A date within the bounds of its field."""
    bounds = {
        name: getattr(item, name)
        for item in metadata
        for name in ("ge", "le")
        if hasattr(item, name)
    }
    if not bounds:
        return None
    least, most = bounds["ge"], bounds["le"]

    def check(value: dt.date) -> None:
        if not least <= value <= most:
            raise ValueError(f"a date from {least} to {most}")

    return check


def _validated(metadata: tuple[Any, ...]) -> Check | None:
    """What the field's own validator tests; it returns the value as it was."""
    found = [item.func for item in metadata if isinstance(item, AfterValidator)]
    return typing.cast(Check, found[0]) if found else None


def _unless_none(check: Check | None) -> Check | None:
    return check and (lambda value: None if value is None else check(value))


def _in_turn(*checks: Check | None) -> Check | None:
    found = [check for check in checks if check is not None]
    match found:
        case []:
            return None
        case [only]:
            return only

    def check_all(value: Any) -> None:
        for check in found:
            check(value)

    return check_all


def _of_each(check: Check | None) -> Check | None:
    if check is None:
        return None

    def check_each(values: tuple[Any, ...]) -> None:
        for value in values:
            check(value)

    return check_each
