"""`/rosters` (花名册): a month's roster as a page or a program sends it, previewed, then confirmed.

A confirmation names the preview that it is of, and brings the file once more: where ledger, map or
file have moved on, nothing is sent and the new preview is shown.
"""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import Counter
from http import HTTPStatus
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from api import forms
from api.gateway import answers, bodies, comparing, door, lookups, pages, problems
from api.gateway.comparing import Brought
from api.gateway.sinks import Document
from api.multipart import File
from api.problems import Problem, Wrong
from domain import misplaced
from infra import logging as logs
from rosters import books
from rosters.preview import Preview
from rosters.sending import confirmation, hindrances
from rosters.shown import CHANGES, as_json
from rosters.table import is_month

if TYPE_CHECKING:
    from api.gateway.app import Gateway

MOST_BYTES = 8 * 2**20
"""Of a roster's file."""
MOST_FORMS = 4
"""Read at a time, and compared one after another."""
FORM_SECONDS = 60.0
AT_ONCE = 500
"""Events put down together."""
WAIT_SECONDS = 10
"""How long outcomes are waited for where events go by way of Kafka."""
MOST_SHOWN = 500
"""Rows, wrong cells and events that an answer lists."""
OTHER_SITES = ("cross-site", "same-site")
XLSX = forms.MEDIA["xlsx"][0]
_log = logs.get("mingjian.gateway")


class Wishes(NamedTuple):
    """What is to be done with a roster; without `confirm` it is only previewed."""

    confirm: str = ""
    only_good: bool = False
    ended: int | None = None
    ahead: bool = False


class Done(NamedTuple):
    """What became of a roster: what it would do, and the outcomes once it was sent."""

    preview: Preview
    problem: Problem | None = None
    """Why it was not sent, though that was confirmed."""
    outcomes: list[Document] | None = None


async def of_program(request: Request) -> Response:
    """`POST /rosters/{map}?period=&confirm=&ended=&ahead=&only_good=`, the file as body.

    Raises Problem. Who takes XLSX gets the copy in which wrong cells are marked.
    """
    gateway: Gateway = request.app.state.gateway
    _own(request)
    key = await gateway.ring.admit(request)
    gateway.rates.count(request)
    usual = {"period": "", "confirm": "", "ended": "", "ahead": "", "only_good": ""}
    asked = lookups.parameters(request, usual)
    form = forms.wanted(request, ("json", "xlsx"))
    if form is None:
        raise problems.not_acceptable()
    with gateway.rosters.one_more(request):
        async with bodies.whole(request, MOST_BYTES, gateway.room) as content:
            made: str = request.path_params["map"]
            brought = Brought(made, made, content, _month(asked["period"]))
            done = await _done(gateway, request, brought, key, _wishes(asked))
    if form == "xlsx":
        return _marked(done.preview)
    told = _told(done)
    if done.problem is not None:
        return answers.of_problem(request, done.problem, preview=told)
    return answers.json(told)


async def page(request: Request) -> Response:
    """`GET /rosters`: the maps that there are, as JSON or a page to bring a roster; `POST`: it."""
    gateway: Gateway = request.app.state.gateway
    if request.method != "POST":
        if forms.wanted(request, ("html", "json")) == "html":
            return _page(gateway, None)
        key = await gateway.ring.admit(request)
        gateway.rates.count(request)
        return answers.json(
            {"maps": [_map(each) for each in comparing.usable(gateway.settings, key)]}
        )
    filled: dict[str, str] = {}
    source: str | None = None
    try:
        _own(request)
        # Who sends a form is not known before all of it is here: few are read at a time.
        with gateway.rosters.one_more(request):
            most = 2 * MOST_BYTES  # a file that comes again stands in it as base64
            body = await pages.in_time(request, most, FORM_SECONDS, gateway.room)
            form = pages.filled(request, body)
            filled = dict(form.fields)
            filled["period"] = misplaced.masked(filled.get("period", ""))  # it is shown again
            source = await gateway.ring.admit(request, filled.get("key", ""))
            gateway.rates.count(request)
            file = form.files.get("file") or _again(filled)
            if len(file.content) > MOST_BYTES:
                raise problems.too_large(MOST_BYTES)
            name = PurePath(file.name.replace("\\", "/")).stem or "花名册"
            brought = Brought(
                filled.get("map", ""), name, file.content, _month(filled.get("period"))
            )
            wishes = _wishes(filled)
            if filled.get("do") != "send":
                wishes = wishes._replace(confirm="")
            done = await _done(gateway, request, brought, source, wishes)
    except Problem as problem:
        return _page(gateway, source, filled, problem=problem, status=problem.status)
    if filled.get("do") == "marked":
        return _marked(done.preview)
    status = HTTPStatus.OK if done.problem is None else done.problem.status
    return _page(gateway, source, filled, done=done, file=file, problem=done.problem, status=status)


async def _done(
    gateway: Gateway, request: Request, brought: Brought, source: str | None, wishes: Wishes
) -> Done:
    preview = await comparing.compared(gateway.settings, gateway.ledger, brought, source)
    if not wishes.confirm:
        return Done(preview)
    if wishes.confirm != confirmation(preview):
        return Done(preview, problems.otherwise_now())
    allowed = wishes._asdict()
    del allowed["confirm"]
    against = list(hindrances(preview, **allowed))
    if against:
        return Done(preview, problems.not_sent([each.text for each in against]))
    outcomes = await _sent(gateway, preview)
    _log.info(
        "roster sent",
        source=preview.made.source,
        key_id=getattr(request.state, "key", None),
        map=preview.made.name,
        month=preview.month,
        events=len(outcomes),
    )
    return Done(preview, None, outcomes)


async def _sent(gateway: Gateway, preview: Preview) -> list[Document]:
    """Put the events down in their order; the outcomes. Raises Problem, OutcomeUnknown.

    What was put down before it failed is a duplicate when the same roster is sent again.
    """
    source = preview.made.source
    documents: list[Document] = []
    for start in range(0, len(preview.events), AT_ONCE):
        gateway.ring.require_active(source)
        part = preview.events[start : start + AT_ONCE]
        sent = door.admitted(part, source, gateway.ring.sources, batch=True)
        async with gateway.room.in_turn(len(part), sum(map(len, part))):
            documents += await gateway.put(sent)
    return await gateway.outcomes(documents, time.monotonic() + WAIT_SECONDS)


# What is asked.


def _own(request: Request) -> None:
    """Raise Problem where a browser says that another site asks: a key is not always needed."""
    if request.headers.get("sec-fetch-site", "") in OTHER_SITES:
        raise problems.elsewhere()


def _wishes(asked: dict[str, str]) -> Wishes:
    ended = asked.get("ended", "").strip()
    number = lookups.number({"ended": ended}, "ended", 0, 10**6) if ended else None
    return Wishes(
        asked.get("confirm", ""), bool(asked.get("only_good")), number, bool(asked.get("ahead"))
    )


def _month(text: str | None) -> str | None:
    text = (text or "").strip()
    if text and not is_month(text):
        wrong = Wrong("/query/period", "月份不对 / no such month", "2024-03")
        raise problems.wrong_parameter([wrong])
    return text or None


def _again(filled: dict[str, str]) -> File:
    """The file of a preview, which its page holds."""
    try:
        return File(filled.get("name", ""), b64decode(filled.get("kept", ""), validate=True))
    except (NotBase64, ValueError):
        raise problems.no_form() from None


# What is told.


def _map(made: Any) -> dict[str, Any]:
    return {"map": made.name, "title": made.title, "source": made.source}


def _told(done: Done) -> dict[str, Any]:
    """For programs."""
    preview = done.preview
    told = as_json(preview)
    for listed in ("rows", "wrong"):
        told[f"{listed}_in_all"] = len(told[listed])
        told[listed] = told[listed][:MOST_SHOWN]
    told["hindrances"] = [
        each._asdict() for each in hindrances(preview, only_good=False, ended=None, ahead=False)
    ]
    if done.outcomes is None:
        return told | {"sent": False, "confirm": confirmation(preview) if preview.events else None}
    return told | {"sent": True, **_became(done.outcomes)}


def _became(outcomes: list[Document]) -> dict[str, Any]:
    apart = [
        each for each in outcomes if each["outcome"] not in ("accepted", "duplicate", "received")
    ]
    return {
        "outcomes": dict(Counter(each["outcome"] for each in outcomes)),
        "not_accepted": apart[:MOST_SHOWN],
        "not_accepted_in_all": len(apart),
    }


def _marked(preview: Preview) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="marked.xlsx"',
    }
    return Response(books.marked(preview.roster, preview.wrong), 200, headers, XLSX)


def _page(
    gateway: Gateway,
    source: str | None,
    filled: dict[str, str] | None = None,
    *,
    done: Done | None = None,
    file: File | None = None,
    problem: Problem | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    told = None if done is None else _told(done)
    return pages.page(
        "rosters.html",
        status,
        maps=comparing.usable(gateway.settings, source),
        filled=filled or {},
        changes=CHANGES,
        told=told,
        title="" if done is None else done.preview.made.title,
        file=None
        if file is None
        else {"name": file.name, "kept": b64encode(file.content).decode()},
        problem=problem,
    )
