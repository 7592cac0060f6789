"""Looks (查阅留痕): what names a person is shown once it is written down who looks, and why.

A reader says the purpose once, for the session; a program says it with each request, in the header
`Mingjian-Purpose`: its text in UTF-8, percent-encoded (RFC 3986).
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import unquote

from starlette.requests import Request

from api import problems
from api.roles import user_of
from api.view import View
from domain.catalogue import EVENTS
from domain.form import names_persons
from ledger import journal, looks

HEADER = "mingjian-purpose"
UNFIT = f"查阅目的须为 1 至 {looks.MOST_PURPOSE} 个字，写在一行，不得有证件号码或账号"


def of(request: Request) -> str:
    """The purpose that a request says, or its session; empty where neither does."""
    return unquote(request.headers.get(HEADER, "")) or getattr(request.state, "purpose", "")


def names_people(types: Collection[str | None]) -> bool:
    """Whether facts of these types may name persons; of a type that is not known: yes."""
    known = (EVENTS.get(each or "") for each in types)
    return any(event is None or names_persons(event) for event in known)


async def look(request: Request, view: View, subjects: Collection[str]) -> None:
    """Write down who looks at what, and for what purpose. Raises Problem where none was said."""
    user, purpose = user_of(request), of(request)
    if user is None:
        raise problems.auditors_only()
    if not purpose:
        raise problems.purpose_needed("这条记录涉及个人，还没有写明查阅目的")
    try:
        reader = looks.reader(user.name, user.role, purpose)
    except journal.Unsaid:
        raise problems.purpose_needed(UNFIT) from None
    async with request.app.state.pool.acquire() as connection:
        await looks.note(connection, view.ledger.name, reader, subjects)
