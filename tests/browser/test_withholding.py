"""A clerk withholds a text, and takes it back, by keyboard, on a telephone and at a desk."""

from __future__ import annotations

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from ledger.withheld import MARK
from tests.browser.chromium import DESK, PHONE, served, sized
from tests.browser.test_paths import enter, heading, to
from tests.browser.test_signing_in import seen
from tests.support import databases
from tests.support.withholding import OWN, TOKENS, withholding

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def typed(browser: webdriver.Chrome, field: str, text: str) -> None:
    to(browser, field)
    browser.switch_to.active_element.send_keys(text)


def said(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_from_an_entry_to_what_is_withheld_and_back(
    browser: webdriver.Chrome, server_url: str, size: tuple[int, int]
) -> None:
    with (
        databases.copied(server_url, f"withholding_{size[0]}", withholding) as url,
        served(url, auditor=True) as link,
    ):
        site = link.partition("/?")[0]
        sized(browser, *size)
        browser.get(f"{site}/entries/2")
        typed(browser, "token", TOKENS["staff-a"])
        enter(browser, "登录")
        typed(browser, "purpose", "隐去个人信息")
        enter(browser, "确定")
        assert OWN in said(browser)
        enter(browser, "隐去记录 #2 中的文字")
        assert heading(browser) == "隐去文字"
        seen(browser, "withhold", size)
        typed(browser, "text", OWN)
        enter(browser, "查看将隐去哪些")
        assert "共 1 处，在 1 条记录中" in said(browser)
        assert f"核对时查到档号{MARK}，另见" in said(browser)
        seen(browser, "withhold-preview", size)
        typed(browser, "why", "当事人来电要求")
        enter(browser, "隐去")
        assert heading(browser).startswith("已隐去")
        assert "staff-a" in said(browser)
        seen(browser, "withheld-one", size)
        enter(browser, "#2")
        assert OWN not in said(browser)
        assert MARK in said(browser)
        browser.get(f"{site}/withheld")
        seen(browser, "withheld", size)
        number = browser.find_element(By.CSS_SELECTOR, "tbody th a").text
        enter(browser, number)
        typed(browser, "why", "看错了")
        enter(browser, "恢复显示")
        assert heading(browser).startswith("已恢复显示")
        browser.get(f"{site}/entries/2")
        assert OWN in said(browser)
