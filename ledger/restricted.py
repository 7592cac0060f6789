"""Where a ledger tells of persons whose data are restricted (限制处理): the veil over it in views.

What happened in somebody's case, marriage, adoption … is theirs, also where an entry does not name
them (a payment says the number of the case only): so the whole stream is restricted, with all that
rests on its entries or says its name. A stream about something of its own, such as an organisation,
only has entries that name them.

What an audit hold (审计留存) keeps may be opened for the audit: it is set for an examination that
the law asks for, the one purpose that is left (个人信息保护法 13, 47). A restriction is asked as it
stands now, whatever moment is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import asyncpg

from ledger import restraints
from ledger.restraints import HOLD, PERSON, WHOLE
from ledger.seal import Sealer

OF_THEIR_OWN = frozenset({"form", "keeping-body", "organisation"})
"""Kinds of streams that are about no person, though persons are named there. Others are of whom
they name; so are those that nobody has thought about yet."""
OFFICES = frozenset({"adviser", "officer"})
"""Kinds of streams whose number is that of an office: what its holder signed is not theirs."""
FINDING = "finding/"
"""Before the name of a finding, the stream of what people said of it."""


class About(NamedTuple):
    """Of whom something tells, and in which stream; empty where a text only says the pseudonym."""

    person: str
    stream: str


Abouts = frozenset[About]


@dataclass(frozen=True, slots=True)
class Veil:
    """Of whom, of those that are restricted, each place and each name tells; empty = nobody is."""

    positions: Mapping[int, Abouts] = field(default_factory=dict)
    events: Mapping[tuple[str, str], Abouts] = field(default_factory=dict)
    """(source, id)."""
    names: Mapping[str, Abouts] = field(default_factory=dict)
    """Pseudonyms, names of streams that are theirs, and the numbers of these."""
    held: frozenset[str] = frozenset()
    """What audit holds are set on: hold/…."""
    pattern: re.Pattern[str] | None = None
    """Of `names`, as words."""

    def of(
        self,
        *,
        positions: Iterable[int] = (),
        events: Iterable[tuple[str, str]] = (),
        texts: Iterable[str] = (),
    ) -> Abouts:
        """All that any of these tells of restricted persons."""
        found: set[About] = set()
        for position in positions:
            found |= self.positions.get(position, frozenset())
        for event in events:
            found |= self.events.get(event, frozenset())
        if self.pattern is not None:
            for text in texts:
                for name in self.pattern.findall(text):
                    found |= self.names[name]
        return frozenset(found)

    def keeps(self, abouts: Abouts) -> bool:
        """Whether audit holds are set on all of it: the ledger, each person or each stream."""
        whole = f"{HOLD}{WHOLE}" in self.held
        return whole or all(
            f"{HOLD}{PERSON}{each.person}" in self.held
            or f"{HOLD}stream/{each.stream}" in self.held
            for each in abouts
        )


async def read(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> Veil:
    """The veil as it is now. Raises LedgerAltered."""
    standing = await restraints.standing(connection, sealer, ledger, "restriction")
    if not standing:
        return Veil()
    called = await _called(connection, ledger, [each.removeprefix(PERSON) for each in standing])
    rows = await connection.fetch(
        "SELECT DISTINCT named.person, e.stream, e.position, e.source, e.event_id FROM ("
        " SELECT person, stream, position FROM ledger.sealed_part"
        " JOIN ledger.entry USING (ledger, position) WHERE ledger = $1 AND person = ANY($2)"
        ") AS named JOIN ledger.entry AS e ON e.ledger = $1 AND e.stream = named.stream"
        " WHERE e.position = named.position OR split_part(e.stream, '/', 1) <> ALL($3)",
        ledger,
        list(called),
        list(OF_THEIR_OWN),
    )
    names = {name: {About(person, "")} for name, person in called.items()}
    places = []
    for name, stream, position, source, event_id in rows:
        about = About(called[name], stream)
        places.append((about, position, (source, event_id)))
        kind, _, key = stream.partition("/")
        if kind not in OF_THEIR_OWN:
            for each in (stream,) if kind in OFFICES else (stream, key):
                names.setdefault(each, set()).add(about)
    holds = await restraints.standing(connection, sealer, ledger, "hold")
    return _made(Veil(held=frozenset(holds)), names, places)


async def with_findings(
    connection: asyncpg.Connection, ledger: str, veil: Veil, findings: Mapping[str, Abouts]
) -> Veil:
    """The same with what people said of findings that are about restricted persons."""
    streams = {FINDING + name: abouts for name, abouts in findings.items()}
    rows = await connection.fetch(
        "SELECT stream, position, source, event_id FROM ledger.entry"
        " WHERE ledger = $1 AND stream = ANY($2)",
        ledger,
        list(streams),
    )
    places = [
        (about, position, (source, event_id))
        for stream, position, source, event_id in rows
        for about in streams[stream]
    ]
    names = {name: set(abouts) for name, abouts in veil.names.items()}
    return _made(veil, names | {name: set(abouts) for name, abouts in streams.items()}, places)


async def _called(
    connection: asyncpg.Connection, ledger: str, persons: Collection[str]
) -> dict[str, str]:
    """Each pseudonym that entries have of these persons → the one that they have today."""
    rows = await connection.fetch(
        "SELECT wanted, coalesce(canonical, wanted) FROM unnest($2::text[]) AS wanted"
        " LEFT JOIN ledger.person_alias ON ledger = $1 AND old = wanted",
        ledger,
        list(persons),
    )
    today = dict(map(tuple, rows))
    old = await connection.fetch(
        "SELECT old, canonical FROM ledger.person_alias WHERE ledger = $1 AND canonical = ANY($2)",
        ledger,
        list(today.values()),
    )
    return today | {person: person for person in today.values()} | dict(map(tuple, old))


Places = Iterable[tuple[About, int, tuple[str, str]]]


def _made(veil: Veil, names: Mapping[str, Collection[About]], places: Places) -> Veil:
    """A veil over these places and names, besides those that it covers."""
    positions = {position: set(abouts) for position, abouts in veil.positions.items()}
    events = {event: set(abouts) for event, abouts in veil.events.items()}
    for about, position, event in places:
        positions.setdefault(position, set()).add(about)
        events.setdefault(event, set()).add(about)
    # A number is one only where no other sign of a number follows: DB-1 is not in DB-12.
    words = "|".join(re.escape(name) for name in sorted(names, key=lambda each: (-len(each), each)))
    return Veil(
        {position: frozenset(abouts) for position, abouts in positions.items()},
        {event: frozenset(abouts) for event, abouts in events.items()},
        {name: frozenset(abouts) for name, abouts in names.items()},
        veil.held,
        re.compile(f"(?<![0-9A-Za-z])(?:{words})(?![0-9A-Za-z])"),
    )
