"""A gateway to send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.gateway.app import create_gateway
from infra.settings import Settings
from tests.support.databases import filled
from tests.support.gateway import fill
from tests.support.serving import threaded


@pytest.fixture(scope="module")
def gateway(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a gateway over a live ledger, without keys: this machine only."""
    with filled(server_url, request.module.__name__.rpartition("_")[2], fill) as url:
        app = create_gateway(Settings(database_url=url), lambda error: pytest.fail(str(error)))
        with threaded(app) as port:
            yield f"http://127.0.0.1:{port}"
