"""The moment that a reading command is asked about, and what waits in its period."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import typer

from cli.console import database, out
from infra.settings import settings
from ledger import clock
from projections import tail
from projections.read_model import VERSION
from projections.snapshot import old_notice, serving
from reports import aside
from reports.aside import Aside
from reports.lacks import Lacks
from reports.moment import (
    NOT_FINAL,
    NOT_FINAL_ENGLISH,
    Moment,
    ahead,
    ahead_english,
    recorded_to,
    resolve,
)
from rules import working

T = TypeVar("T")


class Answered(NamedTuple, Generic[T]):
    """An answer, what waits in its period, and the version of the read models that gave it."""

    said: T
    moment: Moment
    waits: Aside
    read_models: int | None
    recorded_to: date | None

    def as_json(self) -> dict[str, Any]:
        """What each answer for machines says besides."""
        made: dict[str, Any] = {
            "final": self.moment.final,
            "journal": self.moment.journal,
            "waiting": self.waits.as_json(),
            "read_models": self.read_models,
            "ahead": ahead(self.moment, self.recorded_to) or None,
            "recorded_to": None if self.recorded_to is None else self.recorded_to.isoformat(),
        }
        if self.read_models != VERSION:
            made["notice"] = old_notice(self.read_models)
        return made


PeriodOption = Annotated[
    str, typer.Option("--period", help="期间：2024、2024-H1、2024-Q3、2024-03、2024-03/ytd")
]
AsofOption = Annotated[str | None, typer.Option("--asof", help="业务截止日 / last business date")]
KnownOption = Annotated[
    str | None, typer.Option("--known", help="入账截止：日期（至该日终）或时间 / as known then")
]
AtOption = Annotated[int | None, typer.Option("--at", help="账本位置 / exact position")]


async def asked(
    connection: Any, ledger: str, period: str, asof: str | None, known: str | None, at: int | None
) -> Moment:
    """The moment asked for. Without a broker the read models first follow the ledger to its end."""
    settled = (await clock.settled(connection)).get(ledger)  # first: it will all be folded
    if settings().kafka is None and await tail.may_fold(connection):
        await working.follow(connection, ledger)
    return await resolve(connection, ledger, period, asof=asof, known=known, at=at, settled=settled)


async def answer(
    question: Callable[[Any, Moment], Awaitable[T]],
    ledger: str,
    period: str | Callable[[Any], Awaitable[str]],
    asof: str | None,
    known: str | None,
    at: int | None,
) -> Answered[T]:
    """The answer to a question about a moment, and what there is to know of it.

    The period may depend on the ledger.
    """
    async with database(ledger) as connection:
        text = period if isinstance(period, str) else await period(connection)
        moment = await asked(connection, ledger, text, asof, known, at)
        waits = await aside.at(connection, moment)
        said = await question(connection, moment)
        reach = await recorded_to(connection, moment.ledger, moment.at)
        return Answered(said, moment, waits, await serving(connection), reach)


def print_notes(answered: Answered[Any], known: str | None, lacks: Iterable[Lacks] = ()) -> None:
    """A line each where read models lack entries, something waits, days to come are asked about.

    And where more may be known.
    """
    if lacking := Lacks.of(lacks):
        out.print(f"{lacking.text} / {lacking.english}", soft_wrap=True)
    moment = answered.moment
    if notice := ahead(moment, answered.recorded_to):
        english = ahead_english(moment, answered.recorded_to)
        out.print(f"{notice} / {english}", soft_wrap=True)
    if answered.waits:
        out.print(f"{answered.waits.text} / {answered.waits.english}", soft_wrap=True)
    if known is not None and not answered.moment.final:
        out.print(f"{NOT_FINAL} / {NOT_FINAL_ENGLISH}", soft_wrap=True)
