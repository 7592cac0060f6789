"""The pages in a real Chromium: on a phone and on a desk, with JavaScript off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import DESK, PHONE, follow, leaving, let_in, look, served
from tests.support.published import database

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "/",
    "/reports",
    "/reports/2024",
    "/reports/2024.html",
    "/figures",
    "/figures/F14",
    "/figures/F16",
    "/figures/F28",
    "/statements",
    "/statements/S16",
    "/figures/F99",
    "/search?q=%E4%BD%8E%E4%BF%9D",
    "/figures/F16?view=elder",
    "/reports/2024?view=large",
)
AUDIT_PAGES = (
    "/figures/F16",
    "/figures/F16/rows",
    "/entries/1",
    "/streams/case/DB-1",
    "/quarantine",
    "/parked",
    "/statements/S16",
)


@pytest.fixture(scope="module")
def filled(server_url: str, browser: webdriver.Chrome) -> Iterator[str]:
    """URL of a database with the small published ledger."""
    assert browser.session_id
    with database(server_url, "browser") as url:
        yield url


@pytest.fixture(scope="module")
def site(filled: str) -> Iterator[str]:
    """Address of the public pages."""
    with served(filled, auditor=False) as address:
        yield address


@pytest.fixture(scope="module")
def audit_site(filled: str, browser: webdriver.Chrome) -> Iterator[str]:
    """Address of the inside view, into which the browser was let by the link."""
    with served(filled, auditor=True) as link:
        yield let_in(browser, link)


def name_of(path: str) -> str:
    return path.strip("/").replace("/", "-") or "index"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_public_pages_fit_the_screen(
    browser: webdriver.Chrome, site: str, size: tuple[int, int]
) -> None:
    for path in PAGES:
        look(browser, site + path, size, name_of(path))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_auditors_pages_fit_the_screen(
    browser: webdriver.Chrome, audit_site: str, size: tuple[int, int]
) -> None:
    for path in AUDIT_PAGES:
        look(browser, audit_site + path, size, f"audit-{name_of(path)}")


def test_scripts_of_pages_are_off(browser: webdriver.Chrome) -> None:
    browser.get("data:text/html,<p>off</p><script>document.body.textContent='on'</script>")

    assert browser.find_element(By.TAG_NAME, "p").text == "off"


def test_from_a_sentence_of_the_report_to_what_is_behind_it(
    browser: webdriver.Chrome, site: str
) -> None:
    browser.get(site)
    follow(browser, By.PARTIAL_LINK_TEXT, "法治政府建设年度报告")
    follow(browser, By.CSS_SELECTOR, 'a[data-figure="F16"]')

    assert browser.find_element(By.TAG_NAME, "h1").text == "发放低保金额"
    assert "1,900.00 元" in browser.find_element(By.TAG_NAME, "main").text


def test_the_auditor_goes_from_a_figure_to_the_bytes(
    browser: webdriver.Chrome, audit_site: str
) -> None:
    browser.get(f"{audit_site}/figures/F16")
    follow(browser, By.LINK_TEXT, "现在")
    assert "2,000.00 元" in browser.find_element(By.TAG_NAME, "main").text
    follow(browser, By.LINK_TEXT, "明细行")
    follow(browser, By.CSS_SELECTOR, 'tbody a[href^="/entries/"]')

    assert '"amount_fen": 50000' in browser.find_element(By.TAG_NAME, "pre").text


def test_the_moment_is_chosen_with_a_form(browser: webdriver.Chrome, audit_site: str) -> None:
    browser.get(f"{audit_site}/figures/F16")
    field = browser.find_element(By.NAME, "known")
    field.send_keys("2024-01-20")
    follow(browser, By.CSS_SELECTOR, ".moment button")

    assert "1,500.00 元" in browser.find_element(By.TAG_NAME, "main").text
    assert browser.find_element(By.CSS_SELECTOR, ".historic").is_displayed()


def test_the_keyboard_finds_the_way_past_the_navigation(
    browser: webdriver.Chrome, site: str
) -> None:
    browser.get(f"{site}/figures/F16")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    focused = browser.switch_to.active_element

    assert focused.text == "跳到正文"
    assert focused.is_displayed()


def test_what_waits_is_a_note_on_the_method_below_the_figure(
    browser: webdriver.Chrome, site: str
) -> None:
    browser.get(f"{site}/figures/F16")
    note = browser.find_element(By.CSS_SELECTOR, ".method")

    assert note.is_displayed()
    assert "其中写明的金额共 400.00 元。" in note.text
    assert note.location["y"] > browser.find_element(By.TAG_NAME, "h1").location["y"]
    assert not browser.find_elements(By.CSS_SELECTOR, ".waiting")


def on_paper(browser: webdriver.Chrome, selector: str, value: str) -> str:
    """How the first such element is shown in print."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    found = browser.find_element(By.CSS_SELECTOR, selector).value_of_css_property(value)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    return found


def test_paper_bears_what_a_page_says_and_no_way_from_it(
    browser: webdriver.Chrome, site: str
) -> None:
    """The total of a table that goes over two pages stood on both."""
    browser.get(f"{site}/figures/F28")
    for selector in ("header.site nav", ".find", ".looks", ".crumbs", ".downloads"):
        assert browser.find_element(By.CSS_SELECTOR, selector).is_displayed(), selector
        assert on_paper(browser, selector, "display") == "none", selector
    assert on_paper(browser, "tfoot", "display") == "table-row-group"
    assert on_paper(browser, "thead", "display") == "table-header-group"
    assert on_paper(browser, ".address", "display") == "block"
    assert not browser.find_element(By.CSS_SELECTOR, ".address").is_displayed()
    browser.get(f"{site}/reports/2024?view=print")
    assert not browser.find_element(By.CSS_SELECTOR, "header.site nav").is_displayed()
    assert browser.find_element(By.CSS_SELECTOR, ".how").is_displayed()
    assert on_paper(browser, ".how", "display") == "none"


def test_a_draft_bears_its_mark_on_each_page_of_paper_and_a_report_does_not(
    browser: webdriver.Chrome, site: str, audit_site: str
) -> None:
    for path in ("/reports/2024?known=now", "/reports/2024.html?known=now"):
        browser.get(f"{audit_site}{path}")
        mark = browser.find_element(By.CSS_SELECTOR, ".watermark")
        assert not mark.is_displayed(), path
        assert on_paper(browser, ".watermark", "display") == "block", path
        assert on_paper(browser, ".watermark", "position") == "fixed", path
    browser.get(f"{site}/reports/2024")
    assert not browser.find_elements(By.CSS_SELECTOR, ".watermark")


def test_a_search_from_the_head_of_a_page_keeps_the_look(
    browser: webdriver.Chrome, site: str
) -> None:
    browser.get(f"{site}/figures?view=elder")
    box = browser.find_element(By.ID, "find")
    with leaving(browser):
        box.send_keys("低保金额", Keys.ENTER)
    assert "view=elder" in browser.current_url
    assert "F16 发放低保金额" in browser.find_element(By.TAG_NAME, "main").text
