"""The ledger as others find it: nothing changes what is written, and states equal a replay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import asyncpg
import pytest
from eventsourcing.application import AggregateNotFoundError, Repository
from eventsourcing.domain import OriginatorIDError, OriginatorVersionError
from eventsourcing.persistence import EventStore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.aggregate import Aggregate, Entry
from domain.bureau.bureau import Bureau
from domain.catalogue import aggregate_of
from domain.corrections import fold
from infra.settings import Settings
from ledger import states, store
from ledger.history import read_stream
from ledger.intake import Intake
from projections import opening
from sample.feed import SHANGHAI
from tests.support.bureau import new_ledger
from tests.support.engine import altered, take
from tests.support.history import BANK, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
CASE = event(OFFICE, "c-1", a_household("DB-1"))
STREAM = "case/DB-1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def known(state: Aggregate) -> tuple[int, bytes]:
    """All that a state says."""
    return state.version, state.state()


# Append-only.


@pytest.mark.parametrize("table", ["entry", "sealed_part"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger.{} SET position = position",
        "UPDATE ledger.{} SET position = 0 WHERE false",
        "DELETE FROM ledger.{}",
        "TRUNCATE ledger.{}",
    ],
)
async def test_what_is_written_cannot_be_changed(
    connection: asyncpg.Connection, table: str, change: str
) -> None:
    await take(connection, (await Bench.open(connection)).intake, CASE)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await connection.execute(change.format(table))
    assert await connection.fetchval(f"SELECT count(*) FROM ledger.{table}") == 1


async def test_schemas_may_be_prepared_again(connection: asyncpg.Connection) -> None:
    for _ in range(2):
        await opening.prepare(connection)


# The state of a stream.


def a_long_stream(length: int, changes: dict[int, tuple[str, int]]) -> Iterator[bytes]:
    """A case and payments; at a version, a correction of what an earlier version said."""
    yield CASE
    facts = {1: a_household("DB-1")}
    for version in range(2, length + 1):
        kind, target = changes.get(version, ("", 0))
        month = f"{2018 + (version - 2) // 12}-{(version - 2) % 12 + 1:02d}"
        name = f"payouts/p-{target}"
        if kind:
            old = facts[target]
            yield event(BANK, f"p-{version}", old, corrects=name, kind=kind)
            facts[version] = old
        else:
            facts[version] = a_payment("DB-1", 50_000, month)  # type: ignore[assignment]
            yield event(BANK, f"p-{version}", facts[version])


LENGTHS = st.integers(2, 90).flatmap(
    lambda length: st.tuples(
        st.just(length),
        st.dictionaries(
            st.integers(3, max(3, length)),
            st.tuples(st.sampled_from(["changed", "revoked"]), st.integers(2, 90)),
            max_size=4,
        ).map(lambda d: {at: (kind, 2 + target % (at - 2)) for at, (kind, target) in d.items()}),
    )
)


@given(LENGTHS, st.integers(1, 40))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_the_state_of_a_stream_equals_its_replay(
    connection: asyncpg.Connection, stream: tuple[int, dict[int, tuple[str, int]]], batch: int
) -> None:
    """In the cache, from its state row and what came after, and by a fold of all entries."""
    if not await connection.fetchval("SELECT to_regclass('ledger.ledger')"):
        await opening.prepare(connection)
    lines = list(a_long_stream(*stream))
    transaction = connection.transaction()
    await transaction.start()
    try:
        ledger = await new_ledger(connection)
        intake = Intake(ledger, Settings().secret)
        assert (await take(connection, intake, *lines, batch=batch)).accepted == len(lines)
        entries = await read_stream(connection, LEDGER, STREAM)
        loaded = (await states.load(connection, LEDGER, [STREAM]))[STREAM]
        replayed = fold(aggregate_of(STREAM), entries)
        assert known(intake._states[STREAM]) == known(replayed)
        assert known(loaded) == known(replayed)
        row = await connection.fetchrow("SELECT version, state FROM ledger.stream_state")
        assert (row is not None) == (len(lines) >= 16)
        if row is not None:
            assert (row[0], row[1]) == known(fold(aggregate_of(STREAM), entries[: row[0]]))
    finally:
        await transaction.rollback()


async def test_a_long_stream_is_not_read_whole(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case of eight years costs no more than a new one: a state row and the last few entries."""
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *a_long_stream(90, {}), batch=7)
    read = 0
    entry_of = store.entry_of

    def counting(row: Any, bureau: Bureau) -> Entry:
        nonlocal read
        read += 1
        return entry_of(row, bureau)

    monkeypatch.setattr(store, "entry_of", counting)
    assert (await states.load(connection, LEDGER, [STREAM]))[STREAM].version == 90
    assert read <= 16


async def test_every_state_of_the_history_equals_its_replay(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES, batch=4)
    names = [row[0] for row in await connection.fetch("SELECT DISTINCT stream FROM ledger.entry")]
    loaded = await states.load(connection, LEDGER, names)
    for name in names:
        entries = await read_stream(connection, LEDGER, name)
        assert known(loaded[name]) == known(fold(aggregate_of(name), entries))
        assert known(bench.intake._states[name]) == known(loaded[name])


async def test_a_stream_that_is_not_there_has_no_state(connection: asyncpg.Connection) -> None:
    await opening.prepare(connection)
    assert await states.load(connection, LEDGER, ["case/none"]) == {}


# Replay through the eventsourcing library.


class Entries:
    """What the library's Repository asks of an event store: the entries of one stream."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries

    def get(
        self,
        originator_id: str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        assert not desc
        found = [
            e
            for e in self._entries
            if e.originator_id == originator_id
            and e.originator_version > (gt or 0)
            and (lte is None or e.originator_version <= lte)
        ]
        yield from found[:limit]


def project(state: Aggregate | None, entries: Iterator[Any]) -> Aggregate | None:
    """The library's own way: each entry's `mutate`, with its checks of id and version."""
    for entry in entries:
        if state is None:
            state = aggregate_of(entry.stream).blank(entry.stream, entry.timestamp)
        state = entry.mutate(state)
    return state


async def test_the_librarys_repository_replays_a_stream_to_the_same_state(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *a_long_stream(40, {}))
    entries = await read_stream(connection, LEDGER, STREAM)
    repository: Repository[str] = Repository(cast("EventStore[str]", Entries(entries)))
    loaded = (await states.load(connection, LEDGER, [STREAM]))[STREAM]

    replayed = repository.get(STREAM, projector_func=cast("Any", project))
    assert known(cast("Aggregate", replayed)) == known(loaded)
    assert replayed.modified_on == entries[-1].timestamp

    early = repository.get(STREAM, version=10, projector_func=cast("Any", project))
    assert known(cast("Aggregate", early)) == known(fold(aggregate_of(STREAM), entries[:10]))
    with pytest.raises(AggregateNotFoundError):
        repository.get("case/none", projector_func=cast("Any", project))


async def test_entries_keep_the_librarys_rules_of_identity_and_version(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *a_long_stream(3, {}))
    first, second, third = await read_stream(connection, LEDGER, STREAM)
    state = aggregate_of(STREAM).blank(STREAM, EPOCH)
    first.mutate(state)
    with pytest.raises(OriginatorVersionError):
        third.mutate(state)
    with pytest.raises(OriginatorVersionError):
        first.mutate(state)
    with pytest.raises(OriginatorIDError):
        second.mutate(aggregate_of("case/DB-2").blank("case/DB-2", EPOCH))
    second.mutate(state)
    assert state.version == 2


async def test_a_copy_to_evolve_leaves_the_original_as_committed(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *a_long_stream(4, {}))
    entries = await read_stream(connection, LEDGER, STREAM)
    state = fold(aggregate_of(STREAM), entries[:3])
    before = known(state)
    copy = state.fork()
    entries[3].mutate(copy)
    assert (known(state), copy.version) == (before, 4)
    assert type(copy) is type(state)


@pytest.mark.parametrize("stream", ["case/x", "unknown-kind/x"])
def test_a_state_is_restored_as_it_was_written(stream: str) -> None:
    state = aggregate_of(stream).blank(stream, EPOCH)
    restored = aggregate_of(stream).restore(stream, 0, EPOCH, state.state())
    assert vars(restored) == vars(state)


# Positions and times.


async def test_the_position_at_a_time_is_the_last_recorded_by_then(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    days = [date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 5), date(2024, 2, 1)]
    cases = [
        event(OFFICE, f"c-{n}", a_household(f"DB-{n}"), received=day) for n, day in enumerate(days)
    ]
    await take(connection, bench.intake, *cases)
    noon = datetime.combine(days[0], time(18), SHANGHAI)
    for at, position in (
        (noon - timedelta(seconds=1), 0),
        (noon, 2),
        (noon + timedelta(days=4), 3),
        (noon + timedelta(days=400), 4),
    ):
        assert await store.position_at(connection, LEDGER, at) == position


async def test_without_persons_the_received_bytes_are_the_open_part(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    payment = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
    spaced = altered(payment, id="p-2").replace(b'":', b'" : ')
    await take(connection, bench.intake, CASE, payment, spaced)
    found = await connection.fetch("SELECT open FROM ledger.entry WHERE position > 1 ORDER BY 1")
    assert {row[0] for row in found} == {payment, spaced}
