"""The ledger secret: strong at creation, its own at every opening, from a file, and in no log."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from pydantic import ValidationError

from infra import logging as logs
from infra.postgres import connect, with_user
from infra.roles import LOGINS, Role
from infra.scram import verifier
from infra.settings import SAMPLE_SECRET, Settings
from ledger import linting, secret
from ledger.seal import Sealer, WrongSecret
from ledger.secret import WeakSecret
from projections import opening
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household
from tests.support.process import mingjian

OURS = "of this bureau alone: 7f3c19ab02d5"
OTHER = "of another bureau, alone: 19c7f3ab02d5"


def settings(said: str | None, url: str | None = "postgresql://unused") -> Settings:
    return Settings(database_url=url, ledger_secret=said)


@pytest.mark.parametrize(
    ("text", "strong"),
    [
        ("k9F+3xQz1vT0mYbLr7uWcJ2hNd5gSa8E", True),  # 32 letters and digits
        ("5be0741c9a63f28d17c0e94ab35d8f62", True),  # openssl rand -hex 16
        ("x" * 64, False),
        ("ab" * 40, False),
        ("0123456789" * 10, False),
        ("k9F+3xQz1vT0mYbLr7uWcJ2hNd5gSa8", False),  # 31
        ("", False),
    ],
)
def test_what_is_strong_enough(text: str, strong: bool) -> None:  # noqa: FBT001  a case
    assert (secret.weakness(text.encode()) is None) == strong


@pytest.mark.parametrize("kind", ["live", "replay"])
async def test_a_ledger_that_is_no_sample_is_made_with_a_strong_secret(
    connection: asyncpg.Connection, kind: str
) -> None:
    with pytest.raises(WeakSecret, match="openssl rand"):
        await opening.create_ledger(connection, LEDGER, kind, settings("a" * 40))
    assert await connection.fetchval("SELECT count(*) FROM ledger.ledger") == 0
    made = await opening.create_ledger(connection, LEDGER, kind, settings(OURS))
    assert not made.sample


OPENINGS: dict[str, Callable[[asyncpg.Connection, str | None], Awaitable[object]]] = {
    "open": lambda c, s: opening.open_ledger(c, LEDGER, settings(s)),
    "create": lambda c, s: opening.create_ledger(c, LEDGER, "live", settings(s)),
    "sealer": lambda c, s: secret.sealer(c, (s or SAMPLE_SECRET).encode(), LEDGER),
    "lint": lambda c, s: linting.judge(c, LEDGER, (s or SAMPLE_SECRET).encode(), []),
}


@pytest.mark.parametrize("how", OPENINGS)
@pytest.mark.parametrize("given", [OTHER, None], ids=["another's", "none"])
async def test_with_another_secret_nothing_is_opened(
    connection: asyncpg.Connection, how: str, given: str | None
) -> None:
    """Also where nothing is recorded yet, and where all that is names persons."""
    await opening.create_ledger(connection, LEDGER, "live", settings(OURS))
    with pytest.raises(WrongSecret, match="MINGJIAN_LEDGER_SECRET"):
        await OPENINGS[how](connection, given)


async def test_who_only_reads_needs_no_secret_but_none_of_another(
    connection: asyncpg.Connection,
) -> None:
    await opening.create_ledger(connection, LEDGER, "live", settings(OURS))
    assert (await opening.require_ledger(connection, LEDGER, settings(None))).name == LEDGER
    with pytest.raises(WrongSecret):
        await opening.require_ledger(connection, LEDGER, settings(OTHER))


async def test_a_ledger_of_before_learns_its_secret_from_what_it_holds(
    connection: asyncpg.Connection,
) -> None:
    """An entry that names persons tells it, by its mac."""
    await (await Bench.open(connection)).tell(a_household("DB-1"))
    await connection.execute("UPDATE ledger.ledger SET secret_check = NULL")
    kept = "SELECT secret_check FROM ledger.ledger"
    with pytest.raises(WrongSecret):
        await secret.sealer(connection, OTHER.encode(), LEDGER)
    assert await connection.fetchval(kept) is None
    await secret.sealer(connection, SAMPLE_SECRET.encode(), LEDGER)
    assert await connection.fetchval(kept) == Sealer(SAMPLE_SECRET.encode(), LEDGER).check


async def test_who_may_not_write_it_proves_it_all_the_same(
    connection: asyncpg.Connection, database_url: str
) -> None:
    await (await Bench.open(connection)).tell(a_household("DB-1"))
    await connection.execute("UPDATE ledger.ledger SET secret_check = NULL")
    async with connect(with_user(database_url, Role.GATEWAY)) as gateway:
        await secret.sealer(gateway, SAMPLE_SECRET.encode(), LEDGER)
        with pytest.raises(WrongSecret):
            await secret.sealer(gateway, OTHER.encode(), LEDGER)


# Files, and the log.


def test_secrets_stand_in_files(tmp_path: Path) -> None:
    ours, password = tmp_path / "secret", tmp_path / "password"
    ours.write_text(f"{OURS}\n")
    password.write_text("p/w@1:2\n")
    url = "postgresql://mingjian_api@db:5432/mingjian"
    given = Settings(ledger_secret_file=ours, database_url=url, database_password_file=password)
    assert given.secret == OURS.encode()
    assert given.database_url == "postgresql://mingjian_api:p%2Fw%401%3A2@db:5432/mingjian"
    desk = "postgresql://mingjian_desk@db/mingjian"
    both = Settings(desk_database_url=desk, desk_database_password_file=password)
    assert both.desk_database_url == "postgresql://mingjian_desk:p%2Fw%401%3A2@db/mingjian"
    assert {"p/w@1:2", "p%2Fw%401%3A2"} <= set(both.secrets), "what no log may hold"
    whole = tmp_path / "url"
    whole.write_text(url)
    assert Settings(database_url_file=whole).database_url == url
    ours.chmod(0o666)
    with pytest.raises(ValidationError, match="chmod 600"):
        Settings(ledger_secret_file=ours)


@pytest.mark.parametrize(
    "url", [None, "postgresql://db/mingjian", "postgresql://a:b@db/mingjian", "postgresql://@db/x"]
)
def test_a_password_is_of_the_user_that_the_address_names(tmp_path: Path, url: str | None) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    with pytest.raises(ValidationError, match="USER@HOST"):
        Settings(database_url=url, database_password_file=password)


@pytest.mark.parametrize(
    "said",
    [
        f"it said {OURS} there",
        "cannot reach postgresql://mingjian_api:hush@db:5432/mingjian",
        "cannot reach postgresql://mingjian_api:p%2Fw@db",
        "password=hush and more",
        'sasl_plain_password: "hush"',
        "Authorization: Bearer hush",
        "key mj_00ff_hush",
        "set to SCRAM-SHA-256$4096:hush",
    ],
)
def test_no_secret_stands_in_the_log(said: str) -> None:
    """Neither those of this process, nor what looks like one in what a library says."""
    out, root = io.StringIO(), logging.getLogger()
    before = list(root.handlers), root.level
    given = Settings(
        database_url="postgresql://mingjian_api:p%2Fw@db", ledger_secret=OURS, log_json=True
    )
    logs.configure(given, out)
    try:
        logs.get("mingjian.intake").error("stopped", fault=said)
        logging.getLogger("aiokafka").error(said)
    finally:
        root.handlers[:], root.level = before
        logs.configure(Settings(), io.StringIO())
        root.handlers[:], root.level = before
    assert out.getvalue().count("…") >= 2
    assert not any(word in out.getvalue() for word in (OURS, "hush", "p%2Fw", "p/w"))


# Passwords of the database.


def test_a_password_is_sent_as_the_server_keeps_it() -> None:
    """The example of RFC 7677 §3: user "user", password "pencil"."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    stored = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
    server = "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    assert verifier("pencil", salt) == (
        f"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==${stored}:{server}"
    )


async def test_each_user_logs_in_with_the_password_in_its_file(
    database_url: str, server_url: str, tmp_path: Path
) -> None:
    given = Settings(database_url=database_url, home=tmp_path / "home")
    made = await mingjian(given, "roles", "--apply", "--secrets", str(tmp_path))
    assert made[0] == 0, made[1]
    files = {role: tmp_path / role for role in LOGINS}
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o600}
    before = {role: file.read_text() for role, file in files.items()}
    again = await mingjian(given, "roles", "--apply", "--secrets", str(tmp_path))
    assert again[0] == 0, again[1]
    assert {role: file.read_text() for role, file in files.items()} == before
    async with passwords_asked(database_url, server_url):
        for role, password in before.items():
            url = with_user(database_url, role, password.strip())
            async with connect(url) as connection:
                assert await connection.fetchval("SELECT session_user") == role
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(with_user(database_url, role, "another"))


@asynccontextmanager
async def passwords_asked(url: str, server_url: str) -> AsyncIterator[None]:
    """Have the server ask for passwords in this database, of all but its superuser."""
    name = url.partition("?")[0].rpartition("/")[2]
    async with connect(server_url) as admin:
        file = Path(await admin.fetchval("SHOW hba_file"))
        plain = file.read_text()  # noqa: ASYNC240  a few lines
        asked = f"local {name} postgres trust\nlocal {name} all scram-sha-256\n"
        try:
            file.write_text(asked + plain)  # noqa: ASYNC240
            await admin.execute("SELECT pg_reload_conf()")
            await asyncio.sleep(0.5)  # the postmaster reads it when it hears of it
            yield
        finally:
            file.write_text(plain)  # noqa: ASYNC240
            await admin.execute("SELECT pg_reload_conf()")
