"""`mingjian verify` names what was altered, also by one who knows everything but the secret.

Each tampering is done as the superuser of the database, with the triggers switched off, leaves and
counters adjusted as far as they need no secret; then verified, and rolled back.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from infra import postgres
from infra.settings import Settings
from ledger import migration, unpublished
from ledger.leaf import leaf_of
from ledger.seal import WrongSecret
from ledger.store import ENTRY_COLUMNS, LedgerMissing, LedgerRestoring
from projections import tail
from projections.read_model import SCHEMA
from tests.support.engine import altered, read_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench, event, url_of
from tests.support.money import a_household, a_payment
from tests.support.rebuilding import ACCEPT
from tests.upkeep import release
from tests.upkeep.test_migration import command as mingjian
from upkeep.verification import driver
from upkeep.verification.driver import Verified

LONG = 40
"""Payments of one case: its state is kept beside the ledger."""
MONTHS = [f"{2021 + n // 12}-{n % 12 + 1:02d}" for n in range(LONG)]
LINES = [
    *in_turn(history(), [BANK, OFFICE, STANDARDS] * 20),
    event(OFFICE, "c-7", a_household("DB-7")),
    *(event(BANK, f"l-{month}", a_payment("DB-7", 70_000, month)) for month in MONTHS),
    b"not json",
    altered(event(BANK, "q-1", a_payment("DB-1", 12_300, "2024-09")), {"programme": "pension"}),
    event(OFFICE, "c-8", a_household("DB-8")),
    event(BANK, "l-last", a_payment("DB-7", 70_000, "2024-12")),
]
SECRET, PREFIX = Settings().secret, Settings().kafka_prefix


async def verify(
    connection: asyncpg.Connection, secret: bytes = SECRET, name: str = LEDGER
) -> Verified:
    return await driver.verify(connection, secret, name, PREFIX, lambda *_: lambda _: None)


def kinds(made: Verified) -> set[str]:
    return set(made.differences.kinds)


@pytest.fixture(scope="module")
def filled(server_url: str) -> str:
    """URL of a database with the ledger that is tampered with; every change is rolled back."""
    url = url_of(server_url, "verified")

    async def make() -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute("CREATE DATABASE verified")
        async with postgres.connect(url) as connection:
            await (await Bench.open(connection)).take(*LINES, batch=7)

    asyncio.run(make())
    return url


@pytest.fixture
async def superuser(filled: str) -> AsyncIterator[asyncpg.Connection]:
    """Who may do everything, triggers included, and does not know the ledger secret."""
    async with postgres.connect(filled) as connection:
        changes = connection.transaction(isolation="repeatable_read")
        await changes.start()
        await connection.execute(
            f"SET LOCAL search_path = {SCHEMA}; SET LOCAL session_replication_role = replica"
        )
        yield connection
        await changes.rollback()


async def test_what_was_recorded_verifies(superuser: asyncpg.Connection) -> None:
    made = await verify(superuser)
    assert made.differences.as_json() == []
    assert made.ledger.position == made.entries.entries > LONG
    assert (made.entries.persons > 4, made.entries.forgotten) == (True, 0)
    rows = sum(map(len, (await read_dump(superuser)).values()))
    assert made.rows == rows
    assert made.put_aside == await superuser.fetchval(
        "SELECT (SELECT count(*) FROM ledger.parked) + (SELECT count(*) FROM ledger.quarantine)"
    )
    assert await superuser.fetchval("SELECT count(*) FROM ledger.stream_state") > 0


# Tampering. Each says which kinds of differences must be named, and those that must not, if any.

Tampering = Callable[[asyncpg.Connection], Awaitable[None]]
CASES: dict[str, tuple[set[str], set[str], Tampering]] = {}


def tampering(*named: str, no: tuple[str, ...] = ()) -> Callable[[Tampering], Tampering]:
    def keep(function: Tampering) -> Tampering:
        CASES[function.__name__] = set(named), set(no), function
        return function

    return keep


async def position_of(connection: asyncpg.Connection, event_id: str) -> int:
    position: int = await connection.fetchval(
        "SELECT position FROM ledger.entry WHERE event_id = $1", event_id
    )
    return position


async def forge_leaf(connection: asyncpg.Connection, *positions: int) -> None:
    """Make the leaves of these entries fit what is stored by now: that takes no secret."""
    for position in positions:
        (row,) = await unpublished.entries(connection, LEDGER, position - 1, position, 1)
        leaf = leaf_of([row[name] for name in ENTRY_COLUMNS], unpublished.parts_of(row))
        await connection.execute(
            "UPDATE ledger.entry SET leaf = $2 WHERE position = $1", position, leaf
        )


async def change_amount(connection: asyncpg.Connection) -> int:
    position = await position_of(connection, "l-2021-03")
    open_part = await connection.fetchval(
        "SELECT open FROM ledger.entry WHERE position = $1", position
    )
    assert b'"amount_fen":70000' in open_part
    await connection.execute(
        "UPDATE ledger.entry SET open = $2 WHERE position = $1",
        position,
        open_part.replace(b'"amount_fen":70000', b'"amount_fen":79000'),
    )
    return position


@tampering("leaf", "digest", "content", "read-model", no=("mac",))
async def t01_an_amount(connection: asyncpg.Connection) -> None:
    await change_amount(connection)


@tampering("mac", "digest", "content", no=("leaf", "read-model"))
async def t02_an_amount_its_leaf_and_its_row(connection: asyncpg.Connection) -> None:
    position = await change_amount(connection)
    await connection.execute(
        "UPDATE payment SET amount_fen = 79000 WHERE known_from = $1", position
    )
    await forge_leaf(connection, position)


@tampering("position", "version")
async def t03_an_entry_in_the_middle_is_deleted(connection: asyncpg.Connection) -> None:
    position = await position_of(connection, "l-2021-03")
    await connection.execute("DELETE FROM ledger.entry WHERE position = $1", position)
    await connection.execute("DELETE FROM payment WHERE known_from = $1", position)


@tampering("head", no=("position", "read-model", "version", "state"))
async def t04_the_last_entry_is_cut_off(connection: asyncpg.Connection) -> None:
    last = await connection.fetchval("SELECT position FROM ledger.ledger")
    assert last == await position_of(connection, "l-last")
    await connection.execute("DELETE FROM ledger.entry WHERE position = $1", last)
    for table in ("payment", "account", "late_record"):
        await connection.execute(f"DELETE FROM {table} WHERE known_from = $1", last)
    await connection.execute("UPDATE checkpoint SET position = position - 1")
    await connection.execute(
        "UPDATE ledger.ledger SET position = position - 1, last_recorded_at = (SELECT recorded_at"
        " FROM ledger.entry WHERE position = $1)",
        last - 1,
    )


@tampering("read-model", no=("leaf", "mac", "digest"))
async def t05_a_row_of_a_read_model(connection: asyncpg.Connection) -> None:
    position = await position_of(connection, "l-2021-03")
    await connection.execute(
        "UPDATE payment SET amount_fen = 79000 WHERE known_from = $1", position
    )


@tampering("mac", no=("leaf", "digest"))
async def t06_a_recording_time(connection: asyncpg.Connection) -> None:
    position = await position_of(connection, "l-2021-03")
    await connection.execute(
        "UPDATE ledger.entry SET recorded_at = (SELECT recorded_at FROM ledger.entry"
        " WHERE position = $1 - 1) WHERE position = $1",
        position,
    )
    await connection.execute(
        "UPDATE ledger.entry SET recorded_at = recorded_at + '1 microsecond' WHERE position = $1",
        position,
    )
    await forge_leaf(connection, position)


@tampering("time")
async def t06b_a_recording_time_that_goes_back(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "UPDATE ledger.entry SET recorded_at = recorded_at - '9 years'::interval"
        " WHERE event_id = 'l-2021-03'"
    )


@tampering("mac", no=("leaf", "digest"))
async def t07_breaches(connection: asyncpg.Connection) -> None:
    position = await position_of(connection, "l-2021-03")
    done = await connection.execute(
        "UPDATE ledger.entry SET breaches = CASE WHEN breaches IS NULL THEN '{late}'::text[] END"
        " WHERE position = $1",
        position,
    )
    assert done == "UPDATE 1"
    await forge_leaf(connection, position)


@tampering("mac", no=("leaf",))
async def t08_the_name_of_an_event(connection: asyncpg.Connection) -> None:
    position = await position_of(connection, "l-2021-03")
    await connection.execute(
        "UPDATE ledger.entry SET source = 'standards', event_id = 'x-1' WHERE position = $1",
        position,
    )
    await forge_leaf(connection, position)


@tampering("mac", no=("position",))
async def t09_two_entries_swapped(connection: asyncpg.Connection) -> None:
    first = await position_of(connection, "l-2021-03")
    await connection.execute(
        "UPDATE ledger.entry SET version = -version WHERE position IN ($1::bigint, $1 + 1)", first
    )
    for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
        await connection.execute(
            "UPDATE ledger.entry SET position = $2 WHERE position = $1", old, new
        )
    for position in (first, first + 1):
        await connection.execute(
            "UPDATE ledger.entry SET version = 1 + (SELECT max(version) FROM ledger.entry"
            " WHERE stream = 'case/DB-7' AND position < $1) WHERE position = $1",
            position,
        )
    await forge_leaf(connection, first, first + 1)


@tampering("parked")
async def t11_a_parked_row_is_deleted(connection: asyncpg.Connection) -> None:
    await connection.execute("DELETE FROM ledger.parked WHERE taken_at IS NULL AND number = 1")
    await connection.execute(
        "DELETE FROM ledger.parked WHERE number = (SELECT max(number) FROM ledger.parked)"
    )


@tampering("quarantine")
async def t12_a_quarantined_row_is_deleted(connection: asyncpg.Connection) -> None:
    await connection.execute("DELETE FROM ledger.quarantine WHERE number = 1")


@tampering("sealed", "mac", no=("leaf",))
async def t13_a_sealed_part_is_garbled(connection: asyncpg.Connection) -> None:
    position = await connection.fetchval("SELECT min(position) FROM ledger.sealed_part")
    await connection.execute(
        "UPDATE ledger.sealed_part SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
        " WHERE position = $1",
        position,
    )
    await forge_leaf(connection, position)


@tampering("sealed", no=("leaf", "mac"))
async def t14_all_keys_of_persons_are_replaced(connection: asyncpg.Connection) -> None:
    await connection.execute("UPDATE ledger.person_key SET key = sha256(key)")


@tampering("quarantine")
async def t15_what_a_quarantined_message_claims(connection: asyncpg.Connection) -> None:
    await connection.execute("UPDATE ledger.quarantine SET claims_fen = 1 WHERE number = 2")


@tampering("quarantine")
async def t15b_why_it_was_refused(connection: asyncpg.Connection) -> None:
    await connection.execute("UPDATE ledger.quarantine SET reason = 'not_json' WHERE number = 2")


@tampering("quarantine")
async def t15c_the_bytes_of_a_quarantined_message(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "UPDATE ledger.quarantine SET sealed = (SELECT sealed FROM ledger.quarantine"
        " WHERE number = 1) WHERE number = 2"
    )


@tampering("parked")
async def t15d_what_a_parked_event_waits_for(connection: asyncpg.Connection) -> None:
    done = await connection.execute(
        "UPDATE ledger.parked SET waits_for = 'stream:case/DB-1' WHERE taken_at IS NULL"
    )
    assert done != "UPDATE 0"


@tampering("mac", "digest", no=("leaf", "content"))
async def t16_a_digest(connection: asyncpg.Connection) -> None:
    position = await position_of(connection, "l-2021-03")
    await connection.execute(
        "UPDATE ledger.entry SET digest = sha256(digest) WHERE position = $1", position
    )
    await forge_leaf(connection, position)


@tampering("state", no=("mac",))
async def t17_a_state_is_invented(connection: asyncpg.Connection) -> None:
    done = await connection.execute(
        "UPDATE ledger.stream_state SET state = convert_to(replace(convert_from(state, 'UTF8'),"
        " '2021-03', '2031-03'), 'UTF8') WHERE stream = 'case/DB-7'"
    )
    assert done == "UPDATE 1"


@tampering("state")
async def t17b_a_state_of_a_stream_that_is_not_there(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "INSERT INTO ledger.stream_state SELECT (r).* FROM (SELECT r FROM ledger.stream_state AS r"
        " WHERE stream = 'case/DB-7') AS kept"
        " ON CONFLICT DO NOTHING"
    )
    await connection.execute(
        "UPDATE ledger.stream_state SET stream = 'case/DB-700' WHERE stream = 'case/DB-7'"
    )


@tampering("correction", no=("mac",))
async def a_correction_leads_elsewhere(connection: asyncpg.Connection) -> None:
    done = await connection.execute("UPDATE ledger.correction SET root = 1")
    assert done != "UPDATE 0"


@tampering("journal")
async def a_record_of_the_journal_is_deleted(connection: asyncpg.Connection) -> None:
    await connection.execute("DELETE FROM ledger.journal WHERE number = 2")


@tampering("journal", "head", no=("parked", "quarantine"))
async def the_end_of_the_journal_and_its_row_are_cut_off(connection: asyncpg.Connection) -> None:
    last = await connection.fetchrow("SELECT * FROM ledger.journal ORDER BY number DESC LIMIT 1")
    await connection.execute("DELETE FROM ledger.journal WHERE number = $1", last["number"])
    await connection.execute(
        "DELETE FROM ledger.quarantine WHERE journal_from = $1", last["number"]
    )
    await connection.execute("UPDATE ledger.ledger SET quarantined = quarantined - 1")


@tampering("journal")
async def who_did_it_is_altered(connection: asyncpg.Connection) -> None:
    await connection.execute("UPDATE ledger.journal SET by = 'nobody' WHERE number = 1")


@tampering("unreadable", "digest")
async def an_open_part_that_cannot_be_read(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "UPDATE ledger.entry SET open = 'rubbish' WHERE event_id = 'l-2021-03'"
    )


@tampering("read-model")
async def a_row_of_a_read_model_is_there_twice(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "ALTER TABLE payment DROP CONSTRAINT payment_pkey;"
        "INSERT INTO payment SELECT * FROM payment WHERE known_from = (SELECT max(known_from)"
        " FROM payment)"
    )


@tampering("read-model")
async def entries_to_come_are_said_to_be_folded(connection: asyncpg.Connection) -> None:
    await connection.execute("UPDATE checkpoint SET position = position + 1")


@tampering("position")
async def an_entry_is_said_to_be_of_the_first_form(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "INSERT INTO ledger.first_form SELECT ledger, position, leaf, mac, content"
        " FROM ledger.entry WHERE position = 3"
    )


@pytest.mark.parametrize(
    ("altered", "kind"),
    [
        ("entry SET recorded_at = 'infinity' WHERE position = 3", "leaf"),
        ("entry SET recorded_at = '-infinity' WHERE position = 3", "time"),
        ("entry SET version = -1 WHERE position = 3", "leaf"),
        ("journal SET detail = 'rubbish' WHERE number = 2", "journal"),
        ("journal SET kind = 'parked' WHERE subject = 'quarantine/1'", "journal"),
        ("journal SET recorded_at = '-infinity' WHERE number = 2", "journal"),
        ("journal SET position = -1 WHERE number = 2", "journal"),
        ("quarantine SET received_at = '-infinity'", "quarantine"),
        ("quarantine SET sealed = ''", "quarantine"),
        ("ledger SET last_recorded_at = 'infinity'", "head"),
        ("ledger SET journal = -1", "head"),
        ("ledger SET position = -1", "head"),
    ],
)
async def test_what_nothing_ever_held_is_named_too(
    superuser: asyncpg.Connection, altered: str, kind: str
) -> None:
    """Times without end, negative numbers, rubbish: the check goes on to its end."""
    await superuser.execute(f"UPDATE ledger.{altered}")
    assert kind in kinds(await verify(superuser))


@pytest.mark.parametrize("case", CASES)
async def test_tampering_is_named(superuser: asyncpg.Connection, case: str) -> None:
    named, unnamed, tamper = CASES[case]
    await tamper(superuser)
    found = kinds(await verify(superuser))
    assert found >= named
    assert not found & unnamed


# Books of what was read from topics.


NEVER_READ = "next_offset = next_offset + 5, skipped = skipped + 5"
NEVER_PARKED = "accepted = accepted + parked, parked = 0"


@pytest.mark.parametrize(
    ("before", "booked", "named"),
    [
        ("", "epoch = epoch", set()),
        ("", "accepted = accepted + 1", {"books"}),
        ("", NEVER_READ, {"books"}),
        ("DELETE FROM ledger.parked WHERE taken_at IS NULL;", NEVER_PARKED, {"books", "parked"}),
    ],
)
async def test_books_add_up_with_tables_and_journal(
    connection: asyncpg.Connection, before: str, booked: str, named: set[str]
) -> None:
    await release.fill(connection)
    await connection.execute(f"{before} UPDATE ledger.source_offset SET {booked}")
    assert kinds(await verify(connection)) == named


# What is not tampering.


async def test_a_forgotten_person_is_checked_by_leaf_and_code(
    superuser: asyncpg.Connection,
) -> None:
    person, parts = await superuser.fetchrow(
        "SELECT person, count(*) FROM ledger.sealed_part GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )
    await superuser.execute("DELETE FROM ledger.person_key WHERE person = $1", person)
    made = await verify(superuser)
    assert made.differences.as_json() == []
    assert made.entries.forgotten == parts
    position = await superuser.fetchval(
        "SELECT min(position) FROM ledger.sealed_part WHERE person = $1", person
    )
    await superuser.execute(
        "UPDATE ledger.entry SET breaches = '{late}' WHERE position = $1", position
    )
    assert "leaf" in kinds(await verify(superuser))
    await forge_leaf(superuser, position)
    assert "mac" in kinds(await verify(superuser))


async def test_read_models_that_are_behind_are_checked_as_far_as_they_are(
    superuser: asyncpg.Connection,
) -> None:
    bench = await Bench.join(superuser)
    lines = [event(BANK, "p-new", a_payment("DB-7", 70_000, "2024-11"))]
    await take(superuser, bench.intake, *lines)
    assert (await verify(superuser)).differences.as_json() == []
    await tail.catch_up(superuser, LEDGER)
    assert (await verify(superuser)).differences.as_json() == []


async def test_bytes_that_are_not_here_are_counted(superuser: asyncpg.Connection) -> None:
    """As after a restore: they may come again from the topic of their source."""
    assert (await verify(superuser)).lacking == 0
    await superuser.execute("UPDATE ledger.quarantine SET sealed = NULL WHERE number = 1")
    made = await verify(superuser)
    assert (made.lacking, made.differences.as_json()) == (1, [])


async def test_another_secret_is_told_as_such(superuser: asyncpg.Connection) -> None:
    with pytest.raises(WrongSecret):
        await verify(superuser, b"another secret")


async def test_a_ledger_that_is_not_there_or_not_whole_is_told(
    superuser: asyncpg.Connection,
) -> None:
    with pytest.raises(LedgerMissing):
        await verify(superuser, name="445103")
    await superuser.execute("UPDATE ledger.ledger SET restoring = true")
    with pytest.raises(LedgerRestoring):
        await verify(superuser)


# The command.


async def test_who_may_only_read_can_verify(filled: str) -> None:
    async with postgres.connect(filled) as connection:
        await connection.execute("CREATE ROLE verifier LOGIN")
        try:
            await connection.execute(
                f"GRANT USAGE ON SCHEMA ledger, {SCHEMA} TO verifier;"
                f"GRANT SELECT ON ALL TABLES IN SCHEMA ledger, {SCHEMA} TO verifier;"
                "REVOKE TEMP ON DATABASE verified FROM PUBLIC"
            )
            assert "postgres:@" in filled
            result = await mingjian(filled.replace("postgres:@", "verifier:@"), "verify")
        finally:
            await connection.execute("DROP OWNED BY verifier; DROP ROLE verifier")
    assert result.exit_code == 0, result.output
    assert "与所记相符 / as recorded" in result.output


async def test_the_command_names_the_first_difference_and_ends_with_1(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await (await Bench.open(connection)).take(*LINES, batch=7)
    plain = await mingjian(database_url, "verify", "--json")
    assert plain.exit_code == 0
    assert json.loads(plain.stdout)["as_recorded"] is True
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        position = await change_amount(connection)
    for arguments, said in (
        (("verify",), (f"与收到的原字节不符 digest 1 位置 {position}", "处差异 / differences")),
        (("verify", "--json"), (f'"first": "位置 {position}"',)),
    ):
        result = await mingjian(database_url, *arguments)
        assert result.exit_code == 1
        text = re.sub(r" +", " ", result.stdout)
        for words in said:
            assert words in text


@pytest.mark.empty
async def test_what_0_1_0_wrote_verifies_after_its_upgrade(
    connection: asyncpg.Connection, database_url: str
) -> None:
    await release.load(connection, "0.1.0")
    assert isinstance((await mingjian(database_url, "verify")).exception, migration.DatabaseOlder)
    assert (await mingjian(database_url, "migrate")).exit_code == 0
    before = await mingjian(database_url, "verify", "--json")
    assert before.exit_code == 0, before.output
    assert json.loads(before.stdout)["rows"] is None
    assert (await mingjian(database_url, "rebuild")).exit_code in (0, 1)
    assert (await mingjian(database_url, "rebuild", *ACCEPT)).exit_code == 0
    made = await mingjian(database_url, "verify", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["rows"] > 0
