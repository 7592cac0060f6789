"""What an operation of the read API takes and answers, as data: parameters, fields, operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Type = Literal["string", "integer", "number", "boolean", "object", "array"]
BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Field:
    """A member of an answer: of one JSON type, or null where it is `optional`."""

    name: str
    says: str
    type: Type = "string"
    optional: bool = True
    format: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Code → name. Others may be added, so a client takes codes that it does not know."""
    inside: tuple[Field, ...] = ()
    """The members of an object, or of each object of an array; an array without is of texts."""
    whole: bool = True
    """Whether every member of them is always there."""

    @property
    def types(self) -> str:
        """As the contract has it: integer|null, array, string (date)|null."""
        made = f"{self.type} ({self.format})" if self.format else self.type
        return f"{made}|null" if self.optional else made

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        made: dict[str, Any] = {
            "type": [self.type, "null"] if self.optional else self.type,
            "description": self.says,
        }
        if self.format:
            made["format"] = self.format
        if self.codes:
            made["x-labels"] = dict(self.codes)
        if self.type == "array":
            made["items"] = (
                schema_of(self.inside, whole=self.whole) if self.inside else {"type": "string"}
            )
        elif self.type == "object":
            made |= schema_of(self.inside, whole=self.whole)
        return made


def schema_of(fields: Sequence[Field], *, whole: bool = True) -> dict[str, Any]:
    """JSON Schema of an object with these members."""
    made: dict[str, Any] = {
        "type": "object",
        "properties": {each.name: each.schema() for each in fields},
    }
    if whole:
        made["required"] = [each.name for each in fields]
    return made


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may be asked. `read` makes a value of a text, or raises ValueError."""

    name: str
    says: str
    schema: Mapping[str, Any]
    expected: str
    """What is taken, in words that follow “应为”."""
    read: Callable[[str], Any] = str
    in_path: bool = False

    @property
    def types(self) -> str:
        """As the contract has it."""
        made = str(self.schema["type"])
        return f"{made} ({self.schema['format']})" if "format" in self.schema else made


@dataclass(frozen=True, slots=True)
class Operation:
    """A question that can be asked."""

    id: str
    path: str
    """Behind BASE, as OpenAPI writes it."""
    title: str
    says: str
    parameters: tuple[Parameter, ...]
    answer: tuple[Field, ...]
    """Members of the answer; `rows` or `row` holds what `fields` chooses from."""
    tag: str = ""

    @property
    def query(self) -> tuple[Parameter, ...]:
        """The parameters behind the question mark."""
        return tuple(each for each in self.parameters if not each.in_path)

    @property
    def rows(self) -> Field | None:
        """What `fields` chooses from."""
        return next((each for each in self.answer if each.name in ("rows", "row")), None)
