"""A reader of all that is public: every address that the application has, in every form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import httpx
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

import api
from api.app import create_app
from api.feeds import CATEGORIES
from api.question import Pages
from api.read import document
from api.read.asked import PAGED
from api.read.shape import BASE
from domain.bureau.bureau import Bureau
from infra.settings import Settings
from reports.render.forms import OFFICES
from tests.crawl.walk import Answer, walk

FORMS = (".json", ".csv", ".csv?for=program", ".xlsx", ".zip")
ALL = (*FORMS, ".html", ".md", *(f".{form}" for form in OFFICES))
"""What a page may be taken along as; where there is no such form it is refused."""
OF_A_KIND = 2
"""Pages of a kind that are read with all their files."""
DATED = re.compile(r"/20[0-9]{2}")
Endpoint = Callable[..., Any]


class Reader:
    """Asks, and notes which functions of the application answered."""

    def __init__(self, client: httpx.AsyncClient, reached: set[Endpoint | None]) -> None:
        self._client, self.reached = client, reached

    async def everything(self, bureau: Bureau) -> dict[str, Answer]:
        """Address → answer: pages, each in all forms, what they lead to, and the read API."""
        fixed = [route.path for route in routes() if "{" not in route.path]
        columns = [f"/gkmlpt/api/all/{each}" for each in CATEGORIES]
        pages = await walk(self._client, ("/", *fixed, *columns), OF_A_KIND, bare=True)
        dated = [each for each in pages.pages if DATED.search(each.address)]
        files = [
            f"{each.address.rstrip('/') or '/index'}{form}"
            for some, forms in ((pages.some(lambda it: it.is_page), FORMS), (dated, ALL))
            for each in some
            for form in forms
            if "." not in each.address
        ]
        told = pages.answers
        for address in [*files, *[each async for each in self._asked(bureau)]]:
            if address not in told:
                answer = await self._client.get(address)
                body, head = answer.content, answer.headers
                told[address] = Answer(address, "", answer.status_code, head, body)
        return told

    async def _asked(self, bureau: Bureau) -> AsyncIterator[str]:
        """Each operation of the read API, with whatever its list names."""
        for operation in document.operations(bureau):
            above, _, below = operation.path.partition("/{")
            most = "?limit=1000" * (PAGED[0] in operation.parameters)
            yield f"{BASE}{above}{'' if below else most}"
            if below:
                rows = (await self._client.get(f"{BASE}{above}?limit=50")).json()["rows"]
                for row in rows[:OF_A_KIND] if operation.tag == "名录" else rows:
                    names = {each.name for each in operation.parameters if each.in_path}
                    path = operation.path.format(**{name: row[name] for name in names})
                    yield f"{BASE}{path}{most}"


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Reader]:
    """A reader of the public pages over a database."""
    app, reached = create_app(Settings(database_url=url), auditor=False), set[Endpoint | None]()

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                reached.add(scope.get("endpoint"))  # a file is answered by its page
            await send(message)

        await app(scope, receive, answering)

    transport = httpx.ASGITransport(noting)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        yield Reader(client, reached)


def routes() -> Iterator[Route]:
    """Every route of the application that answers anybody, found in its modules."""
    rooms = [import_module(each.name) for each in walk_packages(api.__path__, "api.")]
    for pages in {
        id(each): each for room in rooms for each in vars(room).values() if isinstance(each, Pages)
    }.values():
        for each in pages.routes:
            if each.admits.public and each.path != f"{BASE}/{{rest:path}}":
                yield each
