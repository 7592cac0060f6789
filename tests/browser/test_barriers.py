"""Barriers for readers: axe on every sort of page, at both widths; zoom, targets, wishes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.chromium import DESK, PHONE, SHOTS, barriers, sized
from tests.crawl.walk import Answer, shape, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LEAST_TARGET = 24
"""Pixels of a target that is no word of a sentence (WCAG 2.2, 2.5.8)."""
SMALL = f"""
return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter(one => {{
    const box = one.getBoundingClientRect();
    const inline = one.closest("p, li, td, th, dd, dt, caption, h1, h2, h3, label");
    return box.width && !one.matches(".skip") && !inline
      && (box.height < {LEAST_TARGET} || box.width < {LEAST_TARGET});
  }}).map(one => one.outerHTML.slice(0, 120));
"""


def sort_of(answer: Answer) -> frozenset[tuple[str, str, str]]:
    """What a page is built of: those of one template, with the same parts, are of one sort."""
    return frozenset(
        (one.tag, one.attributes.get("class", ""), one.attributes.get("type", ""))
        for one in answer.page.all()
    )


Sorts = dict[frozenset[tuple[str, str, str]], str]


def sorts(address: str, cookies: dict[str, str] | None = None) -> Sorts:
    """The address of one page of each sort, refusals too."""

    async def walked() -> list[Answer]:
        async with httpx.AsyncClient(base_url=address, cookies=cookies, timeout=60) as client:
            site = await walk(client, ("/", "/nowhere"), most=1, bare=True)
            return [each for each in site.answers.values() if each.is_page]

    found: Sorts = {}
    for each in asyncio.run(walked()):
        found.setdefault(sort_of(each), address + each.address)
    return found


@pytest.fixture(scope="module")
def public(site: str) -> Sorts:
    return sorts(site)


@pytest.fixture(scope="module")
def auditors(audit_site: str, browser: webdriver.Chrome) -> Sorts:
    cookies = {each["name"]: each["value"] for each in browser.get_cookies()}
    return sorts(audit_site, cookies)


def told(
    browser: webdriver.Chrome, addresses: Iterable[str], *sizes: tuple[int, int]
) -> Iterator[str]:
    """Faults at some widths, with a picture of each page."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for address in addresses:
        for size in sizes:
            sized(browser, *size)
            browser.get(address)
            where = f"{shape(urlsplit(address).path)} at {size[0]}"
            yield from (f"{where}: {each}" for each in barriers(browser))
            yield from (f"{where}: small: {each}" for each in browser.execute_script(SMALL))
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            if wide > size[0]:
                yield f"{where}: scrolls sideways, {wide}"


def test_no_barrier_on_any_sort_of_public_page(browser: webdriver.Chrome, public: Sorts) -> None:
    assert len(public) > 12
    faults = list(told(browser, public.values(), PHONE, DESK))
    assert not faults, "\n".join(faults)


def test_no_barrier_on_any_sort_of_the_auditors_pages(
    browser: webdriver.Chrome, auditors: Sorts
) -> None:
    """Auditors work at a desk."""
    faults = list(told(browser, auditors.values(), DESK))
    assert not faults, "\n".join(faults)


def test_twice_as_large_nothing_is_lost(browser: webdriver.Chrome, public: Sorts) -> None:
    """A window of 1280 at 200 % is 640 wide: nothing scrolls sideways."""
    for address in public.values():
        sized(browser, 640, 450)
        browser.get(address)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= 640, (address, wide)


def test_a_reader_s_own_colours_and_wish_for_rest_are_kept(
    browser: webdriver.Chrome, site: str
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {
            "features": [
                {"name": "forced-colors", "value": "active"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]
        },
    )
    try:
        browser.get(f"{site}/figures/F16")
        moving = browser.execute_script(
            "return [...document.querySelectorAll('*')].filter(one => {"
            "const s = getComputedStyle(one); return s.animationName !== 'none'"
            " || s.transitionDuration.split(',').some(d => parseFloat(d) > 0);}).length"
        )
        assert moving == 0
        link = browser.find_element(By.CSS_SELECTOR, "header a.brand")
        assert link.value_of_css_property("color") != "rgb(255, 255, 255)"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
