"""Signing in to the inside view by keyboard, on a telephone and at a desk, without barriers."""

from __future__ import annotations

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.chromium import DESK, PHONE, SHOTS, barriers, served, sized
from tests.browser.test_paths import enter, heading, to
from tests.support import inside

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def seen(browser: webdriver.Chrome, name: str, size: tuple[int, int]) -> None:
    """No barrier on the page that is open, nothing scrolls sideways, and there is a picture."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SHOTS / f"{name}-{size[0]}.png"))
    assert not barriers(browser)
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= size[0], f"{name} scrolls sideways at {size[0]}: {wide}"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_auditor_signs_in_says_the_purpose_looks_and_signs_out(
    browser: webdriver.Chrome, server_url: str, size: tuple[int, int]
) -> None:
    with (
        inside.database(server_url, f"signing_in_{size[0]}") as url,
        served(url, auditor=True) as link,
    ):
        site = link.partition("/?")[0]
        sized(browser, *size)
        browser.get(f"{site}/entries/1")
        assert heading(browser) == "内部页面需要登录"
        seen(browser, "sign-in", size)
        to(browser, "token")
        browser.switch_to.active_element.send_keys(inside.TOKENS[url]["auditor-a"])
        enter(browser, "登录")
        assert heading(browser) == "请先写明查阅目的"
        seen(browser, "purpose-needed", size)
        to(browser, "purpose")
        browser.switch_to.active_element.send_keys("2024 年低保专项审计")
        enter(browser, "确定")
        assert browser.current_url == f"{site}/entries/1"
        assert "查阅目的：2024 年低保专项审计" in browser.find_element(By.TAG_NAME, "header").text
        seen(browser, "signed-in", size)
        enter(browser, "更改")
        assert heading(browser) == "查阅目的"
        seen(browser, "purpose", size)
        enter(browser, "退出")
        assert heading(browser) == "内部页面需要登录"
        browser.get(f"{site}/entries/1")
        assert heading(browser) == "内部页面需要登录"


@pytest.mark.parametrize(
    ("name", "pages"), [("sec", ["用户"]), ("aud-adm", ["访问日志", "查阅留痕"])]
)
def test_the_pages_of_administrators_have_no_barriers(
    browser: webdriver.Chrome, server_url: str, name: str, pages: list[str]
) -> None:
    with (
        inside.database(server_url, f"administering_{name[:3]}") as url,
        served(url, auditor=True) as link,
    ):
        sized(browser, *DESK)
        browser.get(link.partition("/?")[0])
        to(browser, "token")
        browser.switch_to.active_element.send_keys(inside.TOKENS[url][name])
        enter(browser, "登录")
        for page in pages:
            for size in (DESK, PHONE):
                sized(browser, *size)
                browser.find_element(By.LINK_TEXT, page).click()
                assert heading(browser) == page
                seen(browser, f"{name}-{page}", size)
