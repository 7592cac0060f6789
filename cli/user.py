"""`mingjian user`: who may sign in to the inside view, and as what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

import typer

from cli.aside import instant
from cli.console import (
    LOOK,
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    WhyOption,
    columns,
    console,
    database,
    out,
    print_json,
    refuse,
    run,
    say,
)
from infra.settings import settings
from ledger import journal, users
from ledger.seal import Sealer
from ledger.users import ROLES, Role, User

FOR = "operator"
MOST_DAYS = 400

user = typer.Typer(
    no_args_is_help=True, add_completion=False, help="用户和角色 / users and their roles"
)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="用户名 / name")]
LinesOption = Annotated[
    list[str] | None,
    typer.Option("--line", metavar="LINE", help="经办人员的业务条线，可多次 / lines of staff"),
]
TownshipsOption = Annotated[
    list[str] | None,
    typer.Option("--township", metavar="CODE", help="经办人员的镇街，可多次 / townships of staff"),
]
SubjectOption = Annotated[
    str | None,
    typer.Option("--oidc", metavar="SUB", help="统一身份认证中的 sub / subject at the provider"),
]
_ROLES = " / ".join(ROLES)
RoleOption = Annotated[str, typer.Option("--role", metavar="ROLE", help=f"角色 / role: {_ROLES}")]


@user.command()
def add(
    name: NameArgument,
    by: ByOption,
    why: WhyOption,
    role: RoleOption,
    line: LinesOption = None,
    township: TownshipsOption = None,
    oidc: SubjectOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """设立用户；第一个须为安全管理员，其后由安全管理员设立 / admit a user."""
    said = journal.said(by, why)
    made = User(
        name,
        cast("Role", role),
        frozenset(line or ()),
        frozenset(township or ()),
        _identity(ledger, oidc),
    )

    async def work() -> None:
        async with database(ledger) as connection:
            await users.admit(connection, _sealer(ledger), ledger, made, said)

    run(work())
    say(f"用户 {name}（{made.title}）已设立 / admitted: mingjian user token {name}")


@user.command()
def change(
    name: NameArgument,
    by: ByOption,
    why: WhyOption,
    role: Annotated[str | None, typer.Option("--role", metavar="ROLE", help=_ROLES)] = None,
    line: LinesOption = None,
    township: TownshipsOption = None,
    oidc: SubjectOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """变更角色、条线、镇街或身份，没有写的不变；--line '' 为不分条线 / what is not given stays."""
    said = journal.said(by, why)

    async def work() -> None:
        async with database(ledger) as connection:
            sealer = _sealer(ledger)
            known = users.standing(await users.read(connection, sealer, ledger))
            if name not in known:
                raise users.NoSuchUser(name)
            made = known[name]
            if role is not None:
                made = replace(made, role=cast("Role", role))
            if line is not None:
                made = replace(made, lines=frozenset(filter(None, line)))
            if township is not None:
                made = replace(made, townships=frozenset(filter(None, township)))
            if oidc is not None:
                made = replace(made, identity=_identity(ledger, oidc))
            await users.change(connection, sealer, ledger, made, said)

    run(work())
    say(f"用户 {name} 已变更 / changed")


@user.command()
def remove(name: NameArgument, by: ByOption, why: WhyOption, ledger: LedgerOption = OURS) -> None:
    """注销用户，下一个请求起即不能查看 / dismiss a user; the next request is refused."""
    said = journal.said(by, why)

    async def work() -> None:
        async with database(ledger) as connection:
            await users.dismiss(connection, _sealer(ledger), ledger, name, said)

    run(work())
    say(f"用户 {name} 已注销 / dismissed")


@user.command()
def token(
    name: NameArgument,
    by: ByOption,
    why: WhyOption,
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS, help="有效天数 / valid for so many days")
    ] = 90,
    ledger: LedgerOption = OURS,
) -> None:
    """签发用户凭据，只显示这一次，原有的随即失效 / a new token, shown once; the old one is void."""
    said = journal.said(by, why)
    until = datetime.now(UTC) + timedelta(days=days)

    async def work() -> str:
        async with database(ledger) as connection:
            return await users.issue(connection, _sealer(ledger), ledger, name, until, said)

    made = run(work())
    console.print(f"{LOOK} 凭据只显示这一次，账本只存其摘要 / shown once: only its hash is kept")
    console.print(f"{name}，有效至 / valid until {instant(until)}")
    say(made)


@user.command("list")
def list_users(
    everybody: Annotated[
        bool, typer.Option("--all", help="连同已注销的 / those who were dismissed too")
    ] = False,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """列出用户：角色、条线、镇街、凭据 / users: role, lines, townships, token."""

    async def work() -> dict[str, User]:
        async with database(ledger) as connection:
            return await users.read(connection, _sealer(ledger), ledger)

    found = [each for each in run(work()).values() if everybody or not each.dismissed]
    if as_json:
        print_json([_json(each) for each in found])
        return
    table = columns("用户", "角色", "条线", "镇街", "凭据有效至", "统一身份认证", "经办人", "事由")
    for each in found:
        until = "" if each.token is None else instant(each.token.until)
        state = "（已注销）" if each.dismissed else ""
        parts = (" ".join(sorted(each.lines)), " ".join(sorted(each.townships)))
        at_provider = "" if each.identity is None else "✓"
        table.add_row(each.name, each.title + state, *parts, until, at_provider, each.by, each.why)
    if found:
        out.print(table)
    out.print(f"共 {len(found)} 个 / users")


def _json(each: User) -> dict[str, object]:
    return {
        "name": each.name,
        "role": each.role,
        "lines": sorted(each.lines),
        "townships": sorted(each.townships),
        "oidc": each.identity is not None,
        "token_until": None if each.token is None else each.token.until,
        "since": each.since,
        "by": each.by,
        "why": each.why,
        "dismissed": each.dismissed,
    }


def _sealer(ledger: str) -> Sealer:
    return Sealer(settings().secret, ledger)


def _identity(ledger: str, subject: str | None) -> bytes | None:
    """What is kept of a subject at the provider that the settings name; empty = none."""
    if not subject:
        return None
    issuer = settings().oidc_issuer
    if issuer is None:
        raise refuse("先设 MINGJIAN_OIDC_ISSUER / set MINGJIAN_OIDC_ISSUER first")
    return users.identity(_sealer(ledger), issuer, subject)
