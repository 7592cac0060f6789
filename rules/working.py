"""Working findings out: after entries are folded, each rule looks again at whom they touch.

It does so at each position at which something changes for a subject, so the rows depend neither on
how entries were cut into batches nor on when this ran. Each rule is at a position of its own: a new
one begins at the first entry; one that fails halts before the entry at which it does, by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import asyncpg

from infra.alarm import Alarm
from infra.failpoint import reach
from ledger import adopted, store, warned
from ledger.adopted import Versions
from ledger.containment import is_of_a_record, named
from projections import checkpoint, statistics, tail
from projections.checkpoint import Halt, Moved, Stand
from projections.findings import COLUMNS, HERE, TABLE, Place
from projections.read_model import MAX_POSITION, VERSION
from projections.snapshot import serving
from rules import breaches, evaluation
from rules.changes import Changes, Row, found_of
from rules.judged import Stream
from rules.rule import Found, Rule, rules
from rules.touching import reads, touched

SPAN = 10_000
"""Entries worked out in one transaction."""
MANY = 1_000
"""Entries of which tables may have outgrown what PostgreSQL knows of them."""
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


async def catch_up(
    connection: asyncpg.Connection,
    ledger: str,
    chosen: Sequence[Rule] | None = None,
    *,
    place: Place = HERE,
    span: int = SPAN,
    again: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Halt]:
    """Work out all that the read models hold by now; returns which rules have halted.

    One that had halted is tried once more, if `again`. While read models of an older version
    serve, nothing is worked out.
    """
    looking = [rule for rule in (rules() if chosen is None else chosen) if not rule.lacks]
    tried: set[str] = set() if again else {rule.code for rule in looking}
    while (moved := await step(connection, ledger, looking, tried, place, span)) is not None:
        reach("findings.worked-out")
        progress(moved)
    return [
        stand.halt
        for stand in (await stands(connection, ledger, looking, place)).values()
        if stand.halt is not None
    ]


async def follow(
    connection: asyncpg.Connection, ledger: str, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Fold everything the ledger holds, and work findings out; returns how many were folded."""
    done = await tail.catch_up(connection, ledger, progress=progress)
    await catch_up(connection, ledger)
    return done


async def behind(connection: asyncpg.Connection, ledger: str) -> int:
    """How many entries the rule that is furthest behind has to go through."""
    if await serving(connection) != VERSION:
        return 0
    looking = [rule for rule in rules() if not rule.lacks]
    targets = await _targets(connection, ledger, looking, HERE)
    stood = await stands(connection, ledger, looking)
    left = [targets[code] - each.position for code, each in stood.items() if each.halt is None]
    return max(left, default=0)


async def stands(
    connection: asyncpg.Connection, ledger: str, looking: Sequence[Rule], place: Place = HERE
) -> dict[str, Stand]:
    """Code of a rule → how far it is worked out."""
    codes = [rule.code for rule in looking]
    return await checkpoint.stands(connection, ledger, codes, place.worked)


async def step(
    connection: asyncpg.Connection,
    ledger: str,
    looking: Sequence[Rule],
    tried: set[str],
    place: Place = HERE,
    size: int = SPAN,
) -> int | None:
    """Take the rules that are furthest behind one span on, in one transaction.

    Those that have halted are left alone where they are among the `tried`; the others are tried
    once. Returns by how many entries the last one came on; None where none is behind.
    """
    async with connection.transaction():
        if place is HERE and await serving(connection) != VERSION:
            return None
        await connection.execute(
            f"SET LOCAL search_path TO {place.path};"
            "SET LOCAL plan_cache_mode TO force_custom_plan; SET LOCAL jit TO off;"
            "SET LOCAL synchronous_commit TO off"  # what is lost in a crash is worked out again
        )
        stood = await _lock(connection, ledger, looking, place)
        targets = await _targets(connection, ledger, looking, place)
        behind = [
            rule
            for rule in looking
            if stood[rule.code].position < targets[rule.code]
            and (stood[rule.code].halt is None or rule.code not in tried)
        ]
        if not behind:
            return None
        after = min(stood[rule.code].position for rule in behind)
        going = [rule for rule in behind if stood[rule.code].position == after]
        if max(targets[rule.code] for rule in going) - after >= MANY:
            reading = set[str]().union(*map(reads, going))
            await statistics.take(connection, place.schema, {*reading, TABLE})
        bureaus = await adopted.versions(connection, ledger)
        moved: list[Moved] = []
        for to, group in _groups(going, stood, targets, after, size).items():
            moved += await _worked(connection, Span(ledger, after, to, bureaus, place), group)
        tried.update(each.read_model for each in moved if each.halted is not None)
        await checkpoint.move_on(connection, place.worked, ledger, moved)
    return max(each.position for each in moved) - after


def _groups(
    going: Sequence[Rule],
    stood: dict[str, Stand],
    targets: dict[str, int],
    after: int,
    size: int,
) -> dict[int, list[Rule]]:
    """To which position each goes on; one that had halted is tried at that entry first."""
    groups: dict[int, list[Rule]] = defaultdict(list)
    for rule in going:
        halted = stood[rule.code].halt is not None
        groups[after + 1 if halted else min(after + size, targets[rule.code])].append(rule)
    return groups


async def _lock(
    connection: asyncpg.Connection, ledger: str, looking: Sequence[Rule], place: Place
) -> dict[str, Stand]:
    codes = [rule.code for rule in looking]
    await checkpoint.begin(connection, place.worked, ledger, codes)
    await connection.fetch(
        f"SELECT FROM {place.worked} WHERE ledger = $1 AND read_model = ANY($2)"
        " ORDER BY read_model FOR UPDATE",
        ledger,
        codes,
    )
    return await stands(connection, ledger, looking, place)


async def _targets(
    connection: asyncpg.Connection, ledger: str, looking: Sequence[Rule], place: Place
) -> dict[str, int]:
    """Code of a rule → the last position that all that it looks at hold."""
    held: dict[str, int] = {}
    for table in reversed(place.read_models):
        if not await connection.fetchval("SELECT to_regclass($1)", table):
            continue  # of another version
        found = await checkpoint.stands(connection, ledger, checkpoints=table)
        held |= {name: stand.position for name, stand in found.items()}
    lowest = max(held.values(), default=0)
    return {
        rule.code: min((held.get(name, 0) for name in reads(rule)), default=lowest)
        for rule in looking
    }


# What a span makes of the findings of rules.


async def _worked(
    connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]
) -> list[Moved]:
    """Those that find by breaches are worked out together, each of the others by itself."""
    by_breaches = [rule for rule in looking if not rule.rows]
    moved: list[Moved] = []
    if by_breaches:
        moved += await _contained(connection, span, by_breaches)
    for rule in looking:
        if rule.rows:
            moved += await _contained(connection, span, [rule])
    return moved


async def _contained(
    connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]
) -> list[Moved]:
    """Work rules out; what fails is found by halves: of the rules first, then of the entries."""
    try:
        async with connection.transaction():
            await _work(connection, span, looking)
    except Exception as error:
        if not is_of_a_rule(error):
            raise
        if len(looking) > 1:
            return [
                moved for rule in looking for moved in await _contained(connection, span, [rule])
            ]
        (rule,) = looking
        if span.to == span.after + 1:
            return [Moved(rule.code, span.after, 0, named(error))]
        middle = (span.after + span.to) // 2
        first = Span(span.ledger, span.after, middle, span.bureaus, span.place)
        (moved,) = await _contained(connection, first, looking)
        if moved.halted is not None:
            return [moved]
        second = Span(span.ledger, middle, span.to, span.bureaus, span.place)
        return await _contained(connection, second, looking)
    return [Moved(rule.code, span.to, 0) for rule in looking]


def is_of_a_rule(error: Exception) -> bool:
    """Whether a rule may be to blame for it: its query, its code, or a judge."""
    if isinstance(error, asyncpg.InsufficientPrivilegeError | Alarm):
        return False
    return is_of_a_record(error) or isinstance(error, asyncpg.SyntaxOrAccessError)


async def _work(connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]) -> None:
    warned_at = await warned.positions(connection, span.ledger, span.after, span.to)
    if looking[0].rows:
        (rule,) = looking
        changes = [await _by_rows(connection, span, rule, warned_at)]
    else:
        changes = await _by_breaches(connection, span, looking, warned_at)
    await _write(connection, span, changes)


async def _by_rows(
    connection: asyncpg.Connection, span: Span, rule: Rule, warned_at: Collection[int]
) -> Changes:
    ends = (span.after, span.to)
    pairs = await touched(connection, rule, span.ledger, ends, warned_at, span.bureaus)
    changes = Changes(rule)
    if pairs:
        subjects = {subject for subject, _ in pairs}
        changes.live = (await _live(connection, span, [rule], subjects)).get(rule.code, {})
    for start in range(0, len(pairs), AT_ONCE):
        part = pairs[start : start + AT_ONCE]
        found = await evaluation.evaluate(connection, rule, span.ledger, part, span.bureaus)
        for subject, at in part:
            changes.turn(subject, at, found[subject, at])
    return changes


async def _by_breaches(
    connection: asyncpg.Connection,
    span: Span,
    looking: Sequence[Rule],
    warned_at: Collection[int],
) -> list[Changes]:
    """Streams in which something may be judged otherwise are told from their first entry on."""
    ledger = span.ledger
    known = await _live(connection, span, looking, None)
    names = await warned.streams(
        connection,
        ledger,
        (span.after, span.to),
        breaches.kinds(looking),
        breaches.deciding(),
        warned_at,
        {subject for its in known.values() for subject in its},
    )
    changes = {rule.code: Changes(rule, known.get(rule.code, {})) for rule in looking}
    told = await warned.read_streams(connection, ledger, names, span.to, span.bureaus)
    for name in names:
        stream = Stream(name)
        async for entry in store.slowly(told[name]):
            stream.tell(entry)
            if entry.position > span.after:
                found = breaches.found(looking, name, stream.breaches)
                for code, each in changes.items():
                    if code in found or each.live.get(name):
                        each.turn(name, entry.position, found.get(code, ()))
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
        sources = await warned.sources(connection, span.ledger, at)
        await connection.copy_records_to_table(
            TABLE,
            schema_name=span.place.schema,
            columns=COLUMNS,
            records=[r for each in changes for r in each.records(span.ledger, sources)],
        )
