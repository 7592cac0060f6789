"""The village register: one row per village and stretch of days it was on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.villages import (
    VillageAbolished,
    VillageEstablished,
    VillageKind,
    VillageRenamed,
    VillageTakenOver,
)
from projections.read_model import ReadModel


class Village(NamedTuple):
    """On the register at D when valid_from ≤ D and D < valid_to (None = still)."""

    village: str
    township: str
    name: str
    kind: VillageKind
    valid_from: date
    valid_to: date | None


villages = ReadModel("village", Village, indexes=("village",), doc="villages and communities")


@villages.folds
def begun(
    rows: Sequence[Village], entry: Entry[VillageTakenOver | VillageEstablished]
) -> Iterator[Village]:
    data = entry.data
    yield from rows
    if all(row.valid_to is not None for row in rows):
        code = data.village
        yield Village(code, code[:9], data.name, data.kind, data.occurred_on(), None)


@villages.folds
def renamed(rows: Sequence[Village], entry: Entry[VillageRenamed]) -> Iterator[Village]:
    data = entry.data
    on = data.renamed_on
    for row in rows:
        if row.valid_to is None:
            yield row._replace(valid_to=on)
            yield row._replace(name=data.name, kind=data.kind, valid_from=on)
        else:
            yield row


@villages.folds
def abolished(rows: Sequence[Village], entry: Entry[VillageAbolished]) -> Iterator[Village]:
    on = entry.data.abolished_on
    for row in rows:
        yield row._replace(valid_to=on) if row.valid_to is None else row
