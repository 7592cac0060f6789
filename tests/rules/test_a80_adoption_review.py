"""Thirty days to review an application for adoption; those of the search do not count."""

from __future__ import annotations

import pytest

from domain.adoption import AdoptionRefused, ChildKind
from domain.event import Event
from rules.a80_adoption_review import RULE
from tests.lines.test_adoption import applied, registered, searched, taken_over
from tests.support.enforcement import on
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

STREAM, KEY = "adoption/SY-1", "2024-03-01"


@pytest.mark.parametrize(
    ("kind", "steps", "expected"),
    [
        ("kin", (), [Seen(STREAM, KEY, on("04-01"))]),
        ("kin", (registered(day="03-31"),), []),
        ("kin", (registered(day="04-01"),), [Seen(STREAM, KEY, on("04-01"))]),
        (
            "kin",
            (AdoptionRefused(application="SY-1", refused_on=on("04-03"), reason="示例"),),
            [Seen(STREAM, KEY, on("04-01"), on("04-03")), Seen(STREAM, KEY, on("04-03"))],
        ),
        ("foundling", (), [Seen(STREAM, KEY, on("04-01"))]),
        ("foundling", (searched(),), [Seen(STREAM, KEY, on("05-31"))]),
        ("foundling", (searched(), registered(day="05-30")), []),
        (
            "foundling",
            (searched(day=on("02-01")), registered(day="05-01")),
            [],
        ),
        (
            "foundling",
            (searched(day=on("02-01")), registered(day="05-02")),
            [Seen(STREAM, KEY, on("05-02"))],
        ),
    ],
)
async def test_an_application_is_decided_within_thirty_days(
    bench: Bench, kind: ChildKind, steps: tuple[Event, ...], expected: list[Seen]
) -> None:
    """Applied 1 March: the thirtieth day is 31 March; a search from that day ends 30 April."""
    await bench.tell(applied(kind=kind), *steps)

    assert await seen(bench, RULE) == expected


async def test_what_was_registered_before_the_ledger_was_reviewed_before_it(bench: Bench) -> None:
    await bench.tell(taken_over("SY-0"))

    assert await seen(bench, RULE) == []
