"""A copy of the persons' keys, to be kept apart from the ledger and from its topic.

The topic holds each person's fields sealed; their keys stand in PostgreSQL alone, so that deleting
one forgets the person. Whoever wants to read those fields after the loss of the database needs this
copy. Each key in it is sealed under the ledger secret: the file alone reveals nothing.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import asyncpg

from ledger import keys, renaming
from ledger.keys import Key
from ledger.seal import Sealer, WrongSecret

ROWS = 1_000


class KeysRefused(Exception):
    """The file holds no keys of this ledger, or not those that the database knows."""


async def export_keys(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, path: Path
) -> int:
    """Write every key, in a file of its owner's only; never over another. Returns how many."""
    count = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        async with connection.transaction():
            async for person, key, since in keys.all_of(connection, sealer, ledger):
                # Who and where is sealed with the key: no line can be passed off as another.
                sealed = sealer.box(f"{ledger}\0{person}\0{since}\0".encode() + key)
                line = {"person": person, "since": since, "key": base64.b64encode(sealed).decode()}
                file.write(json.dumps(line) + "\n")
                count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


async def import_keys(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, path: Path
) -> int:
    """Add the keys that the database lacks, all or none; returns how many the file holds.

    Who was forgotten since the file was written stays forgotten.
    """
    count = 0
    with path.open(encoding="ascii") as file:
        async with connection.transaction():
            lines = enumerate(file, start=1)
            while chunk := list(_opened(islice(lines, ROWS), sealer, ledger)):
                count += len(chunk)
                await _add(connection, sealer, ledger, chunk)
            await renaming.make_due(connection, ledger)
    return count


def _opened(lines: Iterable[tuple[int, str]], sealer: Sealer, ledger: str) -> Iterator[Key]:
    for number, line in lines:
        try:
            message = json.loads(line)
            person, since = str(message["person"]), message.get("since")
            opened = sealer.unbox(base64.b64decode(message["key"], validate=True))
        except (ValueError, KeyError, TypeError, WrongSecret) as error:
            raise KeysRefused(
                f"第 {number} 行打不开：不是密钥文件，或密钥串不同"
                f" / line {number} does not open: no file of keys, or of another ledger secret"
            ) from error
        # Files of older releases do not say from where on a key seals.
        name = f"{ledger}\0{person}\0".encode()
        if since is not None:
            name += f"{since}\0".encode()
        if not opened.startswith(name):
            raise KeysRefused(f"第 {number} 行属于另一账本或另一人 / line {number} is another's")
        yield Key(person, opened[len(name) :], since or 0)


async def _add(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, given: Sequence[Key]
) -> None:
    stored = await keys.add(connection, sealer, ledger, given)
    other = sum(stored.get(key.person, key.key) != key.key for key in given)
    if other:
        raise KeysRefused(
            f"{other} 人在数据库中已有另一密钥，未导入任何密钥"
            f" / {other} persons have another key by now; no key was taken"
        )
