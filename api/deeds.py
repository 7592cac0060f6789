"""Deeds (办理): what a user who signed in does to the ledger, in the one way that there is.

The inside view reads as a user of the database that can write nothing of the ledger. A deed has a
connection of its own, by another user that adds to the journal and to nothing else, opened for it
and closed after it. Who does it is who signed in, never a name that somebody types.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg
from starlette.requests import Request

from api import problems
from api.roles import user_of
from infra import postgres
from infra.roles import Role
from infra.settings import Settings
from ledger import journal, mighty, secret, store, users
from ledger.journal import Deed, Said
from ledger.mighty import TooMighty
from ledger.seal import Sealer, WrongSecret

SECONDS = 10.0
"""For a statement of a deed, waiting for its turn to write included."""
_NOT_AS_LEFT = (
    store.LedgerMissing,
    store.LedgerRestoring,
    store.LedgerAltered,
    TooMighty,
    WrongSecret,
)
_NOT_LET_IN = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InsufficientPrivilegeError,
)


class Done(NamedTuple):
    """A deed under way, and what is said of it: who, and why."""

    deed: Deed
    said: Said


def url_of(settings: Settings) -> str | None:
    """The database as deeds are done in it; None where nothing can be done."""
    if settings.embedded:
        return postgres.database_url(settings, Role.DESK)
    return settings.desk_database_url


async def require(request: Request, ledger: str) -> Sealer:
    """The sealer of a ledger to which deeds can be done here. Raises Problem where none can."""
    state = request.app.state
    if state.desk_url is None:
        raise problems.nothing_done_here(
            "没有设办理用的数据库连接 MINGJIAN_DESK_DATABASE_URL",
            "请系统管理员以 mingjian_desk 设这一连接",
        )
    if ledger != state.ledger:
        raise problems.nothing_done_here(
            f"本服务的用户是账本 {state.ledger} 的", f"账本 {ledger} 的事项在它自己的内部页面办理"
        )
    sealer: Sealer = state.gate.users.sealer
    async with state.pool.acquire() as connection:
        try:
            await secret.prove(connection, sealer, ledger)
        except _NOT_AS_LEFT as error:
            raise _not_as_left(error) from None
    return sealer


@asynccontextmanager
async def deed(request: Request, ledger: str, why: str) -> AsyncIterator[Done]:
    """A deed of who asks: a transaction that ends with what was noted in it (journal.deed).

    Raises Problem where nothing can be done here, or not by them any more, and journal.Unsaid.
    """
    user = user_of(request)
    if user is None:
        raise problems.auditors_only()
    said, sealer = journal.said(user.name, why), await require(request, ledger)
    try:
        async with (
            postgres.connect(request.app.state.desk_url, seconds=SECONDS) as connection,
            journal.deed(connection, sealer, ledger) as done,
        ):
            await mighty.refuse(connection)
            # Under the lock: nobody is dismissed, or given another role, before it is done.
            if users.standing(await users.read(connection, sealer, ledger)).get(user.name) != user:
                raise problems.token_needed("您的角色或者凭据刚刚变更")
            yield Done(done, said)
    except _NOT_AS_LEFT as error:
        raise _not_as_left(error) from None
    except _NOT_LET_IN:
        raise problems.nothing_done_here(
            "数据库不让办理用的用户 mingjian_desk 进来，或者它没有权限",
            "请系统管理员执行 mingjian roles --apply，再核对 MINGJIAN_DESK_DATABASE_URL",
        ) from None


def _not_as_left(error: Exception) -> problems.Problem:
    return problems.nothing_done_here(
        str(error).partition(" / ")[0], "请系统管理员执行 mingjian doctor，核对账本密钥和连接"
    )
