"""Forgetting a person: two people, no period running, and nothing left that opens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from infra.settings import Settings
from ledger import aside, forgetting, journal, keys, mentions, restraints, rostered
from ledger.aside import PARKED, QUARANTINE, BytesWithheld
from ledger.forgetting import CannotForget, Forgotten, MustBeKept, Order
from ledger.intake import Intake
from ledger.outcomes import Tally
from tests.support.engine import altered, ledger_dump, rows_at_head, take
from tests.support.ledger import LEDGER, Bench
from tests.support.persons import (
    NOW,
    OFFICE,
    REF,
    SEALER,
    SECRETS,
    a_case_told,
    a_payment_told,
    an_end_told,
    cells,
    spellings,
)
from upkeep.verification.driver import Verified, verify

FIRST = journal.said("示例甲", "本人书面申请删除，保管期限已满")
SECOND = journal.said("示例乙", "经审核同意")
LONG_AGO = (a_case_told("DB-1"), a_payment_told("DB-1", "1990-02"), an_end_told("DB-1"))


async def forget(connection: asyncpg.Connection) -> Forgotten:
    """Both steps."""
    assert isinstance(await forgetting.forget(connection, SEALER, LEDGER, REF, FIRST), Order)
    done = await forgetting.forget(connection, SEALER, LEDGER, REF, SECOND)
    assert isinstance(done, Forgotten)
    return done


async def verified(connection: asyncpg.Connection) -> Verified:
    return await verify(
        connection, Settings().secret, LEDGER, "mingjian", lambda *_: lambda _: None
    )


async def states(connection: asyncpg.Connection) -> list[tuple[int, str]]:
    """Position and state of every mention."""
    return [(m.position, m.state) for m in await mentions.of(connection, SEALER, LEDGER, [REF])]


async def reasons(connection: asyncpg.Connection) -> list[str]:
    with pytest.raises(MustBeKept) as refused:
        await forgetting.forget(connection, SEALER, LEDGER, REF, FIRST)
    return [each.subject for each in refused.value.running]


# What it does.


async def test_two_people_forget_a_person_and_nothing_else_changes(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    before = await ledger_dump(bench.connection), await rows_at_head(bench.connection)
    done = await forget(bench.connection)
    assert (done.entries, done.parts) == (2, 2)
    assert await states(bench.connection) == [(1, "forgotten"), (2, "forgotten")]

    after = await ledger_dump(bench.connection), await rows_at_head(bench.connection)
    assert after[1] == before[1]
    for table in ("entry", "sealed_part", "correction", "stream_state", "parked", "quarantine"):
        assert after[0][table] == before[0][table]
    made = await verified(bench.connection)
    assert made.differences.as_json() == []
    assert (made.entries.persons, made.entries.forgotten) == (1, 2)


async def test_what_is_told_afterwards_is_sealed_anew_and_readable(bench: Bench) -> None:
    """The intake goes on as it ran: what it held of the person is of no use to it."""
    await bench.take(*LONG_AGO)
    old = (await keys.load(bench.connection, SEALER, LEDGER, [REF]))[REF]
    await forget(bench.connection)
    assert await take(bench.connection, bench.intake, *LONG_AGO) == Tally(duplicate=3)
    assert await keys.load(bench.connection, SEALER, LEDGER, [REF]) == {}

    assert (await bench.take(a_payment_told("DB-1", "1990-03"))).accepted == 1
    assert await states(bench.connection) == [(1, "forgotten"), (2, "forgotten"), (4, "clear")]
    assert (await keys.load(bench.connection, SEALER, LEDGER, [REF]))[REF] != old
    again = (await mentions.of(bench.connection, SEALER, LEDGER, [REF]))[-1]
    assert again.clear["id_number"] in SECRETS
    assert (await verified(bench.connection)).differences.as_json() == []
    assert await keys.persons_without(bench.connection, LEDGER) == 0


async def test_a_key_that_somebody_deleted_by_hand_seals_nothing_more(bench: Bench) -> None:
    """A running intake sealed on under the key it remembered, and nobody could read that again."""
    await bench.take(*LONG_AGO)
    await bench.connection.execute("DELETE FROM ledger.person_key WHERE person = $1", REF)
    await bench.take(a_payment_told("DB-1", "1990-03"))
    found = dict(await states(bench.connection))
    assert found[4] == "clear"
    assert found[1] == "altered", "nobody forgot the person: it is told as what it is"


async def test_a_roster_that_names_who_is_forgotten_finds_nobody(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    asked = (SEALER, LEDGER, ["case/DB-1"], REF)
    assert await rostered.person(bench.connection, *asked) is not None
    await forget(bench.connection)
    assert await rostered.person(bench.connection, *asked) is None


# Copies.


def _copies() -> Sequence[bytes]:
    """What names the person and is no entry: parked, refused, and refused since it is garbled."""
    waiting = a_payment_told("DB-9", "1990-04")
    negative = altered(a_payment_told("DB-1", "1990-05"), {"amount_fen": -5})
    mistyped = json.loads(altered(a_case_told("DB-7"), id="c-8", subject="case/DB-8"))
    number = mistyped["data"]["members"][0]["person"]["id_number"]
    mistyped["data"]["members"][0]["person"] = {
        "id_kind": "resident-id",
        "name": SECRETS[1],
        "id_number": f" {number[:6]} {number[6:14]} {number[14:17]}０",
    }
    wide = "".join(chr(ord(c) + 0xFEE0) for c in SECRETS[0])
    return (
        waiting,
        negative,
        json.dumps(mistyped).encode(),
        f'{{"broken": "{wide}'.encode(),
        b'{"latin": "' + SECRETS[1].encode("gb18030") + b" " + SECRETS[3].encode("gb18030") + b'"',
    )


async def test_sealed_copies_that_name_the_person_are_destroyed(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    stranger = altered(a_payment_told("DB-1", "1990-06"), {"amount_fen": -5, "payee": None})
    tally = await bench.take(*_copies(), stranger)
    assert (tally.parked, tally.quarantined) == (1, 5)
    taken_up = a_payment_told("DB-2", "1990-04")
    await bench.take(taken_up)
    await bench.take(a_case_told("DB-2"), an_end_told("DB-2"))
    done = await forget(bench.connection)
    blanked = [(copy.table, copy.number) for copy in done.blanked]
    assert blanked == [("parked", 1), ("parked", 2), *(("quarantine", n) for n in (1, 2, 3, 4))]

    for table, number in blanked:
        of = PARKED if table == "parked" else QUARANTINE
        with pytest.raises(BytesWithheld):
            await aside.sealed(bench.connection, of, LEDGER, number)
    kept = await aside.sealed(bench.connection, QUARANTINE, LEDGER, 5)
    assert SEALER.unbox(kept) == stranger
    made = await verified(bench.connection)
    assert made.differences.as_json() == []


async def test_what_waited_is_given_up_and_may_be_told_again(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    waiting = a_payment_told("DB-9", "1990-04")
    await bench.take(waiting)
    await forget(bench.connection)
    row = await aside.row(bench.connection, PARKED, LEDGER, 1)
    assert (row["discarded_by"], row["accepted_at"]) == (SECOND.by, None)

    assert (await bench.take(a_case_told("DB-9"))).accepted == 1
    assert (await bench.take(waiting)).accepted == 1
    assert (await states(bench.connection))[-1] == (5, "clear")


async def test_a_message_with_the_name_alone_is_left_for_people_to_look_at(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    await bench.take(f'{{"name": "{SECRETS[1]}"'.encode())
    done = await forget(bench.connection)
    assert [(copy.table, copy.number) for copy in done.doubtful] == [("quarantine", 1)]
    assert not done.blanked


async def test_bytes_that_stand_where_they_were_destroyed_are_found(bench: Bench) -> None:
    await bench.take(*LONG_AGO, a_payment_told("DB-9", "1990-04"))
    sealed = await aside.sealed(bench.connection, PARKED, LEDGER, 1)
    await forget(bench.connection)
    await bench.connection.execute("UPDATE ledger.parked SET sealed = $1", sealed)
    assert [each["kind"] for each in (await verified(bench.connection)).differences.as_json()] == [
        "parked"
    ]


async def test_bytes_that_were_merely_taken_away_are_found(bench: Bench) -> None:
    await bench.take(*LONG_AGO, a_payment_told("DB-9", "1990-04"))
    await bench.connection.execute("UPDATE ledger.parked SET sealed = ''")
    assert (await verified(bench.connection)).differences.kinds.keys() == {"parked"}


async def test_no_cell_of_the_database_tells_of_the_person(bench: Bench) -> None:
    await bench.take(*LONG_AGO, *_copies())
    (opened,) = await keys.load(bench.connection, SEALER, LEDGER, [REF])
    key = (await keys.load(bench.connection, SEALER, LEDGER, [opened]))[REF]
    await forget(bench.connection)
    found = await cells(bench.connection)
    sealed = [value for table, column, value in found if column == "sealed" and "part" not in table]
    opened_ones = [SEALER.unbox(value) for value in sealed if value]
    for secret in (
        *(text for each in SECRETS for text in spellings(each)),
        key,
        key.hex().encode(),
    ):
        assert not any(secret in value for _, _, value in found)
        assert not any(secret in value for value in opened_ones)


# Who, and when.


async def test_one_person_alone_forgets_nobody(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    await forgetting.forget(bench.connection, SEALER, LEDGER, REF, FIRST)
    for name in ("示例甲", " 示例 甲"):
        again = journal.said(name, "再次")
        with pytest.raises(CannotForget, match="another one carries it out"):
            await forgetting.forget(bench.connection, SEALER, LEDGER, REF, again)
    assert (await states(bench.connection))[0] == (1, "clear")


async def test_an_order_lapses(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(*LONG_AGO)
    await forgetting.forget(connection, SEALER, LEDGER, REF, FIRST)
    late = NOW + timedelta(days=forgetting.ORDER_DAYS + 1)
    await bench.take(a_case_told("DB-3", received=late), an_end_told("DB-3", received=late))
    assert isinstance(await forgetting.forget(connection, SEALER, LEDGER, REF, SECOND), Order)


async def test_there_must_be_something_to_forget(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    with pytest.raises(CannotForget, match="nothing of this person"):
        await forgetting.forget(bench.connection, SEALER, LEDGER, "0" * 32, FIRST)
    await forget(bench.connection)
    with pytest.raises(CannotForget, match="nothing of this person"):
        await forgetting.forget(bench.connection, SEALER, LEDGER, REF, FIRST)


async def test_the_intake_may_write_between_order_and_deed(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    await forgetting.forget(bench.connection, SEALER, LEDGER, REF, FIRST)
    await bench.take(a_payment_told("DB-1", "1990-03"), a_payment_told("DB-9", "1990-04"))
    done = await forgetting.forget(bench.connection, SEALER, LEDGER, REF, SECOND)
    assert isinstance(done, Forgotten)
    assert (done.entries, [copy.number for copy in done.blanked]) == (3, [1])
    other = Intake(bench.intake.ledger, Settings().secret)
    assert (await take(bench.connection, other, a_case_told("DB-9"))).accepted == 1


# What forbids it.


@pytest.mark.parametrize(
    ("year", "keeping"), [(1994, []), (1995, ["entry/1"]), (2024, ["entry/1"])]
)
async def test_a_period_runs_to_the_end_of_its_last_year(
    bench: Bench, year: int, keeping: list[str]
) -> None:
    """30 years from the end of the year in which the case was closed; it is June of 2025."""
    await bench.take(a_case_told("DB-1", year), an_end_told("DB-1", year))
    if keeping:
        assert await reasons(bench.connection) == keeping
    else:
        await forget(bench.connection)


async def test_a_case_that_is_not_closed_is_kept(bench: Bench) -> None:
    await bench.take(LONG_AGO[0])
    assert await reasons(bench.connection) == ["entry/1"]
    await bench.take(LONG_AGO[2])
    revoked = altered(LONG_AGO[2], id="t-2", corrects=f"{OFFICE}/t-DB-1", correctionkind="revoked")
    assert (await bench.take(revoked)).accepted == 1
    assert await reasons(bench.connection) == ["entry/1"]


async def test_one_entry_keeps_the_whole_person(bench: Bench) -> None:
    await bench.take(*LONG_AGO, a_case_told("DB-4", 2024), an_end_told("DB-4", 2024))
    assert await reasons(bench.connection) == ["entry/4"]


@pytest.mark.parametrize("held", ["hold/ledger", f"hold/person/{REF}", "hold/stream/case/DB-1"])
async def test_an_audit_hold_keeps_what_it_is_set_on(bench: Bench, held: str) -> None:
    await bench.take(*LONG_AGO)
    await restraints.begin(bench.connection, SEALER, LEDGER, "hold", held, FIRST)
    assert await reasons(bench.connection) == [held]
    await restraints.end(bench.connection, SEALER, LEDGER, "hold", held, FIRST)
    await forget(bench.connection)


async def test_a_period_that_begins_after_the_order_stops_it(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    await forgetting.forget(bench.connection, SEALER, LEDGER, REF, FIRST)
    await bench.take(a_case_told("DB-4", 2024))
    with pytest.raises(MustBeKept):
        await forgetting.forget(bench.connection, SEALER, LEDGER, REF, SECOND)
    assert (await states(bench.connection))[0] == (1, "clear")


# What no copy of a key brings back.


async def test_an_old_key_brings_nobody_back(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    exported = await all_keys(bench.connection)
    await forget(bench.connection)
    async with bench.connection.transaction():
        await keys.add(bench.connection, SEALER, LEDGER, exported)
    assert REF not in await keys.load(bench.connection, SEALER, LEDGER, [REF])

    await bench.take(a_payment_told("DB-1", "1990-03"))
    newer = await all_keys(bench.connection)
    await bench.connection.execute("DELETE FROM ledger.person_key")
    await keys.add(bench.connection, SEALER, LEDGER, exported)
    await keys.add(bench.connection, SEALER, LEDGER, newer)
    assert await states(bench.connection) == [(1, "forgotten"), (2, "forgotten"), (4, "clear")]


async def all_keys(connection: asyncpg.Connection) -> list[keys.Key]:
    async with connection.transaction():
        return [key async for key in keys.all_of(connection, SEALER, LEDGER)]


async def test_the_record_says_who_ordered_and_who_did_it(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    await forget(bench.connection)
    ordered, done = (await journal.read(bench.connection, LEDGER))[-2:]
    assert (ordered.kind, ordered.by, ordered.subject) == (
        *("person-forget-ordered", FIRST.by),
        f"person/{REF}",
    )
    assert (done.kind, done.by, done.position) == ("person-forgotten", SECOND.by, 3)
    assert done.facts["persons"] == [REF]
    assert done.facts["order"] == ordered.number
    assert done.recorded_at >= datetime(2025, 6, 1, tzinfo=UTC) - timedelta(days=1)
