"""A mended event closes what it mends by itself; what comes again leaves a bounded trace."""

from __future__ import annotations

import asyncpg
import pytest

from ledger import coming_again, journal, told
from ledger.intake import Intake
from ledger.records import Record
from rules.outcomes import document
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

CASE = event(OFFICE, "c-1", a_household("DB-1", fen=50_000))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
WRONG = altered(PAYMENT, {"amount_fen": -1})
TOPIC = f"mingjian.intake.{BANK}"
STRANGERS = "mingjian.intake.marriage"

Rows = list[tuple[int, str | None]]


@pytest.fixture
def connection(bench: Bench) -> asyncpg.Connection:
    return bench.connection


@pytest.fixture
async def intake(bench: Bench) -> Intake:
    await bench.intake.take(bench.connection, [Record(CASE, "test:0")])
    return bench.intake


async def take(
    intake: Intake, connection: asyncpg.Connection, *lines: bytes, topic: str = TOPIC, first: int
) -> None:
    await intake.take(
        connection,
        [
            Record(line, f"{topic}/0/{offset}", topic.rpartition(".")[2], (topic, 0))
            for offset, line in enumerate(lines, first)
        ],
    )


async def rows(connection: asyncpg.Connection) -> Rows:
    """Number of each row of quarantine, and what mended it."""
    found = await connection.fetch(
        "SELECT number, released_by FROM ledger.quarantine ORDER BY number"
    )
    return [(row[0], row[1]) for row in found]


@pytest.mark.parametrize("cut", [1, 2])
async def test_the_mended_event_under_the_same_id_closes_what_was_refused(
    intake: Intake, connection: asyncpg.Connection, cut: int
) -> None:
    """In the same batch or in a later one; twice wrong, both are closed, each in the journal."""
    lines = [WRONG, altered(WRONG, {"amount_fen": -2}), PAYMENT]
    await take(intake, connection, *lines[:cut], first=0)
    await take(intake, connection, *lines[cut:], first=cut)

    assert await rows(connection) == [(1, "payouts/p-1"), (2, "payouts/p-1")]
    notes = await journal.read(connection, LEDGER)
    assert [(n.kind, n.subject, n.facts["event"]) for n in notes if n.kind == "taken-up"] == [
        ("taken-up", "quarantine/1", "payouts/p-1"),
        ("taken-up", "quarantine/2", "payouts/p-1"),
    ]


async def test_one_that_has_to_wait_closes_it_when_it_is_taken(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    elsewhere = altered(PAYMENT, {"case_number": "DB-2"})
    await take(intake, connection, altered(elsewhere, {"amount_fen": -1}), elsewhere, first=0)
    assert await rows(connection) == [(1, None)]
    case = event(OFFICE, "c-2", a_household("DB-2", fen=50_000))
    await intake.take(connection, [Record(case, "test:1")])
    assert await rows(connection) == [(1, "payouts/p-1")]


async def test_an_event_under_a_new_id_names_what_it_mends(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    """By the name of what was refused; by its place, where nobody could read the name."""
    await take(intake, connection, WRONG, b"\xff", first=0)
    other = altered(PAYMENT, {"months": ["2024-02"]}, id="p-8", mends=f"{TOPIC}/0/1")
    await take(intake, connection, altered(PAYMENT, id="p-7", mends="payouts/p-1"), first=2)
    assert await rows(connection) == [(1, "payouts/p-7"), (2, None)]
    await take(intake, connection, other, first=3)
    assert await rows(connection) == [(1, "payouts/p-7"), (2, "payouts/p-8")]


async def test_what_came_over_http_is_named_by_its_place_there(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    place = f"http/{BANK}:17.1"
    await intake.take(connection, [Record(b"{", place, BANK)])
    found = await told.outcome_at(connection, LEDGER, BANK, place)
    assert found is not None
    assert document(found)["mends"] == place
    await intake.take(connection, [Record(altered(PAYMENT, mends=place), "x:1", BANK)])
    assert await rows(connection) == [(1, "payouts/p-1")]


async def test_nothing_is_guessed_and_nobody_mends_what_another_sent(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    """The same fact under a new id alone; a name of another source; one's own, sent by another."""
    await take(intake, connection, WRONG, topic=STRANGERS, first=0)
    await take(intake, connection, b"\xff", topic=STRANGERS, first=1)
    mends = (f"{STRANGERS}/0/1", "marriage/p-1", "payouts/p-1", 7, None, "payouts", "")
    for number, named in enumerate(mends):
        month = f"2024-{number + 2:02d}"
        line = altered(PAYMENT, {"months": [month]}, id=f"p-{number + 2}", mends=named)
        await take(intake, connection, line, first=number)
    await take(intake, connection, PAYMENT, first=9)

    assert await rows(connection) == [(1, None), (2, None)]
    assert await connection.fetchval("SELECT count(*) FROM ledger.entry") == len(mends) + 2


async def test_what_is_mended_is_no_part_of_the_fact(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await take(intake, connection, altered(PAYMENT, mends="payouts/p-0"), PAYMENT, first=0)
    assert await rows(connection) == []
    assert await connection.fetchval("SELECT count(*) FROM ledger.duplicate") == 1


# What comes again.


async def test_each_duplicate_leaves_its_name_and_what_it_is_one_of(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    waits = altered(PAYMENT, {"case_number": "DB-9"}, id="p-9")
    await take(intake, connection, PAYMENT, waits, b"\xff", first=0)
    await take(intake, connection, PAYMENT, waits, b"\xff", first=3)

    found = await connection.fetch(
        "SELECT source, event_id, origin, of_outcome, of_number FROM ledger.duplicate"
        " ORDER BY number"
    )
    assert [tuple(row) for row in found] == [
        (BANK, "p-1", f"{TOPIC}/0/3", "accepted", 2),
        (BANK, "p-9", f"{TOPIC}/0/4", "parked", None),
        (BANK, None, f"{TOPIC}/0/5", "quarantined", 1),
    ]


async def test_of_a_day_all_are_counted_and_the_first_are_named(
    intake: Intake, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_again, "MOST_NAMED", 3)
    await take(intake, connection, PAYMENT, PAYMENT, PAYMENT, first=0)
    await take(intake, connection, PAYMENT, PAYMENT, PAYMENT, first=3)

    count = await connection.fetchrow("SELECT source, count FROM ledger.duplicates_of_day")
    assert tuple(count) == (BANK, 5)
    named = await connection.fetch("SELECT origin FROM ledger.duplicate ORDER BY number")
    assert [row[0] for row in named] == [f"{TOPIC}/0/{offset}" for offset in (1, 2, 3)]
