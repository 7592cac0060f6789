"""A real Chromium that runs no scripts of pages, as many readers' browsers do not."""

from __future__ import annotations

import base64
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from api.app import create_app
from infra import postgres
from infra.roles import Role
from infra.settings import Settings

PHONE, DESK = (360, 740), (1280, 900)
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
"""Where pictures of pages are kept."""
TALLEST = 6_000
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
AXE = """
const [tags, done] = [arguments[0], arguments[arguments.length - 1]];
axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]}).then(
  found => done(found.violations.flatMap(rule => rule.nodes.map(
    node => rule.id + " (" + rule.impact + "): " + node.html.slice(0, 160)))),
  error => done(["axe failed: " + error]));
"""


def opened() -> webdriver.Chrome:
    """Start a Chromium; the test is skipped, and says so, where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip(
            "NO CHROMIUM: pages were not looked at (apt-get install chromium chromium-driver)"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    made.set_script_timeout(60)
    scripts(made, allowed=False)
    return made


def scripts(browser: webdriver.Chrome, *, allowed: bool) -> None:
    """Whether pages may run scripts; those of a test always may, but for what they wait for."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})


def sized(browser: webdriver.Chrome, width: int, height: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def look(browser: webdriver.Chrome, address: str, size: tuple[int, int], name: str) -> None:
    """Open a page at a width, keep a picture of it, and test what every page must be."""
    width, height = size
    sized(browser, width, height)
    browser.get(address)
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    tall = browser.execute_script("return document.documentElement.scrollHeight")
    sized(browser, width, min(tall, TALLEST))
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SHOTS / f"{name}-{width}.png"))
    assert wide <= width, f"{address} scrolls sideways at {width}: {wide}"
    assert "示例数据，非官方发布" in browser.find_element(By.TAG_NAME, "body").text
    driver: Any = browser  # selenium leaves get_log without types
    errors = [line for line in driver.get_log("browser") if "status of 40" not in line["message"]]
    assert not errors, errors


def follow(browser: webdriver.Chrome, by: str, what: str) -> None:
    """Click a link or a button, and wait for the page it leads to."""
    with leaving(browser):
        browser.find_element(by, what).click()


@contextmanager
def leaving(browser: webdriver.Chrome) -> Iterator[None]:
    """Wait, afterwards, for the page that is led to.

    A click may return before a form's answer is there: what is found then is the old page's.
    """
    left = browser.find_element(By.TAG_NAME, "html")
    yield
    WebDriverWait(browser, 60).until(expected_conditions.staleness_of(left))
    WebDriverWait(browser, 60).until(
        lambda driver: driver.execute_script("return document.readyState") == "complete"
    )


@cache
def _axe() -> str:
    (file,) = [each for each in files("axe-playwright-python") or () if each.name == "axe.min.js"]
    return file.read_text(encoding="utf-8")


def barriers(browser: webdriver.Chrome) -> list[str]:
    """What axe finds on the page that is open: WCAG 2.2 AA and what is good practice.

    It is the driver's script, which no policy of the page keeps out.
    """
    scripts(browser, allowed=True)
    try:
        browser.execute_script(_axe())
        found: list[str] = browser.execute_async_script(AXE, list(TAGS))
    finally:
        scripts(browser, allowed=False)
    return found


def printed(browser: webdriver.Chrome) -> bytes:
    """The page that is open as PDF, as its own style would have it on paper."""
    told = browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False}
    )
    return base64.b64decode(told["data"])


def let_in(browser: webdriver.Chrome, link: str) -> str:
    """Let a browser in by the link, and say a purpose; the address of the inside view."""
    browser.get(link)
    follow(browser, By.LINK_TEXT, "写明")
    browser.find_element(By.NAME, "purpose").send_keys("2024 年专项审计")
    follow(browser, By.XPATH, "//button[.='确定']")
    return link.partition("/?")[0]


@contextmanager
def served(url: str, *, auditor: bool) -> Iterator[str]:
    """Where a browser begins: a port of this machine, for an auditor with the link's token."""
    given = Settings(database_url=url, desk_database_url=postgres.with_user(url, Role.DESK))
    app = create_app(given, auditor=auditor)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield app.state.gate.link("127.0.0.1", port) if auditor else f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
