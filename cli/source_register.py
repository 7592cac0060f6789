"""`mingjian source add|change|suspend|resume|require`: what the register says of a source."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import asyncpg
import typer

from cli.console import (
    OURS,
    ByOption,
    LedgerOption,
    WhyOption,
    database,
    refuse,
    run,
    say,
)
from cli.source_key import SourceArgument
from domain.money import FEN_PER_YUAN
from domain.standing import ALL, Grant, Subject
from infra.settings import settings
from ledger import journal, register
from ledger.seal import Sealer

EVERYTHING, NOTHING = "all", "none"
MOST_OF_A_SUBJECT = 200
_SUM = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?")

LinesOption = Annotated[
    str | None,
    typer.Option("--lines", metavar="A,B", help="可报送的条线，all 为单位资料所允许的全部"),
]
ClassesOption = Annotated[
    str | None,
    typer.Option("--classes", metavar="A.B,…", help="可报送的事件类别 / classes of events"),
]
TownshipsOption = Annotated[
    str | None,
    typer.Option("--townships", metavar="CODE,…", help="可报送的镇街，all 为全部 / townships"),
]
CeilingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ceiling",
        metavar="[NAME=]元",
        help="每件金额上限，按类别、条线，或不分；none 取消 / most money in one event",
    ),
]
PerDayOption = Annotated[
    list[str] | None,
    typer.Option("--per-day", metavar="[NAME=]N", help="每日件数上限 / most events a day"),
]
YuanPerDayOption = Annotated[
    list[str] | None,
    typer.Option("--yuan-per-day", metavar="[NAME=]元", help="每日金额上限 / most money a day"),
]
SubjectOption = Annotated[
    list[str] | None,
    typer.Option("--oidc-subject", metavar="SUB", help="代表它的令牌主体 sub；none 取消"),
]
ClientOption = Annotated[
    list[str] | None,
    typer.Option("--oidc-client", metavar="ID", help="代表它的客户端 client_id 或 azp；none 取消"),
]
ContactOption = Annotated[
    str | None, typer.Option("--contact", metavar="TEXT", help="联系岗位 / whom to ask")
]


def add(
    names: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="来源系统 / sources")],
    by: ByOption,
    why: WhyOption,
    lines: LinesOption = None,
    classes: ClassesOption = None,
    townships: TownshipsOption = None,
    ceiling: CeilingOption = None,
    per_day: PerDayOption = None,
    yuan_per_day: YuanPerDayOption = None,
    oidc_subject: SubjectOption = None,
    oidc_client: ClientOption = None,
    contact: ContactOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """登记来源：不写范围即单位资料所允许的全部；只能收窄 / register a source of the folder."""
    given = _given(lines, classes, townships, ceiling, per_day, yuan_per_day, contact)
    subjects = _subjects(Grant(), oidc_subject, oidc_client)
    grant = replace(Grant(), **given(Grant()), subjects=subjects)
    said = journal.said(by, why)
    for name in names:
        number = run(_done(ledger, register.add, name, grant, said))
        say(f"{name} 已登记 / registered，经办日志第 {number} 条")


def change(
    name: SourceArgument,
    by: ByOption,
    why: WhyOption,
    lines: LinesOption = None,
    classes: ClassesOption = None,
    townships: TownshipsOption = None,
    ceiling: CeilingOption = None,
    per_day: PerDayOption = None,
    yuan_per_day: YuanPerDayOption = None,
    oidc_subject: SubjectOption = None,
    oidc_client: ClientOption = None,
    contact: ContactOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """变更登记：只改所写的各项，自下一件起 / what is given changes, from the next event on."""
    said = journal.said(by, why)
    given = _given(lines, classes, townships, ceiling, per_day, yuan_per_day, contact)

    async def work() -> int:
        async with database(ledger) as connection:
            sealer = Sealer(settings().secret, ledger)
            now = (await register.read(connection, sealer, ledger)).of(name).grant
            subjects = _subjects(now, oidc_subject, oidc_client)
            new = replace(now, **given(now), subjects=subjects)
            return await register.change(connection, sealer, ledger, name, new, said)

    say(f"{name} 的登记已变更 / changed，经办日志第 {run(work())} 条")


def suspend(
    name: SourceArgument, by: ByOption, why: WhyOption, ledger: LedgerOption = OURS
) -> None:
    """暂停来源：自下一件起不再记入，来件留存 / nothing of it becomes an entry from here on."""
    number = run(_done(ledger, register.suspend, name, journal.said(by, why)))
    say(f"{name} 已暂停 / suspended，经办日志第 {number} 条")


def resume(name: SourceArgument, by: ByOption, why: WhyOption, ledger: LedgerOption = OURS) -> None:
    """恢复来源；暂停期间未记入的，可重发或者 quarantine release / taken again from here on."""
    number = run(_done(ledger, register.resume, name, journal.said(by, why)))
    say(f"{name} 已恢复 / resumed，经办日志第 {number} 条")


def require(by: ByOption, why: WhyOption, ledger: LedgerOption = OURS) -> None:
    """账本从此只收已登记的来源，不能撤回 / from here on only registered sources are taken."""
    said = journal.said(by, why)
    number = run(_done(ledger, register.require, said))
    say(
        f"{ledger} 早已只收已登记的来源 / it did so before"
        if number is None
        else f"{ledger} 从此只收已登记的来源 / registered sources only，经办日志第 {number} 条"
    )


async def _done(ledger: str, deed: Callable[..., Awaitable[Any]], *about: Any) -> Any:
    """Do a deed to a register."""
    async with database(ledger) as connection:
        made: asyncpg.Connection = connection
        return await deed(made, Sealer(settings().secret, ledger), ledger, *about)


# What options say.


def _given(
    lines: str | None,
    classes: str | None,
    townships: str | None,
    ceiling: Sequence[str] | None,
    per_day: Sequence[str] | None,
    yuan_per_day: Sequence[str] | None,
    contact: str | None,
) -> Callable[[Grant], dict[str, Any]]:
    """What replaces parts of a grant."""

    def changes(now: Grant) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part, text in (("lines", lines), ("classes", classes), ("townships", townships)):
            if text is not None:
                made[part] = _names(text)
        if EVERYTHING in (lines, classes):
            made["lines"] = made["classes"] = None
        for part, texts, value_of in (
            ("most_fen", ceiling, fen_of),
            ("events_a_day", per_day, _count),
            ("fen_a_day", yuan_per_day, fen_of),
        ):
            if texts is not None:
                made[part] = _limits(getattr(now, part), texts, value_of)
        if contact is not None:
            made["contact"] = journal.said(contact, contact).by
        return made

    return changes


def _names(text: str) -> frozenset[str] | None:
    if text == EVERYTHING:
        return None
    return frozenset(filter(None, (name.strip() for name in text.split(","))))


def _limits(
    now: Mapping[str, int], texts: Sequence[str], value_of: Callable[[str], int]
) -> dict[str, int]:
    """Limits with what is said of some: NAME=VALUE, or VALUE for all that a source says."""
    made = dict(now)
    for text in texts:
        name, _, value = text.rpartition("=")
        name = name or ALL
        if value == NOTHING:
            made.pop(name, None)
        else:
            made[name] = value_of(value)
    return made


def fen_of(text: str) -> int:
    """元 with at most two places as 分. Raises typer.Exit."""
    found = _SUM.fullmatch(text)
    if found is None:
        raise refuse(f"{text} 不是金额：以元为单位，至多两位小数 / an amount in yuan, as 5000")
    return int(found[1]) * FEN_PER_YUAN + int((found[2] or "").ljust(2, "0"))


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise refuse(f"{text} 不是件数 / not a number of events")
    return int(text)


def _subjects(
    now: Grant, subjects: Sequence[str] | None, clients: Sequence[str] | None
) -> frozenset[Subject]:
    """Who sends with tokens: of each kind that is said anew, only those."""
    kept = set(now.subjects)
    for claim, values in (("sub", subjects), ("client", clients)):
        if values is None:
            continue
        kept = {each for each in kept if each.claim != claim}
        for value in values:
            if value != NOTHING:
                kept.add(Subject(_issuer(), claim, _subject(value)))
    return frozenset(kept)


def _issuer() -> str:
    issuer = settings().oidc_issuer
    if issuer is None:
        raise refuse("先设 MINGJIAN_OIDC_ISSUER：主体是哪个签发方的 / whose subject it is")
    return issuer


def _subject(value: str) -> str:
    if not value.isprintable() or not 0 < len(value) <= MOST_OF_A_SUBJECT:
        raise refuse(f"主体须为 1 至 {MOST_OF_A_SUBJECT} 个可见字符 / printable characters")
    return value
