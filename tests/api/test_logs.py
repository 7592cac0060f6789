"""What the pages write to their log: that something failed, and where; nothing from outside."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from api.app import create_app
from api.view import View
from infra import logging as logs
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from reports.definitions import Definitions

QUOTED = "示例甲 445102198001010012"
EVIL = "/figures/F16%1b%5b2J%e2%80%ae%0aforged"
PERSON = "/figures/445102198001010012"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """The log."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    made = io.StringIO()
    logs.configure(Settings(log_json=True), made)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the browser of these tests
    yield made
    root.handlers[:], root.level = before


@pytest.fixture
async def public(filled: str) -> AsyncIterator[httpx.AsyncClient]:
    """The pages of a small ledger."""
    app = create_app(Settings(database_url=with_user(filled, Role.API)), auditor=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as made,
    ):
        yield made


@pytest.mark.parametrize(
    ("error", "status"),
    [(ValueError(QUOTED), 500), (asyncpg.DataError(QUOTED), 503), (KeyError(QUOTED), 500)],
)
@pytest.mark.parametrize("path", [EVIL, PERSON, "/figures/F16"])
async def test_an_error_is_its_type_and_place_and_the_address_is_escaped(
    public: httpx.AsyncClient,
    out: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    path: str,
) -> None:
    """A traceback with the exception's text stood in the log, and ESC of the public's address."""

    async def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(View, "moment", fails)
    monkeypatch.setattr(View, "defined", Definitions(_any_figure(path), {}))
    assert (await public.get(f"{path}?known=secret")).status_code == status
    written = out.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    (line,) = [line for line in lines if line["logger"] == "mingjian.api"]
    assert line["error"].endswith(type(error).__name__)
    assert re.match(r"test_logs.py:\d+ fails", line["where"])
    assert line["path"].startswith("/figures/")
    for secret in ("示例甲", "0012", "secret", "forged\n", "\x1b", "\u202e"):
        assert secret not in written


def _any_figure(path: str) -> dict[str, Any]:
    """Whatever the address names is a figure: so that its page fails, and not the address."""
    return {str(httpx.URL(path).path.removeprefix("/figures/")): None}
