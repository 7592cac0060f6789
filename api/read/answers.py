"""Answers of the read API: what all say, rows of a list, and where the list goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Json
from api.read import cursor
from api.read.asked import LEDGER, LIMIT, USUAL_ROWS
from api.read.cursor import Cursor, Place
from api.read.shape import Field
from api.view import View
from projections.snapshot import old_notice
from reports.lacks import Lacks
from reports.moment import Moment
from reports.shown import SAMPLE_BANNER, json_value

HEAD = (
    Field("ledger", "账本", optional=False),
    Field("sample", "是否示例账本：其数据都是虚构的", "boolean", optional=False),
    Field("notices", "读者须知道的：示例、缺漏、尚无数据的日子", "array", optional=False),
)
MOMENT = (
    Field("asof", "业务截止：所述为这一天的情况", format="date"),
    Field("at", "账本位置：记到这里时所知的", "integer", optional=False),
    Field("recorded_to", "账本在该位置记到哪一天", format="date"),
)
LIST = (
    Field("count", "符合条件的行数，不只本次的；未接入的为 null", "integer"),
    Field("next", "接着读的地址；没有更多的为 null"),
)


def listed(
    rows: Sequence[Field], *more: Field, count: str = "", whole: bool = False
) -> tuple[Field, ...]:
    """The answer of a list."""
    its = Field("rows", count or "各行", "array", optional=False, inside=tuple(rows), whole=whole)
    return (*HEAD, *MOMENT, *more, *LIST, its)


def single(row: Sequence[Field], *more: Field) -> tuple[Field, ...]:
    """The answer about one thing."""
    its = Field("row", "这一项", "object", optional=False, inside=tuple(row), whole=False)
    return (*HEAD, *MOMENT, its, *more)


def head(view: View, *notices: str) -> dict[str, Any]:
    """What every answer says."""
    said = [SAMPLE_BANNER] * view.ledger.sample + [old_notice(view.read_models)] * view.older
    said += [each for each in (*notices, Lacks.of(view.lacking).text) if each]
    return {"ledger": view.ledger.name, "sample": view.ledger.sample, "notices": said}


async def moment_of(view: View, moment: Moment) -> dict[str, Any]:
    """What MOMENT says of what was released."""
    recorded, _ = await view.ahead(moment)
    return {"asof": json_value(moment.end), "at": moment.at, "recorded_to": json_value(recorded)}


def only(row: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are asked for."""
    return {name: row[name] for name in asked.get("fields", row)}


def page(
    request: Request,
    rows: Iterable[Mapping[str, Any]],
    asked: Mapping[str, Any],
    moment: Mapping[str, Any],
    key: Callable[[Mapping[str, Any]], Place],
) -> dict[str, Any]:
    """Rows of a list that is at hand whole: those asked for, behind the last one told.

    `key` tells rows apart, and they stand in its order. Members that are parameters of the same
    name choose rows, days and months also by `_from` and `_to`. Raises Problem.
    """
    wanted = {n: v for n, v in asked.items() if n not in (*cursor.FREE, LEDGER.name)}
    found = [row for row in rows if all(_meets(row, n, v) for n, v in wanted.items())]
    found.sort(key=lambda row: _comparable(key(row)))
    here = found
    if "after" in asked:
        place = cursor.read(request, asked["after"]).place
        if len(place) != 1:
            raise cursor.refused(asked["after"])
        here = [row for row in found if _comparable(key(row)) > _comparable(place[0])]
    limit = asked.get(LIMIT.name, USUAL_ROWS)
    told, more = here[:limit], len(here) > limit
    then = Cursor(moment["at"], moment["asof"] or "", (key(told[-1]),)) if more else None
    return {
        "count": len(found),
        "next": None if then is None else cursor.written(request, then),
        "rows": [only(row, asked) for row in told],
    }


def _meets(row: Mapping[str, Any], name: str, wanted: object) -> bool:
    """Whether a member is what is wanted, holds it, or is not before or after it."""
    if name in row:
        told = row[name]
        return wanted in told if isinstance(told, list) else bool(told == wanted)
    column, _, end = name.rpartition("_")
    told, limit = row[column], str(wanted)
    if told is None:
        return False
    return bool(told >= limit if end == "from" else told[: len(limit)] <= limit)


def _comparable(place: Place) -> tuple[int, str]:
    return (place, "") if isinstance(place, int) else (0, place or "")


def sent(data: Mapping[str, Any]) -> Response:
    """An answer; where a list goes on stands in its head, too (RFC 8288)."""
    onward = data.get("next")
    return Json(data, headers={"Link": f'<{onward}>; rel="next"'} if onward else None)
