"""A text that is withheld stands in no view of any moment; nothing that is recorded changes.

Given a report's sentence that holds a file number, a title with a name, and a village whose name is
spelled like that person's: when they are withheld, then no page, file, search or earlier moment
shows them, the village stays, and the ledger verifies as before.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus

import asyncpg
import httpx
import pytest

from domain.reporting.releases import ReleaseBlock, ReleaseContent, ReleaseRun
from domain.villages import VillageTakenOver
from infra.settings import Settings
from ledger import journal, withheld
from ledger.seal import Sealer
from ledger.withheld import MARK
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household
from tests.support.pages import client_of
from tests.support.releasing import ACT, draft, households, publish
from tests.upkeep.test_verify import kinds, verify

NUMBER, NAME = "BH-20240315", "王梅"
LATER = replace(ACT, at=datetime.fromisoformat("2025-01-06T09:00:00+08:00"), signature=None)
CLERK = journal.said("示例经办人", "公开文本中有个人信息")
SEALER = Sealer(Settings().secret, LEDGER)
PAGES = (
    *("/releases/monthly/2024-11", "/releases/monthly/2024-11/1", "/releases", "/", "/feed.atom"),
    *(f"/releases/monthly/2024-11.{form}" for form in ("json", "csv", "xlsx", "md", "zip")),
    *("/search?q=BH-20240315", "/search?q=王梅低保案", "/search.json?q=20240315"),
)
STREAM = "/streams/release/monthly/2024-11"
AUDITORS = (*(f"/entries/{n}" for n in range(1, 4)), "/entries/2.json", STREAM)


def said() -> ReleaseContent:
    """A sentence with a file number, which the next run spells otherwise; and a name."""
    more = ReleaseBlock(
        runs=(
            ReleaseRun(text=f"档号{NUMBER}，"),
            ReleaseRun(text="又作ＢＨ２０２４０３１５；"),
            ReleaseRun(text=f"关于{NAME}低保案的答复，见{NAME}村。"),
        )
    )
    return households(1).model_copy(update={"blocks": (*households(1).blocks, more)})


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    made = await Bench.open(connection)
    await made.tell(a_household("DB-1"))
    await publish(made, draft(said(), at=1, title=f"月报（{NUMBER}）"))
    return made


async def withhold(bench: Bench, text: str, within: str = "") -> int:
    piece = withheld.piece_of(text, within)
    async with bench.connection.transaction():
        place, *_ = await withheld.places(bench.connection, LEDGER, piece)
    async with journal.deed(bench.connection, SEALER, LEDGER) as deed:
        return withheld.withhold(deed, piece, place, CLERK)


async def show_again(bench: Bench, number: int) -> None:
    async with journal.deed(bench.connection, SEALER, LEDGER) as deed:
        await withheld.show_again(deed, number, CLERK)


def whole(response: httpx.Response) -> str:
    """All that an answer says, also in the parts of what is packed."""
    if response.content[:2] != b"PK":
        return response.text
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        parts = [packed.read(name) for name in packed.namelist()]
    return "\n".join(part.decode("utf-8", "replace") for part in parts)


async def shown(client: httpx.AsyncClient, *paths: str) -> dict[str, str]:
    """Path → what it says, of those that there are."""
    answers = {path: await client.get(path) for path in paths}
    return {p: whole(a) for p, a in answers.items() if a.status_code == HTTPStatus.OK}


async def test_no_view_of_any_moment_shows_what_is_withheld(
    bench: Bench, database_url: str
) -> None:
    moments = [f"/releases/monthly/2024-11?at={n}" for n in (1, 2, 3)]
    async with client_of(database_url) as public, client_of(database_url, auditor=True) as auditor:
        before = await shown(public, *PAGES) | await shown(auditor, *AUDITORS, *moments)
        assert sum(NUMBER in text for text in before.values()) >= 12
        assert f"{NAME}低保案" in before[PAGES[0]]

        await withhold(bench, NUMBER)
        await withhold(bench, NAME, f"{NAME}低保案")

        after = await shown(public, *PAGES) | await shown(auditor, *AUDITORS, *moments)
    assert after.keys() == before.keys()
    for path, text in after.items():
        said_again = text.replace("q=BH-20240315", "").replace('"BH-20240315"', "")
        if not path.startswith("/search"):
            assert "20240315" not in said_again, path
        assert "２０２４０３１５" not in text, path
        assert "关于王梅低保案" not in text, path
    assert f"档号{MARK}，" in after[PAGES[0]]
    assert f"关于{MARK}低保案的答复，见王梅村。" in after[PAGES[0]]


async def test_what_is_withheld_cannot_be_searched_for(bench: Bench, database_url: str) -> None:
    async with client_of(database_url) as public:
        assert (await public.get("/search.json?q=20240315")).json()["count"] > 0
        await withhold(bench, NUMBER)
        for asked in ("20240315", "BH-20240315", "BH"):
            assert (await public.get(f"/search.json?q={asked}")).json()["count"] == 0, asked
        assert (await public.get("/search.json?q=隐去")).json()["count"] > 0


async def test_nothing_that_is_recorded_changes(bench: Bench) -> None:
    before = await bench.connection.fetch("SELECT * FROM ledger.entry ORDER BY position")
    await withhold(bench, NUMBER)
    assert await bench.connection.fetch("SELECT * FROM ledger.entry ORDER BY position") == before
    assert kinds(await verify(bench.connection)) == set()
    (note,) = [n for n in await journal.read(bench.connection, LEDGER) if n.by]
    assert (note.kind, note.subject, note.why) == ("text-withheld", "entry/3", CLERK.why)
    assert NUMBER.encode() not in note.detail


async def test_what_comes_later_is_not_shown_either(bench: Bench, database_url: str) -> None:
    await withhold(bench, NUMBER)
    await publish(bench, draft(said(), at=4), LATER)
    async with client_of(database_url, auditor=True) as auditor:
        told = await shown(auditor, *(f"/entries/{n}" for n in range(1, 10)))
    assert len(told) > 4
    assert all(NUMBER not in text for text in told.values())


async def test_what_was_withheld_by_mistake_is_shown_again(bench: Bench, database_url: str) -> None:
    number = await withhold(bench, NUMBER)
    async with client_of(database_url) as public:
        assert NUMBER not in (await public.get(PAGES[0])).text
        await show_again(bench, number)
        assert NUMBER in (await public.get(PAGES[0])).text
    with pytest.raises(withheld.CannotWithhold):
        await show_again(bench, number)


async def test_a_register_is_searched_as_it_is_shown(bench: Bench, database_url: str) -> None:
    """A village that bears somebody's name, which was withheld of it alone."""
    village = VillageTakenOver(
        village="445102100001", name="示例王梅村", kind="village", taken_over_on=date(2024, 1, 1)
    )
    await bench.tell(village)
    async with client_of(database_url) as public:
        assert (await public.get("/villages.json?q=王梅")).json()["count"] == 1
        await withhold(bench, NAME, "例王梅村")
        assert (await public.get("/villages.json?q=王梅")).json()["count"] == 0
        assert f"示例{MARK}村" in (await public.get("/villages")).text
