"""The register of sources (来源登记册): what each may do in a ledger, beside the bureau's folder.

Registering, changing, suspending and resuming are records of the journal, and the register is what
they add up to. So it comes back with a restore, every state of it has a number, and who can only
write to the database changes nothing: a record is believed for its mac.

A source that nobody registered goes by the folder alone, until the ledger requires registration:
live ledgers do from their creation on (docs/decisions/0063).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg

from domain.bureau.bureau import Bureau
from domain.standing import Deed, Grant, Standing, Subject, Wider
from ledger import adopted, journal
from ledger.journal import Kind, Note, Said
from ledger.seal import Sealer
from ledger.source_keys import SUBJECT, NoSuchSource

REQUIRED: Kind = "registration-required"
ADDED: Kind = "source-added"
CHANGED: Kind = "source-changed"
SUSPENDED: Kind = "source-suspended"
RESUMED: Kind = "source-resumed"
KINDS = (REQUIRED, ADDED, CHANGED, SUSPENDED, RESUMED)
REGISTER = "register"
"""The subject of what concerns all sources."""
__all__ = ["NoSuchSource", "Register", "Wider"]


class CannotRegister(ValueError):
    """What is asked does not fit how a source stands; the message says why."""


@dataclass(frozen=True, slots=True)
class Register:
    """The register as it stands after a record of the journal."""

    required: Deed | None = None
    """Since when only registered sources are taken; None = the folder's are."""
    sources: Mapping[str, Standing] = field(default_factory=dict)
    """Those that a record is about."""

    @property
    def empty(self) -> bool:
        """Whether the folder alone says what is taken."""
        return self.required is None and not self.sources

    def of(self, source: str) -> Standing:
        """How a source of the folder stands."""
        found = self.sources.get(source) or Standing(source)
        return found if self.required is None else replace(found, required=True)

    def whose(self, subject: Subject) -> str | None:
        """The source that a subject of an identity provider sends for."""
        found = (name for name, each in self.sources.items() if subject in each.grant.subjects)
        return next(found, None)


async def read(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> Register:
    """The register of a ledger as it stands.

    Raises LedgerAltered, and LedgerMissing, LedgerRestoring, NothingAdopted.
    """
    # By the subjects, for which there is an index: nobody is in it whom no folder ever named.
    named = (await adopted.versions(connection, ledger)).sources
    subjects = [REGISTER, *(SUBJECT + name for name in sorted(named))]
    which = "subject = ANY($2) AND kind = ANY($3)"
    register = Register()
    for note in await journal.believed(connection, sealer, ledger, which, subjects, KINDS):
        register = after(register, note)
    return register


def after(register: Register, note: Note) -> Register:
    """The register after one more record that is about it."""
    deed = Deed(note.number, note.recorded_at, note.by or "", note.why or "")
    if note.kind == REQUIRED:
        return replace(register, required=deed)
    name = note.subject.removeprefix(SUBJECT)
    stands = register.sources.get(name) or Standing(name)
    if note.kind == SUSPENDED:
        stands = replace(stands, suspended=deed)
    elif note.kind == RESUMED:
        stands = replace(stands, suspended=None)
    else:
        stands = replace(stands, registered=deed, grant=grant_of(note.facts))
    return replace(register, sources={**register.sources, name: stands})


async def standing(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str
) -> dict[str, Standing]:
    """How each source stands: those of the folder, and those that it named once.

    Raises what `read` raises.
    """
    register = await read(connection, sealer, ledger)
    named = (await adopted.versions(connection, ledger)).latest.sources
    return {
        name: replace(register.of(name), listed=name in named)
        for name in sorted({*named, *register.sources})
    }


async def beyond(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, bureau: Bureau | None = None
) -> dict[str, list[str]]:
    """Source → what it is granted that a folder does not allow (None: the one adopted last).

    None of that is taken; the folder has the last word.
    """
    if bureau is None:
        bureau = (await adopted.versions(connection, ledger)).latest
    found: dict[str, list[str]] = {}
    for name, each in (await read(connection, sealer, ledger)).sources.items():
        if each.registered is not None:
            listed = bureau.sources.get(name)
            what = [name] if listed is None else list(each.grant.beyond(listed, bureau))
            if what:
                found[name] = what
    return found


# What people do to it; each raises what `journal.deed` raises.


async def require(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, said: Said | None = None
) -> int | None:
    """From here on only registered sources are taken; the number of the record, None if so before.

    Nothing takes this back.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        if (await read(connection, sealer, ledger)).required is not None:
            return None
        return deed.note(REQUIRED, REGISTER, {}, said)


async def add(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, name: str, grant: Grant, said: Said
) -> int:
    """Register a source of the folder. Raises NoSuchSource, CannotRegister, Wider."""
    async with _at_work(connection, sealer, ledger) as work:
        if work.register.of(name).registered is not None:
            raise CannotRegister(
                f"来源系统 {name} 已登记：变更用 mingjian source change"
                f" / {name} is registered already: mingjian source change"
            )
        return work.grant(ADDED, name, grant, said)


async def change(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, name: str, grant: Grant, said: Said
) -> int:
    """What a registered source may do from here on. Raises NoSuchSource, CannotRegister, Wider."""
    async with _at_work(connection, sealer, ledger) as work:
        if work.register.of(name).registered is None:
            raise CannotRegister(
                f"来源系统 {name} 尚未登记：先用 mingjian source add"
                f" / {name} is not registered yet: mingjian source add"
            )
        return work.grant(CHANGED, name, grant, said)


async def suspend(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, name: str, said: Said
) -> int:
    """Nothing of a source is taken from here on, registered or not. Raises as `resume` does."""
    async with _at_work(connection, sealer, ledger) as work:
        if work.stands(name).suspended is not None:
            raise CannotRegister(f"来源系统 {name} 已经暂停 / {name} is suspended already")
        return work.deed.note(SUSPENDED, SUBJECT + name, {}, said)


async def resume(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, name: str, said: Said
) -> int:
    """What a source says is taken again. Raises NoSuchSource, CannotRegister."""
    async with _at_work(connection, sealer, ledger) as work:
        if work.stands(name).suspended is None:
            raise CannotRegister(f"来源系统 {name} 没有暂停 / {name} is not suspended")
        return work.deed.note(RESUMED, SUBJECT + name, {}, said)


@dataclass(frozen=True, slots=True)
class _Work:
    """The register under the lock of a deed, and the folder that it may not widen."""

    deed: journal.Deed
    register: Register
    bureau: Bureau

    def stands(self, name: str) -> Standing:
        if name not in self.bureau.sources and name not in self.register.sources:
            raise NoSuchSource(name, self.bureau.sources)
        return self.register.of(name)

    def grant(self, kind: Kind, name: str, grant: Grant, said: Said) -> int:
        source = self.bureau.sources.get(name)
        if source is None:
            raise NoSuchSource(name, self.bureau.sources)
        grant.require_within(source, self.bureau)
        for subject in grant.subjects:
            if (other := self.register.whose(subject)) not in (None, name):
                raise CannotRegister(
                    f"{subject.value} 已代表来源系统 {other} / speaks for {other} already"
                )
        return self.deed.note(kind, SUBJECT + name, facts_of(grant), said)


@asynccontextmanager
async def _at_work(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str
) -> AsyncIterator[_Work]:
    async with journal.deed(connection, sealer, ledger) as deed:
        register = await read(connection, sealer, ledger)
        yield _Work(deed, register, (await adopted.versions(connection, ledger)).latest)


# A grant as the journal tells it, there and back.


def facts_of(grant: Grant) -> dict[str, Any]:
    """A grant as an object of JSON; null = all that the folder allows."""
    return {
        "lines": _listed(grant.lines),
        "classes": _listed(grant.classes),
        "townships": _listed(grant.townships),
        "most_fen": dict(grant.most_fen),
        "events_a_day": dict(grant.events_a_day),
        "fen_a_day": dict(grant.fen_a_day),
        "subjects": [subject._asdict() for subject in sorted(grant.subjects)],
        "contact": grant.contact,
    }


def grant_of(facts: Mapping[str, Any]) -> Grant:
    """The inverse of `facts_of`."""
    return Grant(
        _set(facts["lines"]),
        _set(facts["classes"]),
        _set(facts["townships"]),
        facts["most_fen"],
        facts["events_a_day"],
        facts["fen_a_day"],
        frozenset(Subject(**subject) for subject in facts["subjects"]),
        facts["contact"],
    )


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
