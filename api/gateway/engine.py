"""Without a broker: the ledger's engine in this process, one writer, with outcomes for answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import uvloop

from api.gateway.door import Sent
from consumers.database import TEMPORARY, Database
from consumers.posting import OutcomeUnknown
from infra import logging as logs
from infra import postgres
from infra.roles import Role, become
from infra.settings import Settings
from ledger.held import Held
from ledger.intake import Intake, Item, Record
from projections import opening, tail
from rules import working

WAIT_SECONDS = 30.0
"""How long one who puts events down waits for their outcomes."""
MOST_AT_ONCE = 1_000
"""Records of one transaction, unless one request alone has more."""
PAUSE_SECONDS = 1.0
FOLLOW_SECONDS = 0.3
"""Between two looks at what was taken: read models need not follow each batch by itself."""
_log = logs.get("mingjian.gateway")


@dataclass(slots=True)
class _Waiting:
    records: Sequence[Record]
    taken: asyncio.Future[list[Item]] = field(default_factory=asyncio.Future)


class Engine:
    """Takes what requests bring into a ledger, batch by batch."""

    def __init__(self, settings: Settings, ledger: str) -> None:
        self._settings = settings
        self._ledger = ledger
        self._database = Database(postgres.database_url(settings, Role.INTAKE), lambda _: None)
        self._waiting: list[_Waiting] = []
        self._something = asyncio.Event()
        self._intake: Intake | None = None
        self._held: Held | None = None
        self.works = True
        """Whether the last batch could be taken."""
        self.follower = Follower(postgres.database_url(settings, Role.INTAKE), ledger)

    async def put(self, events: Sequence[Sent]) -> list[Item]:
        """Take events, in order; their outcomes. Raises OutcomeUnknown."""
        mine = _Waiting(self._records(events))
        self._waiting.append(mine)
        self._something.set()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await mine.taken
        except TimeoutError:
            raise OutcomeUnknown from None

    def _records(self, events: Sequence[Sent]) -> list[Record]:
        came = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z"
        return [
            Record(sent.raw, f"http/{sent.source}:{came}.{number}", sent.source)
            for number, sent in enumerate(events, start=1)
        ]

    async def run(self) -> None:
        """Take what waits, until cancelled. Raises what no later try can mend."""
        try:
            while True:
                await self._something.wait()
                await self._take()
        finally:
            await self._database.close()

    async def _take(self) -> None:
        """One batch. Of one that failed nobody knows whether it was committed."""
        batch = self._next()
        records = [record for each in batch for record in each.records]
        try:
            items = await self._database.once(lambda c: self._written(c, records))
        except TEMPORARY as error:
            _log.warning("a batch was not taken", seconds=PAUSE_SECONDS, exc_info=error)
            self.works = False
            _fail(batch)
            await self._database.close()
            await asyncio.sleep(PAUSE_SECONDS)
            return
        except BaseException:
            _fail(batch)
            raise
        self.works = True
        done = iter(items)
        for each in batch:
            mine = [next(done) for _ in each.records]
            if not each.taken.done():
                each.taken.set_result(mine)
        self.follower.look()

    def _next(self) -> list[_Waiting]:
        """The requests of the next batch, in the order in which they came."""
        batch: list[_Waiting] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].records) < MOST_AT_ONCE):
            each = self._waiting.pop(0)
            if not each.taken.done():  # else nobody waits any more
                batch.append(each)
                size += len(each.records)
        if not self._waiting:
            self._something.clear()
        return batch

    async def _written(
        self, connection: asyncpg.Connection, records: Sequence[Record]
    ) -> list[Item]:
        if self._intake is None:
            ledger = await opening.open_ledger(connection, self._ledger, self._settings)
            most = self._settings.quarantine_bytes
            self._intake = Intake(ledger, self._settings.secret, most)
        if self._held is None:
            self._held = await Held.begin(connection, self._intake)
            if at_hand := len(self._held.ends):
                _log.warning("a run ended over events: each is taken alone", events=at_hand)
        return await self._held.take(connection, records)


def _fail(batch: Sequence[_Waiting]) -> None:
    for each in batch:
        if not each.taken.done():
            each.taken.set_exception(OutcomeUnknown())


class Follower:
    """Keeps read models and findings up to date, in a thread of its own: no answer waits for it."""

    def __init__(self, url: str, ledger: str) -> None:
        self._url = url
        self._ledger = ledger
        self._something = threading.Event()
        self._ended = threading.Event()
        # A server that was not told to stop in time does not keep its process from ending.
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def look(self) -> None:
        """Something was taken."""
        self._something.set()

    def start(self) -> None:
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """What it is at work on is finished, or rolled back with the process."""
        self._ended.set()
        self._something.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._something.wait()
            self._something.clear()
            if self._ended.is_set():
                return
            try:
                uvloop.run(self._follow())
            except Exception as error:  # noqa: BLE001  the next look tries again
                _log.warning("read models are behind", exc_info=error)
                self._something.set()
                self._ended.wait(PAUSE_SECONDS)
            self._ended.wait(FOLLOW_SECONDS)

    async def _follow(self) -> None:
        async with postgres.connect(self._url) as connection:
            await become(connection, Role.PROJECTOR)
            if await tail.may_fold(connection):
                await working.follow(connection, self._ledger)
