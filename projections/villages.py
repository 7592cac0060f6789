"""The village register: one row per village and stretch of days it was on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.villages import VillageAbolished, VillageEstablished, VillageRenamed, VillageTakenOver
from projections.read_model import ReadModel, day


class Village(NamedTuple):
    """On the register at D when valid_from ≤ D and D < valid_to (None = still)."""

    village: str
    township: str
    name: str
    kind: str
    valid_from: date
    valid_to: date | None


villages = ReadModel("village", Village, indexes=("village",), doc="villages and communities")


def _begin(rows: Sequence[Village], entry: Entry, on: str) -> Iterator[Village]:
    data = entry.data
    yield from rows
    if all(row.valid_to is not None for row in rows):
        code = data["village"]
        yield Village(code, code[:9], data["name"], data["kind"], day(data[on]), None)


@villages.folds(VillageTakenOver)
def taken_over(rows: Sequence[Village], entry: Entry) -> Iterator[Village]:
    return _begin(rows, entry, "taken_over_on")


@villages.folds(VillageEstablished)
def established(rows: Sequence[Village], entry: Entry) -> Iterator[Village]:
    return _begin(rows, entry, "established_on")


@villages.folds(VillageRenamed)
def renamed(rows: Sequence[Village], entry: Entry) -> Iterator[Village]:
    data = entry.data
    on = day(data["renamed_on"])
    for row in rows:
        if row.valid_to is None:
            yield row._replace(valid_to=on)
            yield row._replace(name=data["name"], kind=data["kind"], valid_from=on)
        else:
            yield row


@villages.folds(VillageAbolished)
def abolished(rows: Sequence[Village], entry: Entry) -> Iterator[Village]:
    on = day(entry.data["abolished_on"])
    for row in rows:
        yield row._replace(valid_to=on) if row.valid_to is None else row
