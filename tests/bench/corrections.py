"""What a correction costs, in streams of a hundred, a thousand and ten thousand facts.

Contributions: a case with so many payments, of which one is changed. Decisions: a case with so many
adjustments. From the call that takes a correction in until its row can be read, without Kafka.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import asyncpg
from rich.console import Console
from rich.table import Table

from domain.assistance.benefits import BenefitAdjusted
from domain.assistance.payouts import PaymentSettled
from infra import postgres
from ledger.intake import Intake
from projections import opening, tail
from projections.read_model import MAX_POSITION, SCHEMA
from tests.bench import ours
from tests.bench.place import Place
from tests.bench.work import LEDGER, case_number, expect, message_of, work

LENGTHS = (100, 1_000, 10_000)
PLACES = ("first", "middle", "last")
TIMES = 7
"""Corrections at each place; their median counts."""
AT_ONCE = 1_000
"""Corrections in one batch, on the longest stream."""
BEGAN = date(2023, 1, 1)
GOAL = 2.0
"""A correction in the longest stream takes at most so many times what one in the shortest does."""


class Cost(NamedTuple):
    """Milliseconds that one correction takes: until it is in the ledger, until its row is there."""

    what: str
    length: int
    place: str
    intake: float
    fold: float

    @property
    def ms(self) -> float:
        return self.intake + self.fold


class Costs(NamedTuple):
    """Of one correction at each place, and seconds of many in one batch."""

    single: list[Cost]
    at_once: float

    def numbers(self) -> dict[str, float]:
        """The dearest place of the shortest and of the longest stream of payments."""
        payments = [cost for cost in self.single if cost.what == "payments"]
        lengths = sorted({cost.length for cost in payments})
        return {
            f"correction_ms_at_{length}": round(
                max(cost.ms for cost in payments if cost.length == length), 2
            )
            for length in (lengths[0], lengths[-1])
        } | {"corrections_at_once_s": round(self.at_once, 2)}


def payment(number: int, place: int) -> PaymentSettled:
    return PaymentSettled(
        case_number=case_number(number),
        programme="dibao",
        months=(f"2023-{place % 12 + 1:02d}",),
        amount_fen=100 + place,
        settled_on=BEGAN + timedelta(days=place // 20),
    )


def adjustment(number: int, place: int) -> BenefitAdjusted:
    on = BEGAN + timedelta(days=place // 10)
    return BenefitAdjusted(
        case_number=case_number(number),
        from_month=f"{on:%Y-%m}",
        monthly_amount_fen=10_000 + place,
        covered_persons=1,
        decided_on=on,
        reason="示例",
    )


Fact = PaymentSettled | BenefitAdjusted
KINDS: dict[str, tuple[str, Callable[[int, int], Fact], str]] = {
    "payments": ("payouts", payment, "amount_fen"),
    "decisions": ("social-assistance", adjustment, "monthly_amount_fen"),
}
"""Source, fact at a place of a stream, and the field that corrections change."""


def told(what: str, number: int, place: int, correction: int | None = None) -> bytes:
    """A fact at its place in the stream of a case, or its n-th correction."""
    source, made, changes = KINDS[what]
    fact, name = made(number, place), f"{what}-{number}-{place}"
    if correction is None:
        return message_of(source, name, fact, place + 1)
    changed = fact.model_copy(update={changes: 1_000_000 + correction})
    message = json.loads(message_of(source, f"{name}-{correction}", changed, place + 1))
    message |= {"corrects": f"{source}/{name}", "correctionkind": "changed"}
    return json.dumps(message, ensure_ascii=False).encode()


async def measure(place: Place, name: str, lengths: Sequence[int] = LENGTHS) -> Costs:
    """Streams of each length, one of each kind; each is as it was told when it is measured."""
    found: list[Cost] = []
    seconds = 0.0
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        ledger = await opening.create_ledger(connection, LEDGER, "live", settings)
        intake = Intake(ledger, settings.secret)
        streams = [(what, length) for what in KINDS for length in lengths]
        cases = [raw for _, raw in work(3 * len(streams)).cases[::3]]  # every third is 低保
        for case, (what, length) in zip(cases, streams, strict=True):
            number = 3 * cases.index(case)
            await ours.take(connection, intake, [case])
            await ours.take(connection, intake, [told(what, number, at) for at in range(length)])
            await tail.catch_up(connection, LEDGER)
            for where, at in zip(PLACES, (0, length // 2, length - 1), strict=True):
                times = [
                    await _timed(connection, intake, [told(what, number, at, correction)])
                    for correction in range(TIMES)
                ]
                intake_ms, fold_ms = (statistics.median(part) for part in zip(*times, strict=True))
                found.append(Cost(what, length, where, intake_ms, fold_ms))
            if what == "payments":
                await _check(connection, number, length)
                if length == lengths[-1]:
                    many = [told(what, number, at, TIMES) for at in range(AT_ONCE)]
                    seconds = sum(await _timed(connection, intake, many)) / 1_000
    return Costs(found, seconds)


async def _timed(
    connection: asyncpg.Connection, intake: Intake, lines: Sequence[bytes]
) -> tuple[float, float]:
    """Milliseconds of taking them in, as one batch where they fit, and of folding them."""
    began = time.perf_counter()
    tally = await ours.take(connection, intake, lines)
    taken = time.perf_counter()
    await tail.catch_up(connection, LEDGER)
    ended = time.perf_counter()
    expect("corrections taken", tally.accepted, len(lines))
    return 1_000 * (taken - began), 1_000 * (ended - taken)


async def _check(connection: asyncpg.Connection, number: int, length: int) -> None:
    """One row for each payment, of which the three that were corrected are as told last."""
    rows = await connection.fetchrow(
        f"SELECT count(*), count(*) FILTER (WHERE amount_fen = $1) FROM {SCHEMA}.payment"
        f" WHERE ledger = $2 AND case_number = $3 AND known_to = {MAX_POSITION}",
        1_000_000 + TIMES - 1,
        LEDGER,
        case_number(number),
    )
    expect("rows, corrected rows", tuple(rows), (length, len(PLACES)))


def show(costs: Costs, console: Console) -> None:
    """The table, and how much dearer the longest stream is."""
    table = Table("stream of", "facts", "place", "intake", "fold", "ms", title="one correction")
    for column in table.columns[3:]:
        column.justify = "right"
    for cost in costs.single:
        parts = (f"{part:.1f}" for part in (cost.intake, cost.fold, cost.ms))
        table.add_row(cost.what, f"{cost.length:,}", cost.place, *parts)
    console.print(table)
    shortest, longest, _ = costs.numbers().values()
    console.print(
        f"longest / shortest stream of payments: {longest / shortest:.2f} (goal ≤ {GOAL:g});"
        f" {AT_ONCE:,} corrections in one batch: {costs.at_once:.2f} s"
    )
