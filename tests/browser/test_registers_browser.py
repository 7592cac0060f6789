"""Registers in a real Chromium, by mouse and by form, with JavaScript off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from infra import postgres
from tests.browser.test_pages_browser import DESK, PHONE, browser, follow, look, served, shots
from tests.support.enforcement import ASSOCIATION
from tests.support.ledger import url_of
from tests.support.registering import fill

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "shots"]
PAGES = (
    "/registers",
    "/disclosure",
    "/disclosure/assistance-policies",
    "/organisations",
    f"/organisations/{ASSOCIATION}",
    "/villages?page=2",
    "/standards/dibao",
    "/draws",
    "/draws?page=9",
)


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[str]:
    """Address of the pages over a ledger with what stands on registers."""
    name = "registers_browser"

    async def make() -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute(f"CREATE DATABASE {name}")
        async with postgres.connect(url_of(server_url, name)) as connection:
            await fill(connection)

    async def drop() -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    asyncio.run(make())
    yield from served(url_of(server_url, name), auditor=False)
    asyncio.run(drop())


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_scrolls_sideways(
    browser: webdriver.Chrome, site: str, size: tuple[int, int], shots: Path
) -> None:
    for number, page in enumerate(PAGES):
        look(browser, site + page, size, shots / f"register-{number}-{size[0]}.png")


def test_from_the_first_page_to_a_record_and_back(browser: webdriver.Chrome, site: str) -> None:
    """By the menu to the list, a search and a choice in the form, a record, the crumbs back."""
    browser.get(site)
    follow(browser, By.LINK_TEXT, "名录")
    follow(browser, By.LINK_TEXT, "社会组织名录")
    browser.find_element(By.CSS_SELECTOR, "main [name=q]").send_keys("美术")
    Select(browser.find_element(By.NAME, "state")).select_by_visible_text("在册")
    follow(browser, By.XPATH, "//form[@aria-label='查找']//button")
    assert "共 1 条" in browser.find_element(By.TAG_NAME, "main").text
    follow(browser, By.LINK_TEXT, "示例美术协会")
    assert "示例书画协会" in browser.find_element(By.TAG_NAME, "main").text
    follow(browser, By.LINK_TEXT, "社会组织名录")
    assert "共 3 条" in browser.find_element(By.TAG_NAME, "main").text
