"""Collecting what the upstream systems of the sample send, and writing it in order of receipt."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar import month_of, months_after
from domain.catalogue import full_type
from domain.event import Event
from sample.office import Office, default
from sample.planted import Planted

SHANGHAI = ZoneInfo("Asia/Shanghai")

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
    """What is sent in the sample, by source, with the time of receipt; and what to expect of it."""

    office: Office = field(default_factory=default)
    sent: list[_Sent] = field(default_factory=list)
    planted: list[dict[str, str]] = field(default_factory=list)
    """The corrections planted for readers: what, since when known, which figures move."""
    breaches: list[Planted] = field(default_factory=list)
    """What of it breaks a rule, as those who sent it know."""
    numbers: Counter[str] = field(default_factory=Counter)
    """The last number used of each series."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(month, figure) → the senders' own count."""
    skipped: set[str] = field(default_factory=set)
    """Before these events ("<source>/<id>") a number of their source's sequence is left out."""

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
        """Send one event of a system; returns its name "<source>/<id>".

        `happened` defaults to 10:00 of the business date, `received` to 18:00 of the same day.
        """
        on, source = event.occurred_on(), self.office.sources[source]
        happened = happened or datetime.combine(on, time(10), SHANGHAI)
        message: dict[str, Any] = {
            "specversion": "1.0",
            "id": event_id,
            "source": source,
            "type": full_type(type(event)),
            "subject": event.stream(),
            "time": happened.isoformat(),
            "datacontenttype": "application/json",
            "division": self.office.division,
        }
        if corrects is not None:
            message |= {"corrects": corrects, "correctionkind": kind}
        message["data"] = event.model_dump(mode="json", exclude_none=True)
        received_at = _evening(received or on)
        if received_at < happened:
            received_at = happened + timedelta(minutes=1)
        self._add(source, message, b"", received_at)
        return f"{source}/{event_id}"

    def send_raw(self, source: str, raw: bytes, received: datetime | date) -> None:
        """Send bytes as they are (broken input)."""
        self._add(self.office.sources[source], None, raw, _evening(received))

    def send_again(self, name: str, received: datetime | date) -> None:
        """Send an event a second time, byte for byte (a re-delivery)."""
        source = name.partition("/")[0]
        self._add(source, self.message(name), b"", _evening(received))

    def message(self, name: str) -> dict[str, Any]:
        """What was sent under a name. Raises StopIteration."""
        source, _, event_id = name.partition("/")
        return next(
            item.message
            for item in self.sent
            if item.source == source and item.message is not None and item.message["id"] == event_id
        )

    def _add(
        self, source: str, message: dict[str, Any] | None, raw: bytes, received_at: datetime
    ) -> None:
        self.sent.append(_Sent(received_at, len(self.sent), source, message, raw))

    def number(self, series: str) -> int:
        """The next number of a series, from 1."""
        self.numbers[series] += 1
        return self.numbers[series]

    def count(self, figure: str, on: date, number: int = 1) -> None:
        """Note what a figure counts in the month of a date."""
        self.counts[month_of(on), figure] += number

    def plant(self, what: str, known: date, figures: str) -> None:
        """Tell readers of a correction that becomes known only after the report."""
        self.planted.append({"what": what, "known_since": known.isoformat(), "figures": figures})

    def breaks(self, rule: str, what: str, basis: str, *subjects: str) -> None:
        """Say that something sent breaks a rule; subjects are streams and events."""
        self.breaches.append(Planted(rule, True, what, basis, subjects))  # noqa: FBT003  unlawful

    def told_late(self, on: date, known: date, stream: str) -> None:
        """Say that something was entered long after its day, and after the report of the year."""
        self.breaks("A26", f"{on}的业务，{known}才录入", "统计法 7", stream)

    def ended_after_death(self, died_on: date, ended_on: date, stream: str) -> None:
        """Say so where a case was ended more than a month after its person had died."""
        if ended_on > months_after(died_on, 1):
            self.breaks("A07", f"{died_on}死亡，{ended_on}办理停保", "社会救助暂行办法 13", stream)

    def truth(self, year: int) -> Truth:
        """Every figure that was counted, in every month of the year."""
        figures = sorted({figure for _, figure in self.counts})
        months = [f"{year}-{number:02d}" for number in range(1, 13)]
        return {month: {f: self.counts[month, f] for f in figures} for month in months}

    def lines(self) -> Iterator[bytes]:
        """JSON Lines in order of receipt; sequence and receivedat are set here."""
        sequence: Counter[str] = Counter()
        written: dict[int, bytes] = {}
        for item in sorted(self.sent, key=lambda s: (s.received_at, s.order)):
            if item.message is None:
                yield item.raw
                continue
            if id(item.message) not in written:
                left_out = f"{item.source}/{item.message['id']}" in self.skipped
                sequence[item.source] += 2 if left_out else 1
                data = item.message.pop("data")
                item.message["sequence"] = sequence[item.source]
                item.message["receivedat"] = item.received_at.isoformat()
                item.message["data"] = data
                text = json.dumps(item.message, ensure_ascii=False, separators=(",", ":"))
                written[id(item.message)] = text.encode()
            yield written[id(item.message)]


def _evening(day: datetime | date) -> datetime:
    """18:00 of a date; a moment as it is."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(18), SHANGHAI)


def dice(name: str, year: int) -> random.Random:
    """The random source of one part of the sample: the same for the same name and year."""
    return random.Random(f"mingjian sample {year} {name}")  # noqa: S311  a sample, not a secret


def digest(text: str) -> str:
    """Stands for the hash of a file that does not exist."""
    return sha256(text.encode()).hexdigest()
