"""What a run of entries makes of the rows of one read model: pure, given what stood before it.

Rows are known from the entry that made them to the one that ended them. So after each entry the
rows of its stream (of decisions) or its fact (of a contribution) are worked out, and the difference
is its work: rows that are no more end there, new ones begin, equal ones stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.aggregate import Entry
from domain.corrections import effective, replaces, standing
from projections.read_model import MAX_POSITION, ReadModel, Values

Record = tuple[Any, ...]
"""A row as it is stored: ledger, stream, known_from, known_to, n, then its values."""


@dataclass(slots=True)
class Row:
    """A row as it will stand: its values, who made it, who ended it."""

    values: Values
    known_from: int
    n: int
    known_to: int = MAX_POSITION
    stored: bool = False


@dataclass(slots=True)
class Changes:
    """What a run of entries writes: rows that no later one of it touched, and all others."""

    added: list[Record] = field(default_factory=list)
    made: list[tuple[str, Row]] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last position that made or ended a row; 0 = none did."""
        added = max((record[2] for record in self.added), default=0)
        turned = (*(row for _, row in self.made), *self.ended)
        return max(
            [added, *(r.known_to if r.known_to < MAX_POSITION else r.known_from for r in turned)]
        )

    def turn(self, live: list[Row], entry: Entry, rows: Iterable[Values]) -> None:
        """Let an entry turn the rows known now into `rows`; `live` is in the order of making."""
        left = list(rows)
        for row in list(live):
            if row.values in left:
                left.remove(row.values)
            else:
                row.known_to = entry.position
                live.remove(row)
                if row.stored:
                    self.ended.append(row)
        for n, values in enumerate(left):
            made = Row(values, entry.position, n)
            live.append(made)
            self.made.append((entry.originator_id, made))


class Stream:
    """The decisions of one stream, and the rows they make."""

    __slots__ = ("_kept", "_model", "_standing", "live", "told")

    def __init__(self, model: ReadModel, told: Iterable[Entry]) -> None:
        self._model = model
        self.told = [entry for entry in told if entry.type in model.folding]
        """In the order of telling, as `ledger.store.read_decisions` gives them."""
        self.live: list[Row] = []
        self._standing: list[Entry] = []
        """In order of business; of those told before, worked out when the first is told."""
        self._kept: list[Any] | None = None if self.told else []

    def tell(self, entry: Entry) -> list[Values]:
        """The rows with this decision; one that is late or corrects another folds all anew."""
        self.told.append(entry)
        if self._kept is not None and self._comes_last(entry):
            self._standing.append(entry)
            self._kept = self._model.turned(self._kept, entry)
        else:
            self._standing = effective(self.told)
            self._kept = []
            for decision in self._standing:
                self._kept = self._model.turned(self._kept, decision)
        return self._model.shown(self._kept)

    def _comes_last(self, entry: Entry) -> bool:
        """Whether what was told last is also the last decision, in order of business."""
        if replaces(entry):
            return False
        last = self._standing[-1] if self._standing else entry
        return bool(entry.data.occurred_on() >= last.data.occurred_on())


class Thread:
    """A contribution with all that corrects it, and the rows it makes."""

    __slots__ = ("_model", "live", "told")

    def __init__(self, model: ReadModel, told: Sequence[Entry]) -> None:
        self._model = model
        self.told = list(told)
        """In the order of telling, as `ledger.store.read_threads` gives them."""
        self.live: list[Row] = []

    def tell(self, entry: Entry) -> list[Values]:
        """The rows with this entry: those of the version that stands."""
        self.told.append(entry)
        stands = standing(self.told)
        return [] if stands is None else list(self._model.adding[stands.type](stands))


def history(model: ReadModel, entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    """All rows that the entries of one stream make of a read model, ended ones too.

    `entries` in the order of telling, all from the first on. A row is stream, known_from, known_to,
    n, then its values.
    """
    changes = Changes()
    stream = Stream(model, ())
    corrected = {entry.corrects for entry in entries if replaces(entry)}
    threads: dict[str, Thread] = {}
    for entry in entries:
        rows_of: Stream | Thread = stream
        if entry.type in model.adding:
            name = entry.name
            if not replaces(entry) and name not in corrected:
                changes.turn([], entry, model.adding[entry.type](entry))
                continue
            thread = threads.get(entry.corrects or "") if replaces(entry) else None
            rows_of = threads[name] = thread or Thread(model, ())
        elif entry.type not in model.folding:
            continue
        changes.turn(rows_of.live, entry, rows_of.tell(entry))
    return [(name, row.known_from, row.known_to, row.n, *row.values) for name, row in changes.made]
