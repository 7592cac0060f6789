"""One Chromium and one ledger with something of everything for all tests in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium import webdriver

from infra import postgres
from tests.browser.chromium import let_in, opened, served
from tests.crawl.ledger import everything
from tests.support import registering
from tests.support.databases import made


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    made = opened()
    yield made
    made.quit()


@pytest.fixture(scope="session")
def everything_url(server_url: str, browser: webdriver.Chrome) -> Iterator[str]:
    """URL of its database; nothing is filled where there is no browser."""
    assert browser.session_id
    with everything(server_url, "looked_at") as url:
        yield url


@pytest.fixture(scope="session")
def site(everything_url: str) -> Iterator[str]:
    """Address of the public pages."""
    with served(everything_url, auditor=False) as address:
        yield address


@pytest.fixture(scope="session")
def register_site(server_url: str, browser: webdriver.Chrome) -> Iterator[str]:
    """Address of the public pages over a ledger with what stands on registers, and no more."""
    assert browser.session_id
    with (
        made(server_url, "registers_looked_at", registers) as url,
        served(url, auditor=False) as address,
    ):
        yield address


async def registers(url: str) -> None:
    async with postgres.connect(url) as connection:
        await registering.fill(connection)


@pytest.fixture(scope="session")
def audit_site(everything_url: str, browser: webdriver.Chrome) -> Iterator[str]:
    """Address of the inside view, into which the link let the browser; its purpose is said."""
    with served(everything_url, auditor=True) as link:
        yield let_in(browser, link)
