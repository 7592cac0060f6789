"""Registers in a real Chromium, by mouse and by form, with JavaScript off."""

from __future__ import annotations

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from tests.browser.chromium import DESK, PHONE, follow, look
from tests.support.enforcement import ASSOCIATION

pytestmark = [pytest.mark.browser, pytest.mark.slow]
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


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_scrolls_sideways(
    browser: webdriver.Chrome, register_site: str, size: tuple[int, int]
) -> None:
    for number, page in enumerate(PAGES):
        look(browser, register_site + page, size, f"register-{number}")


def test_from_the_first_page_to_a_record_and_back(
    browser: webdriver.Chrome, register_site: str
) -> None:
    """By the menu to the list, a search and a choice in the form, a record, the crumbs back."""
    browser.get(register_site)
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
