"""A ledger goes by the folder of its bureau that it adopted last; what stood before stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from domain.bureau.reading import FolderWrong, digest_of, read
from infra.settings import Settings
from ledger import adopted, adopting, journal, store
from ledger.adopted import NothingAdopted, Versions
from ledger.adopting import CannotAdopt
from ledger.history import read_stream
from ledger.outcomes import Accepted, Item, Quarantined
from ledger.records import Record
from ledger.seal import Sealer
from ledger.wire import note_message, note_of
from projections import opening
from projections.decoding import decode
from tests.support.bureau import SAMPLE, adopt, bureau_of, sample_but
from tests.support.engine import ledger_dump, take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.marriage import a_marriage, a_party
from tests.support.money import a_household, a_payment
from tests.upkeep.test_verify import kinds, verify

SEALER = Sealer(Settings().secret, LEDGER)
CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENTS = [event(BANK, f"p-{n}", a_payment("DB-1", 50_000, f"2024-{n:02}")) for n in range(1, 9)]
CLOSED = "2026-05-04"
"""A Monday; of the holiday of 2026."""
_HOLIDAYS = SAMPLE.files["cn/holidays.toml"].decode()
BEFORE_2026 = sample_but("cn/holidays.toml", _HOLIDAYS[_HOLIDAYS.index("\n[2026]") :], "\n")
OTHER = sample_but("bureau.toml", 'own = "本区"', 'own = "我区"')


def married(serial: int) -> bytes:
    """The marriage of a couple of its own."""
    couple = a_party("19900607", 2 * serial + 1), a_party("19900607", 2 * serial)
    return event("marriage", f"m-{serial}", a_marriage(serial, CLOSED, parties=couple))


# What the journal keeps.


async def test_a_new_ledger_begins_its_journal_with_the_folder_of_its_bureau(
    connection: asyncpg.Connection,
) -> None:
    await Bench.open(connection)
    (note,) = await journal.read(connection, LEDGER)
    assert (note.kind, note.position, note.by) == ("bureau-adopted", 0, None)
    assert note.subject == f"bureau/{SAMPLE.digest}"
    assert adopted.unpack(note.facts["folder"]) == SAMPLE.files
    assert note.mac == journal.mac(SEALER, note)
    assert note_of(note_message(note)) == note
    assert await adopted.at(connection, LEDGER) == SAMPLE


async def test_it_is_opened_again_without_another_record(connection: asyncpg.Connection) -> None:
    await Bench.open(connection)
    before = await ledger_dump(connection)
    await opening.open_ledger(connection, LEDGER, Settings())
    assert await adopt(connection, SAMPLE) is None
    assert await ledger_dump(connection) == before


async def test_one_that_is_named_and_has_adopted_needs_no_folder_at_hand(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await Bench.open(connection)
    before = await ledger_dump(connection)
    await opening.adopt_ours(connection, Settings(bureau=tmp_path / "none", ledger=LEDGER))
    assert await ledger_dump(connection) == before


async def test_a_ledger_of_an_older_release_adopts_the_folder_at_hand(
    connection: asyncpg.Connection,
) -> None:
    await opening.prepare(connection)
    await store.create_ledger(connection, LEDGER, "replay", sample=True)
    with pytest.raises(NothingAdopted, match="mingjian bureau adopt"):
        await adopted.versions(connection, LEDGER)
    await opening.adopt_ours(connection, Settings())
    assert await adopted.at(connection, LEDGER) == SAMPLE


async def test_the_folder_of_another_division_is_refused(connection: asyncpg.Connection) -> None:
    await Bench.open(connection)
    elsewhere = bureau_of("445103")
    with pytest.raises(CannotAdopt, match="445103"):
        await adopting.adopt(connection, SEALER, LEDGER, elsewhere)


async def test_what_no_record_of_the_topic_could_carry_is_refused(
    connection: asyncpg.Connection,
) -> None:
    await Bench.open(connection)
    noise = b"".join(SEALER.mac(bytes([n % 256, n // 256])) for n in range(30_000))
    large = replace(SAMPLE, files={"plans/a.md": noise}, digest="0" * 64)
    with pytest.raises(CannotAdopt, match="too large"):
        await adopt(connection, large)


PUBLISHED = "[[inspection.publish-working-days]]\nsince = 2018-12-05\n"


async def test_what_an_earlier_program_adopted_is_read_with_the_parameters_that_came_since(
    connection: asyncpg.Connection,
) -> None:
    """And what has gone since is nothing wrong; where both have one, the folder's stands."""
    rules = SAMPLE.files["cn/rules.toml"].decode()
    for now, then in (
        ("assistance.notice-days", "assistance.gone"),
        (f"{PUBLISHED}value = 20\n", f"{PUBLISHED}value = 21\n"),
    ):
        assert rules.count(now) == 1
        rules = rules.replace(now, then)
    files = {**SAMPLE.files, "cn/rules.toml": rules.encode()}
    with pytest.raises(FolderWrong, match=r"no rule assistance\.gone"):
        read(files)
    await Bench.open(connection)
    await adopt(connection, replace(SAMPLE, files=files, digest=digest_of(files)))

    read_anew = await adopted.at(connection, LEDGER)
    on = date(2024, 6, 3)
    assert read_anew.digest == digest_of(files)
    assert read_anew.rules.number("assistance.notice-days", on) == 7
    assert read_anew.rules.number("inspection.publish-working-days", on) == 21


async def test_a_folder_that_was_altered_is_not_gone_by(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = bench.connection
    assert kinds(await verify(connection)) == set()
    await connection.execute("SET LOCAL session_replication_role = replica")
    detail = json.dumps(adopted.facts_of(OTHER) | {"digest": SAMPLE.digest}).encode()
    await connection.execute("UPDATE ledger.journal SET detail = $1", detail)
    assert "journal" in kinds(await verify(connection))
    monkeypatch.setattr(adopted, "_read", {})
    with pytest.raises(store.LedgerAltered):
        await adopted.at(connection, LEDGER)


async def test_nobody_folds_while_adoptions_may_still_be_lacking(
    connection: asyncpg.Connection,
) -> None:
    await Bench.open(connection)
    await connection.execute("UPDATE ledger.ledger SET restoring = true")
    with pytest.raises(store.LedgerRestoring):
        await adopted.versions(connection, LEDGER)
    assert (await adopted.versions(connection, LEDGER, so_far=True)).latest == SAMPLE


# Which stands where.


def test_each_stands_for_what_comes_after_it_and_the_first_for_what_came_before() -> None:
    at_once = Versions((SAMPLE, OTHER, SAMPLE), (3, 5, 5))
    assert {at_once.at(at) for at in range(1, 8)} == {SAMPLE}, "one that stood for no entry"
    versions = Versions((SAMPLE, OTHER), (3, 5))
    assert [versions.at(at) == OTHER for at in range(1, 8)] == [False] * 5 + [True] * 2


@pytest.mark.parametrize("cut", [1, 3, 100])
async def test_each_entry_goes_by_what_was_adopted_when_it_was_recorded(
    connection: asyncpg.Connection, cut: int
) -> None:
    """Read from the ledger, for a fold, and for the rows of a stream: always the same."""
    bench = await Bench.open(connection)
    await take(connection, bench.intake, CASE, *PAYMENTS[:3], batch=cut)
    await adopt(connection, OTHER)
    await take(connection, bench.intake, *PAYMENTS[3:], batch=cut)
    expected = [SAMPLE] * 4 + [OTHER] * 5

    told = await read_stream(connection, LEDGER, "case/DB-1")
    assert [entry.bureau for entry in told] == expected
    rows = await store.read_rows(connection, LEDGER, 0, 100)
    decoded = await decode(LEDGER, rows, await adopted.versions(connection, LEDGER))
    assert [entry.bureau for entry in decoded.entries] == expected


async def test_a_further_year_of_holidays_changes_no_answer_that_was_given(
    connection: asyncpg.Connection,
) -> None:
    """What nobody could know then stays as it was recorded; what comes is judged by it."""
    bench = await Bench.open(connection)
    await adopt(connection, BEFORE_2026)
    early = await bench.intake.take(connection, [Record(married(1), "t:1")])
    await adopt(connection, SAMPLE)
    late = await bench.intake.take(connection, [Record(married(2), "t:2")])
    assert early.outcomes == [Accepted(1)]
    assert late.outcomes == [Accepted(2, ("registered-on-a-closed-day",))]
    breaches = "SELECT breaches FROM ledger.entry ORDER BY position"
    assert [row[0] for row in await connection.fetch(breaches)] == [
        None,
        ["registered-on-a-closed-day"],
    ]
    again = await Bench.join(connection)
    assert (await again.take(married(1))).duplicate == 1
    assert kinds(await verify(connection)) == set()


async def test_records_that_were_read_ahead_are_read_again(connection: asyncpg.Connection) -> None:
    """Adopted between the reading of a batch and its transaction: a source that is no more."""
    bench = await Bench.open(connection)
    items = await bench.intake.read(connection, [Record(CASE, "t:1"), Record(b"{", "t:2")])
    await adopt(connection, sample_but("sources.toml", f'"{OFFICE}"', '"assistance"'))
    taken = await bench.intake.take_read(connection, items)
    assert [_reason(item) for item in items] == ["unknown_source", "not_json"]
    await adopt(connection, SAMPLE)
    assert (await take(connection, bench.intake, PAYMENTS[0])).parked == 1
    assert taken.tally.quarantined == 2


def _reason(item: Item) -> str:
    assert isinstance(item.outcome, Quarantined)
    return item.outcome.faults[0].code


async def test_the_same_records_give_the_same_ledger_however_they_are_cut(
    connection: asyncpg.Connection,
) -> None:
    await opening.prepare(connection)
    found = []
    for cut in (100, 1):
        transaction = connection.transaction()
        await transaction.start()
        try:
            bench = await Bench.open(connection)
            await take(connection, bench.intake, CASE, *PAYMENTS[:3], batch=cut)
            await adopt(connection, BEFORE_2026)
            await take(connection, bench.intake, married(1), *PAYMENTS[3:], batch=cut)
            found.append(await ledger_dump(connection))
        finally:
            await transaction.rollback()
    whole, parts = found
    assert whole == parts


def test_the_day_is_a_monday_of_a_holiday_that_one_of_them_knows() -> None:
    day = date.fromisoformat(CLOSED)
    assert day.isoweekday() == 1
    assert 2026 not in BEFORE_2026.calendar.notices
    assert not SAMPLE.calendar.is_working_day(day)
