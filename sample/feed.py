"""Collecting what the upstream systems of the sample send, and writing it in order of receipt."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.catalogue import full_type
from domain.event import Event

SHANGHAI = ZoneInfo("Asia/Shanghai")
DIVISION = "445102"

Truth = dict[str, dict[str, int]]
"""Month → figure id → the generator's own count (stock at month end, flow of the month)."""


@dataclass(slots=True)
class _Sent:
    received_at: datetime
    order: int
    source: str
    message: dict[str, Any] | None
    raw: bytes = b""


@dataclass(slots=True)
class Feed:
    """What is sent in the sample, by source, with the time of receipt."""

    sent: list[_Sent] = field(default_factory=list)
    planted: list[dict[str, str]] = field(default_factory=list)
    """The corrections planted for readers: what, since when known, which figures move."""

    def send(
        self,
        source: str,
        event_id: str,
        event: Event,
        *,
        received: datetime | date | None = None,
        happened: datetime | None = None,
        corrects: str | None = None,
        kind: str | None = None,
    ) -> str:
        """Send one event; returns its name "<source>/<id>".

        `happened` defaults to 10:00 of the business date, `received` to 18:00 of the same day.
        """
        on = event.occurred_on()
        happened = happened or datetime.combine(on, time(10), SHANGHAI)
        message: dict[str, Any] = {
            "specversion": "1.0",
            "id": event_id,
            "source": source,
            "type": full_type(type(event)),
            "subject": event.stream(),
            "time": happened.isoformat(),
            "datacontenttype": "application/json",
            "division": DIVISION,
        }
        if corrects is not None:
            message |= {"corrects": corrects, "correctionkind": kind}
        message["data"] = event.model_dump(mode="json", exclude_none=True)
        self._add(source, message, b"", received or on, happened)
        return f"{source}/{event_id}"

    def send_raw(self, source: str, raw: bytes, received: datetime | date) -> None:
        """Send bytes as they are (broken input)."""
        self._add(source, None, raw, received, None)

    def send_again(self, name: str, received: datetime | date) -> None:
        """Send an event a second time, byte for byte (a re-delivery)."""
        source, _, event_id = name.partition("/")
        for item in self.sent:
            if (
                item.message is not None
                and item.source == source
                and item.message["id"] == event_id
            ):
                self._add(source, item.message, b"", received, None)
                return
        raise LookupError(name)

    def _add(
        self,
        source: str,
        message: dict[str, Any] | None,
        raw: bytes,
        received: datetime | date,
        happened: datetime | None,
    ) -> None:
        if not isinstance(received, datetime):
            received = datetime.combine(received, time(18), SHANGHAI)
        if happened is not None and received < happened:
            received = happened + timedelta(minutes=1)
        self.sent.append(_Sent(received, len(self.sent), source, message, raw))

    def lines(self) -> Iterator[bytes]:
        """JSON Lines in order of receipt; sequence and receivedat are set here."""
        sequence: dict[str, int] = defaultdict(int)
        written: dict[int, bytes] = {}
        for item in sorted(self.sent, key=lambda s: (s.received_at, s.order)):
            if item.message is None:
                yield item.raw
                continue
            if id(item.message) not in written:
                sequence[item.source] += 1
                data = item.message.pop("data")
                item.message["sequence"] = sequence[item.source]
                item.message["receivedat"] = item.received_at.isoformat()
                item.message["data"] = data
                text = json.dumps(item.message, ensure_ascii=False, separators=(",", ":"))
                written[id(item.message)] = text.encode()
            yield written[id(item.message)]


def dice(name: str, year: int) -> random.Random:
    """The random source of one part of the sample: the same for the same name and year."""
    return random.Random(f"mingjian sample {year} {name}")  # noqa: S311  a sample, not a secret


def add_truth(truth: Truth, parts: Iterable[Truth]) -> None:
    """Merge the counts of several parts; a figure belongs to one part only."""
    for part in parts:
        for month, counts in part.items():
            overlap = truth.setdefault(month, {}).keys() & counts.keys()
            if overlap:
                raise ValueError(f"two parts count {sorted(overlap)}")
            truth[month].update(counts)
