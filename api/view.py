"""Which moment a request asks for, who may ask for it, and one snapshot to answer from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import asyncpg
from fastapi import Depends, Request

from api import problems
from ledger import clock, migration, store
from ledger.migration import Unfit
from projections.read_model import VERSION
from projections.snapshot import folded, serving, snapshot
from reports import aside, evaluate, publication
from reports.aside import Aside
from reports.evaluate import FigureValue, StatementValue
from reports.figure import Moment
from reports.moment import (
    Unanswerable,
    ahead,
    period_of,
    position_of,
    recorded_to,
    resolve,
)
from reports.publication import Publication
from upkeep.rebuild import tables

FREE_PARAMETERS = ("asof", "known", "at")
ASKED = ("ledger", "period", *FREE_PARAMETERS)
PARAMETERS = (*ASKED, "page", "was", "token")
NOW = "now"
"""`known=now`: all that the read models hold."""
REMEMBERED = 2_000
ACQUIRE_SECONDS = 5.0
T = TypeVar("T")


async def _one(work: Callable[[], Awaitable[T]]) -> list[T]:
    return [await work()]


class Remembered:
    """Values worked out before. What was known at a position never changes, so neither do they."""

    def __init__(self) -> None:
        self._values: OrderedDict[Any, Any] = OrderedDict()

    async def get(self, key: Any, work: Callable[[], Awaitable[T]]) -> T:
        """The value under the key, worked out at the first call."""
        (value,) = await self.several([key], lambda _: _one(work))
        return value

    async def several(
        self, keys: Sequence[Any], work: Callable[[list[Any]], Awaitable[Sequence[T]]]
    ) -> list[T]:
        """The values under the keys; `work` is asked for those not yet known, in their order."""
        found = {key: self._values[key] for key in keys if key in self._values}
        if unknown := [key for key in keys if key not in found]:
            found |= zip(unknown, await work(unknown), strict=True)
        for key in keys:
            self._values[key] = found[key]
            self._values.move_to_end(key)
        while len(self._values) > REMEMBERED:
            self._values.popitem(last=False)
        return [found[key] for key in keys]


class Memory:
    """What is remembered, until the read models are rebuilt: an accepted one may say otherwise."""

    def __init__(self) -> None:
        self._rebuilt = 0
        self._remembered = Remembered()

    def since(self, rebuilt: int) -> Remembered:
        """What was worked out since that rebuild; requests under way keep what they were given."""
        if rebuilt != self._rebuilt:
            self._rebuilt, self._remembered = rebuilt, Remembered()
        return self._remembered


@dataclass(frozen=True, slots=True)
class View:
    """One request's snapshot of one ledger."""

    connection: asyncpg.Connection
    ledger: store.Ledger
    folded: int
    """Last position folded into every read model."""
    publications: Sequence[Publication]
    auditor: bool
    remembered: Remembered
    question: Mapping[str, str]
    settled: datetime | None = None
    """The time before which nothing more can be recorded (see ledger.clock)."""
    read_models: int | None = VERSION
    """The version that serves."""

    @property
    def older(self) -> bool:
        """Whether read models from before an upgrade still serve."""
        return self.read_models != VERSION

    @property
    def now(self) -> int:
        """The position that stands for "as known now"."""
        return self.folded

    def publication(self, period: str | None, at: str | None = None) -> Publication | None:
        """The published report of a year, or the latest one; with `at` the one of that position."""
        for item in self.publications:
            if period in (None, str(item.year)) and at in (None, str(item.moment.at)):
                return item
        return None

    def superseded_by(self, moment: Moment) -> Publication | None:
        """The publication that stands, where this is the moment of one before it."""
        standing = publication.of_year(self.publications, moment.start.year)
        if standing is None or standing.moment == moment or not self.is_published(moment):
            return None
        return standing

    async def moment(self, period: str | None = None) -> Moment:
        """The moment asked for: as published, unless an auditor asks for another.

        Raises Problem.
        """
        period = period or self.question.get("period")
        asked = {name: self.question[name] for name in FREE_PARAMETERS if self.question.get(name)}
        issued = self.publication(period)
        if not self.auditor:
            if asked.keys() == {"at"} and (named := self.publication(period, asked["at"])):
                issued, asked = named, {}  # what was superseded keeps its address
            if asked:
                raise problems.published_only(next(iter(asked)))
            if issued is None:
                raise problems.nothing_published(period)
        if issued is not None and not asked:
            if issued.moment.at > self.folded:
                raise problems.rebuilding(
                    f"读模型到位置 {self.folded}，发布时为 {issued.moment.at}"
                )
            return replace(issued.moment, final=issued.moment.at < self.ledger.position)
        year = self._latest_year() if issued is None else str(issued.year)
        return await self._free(period or year, asked)

    async def _free(self, period: str, asked: Mapping[str, str]) -> Moment:
        known = asked.get("known")
        at = asked.get("at")
        try:
            return await resolve(
                self.connection,
                self.ledger.name,
                period,
                asof=asked.get("asof"),
                known=None if known == NOW else known,
                at=None if at is None else position_of(at),
                settled=self.settled,
            )
        except Unanswerable as error:
            raise problems.bad_question(str(error)) from None

    def _latest_year(self) -> str:
        recorded = self.ledger.last_recorded_at
        if recorded is None:
            raise problems.no_ledger(None)
        return str(recorded.year)

    async def position(self) -> int:
        """The position that `known` or `at` asks for; the end of the ledger when neither does.

        Raises Problem.
        """
        asked = self.asked_then()
        if not asked:
            return self.ledger.position
        return (await self._free(self._latest_year(), asked)).at

    async def told(self) -> int:
        """The number of the journal up to which `known` or `at` asks, else the last one.

        Raises Problem.
        """
        asked = self.asked_then()
        if not asked:
            return self.ledger.journal
        return await aside.number_of(self.connection, await self._free(self._latest_year(), asked))

    def asked_then(self) -> dict[str, str]:
        """What of the question says when something was known."""
        return {name: self.question[name] for name in ("known", "at") if self.question.get(name)}

    def may_grow(self, moment: Moment) -> bool:
        """Whether a time was asked about, before which more may yet be recorded."""
        return self.question.get("known") not in (None, "", NOW) and not moment.final

    async def ahead(self, moment: Moment) -> tuple[date | None, str]:
        """The day up to which the ledger was recorded then; what to say if that is too early."""
        recorded = await recorded_to(self.connection, moment)
        return recorded, ahead(moment, recorded)

    def present(self, moment: Moment) -> Moment:
        """The same period as known now."""
        return Moment(moment.ledger, moment.start, moment.end, self.now)

    def is_published(self, moment: Moment) -> bool:
        """Whether this is the moment a report speaks of."""
        return any(item.moment == moment for item in self.publications)

    def query(self, moment: Moment | None = None, **other: str) -> str:
        """The query string that asks for the same again, but for what is `other`.

        It says what was asked and not what that came to: who asks for now shall get now. A page
        that has no moment hands the question on.
        """
        asked = {name: self.question.get(name, "") for name in ASKED}
        if moment is not None:
            asked["period"] = self.period_text(moment)
        asked = {name: text for name, text in (asked | other).items() if text}
        return "?" + urlencode(asked) if asked else ""

    def period_text(self, moment: Moment) -> str:
        """The period as it was asked for; else 2024, or 2024-03 when it starts within the year."""
        year, month = str(moment.start.year), f"{moment.start:%Y-%m}"
        asked = self.question.get("period", "")
        return asked if asked in (year, month) else (year if moment.start.month == 1 else month)

    def form(self, moment: Moment) -> dict[str, str]:
        """The fields that ask for this moment; `was` says which of `known` and `at` is filled in.

        Without it nobody could tell which one a reader changed.
        """
        known, at = (self.question.get(name, "") for name in ("known", "at"))
        if self.is_published(moment) and not known:
            at = str(moment.at)
        within = moment.end != period_of(self.period_text(moment))[1]
        return {
            "period": self.period_text(moment),
            "asof": moment.end.isoformat() if within else "",
            "known": known,
            "at": at,
            "was": "known" if known else "at",
        }

    async def figures(self, moment: Moment, ids: Iterable[str]) -> dict[str, FigureValue]:
        """These figures at a moment, by id."""

        def work(keys: list[Any]) -> Awaitable[list[FigureValue]]:
            return evaluate.figures(self.connection, moment, [key[2] for key in keys])

        keys = [("figure", moment, figure_id) for figure_id in ids]
        return {v.figure.id: v for v in await self.remembered.several(keys, work)}

    async def statements(self, moment: Moment, ids: Iterable[str]) -> dict[str, StatementValue]:
        """These statements at a moment, by id."""

        def work(keys: list[Any]) -> Awaitable[list[StatementValue]]:
            return evaluate.statements(self.connection, moment, [key[2] for key in keys])

        keys = [("statement", moment, statement_id) for statement_id in ids]
        return {v.statement.id: v for v in await self.remembered.several(keys, work)}

    async def aside(self, moment: Moment) -> Aside:
        """What waits in the moment's period; not remembered, at the ledger's end it changes."""
        return await aside.at(self.connection, moment)


def _question(request: Request) -> dict[str, str]:
    """What was asked. Of a form with both times the one that was filled in before gives way.

    Raises Problem where it says two things, and to auditors where it says more than is understood:
    addresses that the public shares come back with what others have hung on them.
    """
    given = request.query_params
    if request.app.state.auditor and (unknown := given.keys() - set(PARAMETERS)):
        raise problems.unknown_parameters(unknown, PARAMETERS)
    for name in PARAMETERS:
        if len(given.getlist(name)) > 1:
            raise problems.bad_question(f"参数 {name} 只能给一次")
    question = {name: given[name] for name in PARAMETERS if name in given}
    if question.get("known") and question.get("at") and question.get("was") in ("known", "at"):
        del question[question["was"]]
    return question


async def _view(request: Request) -> AsyncIterator[View]:
    """One repeatable-read snapshot per request, ended before its answer is sent."""
    state = request.app.state
    question = _question(request)
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(state.pool.acquire(timeout=ACQUIRE_SECONDS))
        try:
            await migration.require(connection)
            settled = await clock.settled(connection)
            await stack.enter_async_context(snapshot(connection))
            ledgers = await store.all_ledgers(connection)
            name = question.get("ledger") or None
            ledger = next((one for one in ledgers if name in (None, one.name)), None)
            if ledger is None:
                raise problems.no_ledger(name)
            version = await serving(connection)
            held = await folded(connection, ledger.name)
            remembered = state.memory.since(await tables.number(connection))
            publications = await publication.published(connection, ledger.name)
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            raise problems.no_ledger(None) from None
        except Unfit as error:
            raise problems.unfit(str(error)) from None
        request.state.sample = ledger.sample
        yield View(
            connection,
            ledger,
            held,
            publications,
            state.auditor,
            remembered,
            question,
            settled.get(ledger.name),
            version,
        )


Snapshot = Annotated[View, Depends(_view, scope="function")]
