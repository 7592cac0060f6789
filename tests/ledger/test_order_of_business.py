"""The states that judge: decisions by their dates, payments by name, whatever was told when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate import STATE_FORM
from domain.assistance.benefits import BenefitAdjusted, BenefitResumed, BenefitSuspended
from domain.catalogue import aggregate_of
from domain.corrections import fold
from domain.event import Event
from infra.settings import Settings
from ledger import history, states
from ledger.intake import Intake
from projections import opening
from tests.support.bureau import new_ledger
from tests.support.engine import take
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.support.rulebook import changed, revoked
from tests.support.rulebook import given as told

OFFICE, BANK = "social-assistance", "payouts"
STREAM = "case/DB-1"


def adjusted(on: date, fen: int) -> BenefitAdjusted:
    return BenefitAdjusted(
        case_number="DB-1",
        from_month=f"{on:%Y-%m}",
        monthly_amount_fen=fen,
        covered_persons=1,
        decided_on=on,
        reason="示例",
    )


def suspended(on: date) -> BenefitSuspended:
    return BenefitSuspended(
        case_number="DB-1", from_month=f"{on:%Y-%m}", reason="示例", decided_on=on
    )


def resumed(on: date) -> BenefitResumed:
    return BenefitResumed(
        case_number="DB-1", first_month=f"{on:%Y-%m}", reason="示例", decided_on=on
    )


HOUSEHOLD = a_household("DB-1", fen=50_000)
MARCH, JUNE = date(2024, 3, 20), date(2024, 6, 20)


def paid(month: str, fen: int) -> Event:
    return a_payment("DB-1", fen, month)


# How a decision that comes late is judged, and what it does.


def test_a_late_decision_does_not_override_a_later_one() -> None:
    book = told(HOUSEHOLD, adjusted(JUNE, 30_000), adjusted(MARCH, 40_000))
    assert book.when(paid("2024-04", 40_000)) == []
    assert book.when(paid("2024-07", 30_000)) == []
    assert book.when(paid("2024-07", 40_000)) == ["amount-differs"]


def test_a_late_suspension_does_not_undo_a_resumption() -> None:
    book = told(HOUSEHOLD, resumed(JUNE), suspended(MARCH))
    assert book.when(paid("2024-04", 50_000)) == ["month-not-entitled"]
    assert book.when(paid("2024-06", 50_000)) == []


def test_what_was_decided_before_any_grant_changes_nothing() -> None:
    early = date(2019, 1, 5)
    book = told(HOUSEHOLD, suspended(early), resumed(date(2019, 3, 5)), adjusted(early, 1_000))
    assert book.when(paid("2019-04", 50_000)) == ["month-not-entitled"]
    assert book.when(paid("2024-04", 50_000)) == []


def test_a_decision_put_right_moves_to_its_new_date() -> None:
    late, early = adjusted(JUNE, 30_000), adjusted(MARCH, 40_000)
    moved = adjusted(date(2024, 2, 20), 30_000)
    book = told(HOUSEHOLD, early, late, changed(late, by=moved))
    assert book.when(paid("2024-02", 30_000)) == []
    assert book.when(paid("2024-07", 40_000)) == []


# What corrections of corrections are, and which are of no avail.


def test_a_revoked_revocation_reinstates() -> None:
    january = paid("2024-01", 50_000)
    book = told(HOUSEHOLD, january, revoked(january))
    assert book.when(january) == []
    book.tell(revoked(revoked(january)))
    assert book.breaches[-1] == []
    assert book.when(january) == ["month-already-paid"]


def test_a_revoked_change_brings_back_what_stood_before() -> None:
    january, february = paid("2024-01", 50_000), paid("2024-02", 50_000)
    book = told(HOUSEHOLD, january, changed(january, by=february), revoked(february))
    assert book.when(january) == ["month-already-paid"]
    assert book.when(february) == []


def test_a_correction_that_can_have_no_effect_says_so() -> None:
    january, less, more = (paid("2024-01", fen) for fen in (50_000, 40_000, 60_000))
    book = told(HOUSEHOLD, january, changed(january, by=less), changed(january, by=more))
    assert book.when(changed(less, by=january)) == ["correction-without-effect"]
    assert book.when(revoked(less)) == ["correction-without-effect"]

    book = told(HOUSEHOLD, january, revoked(january))
    assert book.when(revoked(january)) == ["correction-without-effect"]
    assert book.when(changed(revoked(january), by=less)) == ["correction-without-effect"]


def test_a_revoked_fact_that_is_changed_stands_again_and_says_so() -> None:
    january, less = paid("2024-01", 50_000), paid("2024-01", 40_000)
    book = told(HOUSEHOLD, january, revoked(january))
    book.tell(changed(january, by=less))
    assert book.breaches[-1] == ["revoked-fact-changed", "amount-differs"]
    assert book.when(january) == ["month-already-paid"]


# States, however they come about, are a fold of what stands.


@dataclass(frozen=True)
class Step:
    fact: int
    """Which of the facts below is told."""
    day: int
    corrects: int
    """How many events back the one it corrects is told, if its kind and that one's agree."""
    kind: str


PAYMENTS = 2
"""So many of the facts are payments."""
STEPS = st.lists(
    st.builds(
        Step,
        st.integers(0, 4),
        st.integers(0, 1_500),
        st.integers(1, 12),
        st.sampled_from(["", "", "", "changed", "revoked"]),
    ),
    min_size=1,
    max_size=60,
)


def lines(steps: list[Step]) -> Iterator[bytes]:
    """Events of one case; a correction is of the same type as what it corrects."""
    written: list[tuple[str, str, Any]] = [(OFFICE, "e-0", HOUSEHOLD)]
    yield event(OFFICE, "e-0", HOUSEHOLD)
    for n, step in enumerate(steps, start=1):
        on = date.fromordinal(date(2022, 1, 1).toordinal() + step.day)
        made: tuple[Event, ...] = (
            paid(f"{on:%Y-%m}", 50_000),
            paid(f"{on:%Y-%m}", 40_000),
            adjusted(on, 10_000 + n),
            suspended(on),
            resumed(on),
        )
        fact = made[step.fact]
        source = BANK if step.fact < PAYMENTS else OFFICE
        of = kind = None
        if step.kind and step.corrects <= len(written) - 1:
            source, name, old = written[-step.corrects]
            of, kind = f"{source}/{name}", step.kind
            if type(old) is not type(fact) or step.kind == "revoked":
                fact = old
        written.append((source, f"e-{n}", fact))
        yield event(source, f"e-{n}", fact, corrects=of, kind=kind)


def known(state: Any) -> tuple[int, bytes]:
    return state.version, state.state()


@asynccontextmanager
async def emptied(connection: asyncpg.Connection) -> Any:
    transaction = connection.transaction()
    await transaction.start()
    try:
        ledger = await new_ledger(connection)
        yield Intake(ledger, Settings().secret)
    finally:
        await transaction.rollback()


@given(STEPS, st.integers(1, 30), st.integers(1, 30))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_state_is_a_fold_of_what_stands(
    connection: asyncpg.Connection, steps: list[Step], batch: int, other: int
) -> None:
    """As the intake goes on with it, and as it is loaded; and breaches know nothing of batches."""
    if not await connection.fetchval("SELECT to_regclass('ledger.ledger')"):
        await opening.prepare(connection)
    breaches = []
    for size in (batch, other):
        async with emptied(connection) as intake:
            tally = await take(connection, intake, *lines(steps), batch=size)
            assert tally.accepted == len(steps) + 1
            entries = await history.read_stream(connection, LEDGER, STREAM)
            folded = known(fold(aggregate_of(STREAM), entries))
            assert known(intake._states[STREAM]) == folded
            assert known((await states.load(connection, LEDGER, [STREAM]))[STREAM]) == folded
            breaches.append(
                await connection.fetch("SELECT position, breaches FROM ledger.entry ORDER BY 1")
            )
    assert breaches[0] == breaches[1]


@pytest.mark.parametrize("size", [1, 2, 40])
async def test_a_state_of_another_form_is_not_read_and_is_renewed(
    connection: asyncpg.Connection, size: int
) -> None:
    bench = await Bench.open(connection)
    first = [event(OFFICE, "c", HOUSEHOLD)]
    first += [event(BANK, f"p-{n}", paid(f"2023-{n % 12 + 1:02d}", 50_000)) for n in range(15)]
    await take(connection, bench.intake, *first)
    await connection.execute("UPDATE ledger.stream_state SET form = 1, state = '{\"gone\": 1}'")
    again = (await Bench.join(connection)).intake
    more = [event(BANK, f"q-{n}", paid(f"2024-{n % 12 + 1:02d}", 50_000)) for n in range(20)]
    await take(connection, again, *more, batch=size)
    entries = await history.read_stream(connection, LEDGER, STREAM)
    assert known(again._states[STREAM]) == known(fold(aggregate_of(STREAM), entries))
    assert await connection.fetchval("SELECT form FROM ledger.stream_state") == STATE_FORM


async def test_what_was_judged_in_a_batch_that_failed_leaves_no_trace(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next batch judges on what is in the ledger, not on what nearly was."""
    bench = await Bench.open(connection)
    await take(connection, bench.intake, event(OFFICE, "c", HOUSEHOLD))
    payment = event(BANK, "p", paid("2024-01", 50_000))
    await take(connection, bench.intake, payment)
    change = event(BANK, "q", paid("2024-02", 50_000), corrects=f"{BANK}/p", kind="changed")
    with monkeypatch.context() as broken:
        broken.setattr("ledger.batch.Batch.write", _fails)
        with pytest.raises(ConnectionError):
            await take(connection, bench.intake, change)
    tally = await take(connection, bench.intake, event(BANK, "r", paid("2024-01", 50_000)), change)
    assert tally.accepted == 2
    found = await connection.fetch("SELECT event_id, breaches FROM ledger.entry WHERE position > 2")
    assert [tuple(row) for row in found] == [("r", ["month-already-paid"]), ("q", None)]


async def _fails(*_: object) -> None:
    raise ConnectionError
