"""Our side of the bench: the same engine that files, the command line and Kafka use."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

import asyncpg

from consumers import files, tail
from domain.aggregate import fold
from domain.catalogue import aggregate_of
from infra.ledger import store
from infra.ledger.intake import Intake, Tally
from infra.settings import Settings
from projections import projector
from tests.bench.work import AMOUNT_FEN, CASES, MONTHS, PAYMENTS, TWICE, Work, case_number, expect

LEDGER = "445102"
SETTINGS = Settings(database_url=None, ledger_secret="bench")  # noqa: S106  no secret: a bench


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of one round on a fresh database."""

    ingest: float
    projection: float


async def _take(connection: asyncpg.Connection, intake: Intake, lines: list[bytes]) -> Tally:
    file = io.BytesIO(b"\n".join(lines))
    return await files.ingest(connection, intake, files.batches(files.read_lines(file), "bench"))


async def one_round(connection: asyncpg.Connection, work: Work) -> Round:
    """Take over the cases (not timed), then time the payments, then the projection of it all."""
    ledger = await files.open_ledger(connection, LEDGER, "replay", SETTINGS)
    intake = Intake(ledger, SETTINGS.secret)
    await _take(connection, intake, work.cases)
    began = time.perf_counter()
    tally = await _take(connection, intake, work.payments)
    taken = time.perf_counter()
    folded = await tail.catch_up(connection, LEDGER)
    ended = time.perf_counter()
    expect("accepted", tally, Tally(accepted=PAYMENTS))
    expect("entries folded", folded, CASES + PAYMENTS)
    await _check(connection)
    return Round(taken - began, ended - taken)


async def _check(connection: asyncpg.Connection) -> None:
    """Dense positions, versions 1..n, right sums, and states that equal a replay."""
    positions = await connection.fetchrow(
        "SELECT count(*), min(position), max(position) FROM ledger.entry WHERE ledger = $1", LEDGER
    )
    expect("positions", tuple(positions), (CASES + PAYMENTS, 1, CASES + PAYMENTS))
    paid = await connection.fetchrow("SELECT count(*), sum(amount_fen) FROM read.payment")
    expect("payments", tuple(paid), (PAYMENTS, PAYMENTS * AMOUNT_FEN))
    breaches = await connection.fetch(
        "SELECT breaches, count(*) FROM ledger.entry WHERE breaches IS NOT NULL GROUP BY 1"
    )
    expect("breaches", [tuple(row) for row in breaches], [(["month-already-paid"], TWICE)])
    stream = f"case/{case_number(CASES - 1)}"
    state = (await store.load_states(connection, LEDGER, [stream]))[stream]
    replayed = fold(aggregate_of(stream), await store.read_stream(connection, LEDGER, stream))
    expect("state", (state.version, state.state()), (1 + len(MONTHS), replayed.state()))
    ends = set((await projector.positions(connection, LEDGER)).values())
    expect("checkpoints", ends, {CASES + PAYMENTS})
