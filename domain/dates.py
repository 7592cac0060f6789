"""Dates and moments: one spelling each, and one reader of it."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WRONG_DATE = PydanticCustomError("malformed_value", "a date, YYYY-MM-DD")


def read_day(text: str) -> date:
    """The date that a text writes. Raises ValueError: malformed_value, or no_such_date."""
    if _DATE.fullmatch(text) is None:
        raise _WRONG_DATE
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("no_such_date", "a date that exists, YYYY-MM-DD") from None


def written_date(value: Any) -> Any:
    """Only YYYY-MM-DD is a date: pydantic would also take seconds since 1970 written as text."""
    return read_day(value) if isinstance(value, str) else value


_MOMENT = "a moment with its offset, YYYY-MM-DDThh:mm:ss+hh:mm"


class Instant(datetime):
    """A moment with its offset, written as RFC 3339 asks; digits after microseconds are cut."""

    _WRITTEN: ClassVar = re.compile(
        r"([0-9]{4})-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
        r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
    )
    _YEARS: ClassVar = range(1900, 2200)

    @classmethod
    def read(cls, value: Any) -> Instant:
        """The moment that a text writes.

        Raises ValueError: malformed_value, no_such_date, or moment_out_of_range (other years than
        those of dates).
        """
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = value.isoformat()
        if not isinstance(value, str):
            raise PydanticCustomError("malformed_value", _MOMENT)
        return cls._read(value)

    @classmethod
    @lru_cache(4_096)  # the events of a batch often tell the same moments
    def _read(cls, text: str) -> Instant:
        written = cls._WRITTEN.fullmatch(text)
        if written is None:
            raise PydanticCustomError("malformed_value", _MOMENT)
        if int(written[1]) not in cls._YEARS:
            raise PydanticCustomError("moment_out_of_range", "a moment of the years 1900 to 2199")
        try:
            return cls.fromisoformat(text.upper())
        except ValueError:
            raise PydanticCustomError("no_such_date", "a date that exists") from None

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.read,
            json_schema_input_schema=core_schema.datetime_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                datetime.isoformat, return_schema=core_schema.str_schema()
            ),
        )
