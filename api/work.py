"""我的工作, for staff: what is theirs and waits to be looked at. Signing in leads here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import scoped
from api.answers import answer
from api.found import standing, then_of
from api.question import Pages
from api.roles import CLERKS, WORK, user_of
from api.view import View
from ledger import aside
from ledger.users import User
from rules.answers import state_of

router = Pages(admits=CLERKS)


@router.get(WORK)
async def index(request: Request, view: View) -> Response:
    """How many findings are theirs, by state, and what of theirs is aside."""
    scoped.require_present(request, view)
    of, ledger = await scoped.sending(request, view), view.ledger.name
    async with view.values.reading() as connection:
        then = await then_of(view, connection, view.ledger.position)
        found, said = await standing(request, view, connection, then)
        counts = {
            table.name: await aside.counts(connection, table, ledger, settled=False, of=of)
            for table in aside.TABLES
        }
    data: dict[str, Any] = {
        **_whose(user_of(request), view),
        "findings": dict(Counter(state_of(each, said) for each in found)),
        **{name: sum(count.rows for count in counted) for name, counted in counts.items()},
    }
    return await answer(request, "work.html", view, data)


def _whose(user: User | None, view: View) -> dict[str, Any]:
    """The lines and townships of a user; none = all."""
    if user is None:
        return {"lines": [], "townships": []}
    places = view.bureau.townships
    named = sorted(user.townships)
    return {
        "lines": sorted(user.lines),
        "townships": [places[code].name if code in places else code for code in named],
    }
