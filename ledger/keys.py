"""The persons' keys (人员密钥): stored wrapped, one each, gone when somebody is forgotten.

Whoever is told of again after that gets a new key. So a key opens what was sealed from its own
first entry on; what stands before is forgotten for ever, and is no error (已遗忘).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

from infra.master_keys import MasterKeyLacking
from ledger import tables
from ledger.seal import Sealer
from ledger.store import Ledger, LedgerAltered

ROWS = 1_000
"""Keys fetched at once."""
COLUMNS = ("ledger", "person", "key", "master", "since")


class Key(NamedTuple):
    """A person's key in clear, and the position of the first entry that it sealed a part of."""

    person: str
    key: bytes
    since: int


class Opening(Mapping[str, bytes]):
    """Persons whose parts of one entry can be opened → their keys, unwrapped when asked for.

    To ask raises MasterKeyLacking, and MasterKeyWrong (an InvalidTag) where a key was altered.
    """

    def __init__(self, held: Held, position: int) -> None:
        self._held, self._position = held, position

    def __getitem__(self, person: str) -> bytes:
        if person not in self:
            raise KeyError(person)
        return opened(self._held.sealer, self._held.ledger, self._held.rows[person])

    def __contains__(self, person: object) -> bool:
        held = self._held
        return person in held.rows and self._position > held.forgotten.get(str(person), 0)

    def __iter__(self) -> Iterator[str]:
        return filter(self.__contains__, self._held.rows)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Held(NamedTuple):
    """Keys of some persons as they are stored, and who of them is forgotten up to where."""

    sealer: Sealer
    ledger: str
    rows: Mapping[str, Mapping[str, Any]]
    forgotten: Mapping[str, int]

    def at(self, position: int) -> Opening:
        """What opens parts of the entry there; of who is not in it, nothing is left to open."""
        return Opening(self, position)


def row_of(sealer: Sealer, ledger: str, key: Key) -> tuple[Any, ...]:
    """A key as it is stored, in the order of COLUMNS."""
    wrapped = sealer.masters.wrap(_whose(ledger, key.person), key.key)
    return ledger, key.person, wrapped, sealer.masters.current, key.since


def opened(sealer: Sealer, ledger: str, row: Mapping[str, Any]) -> bytes:
    """The key of a row (person, key, master). Raises MasterKeyLacking, MasterKeyWrong."""
    if row["master"] is None:
        return bytes(row["key"])
    told = row["master"], _whose(ledger, row["person"]), row["key"]
    try:
        return sealer.masters.unwrap(*told)
    except MasterKeyLacking:  # perhaps one that was put in use while this service runs
        sealer.look_for_masters()
        return sealer.masters.unwrap(*told)


def _whose(ledger: str, person: str) -> str:
    return f"{ledger}\0{person}"


async def load(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, people: Collection[str]
) -> dict[str, bytes]:
    """The keys with which more is sealed of those persons that have one."""
    return {
        row["person"]: opened(sealer, ledger, row)
        for row in await _rows(connection, ledger, people)
    }


async def _rows(
    connection: asyncpg.Connection, ledger: str, people: Collection[str]
) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch(
        "SELECT person, key, master FROM ledger.person_key WHERE ledger = $1 AND person = ANY($2)",
        ledger,
        list(people),
    )
    return rows


async def held(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, people: Collection[str]
) -> Held:
    """What opens the parts of these persons."""
    if not people:
        return Held(sealer, ledger, {}, {})
    rows = {row["person"]: row for row in await _rows(connection, ledger, people)}
    return Held(sealer, ledger, rows, await forgotten(connection, ledger, people))


async def forgotten(
    connection: asyncpg.Connection, ledger: str, people: Collection[str]
) -> dict[str, int]:
    """Those of some persons whom the journal says are forgotten → the last position then."""
    rows = await connection.fetch(
        "SELECT who, max(position) FROM ledger.journal, jsonb_array_elements_text("
        "convert_from(detail, 'UTF8')::jsonb -> 'persons') AS who"
        " WHERE ledger = $1 AND kind = 'person-forgotten' AND who = ANY($2) GROUP BY who",
        ledger,
        list(people),
    )
    return dict(map(tuple, rows))


async def all_of(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> AsyncIterator[Key]:
    """Every person's key, in the caller's transaction."""
    async for row in connection.cursor(
        "SELECT person, key, master, since FROM ledger.person_key WHERE ledger = $1"
        " ORDER BY person",
        ledger,
        prefetch=ROWS,
    ):
        yield Key(row["person"], opened(sealer, ledger, row), row["since"])


async def add(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, keys: Sequence[Key]
) -> dict[str, bytes]:
    """Add those that are not there; returns what each of these persons has now.

    Who is forgotten is not brought back by an old key.
    """
    gone = await forgotten(connection, ledger, [key.person for key in keys])
    keys = [key for key in keys if key.since > gone.get(key.person, -1)]
    await connection.executemany(
        f"INSERT INTO ledger.person_key ({', '.join(COLUMNS)}) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        [row_of(sealer, ledger, key) for key in keys],
    )
    return await load(connection, sealer, ledger, [key.person for key in keys])


async def destroy(
    connection: asyncpg.Connection, ledger: str, people: Collection[str], to: int
) -> None:
    """Destroy the keys that sealed anything of these persons up to a position."""
    await connection.execute(
        "DELETE FROM ledger.person_key WHERE ledger = $1 AND person = ANY($2) AND since <= $3",
        ledger,
        list(people),
        to,
    )


async def rewrap(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, *, unwrapped: bool = False
) -> int:
    """Wrap up to ROWS keys anew that another master key wraps (`unwrapped`: that none does yet).

    In the caller's transaction; returns how many there were.
    """
    rows = await connection.fetch(
        "SELECT person, key, master FROM ledger.person_key WHERE ledger = $1"
        " AND (master IS NULL OR master <> $2 AND NOT $3) LIMIT $4 FOR UPDATE",
        ledger,
        sealer.masters.current,
        unwrapped,
        ROWS,
    )
    made = [row_of(sealer, ledger, Key(r["person"], opened(sealer, ledger, r), 0)) for r in rows]
    await connection.executemany(
        "UPDATE ledger.person_key SET key = $3, master = $4 WHERE ledger = $1 AND person = $2",
        [row[:4] for row in made],
    )
    return len(rows)


async def masters(connection: asyncpg.Connection) -> set[str]:
    """Ids of the master keys by which any key of this database is wrapped."""
    rows = await connection.fetch("SELECT DISTINCT master FROM ledger.person_key")
    return {row["master"] for row in rows if row["master"] is not None}


async def wrapped_otherwise(connection: asyncpg.Connection, ledger: str, master: str) -> bool:
    """Whether any key of a ledger is wrapped by another master key."""
    query = "SELECT EXISTS (SELECT FROM ledger.person_key WHERE ledger = $1 AND master <> $2)"
    return bool(await connection.fetchval(query, ledger, master))


async def fill(connection: asyncpg.Connection, sealer: Sealer, ledger: Ledger) -> None:
    """Wrap the keys that an older release stored as they are; killed, it goes on where it was.

    Raises LedgerAltered where the secret is not the ledger's: nobody could unwrap them.
    """
    query = "SELECT EXISTS (SELECT FROM ledger.person_key WHERE ledger = $1 AND master IS NULL)"
    if not await connection.fetchval(query, ledger.name):
        return
    if not ledger.restoring and not await tables.head_fits(connection, sealer, ledger):
        raise LedgerAltered(ledger.name)
    wrapped = ROWS
    while wrapped == ROWS:
        async with connection.transaction():
            wrapped = await rewrap(connection, sealer, ledger.name, unwrapped=True)


async def persons_without(connection: asyncpg.Connection, ledger: str) -> int:
    """How many persons have sealed parts that nobody can open, and that nobody forgot."""
    rows = await connection.fetch(
        "SELECT person, max(position) AS last FROM ledger.sealed_part LEFT JOIN ledger.person_key"
        " USING (ledger, person) WHERE ledger = $1 AND key IS NULL GROUP BY person",
        ledger,
    )
    gone = await forgotten(connection, ledger, [row["person"] for row in rows])
    return sum(row["last"] > gone.get(row["person"], 0) for row in rows)
