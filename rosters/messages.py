"""Events of a roster: their bytes, and ids that follow from the map, the month and the row.

What an event says follows from the row alone, never from what the ledger held when it was made. So
a run that was interrupted goes on where it stopped: what is in already has the same id and value.
"""

from __future__ import annotations

import json
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.bureau.bureau import Bureau
from domain.catalogue import full_type
from domain.envelope import Door, Received
from domain.event import Event
from ledger.content import canonical
from ledger.seal import Sealer
from rosters.maps import RosterMap

_KEY = 16
"""Bytes of the keyed hash of a row's key that stand in an id."""


@dataclass
class Maker:
    """Makes the events of one roster.

    `received_at` is only of a replay ledger.
    """

    made: RosterMap
    month: str
    bureau: Bureau
    sealer: Sealer
    file: str
    """Digest of the roster's file."""
    received_at: datetime | None
    _counts: Counter[str] = field(default_factory=Counter)
    """Root of an id → how many sayings of it the ledger has."""

    def take(self, known: Iterable[str]) -> None:
        """Go on after the ids of this map and month that the ledger has by now."""
        self._counts = Counter(map(root_of, known))

    @property
    def door(self) -> Door:
        """What the ledger asks of its events."""
        return Door(self.bureau, self.received_at is not None)

    def prefix(self) -> str:
        """What all ids of this map and month begin with."""
        return f"{self.made.name}.{self.month}."

    def name(self, kind: str, key: str) -> str:
        """The id of what a row says first, without the number of a later saying."""
        return f"{self.prefix()}{kind}.{_in_letters(self.sealer.digest(key.encode()))}"

    def next_id(self, kind: str, key: str) -> str:
        """The id of the next thing that the row says: it may say the opposite and that again."""
        root = self.name(kind, key)
        told = self._counts[root]
        return f"{root}.{told + 1}" if told else root

    def first(self, kind: str, key: str) -> str | None:
        """The id of what the row said first, which a later saying corrects; None of a new one."""
        root = self.name(kind, key)
        return root if self._counts[root] else None

    def message(
        self,
        model: type[Event],
        event_id: str,
        data: Mapping[str, Any],
        *,
        corrects: str | None = None,
    ) -> bytes:
        """One event. Its time is the beginning of its business date."""
        on = data.get(model.ON, f"{self.month}-01")
        message: dict[str, Any] = {
            "specversion": "1.0",
            "id": event_id,
            "source": self.made.source,
            "type": full_type(model),
            "subject": f"{model.STREAM}/{data.get(model.KEY, '')}",
            "time": f"{on}T00:00:00+08:00",
            "datacontenttype": "application/json",
            "division": self.bureau.division,
            "rostermap": f"{self.made.name} {self.made.digest}",
            "rosterfile": self.file,
            "rosterrow": self.digest(data),
        }
        if corrects is not None:
            message |= {"corrects": f"{self.made.source}/{corrects}", "correctionkind": "changed"}
        if self.received_at is not None:
            message["receivedat"] = self.received_at.isoformat()
        message["data"] = data
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    def digest(self, data: Mapping[str, Any]) -> str:
        """Keyed hash of what is said, by which it is known again whatever its id."""
        return _in_letters(self.sealer.content(canonical(data)))

    def read(self, raw: bytes) -> Received:
        """An event as the ledger would read it. Raises Unacceptable."""
        return self.door.read(raw)


def _in_letters(digest: bytes) -> str:
    """A hash in small letters and digits; digits alone could be taken for a person's number."""
    return b32encode(digest[:_KEY]).decode().rstrip("=").lower()


def root_of(event_id: str) -> str:
    """An id without the number of a later saying."""
    root, _, last = event_id.rpartition(".")
    return root if last.isdecimal() else event_id
