"""The register of a ledger: records of its journal, judged with each event as they stand then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.standing import ALL, Grant, Subject, Wider
from infra.settings import Settings
from ledger import journal, linting, register, release, seen
from ledger.intake import Intake
from ledger.journal import Said
from ledger.outcomes import Accepted, Duplicate, Outcome, Parked, Quarantined
from ledger.records import Record
from ledger.register import CannotRegister, NoSuchSource
from ledger.seal import Sealer
from ledger.store import LedgerAltered
from tests.support.bureau import SAMPLE, adopt, sample_but
from tests.support.engine import altered, ledger_dump
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event, rolled_back
from tests.support.money import TOWN, a_household, a_payment

SEALER = Sealer(Settings().secret, LEDGER)
SAID = Said("李明", "示例事由")
CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAID = "assistance.payment-settled"
ELSEWHERE = next(code for code in SAMPLE.townships if code != TOWN)
TOPIC = f"mingjian.intake.{BANK}/0"


def payment(number: int, fen: int = 50_000, received: date | None = None) -> bytes:
    """The n-th payment of the case, for another month each."""
    month = f"2024-{number:02}"
    return event(BANK, f"p-{number}", a_payment("DB-1", fen, month), received=received)


async def took(bench: Bench, *lines: bytes, origin: str = "test:{}") -> list[Outcome]:
    """What became of lines, taken as one batch."""
    records = [Record(line, origin.format(n)) for n, line in enumerate(lines)]
    return (await bench.intake.take(bench.connection, records)).outcomes


def code(outcome: Outcome) -> str | None:
    """The first reason of a refusal; None of what was not refused."""
    return outcome.faults[0].code if isinstance(outcome, Quarantined) else None


async def do(bench: Bench, deed: Callable[..., Awaitable[Any]], source: str, *about: Any) -> Any:
    return await deed(bench.connection, SEALER, LEDGER, source, *about, SAID)


# Records.


async def test_each_change_is_a_record_with_who_and_why(bench: Bench) -> None:
    """And the register is what they add up to, at each number."""
    grant = Grant(
        classes=frozenset({PAID}),
        townships=frozenset({TOWN}),
        most_fen={ALL: 1},
        events_a_day={PAID: 2},
        fen_a_day={"assistance": 3},
        subjects=frozenset({Subject("https://id.example", "sub", "x")}),
        contact="发放中心",
    )
    await do(bench, register.add, BANK, grant)
    await do(bench, register.change, BANK, Grant())
    await do(bench, register.suspend, BANK)
    await do(bench, register.resume, BANK)
    await register.require(bench.connection, SEALER, LEDGER, SAID)
    notes = (await journal.read(bench.connection, LEDGER))[1:]
    assert [note.kind for note in notes] == [
        *("source-added", "source-changed", "source-suspended", "source-resumed"),
        "registration-required",
    ]
    assert {(note.by, note.why) for note in notes} == {tuple(SAID)}
    assert [note.subject for note in notes] == [f"source/{BANK}"] * 4 + ["register"]
    stands = register.Register()
    seen_at = []
    for note in notes:
        stands = register.after(stands, note)
        seen_at.append((stands.of(BANK).grant, stands.of(BANK).active, stands.of(OFFICE).active))
    assert seen_at == [
        (grant, True, True),
        (Grant(), True, True),
        (Grant(), False, True),
        (Grant(), True, True),
        (Grant(), True, False),
    ]
    assert stands == await register.read(bench.connection, SEALER, LEDGER)


async def test_what_does_not_fit_leaves_no_record(bench: Bench) -> None:
    await do(bench, register.add, BANK, Grant(subjects=frozenset({Subject("i", "sub", "x")})))
    await do(bench, register.suspend, BANK)
    before = await ledger_dump(bench.connection)
    taken = Grant(subjects=frozenset({Subject("i", "sub", "x")}))
    for deed, source, about, error in (
        (register.add, BANK, [Grant()], CannotRegister),
        (register.change, OFFICE, [Grant()], CannotRegister),
        (register.suspend, BANK, [], CannotRegister),
        (register.resume, OFFICE, [], CannotRegister),
        (register.add, "nobody", [Grant()], NoSuchSource),
        (register.suspend, "nobody", [], NoSuchSource),
        (register.add, OFFICE, [Grant(lines=frozenset({"marriage"}))], Wider),
        (register.change, BANK, [Grant(lines=frozenset({"assistance"}))], Wider),
        (register.add, OFFICE, [taken], CannotRegister),
    ):
        with pytest.raises(error):
            await do(bench, deed, source, *about)
    assert await ledger_dump(bench.connection) == before


async def test_who_only_writes_to_the_database_resumes_nobody(bench: Bench) -> None:
    await do(bench, register.suspend, BANK)
    await bench.connection.execute(
        "INSERT INTO ledger.journal SELECT ledger, number + 1, recorded_at, position,"
        " 'source-resumed', subject, by, why, detail, mac FROM ledger.journal"
        " WHERE kind = 'source-suspended'"
    )
    with pytest.raises(LedgerAltered):
        await register.read(bench.connection, SEALER, LEDGER)


# Judged as it stands.


async def test_a_source_that_nobody_registered_goes_by_the_folder_until_that_is_required(
    bench: Bench,
) -> None:
    assert await took(bench, CASE, payment(1)) == [Accepted(1), Accepted(2)]
    await do(bench, register.add, OFFICE, Grant())
    assert await took(bench, payment(2)) == [Accepted(3)]
    assert await register.require(bench.connection, SEALER, LEDGER, SAID) is not None
    assert await register.require(bench.connection, SEALER, LEDGER, SAID) is None
    (outcome,) = await took(bench, payment(3))
    assert isinstance(outcome, Quarantined)
    assert [(each.code, each.pointer) for each in outcome.faults] == [("not_registered", "/source")]
    await do(bench, register.add, BANK, Grant())
    assert await took(bench, payment(3)) == [Accepted(4)]


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (Grant(), [None, None, None]),
        (Grant(classes=frozenset({"assistance.relief-paid"})), ["unauthorised"] * 3),
        (Grant(townships=frozenset({ELSEWHERE})), ["division_not_granted"] * 3),
        (Grant(most_fen={PAID: 50_000}), [None, "over_ceiling", None]),
        (Grant(events_a_day={ALL: 2}), [None, None, "over_daily_limit"]),
        (Grant(fen_a_day={PAID: 80_000}), [None, "over_daily_limit", None]),
    ],
)
async def test_the_rights_of_a_source(
    bench: Bench, grant: Grant, expected: Sequence[str | None]
) -> None:
    """500 元, 600 元 and 300 元 of one day; what is refused counts towards no limit."""
    await took(bench, CASE)
    await do(bench, register.add, BANK, grant)
    day = date(2024, 12, 31)
    lines = [payment(n, fen, day) for n, fen in ((1, 50_000), (2, 60_000), (3, 30_000))]
    assert [code(outcome) for outcome in await took(bench, *lines)] == expected


async def test_a_day_is_counted_on_by_another_process_and_begins_anew_at_midnight(
    bench: Bench,
) -> None:
    await took(bench, CASE)
    await do(bench, register.add, BANK, Grant(events_a_day={PAID: 2}, fen_a_day={ALL: 120_000}))
    first, second = date(2024, 12, 30), date(2024, 12, 31)
    assert [code(each) for each in await took(bench, payment(1, received=first))] == [None]
    for _ in range(2):
        bench.intake = Intake(bench.intake.ledger, Settings().secret)
    lines = [payment(2, received=first), payment(3, received=first)]
    assert [code(each) for each in await took(bench, *lines)] == [None, "over_daily_limit"]
    bench.intake = Intake(bench.intake.ledger, Settings().secret)
    lines = [payment(4, received=second), payment(5, 70_000, second), payment(6, received=second)]
    assert [code(each) for each in await took(bench, *lines)] == [None, None, "over_daily_limit"]


async def test_the_folder_has_the_last_word(bench: Bench) -> None:
    """One that is adopted later takes away what the register granted before, and says so."""
    sources = SAMPLE.files["sources.toml"].decode()
    narrower = sample_but("sources.toml", sources, sources.replace(f'    "{PAID}",\n', ""))
    await took(bench, CASE)
    await do(bench, register.add, BANK, Grant(classes=frozenset({PAID})))
    args = (bench.connection, SEALER, LEDGER)
    assert await register.beyond(*args) == {}
    assert await register.beyond(*args, narrower) == {BANK: [PAID]}
    assert await took(bench, payment(1)) == [Accepted(2)]
    await adopt(bench.connection, narrower)
    assert await register.beyond(*args) == {BANK: [PAID]}
    assert [code(each) for each in await took(bench, payment(2))] == ["unauthorised"]


# Suspended.


async def test_what_was_refused_meanwhile_can_be_sent_again_or_released(bench: Bench) -> None:
    await took(bench, CASE, payment(1))
    await do(bench, register.suspend, BANK)
    refused = await took(bench, payment(1), payment(2), payment(3), payment(4))
    assert isinstance(refused[0], Duplicate)  # it is an entry already
    assert [code(each) for each in refused[1:]] == ["source_suspended"] * 3
    again = await took(bench, payment(2))
    assert isinstance(again[0], Duplicate)
    suspended = (await register.read(bench.connection, SEALER, LEDGER)).of(BANK).suspended
    assert suspended is not None
    assert await seen.refused_since(bench.connection, LEDGER, BANK, suspended.at) == 3
    await do(bench, register.resume, BANK)
    assert await took(bench, payment(2)) == [Accepted(3)]
    verdict = await release.judge_again(bench.connection, bench.intake, 2)
    assert (verdict.released_by, verdict.released_at) == (f"{BANK}/p-3", 4)
    open_rows = "SELECT event_id FROM ledger.quarantine WHERE journal_to IS NULL"
    assert [row[0] for row in await bench.connection.fetch(open_rows)] == ["p-4"]


async def test_what_waits_is_asked_for_again_when_it_would_become_an_entry(bench: Bench) -> None:
    """A key was stolen: what came by it before it was known, and waits, is not let through."""
    assert await took(bench, payment(1), payment(2)) == [Parked("stream:case/DB-1")] * 2
    await do(bench, register.suspend, BANK)
    assert await took(bench, CASE) == [Accepted(1)]
    rows = "SELECT reason, event_id FROM ledger.quarantine ORDER BY number"
    found = await bench.connection.fetch(rows)
    assert [tuple(row) for row in found] == [
        ("source_suspended", "p-1"),
        ("source_suspended", "p-2"),
    ]
    await do(bench, register.resume, BANK)
    assert await took(bench, payment(1)) == [Accepted(2)]


async def test_lint_says_what_the_register_would(bench: Bench) -> None:
    await do(bench, register.suspend, BANK)
    records = [Record(CASE, "lint:1"), Record(payment(1), "lint:2")]
    judged = await linting.judge(bench.connection, LEDGER, Settings().secret, records)
    assert [code(item.outcome) for item in judged.items] == [None, "source_suspended"]


LINES = [CASE, *(payment(n) for n in range(1, 10))]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    out=st.integers(0, 8),
    back=st.integers(1, 9),
    size=st.integers(1, 10),
    ahead=st.booleans(),
)
async def test_a_change_takes_effect_between_two_events_however_they_are_cut(
    ledger_url: str, out: int, back: int, size: int, *, ahead: bool
) -> None:
    """Also of events that were read before it and are taken after it."""
    dumps = []
    for most in (1, size):
        async with rolled_back(ledger_url) as bench:
            await do(bench, register.add, BANK, Grant(events_a_day={PAID: 3}))
            outcomes = await _around(bench, (out, out + back), most, ahead=ahead and most == size)
            for number, outcome in enumerate(outcomes[1:], start=1):
                suspended = out <= number < out + back
                assert (code(outcome) == "source_suspended") is suspended
            dumps.append(await ledger_dump(bench.connection))
    assert dumps[0] == dumps[1]


async def _around(
    bench: Bench, between: tuple[int, int], most: int, *, ahead: bool
) -> list[Outcome]:
    """Take all lines, the bank suspended before one of them and resumed before another."""
    cuts = [0, *(min(each, len(LINES)) for each in between), len(LINES)]
    records = [Record(line, f"test:{n}") for n, line in enumerate(LINES)]
    items = await bench.intake.read(bench.connection, records)
    outcomes: list[Outcome] = []
    for part, deed in enumerate((None, register.suspend, register.resume)):
        if deed is not None:
            await do(bench, deed, BANK)
        for start in range(cuts[part], cuts[part + 1], most):
            span = slice(start, min(start + most, cuts[part + 1]))
            if ahead:
                taken = await bench.intake.take_read(bench.connection, items[span])
            else:
                taken = await bench.intake.take(bench.connection, records[span])
            outcomes += taken.outcomes
    return outcomes


# After a restore.


async def test_what_was_refused_stays_so_when_a_restore_reads_it_once_more(bench: Bench) -> None:
    """The source has been resumed since; only what it sends again counts."""
    await took(bench, CASE)
    await do(bench, register.suspend, BANK)
    lines = [payment(1), payment(1), payment(2)]
    before = await took(bench, *lines, origin=TOPIC + "/{}")
    assert [type(each) for each in before] == [Quarantined, Duplicate, Quarantined]
    await do(bench, register.resume, BANK)
    await lost_aside(bench.connection)

    bench.intake = Intake(bench.intake.ledger, Settings().secret)
    once_more = await took(bench, *lines, origin=TOPIC + "/{}")
    assert [type(each) for each in once_more] == [Quarantined, Duplicate, Quarantined]
    assert {code(each) for each in once_more} == {"source_suspended", None}
    sent_again = await bench.intake.take(bench.connection, [Record(payment(1), TOPIC + "/3")])
    assert sent_again.outcomes == [Accepted(2)]


async def test_what_waited_goes_on_waiting_when_a_restore_reads_it_once_more(bench: Bench) -> None:
    await took(bench, payment(1), origin=TOPIC + "/{}")
    await do(bench, register.suspend, BANK)
    await lost_aside(bench.connection)
    bench.intake = Intake(bench.intake.ledger, Settings().secret)
    assert await took(bench, payment(1), origin=TOPIC + "/{}") == [Parked("stream:case/DB-1")]
    await do(bench, register.resume, BANK)
    assert await took(bench, CASE) == [Accepted(1)]
    assert await bench.connection.fetchval("SELECT count(*) FROM ledger.entry") == 2


async def lost_aside(connection: asyncpg.Connection) -> None:
    """As after a restore: of what is aside the journal tells, and its bytes are lacking."""
    for table in ("parked", "quarantine"):
        await connection.execute(f"UPDATE ledger.{table} SET sealed = NULL")


async def test_a_resent_event_in_other_bytes_is_judged_by_the_register_of_today(
    bench: Bench,
) -> None:
    await took(bench, CASE)
    await do(bench, register.add, BANK, Grant(most_fen={PAID: 40_000}))
    assert [code(each) for each in await took(bench, payment(1))] == ["over_ceiling"]
    lower = altered(payment(1), {"amount_fen": 40_000})
    assert await took(bench, lower) == [Accepted(2, ("amount-differs",))]
    await do(bench, register.change, BANK, Grant(most_fen={PAID: 60_000}))
    assert await took(bench, payment(2)) == [Accepted(3)]
