"""Staff hand a file in and see what was changed in it, on a telephone and at a desk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from infra import postgres
from tests.api.test_checked import PAID, TOKENS, published, reporting
from tests.browser.chromium import DESK, PHONE, follow, served, sized
from tests.browser.test_paths import enter, heading, to
from tests.browser.test_signing_in import seen
from tests.support import databases

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def changed(server_url: str, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a database, and a file in which one number of its report is another."""

    async def said(url: str) -> str:
        async with postgres.connect(url) as connection:
            return (await published(connection, "md")).decode()

    with databases.copied(server_url, "checked_looked_at", reporting) as url:
        file = tmp_path / "changed.md"
        text = asyncio.run(said(url)).replace(f"低保金{PAID}", "低保金0.53万元")
        file.write_text(text, encoding="utf-8")
        yield url, file


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_file_is_handed_in(
    browser: webdriver.Chrome, changed: tuple[str, Path], size: tuple[int, int]
) -> None:
    url, file = changed
    with served(url, auditor=True) as link:
        site = link.partition("/?")[0]
        sized(browser, *size)
        browser.get(f"{site}/check")
        to(browser, "token")
        browser.switch_to.active_element.send_keys(TOKENS["staff-a"])
        enter(browser, "登录")
        assert heading(browser) == "回检"
        seen(browser, "check", size)
        browser.find_element(By.NAME, "file").send_keys(str(file))
        follow(browser, By.XPATH, '//main//button[text()="核对"]')
        main = browser.find_element(By.TAG_NAME, "main").text
        assert "changed.md" in main
        assert "手工改动" in main
        assert "0.53万元" in main
        seen(browser, "checked", size)
        enter(browser, "F16 发放低保金额")
        assert "发放低保金额" in heading(browser)
