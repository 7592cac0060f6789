"""What became of each record: one outcome per record, in the order given."""

from __future__ import annotations

import json
from collections.abc import Sequence

import asyncpg
import pytest

from domain.envelope import Door, Received, read
from domain.faults import MOST_FAULTS, Unacceptable, fault
from ledger.intake import Intake
from ledger.outcomes import Accepted, Duplicate, Parked, Quarantined, Taken, Tally, Woken
from ledger.records import Record
from tests.support.bureau import SAMPLE
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE
from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment, a_return

CASE = event(OFFICE, "c-1", a_household("DB-1", fen=50_000))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
AGAIN = event(BANK, "p-2", a_payment("DB-1", 49_999, "2024-01"))
CASE_IS_MISSING = Parked("stream:case/DB-1")
NOT_JSON = Quarantined((fault("not_json"),))


async def an_intake(connection: asyncpg.Connection) -> Intake:
    return (await Bench.open(connection)).intake


async def take(connection: asyncpg.Connection, intake: Intake, *lines: bytes) -> Taken:
    records = [Record(line, f"test:{number}") for number, line in enumerate(lines)]
    return await intake.take(connection, records)


async def test_each_record_has_its_outcome_in_its_place(connection: asyncpg.Connection) -> None:
    """An entry says its position and what is unlawful about it."""
    intake = await an_intake(connection)
    elsewhere = event(BANK, "p-9", a_payment("DB-9", 1, "2024-01"))
    taken = await take(connection, intake, b"{", CASE, elsewhere, PAYMENT, AGAIN)

    assert taken.outcomes == [
        NOT_JSON,
        Accepted(1),
        Parked("stream:case/DB-9"),
        Accepted(2),
        Accepted(3, ("month-already-paid", "amount-differs")),
    ]
    assert taken.woken == []
    assert taken.tally == Tally(accepted=3, parked=1, quarantined=1)


async def test_a_duplicate_says_what_had_become_of_the_first(
    connection: asyncpg.Connection,
) -> None:
    """In the same batch, in a later one, and for an Intake that saw nothing of it."""
    lines = [CASE, PAYMENT, AGAIN, event(BANK, "p-9", a_payment("DB-9", 1, "2024-01")), b"{"]
    duplicates = [
        Duplicate(Accepted(1)),
        Duplicate(Accepted(2)),
        Duplicate(Accepted(3, ("month-already-paid", "amount-differs"))),
        Duplicate(Parked("stream:case/DB-9")),
        Duplicate(NOT_JSON),
    ]
    intake = await an_intake(connection)

    assert (await take(connection, intake, *lines, *lines)).outcomes[5:] == duplicates
    assert (await take(connection, intake, *lines)).outcomes == duplicates
    assert (await take(connection, await an_intake(connection), *lines)).outcomes == duplicates


async def test_other_content_under_a_used_id_is_no_duplicate(
    connection: asyncpg.Connection,
) -> None:
    other = altered(PAYMENT, {"amount_fen": 1})
    taken = await take(connection, await an_intake(connection), CASE, PAYMENT, other)

    assert taken.outcomes[2] == Quarantined((fault("id_conflict", "/id"),))


async def test_what_is_parked_and_woken_in_one_batch_is_an_entry(
    connection: asyncpg.Connection,
) -> None:
    """A chain: the return is parked for its payment, the payment for its case, which comes last."""
    back = event(BANK, "r-1", a_return("DB-1", "payouts/p-1", 50_000, "2024-01", on="2024-02-01"))
    taken = await take(connection, await an_intake(connection), back, PAYMENT, CASE)

    assert taken.outcomes == [Accepted(3), Accepted(2), Accepted(1)]
    assert taken.tally == Tally(accepted=3)


@pytest.mark.parametrize("same_run", [True, False])
async def test_what_an_earlier_batch_parked_is_told_when_it_is_woken(
    connection: asyncpg.Connection, *, same_run: bool
) -> None:
    """In the same run it moves from parked to accepted; that of another run is counted apart."""
    first = await an_intake(connection)
    assert (await take(connection, first, PAYMENT)).outcomes == [CASE_IS_MISSING]

    second = first if same_run else await an_intake(connection)
    taken = await take(connection, second, CASE)
    digest = first.sealer.digest(PAYMENT)
    assert taken.outcomes == [Accepted(1)]
    assert taken.woken == [Woken("payouts/p-1", digest, None, Accepted(2), same_run)]
    here, apart = Tally(accepted=2, parked=-1), Tally(accepted=1, released=1)
    assert taken.tally == (here if same_run else apart)


async def test_what_is_woken_only_to_be_parked_again_stays_parked(
    connection: asyncpg.Connection,
) -> None:
    """The return named two things that were not there; one has come."""
    intake = await an_intake(connection)
    back = event(BANK, "r-1", a_return("DB-1", "payouts/p-1", 50_000, "2024-01", on="2024-02-01"))
    await take(connection, intake, back)
    taken = await take(connection, intake, CASE)

    assert [woken.outcome for woken in taken.woken] == [Parked("event:payouts/p-1")]
    assert taken.tally == Tally(accepted=1)
    assert (await take(connection, intake, PAYMENT)).woken[0].outcome == Accepted(3)


async def test_bisecting_keeps_the_outcomes_of_the_whole_batch(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One record that the database refuses; the case comes in another half than its payment."""
    reading = Door.read

    def careless(door: Door, raw: bytes, _: object) -> Received:
        received = reading(door, raw)
        if received.id == "bad":
            received.id = "p\x00"
        return received

    monkeypatch.setattr(Door, "read", careless)
    bad = altered(AGAIN, id="bad")
    taken = await take(connection, await an_intake(connection), PAYMENT, AGAIN, bad, CASE, b"{")

    assert taken.outcomes == [
        Accepted(2),
        Accepted(3, ("month-already-paid", "amount-differs")),
        Quarantined((fault("storage_refused"),)),
        Accepted(1),
        NOT_JSON,
    ]
    assert taken.woken == []
    assert taken.tally == Tally(accepted=3, quarantined=2)


# All faults.


def faults(line: bytes) -> Sequence[tuple[str, str]]:
    with pytest.raises(Unacceptable) as refused:
        read(line, SAMPLE, replay=True)
    first, *_ = refused.value.faults
    assert (refused.value.code, refused.value.pointer) == (first.code, first.pointer)
    return [(each.code, each.pointer) for each in refused.value.faults]


def test_all_that_is_wrong_with_the_fields_is_told_at_once() -> None:
    wrong = altered(
        PAYMENT, {"amount_fen": -5, "months": None, "settled_on": "2024-02-30"}, id="大"
    )
    assert faults(wrong) == [
        ("malformed_envelope", "/id"),
        ("missing_field", "/data/months"),
        ("no_such_date", "/data/settled_on"),
        ("negative_amount", "/data/amount_fen"),
    ]


def test_unknown_fields_of_one_object_are_one_fault_without_their_names() -> None:
    """A name that somebody made up may be personal data."""
    wrong = altered(PAYMENT, {"张三": 1, "李四": 2, "amount_fen": -5})
    assert faults(wrong) == [("unknown_field", "/data"), ("negative_amount", "/data/amount_fen")]
    with pytest.raises(Unacceptable) as refused:
        read(wrong, SAMPLE, replay=True)
    assert "张三" not in json.dumps(refused.value.faults, ensure_ascii=False)


def test_a_fault_repeated_in_a_long_list_is_told_a_bounded_number_of_times() -> None:
    assert len(faults(altered(PAYMENT, {"months": ["January"] * 100}))) == MOST_FAULTS


async def test_the_reason_stored_is_the_first_fault(connection: asyncpg.Connection) -> None:
    wrong = altered(PAYMENT, {"amount_fen": -5, "months": None})
    (outcome,) = (await take(connection, await an_intake(connection), wrong)).outcomes

    assert isinstance(outcome, Quarantined)
    assert [each.code for each in outcome.faults] == ["missing_field", "negative_amount"]
    stored = await connection.fetchrow("SELECT reason, pointer, expected FROM ledger.quarantine")
    assert tuple(stored) == outcome.faults[0]
