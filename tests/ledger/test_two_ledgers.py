"""Two districts in one database: sources and ids of the same names, and nothing is shared."""

from __future__ import annotations

import asyncpg
import pytest

from ledger import offsets
from ledger.intake import Intake
from ledger.journal import Said
from ledger.offsets import NoSuchPartition, OfAnotherLedger
from ledger.outcomes import Accepted, Parked
from ledger.records import Record
from tests.support.bureau import new_ledger
from tests.support.engine import altered, take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

OTHER = "445103"
CLERK = Said("示例", "另一账本的分区")
CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
AGAIN = event(BANK, "p-2", a_payment("DB-1", 50_000, "2024-01"))


def there(line: bytes) -> bytes:
    """The same event of the other district."""
    return line.replace(LEDGER.encode(), OTHER.encode())


async def two(connection: asyncpg.Connection) -> tuple[Intake, Intake]:
    here = (await Bench.open(connection)).intake
    secret = b"another secret"
    return here, Intake(await new_ledger(connection, OTHER, secret), secret)


async def test_an_id_is_used_once_in_each(connection: asyncpg.Connection) -> None:
    here, other = await two(connection)
    assert (await take(connection, here, CASE, PAYMENT)).accepted == 2
    taken = await other.take(connection, [Record(there(line), "t:1") for line in (CASE, PAYMENT)])
    assert taken.outcomes == [Accepted(1), Accepted(2)]
    again = await other.take(connection, [Record(there(AGAIN), "t:2")])
    assert again.outcomes == [Accepted(3, ("month-already-paid",))]


async def test_what_waits_in_one_is_not_woken_or_taken_for_known_in_the_other(
    connection: asyncpg.Connection,
) -> None:
    """Each is sealed with a secret of its own, so the other could not even read it."""
    here, other = await two(connection)
    assert (await take(connection, here, PAYMENT)).parked == 1
    waits = await other.take(connection, [Record(there(PAYMENT), "t:1")])
    assert waits.outcomes == [Parked("stream:case/DB-1")]

    woken = await other.take(connection, [Record(there(CASE), "t:2")])
    assert [event.outcome for event in woken.woken] == [Accepted(2)]
    waiting = "SELECT ledger FROM ledger.parked WHERE taken_at IS NULL"
    assert [row[0] for row in await connection.fetch(waiting)] == [LEDGER]


async def test_a_correction_finds_what_it_corrects_in_its_own_ledger(
    connection: asyncpg.Connection,
) -> None:
    here, other = await two(connection)
    await take(connection, here, CASE, PAYMENT)
    less = altered(
        there(PAYMENT), {"amount_fen": 40_000}, id="p-3", corrects="payouts/p-1",
        correctionkind="changed",
    )  # fmt: skip
    await other.take(connection, [Record(there(CASE), "t:1")])
    taken = await other.take(connection, [Record(less, "t:2")])
    assert taken.outcomes == [Parked("event:payouts/p-1")]


async def test_what_comes_by_a_topic_goes_into_one_ledger(connection: asyncpg.Connection) -> None:
    _, other = await two(connection)
    topic = ("mingjian.intake.payouts", 0)
    await offsets.claim(connection, LEDGER, [topic])
    with pytest.raises(OfAnotherLedger, match="MINGJIAN_KAFKA_PREFIX"):
        await offsets.claim(connection, OTHER, [topic])
    with pytest.raises(OfAnotherLedger):
        await offsets.begin_at(connection, OTHER, {topic: 3})
    (book,) = await offsets.books(connection, LEDGER, "mingjian")
    assert book.topic == topic[0]
    assert await offsets.books(connection, OTHER, "mingjian") == []
    assert (await offsets.sums(connection, OTHER)).partitions == 0
    with pytest.raises(NoSuchPartition):
        await offsets.skip(connection, other.sealer, OTHER, topic, 3, CLERK)


async def test_under_prefixes_of_their_own_both_take_in(connection: asyncpg.Connection) -> None:
    await two(connection)
    await offsets.claim(connection, LEDGER, [("mingjian.intake.payouts", 0)])
    await offsets.claim(connection, OTHER, [("mingjian-445103.intake.payouts", 0)])
    (book,) = await offsets.books(connection, OTHER, "mingjian-445103")
    assert book.topic == "mingjian-445103.intake.payouts"


async def test_a_topic_that_an_upgrade_could_not_place_belongs_to_who_claims_it(
    connection: asyncpg.Connection,
) -> None:
    await two(connection)
    topic = ("mingjian.intake.payouts", 0)
    await connection.execute(
        "INSERT INTO ledger.source_offset (topic, partition, next_offset, epoch)"
        " VALUES ($1, 0, 7, 1)",
        topic[0],
    )
    assert (await offsets.claim(connection, OTHER, [topic]))[topic].next_offset == 7
    with pytest.raises(OfAnotherLedger):
        await offsets.claim(connection, LEDGER, [topic])
