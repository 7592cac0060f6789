"""Whether a process works in the database as somebody who could change what is recorded.

Entries are append-only for whoever is neither a superuser nor the owner of their table: those two
switch the triggers off in one statement. So no service runs as one of them on a ledger that is no
sample.
"""

from __future__ import annotations

import asyncpg

from infra.alarm import Alarm
from ledger import store

_MIGHTY = """
SELECT rolname FROM pg_roles WHERE rolname = session_user AND (rolsuper OR EXISTS (
    SELECT FROM pg_class WHERE pg_class.oid = to_regclass('ledger.entry')
    AND pg_has_role(session_user, relowner, 'MEMBER')
))
"""


class TooMighty(Alarm):
    """The user of the database could change what is recorded."""

    def __init__(self, who: str) -> None:
        super().__init__(
            f"数据库用户 {who} 能改动已入账的记录，服务不能以它运行：mingjian roles --apply"
            " 建立各服务自己的用户，MINGJIAN_DATABASE_URL 写那个用户"
            f" / the database user {who} may change what is recorded: no service runs as it;"
            " mingjian roles --apply, then name the service's own user in MINGJIAN_DATABASE_URL"
        )


async def who(connection: asyncpg.Connection) -> str | None:
    """The user of this connection if it may change what is recorded; None if it may not."""
    name: str | None = await connection.fetchval(_MIGHTY)
    return name


async def refuse(connection: asyncpg.Connection) -> None:
    """Raise TooMighty for a service that could change a ledger that is no sample."""
    name = await who(connection)
    if name is None or not await store.exists(connection):
        return
    if await connection.fetchval("SELECT EXISTS (SELECT FROM ledger.ledger WHERE NOT sample)"):
        raise TooMighty(name)
