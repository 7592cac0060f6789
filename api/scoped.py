"""What is whose among staff (经办人员): what they see, and withhold texts in, as it stands now.

What is not theirs is told in the words of what is not there, and the access log notes it.
"""

from __future__ import annotations

from collections.abc import Collection

import asyncpg
from starlette.requests import Request

from api import problems
from api.roles import scope_of, user_of
from api.view import FREE_PARAMETERS, View
from ledger import register, scope, store
from ledger.access import OUT_OF_SCOPE
from ledger.scope import Sending
from ledger.store import LedgerAltered
from ledger.users import STAFF
from rules.asked import Finding


def require_present(request: Request, view: View) -> None:
    """Raise Problem where staff ask for another moment: those are for auditors."""
    if scope_of(request) is None:
        return
    if asked := [name for name in FREE_PARAMETERS if view.question.get(name)]:
        raise problems.present_only(asked[0])


async def among(
    request: Request, view: View, connection: asyncpg.Connection, streams: Collection[str]
) -> set[str]:
    """Those of some streams that who asks may see, as they stand now."""
    of, ledger = scope_of(request), view.ledger
    if of is None or of.everything:
        return set(streams)
    return await scope.among(connection, ledger.name, of, set(streams), ledger.position)


async def theirs(request: Request, view: View, connection: asyncpg.Connection, name: str) -> bool:
    """Whether who asks may see a stream; staff's asking for another's is noted. Raises Problem."""
    if scope_of(request) is None:
        return True
    require_present(request, view)
    if name in await among(request, view, connection, [name]):
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
    """Of the entries at some positions those that staff see and withhold in; of others none."""
    user = user_of(request)
    if user is None or user.role != STAFF or not positions:
        return set()
    streams = await store.columns_at(connection, view.ledger.name, positions, "stream")
    mine = await among(request, view, connection, {stream for (stream,) in streams.values()})
    return {position for position, (stream,) in streams.items() if stream in mine}


async def findings(
    request: Request, view: View, connection: asyncpg.Connection, found: Collection[Finding]
) -> list[Finding]:
    """Those that staff may see: about one stream that is theirs, and about no other township.

    What is about a person, an officer or a year, over all lines, is for who has all of them.
    """
    of = scope_of(request)
    if of is None or of.everything:
        return list(found)
    near = [
        each
        for each in found
        if not of.townships or each.township is None or each.township in of.townships
    ]
    mine = await among(request, view, connection, {each.subject for each in near})
    return [each for each in near if each.subject in mine]


async def sending(request: Request, view: View) -> Sending | None:
    """Of whose messages staff may know; None = of all. Raises Problem."""
    of = scope_of(request)
    if of is None or of.everything:
        return None
    ledger = view.ledger
    sealer = request.app.state.gate.users.sealer_of(ledger.name)

    async def work(connection: asyncpg.Connection) -> Sending:
        known = await register.read(connection, sealer, ledger.name)
        return scope.sending(of, view.bureau, known)

    key = ("sending", ledger.name, ledger.journal, view.bureau.digest, of)
    try:
        return await view.values.get(key, work)
    except LedgerAltered as error:
        raise problems.altered(str(error)) from None
