"""What became of one event, as an auditor sees it: what its source was told, and nothing more."""

from __future__ import annotations

import httpx

from tests.support.pages import json_of
from tests.support.published import NAME


async def test_an_entry_leads_to_what_its_source_was_told(auditor: httpx.AsyncClient) -> None:
    entry = await json_of(auditor, "/entries/1.json")
    name = f"{entry['source']}/{entry['event_id']}"
    path = f"/sources/{entry['source']}/events/{entry['event_id']}"
    page = await auditor.get("/entries/1", headers={"accept": "text/html"})
    assert f'href="{path}' in page.text

    said = (await json_of(auditor, f"{path}.json"))["event"]
    assert (said["outcome"], said["position"]) == ("accepted", 1)
    assert said["type"] == f"cn.mingjian.{entry['type']}"
    page = await auditor.get(path, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert f'<h1><span lang="en">{name}</span></h1>' in page.text
    assert 'href="/entries/1' in page.text


async def test_what_waits_says_for_what(auditor: httpx.AsyncClient) -> None:
    (row,) = (await json_of(auditor, "/parked.json"))["rows"]
    path = f"/sources/{row['source']}/events/{row['event_id']}"
    said = (await json_of(auditor, f"{path}.json"))["event"]
    assert (said["outcome"], said["waits_for"]["what"]) == ("parked", row["waits_for"])
    page = await auditor.get(path, headers={"accept": "text/html"})
    assert "的首个事件：申请、期初接收" in page.text
    assert NAME not in page.text


async def test_nothing_of_it_is_public_and_what_never_came_is_not_found(
    auditor: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    path = "/sources/payouts/events/nothing-such"
    assert (await auditor.get(path, headers={"accept": "application/json"})).status_code == 404
    assert (await public.get(path, headers={"accept": "application/json"})).status_code == 403
