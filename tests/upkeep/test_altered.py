"""Whoever has the secret never vouches for what others altered: no mac is made anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from infra.settings import Settings
from ledger import first_form, journal, store
from ledger.intake import Intake
from ledger.journal import said
from ledger.seal import Sealer
from ledger.store import Ledger, LedgerAltered
from tests.support.engine import take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.upkeep.test_verify import kinds, verify

SEALER = Sealer(Settings().secret, LEDGER)
NEXT = event(BANK, "p-2", a_payment("DB-1", 50_000, "2024-02"))


@pytest.fixture
async def ledger(bench: Bench) -> asyncpg.Connection:
    """Two entries and a message that was refused; the triggers are switched off."""
    await bench.take(
        event(OFFICE, "c-1", a_household("DB-1")),
        event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01")),
        b"not json",
    )
    await bench.connection.execute("SET LOCAL session_replication_role = replica")
    return bench.connection


async def counters(connection: asyncpg.Connection) -> Ledger:
    found = await store.find_ledger(connection, LEDGER)
    assert found is not None
    return found


async def cut_off(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "DELETE FROM ledger.entry WHERE position = 2; DELETE FROM payment;"
        "UPDATE checkpoint SET position = 1; UPDATE ledger.ledger SET position = 1"
    )


async def journal_altered(connection: asyncpg.Connection) -> None:
    await connection.execute("UPDATE ledger.journal SET mac = NULL, kind = 'parked'")


async def put_back_to_form_1(connection: asyncpg.Connection) -> None:
    """A breach is invented, and macs are asked for as an upgrade would make them."""
    await connection.execute(
        "UPDATE ledger.entry SET form = 1, content = NULL, leaf = NULL, mac = NULL,"
        " breaches = '{late}' WHERE position = 1;"
        "UPDATE ledger.sealed_part SET start = NULL, length = NULL"
    )


Altering = Callable[[asyncpg.Connection], Awaitable[None]]


@pytest.mark.parametrize("head", ["head", "NULL"])
@pytest.mark.parametrize("alter", [cut_off, journal_altered, put_back_to_form_1])
async def test_opening_a_ledger_makes_no_mac_anew(
    ledger: asyncpg.Connection, alter: Altering, head: str
) -> None:
    await alter(ledger)
    await ledger.execute(f"UPDATE ledger.ledger SET head = {head}")
    before = kinds(await verify(ledger))
    assert before

    if head == "NULL":
        assert not await first_form.is_filled(ledger, LEDGER)
        with pytest.raises(LedgerAltered):
            await first_form.fill(ledger, SEALER, await counters(ledger))
    else:
        assert await first_form.is_filled(ledger, LEDGER)
        await first_form.fill(ledger, SEALER, await counters(ledger))

    assert kinds(await verify(ledger)) == before


@pytest.mark.parametrize("head", ["head", "NULL"])
async def test_nothing_is_written_where_the_end_was_cut_off(
    ledger: asyncpg.Connection, head: str
) -> None:
    """The head that a batch leaves would fit what is left."""
    await cut_off(ledger)
    await ledger.execute(f"UPDATE ledger.ledger SET head = {head}")
    with pytest.raises(LedgerAltered):
        await take(ledger, Intake(await counters(ledger), Settings().secret), NEXT)
    with pytest.raises(LedgerAltered):
        async with journal.deed(ledger, SEALER, LEDGER) as deed:
            deed.note("rebuilt", journal.READ_MODELS, {}, said("甲", "核对"))
    assert "head" in kinds(await verify(ledger))


async def test_nothing_is_written_with_another_secret(ledger: asyncpg.Connection) -> None:
    with pytest.raises(LedgerAltered):
        await take(ledger, Intake(await counters(ledger), b"another"), NEXT)
    assert kinds(await verify(ledger)) == set()


async def test_an_intake_at_work_sees_that_the_end_was_cut_off(ledger: asyncpg.Connection) -> None:
    intake = Intake(await counters(ledger), Settings().secret)
    await take(ledger, intake, NEXT)
    await ledger.execute("DELETE FROM ledger.entry WHERE position = 3")
    await ledger.execute("UPDATE ledger.ledger SET position = 2")
    with pytest.raises(LedgerAltered):
        await take(ledger, intake, NEXT)


async def test_what_was_put_in_the_place_of_a_waiting_event_is_not_taken_in(bench: Bench) -> None:
    """Refused bytes would become an entry with a mac that fits, under another's name."""
    stranger = event("marriage", "p-9", a_payment("DB-9", 1, "2024-01"))
    await bench.take(event(BANK, "early", a_payment("DB-9", 50_000, "2024-01")), stranger)
    await bench.connection.execute(
        "UPDATE ledger.parked SET sealed = (SELECT sealed FROM ledger.quarantine)"
    )
    with pytest.raises(LedgerAltered):
        await bench.take(event(OFFICE, "c-9", a_household("DB-9")))
