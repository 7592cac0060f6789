"""What became of events: one by its id, all of a source in their order, a source's day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api.gateway import answers, bodies, problems
from api.gateway.door import MOST_OF_AN_EVENT
from api.problems import Wrong
from domain import carriage
from ledger import days, own_books, store, told, unpublished
from ledger.own_books import Listed
from ledger.records import origin_of
from ledger.told import CursorWrong
from ledger.unpublished import Heads
from reports.moment import Unanswerable, day_of
from rules import outcomes

if TYPE_CHECKING:
    from api.gateway.app import Gateway
    from api.gateway.sinks import Document

MOST = 1_000
USUAL = 100
MOST_WAIT = 30
LONGEST_ID = 120
MOST_DIGITS = 9
LOOK_SECONDS = 0.25
LISTS = ("text/plain", *sorted(carriage.LINES))
"""Content types of a source's own list: an id, or an event, on each line."""
MOST_LISTED = 100_000
MOST_LISTED_BYTES = 256 * 2**20
ROOM_OF_AN_ID = 200
"""Bytes, about, that one takes here while a list is compared."""


class News:
    """Whether a ledger moved on: one look for all who wait, while somebody waits."""

    def __init__(self, pool: asyncpg.Pool, ledger: str) -> None:
        self._pool = pool
        self._ledger = ledger
        self._seen: Heads | None = None
        self._looked_at = 0.0
        self._looking = asyncio.Lock()

    async def heads(self) -> Heads:
        """How far the ledger, what is aside and the journal went, at most a moment ago."""
        async with self._looking:
            now = time.monotonic()
            if self._seen is None or now - self._looked_at > LOOK_SECONDS:
                async with self._pool.acquire() as connection:
                    self._seen = await unpublished.heads(connection, self._ledger)
                self._looked_at = time.monotonic()
            return self._seen

    async def since(self, heads: Heads, until: float) -> bool:
        """Wait until it went further than that, or until a time (monotonic); whether it did."""
        while time.monotonic() < until:
            await asyncio.sleep(min(LOOK_SECONDS, max(0.0, until - time.monotonic())))
            if await self.heads() != heads:
                return True
        return False


async def find(
    connection: asyncpg.Connection, ledger: str, source: str, event_id: str | None
) -> Document | None:
    """The outcome of an event, as it stands; None where nothing is known of it."""
    if event_id is None or not 0 < len(event_id) <= LONGEST_ID or "\0" in event_id:
        return None
    found = await told.outcome_of(connection, ledger, source, event_id)
    return None if found is None else outcomes.document(found)


async def became(
    connection: asyncpg.Connection, ledger: str, received: Document
) -> Document | None:
    """The outcome of what was received in a topic, once an intake has taken it.

    That of the record itself, where it has one of its own: another may stand under its id.
    """
    source = received["source"]
    origin = origin_of((received["topic"], received["partition"]), received["offset"])
    found = await told.outcome_at(connection, ledger, source, origin)
    if found is None:
        return await find(connection, ledger, source, received["id"])
    return outcomes.document(found)


async def one(request: Request) -> Response:
    """`GET /sources/{source}/events/{id}`. Raises Problem."""
    gateway, source = await _admitted(request)
    parameters(request, {})
    async with gateway.pool.acquire() as connection:
        found = await find(connection, gateway.ledger, source, request.path_params["id"])
    if found is None:
        raise problems.nothing_known(source)
    return answers.json(found)


async def after(request: Request) -> Response:
    """`GET /sources/{source}/outcomes?after=&limit=&wait=`, in their order. Raises Problem.

    `next` leads on from the last; with `wait`, an empty answer comes only after so many seconds.
    """
    gateway, source = await _admitted(request)
    asked = parameters(request, {"after": "", "limit": str(USUAL), "wait": "0"})
    limit = number(asked, "limit", 1, MOST)
    until = time.monotonic() + number(asked, "wait", 0, MOST_WAIT)
    cursor = asked["after"] or None
    while True:
        heads = await gateway.news.heads()
        async with gateway.pool.acquire() as connection:
            try:
                found, following = await told.outcomes_after(
                    connection, gateway.ledger, source, cursor, limit
                )
            except CursorWrong:
                wrong = Wrong("/query/after", "after 不对 / after is wrong", "next 的值 / a `next`")
                raise problems.wrong_parameter([wrong]) from None
        if found or not await gateway.news.since(heads, until):
            break
    return answers.json({"outcomes": outcomes.documents(found), "next": following})


async def day(request: Request) -> Response:
    """`/sources/{source}/days/{day}`: how much came, and what is missing. Raises Problem.

    Posted with the source's own list (ledger/own_books.py), also what differs: `against`.
    """
    gateway, source = await _admitted(request)
    parameters(request, {})
    with gateway.room.body(getattr(request.state, "key", "")) as more:
        theirs = await _listed(request, more) if request.method == "POST" else None
        return answers.json(await _day(gateway, source, request.path_params["day"], theirs))


async def _listed(request: Request, more: Callable[[int], None]) -> Listed:
    """The list that was posted; its ids take room. Raises Problem."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in LISTS:
        raise problems.no_list(LISTS)
    found = Listed()
    async for lines in bodies.lines(request, MOST_LISTED_BYTES, MOST_OF_AN_EVENT, empty=True):
        found.add(lines)
        more(ROOM_OF_AN_ID * len(lines))
        if found.lines > MOST_LISTED:
            raise problems.too_long_a_list(MOST_LISTED)
    return found


async def _day(gateway: Gateway, source: str, named: str, theirs: Listed | None) -> dict[str, Any]:
    try:
        on = day_of(named)
    except Unanswerable:
        wrong = Wrong("/path/day", "日期不对 / no such day", "2024-05-10")
        raise problems.wrong_parameter([wrong]) from None
    async with gateway.pool.acquire() as connection:
        ledger = await store.find_ledger(connection, gateway.ledger)
        if ledger is None:
            raise problems.database()
        now = await connection.fetchval("SELECT clock_timestamp()")
        said = await days.day_of(connection, ledger, source, on, now)
        if theirs is None:
            return said.as_json()
        compared = await own_books.against(connection, said, theirs)
    return said.as_json() | {"against": compared.as_json()}


async def _admitted(request: Request) -> tuple[Gateway, str]:
    gateway: Gateway = request.app.state.gateway
    source: str = request.path_params["source"]
    await gateway.ring.admit_to(request, source)
    gateway.rates.count(request)
    answers.require_json(request)
    return gateway, source


def parameters(request: Request, usual: Mapping[str, str]) -> dict[str, str]:
    """What is asked, with what is usual; a parameter that there is not is refused."""
    given = request.query_params.multi_items()
    wrong = [
        Wrong(f"/query/{name[:40]}", f"没有参数 {name[:40]} / no such parameter", ", ".join(usual))
        for name, _ in ((answers.masked(name), value) for name, value in given)
        if name not in usual
    ]
    if wrong:
        raise problems.wrong_parameter(wrong)
    return dict(usual) | dict(given)


def number(asked: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = asked[name]
    if not (
        text.isascii()
        and text.isdecimal()
        and len(text) <= MOST_DIGITS
        and least <= int(text) <= most
    ):
        expected = f"{least}–{most}"
        wrong = Wrong(f"/query/{name}", f"{name} 须为整数 / must be an integer", expected)
        raise problems.wrong_parameter([wrong])
    return int(text)
