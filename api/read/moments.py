"""The moment that a question is about: a day, as known at a position.

A list is read to its end at that of its first page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request

from api.read import asked as asking
from api.read import cursor
from api.read.answers import MOMENT
from api.read.asked import AFTER, ASOF, AT
from api.registers_asked import Then, then_of
from api.view import View
from reports.moment import Unanswerable, day_of


async def then_asked(
    request: Request, view: View, asked: Mapping[str, Any], models: Collection[str]
) -> Then:
    """The moment asked for, no later than what these read models hold. Raises Problem."""
    text = asked.get(AFTER.name)
    said = cursor.pinned(None if text is None else cursor.read(request, text), asked)
    if text is not None and not _is_day(said.get(ASOF.name)):
        raise cursor.refused(text)
    if not 0 <= int(said.get(AT.name, 0)) <= view.folded:
        if text is not None:
            raise cursor.refused(text)
        why = f"应不大于现在的位置 {view.folded}"
        raise asking.problem([asking.wrong(AT, said[AT.name], why)])
    return await then_of(view, said, models)


def _is_day(said: str | None) -> bool:
    """Whether a cursor says a day, or none."""
    try:
        return said is None or bool(day_of(said))
    except Unanswerable:
        return False


def said_of(then: Then) -> dict[str, Any]:
    """What MOMENT says of it."""
    said = then.as_json()
    return {each.name: said[each.name] for each in MOMENT}
