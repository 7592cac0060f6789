"""The main paths of a citizen, by keyboard alone and on paper."""

from __future__ import annotations

from contextlib import suppress

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser import paper
from tests.browser.chromium import DESK, follow, leaving, printed, sized

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_TABS = 150
SEEN = """
const one = document.activeElement, style = getComputedStyle(one);
return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
"""
ON_PAPER = ("/reports/2024", "/figures/F28", "/villages", "/figures", "/reports/2024.html")
ABOVE = "h1, h2, h3, caption, thead tr"
"""What belongs to what follows it."""


def to(browser: webdriver.Chrome, text: str) -> None:
    """Press Tab until what has this name, or leads to such a file, has the focus, and shows it."""
    for _ in range(MOST_TABS):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        field = focused.get_attribute("id") or focused.get_attribute("name")
        named = (focused.text.strip(), field)
        if text in named or (text.startswith(".") and text in str(focused.get_attribute("href"))):
            assert browser.execute_script(SEEN), f"{text} has the focus, and nothing shows it"
            return
    raise AssertionError(f"{MOST_TABS} × Tab do not reach {text}")


def enter(browser: webdriver.Chrome, text: str) -> None:
    """Go to a link or a button by keyboard, and press Enter."""
    to(browser, text)
    left = browser.find_element(By.TAG_NAME, "html")
    with leaving(browser):
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        # A busy machine may lose a key: whoever sits there presses it again.
        with suppress(TimeoutException):
            WebDriverWait(browser, 20).until(expected_conditions.staleness_of(left))
            return
        browser.switch_to.active_element.send_keys(Keys.ENTER)


def heading(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "h1").text


def test_from_the_first_page_to_a_record_and_back_by_keyboard(
    browser: webdriver.Chrome, register_site: str
) -> None:
    sized(browser, *DESK)
    browser.get(register_site)
    enter(browser, "名录")
    enter(browser, "社会组织名录")
    to(browser, "q")
    browser.switch_to.active_element.send_keys("美术")
    enter(browser, "查看")
    assert "共 1 条" in browser.find_element(By.TAG_NAME, "main").text
    enter(browser, "示例美术协会")
    assert heading(browser).startswith("示例美术协会")
    enter(browser, "社会组织名录")
    assert heading(browser).startswith("社会组织名录")


def test_from_the_report_to_a_figure_and_its_file_by_keyboard(
    browser: webdriver.Chrome, site: str
) -> None:
    sized(browser, *DESK)
    browser.get(site)
    enter(browser, "2024 年法治政府建设年度报告")
    number = browser.find_element(By.CSS_SELECTOR, 'a[data-figure="F16"]').text
    enter(browser, number)
    assert heading(browser) == "发放低保金额"
    to(browser, ".xlsx")
    file = browser.switch_to.active_element
    assert ".xlsx" in (file.get_attribute("href") or "")
    assert file.get_attribute("download") is not None


def test_from_the_search_to_a_figure_by_keyboard(browser: webdriver.Chrome, site: str) -> None:
    sized(browser, *DESK)
    browser.get(site)
    to(browser, "find")
    browser.switch_to.active_element.send_keys("低保金额")
    enter(browser, "搜索")
    assert "F16 发放低保金额" in browser.find_element(By.TAG_NAME, "main").text


def test_from_the_report_to_a_figure_by_mouse(browser: webdriver.Chrome, site: str) -> None:
    sized(browser, *DESK)
    browser.get(site)
    follow(browser, By.PARTIAL_LINK_TEXT, "法治政府建设年度报告")
    follow(browser, By.CSS_SELECTOR, 'a[data-figure="F16"]')
    assert heading(browser) == "发放低保金额"
    follow(browser, By.LINK_TEXT, "指标")
    assert heading(browser).endswith("指标")


@pytest.mark.parametrize("path", ON_PAPER)
def test_on_paper(browser: webdriver.Chrome, site: str, path: str) -> None:
    """Numbered sheets, no menu, no total twice; no heading, caption or head of a table ends one."""
    sized(browser, *DESK)
    browser.get(site + path)
    above = [paper.plain(one.text) for one in browser.find_elements(By.CSS_SELECTOR, ABOVE)]
    totals = [paper.plain(one.text) for one in browser.find_elements(By.CSS_SELECTOR, "tfoot tr")]
    sheets = paper.sheets(printed(browser))
    assert len(sheets) > 1, "too little to be told apart"
    whole = "".join(line for sheet in sheets for line in sheet)
    assert "跳到正文" not in whole
    for number, (*says, last) in enumerate(sheets, 1):
        assert last == f"第{number}页，共{len(sheets)}页"
        assert "".join(says).count("页，共") == 0, f"sheet {number} is numbered twice"
        assert len("".join(says)) > 40, f"sheet {number} holds a remnant"
        if number < len(sheets):
            assert says[-1] not in above, f"{says[-1]} ends sheet {number}"
    for total in totals:
        assert whole.count(total) == totals.count(total), total
