"""超过审核确认期限: 30 working days from the acceptance, 45 where the time was extended.

After Friday 1 March 2024 the 30th working day is 15 April (4 and 5 April are off, 7 April is
worked), the 45th 8 May.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain.event import Event
from rules.a16_process_over_the_limit import RULE
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench
from tests.support.procedure import (
    accepted,
    applied,
    child_applied,
    child_confirmed,
    confirmed,
    deferred,
    refused,
)

BEGUN = (applied("DB-1", "2024-02-29"), accepted("DB-1", "2024-03-01"))
KEY = "decide 2024-03-01"


@pytest.mark.parametrize("decision", [confirmed, refused])
async def test_the_last_day_is_in_time_the_next_is_late(
    bench: Bench, decision: Callable[[str, str], Event]
) -> None:
    await bench.tell(*BEGUN, decision("DB-1", "2024-04-15"))
    assert await seen(bench, RULE) == []

    begun = (applied("DB-2", "2024-02-29"), accepted("DB-2", "2024-03-01"))
    await bench.tell(*begun, decision("DB-2", "2024-04-16"))
    assert await seen(bench, RULE) == [Seen("case/DB-2", KEY, date(2024, 4, 16))]


async def test_what_was_never_decided_is_late_from_the_day_after(bench: Bench) -> None:
    await bench.tell(*BEGUN)

    assert await seen(bench, RULE) == [Seen("case/DB-1", KEY, date(2024, 4, 16))]


async def test_until_it_is_decided_late_it_is_open(bench: Bench) -> None:
    await bench.tell(*BEGUN, confirmed("DB-1", "2024-04-30"))

    assert await seen(bench, RULE) == [
        Seen("case/DB-1", KEY, date(2024, 4, 16), date(2024, 4, 30)),
        Seen("case/DB-1", KEY, date(2024, 4, 30)),
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2024-05-08", []), ("2024-05-09", [Seen("case/DB-1", KEY, date(2024, 5, 9))])],
)
async def test_a_difficult_case_has_the_longer_time(
    bench: Bench, on: str, expected: list[Seen]
) -> None:
    await bench.tell(*BEGUN, deferred("DB-1", "2024-04-15"), confirmed("DB-1", on))

    assert await seen(bench, RULE) == expected


async def test_the_longer_time_counts_from_the_day_on_which_it_was_given(bench: Bench) -> None:
    await bench.tell(*BEGUN, deferred("DB-1", "2024-04-20"), confirmed("DB-1", "2024-05-08"))

    assert await seen(bench, RULE) == [
        Seen("case/DB-1", "defer 2024-03-01", date(2024, 4, 16), date(2024, 4, 20))
    ]


@pytest.mark.parametrize("on", ["2024-04-12", "2024-04-16"])
async def test_a_childs_time_runs_from_the_application(bench: Bench, on: str) -> None:
    """15 and 15 working days after 1 March: the last is 15 April."""
    facts: tuple[Event, ...] = (child_applied("GE-1", "2024-03-01"), child_confirmed("GE-1", on))
    await bench.tell(*facts)

    late = [] if on == "2024-04-12" else [Seen("case/GE-1", KEY, date(2024, 4, 16))]
    assert await seen(bench, RULE) == late


async def test_where_no_holidays_are_known_nobody_can_say(bench: Bench) -> None:
    """The notice for 2027 is not known: the 30th working day after 7 December 2026."""
    await bench.tell(applied("DB-1", "2026-12-04"), accepted("DB-1", "2026-12-07"), received=None)

    first, certain = await seen(bench, RULE)
    assert (first.undecidable, certain.undecidable) == (True, False)
    assert first.until == certain.since
