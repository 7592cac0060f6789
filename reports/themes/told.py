"""The numbers that a release told, found by what they count: measure, cut and days.

A release keeps each number that it tells as a cell (`ToldNumber`); it is looked up here and never
worked out from the ledger. What is derived, an average, is the quotient of two that were told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from reports import release
from reports.cells.cell import MERGED, PLACE, Codes, cut_of
from reports.measure import Exact, Slice
from reports.plans.merging import cell_of
from reports.plans.spans import Span
from reports.release import Release

Key = tuple[str, Codes, date | None, date, tuple[tuple[str, Codes], ...]]
"""Measure, what it counts, first and last day, cut."""


@dataclass(frozen=True)
class Told:
    """The numbers of one release."""

    numbers: Mapping[Key, int | None]
    by_place: Mapping[Key, Sequence[tuple[Codes, int | None]]]
    """Cut by township besides: the codes of each cell, one or several that are merged."""

    def value(self, part: Slice, span: Span) -> Exact:
        """The number of a slice for some days; None where it was not told."""
        if part.measure.derive is None:
            return self.numbers.get(_key(part, span))
        parts = zip(part.measure.uses, part.parts, strict=True)
        values = {name: self.value(used, span) for name, used in parts}
        return None if None in values.values() else part.measure.derive(values)

    def places(self, part: Slice, span: Span) -> Sequence[tuple[Codes, int | None]]:
        """The cells of a slice by township; none where they were not told."""
        return self.by_place.get(_key(part, span), ())


def _key(part: Slice, span: Span) -> Key:
    cell = cell_of(part, span, {})
    return (*cell.about, cell.cut)


async def told(connection: asyncpg.Connection, found: Release) -> Told:
    """The numbers of a release. Raises Altered where its sections are not those that it closed."""
    said = map(json.loads, await release.bodies(connection, found))
    return read(number for section in said for number in section.get("told", ()))


def read(numbers: Iterable[Mapping[str, Any]]) -> Told:
    """The numbers as a release writes them (`ToldNumber`)."""
    whole: dict[Key, int | None] = {}
    by_place: dict[Key, list[tuple[Codes, int | None]]] = {}
    for number in numbers:
        cut = {each["dimension"]: frozenset(each["codes"]) for each in number.get("cut", ())}
        since = number.get("since")
        places = cut.pop(PLACE, None)
        key: Key = (
            number["measure"],
            frozenset(number["subjects"]),
            None if since is None else date.fromisoformat(since),
            date.fromisoformat(number["until"]),
            cut_of(cut),
        )
        if places is None:
            whole[key] = number.get("exact")
        else:
            by_place.setdefault(key, []).append((places, number.get("exact")))
    return Told(whole, by_place)


def place_name(codes: Codes, names: Mapping[str, str]) -> str:
    """What the cell of a township is called, or of several that are merged."""
    if len(codes) > 1:
        return MERGED
    (code,) = codes
    return names.get(code, code) or "未分镇街"
