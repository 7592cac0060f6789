"""Which moment a request asks for, who may ask for it, and the values it is answered with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlencode

import asyncpg

from api import issued, problems
from api.values import Key, Values
from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from domain.reporting.releases import ReleaseContent
from ledger import store
from ledger.aside import Claims, claims
from projections.checkpoint import Stand
from projections.read_model import VERSION
from reports import aside, definitions, evaluate, publication, reads, recorded
from reports import release as releases
from reports.aside import Aside
from reports.breakdown import Breakdown, breakdowns
from reports.definitions import Definitions
from reports.document import Document
from reports.evaluate import FigureValue, StatementValue
from reports.lacks import Answerable, Lacks, parted
from reports.moment import (
    Moment,
    Unanswerable,
    ahead,
    period_of,
    position_of,
    recorded_to,
    resolve,
)
from reports.plans import composing
from reports.plans.composing import Given
from reports.plans.plan import Plan
from reports.publication import Publication
from reports.release import Altered, Release

FREE_PARAMETERS = ("asof", "known", "at")
ASKED = ("ledger", "period", *FREE_PARAMETERS)
NOW = "now"
"""`known=now`: all that the read models hold."""
T = TypeVar("T")
Lacking = TypeVar("Lacking", FigureValue, StatementValue)


@dataclass(frozen=True)
class View:
    """How one ledger stands, as a request finds it. It holds no connection."""

    ledger: store.Ledger
    bureau: Bureau
    """As the ledger has adopted it last."""
    folded: int
    """Last position folded into every read model."""
    reach: Mapping[str, Stand]
    """Of each read model."""
    releases: Sequence[Release]
    """Of any plan, the latest first."""
    auditor: bool
    values: Values
    question: Mapping[str, str]
    settled: datetime | None = None
    """The time before which nothing more can be recorded (see ledger.clock)."""
    read_models: int | None = VERSION
    """The version that serves."""
    stamp: str | None = None
    """Of the read models (projections.snapshot.stamp)."""
    lacking: list[Lacks] = field(default_factory=list)
    """What read models lack of the values that were asked for."""

    @property
    def stands(self) -> tuple[object, ...]:
        """How the ledger stands, and the day: while these are the same, so is a public page."""
        return self.ledger, self.stamp, datetime.now(SHANGHAI).date()

    @property
    def defined(self) -> Definitions:
        """The figures and statements that there are."""
        return definitions.of(self.bureau)

    @cached_property
    def publications(self) -> Sequence[Publication]:
        """The published annual reports."""
        return publication.publications(self.releases)

    @property
    def older(self) -> bool:
        """Whether read models from before an upgrade still serve."""
        return self.read_models != VERSION

    @property
    def now(self) -> int:
        """The position that stands for "as known now"."""
        return self.folded

    def as_public(self, **question: str) -> View:
        """The same as anybody sees it, with a question."""
        return replace(self, auditor=False, question=question)

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
            return replace(issued.moment, final=issued.moment.at < self.ledger.position)
        year = self._latest_year() if issued is None else str(issued.year)
        return await self._free(period or year, asked)

    async def _free(self, period: str, asked: Mapping[str, str]) -> Moment:
        known = asked.get("known")
        at = asked.get("at")
        try:
            async with self.values.reading() as connection:
                return await resolve(
                    connection,
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
        return await self._number(await self._free(self._latest_year(), asked))

    def asked_then(self) -> dict[str, str]:
        """What of the question says when something was known."""
        return {name: self.question[name] for name in ("known", "at") if self.question.get(name)}

    def may_grow(self, moment: Moment) -> bool:
        """Whether a time was asked about, before which more may yet be recorded."""
        return self.question.get("known") not in (None, "", NOW) and not moment.final

    async def ahead(self, moment: Moment) -> tuple[date | None, str]:
        """The day up to which the ledger was recorded then; what to say if that is too early."""
        recorded = await self.values.get(
            ("recorded", moment.ledger, moment.at),
            lambda connection: recorded_to(connection, moment.ledger, moment.at),
        )
        return recorded, ahead(moment, recorded)

    async def recorded(self, moment: Moment) -> datetime | None:
        """When the last entry that was known then was recorded; None before the first."""
        return await self.values.get(
            ("time of", moment.ledger, moment.at),
            lambda connection: store.recorded_at(connection, moment.ledger, moment.at),
        )

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
        asked = self.question.get("period", "")
        with suppress(Unanswerable):
            if period_of(asked)[0] == moment.start:
                return asked
        return f"{moment.start:%Y}" if moment.start.month == 1 else f"{moment.start:%Y-%m}"

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

    async def said(self, release: Release) -> ReleaseContent:
        """What a release says, read once. Raises Problem where it is not what it closed."""
        try:
            return await self.values.get(
                ("release", release.moment.ledger, release.position, release.content),
                lambda connection: releases.content(connection, release),
            )
        except Altered as error:
            raise problems.altered(str(error)) from None

    def issued(self, moment: Moment) -> Release | None:
        """The release of the annual plan that speaks of a moment; its latest edition."""
        return next((i.release for i in self.publications if i.moment == moment), None)

    async def figures(self, moment: Moment, ids: Iterable[str]) -> dict[str, FigureValue]:
        """These figures by id: of a moment that was released as they were released."""
        if (release := self.issued(moment)) is not None:
            return issued.figures(await self.said(release), self.defined, moment, ids)
        return await self.figures_at(moment, ids)

    async def statements(self, moment: Moment, ids: Iterable[str]) -> dict[str, StatementValue]:
        """These statements by id: of a moment that was released as they were released."""
        if (release := self.issued(moment)) is not None:
            return issued.statements(await self.said(release), self.defined, moment, ids)
        return await self.statements_at(moment, ids)

    async def figures_at(self, moment: Moment, ids: Iterable[str]) -> dict[str, FigureValue]:
        """These figures worked out at a moment, or as late as what they read allows, by id."""
        known = self.defined.figures
        reading = {name: reads.of_figure(known[name]) for name in ids}
        found: dict[str, FigureValue] = {}
        for then, names in parted(self.reach, moment, reading).items():
            keys = [("figure", name, *self._rests_on(then, reading[name])) for name in names]

            async def work(
                connection: asyncpg.Connection, keys: Sequence[Key], at: Moment = then.moment
            ) -> list[FigureValue]:
                wanted = [known[str(key[1])] for key in keys]
                return await evaluate.figures(connection, at, wanted)

            for value in await self.values.several(keys, work):
                found[value.figure.id] = replace(value, moment=then.moment, lacks=then.lacks)
        return self._noted({name: found[name] for name in reading})

    async def statements_at(self, moment: Moment, ids: Iterable[str]) -> dict[str, StatementValue]:
        """These statements worked out at a moment, or as late as what they read allows, by id."""
        known = self.defined.statements
        reading = {name: reads.of_statement(known[name]) for name in ids}
        found: dict[str, StatementValue] = {}
        for then, names in parted(self.reach, moment, reading).items():
            keys = [("statement", name, *self._rests_on(then, reading[name])) for name in names]

            async def work(
                connection: asyncpg.Connection, keys: Sequence[Key], at: Moment = then.moment
            ) -> list[StatementValue]:
                wanted = [known[str(key[1])] for key in keys]
                return await evaluate.statements(connection, at, wanted)

            for value in await self.values.several(keys, work):
                found[value.statement.id] = replace(value, moment=then.moment, lacks=then.lacks)
        return self._noted({name: found[name] for name in reading})

    def _noted(self, values: dict[str, Lacking]) -> dict[str, Lacking]:
        """The values; what they lack is told with the answer."""
        self.lacking.extend(value.lacks for value in values.values())
        return values

    async def figures_now(self, moment: Moment, ids: Iterable[str]) -> dict[str, FigureValue]:
        """The same figures as known now, which the public is not told."""
        return await self.figures_at(self.present(moment), ids)

    async def statements_now(self, moment: Moment, ids: Iterable[str]) -> dict[str, StatementValue]:
        """The same statements as known now, which the public is not told."""
        return await self.statements_at(self.present(moment), ids)

    async def cut(self, value: FigureValue) -> list[Breakdown]:
        """A figure by month and by township."""
        if (release := self.issued(value.moment)) is not None:
            return issued.breakdowns(await self.said(release), value)
        figure, then = value.figure, Answerable(value.moment, value.lacks)
        return await self.values.get(
            ("breakdowns", figure.id, *self._rests_on(then, reads.of_figure(figure))),
            lambda connection: breakdowns(connection, then.moment, figure, value.exact),
        )

    async def document(self, plan: Plan, moment: Moment, *, details: bool) -> Document:
        """What the annual plan says of a moment; `details` names the conditions that fail."""
        if (release := self.issued(moment)) is not None:
            says, waits = await self.said(release), await self.aside(moment)
            made = recorded.document_of(release, says, waits, sample=self.ledger.sample)
            return replace(made, moment=moment)
        given = Given(
            await self.figures(moment, self.defined.figures),
            await self.statements(moment, self.defined.statements),
            await self.aside(moment),
        )
        lacks = Lacks.of(self.lacking)
        made = await self.values.get(
            (plan.name, moment, lacks, given.waits, tuple(self.publications), details),
            lambda connection: composing.build(
                connection, plan, self.bureau, moment, details=details, given=given
            ),
        )
        return replace(made, moment=moment)

    def _rests_on(self, then: Answerable, models: frozenset[str]) -> Key:
        """What an answer that reads these read models is the same for.

        They say the same from the last entry that changed them on, so a later one of another line
        voids nothing. Of a publication that is found once: it holds whatever changes later.
        """
        moment = then.moment
        unknown = Stand("", moment.at, moment.at)
        reached = [self.reach.get(name, unknown) for name in models]
        at = min(moment.at, max((far.changed for far in reached), default=moment.at))
        if self.is_published(moment) and all(far.position >= moment.at for far in reached):
            at = self.values.rested.setdefault((moment.ledger, moment.at, models), at)
        return moment.ledger, moment.start, moment.end, at, then.lacks

    async def aside(self, moment: Moment) -> Aside:
        """What waits in the moment's period."""
        number = await self._number(moment)
        return await self.values.get(
            ("aside", moment.ledger, moment.start, moment.end, number),
            lambda connection: aside.at(connection, replace(moment, journal=number)),
        )

    async def _number(self, moment: Moment) -> int:
        """The last number of the journal that the moment knows; at the ledger's end it grows."""
        if moment.journal is not None:
            return moment.journal
        if moment.at >= self.ledger.position:
            return self.ledger.journal
        return await self.values.get(
            ("number", moment.ledger, moment.at),
            lambda connection: aside.number_of(connection, moment),
        )

    async def waiting(self) -> dict[str, Claims]:
        """What waits now, of whatever period."""
        return await self.values.get(
            ("waiting", self.ledger.name, self.ledger.journal),
            lambda connection: claims(connection, self.ledger.name, self.ledger.journal),
        )
