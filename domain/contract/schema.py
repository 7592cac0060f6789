"""JSON Schema 2020-12 of what arrives, derived from the classes of events and one bureau's folder.

A type that has a name in the domain is one definition, and all contracts refer to it. What schema
and ledger do not say alike is named in `x-checked` (checks.py); what people read stands in
`description`, `x-label`, `x-labels`, `x-unit` and `x-standard`. Patterns are of ECMA-262, without
looking ahead.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel

from domain import examples, misplaced
from domain.bureau.bureau import Bureau
from domain.bureau.listed import Listed
from domain.catalogue import LINES, READERS, modules, stem
from domain.codes import Labels
from domain.contract import sources, standards
from domain.contract.checks import (
    CHECKS,
    DAY,
    INSTANT,
    INTEGER,
    ONCE,
    PERSON,
    PRINTABLE,
    RESIDENT,
    VALIDATED,
    WHITE_SPACE,
    number_pattern,
)
from domain.contract.words import KINDS, english, word
from domain.dates import Instant
from domain.distinct import Distinct
from domain.event import Event, Part, Person, Sealed
from domain.faults import MAX_INTEGER

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
URN = "urn:mingjian:contract:"
DEFINITIONS = URN + "definitions"
NULL: Schema = {"type": "null"}
_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
}
_PLAIN: dict[Any, Schema] = {
    date: {"type": "string", "format": "date", "pattern": DAY},
    Instant: {
        "type": "string",
        "format": "date-time",
        "pattern": INSTANT,
        "x-standard": standards.of_type("Instant"),
    },
    bool: {"type": "boolean"},
    int: {
        "type": "integer",
        "minimum": -MAX_INTEGER,
        "maximum": MAX_INTEGER,
        "x-checked": [INTEGER],
    },
}
_NOBODY = 400
"""The persons of stories have smaller numbers."""
_Key = tuple[Any, tuple[int, ...]]


@cache
def _names() -> dict[_Key, tuple[str, str]]:
    """What the domain calls its types: the type → name of its definition, and docstring."""
    found: dict[_Key, tuple[str, str]] = {}
    for module in modules("domain", lambda name: name == "envelope" or name not in READERS):
        for name, said in sources.of(module.__name__).names.items():
            value = getattr(module, name, None)
            if get_origin(value) is Annotated and not name.startswith("_"):
                found.setdefault(_key(value), (_prefix(module.__name__) + name, said))
    return found


def _key(annotation: Any) -> _Key:
    """The same for a type and for what a field makes of it by sealing it."""
    inner, *metadata = get_args(annotation)
    return inner, tuple(id(item) for item in metadata if item is not Sealed)


def _prefix(module: str) -> str:
    line = stem(module)
    return line.capitalize() if line in LINES else ""


class Contracts:
    """The schemas of one bureau's contracts, and the definitions that they share."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.definitions: dict[str, Schema] = {}
        self._told: dict[type[BaseModel], dict[str, Any]] = {}

    def part(self, model: type[BaseModel], name: str = "") -> Schema:
        """A reference to the definition of a class of fields."""
        name = name or _prefix(model.__module__) + model.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # while it is made: it may hold itself
            self.definitions[name] = self.fields(model)
        return _reference(name)

    def fields(self, model: type[BaseModel]) -> Schema:
        """An object with the fields of a class, and nothing else."""
        made: Schema = {"type": "object", "description": _prose(model)}
        hints = examples.hints_of(model)
        made["properties"] = {
            name: self.field(model, name, hints[name]) for name in model.model_fields
        }
        required = [name for name, field in model.model_fields.items() if field.is_required()]
        if required:
            made["required"] = required
        made["additionalProperties"] = False
        if rules := [*_one_of(model), *(_of_person(model) if issubclass(model, Person) else ())]:
            made["allOf"] = rules
        return made

    def field(self, model: type[BaseModel], name: str, hint: Any) -> Schema:
        """A field of a class: its type, and what people are told of it."""
        made, field = dict(self.of(hint)), model.model_fields[name]
        said = word(name, *_owners(model))
        kind = self._resolved(made)
        if name.endswith("_fen") and "x-kind" not in kind:
            kind = _described("Fen", "", kind)
        made["x-label"] = said.label
        if "x-unit" in kind:
            made["x-unit"] = kind["x-unit"]
        chinese = [said.label, said.note, kind.get("x-kind", "")]
        told = sources.field(model, name) or english(name)
        in_english = [name.replace("_", " "), told, kind.get("x-kind-en", "")]
        made["description"] = "；".join(filter(None, chinese)) + " / " + _joined(in_english)
        if standard := self._innermost(made).get("x-standard") or standards.of_field(name):
            made["x-standard"] = standard
        if not field.is_required():
            made["default"] = json.loads(json.dumps(field.default))
        if (example := self._example(model, name, hint)) is not None:
            made["examples"] = [_of_nobody(example)]
        checked = set(made.get("x-checked", ()))
        if issubclass(model, Part):
            checked |= {model.CHECKED[name]} if name in model.CHECKED else set()
            if not issubclass(model, Person) and misplaced.is_open_text(hint):
                checked.add(RESIDENT)
        if checked:
            made["x-checked"] = sorted(checked)
        return made

    def of(self, annotation: Any) -> Schema:
        """The schema of a type; a reference where the domain has a name for it."""
        if get_origin(annotation) is Annotated:
            named = _names().get(_key(annotation))
            if named is not None:
                name, said = named
                if name not in self.definitions:
                    made = self._type(annotation, ())
                    self.definitions[name] = _described(name, said, made)
                return _reference(name)
        return self._type(annotation, ())

    def _type(self, annotation: Any, metadata: tuple[Any, ...]) -> Schema:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._type(arguments[0], (*_flat(arguments[1:]), *metadata))
        if origin in (Union, types.UnionType):
            (inner,) = (kind for kind in arguments if kind is not type(None))
            return {"anyOf": [self._type(inner, metadata) if metadata else self.of(inner), NULL]}
        if origin is tuple:
            return self._list(arguments[0], metadata)
        if origin is Literal or annotation is str:
            return self._codes(arguments, metadata) if arguments else self._text(metadata)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self.part(annotation)
        return _PLAIN[annotation] | (_bounds(metadata) if annotation is int else {})

    def _list(self, item: Any, metadata: tuple[Any, ...]) -> Schema:
        made: Schema = {"type": "array", "items": self.of(item)}
        made |= {name.replace("Length", "Items"): n for name, n in _lengths(metadata).items()}
        for mark in metadata:
            made |= getattr(mark, "json_schema_extra", None) or {}
            if isinstance(mark, Distinct):
                told = isinstance(item, type) and hasattr(item, "told_by")
                made |= {"x-checked": [ONCE]} if told else {"uniqueItems": True}
        return made

    def _codes(self, codes: tuple[Any, ...], metadata: tuple[Any, ...]) -> Schema:
        made: Schema = {"const": codes[0]} if len(codes) == 1 else {"enum": list(codes)}
        made["type"] = "integer" if isinstance(codes[0], int) else "string"
        if made["type"] == "integer":
            made["x-checked"] = [INTEGER]
        for mark in metadata:
            if isinstance(mark, Labels):
                made["x-labels"] = {str(code): name for code, name in mark.named(codes).items()}
        return made

    def _text(self, metadata: tuple[Any, ...]) -> Schema:
        made: Schema = {"type": "string", **_lengths(metadata)}
        for mark in metadata:
            if (pattern := getattr(mark, "pattern", None)) is not None:
                made["pattern"] = pattern.replace(r"\s", WHITE_SPACE)
            if isinstance(mark, AfterValidator):
                made |= VALIDATED[mark.func.__name__]
            if isinstance(mark, Listed):
                made |= self._listed(mark)
        return made

    def _listed(self, mark: Listed) -> Schema:
        """The codes of the bureau's folder."""
        codes = self.bureau.lists[mark.name]
        made: Schema = {"x-listed": mark.name, "x-labels": codes.names()}
        within = sorted(codes.within)
        listed: Schema = {"enum": list(codes.listed)} if codes.listed else {"not": {}}
        if not within:
            return made | listed
        rest = f"^(?:{'|'.join(within)})[0-9]{{3}}$"
        return made | (
            {"anyOf": [listed, {"pattern": rest}]}
            if codes.listed
            else {"allOf": [{"pattern": rest}]}
        )

    def _resolved(self, schema: Schema) -> Schema:
        """What a reference, alone or beside null, leads to."""
        of = schema["anyOf"][0] if "anyOf" in schema else schema
        return self.definitions.get(str(of.get("$ref", "")).rpartition("/")[2], of)

    def _innermost(self, schema: Schema) -> Schema:
        """The same, and of a list what each of its items is."""
        of = self._resolved(schema)
        return self._innermost(of["items"]) if "items" in of else of

    def _example(self, model: type[BaseModel], name: str, hint: Any) -> Any:
        try:
            if issubclass(model, Event) and "TYPE" in vars(model):
                if model not in self._told:
                    self._told[model] = examples.data(model, self.bureau)
                if name in self._told[model]:
                    return self._told[model][name]
            return examples.value(self.bureau, model, name, hint)
        except LookupError:
            return None


def _of_nobody(value: Any) -> Any:
    """An example of persons who stand in no example message."""
    if isinstance(value, dict):
        return {name: _of_nobody(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_of_nobody(inner) for inner in value]
    return examples.of_another(value, _NOBODY) if isinstance(value, str) else value


def _reference(name: str) -> Schema:
    return {"$ref": f"{DEFINITIONS}#/$defs/{name}"}


def _described(name: str, said: str, made: Schema) -> Schema:
    kind = KINDS.get(name)
    if kind is not None:
        made = {**made, "x-kind": kind.chinese, "x-kind-en": kind.english}
        if kind.unit:
            made["x-unit"] = kind.unit
    if standard := standards.of_type(name):
        made = {**made, "x-standard": standard}
    chinese = kind.chinese if kind else "代码" if "x-labels" in made else ""
    english = said or (kind.english if kind else "")
    described = " / ".join(filter(None, [chinese, english]))
    return {**made, **({"description": described} if described else {})}


def _prose(model: type[BaseModel]) -> str:
    """The docstring of a class, on one line."""
    return " ".join((vars(model).get("__doc__") or model.__name__).split())


def _joined(parts: list[str]) -> str:
    return "; ".join(part.rstrip(".") for part in parts if part)


def _owners(model: type[BaseModel]) -> Iterator[str]:
    if issubclass(model, Event) and "TYPE" in vars(model):
        yield model.TYPE.rpartition(".")[0]
    yield from (base.__name__ for base in model.__mro__)


def _flat(metadata: typing.Iterable[Any]) -> Iterator[Any]:
    """Constraints one by one, and what a Field says of the schema."""
    for item in metadata:
        if item is not Sealed:
            yield from getattr(item, "metadata", ())
            yield item


def _bounds(metadata: tuple[Any, ...]) -> Schema:
    return {
        said: getattr(item, name)
        for item in metadata
        for name, said in _BOUNDS.items()
        if isinstance(getattr(item, name, None), int)
    }


def _lengths(metadata: tuple[Any, ...]) -> Schema:
    names: Mapping[str, str] = {"min_length": "minLength", "max_length": "maxLength"}
    return {
        said: getattr(item, name)
        for item in metadata
        for name, said in names.items()
        if getattr(item, name, None) is not None
    }


def _one_of(model: type[BaseModel]) -> Iterator[Schema]:
    """Of fields of which one is given, and one only."""
    if issubclass(model, Part) and model.ONE_OF:
        yield {
            "oneOf": [
                {"required": [name], "properties": {name: {"not": NULL}}} for name in model.ONE_OF
            ]
        }


def _of_person(model: type[Person]) -> Iterator[Schema]:
    """What goes with each kind of document."""
    none = {
        "required": ["no_id_reason"],
        "properties": {"no_id_reason": {"type": "string"}, "id_number": NULL},
    }
    number = {"required": ["id_number"], "properties": {"id_number": {"type": "string"}}}
    yield {"if": _of_kind("none"), "then": none, "else": number}
    yield {
        "properties": {
            "id_number": {"anyOf": [{"pattern": PRINTABLE}, NULL], "x-checked": [PERSON]}
        }
    }
    if not model.ARCHIVED:
        yield {"not": _of_kind("resident-id-15"), "$comment": "既往登记接收以外不用 15 位旧号"}
    for kind in ("resident-id", "resident-id-15", "residence-permit", "permanent-residence"):
        if pattern := number_pattern(kind, archived=model.ARCHIVED):
            yield {
                "if": _of_kind(kind),
                "then": {"properties": {"id_number": {"pattern": pattern}}},
            }


def _of_kind(kind: str) -> Schema:
    return {"required": ["id_kind"], "properties": {"id_kind": {"const": kind}}}


def checks_in(schema: Any) -> set[str]:
    """The checks that a schema names. Raises KeyError at one that does not exist."""
    if isinstance(schema, list):
        return set().union(*map(checks_in, schema))
    if not isinstance(schema, dict):
        return set()
    named = set(schema.get("x-checked", ()))
    if unknown := named - CHECKS.keys():
        raise KeyError(*unknown)
    return named.union(*map(checks_in, schema.values()))
