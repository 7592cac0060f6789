"""Comparing rebuilt read models with the live ones, row by row, at the position that both hold.

A row's identity is the entry that made it and its number there. Rows are first compared by sums of
hashes over runs of entries; only runs whose sums differ are looked at row by row. A row that ended
after the position compared at counts as open, so the live ones may go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from pydantic_core import from_json

from projections.checkpoint import Halt
from projections.read_model import MAX_POSITION, SCHEMA, ReadModel
from upkeep.rebuild.tables import NEXT

RUN = 1_000
"""Entries whose rows are summed into one hash."""
LISTED = 5
_OWN = ("stream", "known_from", "known_to", "n")


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same: in the live table, in the rebuilt one, or both."""

    position: int
    n: int
    stream: str
    columns: dict[str, tuple[Any, Any]]
    """Column → value in the live table and the rebuilt one; all columns of what only one has."""
    found: str
    """missing (the rebuild lacks it), extra (only the rebuild has it), or changed."""


@dataclass(slots=True)
class Compared:
    """A read model of one ledger, compared up to a position."""

    model: ReadModel
    ledger: str
    position: int
    rows: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)
    """First and last position of the runs of entries whose rows differ."""
    missing: int = 0
    extra: int = 0
    changed: int = 0
    first: list[Difference] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """Columns that only the live table has; one of another type counts as dropped and added."""
    added: list[str] = field(default_factory=list)
    halt: Halt | None = None
    """Where the rebuilt one cannot go on, though the live one has."""

    @property
    def differences(self) -> int:
        """How many rows differ; a halt counts as one, and within a version other columns."""
        rows = self.missing + self.extra + self.changed + (self.halt is not None)
        return rows + (self.model.schema == SCHEMA and bool(self.dropped or self.added))


async def compare(
    connection: asyncpg.Connection, ledger: str, model: ReadModel, to: int
) -> Compared:
    """The table of a read model against the rebuilt one, over the columns that both have.

    `model` is the live one; in an older version it may have no table, and other columns are what
    the new version was made for.
    """
    made = Compared(model, ledger, to)
    rebuilt = model.in_schema(NEXT)
    live, new = await _columns(connection, model), await _columns(connection, rebuilt)
    made.dropped = [name for name in live if new.get(name) != live[name]]
    made.added = [name for name in new if live.get(name) != new[name]]
    if not live:
        return made
    common = [name for name in model.columns if name not in made.added]
    old_sums = await _sums(connection, ledger, model, to, common)
    new_sums = await _sums(connection, ledger, rebuilt, to, common)
    made.rows = sum(rows for rows, _ in new_sums.values())
    runs = sorted(r for r in old_sums.keys() | new_sums if old_sums.get(r) != new_sums.get(r))
    made.runs = [(max(run * RUN, 1), min((run + 1) * RUN - 1, to)) for run in runs]
    if runs:
        await _look(connection, made, common, runs)
    return made


async def _columns(connection: asyncpg.Connection, model: ReadModel) -> dict[str, str]:
    rows = await connection.fetch(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
        model.table,
    )
    return dict(rows)


async def _sums(
    connection: asyncpg.Connection, ledger: str, model: ReadModel, to: int, columns: Sequence[str]
) -> dict[int, tuple[int, int]]:
    """Run of entries → number of its rows and sum of their hashes."""
    row = ", ".join((*_OWN, *columns))
    rows = await connection.fetch(
        f"SELECT known_from / {RUN}, count(*), sum(hash_record_extended(ROW({row}), 0))"
        f" FROM ({_rows_of(model, columns)}) AS rows GROUP BY 1",
        ledger,
        to,
    )
    return {run: (count, int(total)) for run, count, total in rows}


def _rows_of(model: ReadModel, columns: Sequence[str]) -> str:
    """The rows of ledger $1 as they stood at position $2."""
    ended = f"CASE WHEN known_to > $2 THEN {MAX_POSITION} ELSE known_to END AS known_to"
    return (
        f"SELECT {', '.join(('stream', 'known_from', ended, 'n', *columns))} FROM {model.table}"
        " WHERE ledger = $1 AND known_from <= $2"
    )


async def _look(
    connection: asyncpg.Connection, made: Compared, columns: Sequence[str], runs: Sequence[int]
) -> None:
    """Count the rows that differ in these runs, and note the first of them."""
    in_runs = f" AND known_from / {RUN} = ANY($3)"
    names = ("stream", "known_to", *columns)
    left, right = (", ".join(f"{side}.{name}" for name in names) for side in ("old", "new"))
    rows = await connection.fetch(
        f"""SELECT known_from, n, to_jsonb(old), to_jsonb(new),
    count(*) FILTER (WHERE new IS NULL) OVER (), count(*) FILTER (WHERE old IS NULL) OVER (),
    count(*) OVER ()
FROM ({_rows_of(made.model, columns)}{in_runs}) AS old
FULL JOIN ({_rows_of(made.model.in_schema(NEXT), columns)}{in_runs}) AS new USING (known_from, n)
WHERE ROW({left}) IS DISTINCT FROM ROW({right})
ORDER BY known_from, n LIMIT {LISTED}""",
        made.ledger,
        made.position,
        list(runs),
    )
    made.missing, made.extra = rows[0][4], rows[0][5]
    made.changed = rows[0][6] - made.missing - made.extra
    for position, n, old, new, *_ in rows:
        was, now = ({} if side is None else from_json(side) for side in (old, new))
        both = {name: (was.get(name), now.get(name)) for name in names if name != "stream"}
        made.first.append(
            Difference(
                position,
                n,
                (was or now)["stream"],
                {name: pair for name, pair in both.items() if pair[0] != pair[1]},
                "changed" if was and now else "missing" if was else "extra",
            )
        )
