"""Bringing a broker's users and rights (用户与权限) to what a system needs, and no further.

What is wanted follows from the sources that the ledgers take from (infra/kafka/rights.py). Users of
other systems, and what they may do, are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from infra.kafka import acls
from infra.kafka.rights import Right, is_ours, rights, users
from ledger import register, secret, store
from ledger.adopted import NothingAdopted
from ledger.broker_users import Changed


class Wanted(NamedTuple):
    """The users that there are to be, and all their rights."""

    users: list[str]
    rights: list[Right]


class Change(NamedTuple):
    """What is to be done, or was done."""

    made: list[str]
    removed: list[str]
    given: list[Right]
    taken: list[Right]

    def by_user(self) -> list[Changed]:
        """The same for each user that it touches, in the order of their names."""
        users_of = {*self.made, *self.removed, *(r.user for r in (*self.given, *self.taken))}
        return [
            Changed(
                user,
                user in self.made,
                user in self.removed,
                sorted(right.words for right in self.given if right.user == user),
                sorted(right.words for right in self.taken if right.user == user),
            )
            for user in sorted(users_of)
        ]


async def allowed_sources(
    connection: asyncpg.Connection, ledger_secret: bytes
) -> tuple[set[str], list[str]]:
    """The sources that may send today, and the ledgers they send to.

    By the register of each ledger of this database: who is suspended, or not registered where that
    is required, has no rights. Raises LedgerMissing where there is no ledger, WrongSecret,
    LedgerRestoring, LedgerAltered.
    """
    if not await store.exists(connection):
        raise store.LedgerMissing("?")
    ledgers = [ledger.name for ledger in await store.all_ledgers(connection)]
    if not ledgers:
        raise store.LedgerMissing("?")
    sources: set[str] = set()
    for ledger in ledgers:
        try:
            sealer = await secret.sealer(connection, ledger_secret, ledger)
            stands = await register.standing(connection, sealer, ledger)
        except NothingAdopted:
            continue
        sources |= {name for name, each in stands.items() if each.active}
    return sources, ledgers


async def wanted(connection: asyncpg.Connection, ledger_secret: bytes, prefix: str) -> Wanted:
    """What the ledgers of this database need. Raises as `allowed_sources` does."""
    sources, ledgers = await allowed_sources(connection, ledger_secret)
    return Wanted(users(sources, prefix), rights(sources, ledgers, prefix))


async def difference(admin: AIOKafkaAdminClient, want: Wanted, prefix: str) -> Change:
    """What of it the broker lacks, and what it has of ours that nobody needs any more."""
    # Rights first: asked for users by who is no administrator, Kafka 4.3 gives no answer at all.
    given = {right for right in await acls.given_rights(admin) if is_ours(right.user, prefix)}
    there = {user for user in await acls.users(admin) if is_ours(user, prefix)}
    return Change(
        made=[user for user in want.users if user not in there],
        removed=sorted(there.difference(want.users)),
        given=[right for right in want.rights if right not in given],
        taken=sorted(given.difference(want.rights)),
    )


async def carry_out(
    admin: AIOKafkaAdminClient, change: Change, password_of: Callable[[str], str]
) -> None:
    """Do to the broker what is to be done; `password_of` says, and keeps, that of who is made.

    Rights are taken first: who is to have none is without them, whatever fails afterwards.
    """
    await acls.take(admin, change.taken)
    for user in change.removed:
        await acls.remove_user(admin, user)
    await acls.give(admin, change.given)
    for user in change.made:
        await acls.set_password(admin, user, password_of(user))


def commands(want: Wanted, servers: str) -> Iterable[str]:
    """The same as lines for Kafka's own tools, for those who keep a broker with them."""
    to = f"--bootstrap-server {servers} --command-config admin.properties"
    for user in want.users:
        yield (
            f"kafka-configs.sh {to} --alter --entity-type users --entity-name {user}"
            f" --add-config 'SCRAM-SHA-512=[iterations={acls.ITERATIONS},password=…]'"
        )
    for (user, kind, name, whole), operations in _grouped(want.rights).items():
        what = "--cluster" if kind == "Cluster" else f"--{kind.lower()} {name}"
        pattern = "" if whole else " --resource-pattern-type prefixed"
        each = "".join(f" --operation {operation}" for operation in operations)
        yield f"kafka-acls.sh {to} --add --allow-principal User:{user}{each} {what}{pattern}"


def _grouped(given: Iterable[Right]) -> Mapping[tuple[str, str, str, bool], list[str]]:
    found: dict[tuple[str, str, str, bool], list[str]] = {}
    for user, operation, kind, name, whole in given:
        found.setdefault((user, kind, name, whole), []).append(operation)
    return found
