"""Values are worked out once, by nobody's leave, and an event of another line voids none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import httpx
import pytest

from api.app import create_app
from api.values import Key, Shared, Switched, Values
from infra import postgres
from infra.settings import Settings
from reports import evaluate
from tests.support.ledger import Bench, event
from tests.support.money import a_payment
from tests.support.placename import a_proposal
from tests.support.published import AS_PUBLISHED_FEN, LATE_FEN, fill

FIGURES = "/figures.json"


class Worked:
    """How often something was worked out; the work ends when it is let go."""

    def __init__(self) -> None:
        self.times = 0
        self.let_go = asyncio.Event()
        self._begun: asyncio.Queue[int] = asyncio.Queue()

    async def begun(self, times: int) -> None:
        """Wait until it is worked out for so many a time."""
        while await self._begun.get() < times:
            pass

    async def __call__(self, *_: Any) -> int:
        self.times += 1
        number = self.times
        self._begun.put_nowait(number)
        await self.let_go.wait()
        return number


@pytest.fixture
async def held(ledger_url: str) -> AsyncIterator[Values]:
    """Values over a database with read models."""
    async with asyncpg.create_pool(ledger_url, min_size=0, max_size=3) as pool:
        yield Values(pool)


async def test_a_value_is_worked_out_once_however_many_ask(held: Values) -> None:
    work = Worked()
    asking = [asyncio.create_task(held.get(("a",), work)) for _ in range(20)]
    await asyncio.sleep(0)
    work.let_go.set()
    assert await asyncio.gather(*asking) == [1] * 20
    assert await held.get(("a",), work) == 1
    assert work.times == 1


async def test_whoever_goes_away_ends_nobodys_work(held: Values) -> None:
    work = Worked()
    first = asyncio.create_task(held.get(("a",), work))
    await work.begun(1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second = asyncio.create_task(held.get(("a",), work))
    work.let_go.set()
    assert await second == 1


async def test_of_several_only_what_is_not_known_is_worked_out(held: Values) -> None:
    asked: list[Sequence[Key]] = []

    async def work(_: asyncpg.Connection, keys: Sequence[Key]) -> list[str]:
        asked.append(keys)
        return [str(key[0]).upper() for key in keys]

    assert await held.several([("a",), ("b",)], work) == ["A", "B"]
    assert await held.several([("c",), ("a",), ("c",)], work) == ["C", "A", "C"]
    assert asked == [[("a",), ("b",)], [("c",)]]


async def test_a_failure_is_told_to_all_who_ask_and_not_remembered(held: Values) -> None:
    async def fail(_: asyncpg.Connection) -> int:
        await asyncio.sleep(0)
        raise ValueError

    asking = [held.get(("a",), fail) for _ in range(3)]
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(error) for error in found] == [ValueError] * 3
    work = Worked()
    work.let_go.set()
    assert await held.get(("a",), work) == 1


async def test_nothing_is_worked_out_of_other_read_models_than_were_asked(held: Values) -> None:
    with pytest.raises(Switched):
        await Values(held._pool, generation=1).get(("a",), Worked())


async def test_who_comes_while_it_is_asked_shares_the_next_answer() -> None:
    shared, work = Shared(), Worked()
    first = asyncio.create_task(shared.get(("a",), work))
    await work.begun(1)
    others = [asyncio.create_task(shared.get(("a",), work)) for _ in range(5)]
    work.let_go.set()
    assert await first == 1
    assert await asyncio.gather(*others) == [2] * 5
    assert await shared.get(("a",), work) == 3


class Site:
    """The pages over a ledger that goes on, and which figures and statements were worked out."""

    def __init__(
        self, client: httpx.AsyncClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.client = client
        self.bench = bench
        self.asked: list[str] = []
        for name in ("figures", "statements"):
            self._note(name, monkeypatch)

    def _note(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        ask = getattr(evaluate, name)

        async def noted(connection: Any, moment: Any, wanted: Sequence[Any]) -> Any:
            self.asked += [item.id for item in wanted]
            return await ask(connection, moment, wanted)

        monkeypatch.setattr(evaluate, name, noted)

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def site(
    database_url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    """For auditors, unless the test says otherwise."""
    await fill(database_url)
    auditor = getattr(request, "param", True)
    app = create_app(Settings(database_url=database_url), auditor=auditor)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    headers = {"authorization": f"Bearer {app.state.gate.token}"} if auditor else {}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", headers=headers
        ) as client,
        postgres.connect(database_url) as connection,
    ):
        yield Site(client, await Bench.join(connection), monkeypatch)


async def test_an_event_of_another_line_voids_nothing(site: Site) -> None:
    """Every page was worked out anew after any event."""
    before = await site.get("/figures.json?period=2024&known=now")
    statements = await site.get("/statements.json?period=2024&known=now")
    assert {"F16", "F40", "S16"} < set(site.asked)
    site.asked.clear()

    await site.bench.tell(a_proposal("示例路", "11-01"))
    after = await site.get("/figures.json?period=2024&known=now")
    assert after["at"] == before["at"] + 1
    assert {line["at"] for line in after["figures"]} == {after["at"]}
    assert 0 < len(site.asked) < 10
    assert not {"F16", "F40", "F47"} & set(site.asked)
    site.asked.clear()
    told = await site.get("/statements.json?period=2024&known=now")
    assert {line["now"]["at"] for line in told["statements"]} == {after["at"]}
    assert len(site.asked) < len(statements["statements"]) / 2


async def test_a_value_changes_with_what_it_rests_on(site: Site) -> None:
    question = "/figures/F16.json?period=2024&known=now"
    assert (await site.get(question))["exact"] == AS_PUBLISHED_FEN + LATE_FEN
    more = event("payouts", "p-more", a_payment("DB-1", 700, "2024-03"))
    await site.bench.take(more)
    assert (await site.get(question))["exact"] == AS_PUBLISHED_FEN + LATE_FEN + 700
    published = await site.get("/figures/F16.json?period=2024")
    assert (published["exact"], published["now"]["exact"]) == (
        AS_PUBLISHED_FEN,
        AS_PUBLISHED_FEN + LATE_FEN + 700,
    )


@pytest.mark.parametrize("site", [False], indirect=True)
async def test_for_the_public_nothing_is_worked_out(site: Site) -> None:
    await site.get("/figures.json")
    await site.get("/statements.json")
    await site.get("/reports/2024.json")
    assert site.asked == []


async def test_what_was_published_is_worked_out_once_whatever_changes_later(site: Site) -> None:
    await site.get("/figures/F16.json?period=2024")
    await site.bench.take(event("payouts", "p-more", a_payment("DB-1", 700, "2024-03")))
    site.asked.clear()
    await site.get("/figures/F16.json?period=2024")
    assert site.asked.count("F16") == 1, "as known now"


async def test_many_who_ask_at_once_have_each_value_worked_out_once(site: Site) -> None:
    question = "/figures.json?period=2024&known=now"
    answers = await asyncio.gather(*(site.client.get(question) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(site.asked) == len(set(site.asked))
