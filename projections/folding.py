"""What a run of entries makes of the rows of one read model: pure, given what stood before it.

Rows are known from the entry that made them to the one that ended them. So after each entry the
rows of its stream (of decisions) or its fact (of a contribution) are worked out, and the difference
is its work: rows that are no more end there, new ones begin, equal ones stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.aggregate import Entry
from domain.corrections import Standing, replaces
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


NONE: frozenset[int] = frozenset()


def told(entries: Iterable[Entry], without: Collection[int] = NONE) -> list[Entry]:
    """Entries in the order of telling, those at the positions `without` taken back at once.

    So what is left out of a read model makes no row and corrects nothing, and what corrects it in
    turn finds what it names.
    """
    found: list[Entry] = []
    for entry in entries:
        found.append(entry)
        if entry.position in without:
            event_id, corrects = f"{entry.event_id}\0", entry.name
            back = replace(entry, event_id=event_id, corrects=corrects, correction_kind="revoked")
            found.append(back)
    return found


class Stream:
    """The decisions of one stream, and the rows they make."""

    __slots__ = ("_facts", "_kept", "_model", "_standing", "_without", "live", "told")

    def __init__(
        self, model: ReadModel, before: Iterable[Entry], without: Collection[int] = NONE
    ) -> None:
        """`before` as `ledger.history.read_decisions` gives them."""
        self._model = model
        self._without = without
        self.told = told((entry for entry in before if entry.type in model.folding), without)
        """In the order of telling."""
        self.live: list[Row] = []
        self._facts: Standing | None = None
        """Worked out when a decision comes late, or corrects another; kept up from then on."""
        self._standing: list[Entry] = []
        """In order of business; of those told before, worked out when the first is told."""
        self._kept: list[Any] | None = None if self.told else []

    def tell(self, entry: Entry) -> list[Values]:
        """The rows with this decision; one that is late or corrects another folds all anew."""
        more = told([entry], self._without)
        self.told += more
        if self._facts is not None:
            self._facts.tell(*more)
        if self._kept is not None and self._comes_last(self.told[-1]):
            self._standing.append(entry)
            self._kept = self._model.turned(self._kept, entry)
        else:
            self._facts = self._facts or Standing(self.told)
            self._standing = [decision for _, decision in self._facts.in_order()]
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

    __slots__ = ("_model", "_standing", "_without", "live", "told")

    def __init__(
        self, model: ReadModel, before: Iterable[Entry], without: Collection[int] = NONE
    ) -> None:
        """`before` as `ledger.history.read_threads` gives them."""
        self._model = model
        self._without = without
        self.told = told(before, without)
        """In the order of telling."""
        self.live: list[Row] = []
        self._standing = Standing(self.told)

    def tell(self, entry: Entry) -> list[Values]:
        """The rows with this entry: those of the version that stands."""
        more = told([entry], self._without)
        self.told += more
        self._standing.tell(*more)
        stands = self._standing.fact().stands
        return [] if stands is None else list(self._model.adding[stands.type](stands))


def history(
    model: ReadModel, entries: Sequence[Entry], without: Collection[int] = NONE
) -> list[tuple[Any, ...]]:
    """All rows that the entries of one stream make of a read model, ended ones too.

    `entries` in the order of telling, all from the first on; those at the positions `without` are
    left out of it. A row is stream, known_from, known_to, n, then its values.
    """
    changes = Changes()
    stream = Stream(model, (), without)
    corrected = {entry.corrects for entry in entries if replaces(entry)}
    threads: dict[str, Thread] = {}
    for entry in entries:
        rows_of: Stream | Thread = stream
        if entry.type in model.adding:
            name = entry.name
            if not replaces(entry) and name not in corrected:
                if entry.position not in without:
                    changes.turn([], entry, model.adding[entry.type](entry))
                continue
            thread = threads.get(entry.corrects or "") if replaces(entry) else None
            rows_of = threads[name] = thread or Thread(model, (), without)
        elif entry.type not in model.folding:
            continue
        changes.turn(rows_of.live, entry, rows_of.tell(entry))
    return [(name, row.known_from, row.known_to, row.n, *row.values) for name, row in changes.made]
