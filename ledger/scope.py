"""Whose business something is: of which lines (条线) and townships somebody may see records.

A stream is of the line that began it and of the township that it names last. What was put aside has
no stream yet, and its content is sealed: it is of the line of its type, as its sender may send it,
and of a township only where its sender may speak of no other. What cannot be told to be of a
township is not for who has some townships only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS
from ledger.register import Register

_AMONG = """
SELECT stream FROM unnest($2::text[]) AS asked (stream)
WHERE (SELECT split_part(type, '.', 1) FROM ledger.entry AS e
    WHERE e.ledger = $1 AND e.stream = asked.stream ORDER BY version LIMIT 1
) = ANY($4) AND ($5::text[] IS NULL OR (
    SELECT coalesce(data ->> 'township', left(data ->> 'village', 9))
    FROM (
        SELECT e.position, convert_from(open, 'UTF8')::jsonb -> 'data' AS data
        FROM ledger.entry AS e LEFT JOIN ledger.correction AS own USING (ledger, position)
        WHERE ledger = $1 AND e.stream = asked.stream AND position <= $3
        AND convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' IS DISTINCT FROM 'revoked'
        AND NOT EXISTS (SELECT FROM ledger.correction AS c WHERE c.ledger = $1 AND c.position <= $3
            AND c.position > e.position AND c.root = coalesce(own.root, e.position))
    ) AS told
    WHERE coalesce(data ->> 'township', data ->> 'village') IS NOT NULL
    ORDER BY position DESC LIMIT 1
) = ANY($5))
"""
"""In the version that stands: a township that was corrected was never the right one."""


class Scope(NamedTuple):
    """Of which business lines and townships somebody may see records; none = all."""

    lines: frozenset[str] = frozenset()
    townships: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether it leaves nothing out."""
        return not self.lines and not self.townships

    def has(self, type_name: str) -> bool:
        """Whether facts of a type are of these lines."""
        return not self.lines or _line(type_name) in self.lines

    @property
    def kinds(self) -> set[str]:
        """Kinds of streams that may be of these lines."""
        return {event.STREAM for name, event in EVENTS.items() if self.has(name)}


class Sending(NamedTuple):
    """Of whose messages that were put aside somebody may know."""

    types: frozenset[tuple[str, str, int]]
    """(source, type, number): what a source may send and is theirs, and the number of the journal
    after which that holds: before it the source could speak of other townships."""
    whole: frozenset[tuple[str, int]]
    """Sources that may send nothing else: theirs, too, is what has no type that is known."""
    placed: bool
    """Whether it is of some townships: what was refused for naming another one is not theirs."""

    def waiting(self, first: int) -> tuple[str, list[Any]]:
        """SQL: whether a parked row `item` is theirs; its values, from that parameter on."""
        return self._known("item.source", first), [*_columns(self.types, 3)]

    def refused(self, first: int) -> tuple[str, list[Any]]:
        """The same of a row in quarantine; one that says another sent it is nobody's."""
        unknown = (
            f"EXISTS (SELECT FROM unnest(${first + 3}::text[], ${first + 4}::bigint[])"
            " AS may (source, since) WHERE may.source = item.sender AND item.journal_from > since"
            f" AND (item.type IS NULL OR item.type <> ALL(${first + 5}::text[])))"
        )
        elsewhere = " AND item.reason <> 'division_not_granted'" if self.placed else ""
        theirs = f"({self._known('item.sender', first)} OR {unknown}){elsewhere}"
        values = [*_columns(self.types, 3), *_columns(self.whole, 2), list(EVENTS)]
        return f"(item.source IS NULL OR item.source = item.sender) AND {theirs}", values

    def _known(self, sender: str, first: int) -> str:
        arrays = f"${first}::text[], ${first + 1}::text[], ${first + 2}::bigint[]"
        return (
            f"EXISTS (SELECT FROM unnest({arrays}) AS may (source, type, since)"
            f" WHERE may.source = {sender} AND may.type = item.type AND item.journal_from > since)"
        )


async def among(
    connection: asyncpg.Connection, ledger: str, scope: Scope, streams: Collection[str], at: int
) -> set[str]:
    """Those that are streams in a scope, as known at a position: one query, however many."""
    lines = scope.lines or {_line(name) for name in EVENTS}
    rows = await connection.fetch(
        _AMONG,
        ledger,
        list(streams),
        at,
        list(lines),
        list(scope.townships) or None,
    )
    return {row["stream"] for row in rows}


def sending(scope: Scope, bureau: Bureau, register: Register) -> Sending:
    """Which messages are of a scope, by the bureau's folder and the register of sources."""
    types: set[tuple[str, str, int]] = set()
    whole: set[tuple[str, int]] = set()
    for name, source in bureau.sources.items():
        stands, since = register.of(name), 0
        if scope.townships:
            placed = stands.grant.townships
            if not placed or not placed <= scope.townships or stands.registered is None:
                continue
            since = stands.registered.number
        may = [each for each in EVENTS if source.may(each)]
        types.update((name, each, since) for each in may if scope.has(each))
        if may and all(map(scope.has, may)):
            whole.add((name, since))
    return Sending(frozenset(types), frozenset(whole), bool(scope.townships))


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    listed = list(rows)
    return [[row[n] for row in listed] for n in range(width)]


def _line(type_name: str) -> str:
    return type_name.partition(".")[0]
