"""A public answer is made once for as long as the ledger stands as it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api import kept
from api.kept import Kept
from api.problems import Problem, not_found
from infra import postgres
from projections.snapshot import stamp
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.published import database

MANY = 20


def a_request(path: str = "/a", query: str = "", accept: str = "", form: str = "") -> Request:
    headers = [(b"accept", accept.encode())] if accept else []
    state = {"form": form} if form else {}
    return Request(
        {
            "type": "http",
            "path": path,
            "query_string": query.encode(),
            "headers": headers,
            "state": state,
        }
    )


class Making:
    """Makes answers, and counts them."""

    def __init__(self, size: int = 1) -> None:
        self.times = 0
        self._size = size

    async def __call__(self) -> Response:
        self.times += 1
        await asyncio.sleep(0)
        return Response(b"x" * self._size, headers={"x-made": str(self.times)})


async def ask(
    answers: Kept, making: Making, request: Request | None = None, stands: object = 1
) -> Response:
    return await answers.get(LEDGER, stands, request or a_request(), making)


async def test_many_who_ask_the_same_are_sent_what_was_made_once() -> None:
    answers, making = Kept(), Making()
    sent = await asyncio.gather(*(ask(answers, making) for _ in range(MANY)))

    assert making.times == 1
    assert {(each.body, each.headers["x-made"]) for each in sent} == {(b"x", "1")}


async def test_what_is_added_to_one_answer_on_its_way_is_on_no_other() -> None:
    answers, making = Kept(), Making()
    (await ask(answers, making)).headers["x-own"] = "1"
    (await ask(answers, making)).headers["x-own"] = "2"

    assert "x-own" not in (await ask(answers, making)).headers


async def test_another_address_question_or_form_has_an_answer_of_its_own() -> None:
    answers, making = Kept(), Making()
    requests = [
        a_request(),
        a_request("/b"),
        a_request(query="page=2"),
        a_request(accept="application/json"),
        a_request(form="json"),
        a_request(form="csv"),
    ]
    for request in [*requests, *requests]:
        await ask(answers, making, request)

    assert making.times == len(requests)


async def test_once_the_ledger_stands_otherwise_nothing_is_kept() -> None:
    answers, making = Kept(), Making()
    for stands in (1, 1, 2, 2):
        await ask(answers, making, stands=stands)

    assert making.times == 2


async def test_a_refusal_is_told_to_each_who_asks() -> None:
    answers, times = Kept(), 0

    async def refuse() -> Response:
        nonlocal times
        times += 1
        await asyncio.sleep(0)
        raise not_found("nothing")

    asked = [answers.get(LEDGER, 1, a_request(), refuse) for _ in range(3)]
    told = await asyncio.gather(*asked, return_exceptions=True)

    assert times == 3
    assert all(isinstance(each, Problem) for each in told)


async def test_what_comes_in_parts_is_too_large_or_has_a_long_address_is_not_kept() -> None:
    answers, large, usual = Kept(), Making(kept.LARGEST + 1), Making()

    async def in_parts() -> Response:
        return StreamingResponse(iter([b"x"]))

    for _ in range(2):
        await ask(answers, large)
        await ask(answers, usual, a_request(query="q=" + "x" * kept.LONGEST))
        assert isinstance(
            await answers.get(LEDGER, 1, a_request("/b"), in_parts), StreamingResponse
        )

    assert (large.times, usual.times) == (2, 2)


async def test_those_that_nobody_asked_for_longest_make_room() -> None:
    answers, making = Kept(), Making(kept.LARGEST)
    fit = kept.MOST_BYTES // kept.LARGEST
    for number in range(fit):
        await ask(answers, making, a_request(f"/{number}"))
    await ask(answers, making, a_request("/0"))
    await ask(answers, making, a_request("/more"))
    assert making.times == fit + 1

    await ask(answers, making, a_request("/0"))
    assert making.times == fit + 1
    await ask(answers, making, a_request("/1"))
    assert making.times == fit + 2


@pytest.fixture(scope="module")
def growing(server_url: str) -> Iterator[str]:
    """URL of a small published ledger that may grow."""
    with database(server_url, "kept_grows") as url:
        yield url


async def test_a_page_tells_of_an_entry_at_once(growing: str) -> None:
    async with postgres.connect(growing) as connection, client_of(growing) as client:
        before = await json_of(client, "/registers.json")
        assert await json_of(client, "/registers.json") == before
        bench = await Bench.join(connection)
        await bench.tell(a_household("DB-9"), received=date(2025, 4, 1))

        assert (await json_of(client, "/registers.json"))["at"] == before["at"] + 1


async def test_a_stamp_is_another_one_after_whatever_pages_rest_on(growing: str) -> None:
    async with postgres.connect(growing) as connection:
        version = await connection.fetchval("SELECT version FROM read.serving")
        told = [await stamp(connection, LEDGER, version)]
        turn = connection.transaction()
        await turn.start()
        for change in (
            f"UPDATE read_{version}.checkpoint SET halted = 'x', halted_at = now()",
            f"UPDATE read_{version}.checkpoint SET position = position + 1",
            "INSERT INTO read.rebuilt (read_models, differences) VALUES ('{x}', 0)",
            "UPDATE read.serving SET program = 'other'",
        ):
            await connection.execute(change)
            told.append(await stamp(connection, LEDGER, version))
        await turn.rollback()

        assert len(set(told)) == len(told)
        assert await stamp(connection, LEDGER, version) == told[0]
        assert await stamp(connection, LEDGER, version + 1) is None
        assert await stamp(connection, LEDGER, None) is None
