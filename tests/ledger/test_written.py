"""Messages as vendors wrote them, at the door of a ledger: what went wrong, made right."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.identifiers import resident_id_check
from domain.marriage.marriages import MarriageRegistered
from infra.settings import Settings
from ledger import clock, files, reading, store
from ledger.content import compact
from ledger.history import read_stream
from ledger.intake import Intake
from ledger.outcomes import Accepted, Duplicate, Outcome, Parked, Quarantined
from ledger.records import Record, claim
from tests.support import defined
from tests.support.engine import altered, ledger_dump
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench, event, rolled_back
from tests.support.money import PUBLISHED, a_household, a_payment, an_id
from upkeep.verification import driver

ZONES = ("UTC", "Asia/Shanghai", "America/New_York")


@contextlib.contextmanager
def in_zone(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The process is in a time zone."""
    with in_zone(request.param):
        yield


def midnights() -> Iterator[bytes]:
    """Registrations within an hour of each end of a day and of the year, in several offsets."""
    times = ["2024-12-31T23:30:00+08:00", "2024-12-31T16:30:00Z", "2024-12-31T15:59:59.999999Z"]
    for number, at in enumerate([*times, "2025-01-01T00:00:00", "2024-03-10T02:30:00-05:00"], 101):
        yield married(number, time=at, receivedat="2025-01-01T08:00:00+08:00")


def a_marriage(number: int, first: str | None = None, on: str = "2024-03-01") -> MarriageRegistered:
    """A registration of two people of the district."""
    return MarriageRegistered.model_validate(
        {
            "certificate_number": f"J445102-2024-{number:06d}",
            "parties": [
                {
                    "id_kind": "resident-id",
                    "id_number": id_number,
                    "name": "示例",
                    "residence_division": LEDGER,
                }
                for id_number in (first or an_id(number=1), an_id(number=2))
            ],
            "registered_on": date.fromisoformat(on),
            "registrars": ["EX-0001"],
        },
        strict=False,
    )


def married(number: int, **changes: Any) -> bytes:
    """The n-th registration, m-<n> of its source, with other attributes or data."""
    data = changes.pop("data", None)
    return altered(event("marriage", f"m-{number}", a_marriage(number)), data, **changes)


def faults(outcome: Outcome) -> list[tuple[str, str]]:
    assert isinstance(outcome, Quarantined), outcome
    return [(fault.code, fault.pointer) for fault in outcome.faults]


async def outcomes(bench: Bench, *lines: bytes) -> list[Outcome]:
    records = [Record(line, f"test:{number}") for number, line in enumerate(lines, start=1)]
    return (await bench.intake.take(bench.connection, records)).outcomes


async def clock_of(connection: asyncpg.Connection) -> datetime | None:
    ledger = await store.find_ledger(connection, LEDGER)
    assert ledger is not None
    return ledger.last_recorded_at


EVERYTHING = [*in_turn(history(), [BANK, STANDARDS, OFFICE] * 20), *midnights()]


# Dates.


@pytest.mark.parametrize("digits", ["1709251200", "0", "-86400", "1709251200000", "20240301"])
async def test_a_date_as_epoch_text_stops_nobody(bench: Bench, digits: str) -> None:
    """It became an entry that no projector could fold: figures, rebuild, intake ended for good."""
    wrong = married(2, data={"registered_on": digits})

    taken = await outcomes(bench, married(1), wrong, married(3))
    assert [type(outcome) for outcome in taken] == [Accepted, Quarantined, Accepted]
    assert faults(taken[1]) == [("malformed_value", "/data/registered_on")]
    await bench.take()
    assert (await bench.figure("F40")).value == 2


async def test_a_date_as_epoch_text_stops_no_judging_in_a_live_ledger(
    connection: asyncpg.Connection,
) -> None:
    """An application of a divorce was taken with it, and the registration ended the intake."""
    bench = await Bench.open(connection, "live")
    parties = [party.model_dump() for party in a_marriage(1).parties]
    usual: dict[str, Any] = {
        "specversion": "1.0",
        "source": "marriage",
        "time": "2024-03-01T10:00:00+08:00",
    }
    usual |= {"division": LEDGER, "sequence": 1, "subject": "divorce/LH-1"}
    usual["type"] = "cn.mingjian.marriage.divorce-applied.v1"
    told: dict[str, Any] = {"receipt": "LH-1", "parties": parties, "applied_on": "1709251200"}
    applied = usual | {"id": "a-1", "data": told}
    told = {
        "receipt": "LH-1",
        "certificate_number": "L445102-2024-000001",
        "parties": parties,
        "registered_on": "2024-04-15",
        "registrars": ["EX-0001"],
    }
    registered = usual | {"id": "r-1", "data": told}
    registered["type"] = "cn.mingjian.marriage.divorce-registered.v1"

    (refused,) = await outcomes(bench, json.dumps(applied).encode())
    assert faults(refused) == [("malformed_value", "/data/applied_on")]
    lines = (json.dumps(registered).encode(), married(1, receivedat=None))
    assert await outcomes(bench, *lines) == [Parked("stream:divorce/LH-1"), Accepted(1)]


# When it came.


@pytest.mark.parametrize(
    "moment",
    [
        *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+08:00"),
        *("0001-01-01T00:00:00+14:00", "2204-03-04T18:00:00+08:00"),
    ],
)
async def test_a_time_of_receipt_at_the_end_of_time_moves_no_clock(
    bench: Bench, moment: str
) -> None:
    """The clock of the replay stood in the year 9999; whatever was refused later ended the run."""
    first = married(1)
    lines = first, married(2, receivedat=moment), b'{"not":"an event"}', married(3)

    taken = await outcomes(bench, *lines)
    assert [type(o) for o in taken] == [Accepted, Quarantined, Quarantined, Accepted]
    assert faults(taken[1]) == [("wrong_clock", "/receivedat")]
    assert await clock_of(bench.connection) == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (await outcomes(bench, first, b"no event either"))[0] == Duplicate(Accepted(1))


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "2204-03-04T18:00:00+08:00"])
async def test_what_would_have_waited_at_the_end_of_time_is_refused(
    bench: Bench, moment: str
) -> None:
    payment = altered(event("payouts", "p-1", a_payment("DB-1", 1, "2024-01")), receivedat=moment)

    refused, taken = await outcomes(bench, payment, married(1))
    assert faults(refused) == [("wrong_clock", "/receivedat")]
    assert taken == Accepted(1)


async def test_one_event_of_the_future_makes_no_other_known_late(bench: Bench) -> None:
    """Three of four marriages were gone from what was known in January 2025."""
    future = married(2, receivedat="2204-03-04T18:00:00+08:00")
    await bench.take(married(1), future, married(3), married(4))

    assert (await bench.figure("F40", known=PUBLISHED)).value == 3
    assert (await bench.figure("F40")).value == 3


@pytest.mark.parametrize(("sample", "days"), [(True, 731), (False, 0)])
async def test_only_a_sample_may_run_ahead(bench: Bench, *, sample: bool, days: int) -> None:
    await bench.connection.execute("UPDATE ledger.ledger SET sample = $1", sample)
    ledger = await store.find_ledger(bench.connection, LEDGER)
    assert ledger is not None
    assert clock.latest(sample=sample) - datetime.now(UTC) <= timedelta(days=days)
    intake = Intake(ledger, Settings().secret)
    for number, ahead in enumerate((timedelta(days=days, hours=-1), timedelta(days=days, hours=1))):
        at = (datetime.now(UTC) + ahead).isoformat()
        record = Record(married(number, receivedat=at), "test:1")
        (item,) = await intake.read(bench.connection, [record])
        assert [fault.code for fault in item.faults] == ["wrong_clock"] * number


async def test_what_was_taken_and_parked_before_stays_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such events stand in ledgers that were filled before: as entries, and among what waits."""
    case = event("social-assistance", "c-1", a_household("DB-1"))
    future = "2190-01-01T00:00:00+08:00"
    payment = event("payouts", "p-1", a_payment("DB-1", 1, "2024-01"))
    waits, entry = altered(payment, receivedat=future), married(1, receivedat=future)
    with monkeypatch.context() as then:
        then.setattr(clock, "latest", lambda **_: datetime(2199, 1, 1, tzinfo=UTC))
        assert await outcomes(bench, waits, entry) == [Parked("stream:case/DB-1"), Accepted(1)]

    bench = await Bench.join(bench.connection)
    assert await outcomes(bench, entry) == [Duplicate(Accepted(1))]
    assert await outcomes(bench, case) == [Accepted(2)]
    last = await read_stream(bench.connection, LEDGER, "case/DB-1")
    assert [each.position for each in last] == [2, 3]


# Attributes.

AS_OTHERS_WRITE = [
    {"datacontenttype": "Application/JSON; charset=utf-8"},
    {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"dataschema": "https://example.invalid/marriage.json", "partitionkey": "J445102"},
    {"sequence": "0000000001", "recordedtime": "2024-03-06T10:00:01+08:00"},
]


@pytest.mark.parametrize("changes", AS_OTHERS_WRITE, ids=" ".join)
async def test_a_resend_through_another_library_is_a_duplicate(
    bench: Bench, changes: dict[str, Any]
) -> None:
    line = married(1)
    message = json.loads(line)
    nulls = message | {"corrects": None, "correctionkind": None, "dataschema": None}
    bare = {name: value for name, value in message.items() if name != "datacontenttype"}
    resent = [altered(line, **changes), json.dumps(nulls).encode(), json.dumps(bare).encode()]
    other = altered(line, {"registrars": ["EX-0002"]}, **changes)

    first = await outcomes(bench, resent[0])
    assert first == [Accepted(1)]
    assert await outcomes(bench, line, *resent) == [Duplicate(Accepted(1))] * 4
    assert faults((await outcomes(bench, other))[0]) == [("id_conflict", "/id")]


async def test_bytes_are_kept_with_what_is_ignored_and_verified(bench: Bench) -> None:
    line = married(1, traceparent="00-1-2-3", sequence="0001", datacontenttype=None)
    payment = event("payouts", "p-1", a_payment("DB-1", 1, "2024-01"))
    case = event("social-assistance", "c-1", a_household("DB-1"))
    lines = [
        line,
        altered(case, partitionkey="x"),
        altered(payment, tracestate="a=b", sequence="7"),
    ]
    await bench.take(*lines)

    (opened,) = await bench.connection.fetchrow("SELECT open FROM ledger.entry WHERE position = 3")
    assert opened == lines[2]
    settings = Settings()
    made = await driver.verify(
        bench.connection, settings.secret, LEDGER, settings.kafka_prefix, lambda *_: lambda _: None
    )
    assert not made.differences.kinds


async def test_the_same_event_written_another_way_is_a_duplicate(bench: Bench) -> None:
    line = married(1)
    message = json.loads(line)
    turned = dict(reversed(message.items()))
    lines = [line, line, json.dumps(turned, indent=1).encode(), json.dumps(message).encode()]

    assert await outcomes(bench, *lines) == [Accepted(1), *[Duplicate(Accepted(1))] * 3]
    other = altered(line, {"registered_on": "2024-03-02"})
    assert faults((await outcomes(bench, other))[0]) == [("id_conflict", "/id")]


async def test_null_attributes_in_entries_of_earlier_days_are_verified_and_known_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before null was unset, it was content."""
    message = json.loads(married(1)) | {"corrects": None, "correctionkind": None}
    line = json.dumps(message, separators=(",", ":")).encode()
    with monkeypatch.context() as earlier:
        earlier.setattr(reading, "told", compact)
        assert await outcomes(bench, line) == [Accepted(1)]
    settings = Settings()
    made = await driver.verify(
        bench.connection, settings.secret, LEDGER, settings.kafka_prefix, lambda *_: lambda _: None
    )
    assert not made.differences.kinds
    spaced = json.dumps(message, indent=1).encode()
    assert await outcomes(bench, line, spaced) == [Duplicate(Accepted(1))] * 2


# Files.

MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "file",
    [
        MARK + b"%s\r\n%s\r\n\r\n",
        b"%s\n" + MARK + b"%s",
        MARK + b"%s\r\n" + MARK + b"\r\n" + MARK + b"%s\n" + MARK,
    ],
)
async def test_a_byte_order_mark_belongs_to_the_file(bench: Bench, file: bytes) -> None:
    """Files of Windows lost their first event, and files joined of several one of each."""
    lines = files.read_lines(io.BytesIO(file % (married(1), married(2))))
    tally = await files.ingest(bench.connection, bench.intake, files.batches(lines, "w.jsonl"))
    assert str(tally) == "accepted 2, duplicate 0, parked 0, quarantined 0"


async def test_a_byte_order_mark_in_a_message_is_named(bench: Bench) -> None:
    (refused,) = await outcomes(bench, MARK + married(1))
    assert isinstance(refused, Quarantined)
    assert refused.faults[0].code == "not_json"
    assert "byte order mark" in refused.faults[0].expected


# Claims of what is refused.


@pytest.mark.usefixtures("zone")
async def test_a_time_without_zone_at_the_end_of_a_year_is_of_that_year(bench: Bench) -> None:
    """In a process in UTC the refused event claimed 1 January, and the report lost its warning."""
    naive = married(1, time="2024-12-31T20:30:00", receivedat="2025-01-01T00:30:00+08:00")

    refused, taken = await outcomes(bench, naive, married(2))
    assert faults(refused) == [("malformed_envelope", "/time")]
    assert taken == Accepted(1)
    on = await bench.connection.fetchval("SELECT claims_on FROM ledger.quarantine")
    assert on == date(2024, 12, 31)


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("settled_on", "moment", "on"),
    [
        ("2024-W10-1", "2024-03-08T23:59:59", date(2024, 3, 8)),
        ("20240301", "2024-03-08t16:00:00z", date(2024, 3, 9)),
        ("2024-03-01", "2024-03-08T10:00:00+08:00", date(2024, 3, 1)),
        ("2024-03-01T00:00:00Z", "20240308T100000", date(2024, 6, 1)),
        ("9999-12-31", "9999-12-31T23:59:59Z", date(2024, 6, 1)),
    ],
)
def test_claims_are_read_as_contracts_read(settled_on: str, moment: str, on: date) -> None:
    payment = event("payouts", "p-1", a_payment("DB-1", 1, "2024-01"))
    message = json.loads(payment) | {"time": moment}
    message["data"]["settled_on"] = settled_on
    assert claim(message, datetime(2024, 6, 1, 3, tzinfo=UTC)).on == on


async def test_what_is_refused_first_of_all_claims_the_day_of_its_time(bench: Bench) -> None:
    """Of a replay that has no clock yet, it claimed a day of 1970."""
    await outcomes(bench, married(1, receivedat="0001-01-01T00:00:00+08:00"))
    on = await bench.connection.fetchval("SELECT claims_on FROM ledger.quarantine")
    assert on == date(2024, 3, 1)


# The zone of the process.


async def test_the_zone_of_the_process_changes_nothing(ledger_url: str) -> None:
    """Entries, what is aside, the journal and all figures are the same in every zone."""
    found = []
    for name in ZONES:
        with in_zone(name):
            async with rolled_back(ledger_url) as bench:
                await bench.take(*EVERYTHING, batch=7)
                figures = await defined.figures(bench.connection, await bench.moment())
                found.append((await ledger_dump(bench.connection), figures))
    assert found[0] == found[1] == found[2]


# Numbers that other validators refuse.


@pytest.mark.parametrize(
    "number",
    [
        *("81000019850312001", "82000019850312001", "83000019850312001", "94482619850312001"),
        "44050819850312001",
    ],
)
async def test_numbers_that_other_validators_refuse_are_taken(bench: Bench, number: str) -> None:
    """港澳台居民居住证, 外国人永久居留身份证, and a division that was abolished."""
    fact = a_marriage(1, number + resident_id_check(number))
    assert await outcomes(bench, event("marriage", "m-1", fact)) == [Accepted(1)]
