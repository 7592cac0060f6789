"""`mingjian kafka`: users of the broker, and what they may do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.admin import AIOKafkaAdminClient

from cli.console import (
    ByOption,
    MaybeByOption,
    MaybeWhyOption,
    WhyOption,
    columns,
    console,
    database,
    out,
    refuse,
    run,
    say,
    with_kafka,
)
from infra.kafka import acls
from infra.kafka.admin import administering
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.certificates import write_secretly
from infra.kafka.refusals import doing
from infra.settings import Settings, settings
from ledger import broker_users, journal
from ledger.journal import Said
from upkeep import broker_rights
from upkeep.broker_rights import Change, Wanted

FOR = "operator"
Numbers = dict[str, list[int]]
"""Ledger → numbers of the records of its journal."""

kafka = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Kafka 的用户与权限 / users of Kafka and their rights",
)
SecretsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        file_okay=False,
        help="密码不显示，写入此目录，每个用户一个子目录（仅本人可读）；其中已有的照用"
        " / passwords go there, a folder a user; those that lie there are used",
    ),
]
CHANGES = {
    "made": "+ 用户 / user",
    "removed": "- 用户 / user",
    "given": "+ 权限 / right",
    "taken": "- 权限 / right",
}


@kafka.command()
def acl(
    apply: Annotated[
        bool,
        typer.Option("--apply/--print", help="执行，否则只显示 / do it, or only show"),
    ] = False,
    secrets: SecretsOption = None,
    by: MaybeByOption = None,
    why: MaybeWhyOption = None,
) -> None:
    """按账本采用的来源系统设定用户与权限；只动本系统的 / users and rights after the sources.

    --apply 以 Kafka 管理员执行，记入经办日志，须写 --by 与 --why / is done as the administrator of
    Kafka, and a record of the journal. 再次执行没有变化；去掉的来源失去权限 / a second time changes
    nothing, and a source that was taken out loses its rights.
    """
    if not apply:
        given = settings()
        _show(run(_wanted(given)), given)
        return
    given = with_kafka()
    said = journal.said(by or "", why or "")
    change, passwords, numbers = run(_apply(given, secrets, said))
    for name, words in CHANGES.items():
        for each in getattr(change, name):
            out.print(f"{words} {each}", soft_wrap=True)
    if not any(change):
        say("没有变化 / nothing to change")
    _tell_records(numbers)
    _tell(passwords, secrets)


@kafka.command()
def password(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="来源、服务或用户名 / source or user")
    ],
    by: ByOption,
    why: WhyOption,
    secrets: SecretsOption = None,
) -> None:
    """更换一个用户的密码，旧的即刻失效 / another password; the old one opens nothing any more."""
    given = with_kafka()
    user, made, numbers = run(_rotate(given, name, journal.said(by, why)))
    if secrets is not None:
        _file(secrets, user, made)
    _tell({user: made}, secrets)
    _tell_records(numbers)


@asynccontextmanager
async def _administering(given: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Raises NotAuthorised where the user is not the administrator."""
    bootstrap = Bootstrap.of(given)
    with doing(bootstrap, "Alter", "Cluster"):
        async with administering(bootstrap) as admin:
            yield admin


async def _wanted(given: Settings) -> Wanted:
    async with database() as connection:
        return await broker_rights.wanted(connection, given.secret, given.kafka_prefix)


async def _apply(
    given: Settings, secrets: Path | None, said: Said
) -> tuple[Change, dict[str, str], Numbers]:
    passwords: dict[str, str] = {}

    def password_of(user: str) -> str:
        made = None if secrets is None else _kept(secrets, user)
        passwords[user] = made or acls.new_password()
        if secrets is not None and made is None:
            _file(secrets, user, passwords[user])
        return passwords[user]

    prefix = given.kafka_prefix
    async with database() as connection, _administering(given) as admin:
        want = await broker_rights.wanted(connection, given.secret, prefix)
        change = await broker_rights.difference(admin, want, prefix)
        # Recorded before it is done: nothing changes without a record, whatever fails in between.
        numbers = await broker_users.note(connection, given.secret, prefix, change.by_user(), said)
        await broker_rights.carry_out(admin, change, password_of)
    return change, passwords, numbers


async def _rotate(given: Settings, name: str, said: Said) -> tuple[str, str, Numbers]:
    prefix = given.kafka_prefix
    async with database() as connection, _administering(given) as admin:
        want = await broker_rights.wanted(connection, given.secret, prefix)
        found = [user for user in want.users if name in (user, user.rpartition(".")[2])]
        if len(found) != 1:
            known = "、".join(found or want.users)
            raise refuse(f"没有或不止一个用户 {name}：{known} / no such user, or several")
        (user,) = found
        await acls.given_rights(admin)  # who may not even see them is refused before the record
        numbers = await broker_users.note_password(connection, given.secret, prefix, user, said)
        made = acls.new_password()
        await acls.set_password(admin, user, made)
    return user, made, numbers


def _tell_records(numbers: Numbers) -> None:
    for ledger, made in numbers.items():
        to = "" if len(made) == 1 else f"–{made[-1]}"
        say(f"{ledger} 经办日志第 {made[0]}{to} 条 / recorded in its journal")


def _show(want: Wanted, given: Settings) -> None:
    table = columns("用户 / user", "操作 / may", "对象 / of what")
    for right in want.rights:
        name = right.name if right.whole else f"{right.name}*"
        table.add_row(right.user, right.operation, f"{right.kind} {name}")
    console.print(table)
    for line in broker_rights.commands(want, given.kafka or "HOST:PORT"):
        say(line)


def _kept(folder: Path, user: str) -> str | None:
    file = folder / user / "password"
    return file.read_text("utf-8").strip() or None if file.exists() else None


def _file(folder: Path, user: str, made: str) -> None:
    """What the user gets: the password, and whose certificates to believe."""
    own = folder / user
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_secretly(own / "password", f"{made}\n".encode())
    if (ca := settings().kafka_ca_file) is not None:
        write_secretly(own / "ca.pem", ca.read_bytes())


def _tell(passwords: dict[str, str], secrets: Path | None) -> None:
    """Passwords, once; or where they lie."""
    if not passwords:
        return
    if secrets is not None:
        say(f"{len(passwords)} 个密码在 {secrets}/用户/password / passwords: one folder a user")
        return
    console.print("密码只显示这一次 / shown once: Kafka keeps no password")
    for user, made in passwords.items():
        say(f"{user} {made}")
