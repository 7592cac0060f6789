"""What published reports printed: a CSV per year in the bureau's folder; how to compare with it.

The column `compare` says what the report's wording promises: `=` the value itself, `>` more than
it, `range` and `open-range` between two bounds `a..b` (with and without the bounds). `follows`
names the figures that it is worked out from, where the report leaves that to its readers.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from io import StringIO

from domain.bureau.bureau import Bureau
from reports.measure import Value
from reports.shown import written

_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as a published report printed it."""

    id: str
    name: str
    expected: str
    unit: str
    compare: str
    follows: str = ""

    @property
    def wording(self) -> str:
        """What the report promises, for reading: 1809.05万元, 超过76%, 201至299家."""
        if self.compare == ">":
            return f"超过{self.expected}{self.unit}"
        low, _, high = self.expected.partition("..")
        if self.compare == "range":
            return f"{low}至{high}{self.unit}"
        if self.compare == "open-range":
            return f"大于{low}、小于{high}{self.unit}"
        if self.expected in _TRUTH:
            return written(_TRUTH[self.expected])
        return written(self.expected) + self.unit

    def agrees(self, value: Value) -> bool:
        """Whether a value is what the report says."""
        return compare(self.expected, self.compare, value)


@lru_cache(maxsize=64)
def load(bureau: Bureau, year: int) -> tuple[Printed, ...]:
    """The figures that the report of the year printed; empty when we have no copy of it."""
    raw = bureau.files.get(f"published/{year}.csv")
    if raw is None:
        return ()
    return tuple(Printed(**row) for row in csv.DictReader(StringIO(raw.decode())))


def find(bureau: Bureau, year: int, figure_id: str) -> Printed | None:
    """What the report of the year printed for a figure."""
    return next((row for row in load(bureau, year) if row.id == figure_id), None)


def compare(expected: str, how: str, value: Value) -> bool:
    """Whether `value` is what the report printed; an unknown value never is.

    Raises ValueError for a comparison that does not exist.
    """
    if how not in ("=", ">", "range", "open-range"):
        raise ValueError(f"no such comparison: {how!r}")
    if value is None:
        return False
    if isinstance(value, bool) or expected in _TRUTH:
        return how == "=" and isinstance(value, bool) and value is _TRUTH.get(expected)
    if isinstance(value, str):
        return how == "=" and _time(value) == _time(expected)
    number = Decimal(value)
    if how == "=":
        return number == _number(expected)
    if how == ">":
        bound = _number(expected)
        return bound is not None and number > bound
    low, high = (_number(part) for part in expected.split(".."))
    if low is None or high is None:
        raise ValueError(f"not a range: {expected!r}")
    return low <= number <= high if how == "range" else low < number < high


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _time(text: str) -> date | datetime | str:
    """An instant (whatever its offset), a date, or the text itself."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def invented(bureau: Bureau, figure_id: str, year: int, values: Mapping[str, Value]) -> bool:
    """Whether the published report of the year does not contain this value of a sample ledger.

    A figure worked out from others is as real as they are.
    """
    printed = find(bureau, year, figure_id)
    value = values.get(figure_id)
    if value is None or (printed is not None and printed.compare == "=" and printed.agrees(value)):
        return False
    follows = () if printed is None else printed.follows.split()
    return not follows or any(invented(bureau, used, year, values) for used in follows)
