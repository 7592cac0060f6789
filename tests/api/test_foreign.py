"""The auditor's view of foreign records: where they stand, when they were seen, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
from starlette.status import HTTP_200_OK

from infra import postgres
from ledger import foreign
from ledger.foreign import Foreign, Place
from tests.support.ledger import LEDGER

TOPIC, JOURNAL = f"mingjian.ledger.{LEDGER}", f"mingjian.journal.{LEDGER}"
STAMPED = datetime(2024, 5, 6, tzinfo=UTC)


def a_record(topic: str, offset: int, fault: str, claims: int | None = None) -> Foreign:
    return Foreign(topic, offset, fault, claims, 4, bytes(32), STAMPED)


async def test_each_is_shown_with_its_place_and_the_reason_and_all_are_counted(
    auditor: httpx.AsyncClient, public: httpx.AsyncClient, filled: str
) -> None:
    before = await auditor.get("/foreign")
    assert (before.status_code, "没有外来消息" in before.text) == (HTTP_200_OK, True)
    async with postgres.connect(filled) as connection:
        places = {TOPIC: Place(9, foreign=1_234), JOURNAL: Place(3, foreign=1), "x": Place(1)}
        found = [a_record(TOPIC, 7, "not-held", 10**17), a_record(JOURNAL, 2, "unreadable")]
        await foreign.note(connection, LEDGER, places, found)
    told = (await auditor.get("/foreign.json")).json()
    assert told["foreign"] == 1_235
    assert told["counts"] == [
        {"topic": JOURNAL, "count": 1},
        {"topic": TOPIC, "count": 1_234},
    ]
    shown = [
        (each["topic"], each["partition"], each["offset"], each["fault"], each["claims"])
        for each in told["records"]
    ]
    assert sorted(shown) == [
        (JOURNAL, 0, 2, "unreadable", None),
        (TOPIC, 0, 7, "not-held", 10**17),
    ]
    assert {each["seen_at"] > each["stamped_at"] for each in told["records"]} == {True}
    page = (await auditor.get("/foreign")).text
    assert "账本里没有这一条" in page
    assert "1,234" in page
    assert "1,235 条" in (await auditor.get("/")).text
    assert (await public.get("/foreign")).status_code != HTTP_200_OK
