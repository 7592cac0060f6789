"""How far each read model is: folded to a position, or halted before the entry that comes next.

A read model halts at an entry that it cannot fold, by itself; the others go on. It goes on by a
rebuild with mended code, or once a person has decided that the entry is left out of it: that is a
record of the journal, which whoever folds looks up before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg

from infra.roles import Role
from ledger import journal
from projections.read_model import SCHEMA

CHECKPOINTS = f"{SCHEMA}.checkpoint"
TABLE = """CREATE TABLE IF NOT EXISTS {} (
    ledger text NOT NULL,
    read_model text NOT NULL,
    position bigint NOT NULL,
    changed bigint NOT NULL DEFAULT 0,
    halted text,
    halted_at timestamptz,
    PRIMARY KEY (ledger, read_model)
)"""
"""`changed`: the last position that made or ended a row. `halted`: the error at the entry after
`position`, as its type and place, never its text; null while the read model goes on."""
CREATE = TABLE.format(CHECKPOINTS)
CREATE_SCHEMA = f"CREATE SCHEMA IF NOT EXISTS {{}} AUTHORIZATION {Role.PROJECTOR}"
"""By whoever may make schemas; what stands in it is then made by the projector."""


class Halt(NamedTuple):
    """A read model cannot fold an entry."""

    read_model: str
    position: int
    error: str
    """Its type and innermost place: "ValueError at calendar.py:31 month_of"."""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a read model stands."""

    read_model: str
    position: int = 0
    """It holds all up to here."""
    changed: int = 0
    """The last position that made or ended a row of it (0 = none): since then it is the same."""
    halted: str | None = None
    since: datetime | None = None
    """When it halted."""
    without: frozenset[int] = frozenset()
    """Positions that are left out of it."""

    @property
    def halt(self) -> Halt | None:
        """The entry that it cannot fold, until that is left out."""
        at = self.position + 1
        if self.halted is None or at in self.without:
            return None
        return Halt(self.read_model, at, self.halted, self.since)


class Moved(NamedTuple):
    """What came of folding a run of entries into a read model."""

    read_model: str
    position: int
    changed: int
    halted: str | None = None


_STANDS = (
    "SELECT read_model, position,"
    " coalesce((to_jsonb(held) ->> 'changed')::bigint, position),"
    " to_jsonb(held) ->> 'halted', (to_jsonb(held) ->> 'halted_at')::timestamptz"
    " FROM {} AS held WHERE ledger = $1"
)
"""Checkpoints of older versions say neither when a row changed last (any entry may have done it)
nor whether one halted."""


async def begin(
    connection: asyncpg.Connection, checkpoints: str, ledger: str, names: Sequence[str]
) -> None:
    """Let read models that have not begun stand at 0."""
    await connection.execute(
        f"INSERT INTO {checkpoints} SELECT $1, name, 0 FROM unnest($2::text[]) AS name"
        " ON CONFLICT DO NOTHING",
        ledger,
        names,
    )


async def stands(
    connection: asyncpg.Connection,
    ledger: str,
    names: Collection[str] | None = None,
    checkpoints: str = CHECKPOINTS,
) -> dict[str, Stand]:
    """Read model → where it stands, of these, else of all that have begun."""
    begun = {row[0]: row for row in await connection.fetch(_STANDS.format(checkpoints), ledger)}
    names = begun if names is None else names
    without = await journal.left_out(connection, ledger, names)
    found: dict[str, Stand] = {}
    for name in names:
        position, changed, halted, since = begun[name][1:] if name in begun else (0, 0, None, None)
        left_out = frozenset(without.get(name, ()))
        found[name] = Stand(name, position, changed, halted, since, left_out)
    return found


def reads_on_from(stands: Iterable[Stand], head: int) -> int:
    """The last position that all who go on hold; the head where nobody does."""
    return min((stand.position for stand in stands if stand.halt is None), default=head)


def held_by_all(stands: Collection[Stand]) -> int:
    """The last position that all who go on hold; where nobody does, the last that any holds."""
    return reads_on_from(stands, max((stand.position for stand in stands), default=0))


async def move_on(
    connection: asyncpg.Connection, checkpoints: str, ledger: str, moved: Sequence[Moved]
) -> None:
    """Say how far read models have come, and which of them halted."""
    await connection.execute(
        f"INSERT INTO {checkpoints} AS held"
        " SELECT $1, name, position, changed, halted, CASE WHEN halted IS NOT NULL THEN now() END"
        " FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[])"
        " AS moved (name, position, changed, halted)"
        " ON CONFLICT (ledger, read_model) DO UPDATE SET position = excluded.position,"
        " changed = greatest(held.changed, excluded.changed),"
        " halted = excluded.halted, halted_at = excluded.halted_at",
        ledger,
        *map(list, zip(*moved, strict=True)),
    )
