"""A source's day: how much came, where it is, and exactly what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import asyncpg
import pytest

from ledger import days, own_books, register, release, store
from ledger.days import Day, Range
from ledger.journal import Said
from ledger.records import Record
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.support.placename import a_proposal

NAMES = "placenames"
MAY = "2024-05-{:02d}T18:00:00+08:00"
FACT = event(NAMES, "n-1", a_proposal("示例路", "05-10"))
TOPIC = f"mingjian.intake.{NAMES}"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def proposal(number: int, *, day: int = 10, **changes: Any) -> bytes:
    """The n-th message of the source, about a road of its own."""
    attributes = {"id": f"n-{number}", "sequence": number, "receivedat": MAY.format(day)} | changes
    return altered(FACT, {"place": f"R{number}"}, **attributes)


def refused(number: int, **changes: Any) -> bytes:
    return altered(proposal(number, **changes), {"batch": "first"})


async def send(bench: Bench, *lines: bytes, source: str = NAMES, first: int = 0) -> None:
    topic = f"mingjian.intake.{source}"
    records = [
        Record(line, f"{topic}/0/{offset}", source, (topic, 0))
        for offset, line in enumerate(lines, first)
    ]
    for start in range(0, len(records), 300):
        await bench.intake.take(bench.connection, records[start : start + 300])


async def of(
    connection: asyncpg.Connection, day: int = 10, source: str = NAMES, month: int = 5
) -> Day:
    ledger = await store.find_ledger(connection, LEDGER)
    assert ledger is not None
    return await days.day_of(connection, ledger, source, date(2024, month, day), NOW)


async def test_seven_withheld_three_sent_twice_and_two_refused_are_named_exactly(
    bench: Bench,
) -> None:
    """Of a thousand. What is refused is not missing: it came, and is named as refused."""
    withheld, twice, wrong = {17, 18, 19, 400, 500, 777, 998}, {5, 600, 1000}, {401, 999}
    lines: list[bytes] = []
    for number in range(1, 1001):
        if number in withheld:
            continue
        line = refused(number) if number in wrong else proposal(number)
        lines += [line, line] if number in twice else [line]
    await send(bench, *lines)
    said = await of(bench.connection)

    assert (said.accepted, said.duplicate, said.quarantined, said.parked) == (991, 3, 2, 0)
    assert said.total == len(lines) == 996
    assert (said.first, said.last) == (1, 1000)
    ends = [(17, 19), (400, 400), (500, 500), (777, 777), (998, 998)]
    assert said.missing == [Range(*each) for each in ends]
    assert said.lacking == 7
    assert [each["id"] for each in said.duplicates] == ["n-5", "n-600", "n-1000"]
    assert [(each["id"], each["reason"]) for each in said.refused] == [
        ("n-401", "malformed_value"),
        ("n-999", "malformed_value"),
    ]
    came = sorted(f"n-{number}" for number in range(1, 1001) if number not in withheld)
    assert said.ids == len(came) == 993
    assert said.ids_sha256 == sha256("\n".join(came).encode()).hexdigest()


async def test_a_number_that_comes_late_is_missing_no_more(bench: Bench) -> None:
    await send(bench, proposal(1), proposal(2), proposal(5))
    assert (await of(bench.connection)).missing == [Range(3, 4)]
    await send(bench, proposal(4, day=11), first=3)
    assert (await of(bench.connection)).missing == [Range(3, 3)]
    next_day = await of(bench.connection, 11)
    assert (next_day.first, next_day.missing, next_day.accepted) == (4, [], 1)


async def test_what_is_missing_before_a_last_one_that_was_refused_is_seen(bench: Bench) -> None:
    await send(bench, proposal(1), refused(4))
    said = await of(bench.connection)
    assert (said.last, said.missing) == (4, [Range(2, 3)])


async def test_a_number_used_twice_is_repeated(bench: Bench) -> None:
    await send(bench, proposal(1), proposal(2), proposal(3, sequence=2))
    said = await of(bench.connection)
    assert (said.repeated, said.missing, said.accepted) == ([2], [], 3)


async def test_what_waits_belongs_to_the_day_it_came_on_whenever_it_is_taken(
    bench: Bench,
) -> None:
    """A payment of January 8 waits for its case, which comes on February 1."""
    payment = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
    await send(bench, payment, source=BANK)
    said = await of(bench.connection, 8, BANK, 1)
    assert (said.parked, said.accepted, said.missing) == (1, 0, [])
    assert [each["id"] for each in said.waiting] == ["p-1"]

    case = event(
        OFFICE, "c-1", a_household("DB-1", fen=50_000), received=datetime(2024, 2, 1, tzinfo=UTC)
    )
    await send(bench, case, source=OFFICE)
    said = await of(bench.connection, 8, BANK, 1)
    assert (said.parked, said.accepted, said.waiting) == (1, 0, [])
    later = await of(bench.connection, 1, BANK, 2)
    assert (later.total, later.taken_up) == (0, 1)


async def test_what_was_refused_and_is_sent_again_as_it_was_came_twice(bench: Bench) -> None:
    """What is released comes from us, and not from the source."""
    said = Said("示例管理员", "示例事由")
    await register.suspend(bench.connection, bench.intake.sealer, LEDGER, NAMES, said)
    await send(bench, proposal(1), proposal(2))
    await register.resume(bench.connection, bench.intake.sealer, LEDGER, NAMES, said)
    await send(bench, proposal(1), first=2)
    await release.judge_again(bench.connection, bench.intake, 2)
    day = await of(bench.connection)
    assert (day.quarantined, day.accepted, day.taken_up, day.total) == (2, 1, 1, 3)
    assert day.ids == 2


async def test_what_another_source_sent_of_it_takes_nothing_from_its_day(bench: Bench) -> None:
    """Its very bytes in another's topic are refused there, and closed by its own."""
    topic = f"mingjian.intake.{BANK}"
    stolen = Record(proposal(1), f"{topic}/0/0", BANK, (topic, 0))
    await bench.intake.take(bench.connection, [stolen])
    await send(bench, proposal(1))
    day = await of(bench.connection)
    assert (day.accepted, day.taken_up, day.total, day.ids) == (1, 0, 1, 1)


async def test_a_day_is_over_when_the_clock_of_the_ledger_has_passed_it(bench: Bench) -> None:
    await send(bench, proposal(1))
    assert not (await of(bench.connection)).over
    await send(bench, proposal(2, day=11), first=1)
    assert (await of(bench.connection)).over


async def test_a_source_compares_a_day_with_its_own_books(bench: Bench) -> None:
    """One that never came, one of the next day, and one that the source knows nothing of.

    In its list one stands twice, and two lines are no ids.
    """
    await send(bench, proposal(1), refused(2), proposal(3), proposal(4, day=11))
    said = await of(bench.connection)
    listed = own_books.Listed()
    listed.add([b"\xef\xbb\xbfn-1\r\n", b"", b'{"id": "n-2", "data": {}}', b"n-4", b"n-5"])
    listed.add([b"n-1", b"{nonsense", b"440102198001021230"])
    compared = await own_books.against(bench.connection, said, listed)

    assert compared.both == 2
    assert compared.not_here == ["n-5"]
    assert compared.other_days == ["n-4"]
    assert compared.not_there == ["n-3"]
    assert (compared.twice, compared.no_ids) == (["n-1"], [7, 8])
    assert not compared.same


async def test_nothing_came_on_another_day_or_of_another_source(bench: Bench) -> None:
    await send(bench, proposal(1))
    for said in (await of(bench.connection, 9), await of(bench.connection, source=BANK)):
        assert (said.total, said.first, said.missing, said.ids) == (0, None, [], 0)


@pytest.mark.parametrize(
    ("known", "left"),
    [
        (set(), [(3, 6), (9, 9)]),
        ({3, 6}, [(4, 5), (9, 9)]),
        ({4, 9}, [(3, 3), (5, 6)]),
        ({3, 4, 5, 6, 9}, []),
        ({1, 7, 100}, [(3, 6), (9, 9)]),
    ],
)
def test_ranges_without_numbers(known: set[int], left: list[tuple[int, int]]) -> None:
    assert list(days.without([Range(3, 6), Range(9, 9)], known)) == [Range(*each) for each in left]
