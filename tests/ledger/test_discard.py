"""Giving up what is in quarantine in bulk: all of one reason, of one source; by whom and why."""

from __future__ import annotations

import json
from datetime import date

import asyncpg
import pytest

from ledger import aside, journal, release
from ledger.aside import QUARANTINE
from ledger.intake import Intake
from ledger.journal import Said
from ledger.records import Record
from tests.support.engine import altered, take
from tests.support.history import BANK
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_payment
from tests.upkeep.test_verify import verify

CLERK = Said("示例经办人", "无效来件，来源已停用")
NEGATIVE = [
    altered(event(BANK, f"p-{n}", a_payment("DB-1", 50_000, "2024-01")), {"amount_fen": -n})
    for n in range(1, 4)
]
"""Of a source, refused for one reason: they claim 分."""


async def filled(connection: asyncpg.Connection) -> Intake:
    """Seven lines of junk by one source's topic, two by another's, three bad payments."""
    intake = (await Bench.open(connection, "replay")).intake
    junk = [json.dumps({"junk": n}).encode()[:-1] for n in range(9)]
    records = [
        Record(raw, f"mingjian.intake.{'enforcement' if n < 7 else 'office'}/0/{n}")
        for n, raw in enumerate(junk)
    ]
    await intake.take(connection, records)
    await take(connection, intake, *NEGATIVE)
    return intake


async def waiting(connection: asyncpg.Connection) -> dict[str, int]:
    """Reason → how many are open."""
    counts = await aside.counts(connection, QUARANTINE, LEDGER)
    return {
        count.kind: count.rows - count.settled for count in counts if count.rows > count.settled
    }


@pytest.mark.parametrize(
    ("reason", "source", "given_up", "left"),
    [
        ("not_json", None, 9, {"negative_amount": 3}),
        ("not_json", "enforcement", 7, {"not_json": 2, "negative_amount": 3}),
        (None, BANK, 3, {"not_json": 9}),
        (None, None, 12, {}),
        ("negative_amount", "enforcement", 0, {"not_json": 9, "negative_amount": 3}),
    ],
)
async def test_what_is_of_a_reason_and_a_source_is_given_up(
    connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    reason: str | None,
    source: str | None,
    given_up: int,
    left: dict[str, int],
) -> None:
    monkeypatch.setattr(release, "ROWS", 2)  # several transactions
    intake = await filled(connection)
    before = (await journal.read(connection, LEDGER))[-1].number

    count, _ = await release.discard_all(
        connection, intake.sealer, LEDGER, CLERK, reason=reason, source=source
    )
    assert count == given_up
    assert await waiting(connection) == left
    notes = await journal.read(connection, LEDGER, before)
    assert [(note.kind, Said(note.by or "", note.why or "")) for note in notes] == [
        ("discarded", CLERK)
    ] * given_up
    rows = await aside.rows(connection, QUARANTINE, LEDGER, settled=True)
    assert {note.row[1] for note in notes if note.row} == {
        row["number"] for row in rows if row["discarded_by"]
    }
    assert not (await verify(connection)).differences


async def test_what_was_given_up_claims_nothing_any_more(connection: asyncpg.Connection) -> None:
    """Thirty lines of junk stood on every public page with the sum that they claimed."""
    intake = await filled(connection)
    year = (date(2024, 1, 1), date(2024, 12, 31))
    told = (await journal.read(connection, LEDGER))[-1].number
    then = await aside.claims_in_period(connection, LEDGER, told, *year)
    assert then["quarantine"].events == 3

    await release.discard_all(connection, intake.sealer, LEDGER, CLERK)
    now = await aside.claims_in_period(connection, LEDGER, aside.PRESENT, *year)
    assert (now["quarantine"].events, now["quarantine"].fen) == (0, 0)
    again = await aside.claims_in_period(connection, LEDGER, told, *year)
    assert again == then


async def test_what_is_settled_is_not_given_up_again(connection: asyncpg.Connection) -> None:
    intake = await filled(connection)
    await release.discard(connection, intake.sealer, LEDGER, 1, CLERK)

    assert (await release.discard_all(connection, intake.sealer, LEDGER, CLERK))[0] == 11
    assert await release.discard_all(connection, intake.sealer, LEDGER, CLERK) == (0, 0)
