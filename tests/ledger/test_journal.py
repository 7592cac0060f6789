"""The journal: everything that is not an entry, in the order of judging, with who and why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.settings import Settings
from ledger import aside, journal, migration, offsets, release, retelling, store
from ledger.aside import QUARANTINE
from ledger.intake import Intake
from ledger.journal import Note, Said, Unsaid
from ledger.offsets import NoSuchPartition
from ledger.records import Gap, Record, origin_of
from ledger.release import CannotRelease
from ledger.seal import Sealer
from projections import opening
from reports import aside as waiting
from reports.aside import Aside
from reports.moment import resolve
from tests.support.engine import altered, ledger_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment, a_return
from tests.upkeep import release as old_release

CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
BACK = event(BANK, "r-1", a_return("DB-1", f"{BANK}/p-1", 50_000, "2024-01", on="2024-02-01"))
NEGATIVE = altered(PAYMENT, {"amount_fen": -5}, id="p-9")
OTHER_CASE = event(OFFICE, "c-2", a_household("DB-2"))
MISFIT = event(BANK, "p-2", a_payment("DB-2", 1, "2024-01"), corrects=f"{BANK}/p-1", kind="changed")
CLERK = Said("示例经办人", "来源已重发")
TOPIC = ("test.intake.payouts", 0)


async def told(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    return [(note.kind, note.subject) for note in await journal.read(connection, LEDGER, 1)]


async def an_intake(connection: asyncpg.Connection, kind: str = "replay") -> Intake:
    return (await Bench.open(connection, kind)).intake


# What is told.


async def test_what_becomes_of_a_parked_event_is_told_step_by_step(
    connection: asyncpg.Connection,
) -> None:
    """A return waits for its case, then for its payment, which may itself wait."""
    intake = await an_intake(connection)
    await take(connection, intake, BACK, CASE, PAYMENT, batch=1)
    first, again, last = await journal.read(connection, LEDGER, 1)
    assert (first.kind, first.subject, first.position) == ("parked", "parked/1", 0)
    row = await connection.fetchrow("SELECT * FROM ledger.parked")
    assert {name: first.facts[name] for name in ("number", "event_id", "type", "origin")} == {
        "number": 1,
        "event_id": "r-1",
        "type": row["type"],
        "origin": "test:0",
    }
    assert first.facts["waits_for"] == "stream:case/DB-1"
    assert first.facts["digest"] == row["digest"].hex()
    assert (again.kind, again.position) == ("parked", 1)
    assert again.facts == {"number": 1, "waits_for": f"event:{BANK}/p-1"}
    assert (last.kind, last.subject, last.position) == ("taken-up", "parked/1", 3)
    assert last.facts == {"entry": 3, "number": 1}
    assert (row["journal_from"], row["journal_to"], row["taken_at"]) == (2, 4, 3)
    assert {note.by for note in (first, again, last)} == {None}


async def test_a_parked_event_that_is_refused_at_last_is_told_in_both_places(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, CASE, OTHER_CASE, MISFIT, PAYMENT)
    assert await told(connection) == [
        ("parked", "parked/1"),
        ("refused", "quarantine/1"),
        ("refused", "parked/1"),
    ]


async def test_what_is_refused_is_told_once_and_again_when_it_is_taken_up(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, CASE, NEGATIVE, NEGATIVE, b"not json", batch=1)
    refused, illegible = await journal.read(connection, LEDGER, 1)
    assert (refused.kind, refused.subject) == ("refused", "quarantine/1")
    assert refused.facts["reason"] == await connection.fetchval(
        "SELECT reason FROM ledger.quarantine WHERE number = 1"
    )
    assert (illegible.facts["source"], illegible.facts["size"]) == (None, len(b"not json"))

    await release.name_repair(connection, intake.sealer, LEDGER, 1, f"{OFFICE}/c-1")
    repaired = (await journal.read(connection, LEDGER))[-1]
    assert (repaired.kind, repaired.subject) == ("taken-up", "quarantine/1")
    assert repaired.facts == {"event": f"{OFFICE}/c-1", "number": 1}


async def test_a_discarded_row_stays_and_is_open_no_more(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, CASE, NEGATIVE)
    before = await journal.last_at(connection, LEDGER, 1)
    await release.discard(connection, intake.sealer, LEDGER, 1, CLERK)

    note = (await journal.read(connection, LEDGER))[-1]
    assert (note.kind, note.subject) == ("discarded", "quarantine/1")
    assert Said(note.by or "", note.why or "") == CLERK
    row = await aside.row(connection, QUARANTINE, LEDGER, 1)
    assert Said(row["discarded_by"], row["discarded_why"]) == CLERK
    assert await aside.rows(connection, QUARANTINE, LEDGER, settled=False) == []
    then = await aside.rows(connection, QUARANTINE, LEDGER, settled=False, journal=before)
    assert [row["discarded_by"] for row in then] == [None]
    with pytest.raises(CannotRelease, match="示例经办人"):
        await release.discard(connection, intake.sealer, LEDGER, 1, CLERK)
    with pytest.raises(CannotRelease, match="示例经办人"):
        await release.judge_again(connection, intake, 1)
    with pytest.raises(CannotRelease, match="示例经办人"):
        await release.name_repair(connection, intake.sealer, LEDGER, 1, f"{OFFICE}/c-1")
    unchanged = await ledger_dump(connection, leave_out={})
    assert (await take(connection, intake, NEGATIVE)).duplicate == 1
    assert await ledger_dump(connection, leave_out={}) == unchanged


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ("", "事由"),
        ("经办人", " "),
        ("经办人", "一\n二"),
        ("甲" * 81, "事由"),
        ("经办人", "445102199001011234 的来件"),
        ("经办人", "４４５１０２１９９００１０１１２３４ 的来件"),
        ("经办人", "账号 6222 0202 0001 2345 678"),
    ],
)
def test_nobody_acts_without_a_name_and_a_reason_that_may_stand_for_ever(by: str, why: str) -> None:
    with pytest.raises(Unsaid):
        journal.said(by, why)


# Offsets.


async def on_kafka(
    connection: asyncpg.Connection, intake: Intake, lines: dict[int, bytes], cut: int
) -> None:
    """Take lines at their offsets of TOPIC, in batches of `cut`."""
    epochs = {TOPIC: (await offsets.claim(connection, LEDGER, [TOPIC]))[TOPIC].epoch}
    given_records = [
        Record(line, origin_of(TOPIC, offset), BANK, TOPIC) for offset, line in lines.items()
    ]

    async def move(within: asyncpg.Connection, records: Any) -> dict[str, Gap]:
        return await offsets.move(within, records, epochs)

    for start in range(0, len(given_records), cut):
        await intake.take(connection, given_records[start : start + cut], move)


@pytest.mark.parametrize("cut", [1, 2, 4])
async def test_offsets_without_an_event_are_told_where_they_are_met(
    connection: asyncpg.Connection, cut: int
) -> None:
    """Marks of the source's transactions stand at 0, and at 3 and 4."""
    intake = await an_intake(connection)
    lines = {1: PAYMENT, 2: NEGATIVE, 5: BACK, 6: b"not json"}
    await on_kafka(connection, intake, lines, cut)
    notes = await journal.read(connection, LEDGER, 1)
    assert [(note.kind, note.facts.get("from"), note.facts.get("to")) for note in notes] == [
        ("skipped", 0, 1),
        ("parked", None, None),
        ("refused", None, None),
        ("skipped", 3, 5),
        ("parked", None, None),
        ("refused", None, None),
    ]
    (book,) = await offsets.books(connection, LEDGER, "test")
    assert (book.consumed, book.skipped) == (7, 3)


async def test_a_person_goes_past_offsets_with_a_name_and_a_reason(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await on_kafka(connection, intake, {0: PAYMENT}, 1)
    assert await offsets.skip(connection, intake.sealer, LEDGER, TOPIC, 9, CLERK) == 1
    note = (await journal.read(connection, LEDGER))[-1]
    assert (note.kind, note.subject, note.facts) == (
        "skipped",
        f"{TOPIC[0]}/0",
        {"from": 1, "to": 9},
    )
    assert Said(note.by or "", note.why or "") == CLERK
    (book,) = await offsets.books(connection, LEDGER, "test")
    assert (book.consumed, book.parked, book.skipped) == (9, 1, 8)
    with pytest.raises(NoSuchPartition):
        await offsets.skip(connection, intake.sealer, LEDGER, (TOPIC[0], 7), 9, CLERK)


# Times.


async def test_what_waits_is_known_from_its_own_moment_on(connection: asyncpg.Connection) -> None:
    """The case came on 28 January, a payment of another case on 28 June."""
    bench = await Bench.open(connection)
    early, late = date(2024, 1, 28), date(2024, 6, 28)
    await bench.take(
        event(OFFICE, "c-1", a_household("DB-1"), received=early),
        event(BANK, "p-1", a_payment("DB-9", 43_100, "2024-01"), received=late),
        altered(event(BANK, "p-2", a_payment("DB-1", 0, "2024-01"), received=late), {"months": []}),
    )
    found = {
        known: await waiting.at(connection, await resolve(connection, LEDGER, "2024", known=known))
        for known in ("2024-01-31", "2024-06-27", "2024-06-28")
    }
    assert found == {
        "2024-01-31": Aside(),
        "2024-06-27": Aside(),
        "2024-06-28": Aside(1, 1, 43_100),
    }
    now = await resolve(connection, LEDGER, "2024")
    assert await waiting.at(connection, now) == Aside(1, 1, 43_100)


async def test_times_never_go_back_over_entries_and_journal(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        b"not json",
        event(BANK, "p-1", a_payment("DB-1", 1, "2024-01"), received=date(2024, 3, 1)),
        event(OFFICE, "c-1", a_household("DB-1"), received=date(2024, 2, 1)),
        b"nor this",
        event(BANK, "p-2", a_payment("DB-1", 1, "2024-01"), received=date(2024, 4, 1)),
    )
    notes = await journal.read(connection, LEDGER)
    assert [note.recorded_at.astimezone(UTC).date() for note in notes] == [
        date(1970, 1, 1),
        date(1970, 1, 1),
        date(2024, 3, 1),
        date(2024, 3, 1),
        date(2024, 3, 1),
    ]
    entries = await connection.fetch("SELECT recorded_at FROM ledger.entry ORDER BY position")
    assert [row[0].date() for row in entries] == [
        date(2024, 3, 1),
        date(2024, 3, 1),
        date(2024, 4, 1),
    ]


async def test_a_live_ledger_tells_by_the_clock_of_its_database(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection, "live")
    before = await connection.fetchval("SELECT clock_timestamp()")
    await take(connection, intake, b"not json")
    adoption, note = await journal.read(connection, LEDGER)
    assert adoption.recorded_at <= before <= note.recorded_at <= datetime.now(UTC)
    counters = await store.find_ledger(connection, LEDGER)
    assert counters is not None
    assert (counters.last_recorded_at, counters.journal) == (note.recorded_at, 2)


# The same journal, however records are cut.

LINES = [
    *in_turn(history(), [BANK, STANDARDS, OFFICE] * 20),
    b"not json",
    NEGATIVE,
    MISFIT,
    altered(PAYMENT, {"amount_fen": 7}),
    b"not json",
]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=st.permutations(LINES), cut=st.sampled_from([1, 2, 3, 7, 20]))
async def test_no_cut_into_batches_changes_a_row(
    connection: asyncpg.Connection, lines: list[bytes], cut: int
) -> None:
    await opening.prepare(connection)
    found = []
    for size in (1_000, cut):
        transaction = connection.transaction()
        await transaction.start()
        try:
            await take(connection, await an_intake(connection), *lines, batch=size)
            found.append(await ledger_dump(connection))
        finally:
            await transaction.rollback()
    whole, parts = found
    # Only a long stream's row is renewed, and when depends on where batches end.
    assert {name: rows for name, rows in whole.items() if name != "stream_state"} == {
        name: rows for name, rows in parts.items() if name != "stream_state"
    }


# Nobody alters it.


async def test_every_record_carries_the_code_of_all_it_says(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, BACK, NEGATIVE)
    await release.discard(connection, intake.sealer, LEDGER, 1, CLERK)
    notes = await journal.read(connection, LEDGER)
    assert [note.number for note in notes] == [1, 2, 3, 4]
    for note in notes:
        assert note.mac == journal.mac(intake.sealer, note)
        assert note.mac != journal.mac(Sealer(b"another", LEDGER), note)
    other: dict[str, Any] = {
        "ledger": "445103",
        "number": 9,
        "recorded_at": datetime(2024, 1, 1, tzinfo=UTC),
        "position": 9,
        "kind": "refused",
        "subject": "quarantine/9",
        "by": None,
        "why": "别的",
        "detail": b"{}",
    }
    assert set(other) | {"mac"} == set(Note._fields)
    for name, value in other.items():
        assert journal.mac(intake.sealer, notes[3]._replace(**{name: value})) != notes[3].mac


async def test_the_journal_is_append_only(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, NEGATIVE)
    for statement in (
        "UPDATE ledger.journal SET why = 'x'",
        "UPDATE ledger.journal SET mac = NULL",
        "DELETE FROM ledger.journal",
        "TRUNCATE ledger.journal",
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute(statement)


# What stood there before there was a journal.


@pytest.mark.empty
async def test_an_upgrade_begins_the_journal_with_what_is_aside(
    connection: asyncpg.Connection,
) -> None:
    await old_release.load(connection, "0.1.0")
    parked = await connection.fetch("SELECT * FROM ledger.parked ORDER BY number")
    refused = await connection.fetch("SELECT * FROM ledger.quarantine ORDER BY number")
    await migration.migrate(connection)

    notes = await journal.read(connection, LEDGER)
    assert [note.number for note in notes] == list(range(1, len(notes) + 1))
    settled = sum(row["taken_at"] is not None for row in parked)
    settled += sum(row["released_at"] is not None for row in refused)
    assert len(notes) == len(parked) + len(refused) + settled
    assert settled
    times = [note.recorded_at for note in notes]
    assert times == sorted(times)
    positions = [note.position for note in notes]
    assert positions == sorted(positions)
    for note in notes:
        entry, following = [
            await store.recorded_at(connection, LEDGER, note.position + n) for n in (0, 1)
        ]
        assert entry is None or entry <= note.recorded_at
        assert following is None or note.recorded_at <= following
    by_number = {note.number: note for note in notes}
    for table in ("parked", "quarantine"):
        for row in await connection.fetch(f"SELECT * FROM ledger.{table}"):
            put = by_number[row["journal_from"]]
            assert put.subject == f"{table}/{row['number']}"
            assert put.facts["digest"] == row["digest"].hex()
            gone = row["taken_at"] if table == "parked" else row["released_at"]
            told_gone = row["journal_to"] and by_number[row["journal_to"]].position
            assert told_gone == gone


@pytest.mark.empty
async def test_records_of_an_upgrade_get_their_codes_when_the_ledger_is_opened(
    connection: asyncpg.Connection,
) -> None:
    await old_release.load(connection, "0.1.0")
    await migration.migrate(connection)
    assert {note.mac for note in await journal.read(connection, LEDGER)} == {None}
    given_settings = Settings()
    await opening.create_ledger(connection, LEDGER, "replay", given_settings)
    sealer = Sealer(given_settings.secret, LEDGER)
    notes = await journal.read(connection, LEDGER)
    assert all(note.mac == journal.mac(sealer, note) for note in notes)


# From the journal back to the rows.


async def rows_aside(connection: asyncpg.Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [
            dict(row)
            for row in await connection.fetch(f"SELECT * FROM ledger.{table.name} ORDER BY number")
        ]
        for table in aside.TABLES
    }


async def retold(connection: asyncpg.Connection) -> None:
    """Forget the rows, and make them again from the journal."""
    for table in aside.TABLES:
        await connection.execute(f"DELETE FROM ledger.{table.name}")
    await retelling.retell(connection, await journal.read(connection, LEDGER))


def without_bytes(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    lost = {"sealed": None, "lacking": True, "withheld": False}
    return {
        name: [row | {key: lost[key] for key in lost if key in row} for row in rows]
        for name, rows in found.items()
    }


async def test_all_rows_but_for_their_bytes_follow_from_the_journal(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, *LINES, BACK, batch=5)
    await release.name_repair(connection, intake.sealer, LEDGER, 1, f"{OFFICE}/c-1")
    await release.discard(connection, intake.sealer, LEDGER, 2, CLERK)
    before = await rows_aside(connection)
    assert {row["journal_to"] is None for row in before["parked"]} == {True, False}
    assert len(before["quarantine"]) > 2
    await retold(connection)
    assert await rows_aside(connection) == without_bytes(before)


@pytest.mark.empty
async def test_so_do_those_of_an_upgrade(connection: asyncpg.Connection) -> None:
    await old_release.load(connection, "0.1.0")
    await migration.migrate(connection)
    before = await rows_aside(connection)
    await retold(connection)
    assert await rows_aside(connection) == without_bytes(before)


@pytest.mark.parametrize("cut", [1, 3, 1_000])
async def test_bytes_that_come_again_get_their_old_numbers_and_leave_no_new_record(
    connection: asyncpg.Connection, cut: int
) -> None:
    intake = await an_intake(connection)
    lines = [*LINES, NEGATIVE]
    await take(connection, intake, *lines, batch=5)
    before = await rows_aside(connection)
    told_before = await journal.read(connection, LEDGER)
    waiting_before = sum(row["taken_at"] is None for row in before["parked"])
    await retold(connection)

    tally = await take(connection, await an_intake(connection), *lines, batch=cut)
    assert (tally.accepted, tally.parked) == (0, waiting_before)
    assert tally.quarantined == len(before["quarantine"])
    assert await journal.read(connection, LEDGER) == told_before
    assert await rows_aside(connection) == before


async def test_an_event_whose_bytes_come_again_is_taken_where_it_need_wait_no_more(
    connection: asyncpg.Connection,
) -> None:
    """Its case arrived before its bytes came again; it is the same row that is settled."""
    await take(connection, await an_intake(connection), PAYMENT)
    await retold(connection)
    intake = await an_intake(connection)
    assert (await take(connection, intake, CASE)).accepted == 1
    other = altered(PAYMENT, {"amount_fen": 1})
    assert (await take(connection, intake, other)).quarantined == 1
    assert (await take(connection, intake, PAYMENT)).accepted == 1
    assert (await told(connection))[-1] == ("taken-up", "parked/1")
    (row,) = await aside.rows(connection, aside.PARKED, LEDGER, settled=True)
    assert row["accepted_at"] == 2
