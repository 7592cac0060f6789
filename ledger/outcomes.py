"""What became of each record of a batch, and the counts that follow from it."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec

from domain.bureau.bureau import Bureau
from domain.codes import Labels
from domain.envelope import Received
from domain.explaining import explained
from domain.faults import MAX_BYTES, Fault
from ledger.containment import is_contained
from ledger.records import Partition, Record, storable

OutcomeKind = Annotated[
    Literal["accepted", "duplicate", "parked", "quarantined"],
    Labels("已记入", "重复", "待关联", "未通过校验"),
]


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """An entry now. `warnings` are the codes of the breaches that are recorded with it."""

    kind: ClassVar[OutcomeKind] = "accepted"
    position: int
    warnings: tuple[str, ...] = ()


class Parked(msgspec.Struct, frozen=True, gc=False):
    """Put aside until its prerequisite arrives: "stream:<name>" or "event:<source>/<id>"."""

    kind: ClassVar[OutcomeKind] = "parked"
    prerequisite: str


class Quarantined(msgspec.Struct, frozen=True):
    """Refused for these faults; the first is the reason that is stored."""

    kind: ClassVar[OutcomeKind] = "quarantined"
    faults: tuple[Fault, ...]


class Duplicate(msgspec.Struct, frozen=True):
    """The same fact, or the same bytes, came before; `of` is what had become of it by then."""

    kind: ClassVar[OutcomeKind] = "duplicate"
    of: Accepted | Parked | Quarantined


Outcome = Accepted | Duplicate | Parked | Quarantined


@dataclass(slots=True)
class Item:
    """A record with what reading made of it: an event, or the faults that refuse it.

    `outcome` is set by judging, but of a record without any event.
    """

    record: Record
    digest: bytes
    received: Received | None
    faults: tuple[Fault, ...] = ()
    content: bytes | None = None
    """Keyed hash of the value in the bytes, where they could be read as an event."""
    read_by: Bureau | None = field(default=None, repr=False, compare=False)
    """The bureau that it was read by; None where it was not read."""
    outcome: Outcome = field(init=False, repr=False, compare=False)

    def explained(self, faults: Sequence[Fault], bureau: Bureau) -> list[dict[str, Any]]:
        """Faults of this record, as its source is told of them (domain/explaining.py)."""
        message: Any = None
        if len(self.record.raw) <= MAX_BYTES:
            with contextlib.suppress(ValueError, RecursionError):
                message = json.loads(self.record.raw)
        try:
            told = explained(faults, message, bureau)
        except Exception as error:
            if not is_contained(error):
                raise
            told = [fault._asdict() for fault in faults]
        return [
            each | {name: storable(each[name]) for name in ("pointer", "expected")} for each in told
        ]

    @property
    def name(self) -> str | None:
        """Name of the event for ever, "<source>/<id>", if it could be read."""
        return None if self.received is None else self.received.name


class Woken(NamedTuple):
    """A parked event of an earlier batch whose prerequisite arrived, and what became of it.

    `this_run`: it was given to the same Intake, so it is among the records counted before.
    """

    name: str
    digest: bytes
    partition: Partition | None
    outcome: Outcome
    this_run: bool


@dataclass(slots=True)
class Tally:
    """How many events of a run ended where; the first four add up to the events given.

    `released` counts events that an earlier run had parked and this one took.
    """

    accepted: int = 0
    duplicate: int = 0
    parked: int = 0
    quarantined: int = 0
    released: int = 0
    by_partition: Counter[tuple[Partition, OutcomeKind]] = field(
        default_factory=Counter, compare=False
    )
    """The same by partition; a woken event no longer counts as parked, whichever run parked it."""

    @classmethod
    def of(cls, items: Sequence[Item], woken: Sequence[Woken]) -> Tally:
        """The counts of one batch. A woken event leaves the place where it was counted before."""
        items = [item for item in items if not item.record.empty]
        counts = Counter([item.outcome.kind for item in items])
        by_partition: Counter[tuple[Partition, OutcomeKind]] = Counter()
        for item in items:
            if item.record.partition is not None:
                by_partition[item.record.partition, item.outcome.kind] += 1
        released = 0
        for event in woken:
            kind = event.outcome.kind
            if event.partition is not None:
                by_partition[event.partition, "parked"] -= 1
                by_partition[event.partition, kind] += 1
            if event.this_run:
                counts["parked"] -= 1
                counts[kind] += 1
            else:
                released += kind == "accepted"
        return cls(
            counts["accepted"],
            counts["duplicate"],
            counts["parked"],
            counts["quarantined"],
            released,
            by_partition,
        )

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.accepted += other.accepted
        self.duplicate += other.duplicate
        self.parked += other.parked
        self.quarantined += other.quarantined
        self.released += other.released
        self.by_partition.update(other.by_partition)

    def __str__(self) -> str:
        return (
            f"accepted {self.accepted}, duplicate {self.duplicate}, "
            f"parked {self.parked}, quarantined {self.quarantined}"
        )


@dataclass(slots=True)
class Taken:
    """What became of the records of a batch, and of parked events that it woke."""

    items: list[Item]
    woken: list[Woken]
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = Tally.of(self.items, self.woken)

    @property
    def events(self) -> list[Item]:
        """Those of the items that are events, or should have been."""
        return [item for item in self.items if not item.record.empty]

    @property
    def outcomes(self) -> list[Outcome]:
        """One per event, in the order they were given."""
        return [item.outcome for item in self.events]

    @property
    def failures(self) -> list[tuple[Record | None, Fault]]:
        """What our own code failed on, of the records and of what they woke, and how."""
        if not self.tally.quarantined:
            return []
        ended: list[tuple[Record | None, Outcome]] = [(i.record, i.outcome) for i in self.events]
        ended += [(None, event.outcome) for event in self.woken]
        return [
            (record, outcome.faults[0])
            for record, outcome in ended
            if isinstance(outcome, Quarantined) and outcome.faults[0].code == "judge_failed"
        ]

    def then(self, later: Taken) -> Taken:
        """Both as one batch; a record of this one that the later one woke has its later outcome."""
        parked = {item.digest: item for item in self.events if item.outcome.kind == "parked"}
        woken = list(self.woken)
        for event in later.woken:
            if (item := parked.get(event.digest)) is not None:
                item.outcome = event.outcome
            else:
                woken.append(event)
        return Taken([*self.items, *later.items], woken)
