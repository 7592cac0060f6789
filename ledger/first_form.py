"""Entries of form 1, as 0.1.0 stored them: what they lack stands in a table beside them.

There a person's fields were read and written anew: the received bytes cannot be put together again,
but their value can. Leaf, mac and content are worked out once, when a database is upgraded or
restored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg
from cryptography.exceptions import InvalidTag

from domain.attributes import plain
from domain.form import persons
from infra.failpoint import reach
from ledger import evidence, journal, keys, store, tables, unpublished
from ledger.content import canonical, text_of
from ledger.keys import Held
from ledger.leaf import FORM, leaf_of
from ledger.migration import Unfit
from ledger.seal import Sealer, WrongSecret, replace_value, unseal_person, wrote
from ledger.setting_aside import WITHHELD
from ledger.store import ENTRY_COLUMNS
from ledger.unpublished import parts_of

AT_ONCE = 1_000
"""Entries worked out in one transaction."""
Row = Mapping[str, Any]
Progress = Callable[[int, int], None]
"""Gets how many entries are done, and how many there are in the ledger."""


class UpgradeUnfinished(Unfit):
    """The steps of an upgrade are taken, but entries of form 1 still lack something."""

    def __init__(self, ledger: str) -> None:
        super().__init__(
            f"账本 {ledger} 的升级没有做完：先执行 mingjian migrate"
            f" / the upgrade of ledger {ledger} is unfinished: mingjian migrate"
        )


async def is_filled(connection: asyncpg.Connection, ledger: str) -> bool:
    """Whether entries of form 1 have what they lack, and the journal its macs: then it has a head.

    Not whether they are there: what is gone since then is never worked out from what stands there
    now.
    """
    lacking = "SELECT head IS NULL AND position + journal > 0 FROM ledger.ledger WHERE ledger = $1"
    return not await connection.fetchval(lacking, ledger)


async def require_filled(connection: asyncpg.Connection, ledger: str) -> None:
    """Raises UpgradeUnfinished where an upgrade has yet to work out what entries lack."""
    if await is_filled(connection, ledger) or await evidence.holds_form(connection, ledger, FORM):
        return
    if await _after(connection, ledger) is not None:
        raise UpgradeUnfinished(ledger)


async def fill(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: store.Ledger,
    progress: Progress = lambda _done, _of: None,
) -> None:
    """Work out what entries of form 1 lack, batch by batch; killed, it goes on where it was.

    Raises WrongSecret before it writes anything, if an entry can be found that tells; and
    LedgerAltered where entries of form 2 say that this was done before.
    """
    if await is_filled(connection, ledger.name):
        return
    if not ledger.restoring and await evidence.holds_form(connection, ledger.name, FORM):
        raise store.LedgerAltered(ledger.name)
    known = await evidence.telling(connection, ledger.name)
    if known is not None and not wrote(sealer, known):
        raise WrongSecret
    while (after := await _after(connection, ledger.name)) is not None:
        async with connection.transaction():
            rows = await unpublished.entries(
                connection, ledger.name, after, ledger.position, AT_ONCE
            )
            old = [row for row in rows if row["form"] == 1]
            held = await _keys(connection, sealer, ledger.name, old)
            await connection.executemany(
                "INSERT INTO ledger.first_form (ledger, position, leaf, mac, content)"
                " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                [_lacking(sealer, row, held.at(row["position"])) for row in old],
            )
            reach("first_form.batch-written")
        progress(old[-1]["position"], ledger.position)
    await _add_macs(connection, sealer, ledger.name)
    if not ledger.restoring:
        async with connection.transaction():
            await tables.renew_head(connection, sealer, ledger.name)


async def _add_macs(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> None:
    """What an upgrade wrote had no secret at hand; never again where a record bears its mac."""
    async with connection.transaction():
        await connection.execute("SELECT FROM ledger.ledger WHERE ledger = $1 FOR UPDATE", ledger)
        first = await journal.read(connection, ledger, limit=1)
        if not first or first[0].mac is not None:
            return
        async for notes in journal.read_all(connection, ledger):
            await connection.executemany(
                "UPDATE ledger.journal SET mac = $3"
                " WHERE ledger = $1 AND number = $2 AND mac IS NULL",
                [(ledger, note.number, journal.mac(sealer, note)) for note in notes],
            )


async def content_before(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, event: tuple[str, str]
) -> bytes | None:
    """The content of an entry of form 1, or of a parked event; None if it is past finding out."""
    sealed = await connection.fetchval(
        "SELECT sealed FROM ledger.parked"
        " WHERE ledger = $1 AND source = $2 AND event_id = $3 AND taken_at IS NULL",
        ledger,
        *event,
    )
    if sealed == WITHHELD:
        return None
    if sealed is not None:
        return sealer.content(text_of(sealer.unbox(sealed)))
    found = await connection.fetchrow(
        "SELECT position, first_form.content FROM ledger.entry"
        " LEFT JOIN ledger.first_form USING (ledger, position)"
        " WHERE ledger = $1 AND source = $2 AND event_id = $3",
        ledger,
        *event,
    )
    if found is None:
        return None
    position, content = found
    if content is not None:
        return bytes(content)
    (row,) = await unpublished.entries(connection, ledger, position - 1, position, 1)
    return _content(sealer, row, (await _keys(connection, sealer, ledger, [row])).at(position))


def value_of(row: Row, keys: Mapping[str, bytes]) -> dict[str, Any] | None:
    """The value of an entry of form 1, its persons put back; None where a key is missing.

    Raises InvalidTag when the open part or a sealed part was altered.
    """
    message: dict[str, Any] = json.loads(row["open"])
    parts = parts_of(row)
    if not parts:
        return message
    data = store.message_of(row["type"], row["open"]).data
    for (path, _), (_, person, sealed, _, _) in zip(persons(data), parts, strict=True):
        if person not in keys:
            return None
        clear = json.loads(unseal_person(keys[person], row["open"], sealed))
        replace_value(message, ("data", *path), clear)
    return message


def _content(sealer: Sealer, row: Row, keys: Mapping[str, bytes]) -> bytes | None:
    try:
        value = value_of(row, keys)
    except InvalidTag:
        return None
    return None if value is None else sealer.content(canonical(plain(value)))


def _lacking(sealer: Sealer, row: Row, keys: Mapping[str, bytes]) -> tuple[Any, ...]:
    leaf = leaf_of([row[name] for name in ENTRY_COLUMNS], parts_of(row))
    return row["ledger"], row["position"], leaf, sealer.mac(leaf), _content(sealer, row, keys)


async def _after(connection: asyncpg.Connection, ledger: str) -> int | None:
    """The last position that is done, if the entry after it is of form 1: the first ones are."""
    done: int = await connection.fetchval(
        "SELECT coalesce(max(position), 0) FROM ledger.first_form WHERE ledger = $1", ledger
    )
    form = await connection.fetchval(
        "SELECT form FROM ledger.entry WHERE ledger = $1 AND position = $2", ledger, done + 1
    )
    return done if form == 1 else None


async def _keys(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, rows: Sequence[Row]
) -> Held:
    people = {person for row in rows for _, person, *_ in parts_of(row)}
    return await keys.held(connection, sealer, ledger, people)


class Kept(NamedTuple):
    """What stands beside an entry of form 1."""

    leaf: bytes | None
    mac: bytes | None
    content: bytes | None


async def read(connection: asyncpg.Connection, ledger: str, after: int, to: int) -> dict[int, Kept]:
    """Position → what stands beside it, of the entries after a position, up to another."""
    rows = await connection.fetch(
        "SELECT position, leaf, mac, content FROM ledger.first_form"
        " WHERE ledger = $1 AND position > $2 AND position <= $3",
        ledger,
        after,
        to,
    )
    return {position: Kept(*kept) for position, *kept in rows}
