"""Numbers of a source that are missing, or that several entries have."""

from __future__ import annotations

from rules.a46_sequence import RULE
from tests.support.bureau import adopt, sample_but
from tests.support.enforcement import on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench, event
from tests.support.marriage import a_marriage


def married(number: int, serial: int, day: str = "02-02") -> bytes:
    """A registration that its source sent under a running number."""
    received = on(day)
    name = f"m-{serial}"
    return event("marriage", name, a_marriage(serial), received=received, sequence=number)


async def test_a_number_that_was_left_out_is_missing_until_it_comes(bench: Bench) -> None:
    await bench.take(married(1, 1), married(3, 3))
    assert await seen(bench, RULE) == [Seen("marriage", "2", on("02-02"))]
    ((_, one),) = await findings(bench, RULE)
    assert one.position == 2

    await bench.take(married(2, 2, "02-05"))
    assert await seen(bench, RULE) == []
    assert len(await seen(bench, RULE, at=2)) == 1


async def test_a_number_that_several_have(bench: Bench) -> None:
    await bench.take(married(1, 1), married(1, 2))

    assert await seen(bench, RULE) == [Seen("marriage", "1 again", on("02-02"))]


async def test_an_upgrade_drops_no_check_of_numbers_that_come(bench: Bench) -> None:
    await adopt(bench.connection, sample_but("sources.toml", "numbered = true", ""))
    await bench.take(married(1, 1), married(3, 3))

    assert len(await seen(bench, RULE)) == 1


async def test_numbers_of_who_does_not_number_say_nothing(bench: Bench) -> None:
    await adopt(bench.connection, sample_but("sources.toml", "numbered = true", "numbered = false"))
    await bench.take(married(1, 1), married(3, 3), married(3, 4))

    assert await seen(bench, RULE) == []


async def test_an_event_without_a_number_is_no_gap(bench: Bench) -> None:
    await adopt(bench.connection, sample_but("sources.toml", "numbered = true", ""))
    unnumbered = married(7, 2).replace(b',"sequence":7', b"")
    assert b"sequence" not in unnumbered
    await bench.take(married(1, 1), unnumbered, married(2, 3))

    assert await seen(bench, RULE) == []
    assert (await bench.take(unnumbered)).duplicate == 1
