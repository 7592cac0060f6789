"""What 0.1.0 accepted is read for ever, in the spelling of its time; nothing of it arrives now."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from domain.adoption import AdoptionDissolved
from domain.envelope import Door, Received
from domain.faults import Unacceptable
from domain.reporting import ReportPublished
from domain.spelling import respelled
from ledger import history, store
from ledger.outcomes import Accepted, Duplicate, Quarantined
from ledger.records import Record
from tests.support.bureau import SAMPLE
from tests.support.engine import altered, take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

MAY_1 = date(2024, 5, 1)


@pytest.mark.parametrize("text", ["1714521600", "1714521600000", "+1714521600", "2024-05-01"])
def test_a_stored_date_may_be_seconds_since_1970(text: str) -> None:
    """1714521600 is 2024-05-01T00:00:00Z, worked out by `date -u -d @1714521600`."""
    assert respelled(date, text) == MAY_1.isoformat()
    assert respelled(AdoptionDissolved, {"dissolved_on": text, "other": text}) == {
        "dissolved_on": "2024-05-01",
        "other": text,
    }


@pytest.mark.parametrize("text", ["2024-5-1", "20240501", "yesterday", "", "2024-02-30"])
def test_what_0_1_0_refused_stays_as_it_is(text: str) -> None:
    assert respelled(date | None, text) == text


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2025-01-17T16:52:00+08:00", 8),
        ("2025-01-17 16:52:00+08:00", 8),
        ("2025-01-17T16:52+0800", 8),
        ("2025-01-17t08:52:00z", 8),
        ("1737103920", 8),
    ],
)
def test_a_stored_moment_is_read_in_the_spelling_of_its_time(text: str, hour: int) -> None:
    stored = {
        "data": {"report_year": 2024, "published_at": text, "path": "/report"},
        "sequence": 1,
        "time": text,
    }

    entry = store.entry_of(
        (
            1,
            datetime.now(UTC),
            "office",
            "r",
            ReportPublished.TYPE,
            "report/2024",
            1,
            encoded(stored),
        ),
        SAMPLE,
    )

    published = entry.data
    assert isinstance(published, msgspec.Struct)
    assert vars_of(published)["published_at"] == datetime(2025, 1, 17, hour, 52, tzinfo=UTC)


def vars_of(form: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(form, name) for name in form.__struct_fields__}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


# At the ledger's door.

CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
OLD_SPELLINGS = {
    "a space in the time": altered(PAYMENT, time="2024-01-08 10:00:00+08:00"),
    "no seconds": altered(PAYMENT, time="2024-01-08T10:00+08:00"),
    "a date as seconds": altered(PAYMENT, {"settled_on": "1704672000"}),
}


READ = Door.read


def read_as_0_1_0(door: Door, raw: bytes, message: dict[str, Any] | None) -> Received:
    try:
        return READ(door, raw, message)
    except Unacceptable as refusal:
        if refusal.as_before is None:
            raise
        return refusal.as_before


@pytest.mark.parametrize("raw", OLD_SPELLINGS.values(), ids=OLD_SPELLINGS)
async def test_it_does_not_arrive_today(bench: Bench, raw: bytes) -> None:
    tally = await take(bench.connection, bench.intake, CASE, raw)

    assert (tally.accepted, tally.quarantined) == (1, 1)


@pytest.mark.parametrize("raw", OLD_SPELLINGS.values(), ids=OLD_SPELLINGS)
async def test_what_was_accepted_then_is_a_duplicate_now(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    with monkeypatch.context() as then:
        then.setattr(Door, "read", read_as_0_1_0)
        assert (await take(bench.connection, bench.intake, CASE, raw)).accepted == 2

    taken = await bench.intake.take(bench.connection, [Record(raw, "again")])

    assert [type(outcome) for outcome in taken.outcomes] == [Duplicate]


@pytest.mark.parametrize("raw", OLD_SPELLINGS.values(), ids=OLD_SPELLINGS)
async def test_what_was_parked_then_is_taken_now(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    with monkeypatch.context() as then:
        then.setattr(Door, "read", read_as_0_1_0)
        assert (await take(bench.connection, bench.intake, raw)).parked == 1

    taken = await bench.intake.take(bench.connection, [Record(CASE, "its case")])

    assert [type(event.outcome) for event in taken.woken] == [Accepted]
    stream = await history.read_stream(bench.connection, LEDGER, "case/DB-1")
    assert stream[1].data.occurred_on() == date(2024, 1, 8)


async def test_another_content_under_its_id_is_refused_for_what_is_wrong_with_it(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, CASE, PAYMENT)
    spelled = OLD_SPELLINGS["no seconds"]

    taken = await bench.intake.take(connection, [Record(spelled, "again")])

    (refused,) = taken.items
    assert isinstance(refused.outcome, Quarantined)
    assert [fault.code for fault in refused.outcome.faults] == ["malformed_envelope"]
