"""Forgetting a person (遗忘): the key goes, and with it all that was sealed, in every copy.

Two people order it (双人): the first one's order stands in the journal, another one carries it out
within ORDER_DAYS. It is refused while a period of retention of any entry or an audit hold runs
(个人信息保护法 47); then the answer is to restrict (ledger/restraints.py). It takes the lock of the
ledger, as every batch does: what is told of the person before it is forgotten, what is told after
it is sealed under a new key. Positions, hashes, flags and figures stay as they are.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import asyncpg

from domain.calendar import SHANGHAI
from ledger import adopted, copies, journal, keys, mentions, offsets, retention, setting_aside
from ledger.copies import Copy, Traces
from ledger.journal import Deed, Said
from ledger.mentions import Mention
from ledger.outcomes import OutcomeKind
from ledger.records import Partition, partition_of
from ledger.restraints import PERSON
from ledger.retention import Running
from ledger.seal import Sealer

ORDER_DAYS = 30
"""An order that nobody carried out lapses after so many days."""


class CannotForget(ValueError):
    """A person may not be forgotten: not by this one, not yet, or there is nothing to forget."""


class MustBeKept(CannotForget):
    """A period of retention or a hold runs; `running` says each."""

    def __init__(self, running: Sequence[Running]) -> None:
        super().__init__(
            f"不能遗忘：{len(running)} 项保管期限或审计留存未满，可改为限制处理（person restrict）"
            f" / {len(running)} periods or holds run: restrict the person instead"
        )
        self.running = running


class Order(NamedTuple):
    """A first order: number of its record, who gave it, when, and until when it stands."""

    number: int
    by: str
    at: datetime
    until: datetime


class Forgotten(NamedTuple):
    """What was done: record, entries, sealed parts that nobody opens any more, and copies."""

    number: int
    entries: int
    parts: int
    blanked: Sequence[Copy]
    """Messages put aside whose bytes are destroyed."""
    doubtful: Sequence[Copy]
    """Open messages that hold the name only: for people to look at."""


class _Person(NamedTuple):
    """Who is to be forgotten, and by what they are found."""

    refs: list[str]
    mentions: list[Mention]
    traces: Traces


async def forget(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    ref: str,
    said: Said,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Order | Forgotten:
    """Order that a person be forgotten, or carry out what somebody else ordered.

    `known` are document and number (`id_kind`, `id_number`), where they are at hand: by them
    messages are found though no entry tells of the person.

    Raises CannotForget, MustBeKept, and what `journal.deed` raises.
    """
    # Most copies are looked through before the ledger is locked, and the others after it.
    before = await copies.last_numbers(connection, ledger)
    person = await _person(connection, sealer, ledger, ref, known)
    found = await copies.holding(connection, sealer, ledger, person.traces)
    async with journal.deed(connection, sealer, ledger) as deed:
        person = await _person(connection, sealer, ledger, ref, known)
        found += await copies.holding(connection, sealer, ledger, person.traces, before)
        _require_anything(person, found)
        await _require_lawful(connection, sealer, deed, person)
        subject = f"{PERSON}{person.refs[0]}"
        order = await _standing(connection, sealer, ledger, subject, deed.at)
        if order is None:
            until = deed.at + timedelta(days=ORDER_DAYS)
            facts = {"persons": person.refs, "until": until.isoformat()}
            number = deed.note("person-forget-ordered", subject, facts, said)
            return Order(number, said.by, deed.at, until)
        if _name(order.by) == _name(said.by):
            raise CannotForget(
                f"{order.by} 已提出遗忘（经办日志第 {order.number} 条），须由另一人办理"
                " / ordered by the same person: another one carries it out"
            )
        return await _carry_out(connection, deed, person, order, list(dict.fromkeys(found)), said)


async def _carry_out(
    connection: asyncpg.Connection,
    deed: Deed,
    person: _Person,
    order: Order,
    found: list[Copy],
    said: Said,
) -> Forgotten:
    ledger, refs = deed.ledger.name, person.refs
    gone = [copy for copy in found if copy.certain]
    numbers = {
        table: sorted(copy.number for copy in gone if copy.table == table)
        for table in copies.TABLES
    }
    await _give_up(connection, deed, gone, said)
    await copies.blank(connection, ledger, numbers)
    await keys.destroy(connection, ledger, refs, deed.ledger.position)
    facts = {"order": order.number, "persons": refs, **numbers}
    number = deed.note("person-forgotten", f"{PERSON}{refs[0]}", facts, said)
    entries = len({mention.position for mention in person.mentions})
    doubtful = [copy for copy in found if not copy.certain]
    return Forgotten(number, entries, len(person.mentions), gone, doubtful)


async def _give_up(
    connection: asyncpg.Connection, deed: Deed, gone: Sequence[Copy], said: Said
) -> None:
    """What still waits and names the person is given up: without its bytes nothing comes of it."""
    waiting = [copy.number for copy in gone if copy.table == "parked" and not copy.settled]
    told = {
        number: deed.note(
            "discarded", journal.subject_of("parked", number), {"number": number}, said
        )
        for number in sorted(waiting)
    }
    origins = await setting_aside.give_up(connection, deed.ledger.name, deed.ledger.position, told)
    ended: Counter[tuple[Partition, OutcomeKind]] = Counter()
    for origin in origins:
        if (partition := partition_of(origin)) is not None:
            ended[partition, "parked"] -= 1
            ended[partition, "duplicate"] += 1
    await offsets.count(connection, ended)


async def _person(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, ref: str, known: Mapping[str, str]
) -> _Person:
    """All that is told of them."""
    refs = await mentions.pseudonyms(connection, ledger, ref)
    told = await mentions.of(connection, sealer, ledger, refs)
    events = [(mention.source, mention.event_id) for mention in told]
    clear = [known, *(mention.clear for mention in told)]
    return _Person(refs, told, copies.traces(clear, events))


def _require_anything(person: _Person, found: Sequence[Copy]) -> None:
    told = any(mention.state != "forgotten" for mention in person.mentions)
    if not told and not any(copy.certain for copy in found):
        raise CannotForget(
            "账本没有该人员可遗忘的信息 / the ledger holds nothing of this person to forget"
        )


async def _require_lawful(
    connection: asyncpg.Connection, sealer: Sealer, deed: Deed, person: _Person
) -> None:
    ledger = deed.ledger.name
    periods = (await adopted.versions(connection, ledger)).latest.retention
    today = deed.at.astimezone(SHANGHAI).date()
    running = await retention.running(
        connection, sealer, ledger, periods, person.mentions, person.refs, today
    )
    if running:
        raise MustBeKept(running)


async def _standing(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, subject: str, now: datetime
) -> Order | None:
    """The order that nobody carried out yet, if it has not lapsed."""
    which = "subject = $2 AND kind IN ('person-forget-ordered', 'person-forgotten')"
    notes = await journal.believed(connection, sealer, ledger, which, subject)
    if not notes or notes[-1].kind == "person-forgotten":
        return None
    note = notes[-1]
    until = datetime.fromisoformat(note.facts["until"])
    return None if now > until else Order(note.number, note.by or "", note.recorded_at, until)


def _name(by: str) -> str:
    """A name as it is compared: however it is spelled, it is one person's."""
    return "".join(unicodedata.normalize("NFKC", by).casefold().split())
