"""A ledger on the test database: send events, project, ask for figures.

`Bench.open`, then `take(event("payouts", "p-1", PaymentSettled(...)), …)`, then `figure("F16")`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from domain.event import Event
from infra.settings import Settings
from ledger import store
from ledger.intake import Intake, Record, Tally
from projections import opening, tail
from projections.read_model import MAX_POSITION
from reports import evaluate
from reports.evaluate import FigureValue, StatementValue
from reports.figure import Moment
from sample.feed import Feed

LEDGER = "445102"


def event(
    source: str,
    event_id: str,
    fact: Event,
    *,
    received: datetime | date | None = None,
    corrects: str | None = None,
    kind: str | None = None,
    **changes: Any,
) -> bytes:
    """One CloudEvent as bytes; `changes` replace attributes, `data` merges into the data."""
    feed = Feed()
    feed.send(source, event_id, fact, received=received, corrects=corrects, kind=kind)
    (line,) = feed.lines()
    message = json.loads(line)
    message["data"] |= changes.pop("data", {})
    message |= changes
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


class Bench:
    """A replay ledger and its read models."""

    def __init__(self, connection: asyncpg.Connection, intake: Intake) -> None:
        self.connection = connection
        self.intake = intake

    @classmethod
    async def open(cls, connection: asyncpg.Connection, kind: str = "replay") -> Bench:
        """A fresh ledger 445102 with the sample secret."""
        settings = Settings()
        ledger = await opening.open_ledger(connection, LEDGER, kind, settings)
        return cls(connection, Intake(ledger, settings.secret))

    async def take(self, *lines: bytes, batch: int = 1000) -> Tally:
        """Send lines in batches, then bring the read models up to date."""
        tally = Tally()
        for start in range(0, len(lines), batch):
            part = enumerate(lines[start : start + batch], start=start)
            records = [Record(line, f"test:{number}") for number, line in part]
            tally.add((await self.intake.take(self.connection, records)).tally)
        await tail.catch_up(self.connection, LEDGER)
        return tally

    async def moment(
        self, year: int = 2024, *, asof: date | None = None, known: datetime | None = None
    ) -> Moment:
        """The year as known now, or as known then."""
        if known is None:
            at = MAX_POSITION - 1
        else:
            at = await store.position_at(self.connection, LEDGER, known)
        return Moment(LEDGER, date(year, 1, 1), asof or date(year, 12, 31), at)

    async def figure(self, figure_id: str, **when: Any) -> FigureValue:
        """One figure at a moment."""
        (value,) = await evaluate.figures(self.connection, await self.moment(**when), [figure_id])
        return value

    async def statement(self, statement_id: str, **when: Any) -> StatementValue:
        """One statement at a moment."""
        moment = await self.moment(**when)
        (value,) = await evaluate.statements(self.connection, moment, [statement_id])
        return value

    async def rows(self, table: str, columns: Sequence[str] = ("*",)) -> list[dict[str, Any]]:
        """Rows of a read model that are known now, in the order they were made."""
        found = await self.connection.fetch(
            f"SELECT {', '.join(columns)} FROM read.{table} WHERE known_to = $1"
            " ORDER BY known_from, n",
            MAX_POSITION,
        )
        return [dict(row) for row in found]
