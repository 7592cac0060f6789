"""Services as users of the database of their own, on servers that let in whom they know by name."""

from __future__ import annotations

import asyncpg

from infra.postgres import with_user
from infra.roles import LOGINS, Role


async def let_in(admin: asyncpg.Connection) -> None:
    """Let each role of a server log in; what it may do there, its databases say."""
    for role in LOGINS:
        await admin.execute(
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object"
            f" OR unique_violation THEN ALTER ROLE {role} LOGIN; END $$"
        )


def as_service(url: str, name: str) -> str:
    """The address of a database for the user that a service is there; of others as it is."""
    return with_user(url, Role[name.upper()]) if name.upper() in Role.__members__ else url
