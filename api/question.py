"""What a request asks, and how the ledger stands that it asks about."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Concatenate, TypeVar

import asyncpg
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import downloads, gate, looks, problems
from api.roles import Admits, audits
from api.values import ACQUIRE_SECONDS, Switched
from api.view import ASKED, View
from ledger import adopted, clock, migration, store
from ledger.adopted import NothingAdopted
from ledger.migration import Unfit
from projections.checkpoint import held_by_all
from projections.snapshot import generation, reached, serving, snapshot, stamp
from reports import release

Endpoint = Callable[[Request], Awaitable[Response]]
Found = Callable[[Request], Awaitable[View]]
Page = TypeVar("Page", bound=Callable[Concatenate[Request, View, ...], Awaitable[Response]])
Bare = TypeVar("Bare", bound=Callable[Concatenate[Request, ...], Awaitable[Response]])
NAME = re.compile("[0-9]{6}")
"""Of a ledger: its division."""
WAS = "was"
"""Of a form: which of `known` and `at` was filled in before."""
TIMES = 3
"""How often a question is asked anew."""


def _question(request: Request) -> dict[str, str]:
    """What was asked. Of a form with both times the one that was filled in before gives way.

    Raises Problem where it says two things or more than the page understands: what would be
    answered as if a part of it had not been asked looks like an answer to all of it.
    """
    given = request.query_params
    common = (*ASKED, *downloads.PARAMETERS, looks.PARAMETER)
    takes = (*common, *getattr(request.state, "takes", ()))
    links = (gate.PARAMETER,) if request.app.state.inside else ()
    if unknown := [name for name in given if name not in (*takes, WAS, *links)]:
        raise problems.unknown_parameters(unknown, takes)
    for name in given:
        if len(given.getlist(name)) > 1:
            raise problems.bad_question(f"参数 {name} 只能给一次")
    question = dict(given)
    if question.get("known") and question.get("at") and question.get(WAS) in ("known", "at"):
        del question[question[WAS]]
    return question


async def as_asked(request: Request) -> View:
    """How the ledger stands that is asked about."""
    return await view_of(request, _question(request))


async def view_of(request: Request, question: dict[str, str]) -> View:
    """How the ledger stands that a question names, or the one that is taken where it names none."""
    view: View | None = getattr(request.state, "view", None)
    named = question.get("ledger") or None
    if view is None or named not in (None, view.ledger.name):
        view = await _standing(request, named)
    return replace(view, question=question, lacking=[], auditor=audits(request))


async def _standing(request: Request, name: str | None) -> View:
    """How a ledger stands, whatever is asked."""
    state = request.app.state
    view: View = await state.standing.get((name,), lambda: _stands(state, name))
    request.state.sample = view.ledger.sample
    request.state.bureau = view.bureau
    return view


async def _known(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    """The answer to a request: the public's are made once for as long as the ledger stands so."""
    state, named = request.app.state, request.query_params.getlist("ledger")
    if state.inside or len(named) > 1 or any(each and not NAME.fullmatch(each) for each in named):
        return await handle(request)  # which says what is wrong with it
    view = request.state.view = await _standing(request, "".join(named) or None)
    if view.stamp is None:
        return await handle(request)
    answer: Response = await state.kept.get(
        view.ledger.name, view.stands, request, lambda: handle(request)
    )
    return answer


async def _stands(state: State, name: str | None) -> View:
    """One snapshot, ended before anything is worked out; or what is known, where it still holds."""
    async with state.pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
        try:
            last: View | None = state.stood.get(name)
            if last is not None and await _still_stands(connection, last):
                return last
            await migration.require(connection)
            settled = await clock.settled(connection)
            async with snapshot(connection):
                version = await serving(connection)
                ledger = await store.find_ledger(connection, name or state.ledger)
                if ledger is None:
                    raise problems.no_ledger(name)
                reach = await reached(connection, ledger.name)
                view = View(
                    ledger=ledger,
                    bureau=await adopted.at(connection, ledger.name),
                    folded=held_by_all(reach.values()),
                    reach=reach,
                    releases=await release.released(connection, ledger.name),
                    auditor=False,
                    values=state.memory.since(await generation(connection)),
                    question={},
                    settled=settled.get(ledger.name),
                    read_models=version,
                    stamp=await stamp(connection, ledger.name, version),
                )
                if not state.inside and view.stamp is not None:
                    state.stood[name] = view
                return view
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            raise problems.no_ledger(None) from None
        except (Unfit, NothingAdopted, store.LedgerRestoring) as error:
            raise problems.unfit(str(error)) from None


async def _still_stands(connection: asyncpg.Connection, view: View) -> bool:
    """Whether a ledger stands as it did. What is settled may not, but that is for the inside.

    Both only ever go on, so what is asked second was the same when the first was.
    """
    ledger = view.ledger.name
    if await stamp(connection, ledger, view.read_models) != view.stamp:
        return False
    return await store.find_ledger(connection, ledger) == view.ledger


class PageRoute(Route):
    """An address, and whose page stands there, or whose form is sent there."""

    def __init__(self, path: str, endpoint: Endpoint, admits: Admits, method: str = "GET") -> None:
        super().__init__(path, endpoint, methods=[method])
        self.admits = admits


class Pages:
    """Addresses, and what answers there. It is told how the ledger stands that is asked about.

    `view` finds that; `admits` says who may ask. Beside what every page takes, a page takes from
    the query what it says.
    """

    def __init__(self, view: Found = as_asked, *, admits: Admits) -> None:
        self._view, self._admits = view, admits
        self.routes: list[PageRoute] = []

    def get(
        self,
        path: str,
        *,
        takes: tuple[str, ...] = (),
        view: Found | None = None,
        admits: Admits | None = None,
    ) -> Callable[[Page], Page]:
        """A page is called with the request, the view, and what its address names."""
        found, admitted = view or self._view, admits or self._admits

        def taken(page: Page) -> Page:
            async def handle(request: Request) -> Response:
                admitted.require(request)
                return await page(request, await found(request), **request.path_params)

            self.routes.append(PageRoute(path, _again(handle, takes), admitted))
            return page

        return taken

    def post(
        self, path: str, *, takes: tuple[str, ...] = (), admits: Admits
    ) -> Callable[[Page], Page]:
        """What a form asks for is done by it; it is called as a page is, and once."""

        def taken(page: Page) -> Page:
            async def handle(request: Request) -> Response:
                admits.require(request)
                request.state.takes = takes
                try:
                    return await page(request, await self._view(request), **request.path_params)
                except Switched:
                    raise problems.rebuilding("汇总表正在切换") from None

            self.routes.append(PageRoute(path, handle, admits, "POST"))
            return page

        return taken

    def bare(self, path: str) -> Callable[[Bare], Bare]:
        """What rests on no ledger is called with the request, and what its address names."""

        def taken(page: Bare) -> Bare:
            async def handle(request: Request) -> Response:
                self._admits.require(request)
                return await page(request, **request.path_params)

            self.routes.append(PageRoute(path, handle, self._admits))
            return page

        return taken

    def under(self, prefix: str, others: Pages) -> None:
        """Other pages, with addresses that begin so."""
        self.routes += [
            PageRoute(prefix + each.path, each.endpoint, each.admits) for each in others.routes
        ]


def _again(
    handle: Callable[[Request], Awaitable[Response]], takes: tuple[str, ...]
) -> Callable[[Request], Awaitable[Response]]:
    """A question is asked again where a rebuild was switched in while it was answered."""

    async def answered(request: Request) -> Response:
        request.state.takes = takes
        for _ in range(TIMES):
            with suppress(Switched):
                return await _known(request, handle)
        raise problems.rebuilding("汇总表正在切换")

    return answered
