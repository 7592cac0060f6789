"""Pages while read models are rebuilt: they answer throughout, and show what was switched in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from domain.aggregate import Entry
from domain.assistance.payouts import PaymentSettled
from infra.settings import Settings
from projections.assistance import payments
from tests.support.pages import client_of, json_of
from tests.support.published import AS_PUBLISHED_FEN, LATE_FEN, fill
from tests.support.rebuilding import ACCEPT, Command, planted


def doubled(_entry: Entry, rows: Iterable[Any]) -> Iterable[Any]:
    return [row._replace(amount_fen=2 * row.amount_fen) for row in rows]


async def test_pages_answer_during_the_switch_and_forget_what_they_had_worked_out(
    database_url: str, tmp_path: Path
) -> None:
    """A page remembers values, since what was known at a position never changes: but now it did."""
    await fill(database_url)
    app = create_app(Settings(database_url=database_url), auditor=True)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    found: list[int] = []
    switched = asyncio.Event()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport,
            base_url="http://127.0.0.1:8000",
            headers={"authorization": f"Bearer {app.state.gate.token}"},
        ) as client,
    ):

        async def read() -> None:
            answer = await client.get("/figures/F16.json?period=2024&known=now")
            assert answer.status_code == 200, answer.text
            found.append(answer.json()["exact"])

        async def go_on_reading() -> None:
            while not switched.is_set():
                await read()
            await read()

        readers = [asyncio.create_task(go_on_reading()) for _ in range(3)]
        with planted(payments, PaymentSettled, doubled):
            result = await Command(database_url, tmp_path).run(*ACCEPT)
        switched.set()
        await asyncio.gather(*readers)
    assert result.exit_code == 0, result.output
    now = AS_PUBLISHED_FEN + LATE_FEN
    assert set(found) == {now, 2 * now}
    assert found == sorted(found)
    assert found[-1] == 2 * now
    async with client_of(database_url) as public:
        told = await json_of(public, "/figures/F16.json")
    assert told["exact"] == AS_PUBLISHED_FEN, "what was released stays"
