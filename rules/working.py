"""Working findings out: after entries are folded, each rule looks again at whom they touch.

It does so at each position at which something changes for a subject, so the rows depend neither on
how entries were cut into batches nor on when this ran. Each rule is at a position of its own: a new
one begins at the first entry; one that fails halts before the entry at which it does, by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import asyncpg

from infra.alarm import Alarm
from infra.failpoint import reach
from ledger import adopted, warned
from ledger.containment import is_of_a_record, named
from projections import checkpoint, statistics, tail
from projections.checkpoint import Halt, Moved, Stand
from projections.findings import HERE, TABLE, Place
from projections.read_model import VERSION
from projections.snapshot import serving
from rules.rule import Rule, looking_rules
from rules.spans import Span, work
from rules.touching import reads

SPAN = 20_000
"""Entries worked out in one transaction."""
MANY = 1_000
"""Entries of which tables may have outgrown what PostgreSQL knows of them."""


class Held(NamedTuple):
    """What the read models hold that a rule looks at."""

    position: int
    """All of them hold this much."""
    changed: int
    """Since this position none of them has changed."""


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
    looking = looking_rules() if chosen is None else [rule for rule in chosen if not rule.lacks]
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
    looking = looking_rules()
    held = await _held(connection, ledger, looking, HERE)
    stood = await stands(connection, ledger, looking)
    left = [held[code].position - each.position for code, each in stood.items() if not each.halt]
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
        held = await _held(connection, ledger, looking, place)
        behind = [
            rule
            for rule in looking
            if stood[rule.code].position < held[rule.code].position
            and (stood[rule.code].halt is None or rule.code not in tried)
        ]
        if not behind:
            return None
        after = min(stood[rule.code].position for rule in behind)
        going = [rule for rule in behind if stood[rule.code].position == after]
        if max(held[rule.code].position for rule in going) - after >= MANY:
            reading = set[str]().union(*map(reads, going))
            await statistics.take(connection, place.schema, {*reading, TABLE})
        bureaus = await adopted.versions(connection, ledger)
        moved: list[Moved] = []
        for to, group in _groups(going, stood, held, after, size).items():
            at = await warned.positions(connection, ledger, after, to)
            span = Span(ledger, after, to, bureaus, place, tuple(at))
            still = [rule for rule in group if rule.rows and span.is_still(held[rule.code].changed)]
            moved += [Moved(rule.code, to, 0) for rule in still]
            moved += await _worked(connection, span, [r for r in group if r not in still])
        tried.update(each.read_model for each in moved if each.halted is not None)
        await checkpoint.move_on(connection, place.worked, ledger, moved)
    return max(each.position for each in moved) - after


def _groups(
    going: Sequence[Rule],
    stood: dict[str, Stand],
    held: dict[str, Held],
    after: int,
    size: int,
) -> dict[int, list[Rule]]:
    """To which position each goes on; one that had halted is tried at that entry first."""
    groups: dict[int, list[Rule]] = defaultdict(list)
    for rule in going:
        halted = stood[rule.code].halt is not None
        groups[after + 1 if halted else min(after + size, held[rule.code].position)].append(rule)
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


async def _held(
    connection: asyncpg.Connection, ledger: str, looking: Sequence[Rule], place: Place
) -> dict[str, Held]:
    """Code of a rule → what the read models that it looks at hold; of all, where it names none."""
    found: dict[str, Stand] = {}
    for table in reversed(place.read_models):
        if await connection.fetchval("SELECT to_regclass($1)", table):  # not of another version
            found |= await checkpoint.stands(connection, ledger, checkpoints=table)
    return {rule.code: _of(rule, found) for rule in looking}


def _of(rule: Rule, found: Mapping[str, Stand]) -> Held:
    its = [found.get(name, Stand(name)) for name in reads(rule)]
    if not its:
        to = max((stand.position for stand in found.values()), default=0)
        return Held(to, to)
    return Held(min(stand.position for stand in its), max(stand.changed for stand in its))


# What a span makes of the findings of rules.


async def _worked(
    connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]
) -> list[Moved]:
    """Rules that look at the same are worked out together; so are all that find by breaches."""
    alike: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for rule in looking:
        alike[rule.rows, *rule.needs.items()].append(rule)
    moved: list[Moved] = []
    for group in alike.values():
        moved += await _contained(connection, span, group)
    return moved


async def _contained(
    connection: asyncpg.Connection, span: Span, looking: Sequence[Rule]
) -> list[Moved]:
    """Work rules out; what fails is found by halves: of the rules first, then of the entries."""
    try:
        async with connection.transaction():
            await work(connection, span, looking)
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
        first = replace(span, to=middle)
        (moved,) = await _contained(connection, first, looking)
        if moved.halted is not None:
            return [moved]
        second = replace(span, after=middle)
        return await _contained(connection, second, looking)
    return [Moved(rule.code, span.to, 0) for rule in looking]


def is_of_a_rule(error: Exception) -> bool:
    """Whether a rule may be to blame for it: its query, its code, or a judge."""
    if isinstance(error, asyncpg.InsufficientPrivilegeError | Alarm):
        return False
    return is_of_a_record(error) or isinstance(error, asyncpg.SyntaxOrAccessError)
