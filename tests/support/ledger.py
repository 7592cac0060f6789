"""A ledger on the test database: tell facts, project, ask for figures.

`tell(PaymentSettled(...), …)`, or `take(event("payouts", "p-1", PaymentSettled(...)), …)` where
source, id or bytes matter; then `figure("F16")`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import asyncpg

from domain.corrections import CorrectionKind
from domain.event import Event
from infra import postgres
from infra.settings import Settings
from ledger import store
from ledger.intake import Intake, Record, Tally
from projections import opening, tail
from projections.read_model import MAX_POSITION, SCHEMA
from reports import evaluate
from reports.evaluate import FigureValue, StatementValue
from reports.moment import Moment
from sample.feed import Feed
from tests.support import defined
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES

LEDGER = "445102"


def url_of(server_url: str, database: str) -> str:
    """The URL of another database of the same server."""
    base, _, query = server_url.partition("?")
    return f"{base.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")


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


class Correction(NamedTuple):
    """A fact that corrects one told before, or a correction told before."""

    fact: Event
    kind: CorrectionKind
    of: Event | Correction


class Teller:
    """Writes facts as events of their usual sources; the n-th told (from 0) is "<source>/e-<n>"."""

    def __init__(self) -> None:
        self.count = 0
        self._told: list[tuple[Event | Correction, str]] = []

    @property
    def names(self) -> set[str]:
        """The events told so far, but for those that only take back."""
        return {name for told, name in self._told if not _revokes(told)}

    def line(self, told: Event | Correction, received: date | None = None) -> bytes:
        """The event as which this would be told next."""
        corrects = kind = None
        fact = fact_of(told)
        if isinstance(told, Correction):
            corrects, kind = self._name_of(told.of), told.kind
        source, event_id = _source_of(fact), f"e-{self.count}"
        return event(source, event_id, fact, received=received, corrects=corrects, kind=kind)

    def keep(self, told: Event | Correction) -> None:
        """Remember what was told."""
        self._told.append((told, f"{_source_of(fact_of(told))}/e-{self.count}"))
        self.count += 1

    def _name_of(self, of: Event | Correction) -> str:
        """The event that told this correction, or this fact, last."""
        names = [
            name
            for told, name in self._told
            if told == of or (fact_of(told) == of and not _revokes(told))
        ]
        assert names, f"not told before: {of!r}"
        return names[-1]


def fact_of(told: Event | Correction) -> Event:
    """The fact that is told, by itself or by a correction."""
    return told.fact if isinstance(told, Correction) else told


def _revokes(told: Event | Correction) -> bool:
    return isinstance(told, Correction) and told.kind == "revoked"


def _source_of(fact: Event) -> str:
    """The first of the sources that may tell a fact."""
    return next(name for name, source in SAMPLE.sources.items() if source.may(fact.TYPE))


class Bench:
    """A replay ledger and its read models."""

    def __init__(self, connection: asyncpg.Connection, intake: Intake) -> None:
        self.connection = connection
        self.intake = intake
        self._teller = Teller()

    @classmethod
    async def open(cls, connection: asyncpg.Connection, kind: str = "replay") -> Bench:
        """A fresh ledger 445102 with the sample secret."""
        settings = Settings()
        ledger = await opening.create_ledger(connection, LEDGER, kind, settings)
        return cls(connection, Intake(ledger, settings.secret))

    @classmethod
    async def join(cls, connection: asyncpg.Connection) -> Bench:
        """The ledger 445102 that was opened in this database before."""
        ledger = await store.find_ledger(connection, LEDGER)
        assert ledger is not None
        return cls(connection, Intake(ledger, Settings().secret))

    async def tell(self, *facts: Event | Correction, received: date | None = None) -> Tally:
        """Take facts in this order, received on a day, else each on the day of its business."""
        lines = []
        for told in facts:
            lines.append(self._teller.line(told, received))
            self._teller.keep(told)
        return await self.take(*lines)

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
        (value,) = await defined.figures(self.connection, await self.moment(**when), [figure_id])
        return value

    async def behind(self, figure_id: str, **when: Any) -> list[str]:
        """What the rows behind a figure are about, in their order."""
        moment = await self.moment(**when)
        found = await evaluate.contributing_rows(self.connection, moment, FIGURES[figure_id])
        return [row["what"] for row in found]

    async def statement(self, statement_id: str, **when: Any) -> StatementValue:
        """One statement at a moment."""
        moment = await self.moment(**when)
        (value,) = await defined.statements(self.connection, moment, [statement_id])
        return value

    async def rows(self, table: str, columns: Sequence[str] = ("*",)) -> list[dict[str, Any]]:
        """Rows of a read model that are known now, in the order they were made."""
        found = await self.connection.fetch(
            f"SELECT {', '.join(columns)} FROM {SCHEMA}.{table} WHERE known_to = $1"
            " ORDER BY known_from, n",
            MAX_POSITION,
        )
        return [dict(row) for row in found]


@contextlib.asynccontextmanager
async def rolled_back(url: str) -> AsyncIterator[Bench]:
    """The ledger of a database, as it is; whatever is told to it is rolled back."""
    async with postgres.connect(url) as connection:
        # The level and the path that a snapshot sets: within a transaction it sets neither.
        changes = connection.transaction(isolation="repeatable_read")
        await changes.start()
        await connection.execute(f"SET LOCAL search_path = {SCHEMA}")
        yield await Bench.join(connection)
        await changes.rollback()
