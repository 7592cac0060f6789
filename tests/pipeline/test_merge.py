"""Merging the sources of a replay by time of receipt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from consumers import intake
from consumers.intake import IntakeApp
from consumers.merge import Merge, received_at
from consumers.unpacking import place, unpacked
from infra.settings import Settings
from ledger.records import Record
from sample.sending import LARGEST, cut, source_of
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER

A, B = ("a", 0), ("b", 0)
NOW = datetime(2024, 12, 31, tzinfo=UTC)


def raw(topic: str, offset: int, *days: int | None) -> Any:
    """A record of these days; a batch, if they are several."""
    events = [
        b"{}" if day is None else b'{"receivedat":"2024-01-%02dT08:00:00+08:00"}' % day
        for day in days
    ]
    value = events[0] if len(events) == 1 else b"[%b]" % b",".join(events)
    return SimpleNamespace(topic=topic, partition=0, offset=offset, value=value, headers=[])


def at(topic: str, offset: int, *days: int | None) -> Record:
    return unpacked([raw(topic, offset, *days)])[0]


def merging(*records: Record) -> Merge:
    merge = Merge(lambda: NOW)
    merge.begin(A)
    merge.begin(B)
    merge.add(records)
    return merge


def taken(merge: Merge, *ended: tuple[str, int], limit: int = 100) -> list[tuple[str, int]]:
    found = map(place, merge.take(ended, limit))
    return [(each.partition[0], each.offset) for each in found]


def test_what_was_received_first_goes_first() -> None:
    merge = merging(at("a", 0, 1), at("a", 1, 5), at("b", 0, 2), at("b", 1, 9))
    assert taken(merge, A, B) == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_it_waits_for_a_source_that_has_more_to_send() -> None:
    merge = merging(at("a", 0, 1), at("a", 1, 5))
    assert taken(merge) == []
    merge.add([at("b", 0, 2)])
    assert taken(merge) == [("a", 0), ("b", 0)]
    assert taken(merge, B) == [("a", 1)]
    assert not merge.holds_records()


def test_a_record_without_a_time_stays_behind_the_one_before_it() -> None:
    merge = merging(at("a", 0, 3), at("a", 1, None), at("a", 2, 2), at("b", 0, 4))
    assert taken(merge, A, B) == [("a", 0), ("a", 1), ("a", 2), ("b", 0)]


def test_events_of_one_record_go_their_own_ways() -> None:
    """A batch of a year went in as received in January: the others' year came after it."""
    merge = merging(*unpacked([raw("a", 0, 1, 5, 9), raw("b", 0, 2, 7), raw("b", 1, 8)]))
    places = map(place, merge.take([A, B], 100))
    assert [(each.partition[0], each.offset, each.element) for each in places] == [
        *(("a", 0, 1), ("b", 0, 1), ("a", 0, 2)),
        *(("b", 0, 2), ("b", 1, 0), ("a", 0, 3)),
    ]


def test_a_limit_cuts_without_losing() -> None:
    merge = merging(*(at("a", n, 1 + n) for n in range(5)), at("b", 0, 3))
    first = taken(merge, A, B, limit=2)
    assert first + taken(merge, A, B, limit=99) == [
        *(("a", 0), ("a", 1), ("a", 2)),
        *(("b", 0), ("a", 3), ("a", 4)),
    ]


def test_a_source_far_ahead_is_held_back() -> None:
    merge = merging(*(at("a", n, 1) for n in range(10)))
    assert merge.full(10, 10**9) == {A}
    assert merge.full(11, 10**9) == set()
    assert merge.full(11, 10) == {A}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[" * 100_000,
        b'{"receivedat":7}',
        b'{"receivedat":"yesterday"}',
        b'{"receivedat":"2024-13-01T00:00:00Z"}',
        b'{"receivedat":"2024-03-01T00:00:00"}',
        b'{"receivedat":"0001-01-01T00:00:00+08:00"}',
        b'{"receivedat":"9999-12-31T23:59:59Z"}',
        b'{"receivedat":"2024-12-31T00:00:01Z"}',
        b'{"data":{"receivedat":"2024-03-01T00:00:00Z"}}',
    ],
)
def test_no_time_is_no_error(raw: bytes) -> None:
    assert received_at(raw, NOW) is None


@pytest.mark.parametrize(
    "raw",
    [
        b'{"receivedat":"2024-03-01T10:00:00+08:00"}',
        b'{"receivedat":"2024-03-01t02:00:00z"}',
        b'{"receivedat":"2024-03-01T10:00:00.000000000+08:00"}',
        b'{"receivedat" :\t"2024-03-01T10:00:00\\u002B08:00"}',
        b'{"\\u0072eceivedat":"2024-03-01T02:00:00Z"}',
        b'{"data":{"receivedat":"2023-01-01T00:00:00Z"},"receivedat":"2024-03-01T02:00:00Z"}',
    ],
)
def test_a_time_is_found_however_it_is_written(raw: bytes) -> None:
    """A search in the text did not see small letters and escapes: December came before January."""
    at = datetime(2024, 3, 1, 10, tzinfo=timezone(timedelta(hours=8)))
    assert received_at(raw, NOW) == at


def test_a_time_to_come_holds_nobody_up() -> None:
    """It goes with the one before it; the others of its source are not moved to the end with it."""
    future = at("a", 1, 1)._replace(raw=b'{"receivedat":"2204-03-04T18:00:00+08:00"}')
    merge = merging(at("a", 0, 1), future, at("a", 2, 3), at("b", 0, 2), at("b", 1, 4))
    assert taken(merge, A, B) == [("a", 0), ("a", 1), ("b", 0), ("a", 2), ("b", 1)]


def test_a_line_goes_to_the_source_it_names_else_to_the_senders() -> None:
    assert source_of(b'{"source": "payouts"}', SAMPLE) == "payouts"
    for line in (b'{"source": "nobody"}', b'{"source": 1}', b"[]", b"\xff", b"[" * 100_000, b""):
        assert source_of(line, SAMPLE) == "office"


def test_an_endless_line_is_cut_between_characters() -> None:
    line = ("大" * LARGEST).encode()
    assert len(cut(line)) <= LARGEST
    assert set(cut(line).decode()) == {"大"}
    assert cut(b"x" * LARGEST) == b"x" * LARGEST


async def test_a_long_time_at_work_is_not_taken_for_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Taking a batch lasted longer than a source may be quiet: half a year was known too late."""
    clock = [0.0]
    given: list[tuple[str, int]] = []

    async def take(_app: IntakeApp, records: list[Any]) -> None:
        given.extend((found.partition[0], found.offset) for found in map(place, records))
        clock[0] += 10 * intake.QUIET_SECONDS

    more_to_come = SimpleNamespace(
        highwater=lambda _: 9, paused=set, pause=lambda *_: None, resume=lambda *_: None
    )
    monkeypatch.setattr(intake, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(IntakeApp, "_consumer", more_to_come)
    monkeypatch.setattr(IntakeApp, "_take", take)
    nowhere = Settings(kafka="127.0.0.1:1", database_url="postgresql://127.0.0.1:1/none")
    app = IntakeApp(nowhere, LEDGER)
    app._merge = merging()
    app._read_to = {A: 0, B: 0}

    await app._sort_out([raw("a", 0, 1), raw("a", 1, 3), raw("b", 0, 2)])
    assert given == [("a", 0), ("b", 0)]
    await app._sort_out([])  # somebody looks again, right after the work
    assert len(given) == 2
    clock[0] += 2 * intake.QUIET_SECONDS
    await app._sort_out([])  # and once more, when nothing came for a while
    assert given[2:] == [("a", 1)]
