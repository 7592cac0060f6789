"""The roles of the database: which there are, and working as one of them.

Each service connects as a role of its own and may do there what its work needs (ledger/rights.py).
None is a superuser, and the owner of the ledger's tables logs in nowhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

import asyncpg


class Role(StrEnum):
    """A role of the database; its name there."""

    OWNER = "mingjian_owner"
    """Owns the schema of the ledger and all in it; only a migration works as it."""
    INTAKE = "mingjian_intake"
    """Takes events in: the intake, and the gateway where there is no Kafka."""
    RELAY = "mingjian_relay"
    PROJECTOR = "mingjian_projector"
    """Owns the read models."""
    GATEWAY = "mingjian_gateway"
    """The gateway with Kafka: looks up what became of events, and writes nothing."""
    API = "mingjian_api"
    """The public pages."""
    AUDITOR = "mingjian_auditor"
    """The auditor's and the staff's view."""
    DESK = "mingjian_desk"
    """What users do at the pages of that view: it adds to the journal, and to nothing else."""
    OPERATOR = "mingjian_operator"
    """Commands: may do what the services may, and what people decide."""


LOGINS = tuple(role for role in Role if role is not Role.OWNER)
Groups = dict[Role, tuple[Role, ...]]
MEMBERS: Groups = {
    Role.OPERATOR: (Role.INTAKE, Role.RELAY, Role.PROJECTOR, Role.GATEWAY, Role.AUDITOR),
}
"""Who has the rights of others by itself."""
MAY_BECOME: Groups = {
    Role.INTAKE: (Role.PROJECTOR,),
    Role.GATEWAY: (Role.PROJECTOR, Role.INTAKE),
}
"""Who may work as another when it says so: to fold without Kafka, for lint, which rolls back, and
for rosters, which are compared with persons as they were told."""


@asynccontextmanager
async def acting(connection: asyncpg.Connection, role: Role) -> AsyncIterator[None]:
    """A transaction, or a savepoint, that is worked in as a role: what it makes is that role's."""
    async with connection.transaction():
        before = await connection.fetchval("SELECT current_setting('role')")
        await connection.execute(f"SET LOCAL ROLE {role}")
        yield
        await connection.execute(f"SET LOCAL ROLE {before}")


async def become(connection: asyncpg.Connection, role: Role) -> None:
    """Work as another role from here on, where this user may."""
    await connection.execute(
        "SELECT set_config('role', $1, false) WHERE pg_has_role(session_user, $1, 'SET')", role
    )
