"""What became of one event that a source sent, for auditors: the document that its source is told.

Of what was never public nothing is shown here that the source was not told itself.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api import problems, purpose, restricted
from api.answers import answer
from api.question import Pages
from api.roles import AUDITORS
from api.view import View
from ledger import told
from rules.outcomes import document

router = Pages(admits=AUDITORS)
LONGEST = 40


@router.get("/sources/{source}/events/{event_id}", takes=(restricted.PARAMETER,))
async def event(request: Request, view: View, source: str, event_id: str) -> Response:
    """What became of an event, now. Raises Problem."""
    async with view.values.reading() as connection:
        found = await told.outcome_of(connection, view.ledger.name, source, event_id)
    if found is None:
        what = f"没有收到过来源 {source[:LONGEST]} 的 {event_id[:LONGEST]}"
        raise problems.not_found(what, "编号见来源的回执；读不出编号的来件见“未通过校验”")
    events = [(source, event_id)]
    await restricted.require(request, view, events=events, texts=[found.waits_for or ""])
    if purpose.names_people([found.type]):
        await purpose.look(request, view, [f"event/{source}/{event_id}"])
    said = document(found, view.bureau.site.url)
    return await answer(request, "outcome.html", view, {"event": said})
