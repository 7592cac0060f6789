"""`mingjian publish`: what a report plan says of a period, fixed for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import asyncpg
import typer
from pydantic import TypeAdapter, ValidationError

from cli.console import (
    OURS,
    ByOption,
    LedgerOption,
    WhyOption,
    console,
    database,
    refuse,
    run,
    say,
)
from cli.moment import AsofOption, AtOption, asked
from cli.report import plan_of
from domain.event import Code, Text
from domain.reporting.files import ReleaseFilesRecorded
from infra.settings import settings
from ledger import adopted
from ledger.intake import Intake
from ledger.store import Ledger
from projections import opening
from reports import drafting, files, publishing
from reports.moment import Unanswerable, ahead, day_of, instant_of, recorded_to
from reports.publishing import Act, Draft, Unpublishable
from reports.release import Signature
from reports.shown import breach
from rules import working

FOR = "clerk"

_CODE: TypeAdapter[str] = TypeAdapter(Code)
_TEXT: TypeAdapter[str] = TypeAdapter(Text)


class _Said(NamedTuple):
    """What was said of the act of publishing."""

    by: str
    why: str
    signed_by: str | None
    signed_on: str | None
    at: str | None


def publish(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="报告方案 / report plan")],
    period: Annotated[
        list[str],
        typer.Option(
            "--period", metavar="PERIOD", help="期间：2024 或 2024-11，可写多次 / period(s)"
        ),
    ],
    by: ByOption,
    why: WhyOption,
    asof: AsofOption = None,
    at: AtOption = None,
    signed_by: Annotated[
        str | None, typer.Option("--signed-by", help="一并记入签发：签发人代码 / who signed it")
    ] = None,
    signed_on: Annotated[
        str | None, typer.Option("--signed-on", help="签发日期，默认发布当日 / day of signature")
    ] = None,
    published: Annotated[
        str | None, typer.Option("--published-at", help="发布时间，默认现在 / when, default now")
    ] = None,
    ledger: LedgerOption = OURS,
) -> None:
    """发布：把方案在某期间的文字和数值固定下来，此后不变 / fix what a plan says, for ever.

    作为事件由本单位的来源系统记入账本；此后的更正和程序改动都不改变它 / told as events; neither
    later corrections nor other programs change it.
    """
    said = _Said(by, why, signed_by, signed_on, published)
    if asof is not None and len(period) > 1:
        raise refuse("--asof 只用于一个期间 / --asof is of one period")
    try:
        run(_publish(plan, period, ledger, said, asof, at))
    except (Unanswerable, Unpublishable) as error:
        raise refuse(error) from None


async def _publish(
    name: str, periods: list[str], ledger: str, said: _Said, asof: str | None, at: int | None
) -> None:
    """One period after the other: each is drafted in sight of those before it."""
    async with database(ledger) as connection:
        bureau = await adopted.at(connection, ledger)
        plan = plan_of(bureau, name)
        async with publishing.alone(connection, ledger):
            for period in dict.fromkeys(periods):
                opened = await opening.open_ledger(connection, ledger, settings())
                act = act_of(said, opened)
                moment = await asked(connection, ledger, period, asof, None, at)
                recorded = await recorded_to(connection, moment.ledger, moment.at)
                if notice := ahead(moment, recorded):
                    raise Unpublishable(f"{notice}，不能发布")
                await publishing.see_all(connection, ledger)
                made = await drafting.draft(connection, plan, bureau, period, moment)
                await take(connection, opened, made, act, bureau.publisher)


async def take(
    connection: asyncpg.Connection, ledger: Ledger, draft: Draft, act: Act, source: str
) -> None:
    """Tell what makes a draft a release, and say where it stands. Raises Unpublishable."""
    given = settings()
    intake = Intake(ledger, given.secret, given.quarantine_bytes)
    told = await publishing.publish(connection, intake, draft, act, source)
    await working.follow(connection, ledger.name)
    for fact, outcome in told:
        for code in outcome.warnings:
            console.print(f"! {breach(code, fact.TYPE)}", soft_wrap=True)
    for fact, _ in told:
        if isinstance(fact, ReleaseFilesRecorded):
            say(_recorded(fact))
    fact, last = told[-1]
    say(f"已发布 / released: {fact.stream()}，{len(told)} 条事件，位置 {last.position}")


def _recorded(fact: ReleaseFilesRecorded) -> str:
    """Which forms are known by their bytes from now on, and which this machine could not make."""
    said = f"已记入文件校验码 / files: {'、'.join(file.form for file in fact.files)}"
    if missing := files.without(fact.files):
        said += f"；本机做不出、未记入 / not recorded: {'、'.join(missing)}"
    return said


def act_of(said: _Said, ledger: Ledger) -> Act:
    """Who publishes, when and why. Raises Unpublishable.

    A replay ledger has no clock: there it is the time that it was last recorded at.
    """
    at = datetime.now(UTC)
    if said.at is not None:
        at = instant_of(said.at)
    elif ledger.replay and ledger.last_recorded_at is not None:
        at = ledger.last_recorded_at
    try:
        why = _TEXT.validate_python(said.why)
    except ValidationError:
        raise Unpublishable("--why 写明事由，至多 500 字 / say why, in 500 characters") from None
    try:
        act = Act(_CODE.validate_python(said.by), why, at)
        if said.signed_by is None:
            return act
        day = act.on if said.signed_on is None else day_of(said.signed_on)
        return Act(act.by, act.why, act.at, Signature(day, _CODE.validate_python(said.signed_by)))
    except ValidationError:
        raise Unpublishable(
            "--by 和 --signed-by 为人员代码，如 ZF-01，不写姓名 / codes of officers, no names"
        ) from None
