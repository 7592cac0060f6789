"""隐去文字 at the pages: what would be blanked, doing it, taking it back, and what is withheld.

Staff withhold in records of their lines and townships, and only what stands in no others: whoever
blanks a text may see all that will be blanked. It must stand in the matter that they come from, so
nobody searches the ledger this way. The text travels in forms, never in an address: those stand in
histories and logs. Auditors see what is withheld where, by whom and why, and change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import deeds, problems, purpose, restricted, scoped
from api.answers import Json, answer, wants_json
from api.paging import PAGE_ROWS, page_of, pages
from api.question import Pages
from api.requests import posted
from api.roles import BUSINESS, THEIR_BUSINESS, scope_of
from api.values import ACQUIRE_SECONDS
from api.view import View
from ledger import journal, store, withheld
from ledger.withheld import MARK, CannotWithhold, Piece, Place, Withheld
from projections.catalogue import READ_MODELS
from reports import disclosure, registers
from reports.shown import fact, json_value

router = Pages(admits=BUSINESS)
HOME = "/withheld"
NEW = HOME + "/new"
MOST = 200
"""Places of a text that is withheld here: what stands in more is no slip."""
SHOWN = 20
"""Fields that are listed before it is done; all are counted."""
AROUND = 40
"""Signs that are shown before and after what is blanked."""
_WHY = (
    f"事由须为 1 至 {journal.MOST_WHY} 个字，写在一行，不得有证件号码或账号"
    " / the reason: one line, no personal number"
)
_NUMBER = re.compile("[0-9]{1,18}")


class _Anchor(NamedTuple):
    """The entry that somebody comes from."""

    position: int
    type: str
    stream: str


class _Found(NamedTuple):
    """Where a text stands, the first place in the matter itself, and what views will not show."""

    places: Sequence[Place]
    first: Place
    blanked: re.Pattern[str]


@router.get(NEW, takes=("entry",), admits=THEIR_BUSINESS)
async def ask(request: Request, view: View) -> Response:
    """Asks for the text that is to be withheld in a matter."""
    await deeds.require(request, view.ledger.name)
    return await _form(request, view, await _anchor(request, view), {})


@router.post(NEW, takes=("entry",), admits=THEIR_BUSINESS)
async def withhold(request: Request, view: View) -> Response:
    """What would be blanked; done where the form says that just so many `pieces` were shown."""
    await deeds.require(request, view.ledger.name)
    anchor, given = await _anchor(request, view), await posted(request)
    found: _Found | None = None
    try:
        piece = withheld.piece_of(given.get("text", ""), given.get("within", ""))
        found = await _find(request, view, anchor, piece)
        if given.get("pieces") != str(len(found.places)):
            return await _form(request, view, anchor, given, found)
        async with deeds.deed(request, view.ledger.name, given.get("why", "")) as (deed, said):
            number = withheld.withhold(deed, piece, found.first, said)
    except CannotWithhold as error:
        return await _form(request, view, anchor, given, found, wrong=str(error))
    except journal.Unsaid:
        return await _form(request, view, anchor, given, found, wrong=_WHY)
    return await _done(request, view, number)


@router.get(HOME, takes=("page",))
async def listed(request: Request, view: View) -> Response:
    """Where texts are withheld, by whom and why, newest first; never the texts."""
    page = page_of(request.query_params)
    number = await _asked(request, view)
    async with view.values.reading() as connection:
        told = await withheld.read(connection, view.ledger.name, number)
        of = await _entries(connection, view, told)
        theirs = await scoped.among(
            request, view, connection, {each.stream for each in of.values()}
        )
    mine = [each for each in reversed(told) if of[each.position].stream in theirs]
    first = (page - 1) * PAGE_ROWS
    data = {
        **pages(len(mine), page),
        "withheld": [_json(each, of) for each in mine[first : first + PAGE_ROWS]],
    }
    then = view.asked_then()
    return await answer(request, "withheld.html", view, data, base=HOME, then=then)


@router.get(HOME + "/{number}")
async def one(request: Request, view: View, number: str) -> Response:
    """One of them, and for staff the way to take it back."""
    return await _one(request, view, await _told(request, view, number))


@router.post(HOME + "/{number}", admits=THEIR_BUSINESS)
async def show_again(request: Request, view: View, number: str) -> Response:
    """What was withheld by mistake is shown again."""
    told, given = await _told(request, view, number), await posted(request)
    try:
        async with deeds.deed(request, view.ledger.name, given.get("why", "")) as (deed, said):
            await withheld.show_again(deed, told["number"], said)
    except CannotWithhold as error:
        return await _one(request, view, told, wrong=str(error))
    except journal.Unsaid:
        return await _one(request, view, told, wrong=_WHY)
    return await _done(request, view, told["number"])


# What is to be withheld.


async def _anchor(request: Request, view: View) -> _Anchor:
    """The entry that is named; to whom it is no business of, it is not there. Raises Problem."""
    named = request.query_params.get("entry", "")
    position = int(named) if _NUMBER.fullmatch(named) else 0
    async with view.values.reading() as connection:
        rows = await store.columns_at(connection, view.ledger.name, [position], "type", "stream")
        if not rows or not await scoped.theirs(request, view, connection, rows[position][1]):
            raise problems.not_found(
                f"账本中没有位置 {named[:40]}", "从记录、名录或者发布的页面进入“隐去文字”"
            )
    await restricted.require(request, view, positions=[position], texts=[rows[position][1]])
    return _Anchor(position, *rows[position])


async def _find(request: Request, view: View, anchor: _Anchor, piece: Piece) -> _Found:
    """Where a piece stands, as it is recorded. Raises CannotWithhold."""
    if not (withheld.is_number(piece.text) or piece.before or piece.after):
        raise CannotWithhold(
            "这段文字不是号码，别处也可能有：写明它所在的上下文，只隐去那里的"
            " / no number: give the words around it"
        )
    pool, ledger = request.app.state.pool, view.ledger.name
    async with (
        pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
        connection.transaction(readonly=True),
    ):
        found = await withheld.places(connection, ledger, piece, MOST + 1)
        known = await withheld.pieces(connection)
        theirs = await scoped.among(request, view, connection, {each.stream for each in found})
    if len(found) > MOST:
        raise CannotWithhold(
            f"这段文字有 {MOST} 处以上，会隐去太多：写明它所在的上下文，只隐去那里的"
            f" / more than {MOST} places: give the words around it"
        )
    here = [each for each in found if each.stream == anchor.stream]
    if not here:
        raise CannotWithhold(
            "这一事项的记录中没有这段文字，或者已经隐去 / it does not stand here, or is withheld"
        )
    if any(each.stream not in theirs for each in found):
        raise CannotWithhold(
            "还见于您的条线、镇街以外的记录：写明上下文，只隐去这里的；"
            "或者由不分条线、镇街的经办人员隐去 / it stands in records of others, too"
        )
    withheld.require_readable(found)
    return _Found(found, here[0], re.compile(withheld.pattern_of([*known, piece])))


async def _form(
    request: Request,
    view: View,
    anchor: _Anchor,
    given: Mapping[str, str],
    found: _Found | None = None,
    wrong: str = "",
) -> Response:
    """The form, with what would be blanked once that was found. Raises Problem, to programs."""
    _tell(request, wrong)
    data: dict[str, Any] = {
        "entry": anchor.position,
        "title": fact(anchor.type),
        "stream": anchor.stream,
    }
    if found is not None:
        data |= _preview(view, found)
        types = {each.position: each.type for each in found.places}
        shown = {each["position"] for each in data["places"]}
        persons = [n for n in sorted(shown) if purpose.names_people([types[n]])]
        if persons:
            await purpose.look(request, view, [f"entry/{number}" for number in persons])
    made = await answer(
        request,
        "withhold.html",
        view,
        data,
        given=given,
        wrong=wrong.partition(" / ")[0],
        mark=MARK,
        address=f"{NEW}?entry={anchor.position}",
        most=withheld.LONGEST,
    )
    if wrong:
        made.status_code = HTTPStatus.BAD_REQUEST
    return made


def _preview(view: View, found: _Found) -> dict[str, Any]:
    """How many pieces stand where, with the words around them, and which views show them."""
    fields: dict[tuple[int, str], list[Place]] = {}
    for each in found.places:
        fields.setdefault((each.position, each.pointer), []).append(each)
    return {
        "pieces": len(found.places),
        "entries": len({each.position for each in found.places}),
        "fields": len(fields),
        "places": [
            {
                "position": position,
                "title": fact(here[0].type),
                "stream": here[0].stream,
                "pointer": pointer,
                "pieces": len(here),
                "shown": _around(found.blanked, here[0]),
            }
            for (position, pointer), here in list(fields.items())[:SHOWN]
        ],
        "views": _views(view, {each.type for each in found.places}),
    }


def _around(blanked: re.Pattern[str], place: Place) -> str:
    """What will stand around a piece."""
    made, at, mark = "", 0, 0
    for match in blanked.finditer(place.text):
        made += place.text[at : match.start()] + MARK
        at = match.end()
        if match.start() <= place.start:
            mark = len(made)
    made += place.text[at:]
    first, last = max(0, mark - len(MARK) - AROUND), mark + AROUND
    return f"{'…' * (first > 0)}{made[first:last]}{'…' * (last < len(made))}"


def _views(view: View, types: set[str]) -> list[dict[str, str]]:
    """The views that rest on facts of these types, beside the pages of the entries themselves."""
    models = {each.name for each in READ_MODELS if each.types & types}
    found = [
        (f"名录：{each.title}", f"/{each.of or each.name}")
        for each in registers.of(view.bureau).values()
        if each.connected and each.models & models
    ]
    if any(kind.partition(".")[0] == "reporting" for kind in types):
        found += [("发布的报告", "/releases"), ("年度报告", "/reports")]
    if any(row.models & models for row in disclosure.of(view.bureau).values()):
        found.append(("公开目录", "/disclosure"))
    return [{"title": title, "address": address} for title, address in found]


# What is withheld.


async def _asked(request: Request, view: View) -> int:
    """Up to which number of the journal is asked; staff are told of now only. Raises Problem."""
    if view.asked_then() and scope_of(request) is not None:
        raise problems.present_only(next(iter(view.asked_then())))
    return await view.told()


async def _told(request: Request, view: View, number: str) -> dict[str, Any]:
    """One record of the list. Raises Problem."""
    wanted, to = int(number) if _NUMBER.fullmatch(number) else 0, await _asked(request, view)
    async with view.values.reading() as connection:
        known = await withheld.read(connection, view.ledger.name, to)
        told = [each for each in known if each.number == wanted]
        of = await _entries(connection, view, told)
        for each in told:
            if await scoped.theirs(request, view, connection, of[each.position].stream):
                return _json(each, of)
    raise problems.not_found(f"经办日志第 {number[:20]} 条没有隐去文字", f"隐去的文字：{HOME}")


async def _one(request: Request, view: View, told: dict[str, Any], wrong: str = "") -> Response:
    _tell(request, wrong)
    made = await answer(
        request,
        "withheld_one.html",
        view,
        told,
        wrong=wrong.partition(" / ")[0],
        address=f"{HOME}/{told['number']}",
    )
    if wrong:
        made.status_code = HTTPStatus.BAD_REQUEST
    return made


async def _entries(
    connection: asyncpg.Connection, view: View, told: Sequence[Withheld]
) -> dict[int, _Anchor]:
    positions = [each.position for each in told]
    rows = await store.columns_at(connection, view.ledger.name, positions, "type", "stream")
    return {position: _Anchor(position, *row) for position, row in rows.items()}


def _json(each: Withheld, of: Mapping[int, _Anchor]) -> dict[str, Any]:
    again = each.shown_again
    return {
        "number": each.number,
        "at": json_value(each.at),
        "position": each.position,
        "title": fact(of[each.position].type),
        "stream": of[each.position].stream,
        "pointer": each.pointer,
        "by": each.by,
        "why": each.why,
        "shown_again": None
        if again is None
        else {
            "number": again.number,
            "at": json_value(again.recorded_at),
            "by": again.by,
            "why": again.why,
        },
    }


def _tell(request: Request, wrong: str) -> None:
    """Raise Problem for a program that is told what is wrong: it sees no form."""
    if wrong and wants_json(request):
        raise problems.cannot_be_done(wrong.partition(" / ")[0], "改正后再送出；什么都没有改动")


async def _done(request: Request, view: View, number: int) -> Response:
    """To the record of what was done; a program is told its number."""
    there = f"{HOME}/{number}{view.query()}"
    if wants_json(request):
        headers = {"Location": there}
        return Json({"number": number, "address": there}, HTTPStatus.CREATED, headers)
    return RedirectResponse(there, HTTPStatus.SEE_OTHER)
