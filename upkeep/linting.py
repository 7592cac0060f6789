"""Lint (预检): what would become of events now, and which figures would move by how much.

The engine judges them and the read models fold what would be entries, in a transaction that is
rolled back. A projector that writes at the same moment may wait for that, at most for seconds; the
intake never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from infra.roles import Role, become
from infra.settings import Settings
from ledger import linting
from ledger.linting import Judged
from ledger.outcome_document import of_item
from ledger.records import Record
from ledger.store import message_of
from projections import checkpoint, projector
from projections.catalogue import READ_MODELS
from projections.decoding import decode
from projections.read_model import MAX_POSITION, SCHEMA, VERSION
from projections.snapshot import serving
from reports import definitions, evaluate
from reports.measure import Figure
from reports.moment import Moment
from reports.shown import json_value
from rules import outcomes

MOST_FOLDED = 100
"""Entries of which it is worked out which figures they move."""
MOST_YEARS = 2
_LIMITS = (
    "SET LOCAL lock_timeout = '250ms'; SET LOCAL statement_timeout = '5s';"
    "SET LOCAL transaction_timeout = '8s'; SET LOCAL plan_cache_mode TO force_custom_plan;"
    f"SET LOCAL jit TO off; SET LOCAL search_path TO {SCHEMA}"
)
_CHECKPOINTS = (
    "CREATE TEMP TABLE checkpoint (LIKE {0} INCLUDING ALL) ON COMMIT DROP;"
    "INSERT INTO pg_temp.checkpoint SELECT * FROM {0}"
)
"""A copy under the same name, which PostgreSQL finds first: nobody waits for that which counts."""


class Move(NamedTuple):
    """A figure of a year as it stands, and as it would then."""

    figure: Figure
    year: int
    before: Any
    after: Any


class Linted(NamedTuple):
    """What would become of events."""

    judged: Judged
    moves: list[Move] | None
    """None where it was not worked out."""
    why: str = ""
    """Why not."""


async def lint(
    connection: asyncpg.Connection,
    settings: Settings,
    ledger: str,
    events: Sequence[bytes],
    source: str | None = None,
) -> Linted:
    """Judge events as if this source sent them now (None = whoever each one names).

    Raises LedgerMissing, LedgerRestoring, NothingAdopted, and what the database raises.
    """
    records = [Record(raw, f"lint:{number}", source) for number, raw in enumerate(events, start=1)]
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        judged = await linting.judge(connection, ledger, settings.secret, records)
        try:
            moves, why = await _moves(connection, judged)
        except asyncpg.PostgresError as error:
            moves, why = None, f"暂时算不出 / not worked out now ({type(error).__name__})"
        return Linted(judged, moves, why)
    finally:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
            await transaction.rollback()


async def _moves(connection: asyncpg.Connection, judged: Judged) -> tuple[list[Move] | None, str]:
    """The figures that entries would move; a savepoint, so that failing takes nothing else."""
    if not judged.rows:
        return [], ""
    if len(judged.rows) > MOST_FOLDED:
        return None, f"超过 {MOST_FOLDED} 条，不计算 / of at most {MOST_FOLDED} entries"
    name, position = judged.ledger.name, judged.ledger.position
    async with connection.transaction():
        if await serving(connection) != VERSION:
            return None, "汇总表是另一版本 / read models of another version serve"
        await connection.execute(_LIMITS)
        await become(connection, Role.PROJECTOR)  # until the end, which takes all back
        await connection.execute(_CHECKPOINTS.format(checkpoint.CHECKPOINTS))
        stands = await checkpoint.stands(connection, name, [each.name for each in READ_MODELS])
        if any(each.position != position for each in stands.values() if each.halt is None):
            return None, "汇总表尚未跟上 / read models are behind"
        before = await _figures(connection, judged, position)
        decoded = await decode(name, judged.rows, judged.bureaus)

        async def unlocked() -> dict[str, checkpoint.Stand]:
            return stands

        await projector.fold(connection, name, decoded, READ_MODELS, "pg_temp.checkpoint", unlocked)
        after = await _figures(connection, judged, position + len(judged.rows))
    return [
        Move(figure, year, before[figure.id, year][1], value)
        for (_, year), (figure, value) in after.items()
        if before[figure.id, year][1] != value
    ], ""


async def _figures(
    connection: asyncpg.Connection, judged: Judged, at: int
) -> dict[tuple[str, int], tuple[Figure, Any]]:
    """Figure and year → the figure and its value, of the years that the entries are about."""
    days = [message_of(row[4], row[7]).data.occurred_on() for row in judged.rows]
    found: dict[tuple[str, int], tuple[Figure, Any]] = {}
    wanted = list(definitions.of(judged.bureaus.latest).figures.values())
    for year in sorted({day.year for day in days})[-MOST_YEARS:]:
        moment = Moment(
            judged.ledger.name, date(year, 1, 1), date(year, 12, 31), min(at, MAX_POSITION - 1)
        )
        for value in await evaluate.figures(connection, moment, wanted):
            found[value.figure.id, year] = value.figure, value.value
    return found


def document(linted: Linted) -> dict[str, Any]:
    """The same for programs: a document for each event, and the figures that would move."""
    name = linted.judged.ledger.name
    told_of: dict[str, Any] = {
        "ledger": name,
        "at": linted.judged.ledger.position,
        "kept": False,
        "events": [outcomes.document(of_item(item, name)) for item in linted.judged.items],
    }
    if linted.moves is None:
        return told_of | {"figures": None, "why": linted.why}
    return told_of | {"figures": [_move(each) for each in linted.moves]}


def _move(move: Move) -> dict[str, Any]:
    figure = move.figure
    told_of = {"id": figure.id, "name": figure.name, "unit": figure.unit, "year": move.year}
    return told_of | {"before": json_value(move.before), "after": json_value(move.after)}
