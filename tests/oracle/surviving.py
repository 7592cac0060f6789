"""Whatever is sent to a ledger is judged, folded, verified, rebuilt, restored and shown.

Nothing is said of what should be accepted. But every record ends in exactly one place, and nothing
that was accepted stops anything.
"""

from __future__ import annotations

import random
import tempfile
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from infra import postgres
from infra.settings import Settings
from ledger import journal, restoring, unpublished
from ledger.outcomes import Outcome
from ledger.records import Record
from ledger.wire import Message, entry_message, note_message
from projections import opening, tail
from projections.catalogue import READ_MODELS
from projections.read_model import SCHEMA
from tests.oracle import shown
from tests.oracle.everything import Tables, differences, tables
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench, url_of
from upkeep.rebuild import driver
from upkeep.restore import _Restore
from upkeep.restore_journal import restore_journal
from upkeep.verification.driver import verify

AT_ONCE = (1, 7, 40, 150, 400, 1_000)
"""Records in a batch."""
NOT_OURS = 0.03
"""Share of the records that come under the credentials of any source."""
COULD_NOT = {"judge_failed", "storage_refused"}
"""Reasons that say: the program could not."""
LONGEST = 4_000
"""Characters of what is said of one thing that went wrong."""


@dataclass
class Survived:
    """What was sent and where it ended, and what went wrong."""

    sent: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    """Kinds of outcomes."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why something is in quarantine."""
    types: set[str] = field(default_factory=set)
    """Types of the entries."""
    rows: int = 0
    """Of read models."""
    asked: Counter[str] = field(default_factory=Counter)
    """Pages and commands."""
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Survived) -> None:
        """Both together."""
        self.sent += other.sent
        self.ended += other.ended
        self.reasons += other.reasons
        self.types |= other.types
        self.rows += other.rows
        self.asked += other.asked
        self.wrong += other.wrong

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A step that must not fail: what it raises is noted, with the place."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            at = " < ".join(
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                for frame in reversed(traceback.extract_tb(error.__traceback__)[-6:])
            )
            said = f"{what[:LONGEST]}: {type(error).__name__}: {error}"
            self.wrong.append(f"{said[:LONGEST]} at {at}")


class Databases(NamedTuple):
    """Two empty databases, the second one to restore into; and a folder for what commands write."""

    url: str
    second_url: str
    home: Path


@asynccontextmanager
async def two_databases(server_url: str, name: str) -> AsyncIterator[Databases]:
    """Databases of a server for one run."""
    names = (name, f"{name}_again")
    async with postgres.connect(server_url) as admin:
        for made in names:
            await admin.execute(f"CREATE DATABASE {made}")
    with tempfile.TemporaryDirectory(prefix="mj-shown-") as home:
        first, second = (url_of(server_url, made) for made in names)
        yield Databases(first, second, Path(home))
    async with postgres.connect(server_url) as admin:
        for made in names:
            await admin.execute(f"DROP DATABASE {made} WITH (FORCE)")


async def survive(
    where: Databases, seed: int | str, sent: Sequence[bytes], *, kind: str, pages: int
) -> Survived:
    """Send all this to an empty ledger; ask for so many pages of each kind, or for none."""
    found = Survived(len(sent))
    async with postgres.connect(where.url) as connection:
        bench = await Bench.open(connection, kind)
        await _places(bench, sent, await _taken(bench, seed, sent, found), found)
        found.wrong += [f"halted: {each}" for each in await _halted(connection)]
        with found.step("verify"):
            made = await verify(connection, Settings().secret, LEDGER, "mingjian", _uncounted)
            found.rows = made.rows or 0
            found.wrong += [f"verify: {each}" for each in made.differences.kinds.items()]
        with found.step("rebuild"):
            before = await tables(connection)
            await driver.anew(connection, READ_MODELS, lambda _: None)
            found.wrong += differences(before, await tables(connection))
        with found.step("restore"):
            found.wrong += await _restored(connection, where.second_url)
        position = await connection.fetchval("SELECT position FROM ledger.ledger")
    if not pages:
        return found
    for auditor in (False, True):
        with found.step("pages"):
            found.wrong += await shown.look(
                where.url, position, found.asked, auditor=auditor, pages=pages
            )
    with found.step("commands"):
        found.wrong += await shown.command(where.url, where.home, found.asked, pages)
    return found


def _uncounted(_what: str, _unit: str, _of: float) -> Any:
    return lambda _done: None


async def _taken(
    bench: Bench, seed: int | str, sent: Sequence[bytes], found: Survived
) -> dict[str, Outcome]:
    """Take all, in batches of all sizes, folding in between; what became of each, by origin."""
    dice = random.Random(f"batches {seed}")  # noqa: S311  a seed, not a secret
    outcomes: dict[str, Outcome] = {}
    names: dict[bytes, str] = {}
    at = 0
    while at < len(sent):
        size = dice.choice(AT_ONCE)
        pieces = [[_record(n, sent[n]) for n in range(at, min(at + size, len(sent)))]]
        at += size
        while pieces:
            piece, mark = pieces.pop(), len(found.wrong)
            with found.step(f"intake of {piece[0].raw.decode(errors='replace')}"):
                taken = await bench.intake.take(bench.connection, piece)
                for item in taken.items:
                    outcomes[item.record.origin] = item.outcome
                    names.setdefault(item.digest, item.record.origin)
                outcomes |= {names[woken.digest]: woken.outcome for woken in taken.woken}
            if len(found.wrong) > mark and len(piece) > 1:  # which of them it is
                del found.wrong[mark:]
                pieces = [[record] for record in reversed(piece)]
        with found.step("folding"):
            await tail.catch_up(bench.connection, LEDGER)
    return outcomes


def _record(number: int, line: bytes) -> Record:
    """The same bytes always come under the same credentials."""
    dice = random.Random(line)  # noqa: S311  a seed, not a secret
    source = dice.choice(tuple(SAMPLE.sources)) if dice.random() < NOT_OURS else None
    return Record(line, f"test:{number}", source)


_PLACES = """
SELECT digest, 'accepted' FROM ledger.entry
UNION ALL SELECT digest, 'parked' FROM ledger.parked WHERE journal_to IS NULL
UNION ALL SELECT digest, 'quarantined' FROM ledger.quarantine
WHERE journal_to IS NULL OR digest NOT IN (SELECT digest FROM ledger.entry)
"""
"""What a later event of its id mended stays where it was; what was taken at last does not."""


async def _places(
    bench: Bench, sent: Sequence[bytes], outcomes: dict[str, Outcome], found: Survived
) -> None:
    """Every record in exactly one place: the one that its outcome says, or an earlier one's."""
    found.ended = Counter(outcome.kind for outcome in outcomes.values())
    places: dict[bytes, list[str]] = {}
    for digest, place in await bench.connection.fetch(_PLACES):
        places.setdefault(digest, []).append(place)
    for number, line in enumerate(sent):
        outcome = outcomes.get(f"test:{number}")
        stands = places.get(bench.intake.sealer.digest(line), [])
        if outcome is None or (outcome.kind != "duplicate" and stands != [outcome.kind]):
            text = line[:LONGEST].decode(errors="replace")
            found.wrong.append(f"{outcome} but stands in {stands}: {text}")
    if len(places) != len(sent) - found.ended["duplicate"]:
        found.wrong.append(f"{len(places)} rows, but {found.ended} of {len(sent)}")
    for reason, where in await bench.connection.fetch(
        "SELECT reason, expected || ' ' || origin FROM ledger.quarantine"
    ):
        found.reasons[reason] += 1
        if reason in COULD_NOT:
            text = sent[int(where.rpartition(":")[2])][:LONGEST].decode(errors="replace")
            found.wrong.append(f"{reason} {where}: {text}")
    found.types = {r[0] for r in await bench.connection.fetch("SELECT type FROM ledger.entry")}


async def _halted(connection: asyncpg.Connection) -> list[str]:
    """Read models that could not fold an entry."""
    rows = await connection.fetch(
        "SELECT read_model, checkpoint.position + 1, halted, convert_from(open, 'UTF8')"
        f" FROM {SCHEMA}.checkpoint JOIN ledger.entry"
        " ON entry.position = checkpoint.position + 1 WHERE halted IS NOT NULL"
    )
    return [" ".join(map(str, row))[:LONGEST] for row in rows]


@dataclass
class _Published:
    """A message as a consumer gets it."""

    offset: int
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp: int | None


class _OnPaper:
    """What a topic would hold, to be read as a topic is."""

    start = next_offset = 0

    def __init__(self, messages: Sequence[Message]) -> None:
        self._records = [
            _Published(number, each.key, each.value, each.headers, each.at_ms)
            for number, each in enumerate(messages)
        ]
        self.end = len(messages)

    async def to_end(self) -> AsyncIterator[Sequence[_Published]]:
        """All of it, a batch at a time."""
        for at in range(0, self.end, 500):
            self.next_offset = at
            yield self._records[at : at + 500]


async def _restored(connection: asyncpg.Connection, second_url: str) -> list[str]:
    """All entries and the journal, as their topics would have them: what they do not bring back."""
    heads = await unpublished.heads(connection, LEDGER)
    rows = await unpublished.entries(connection, LEDGER, 0, heads.accepted, heads.accepted)
    notes = await journal.read(connection, LEDGER, limit=heads.journal)
    entries: Any = _OnPaper([entry_message(row) for row in rows])
    told: Any = _OnPaper([note_message(note) for note in notes])
    async with postgres.connect(second_url) as second:
        await opening.prepare(second)
        work = _Restore(second, Settings(), LEDGER)
        await work.entries(entries, lambda _done, _of: None)
        await restore_journal(second, work.sealer, LEDGER, told, work.done.foreign_notes)
        numbers = {"parked": heads.parked, "quarantined": heads.quarantined}
        await restoring.end(second, LEDGER, work.sealer, journal=heads.journal, **numbers)
        await tail.catch_up(second, LEDGER)
        return differences(await _kept(connection), await _kept(second))


async def _kept(connection: asyncpg.Connection) -> Tables:
    """What comes back without the keys of persons, and before the intake topics are read again."""
    held = await tables(connection)
    for name in ("ledger.ledger", "ledger.person_key", "ledger.quarantine_kept"):
        del held[name]
    for name in ("ledger.parked", "ledger.quarantine"):
        held[name] = [
            tuple(c for c in row if c[0] not in ("sealed", "lacking")) for row in held[name]
        ]
    return held
