"""Whose business a record is: staff see, and withhold in, those of their lines and townships."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg
from starlette.requests import Request

from api import problems
from api.roles import scope_of, user_of
from api.view import View
from ledger import scope as scopes
from ledger import store
from ledger.access import OUT_OF_SCOPE
from ledger.users import STAFF


async def theirs(request: Request, view: View, connection: asyncpg.Connection, stream: str) -> bool:
    """Whether who asks may see a stream; that staff asked for another's is noted.

    Staff are told how it stands now, and of no other moment. Raises Problem.
    """
    if scope_of(request) is None:
        return True
    if view.asked_then():
        raise problems.published_only(next(iter(view.asked_then())))
    if await among(request, view, connection, [stream]):
        return True
    request.state.remark = OUT_OF_SCOPE
    return False


def handles(request: Request, line: str) -> bool:
    """Whether who asks does the work of a line for the whole bureau, as its reports are."""
    user = user_of(request)
    return (
        user is not None
        and user.role == STAFF
        and not user.townships
        and (not user.lines or line in user.lines)
    )


async def rows(
    request: Request, view: View, connection: asyncpg.Connection, positions: Collection[int]
) -> set[int]:
    """Of the entries at some positions those in which who asks may withhold; nobody else's any."""
    user = user_of(request)
    if user is None or user.role != STAFF or not positions:
        return set()
    streams = await store.columns_at(connection, view.ledger.name, positions, "stream")
    theirs = await among(request, view, connection, {stream for (stream,) in streams.values()})
    return {position for position, (stream,) in streams.items() if stream in theirs}


async def among(
    request: Request, view: View, connection: asyncpg.Connection, streams: Collection[str]
) -> set[str]:
    """Those of some streams that who asks may see, as they stand now."""
    scope, ledger = scope_of(request), view.ledger
    if scope is None or not (scope.lines or scope.townships):
        return set(streams)
    return {
        stream
        for stream in set(streams)
        if await scopes.within(connection, ledger.name, scope, stream, ledger.position)
    }
