"""What one topic or file may fill the quarantine with: beyond it hash, size and origin are kept."""

from __future__ import annotations

import asyncpg
import pytest

from infra.settings import Settings
from ledger import aside, journal, release, retelling, store
from ledger.aside import QUARANTINE, BytesWithheld
from ledger.intake import Intake
from ledger.outcomes import Accepted
from ledger.records import Record
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household
from upkeep.verification import driver

SECRET = Settings().secret
JUNK = [b"%03d" % n * 100 for n in range(6)]
"""Each 300 bytes, 328 when it is sealed."""


async def limited(connection: asyncpg.Connection, limit: int = 700) -> Intake:
    """An intake that keeps two of them."""
    bench = await Bench.open(connection)
    return Intake(bench.intake.ledger, SECRET, limit)


async def kept(connection: asyncpg.Connection) -> list[tuple[str, bool]]:
    """Origin, and whether its bytes are kept."""
    rows = await aside.rows(connection, QUARANTINE, LEDGER, settled=True)
    return [(row["origin"], not row["withheld"]) for row in rows]


async def test_the_rest_is_still_told_of(connection: asyncpg.Connection) -> None:
    intake = await limited(connection)
    for n, junk in enumerate(JUNK[:4]):
        await intake.take(connection, [Record(junk, f"topic/0/{n}")])
    await intake.take(connection, [Record(JUNK[4], "other/0/0")])
    assert await kept(connection) == [
        ("topic/0/0", True),
        ("topic/0/1", True),
        ("topic/0/2", False),
        ("topic/0/3", False),
        ("other/0/0", True),
    ]
    row = await aside.row(connection, QUARANTINE, LEDGER, 3)
    assert (row["reason"], row["size"]) == ("not_json", 300)
    with pytest.raises(BytesWithheld, match="重新发送"):
        await release.judge_again(connection, intake, 3)


async def test_partitions_of_a_topic_and_lines_of_a_file_share_it(
    connection: asyncpg.Connection,
) -> None:
    intake = await limited(connection, 400)
    origins = ["topic/0/0", "topic/1/0", "feed.jsonl:7", "feed.jsonl:8"]
    records = [Record(*pair) for pair in zip(JUNK, origins, strict=False)]
    await intake.take(connection, records)
    assert [keeps for _, keeps in await kept(connection)] == [True, False, True, False]


async def test_it_is_remembered_by_whoever_writes_next(connection: asyncpg.Connection) -> None:
    for n, junk in enumerate(JUNK[:3]):
        intake = await limited(connection)
        await intake.take(connection, [Record(junk, f"topic/0/{n}")])
    assert [keeps for _, keeps in await kept(connection)] == [True, True, False]


async def test_it_verifies_and_taking_bytes_away_does_not(connection: asyncpg.Connection) -> None:
    intake = await limited(connection)
    await intake.take(connection, [Record(junk, f"topic/0/{n}") for n, junk in enumerate(JUNK)])

    async def wrong() -> bool:
        made = await driver.verify(
            connection, SECRET, LEDGER, "mingjian", lambda *_: lambda _: None
        )
        return "quarantine" in made.differences.kinds

    assert not await wrong()
    await connection.execute("UPDATE ledger.quarantine SET sealed = '' WHERE number = 1")
    assert await wrong()


async def test_the_journal_brings_it_back_as_it_was(connection: asyncpg.Connection) -> None:
    """Also where the limit is another by then: of what was withheld nothing is kept."""
    intake = await limited(connection)
    records = [Record(junk, f"topic/0/{n}") for n, junk in enumerate(JUNK[:3])]
    await intake.take(connection, records)
    before = await kept(connection)
    await connection.execute("DELETE FROM ledger.quarantine")
    await retelling.retell(connection, await journal.read(connection, LEDGER, 1))
    lacking = "SELECT array_agg(lacking ORDER BY number) FROM ledger.quarantine"
    assert await connection.fetchval(lacking) == [True, True, True]
    stored = await store.find_ledger(connection, LEDGER)
    assert stored is not None
    again = Intake(stored, SECRET)
    taken = await again.take(connection, records)
    assert [outcome.kind for outcome in taken.outcomes] == ["quarantined"] * 3
    assert await kept(connection) == before
    taken = await again.take(connection, [Record(JUNK[2], "topic/0/3")])
    assert [outcome.kind for outcome in taken.outcomes] == ["duplicate"]


async def test_what_was_withheld_is_taken_when_it_comes_again_and_is_right(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = await limited(connection, 0)
    case = event("social-assistance", "c-1", a_household("DB-1"))

    def failing(*_: object, **__: object) -> None:
        raise KeyError

    with monkeypatch.context() as broken:
        broken.setattr("ledger.reading.told", failing)
        await intake.take(connection, [Record(case, "topic/0/0")])
    assert await kept(connection) == [("topic/0/0", False)]
    taken = await intake.take(connection, [Record(case, "topic/0/1")])
    assert taken.outcomes == [Accepted(1)]
    assert (await aside.row(connection, QUARANTINE, LEDGER, 1))["released_at"] == 1
