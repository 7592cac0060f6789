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
from projections.stretches import Change, decided, lasting


class Village(NamedTuple):
    """On the register at D when valid_from ≤ D and D < valid_to (None = still)."""

    village: str
    township: str
    name: str
    kind: VillageKind
    valid_from: date
    valid_to: date | None


villages = lasting(
    ReadModel("village", Village, indexes=("village",), doc="villages and communities")
)


@villages.folds
def begun(
    kept: Sequence[Change], entry: Entry[VillageTakenOver | VillageEstablished]
) -> Iterator[Change]:
    """One on the register already has the name told now, from now on."""
    return decided(kept, _named(entry.data))


@villages.folds
def renamed(kept: Sequence[Change], entry: Entry[VillageRenamed]) -> Iterator[Change]:
    """A name puts no village on the register: what is not on it has none."""
    if kept and kept[-1].value is not None:
        return decided(kept, _named(entry.data))
    return iter(kept)


@villages.folds
def abolished(kept: Sequence[Change], entry: Entry[VillageAbolished]) -> Iterator[Change]:
    return decided(kept, Change(entry.data.village, entry.data.abolished_on, None))


def _named(data: VillageTakenOver | VillageEstablished | VillageRenamed) -> Change:
    code = data.village
    return Change(code, data.occurred_on(), (code, code[:9], data.name, data.kind))
