"""What a run of entries makes of the findings of rules, written beside what stood before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import asyncpg

from ledger import store, warned
from ledger.adopted import Versions
from projections.findings import COLUMNS, TABLE, Place
from projections.read_model import MAX_POSITION
from rules import breaches, evaluation
from rules.changes import Changes, Row, found_of
from rules.judged import Stream
from rules.rule import Found, Rule
from rules.touching import touched

AT_ONCE = 2_000
"""Subjects looked at in one query."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of entries of a ledger, after one position and up to another."""

    ledger: str
    after: int
    to: int
    bureaus: Versions
    place: Place
    warned: tuple[int, ...]
    """Positions of those taken with warnings, and of corrections."""

    def is_still(self, changed: int) -> bool:
        """Whether nothing in it can touch a rule of whose tables none changed after a position."""
        return changed <= self.after and not self.bureaus.begun(self.after, self.to)


async def work(connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]) -> None:
    """Write what a span makes of the findings of rules that look at the same."""
    by = _by_rows if looking[0].rows else _by_breaches
    await _write(connection, span, await by(connection, span, looking))


async def _by_rows(
    connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]
) -> list[Changes]:
    """What they look at is asked for once, since it is the same."""
    rule, ledger = looking[0], span.ledger
    ends = (span.after, span.to)
    pairs = await touched(connection, rule, ledger, ends, span.warned, span.bureaus)
    live = {}
    if pairs:
        live = await _live(connection, span, looking, {subject for subject, _ in pairs})
    changes = [Changes(rule, live.get(rule.code, {})) for rule in looking]
    for start in range(0, len(pairs), AT_ONCE):
        part = pairs[start : start + AT_ONCE]
        rows = await evaluation.look(connection, rule, ledger, part)
        for one in part:
            its = rows.get(one, ())
            for each in changes:
                found = evaluation.find(each.rule, its, span.bureaus.at(one[1])) if its else ()
                if found or each.live.get(one[0]):
                    each.turn(*one, found)
    return changes


async def _by_breaches(
    connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]
) -> list[Changes]:
    """Streams in which something may be judged otherwise are told from their first entry on."""
    ledger = span.ledger
    known = await _live(connection, span, looking, None)
    watched = {subject for its in known.values() for subject in its}
    ends, deciding = (span.after, span.to), breaches.deciding(looking)
    names = await warned.streams(connection, ledger, ends, deciding, span.warned, watched)
    changes = {rule.code: Changes(rule, known.get(rule.code, {})) for rule in looking}
    told = await warned.read_streams(
        connection, ledger, names, span.to, span.bureaus, breaches.unjudged(looking)
    )
    watch = breaches.Watch(looking)
    for name in names:
        stream = Stream(name)
        standing = {code for code, each in changes.items() if each.live.get(name)}
        async for entry in store.slowly(told[name]):
            stream.tell(entry)
            if entry.position <= span.after:
                continue
            found = watch.found(name, stream.breaches)
            for code in standing | found.keys():
                changes[code].turn(name, entry.position, found.get(code, ()))
            standing = set(found)
    return list(changes.values())


async def _live(
    connection: asyncpg.Connection,
    span: Span,
    looking: Sequence[Rule],
    subjects: Collection[str] | None,
) -> dict[str, dict[str, list[Row]]]:
    """Code → subject → the findings that stand before the span; of all subjects for None."""
    rows = await connection.fetch(
        f"SELECT rule, subject, known_from, n, {', '.join(Found._fields)} FROM {span.place.table}"
        " WHERE ledger = $1 AND rule = ANY($2) AND ($3::text[] IS NULL OR subject = ANY($3))"
        " AND known_to = $4 ORDER BY known_from, finding, n",
        span.ledger,
        [rule.code for rule in looking],
        None if subjects is None else list(subjects),
        MAX_POSITION,
    )
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        kept = Row(row["subject"], found_of(row), row["known_from"], row["n"], stored=True)
        found.setdefault(row["rule"], {}).setdefault(row["subject"], []).append(kept)
    return found


async def _write(connection: asyncpg.Connection, span: Span, changes: Sequence[Changes]) -> None:
    """End rows and add others."""
    ended = [(each.rule, row) for each in changes for row in each.ended]
    if ended:
        await connection.execute(
            f"UPDATE {span.place.table} AS f SET known_to = t FROM unnest($2::text[],"
            " $3::text[], $4::text[], $5::bigint[], $6::int[], $7::bigint[])"
            " AS ended (r, s, k, f, i, t) WHERE f.ledger = $1 AND f.rule = r AND f.subject = s"
            " AND f.key = k AND f.known_from = ended.f AND f.n = i",
            span.ledger,
            [rule.code for rule, _ in ended],
            [row.subject for _, row in ended],
            [row.found.key for _, row in ended],
            [row.known_from for _, row in ended],
            [row.n for _, row in ended],
            [row.known_to for _, row in ended],
        )
    at = {row.found.position for each in changes for row in each.made}
    if at:
        told = await store.columns_at(connection, span.ledger, at, "source")
        sources = {position: source for position, (source,) in told.items()}
        await connection.copy_records_to_table(
            TABLE,
            schema_name=span.place.schema,
            columns=COLUMNS,
            records=[r for each in changes for r in each.records(span.ledger, sources)],
        )
