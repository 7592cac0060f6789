"""What people did to the users of the broker (Kafka 用户): a record of the journal for each.

Who may write to which topic stands on the broker, which keeps no history. So each user that is made
or taken away, each right that is given or taken, and each new password is a record: names of users
and rights, never a password nor what could be checked against one.

The users of a system serve all ledgers of its database: what is done to them is told to each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import asyncpg

from domain.standing import Deed
from infra.kafka.rights import source_user
from ledger import journal, secret, store
from ledger.journal import Kind, Said
from ledger.seal import Sealer
from ledger.source_keys import SUBJECT

RIGHTS: Kind = "kafka-rights-changed"
PASSWORD: Kind = "kafka-password-changed"  # noqa: S105  a kind of record
SERVICE = "kafka/"
"""Before the name of a user who is no source's, the subject of what concerns them."""


class Changed(NamedTuple):
    """What is done to one user; rights as words, such as `Write Topic mingjian.intake.payouts`."""

    user: str
    made: bool = False
    removed: bool = False
    given: Sequence[str] = ()
    taken: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """What the journal says of a source's user, who may have been made without it."""

    there: bool = False
    """Whether the last record of a user that came or went says that it came."""
    rights: Deed | None = None
    """The last change of user or rights."""
    password: Deed | None = None
    """The last change of the password of a user who was there."""


async def note(
    connection: asyncpg.Connection,
    ledger_secret: bytes,
    prefix: str,
    changes: Iterable[Changed],
    said: Said,
) -> dict[str, list[int]]:
    """Record what is about to be done to users, in one transaction; ledger → numbers of records.

    Raises WrongSecret, LedgerRestoring, LedgerAltered.
    """
    told = [(RIGHTS, each.user, each._asdict()) for each in changes]
    return await _noted(connection, ledger_secret, prefix, told, said)


async def note_password(
    connection: asyncpg.Connection, ledger_secret: bytes, prefix: str, user: str, said: Said
) -> dict[str, list[int]]:
    """Record that a user is about to get another password. Returns and raises as `note` does."""
    return await _noted(connection, ledger_secret, prefix, [(PASSWORD, user, {"user": user})], said)


async def _noted(
    connection: asyncpg.Connection,
    ledger_secret: bytes,
    prefix: str,
    told: Sequence[tuple[Kind, str, Mapping[str, Any]]],
    said: Said,
) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    if told:
        async with connection.transaction():
            for ledger in await store.all_ledgers(connection):
                sealer = await secret.sealer(connection, ledger_secret, ledger.name)
                async with journal.deed(connection, sealer, ledger.name) as deed:
                    numbers[ledger.name] = [
                        deed.note(kind, _subject(user, prefix), facts, said)
                        for kind, user, facts in told
                    ]
    return numbers


def _subject(user: str, prefix: str) -> str:
    begins = source_user("", prefix)
    return SUBJECT + user[len(begins) :] if user.startswith(begins) else SERVICE + user


async def of_sources(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, names: Iterable[str]
) -> dict[str, BrokerUser]:
    """Source → what the journal of a ledger says of its user. Raises LedgerAltered."""
    found = {name: BrokerUser() for name in names}
    which = "subject = ANY($2) AND kind = ANY($3)"
    subjects = [SUBJECT + name for name in found]
    for record in await journal.believed(
        connection, sealer, ledger, which, subjects, (RIGHTS, PASSWORD)
    ):
        name = record.subject.removeprefix(SUBJECT)
        deed = Deed(record.number, record.recorded_at, record.by or "", record.why or "")
        if record.kind == PASSWORD:
            found[name] = replace(found[name], password=deed)
        else:
            said = record.facts
            there = said["made"] or (found[name].there and not said["removed"])
            found[name] = replace(found[name], there=there, rights=deed)
    return found
