"""The gateway's pages in a browser without scripts: a roster is chosen, looked at and confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from api.gateway.app import create_gateway
from infra.settings import Settings
from tests.browser.chromium import DESK, PHONE, SHOTS, barriers, follow, sized
from tests.rosters.conftest import BING, DIBAO, JIA, a_row
from tests.support.databases import filled
from tests.support.gateway import fill
from tests.support.rosters import text
from tests.support.serving import threaded

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEND, PREVIEW = '//button[@value="send"]', '//button[@value="preview"]'


@pytest.fixture(scope="module")
def gateway_site(server_url: str, browser: webdriver.Chrome) -> Iterator[str]:
    """Address of a gateway over a live ledger with nothing in it."""
    assert browser.session_id
    with filled(server_url, "gateway_looked_at", fill) as url:
        app = create_gateway(Settings(database_url=url), lambda error: pytest.fail(str(error)))
        with threaded(app) as port:
            yield f"http://127.0.0.1:{port}"


def shown(browser: webdriver.Chrome, name: str) -> str:
    """The text of the page that is open, in which nothing bars a reader at either width."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    for size in (DESK, PHONE):
        sized(browser, *size)
        browser.save_screenshot(str(SHOTS / f"gateway-{name}-{size[0]}.png"))
        faults += [f"{name} at {size[0]}: {each}" for each in barriers(browser)]
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        if wide > size[0]:
            faults.append(f"{name} at {size[0]}: scrolls sideways, {wide}")
    assert not faults, "\n".join(faults)
    return browser.find_element(By.TAG_NAME, "main").text


def choose(browser: webdriver.Chrome, site: str, path: Path) -> None:
    browser.get(f"{site}/rosters")
    browser.find_element(By.CSS_SELECTOR, 'option[value="dibao"]').click()
    browser.find_element(By.ID, "file").send_keys(str(path))
    browser.find_element(By.ID, "period").send_keys("2024-01")
    follow(browser, By.XPATH, PREVIEW)


def test_a_clerk_brings_a_roster(
    browser: webdriver.Chrome, gateway_site: str, tmp_path: Path
) -> None:
    """A wrong cell first, then the mended file, then the same file again."""
    roster = tmp_path / "低保.csv"
    browser.get(f"{gateway_site}/lint")
    shown(browser, "lint")
    browser.get(f"{gateway_site}/rosters")
    shown(browser, "rosters")
    roster.write_bytes(text([DIBAO, a_row("DB-1", JIA, "五百"), a_row("DB-2", BING)]))
    choose(browser, gateway_site, roster)
    said = shown(browser, "wrong")
    assert "G2" in said
    assert "下载标红的副本" in said
    roster.write_bytes(text([DIBAO, a_row("DB-1", JIA), a_row("DB-2", BING)]))
    choose(browser, gateway_site, roster)
    said = shown(browser, "preview")
    assert "确认报送 2 条事件" in said
    assert JIA.name not in said
    follow(browser, By.XPATH, SEND)
    assert "已记入 accepted\n2" in shown(browser, "sent")
    choose(browser, gateway_site, roster)
    assert "没有要报送的" in shown(browser, "again")
    browser.get(f"{gateway_site}/nowhere")
    assert "no-address" in browser.page_source
