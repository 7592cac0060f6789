"""Another master key (更换主密钥): every person's key is wrapped anew, while services run.

The new key is put before the others in the file; services that meet it read the file again. Then
keys are wrapped anew in batches, the last of them under the lock of the ledger, with the record
after which every intake begins with the current master key. At the end the older keys are taken out
of the file: what an old backup, write-ahead log or copy of the database holds is opened by nobody
any more. Killed, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import asyncpg

from infra import master_keys
from infra.failpoint import reach
from infra.settings import Settings
from ledger import journal, keys, store
from ledger.journal import Said
from ledger.seal import Sealer

SUBJECT = "master-key/"
"""Before the id of the key, the subject of the record."""


class CannotRotate(ValueError):
    """There is no file of master keys, or another ledger's keys hang on the old ones."""


def create(path: Path) -> str:
    """A file with one new master key, for its owner only, and never over another; its id.

    Raises FileExistsError.
    """
    path.open("x").close()
    key = master_keys.new()
    master_keys.write(path, [key])
    return master_keys.id_of(key)


async def rotate(
    connection: asyncpg.Connection,
    given: Settings,
    name: str,
    said: Said,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[str, int]:
    """Have a new master key wrap all keys of a ledger: its id, and how many there are.

    Where keys are wrapped otherwise than by the first key of the file (the setting is new, or an
    earlier call was killed) that one is the new one. Raises CannotRotate, MasterKeyFileWrong, and
    what `journal.deed` raises.
    """
    path = given.master_key_file
    if path is None:
        raise CannotRotate(
            "未设 MINGJIAN_MASTER_KEY_FILE：先用 mingjian keys new-master 建主密钥文件，设好，"
            "重启服务 / no file of master keys: mingjian keys new-master FILE, set it, restart"
        )
    sealer = Sealer(given.secret, name)
    await keys.fill(connection, sealer, await _ledger(connection, name))
    if not await keys.wrapped_otherwise(connection, name, sealer.masters.current):
        master_keys.write(path, [master_keys.new(), *master_keys.read(path)])
        reach("rotation.key-added")
        sealer.look_for_masters()
    count = 0
    while True:
        async with connection.transaction():
            done = await keys.rewrap(connection, sealer, name)
        count += done
        progress(done)
        reach("rotation.batch-wrapped")
        if done < keys.ROWS:
            break
    async with journal.deed(connection, sealer, name) as deed:
        while done := await keys.rewrap(connection, sealer, name):
            count += done
        current = sealer.masters.current
        deed.note("keys-rotated", f"{SUBJECT}{current}", {"keys": count}, said)
    reach("rotation.recorded")
    await _take_out(connection, path, current)
    return current, count


async def _take_out(connection: asyncpg.Connection, path: Path, current: str) -> None:
    """Take the older keys out of the file, but for those that another ledger still needs."""
    found = master_keys.read(path)
    needed = await keys.masters(connection) | {current}
    master_keys.write(path, [key for key in found if master_keys.id_of(key) in needed])


async def _ledger(connection: asyncpg.Connection, name: str) -> store.Ledger:
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        raise store.LedgerMissing(name)
    return ledger
