"""Bytes that went in come out again: put together from the tables, by what is written of them.

Nothing of the program that puts them together is used, only its tables and the persons' keys.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from infra.settings import Settings
from ledger.records import Record
from tests.oracle.delivery import BEGUN, oddly
from tests.oracle.facts import Teller
from tests.support.ledger import rolled_back

BATCH = 200


@dataclass
class Returned:
    """How many events came back, and which did not as they went in."""

    events: int
    types: int = 0
    entries: int = 0
    sealed: int = 0
    """Entries of which something is sealed."""
    differences: list[str] = field(default_factory=list)


async def check_bytes(url: str, seed: int, count: int) -> Returned:
    """Take in so many events of all types in odd formatting; compare what the tables give back."""
    dice = random.Random(f"bytes {seed}")  # noqa: S311  a seed, not a secret
    sent: dict[str, bytes] = {}
    for message in Teller(dice).tell(count):
        message["receivedat"] = BEGUN.isoformat()
        sent[f"{message['source']}/{message['id']}"] = oddly(message, dice)
    found = Returned(count)
    async with rolled_back(url) as bench:
        records = [Record(line, name) for name, line in sent.items()]
        for at in range(0, len(records), BATCH):
            await bench.intake.take(bench.connection, records[at : at + BATCH])
        rows = await bench.connection.fetch(
            "SELECT position, source, event_id, type, open FROM ledger.entry"
        )
        parts = await _parts(bench.connection)
    found.types = len({row["type"] for row in rows})
    for position, source, event_id, _, open_part in rows:
        name = f"{source}/{event_id}"
        mine = parts.get(position, [])
        found.entries += 1
        found.sealed += bool(mine)
        if put_together(open_part, mine) != sent[name]:
            found.differences.append(f"{name}: {sent[name].decode()}")
        if mine and _clear_in(open_part, json.loads(sent[name])["data"]):
            found.differences.append(f"{name}: a person in clear in {open_part.decode()}")
    return found


Part = tuple[int, int, bytes, bytes]
"""Where the pseudonym stands in the open part, how long it is, what is sealed, the key."""


async def _parts(connection: asyncpg.Connection) -> dict[int, list[Part]]:
    """Each person's key is wrapped by the master key that follows from the sample secret."""
    master = AESSIV(hmac.digest(Settings().secret, b"mingjian master", "sha512"))
    found: dict[int, list[Part]] = defaultdict(list)
    for position, *part in await connection.fetch(
        "SELECT position, start, length, sealed, key, ledger, person FROM ledger.sealed_part"
        " JOIN ledger.person_key USING (ledger, person)"
    ):
        start, length, sealed, wrapped, *whose = part
        key = master.decrypt(wrapped, ["\0".join(whose).encode()])
        found[position].append((start, length, sealed, key))
    return found


def put_together(open_part: bytes, parts: Sequence[Part]) -> bytes:
    """The received bytes, from the last sealed part to the first."""
    made, bound_to = open_part, hashlib.sha256(open_part).digest()
    for start, length, sealed, key in sorted(parts, reverse=True):
        clear = AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to)
        made = made[:start] + clear + made[start + length :]
    return made


def _clear_in(open_part: bytes, data: object) -> bool:
    """Whether the number of a person that the data name can be read in the open part."""
    text = json.dumps(json.loads(open_part), ensure_ascii=False)
    if isinstance(data, dict):
        number = data.get("id_number")
        own = isinstance(number, str) and number in text
        return own or any(_clear_in(open_part, value) for value in data.values())
    return isinstance(data, list) and any(_clear_in(open_part, value) for value in data)
