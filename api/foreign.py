"""外来消息, for auditors: what stood in topics of the ledger, and why it is not the ledger's.

What such a record says is shown nowhere: whoever wrote it would have a page for it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.paging import PAGE_ROWS, page_of, pages
from api.question import Pages
from api.roles import AUDITORS
from api.view import View
from reports.shown import json_value

router = Pages(admits=AUDITORS)


@router.get("/foreign", takes=("page",))
async def listed(request: Request, view: View) -> Response:
    """Counts by topic, then the records that were kept one by one, those seen last first."""
    from ledger import foreign  # noqa: PLC0415  it brings the client of Kafka along; for auditors
    from ledger.published import FAULTS  # noqa: PLC0415  the same

    page, ledger = page_of(request.query_params), view.ledger.name
    async with view.values.reading() as connection:
        places = await foreign.places(connection, ledger)
        seen = await foreign.seen(connection, ledger)
    counts = [
        {"topic": topic, "count": place.foreign} for topic, place in places.items() if place.foreign
    ]
    first = (page - 1) * PAGE_ROWS
    rows = [
        {
            "topic": record.topic,
            "partition": 0,  # topics of a ledger have one
            "offset": record.offset,
            "seen_at": json_value(at),
            "stamped_at": json_value(record.stamped_at),
            "fault": record.fault,
            "fault_name": FAULTS[record.fault].partition(" / ")[0],
            "claims": record.claims,
            "bytes": record.size,
            "sha256": record.fingerprint.hex(),
        }
        for record, at in seen[first : first + PAGE_ROWS]
    ]
    data = {
        "foreign": sum(place.foreign for place in places.values()),
        "counts": counts,
        **pages(len(seen), page),
        "records": rows,
    }
    return await answer(request, "foreign.html", view, data, base="/foreign", most=foreign.KEPT)
