"""The ledger secret: whether it is strong enough, and whether it is this ledger's.

Whoever guesses it turns every pseudonym back into a number, so a ledger that is no sample is made
with a strong one only. With another one a person would become two from then on: so each ledger
keeps a check value, and whoever opens it with a secret is refused unless that fits.
"""

from __future__ import annotations

import hmac
import zlib

import asyncpg

from ledger import evidence, store, tables
from ledger.seal import Sealer, WrongSecret, wrote

LEAST_BYTES = 32
LEAST_CHARACTERS = 10
"""So many different ones at least; 32 hexadecimal digits of chance lack one in 300 million."""
HOW = "openssl rand -base64 48，或 / or mingjian ledger secret -o FILE"


class WeakSecret(ValueError):
    """A secret that can be guessed; the message says how to make another."""

    def __init__(self, why: str) -> None:
        super().__init__(f"账本密钥太弱：{why}；生成 / make one: {HOW}")


def weakness(secret: bytes) -> str | None:
    """Why a secret is too weak for a ledger that is no sample; None if it will do."""
    if len(secret) < LEAST_BYTES:
        return f"只有 {len(secret)} 字节，至少 {LEAST_BYTES} / at least {LEAST_BYTES} bytes"
    if len(set(secret)) < LEAST_CHARACTERS or len(zlib.compress(secret, 9)) < LEAST_BYTES:
        return "重复太多，容易猜到 / it repeats itself too much"
    return None


def refuse_weak(secret: bytes) -> None:
    """Raise WeakSecret for one that can be guessed."""
    if (why := weakness(secret)) is not None:
        raise WeakSecret(why)


async def sealer(connection: asyncpg.Connection, secret: bytes, name: str) -> Sealer:
    """The sealer of a ledger, with the secret proven. Raises LedgerMissing, WrongSecret."""
    made = Sealer(secret, name)
    await prove(connection, made, name)
    return made


async def prove(connection: asyncpg.Connection, sealer: Sealer, name: str) -> None:
    """Raise WrongSecret unless this is the ledger's secret; LedgerMissing where there is none.

    While a ledger is restored, the restore looks to that itself.
    """
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        raise store.LedgerMissing(name)
    if ledger.restoring:
        return
    if await fit(connection, sealer, ledger) is False:
        raise WrongSecret


async def fit(connection: asyncpg.Connection, sealer: Sealer, ledger: store.Ledger) -> bool | None:
    """Whether this is the ledger's secret; None where nothing tells, as after an upgrade of 0.1.0.

    A ledger of 0.2.0 gets its check value here, from whoever may write it.
    """
    kept: bytes | None = await connection.fetchval(
        "SELECT secret_check FROM ledger.ledger WHERE ledger = $1", ledger.name
    )
    if kept is not None:
        return hmac.compare_digest(kept, sealer.check)
    row = await evidence.telling(connection, ledger.name)
    fits = None if row is None else wrote(sealer, row)
    if fits is None and not await tables.is_headless(connection, ledger):
        fits = await tables.head_fits(connection, sealer, ledger)
    if fits and await connection.fetchval(_MAY_KEEP):
        await keep(connection, sealer, ledger.name)
    return fits


_MAY_KEEP = (
    "SELECT has_column_privilege('ledger.ledger', 'secret_check', 'UPDATE')"
    " AND current_setting('transaction_read_only') = 'off'"
)


async def keep(connection: asyncpg.Connection, sealer: Sealer, name: str) -> None:
    """Keep the check value of a ledger that has none yet."""
    await connection.execute(
        "UPDATE ledger.ledger SET secret_check = $2 WHERE ledger = $1 AND secret_check IS NULL",
        name,
        sealer.check,
    )
