"""`mingjian roles`: the users of the database, one for each service."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from cli.console import columns, connected, out, refuse, require_database, run, say
from infra.roles import LOGINS, Role
from infra.scram import new_password, verifier
from infra.settings import secret_in, settings
from ledger import migration, rights

FOR = "operator"

WHAT = {
    Role.OWNER: "账本各表的所有者，不能登录；只有升级以它进行 / owns the ledger; nobody logs in",
    Role.INTAKE: "接收（run intake；无 Kafka 时的 run gateway）",
    Role.RELAY: "转发（run relay）",
    Role.PROJECTOR: "投影（run projector），读模型归它所有",
    Role.GATEWAY: "HTTP 接收（有 Kafka 时的 run gateway）",
    Role.API: "公开页面（run api）",
    Role.AUDITOR: "内部页面（run api --auditor），只查阅 / the inside view: reads",
    Role.DESK: "内部页面上的办理，只记经办日志 / what users do there: adds to the journal",
    Role.OPERATOR: "经办命令 / commands",
}


def roles(
    apply: Annotated[
        bool, typer.Option("--apply", help="建立用户、授权、设密码 / make them, with passwords")
    ] = False,
    secrets: Annotated[
        Path | None,
        typer.Option(
            "--secrets",
            metavar="DIR",
            help="密码写入此目录，每个用户一个 0600 文件；已有的文件照用"
            " / a file each, 0600; one that is there is used",
        ),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ROLE", help="只设这些用户的密码")
    ] = None,
) -> None:
    """数据库用户及其权限 / the users of the database, one for each service.

    以数据库管理员的地址执行（MINGJIAN_DATABASE_URL）；不带 --secrets 时，新密码只在这里显示一次
    / run it with the address of the database's administrator; without --secrets new passwords are
    shown here and nowhere else.
    """
    if secrets is not None and not apply:
        raise typer.BadParameter("--secrets 与 --apply 同用 / goes with --apply")
    if apply and settings().embedded:
        raise refuse(
            "内置数据库自己建立用户，不用密码：只有本机这个用户的进程够得着它"
            " / the embedded server makes its users by itself and needs no passwords"
        )
    if unknown := set(only or ()).difference(LOGINS):
        raise typer.BadParameter(f"没有用户 {', '.join(sorted(unknown))}；有 {', '.join(LOGINS)}")
    chosen = [role for role in LOGINS if not only or role in only]
    shown = run(_apply(chosen, secrets) if apply else _list())
    for line in shown:
        say(line)


async def _list() -> list[str]:
    require_database(settings())
    async with connected(settings(), None) as connection:
        rows = await connection.fetch(
            "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname = ANY($1)", list(Role)
        )
    there = {row["rolname"]: row["rolcanlogin"] for row in rows}
    table = columns("用户 role", "登录 login", "用途 for")
    for role in Role:
        login = {None: "尚未建立 / not made", True: "能 yes", False: "不能 no"}[there.get(role)]
        table.add_row(role, login, WHAT[role])
    out.print(table)
    return []


async def _apply(chosen: Sequence[Role], secrets: Path | None) -> list[str]:
    """Make roles, rights and passwords; what is to be shown once."""
    shown: list[str] = []
    async with connected(settings(), None) as connection:
        if await migration.is_empty(connection):
            await migration.migrate(connection)
        await migration.require(connection)
        await rights.give(connection)
        for role in chosen:
            password, said = _password(role, secrets)
            await _set(connection, role, password)
            shown.append(f"{role}：{said}")
    return shown


def _password(role: Role, secrets: Path | None) -> tuple[str, str]:
    """The password of a role, and what people are told of it."""
    if secrets is None:
        password = new_password()
        return password, password
    file = secrets / role
    if file.exists():
        return secret_in(file), f"密码照 {file} / as in the file"
    password = new_password()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as new:
        new.write(f"{password}\n")
    return password, f"密码写入 {file} / written"


async def _set(connection: asyncpg.Connection, role: Role, password: str) -> None:
    await connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{verifier(password)}'")
