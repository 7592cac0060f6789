"""Lists that mean sets: nothing stands in one twice."""

from __future__ import annotations

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema


class Distinct:
    """Marks a list that means a set: `Annotated[tuple[Code, ...], Field(…), DISTINCT]`.

    Persons are told apart by whom their documents stand for, all else by its value; a part that
    is told by something of its own has a method `told_by`.
    """

    def check(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values; raises PydanticCustomError, which points to the first that is there twice."""
        seen: set[object] = set()
        for place, value in enumerate(values):
            tell = getattr(value, "told_by", None)
            told = value if tell is None else tell()
            if told in seen:
                raise PydanticCustomError(
                    "malformed_value", "each of them once", {"field": str(place)}
                )
            seen.add(told)
        return values

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


DISTINCT = Distinct()
