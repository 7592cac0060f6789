"""Users of every role on the small published ledger, and clients of the inside view for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
from starlette.applications import Starlette

from api.app import create_app
from infra import postgres
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from ledger import users
from ledger.journal import Said
from ledger.seal import Sealer
from ledger.users import User
from tests.support.databases import copied, template
from tests.support.ledger import LEDGER, url_of
from tests.support.published import STREET, fill

SECURITY = "sec"
BY_SECURITY = Said(SECURITY, "按岗位设立")
EVERYBODY = (
    User(SECURITY, "security-administrator"),
    User("sys", "system-administrator"),
    User("aud-adm", "audit-administrator"),
    User("auditor-a", "auditor"),
    User("staff-a", "staff", frozenset({"assistance"}), frozenset({"445102100"})),
    User("staff-b", "staff", frozenset({"assistance"}), frozenset({STREET})),
    User("staff-c", "staff", frozenset({"placename"})),
)
"""staff-a is of the township of DB-1 and DB-2, staff-b of that of DB-3, staff-c of another line."""
TOKENS: dict[str, dict[str, str]] = {}
"""Address of a database → name → token."""


@contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """URL of a copy of the small published ledger with a user of every role."""
    with copied(server_url, name, peopled) as url:
        TOKENS[url] = TOKENS[url_of(server_url, template(server_url, peopled))]
        yield url


def sealer() -> Sealer:
    return Sealer(Settings().secret, LEDGER)


async def peopled(url: str) -> None:
    """The small published ledger, with a user of every role."""
    await fill(url)
    async with postgres.connect(url) as connection:
        TOKENS[url] = await admit_all(connection)


async def admit_all(connection: asyncpg.Connection) -> dict[str, str]:
    """Name → token."""
    for user in EVERYBODY:
        await users.admit(connection, sealer(), LEDGER, user, BY_SECURITY)
    return {user.name: await token_of(connection, user.name) for user in EVERYBODY}


async def token_of(connection: asyncpg.Connection, name: str, days: int = 1) -> str:
    until = datetime.now(UTC) + timedelta(days=days)
    return await users.issue(connection, sealer(), LEDGER, name, until, BY_SECURITY)


@asynccontextmanager
async def inside(url: str, **settings: str) -> AsyncIterator[Starlette]:
    """The inside view over a database."""
    given: Mapping[str, str] = {
        "database_url": with_user(url, Role.AUDITOR),
        "desk_database_url": with_user(url, Role.DESK),
    } | settings
    said = {name: value for name, value in given.items() if value}  # as of the environment
    app = create_app(Settings.model_validate(said), auditor=True, by="tester")
    async with app.router.lifespan_context(app):
        yield app


def browser(
    app: Starlette, *, address: str = "127.0.0.1", base: str = "http://127.0.0.1:8000"
) -> httpx.AsyncClient:
    """A client that has not signed in, at an address."""
    transport = httpx.ASGITransport(app, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url=base)


def bearing(token: str, purpose: str = "test") -> dict[str, str]:
    """What a program sends along."""
    return {"authorization": f"Bearer {token}", "mingjian-purpose": purpose}
