"""What somebody sees who opens the gateway in a browser."""

from __future__ import annotations

import re

import httpx
import pytest

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_its_address_leads_to_what_a_person_can_use(client: httpx.AsyncClient) -> None:
    page = await client.get("/", headers=BROWSER)
    assert page.status_code == 200
    links = re.findall(r'<a href="(.*?)"', page.text)
    assert links == ["/lint", "/rosters", "/openapi.json"]
    for link in links:
        assert (await client.get(link, headers=BROWSER)).status_code == 200


@pytest.mark.parametrize(
    ("code", "says"), [("missing_field", "办法：请补填"), ("two-keys", "Authorization")]
)
async def test_the_link_of_a_fault_is_a_page_for_a_browser_and_json_for_a_program(
    code: str, says: str, client: httpx.AsyncClient
) -> None:
    page = await client.get(f"/problems/{code}", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert says in page.text

    told = await client.get(f"/problems/{code}")
    assert told.json()["code"] == code
