"""Where each record ends: in the ledger, with what waits, in quarantine, or known already."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import examples
from domain.catalogue import EVENTS
from domain.faults import fault
from domain.marriage.marriages import CertificateCeremonyHeld, MarriageRegistered
from infra.settings import Settings
from ledger import files, store, tables
from ledger.intake import Intake
from ledger.outcomes import Accepted, Quarantined, Tally
from ledger.records import Record, claim
from projections import opening
from tests.support.bureau import SAMPLE, new_ledger
from tests.support.engine import altered, ledger_dump, read_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, WAITING, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment, a_return

LINES = in_turn(history(), [BANK, STANDARDS, OFFICE] * 20)
CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))


async def an_intake(connection: asyncpg.Connection, kind: str = "replay") -> Intake:
    return (await Bench.open(connection, kind)).intake


async def reasons(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    rows = await connection.fetch(
        "SELECT reason, pointer, source, event_id, origin FROM ledger.quarantine ORDER BY number"
    )
    return [tuple(row) for row in rows]


async def accepted(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch("SELECT event_id FROM ledger.entry ORDER BY position")
    return [row[0] for row in rows]


async def waits(connection: asyncpg.Connection) -> dict[str, str]:
    rows = await connection.fetch(
        "SELECT event_id, waits_for FROM ledger.parked WHERE taken_at IS NULL"
    )
    return {row[0]: row[1] for row in rows}


# Bad input.


async def test_bad_records_are_put_aside_with_a_reason_and_the_rest_goes_through(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    tally = await take(
        connection,
        intake,
        b"not json",
        CASE,
        b"[" * 100_000,
        altered(PAYMENT, {"amount_fen": -5}),
        PAYMENT,
        b'{"id":"' + b"x" * 20 * 2**20 + b'"}',
        altered(PAYMENT, {"programme": "pension"}, id="p-2"),
    )
    assert str(tally) == "accepted 2, duplicate 0, parked 0, quarantined 5"
    assert await accepted(connection) == ["c-1", "p-1"]
    assert await reasons(connection) == [
        ("not_json", "", None, None, "test:0"),
        ("too_deep", "", None, None, "test:2"),
        ("negative_amount", "/data/amount_fen", "payouts", "p-1", "test:3"),
        ("oversize", "", None, None, "test:5"),
        ("not_in_bureau", "/data/programme", "payouts", "p-2", "test:6"),
    ]


async def test_quarantine_keeps_what_was_claimed_and_the_sealed_bytes(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    raw = altered(PAYMENT, {"programme": "pension"})
    await take(connection, intake, raw)
    row = await connection.fetchrow("SELECT * FROM ledger.quarantine")
    assert row["claims_fen"] == 50_000
    assert row["claims_on"] == date(2024, 1, 8)
    assert row["size"] == len(raw)
    assert intake.sealer.unbox(row["sealed"]) == raw


RETURN = event(BANK, "r-1", a_return("DB-1", "payouts/p-1", 50_000, "2024-01", on="2024-02-01"))
LATE = "2024-03-05T10:00:00+08:00"


@pytest.mark.parametrize(
    ("line", "claimed"),
    [
        (altered(PAYMENT, time=LATE), (50_000, date(2024, 1, 8))),  # paid on 8 January
        (altered(PAYMENT, {"settled_on": "soon"}, time=LATE), (50_000, date(2024, 3, 5))),
        (altered(RETURN, time=LATE), (50_000, date(2024, 3, 5))),  # no money went out
        (altered(CASE, time=LATE), (None, date(2024, 3, 5))),
        (altered(PAYMENT, type="cn.mingjian.x.y.v1", time=LATE), (50_000, date(2024, 3, 5))),
    ],
)
def test_what_is_put_aside_claims_the_money_and_day_that_its_type_states(
    line: bytes, claimed: tuple[int | None, date]
) -> None:
    assert claim(json.loads(line), datetime(2024, 6, 1, tzinfo=UTC)) == claimed


@pytest.mark.parametrize(
    "claims", [{"amount_fen": 2**60}, {"amount_fen": True}, {"settled_on": "soon"}, {"x": "\udc00"}]
)
async def test_wild_claims_do_not_stop_quarantine(
    connection: asyncpg.Connection, claims: dict[str, Any]
) -> None:
    intake = await an_intake(connection)
    raw = altered(PAYMENT, {"programme": "pension"}).replace(b'"data":{', b'"data":{"y":1,')
    message = altered(raw, {k: v for k, v in claims.items() if k != "x"})
    if "x" in claims:
        message = message.replace(b'"y":1', b'"y":"\\udc00"')
    assert (await take(connection, intake, message)).quarantined == 1


async def test_other_content_under_a_used_id_is_a_conflict_and_the_first_stands(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    other = altered(PAYMENT, {"amount_fen": 1})
    parked = event(BANK, "p-7", a_payment("DB-7", 1, "2024-01"))
    tally = await take(connection, intake, CASE, PAYMENT, other, parked)
    assert (tally.accepted, tally.parked, tally.quarantined) == (2, 1, 1)

    again = await take(connection, intake, other, altered(parked, {"amount_fen": 2}), PAYMENT)
    assert str(again) == "accepted 0, duplicate 2, parked 0, quarantined 1"
    assert [row[0] for row in await reasons(connection)] == ["id_conflict", "id_conflict"]
    assert (
        await connection.fetchval(
            "SELECT convert_from(open, 'UTF8')::jsonb #>> '{data,amount_fen}' FROM ledger.entry"
            " WHERE event_id = 'p-1'"
        )
        == "50000"
    )


def rewritten(line: bytes) -> bytes:
    """The same fact as another program writes it: keys the other way round, spaces, escapes."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    return json.dumps(turned(json.loads(line)), indent=1).encode().replace(b"/", b"\\/")


async def test_the_same_fact_in_other_bytes_is_a_duplicate(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    assert rewritten(CASE) != CASE
    again = [CASE, rewritten(CASE), CASE + b" "]
    assert await take(connection, intake, *again) == Tally(accepted=1, duplicate=2)
    later = await an_intake(connection)
    assert await take(connection, later, *again) == Tally(duplicate=3)
    assert await reasons(connection) == []


async def test_the_same_moment_in_another_zone_is_the_same_fact(
    connection: asyncpg.Connection,
) -> None:
    """A library wrote the time of day here in one mode, and UTC in the other: an id conflict."""
    intake = await an_intake(connection)
    at = json.loads(CASE)["time"]
    assert at == "2024-01-01T10:00:00+08:00"
    spelled = [altered(CASE, time=f"2024-01-01T{rest}") for rest in ("02:00:00Z", "02:00:00.000Z")]
    for first, *others in ([CASE, *spelled], [*spelled, CASE]):
        renamed = [each.replace(b'"c-1"', b'"c-%d"' % len(others[0])) for each in (first, *others)]
        assert await take(connection, intake, *renamed) == Tally(accepted=1, duplicate=2)
    other = altered(CASE, time="2024-01-01T02:00:01Z")
    assert await take(connection, intake, CASE, other) == Tally(accepted=1, quarantined=1)
    assert [row[0] for row in await reasons(connection)] == ["id_conflict"]


async def test_a_parked_fact_in_other_bytes_is_a_duplicate_of_it(
    connection: asyncpg.Connection,
) -> None:
    """Within a batch, and when the parked event is stored; once it is taken, too."""
    payment = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
    intake = await an_intake(connection)
    first = await take(connection, intake, payment, rewritten(payment))
    assert first == Tally(parked=1, duplicate=1)
    later = await an_intake(connection)
    assert await take(connection, later, rewritten(payment)) == Tally(duplicate=1)
    assert await take(connection, later, CASE, rewritten(payment)) == Tally(
        accepted=1, duplicate=1, released=1
    )
    other = altered(payment, {"amount_fen": 50_001})
    assert await take(connection, later, other) == Tally(quarantined=1)


async def test_a_source_may_not_speak_in_anothers_name(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    refused, accepted = (
        await intake.take(connection, [Record(CASE, "t/0/1", BANK), Record(CASE, "t/0/2", OFFICE)])
    ).outcomes
    assert refused == Quarantined((fault("unauthorised", "/source", BANK),))
    assert accepted == Accepted(1)
    assert [row[:2] for row in await reasons(connection)] == [("unauthorised", "/source")]


async def test_a_contract_that_comes_later_releases_what_was_put_aside(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes, sent again when the type is known, are accepted; quarantine says so."""
    intake = await an_intake(connection)
    with monkeypatch.context() as before:
        before.delitem(EVENTS, "assistance.payment-settled.v1")
        assert (await take(connection, intake, CASE, PAYMENT)).quarantined == 1
    assert (await take(connection, intake, PAYMENT)).accepted == 1
    assert await connection.fetchval("SELECT released_by FROM ledger.quarantine") == "payouts/p-1"


NOISE = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(LINES).flatmap(
        lambda line: st.tuples(st.integers(0, len(line)), st.binary(max_size=4)).map(
            lambda cut: line[: cut[0]] + cut[1] + line[cut[0] + 1 :]
        )
    ),
    st.sampled_from(LINES),
)


@given(st.lists(NOISE, min_size=1, max_size=12), st.integers(1, 12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_every_record_ends_in_exactly_one_place(
    connection: asyncpg.Connection, lines: list[bytes], batch: int
) -> None:
    if not await connection.fetchval("SELECT to_regclass('ledger.ledger')"):
        await opening.prepare(connection)
    transaction = connection.transaction()
    await transaction.start()
    try:
        ledger = await new_ledger(connection)
        intake = Intake(ledger, Settings().secret)
        tally = await take(connection, intake, *lines, batch=batch)
        counts = [
            await connection.fetchval(f"SELECT count(*) FROM ledger.{table}")
            for table in ("entry", "parked WHERE taken_at IS NULL", "quarantine")
        ]
        assert [tally.accepted, tally.parked, tally.quarantined] == counts
        assert sum(counts) + tally.duplicate == len(lines)
        again = await take(connection, intake, *lines, batch=batch)
        assert again == Tally(duplicate=len(lines))
    finally:
        await transaction.rollback()


# The same file again.


async def test_the_same_events_again_change_no_row(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    lines = [*LINES, b"not json", altered(PAYMENT, {"amount_fen": -5}), b"not json"]
    await bench.take(*lines, batch=5)
    before = await ledger_dump(connection, leave_out={}), await read_dump(connection)

    for intake in (bench.intake, await an_intake(connection)):
        for batch in (1, 7, 1_000):
            tally = await take(connection, intake, *lines, batch=batch)
            assert tally == Tally(duplicate=len(lines))
    assert (await ledger_dump(connection, leave_out={}), await read_dump(connection)) == before


# What waits.


async def test_an_event_waits_for_its_stream_and_for_each_event_it_names(
    connection: asyncpg.Connection,
) -> None:
    """A chain: the repayment waits for the payment, which waits for the case."""
    intake = await an_intake(connection)
    back = event(BANK, "r-1", a_return("DB-1", "payouts/p-1", 50_000, "2024-01", on="2024-02-01"))
    change = event(
        BANK, "p-2", a_payment("DB-1", 1, "2024-01"), corrects="payouts/p-1", kind="changed"
    )
    tally = await take(connection, intake, change, back, PAYMENT)
    assert tally.parked == 3
    assert await waits(connection) == {
        "p-2": "event:payouts/p-1",
        "r-1": "stream:case/DB-1",
        "p-1": "stream:case/DB-1",
    }

    tally = await take(connection, intake, CASE)
    assert tally == Tally(accepted=4, parked=-3)
    assert await waits(connection) == {}
    assert await accepted(connection) == ["c-1", "p-1", "p-2", "r-1"]
    taken = await connection.fetch("SELECT event_id, taken_at FROM ledger.parked ORDER BY number")
    assert [tuple(row) for row in taken] == [("p-2", 3), ("r-1", 4), ("p-1", 2)]


async def test_what_an_earlier_run_parked_is_counted_apart(connection: asyncpg.Connection) -> None:
    await take(connection, await an_intake(connection), PAYMENT)
    tally = await take(connection, await an_intake(connection), PAYMENT, CASE)
    assert tally == Tally(accepted=1, duplicate=1, released=1)
    assert await accepted(connection) == ["c-1", "p-1"]


async def test_a_parked_correction_that_does_not_fit_goes_to_quarantine(
    connection: asyncpg.Connection,
) -> None:
    intake = await an_intake(connection)
    await take(connection, intake, CASE, event(OFFICE, "c-2", a_household("DB-2")))
    wrong = event(
        BANK, "p-2", a_payment("DB-2", 1, "2024-01"), corrects="payouts/p-1", kind="changed"
    )
    assert (await take(connection, intake, wrong)).parked == 1
    tally = await take(connection, await an_intake(connection), PAYMENT)
    assert tally == Tally(accepted=1)
    assert [row[0] for row in await reasons(connection)] == ["correction_mismatch"]
    assert await waits(connection) == {}
    assert await take(connection, intake, wrong) == Tally(duplicate=1)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_an_id_whose_first_event_was_refused_may_be_parked_again(
    connection: asyncpg.Connection,
    size: int,
) -> None:
    """The row of the first time stood in the way of the second: the intake could not go on."""
    wrong = event(
        BANK, "p-2", a_payment("DB-2", 1, "2024-01"), corrects="payouts/p-1", kind="changed"
    )
    again = event(BANK, "p-2", a_payment("DB-3", 2, "2024-01"))
    told = (CASE, event(OFFICE, "c-2", a_household("DB-2")), wrong, PAYMENT, again)
    intake = await an_intake(connection)

    tally = await take(connection, intake, *told, batch=size)

    assert tally == Tally(accepted=3, parked=1, quarantined=1)
    assert await waits(connection) == {"p-2": "stream:case/DB-3"}
    third = event(OFFICE, "c-3", a_household("DB-3"))
    assert await take(connection, intake, third) == Tally(accepted=2, parked=-1)


COUPLES = ("J445102-2024-000001", "J445102-2024-000002")


def a_wedding(number: str) -> bytes:
    line = json.dumps(examples.message(MarriageRegistered, SAMPLE), ensure_ascii=False).encode()
    subject = f"marriage/{number}"
    return altered(line, {"certificate_number": number}, id=f"m-{number[-1]}", subject=subject)


def a_ceremony(name: str, *couples: str) -> bytes:
    fact = CertificateCeremonyHeld(
        ceremony=name, held_on=date(2024, 5, 20), place="示例广场", certificates=couples
    )
    return event("marriage", name, fact)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
async def test_parked_events_are_taken_in_the_order_they_were_parked(
    connection: asyncpg.Connection, size: int
) -> None:
    """One that was parked again went behind others in the same batch, and before them in the next.

    The first ceremony needs both couples, the second only the second couple.
    """
    told = (
        a_ceremony("c-1", *COUPLES),
        a_ceremony("c-2", COUPLES[1]),
        a_wedding(COUPLES[0]),
        a_wedding(COUPLES[1]),
    )

    await take(connection, await an_intake(connection), *told, batch=size)

    assert await accepted(connection) == ["m-1", "m-2", "c-1", "c-2"]


async def test_a_recovery_names_a_payment_of_its_stream(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    not_money_back = event(
        BANK, "p-2", a_payment("DB-1", 1, "2024-01"), corrects="payouts/p-1", kind="recovered"
    )
    tally = await take(connection, intake, CASE, PAYMENT, not_money_back)
    assert (tally.accepted, tally.quarantined) == (2, 1)


async def test_history_in_small_runs_leaves_only_what_waits_for_ever(
    connection: asyncpg.Connection,
) -> None:
    total = 0
    for start in range(0, len(LINES), 4):
        intake = await an_intake(connection)
        tally = await take(connection, intake, *LINES[start : start + 4], batch=3)
        total += tally.accepted + tally.released
    assert total == len(LINES) - WAITING
    assert set(await waits(connection)) == {"p-9", "p-9b"}


# Order and clocks.


async def test_positions_are_dense_and_versions_run_from_one(
    connection: asyncpg.Connection,
) -> None:
    await take(connection, await an_intake(connection), *LINES, batch=3)
    positions = await connection.fetch("SELECT position FROM ledger.entry ORDER BY 1")
    assert [row[0] for row in positions] == list(range(1, len(LINES) - WAITING + 1))
    streams = await connection.fetch(
        "SELECT array_agg(version ORDER BY position) FROM ledger.entry GROUP BY stream"
    )
    assert all(row[0] == list(range(1, len(row[0]) + 1)) for row in streams)


async def test_recording_time_of_a_replay_never_goes_back(connection: asyncpg.Connection) -> None:
    intake = await an_intake(connection)
    late = event(OFFICE, "c-2", a_household("DB-2"), received=date(2024, 6, 1))
    early = event(OFFICE, "c-3", a_household("DB-3"), received=date(2024, 5, 1))
    await take(connection, intake, late, early)
    times = await connection.fetch("SELECT recorded_at FROM ledger.entry ORDER BY position")
    assert times[0][0] == times[1][0]


async def test_a_live_ledger_records_by_the_clock_of_its_database(
    connection: asyncpg.Connection,
) -> None:
    ledger = await opening.create_ledger(connection, LEDGER, "live", Settings())
    intake = Intake(ledger, Settings().secret)
    begin = await connection.fetchval("SELECT clock_timestamp()")
    bodies = [
        altered(event(OFFICE, f"c-{n}", a_household(f"DB-{n}")), receivedat=None) for n in (1, 2, 3)
    ]
    tally = await take(connection, intake, *bodies, CASE)
    assert (tally.accepted, tally.quarantined) == (3, 1)
    end = await connection.fetchval("SELECT clock_timestamp()")
    times = await connection.fetch(
        "SELECT recorded_at FROM ledger.entry"
        " UNION SELECT last_recorded_at FROM ledger.ledger"
        " UNION SELECT received_at FROM ledger.quarantine"
    )
    assert len(times) == 1, "one batch, one time"
    assert begin < times[0][0] < end
    assert [row[0] for row in await reasons(connection)] == ["wrong_clock"]


async def test_a_ledgers_kind_is_fixed_at_creation(connection: asyncpg.Connection) -> None:
    await opening.create_ledger(connection, LEDGER, "live", Settings())
    assert not (await opening.create_ledger(connection, LEDGER, "replay", Settings())).replay


async def test_a_ledger_that_is_not_there_is_told(connection: asyncpg.Connection) -> None:
    await opening.prepare(connection)
    ledger = store.Ledger("445103", "replay", sample=True, position=0, last_recorded_at=None)
    with pytest.raises(store.LedgerMissing, match="445103"):
        await take(connection, Intake(ledger, Settings().secret), CASE)


# Files.


def test_lines_are_cut_without_their_ends_and_without_empty_ones(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"one\r\n\n  \ntwo\n\r\nthree")
    with file.open("rb") as opened:
        assert list(files.read_lines(opened)) == [b"one", b"  ", b"two", b"three"]


def test_a_line_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LINE_BYTES_MAX", 10)
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"x" * 25 + b"\n" + b"y" * 9 + b"\n" + b"z" * 10 + b"\nlast")
    with file.open("rb") as opened:
        assert list(files.read_lines(opened)) == [b"x" * 10, b"y" * 9, b"z" * 10, b"last"]


def test_batches_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH_BYTES", 100)
    lines = [b"x" * 60] * 5
    assert [len(group) for group in files.batches(lines, "f")] == [2, 2, 1]


def _rss_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
async def test_memory_stays_flat_over_many_giant_lines(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    intake = await an_intake(connection)
    file = tmp_path / "giant.jsonl"
    with file.open("wb") as out:
        for number in range(12):
            out.write(b'{"id":"%d","x":"' % number + b"x" * 20 * 2**20 + b'"}\n')
        out.write(CASE + b"\n")
    highest = start = _rss_mib()

    def look(_: int) -> None:
        nonlocal highest
        highest = max(highest, _rss_mib())

    tally = await files.ingest_file(connection, intake, file, progress=look)
    assert (tally.accepted, tally.quarantined) == (1, 12)
    assert highest - start < 200


def _names() -> Iterator[tuple[str, str]]:
    yield from ((BANK, "p-1"), (OFFICE, "c-1"))


async def test_known_events_say_what_they_are(connection: asyncpg.Connection) -> None:
    await take(connection, await an_intake(connection), PAYMENT)
    ledger = await store.find_ledger(connection, LEDGER)
    assert ledger is not None
    known = await tables.known_events(connection, ledger, _names())
    assert {name: (k.type, k.stream, k.parked) for name, k in known.items()} == {
        (BANK, "p-1"): ("assistance.payment-settled.v1", "", True)
    }


async def test_bytes_in_quarantine_that_wait_and_are_refused_again_stop_nothing(
    connection: asyncpg.Connection,
) -> None:
    """Refused as of unknown type, later parked, woken and refused: quarantine holds them once."""
    intake = await an_intake(connection)
    case = event(OFFICE, "c-2", a_household("DB-2"))
    wrong = event(
        BANK, "p-2", a_payment("DB-2", 1, "2024-01"), corrects="payouts/p-1", kind="changed"
    )
    with pytest.MonkeyPatch.context() as before:
        before.delitem(EVENTS, "assistance.payment-settled.v1")
        assert (await take(connection, intake, CASE, case, wrong)).quarantined == 1
    assert (await take(connection, intake, wrong)).parked == 1
    assert await take(connection, intake, PAYMENT) == Tally(accepted=1, parked=-1, duplicate=1)
    assert [row[0] for row in await reasons(connection)] == ["unknown_type"]
