"""The states of streams beside the entries: read with what came after, renewed as streams grow.

A state is what a fold of the stream gives; it is kept for long streams, so that neither an old one
nor a correction in it costs more than a new one.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from domain.aggregate import STATE_FORM, Aggregate, Entry
from domain.catalogue import aggregate_of
from domain.corrections import effective, replaces, standing
from ledger import history, store
from ledger.adopted import Versions


async def load(
    connection: asyncpg.Connection,
    ledger: str,
    streams: Sequence[str],
    bureaus: Versions | None = None,
) -> dict[str, Aggregate]:
    """The state of each stream that exists: its state row, then what came after.

    `bureaus` is what the ledger has adopted by now, where that is known.
    """
    states: dict[str, Aggregate] = {}
    rows = await connection.fetch(
        "SELECT stream, version, state FROM ledger.stream_state"
        " WHERE ledger = $1 AND stream = ANY($2) AND form = $3",
        ledger,
        streams,
        STATE_FORM,
    )
    start = datetime.fromtimestamp(0).astimezone()
    for stream, version, state in rows:
        states[stream] = aggregate_of(stream).restore(stream, version, start, state)
    seen = [states[stream].version if stream in states else 0 for stream in streams]
    found = await history.read_tails(connection, ledger, streams, seen, bureaus)
    for stream, tail in itertools.groupby(found, key=operator.attrgetter("stream")):
        states[stream] = await _gone_on(connection, ledger, states.get(stream), list(tail), bureaus)
    return states


async def _gone_on(
    connection: asyncpg.Connection,
    ledger: str,
    state: Aggregate | None,
    tail: Sequence[Entry],
    bureaus: Versions | None,
) -> Aggregate:
    """The state of a stream after its last entries; `state` is that before them, if any.

    Only where they correct or come late is more read than they.
    """
    stream, seen = tail[0].stream, 0 if state is None else state.version
    if state is None:
        state = aggregate_of(stream).blank(stream, tail[0].timestamp)
    if (plain := await _plainly(state, tail)) is not None:
        return plain
    if seen == 0:
        async for entry in store.slowly(effective(tail)):
            state.take(entry.data, entry)
        for entry in tail:
            state.learn(entry)
        state.version = tail[-1].originator_version
        return state
    positions = [entry.position for entry in tail if replaces(entry)]
    roots = set((await history.find_roots(connection, ledger, positions)).values())
    threads = await history.read_threads(connection, ledger, roots, bureaus=bureaus)
    threads |= {e.position: [e] for e in tail if not replaces(e) and e.position not in roots}
    for thread in threads.values():
        _recount(state, thread, seen)
    if any(entry.type in state.evolvers for entry in tail):
        decisions = await history.read_decisions(
            connection, ledger, [stream], state.evolvers, bureaus=bureaus
        )
        state = state.decided(effective(decisions[stream]))
    state.version = tail[-1].originator_version
    return state


def _recount(state: Aggregate, thread: Sequence[Entry], seen: int) -> None:
    """Count a contribution as it stands now, no longer as it stood at a version of the stream."""
    told = [entry for entry in thread if entry.originator_version <= seen]
    for version, times in ((standing(told), -1), (standing(thread), 1)):
        if version is not None:
            state.count(version.data, times, version)
    for entry in thread:
        state.learn(entry)


async def _plainly(state: Aggregate, tail: Sequence[Entry]) -> Aggregate | None:
    """The state after entries of which each comes in its turn; None where one does not."""
    state = state.fork()
    async for entry in store.slowly(tail):
        late = entry.type in state.evolvers and state.is_late(entry.data)
        if late or replaces(entry):
            return None
        entry.mutate(state)
    return state


async def save(connection: asyncpg.Connection, ledger: str, states: Sequence[Aggregate]) -> None:
    """Renew the state rows of long streams."""
    if states:
        await connection.execute(
            "INSERT INTO ledger.stream_state (ledger, stream, version, state, form)"
            " SELECT $1, s, v, b, $5 FROM unnest($2::text[], $3::int[], $4::bytea[]) AS t (s, v, b)"
            " ON CONFLICT (ledger, stream) DO UPDATE SET version = excluded.version,"
            " state = excluded.state, form = excluded.form",
            ledger,
            [state.id for state in states],
            [state.version for state in states],
            [state.state() for state in states],
            STATE_FORM,
        )
