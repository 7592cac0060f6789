"""Making a release: what a plan says of a period, cut into facts that the bureau's source tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import asyncpg

from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from domain.catalogue import full_type
from domain.dates import Instant
from domain.event import Event, Part
from domain.reporting.files import ReleaseFilesRecorded
from domain.reporting.releases import (
    Audience,
    MergedCells,
    PlanEvent,
    PlanKind,
    PlanSigned,
    ReleaseBlock,
    ReleaseBreakdown,
    ReleaseContent,
    Released,
    ReleaseDefinition,
    ReleaseRun,
    ReleaseSectionRecorded,
    ReleaseValue,
    ToldNumber,
    body_of,
    content_of,
)
from domain.reporting.shown import ReleaseShownAt
from ledger import sequences, store
from ledger.intake import Intake
from ledger.outcomes import Accepted
from ledger.records import Record
from ledger.store import Ledger
from projections.snapshot import reached, snapshot
from reports import files, release
from reports.moment import Moment, period_of
from reports.release import Signature

SECTION_BYTES = 40_000
"""Of a section at most: with what an event says beside it, it is under 64 kB."""
PIECE_BYTES = 12_000
"""Of a block, or of one of its runs, before it goes on in another."""
RUN_CHARACTERS = 3_000
P = TypeVar("P", bound=Part)


class Unpublishable(ValueError):
    """It cannot be published as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a plan says of a period at a moment, with the cells merged that are to be."""

    plan: str
    period: str
    kind: PlanKind
    title: str
    audience: Audience
    moment: Moment
    says: ReleaseContent
    merged: tuple[MergedCells, ...] = ()
    signed: str = ""
    dated: str = ""
    """What stands under it."""
    bureau: Bureau | None = None
    """The folder that its plan stands in."""
    lacks: str = ""
    """What read models lack of it, in words."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who publishes, when, and why; with whose signature, where it is told with it."""

    by: str
    why: str
    at: datetime
    signature: Signature | None = None

    @property
    def on(self) -> date:
        """The day, Asia/Shanghai."""
        return self.at.astimezone(SHANGHAI).date()


_ALONE = "hashtextextended('mingjian publish ' || $1, 0)"
_READ = ("release", "release_section", "plan_signature")
"""The read models that say what was released before."""


@asynccontextmanager
async def alone(connection: asyncpg.Connection, ledger: str) -> AsyncIterator[None]:
    """Publish within: one at a time in a ledger, each in sight of all releases before it.

    Which cells a release merges depends on what was released before. Of two drafted side by side
    neither would know the other, and both together could tell what each of them hides. Raises
    Unpublishable where another one is under way, or while read models lack what was released.
    """
    if not await connection.fetchval(f"SELECT pg_try_advisory_lock({_ALONE})", ledger):
        raise Unpublishable("另一次发布正在进行，待其完成后再试 / another release is being made")
    try:
        yield
    finally:
        await connection.execute(f"SELECT pg_advisory_unlock({_ALONE})", ledger)


async def see_all(connection: asyncpg.Connection, ledger: str) -> None:
    """Raise Unpublishable where read models lack an entry about releases; asked before a draft."""
    async with snapshot(connection):
        stands = await reached(connection, ledger)
        seen = min(stands[name].position if name in stands else 0 for name in _READ)
        unseen = await store.count_after(connection, ledger, seen, PlanEvent.STREAM)
    if unseen:
        raise Unpublishable(
            f"汇总表还没有读到此前的发布（位置 {seen} 之后 {unseen} 条）：见 mingjian models"
            " / read models lack earlier releases"
        )


async def facts(connection: asyncpg.Connection, draft: Draft, act: Act) -> list[PlanEvent]:
    """The facts that make a draft a release, in the order in which they are told.

    Its files are told by their hashes, in the forms that can be made on this machine. Raises
    Unpublishable where it could not stand.
    """
    if draft.lacks:
        raise Unpublishable(f"汇总表不全，不能发布：{draft.lacks}")
    over = max(draft.moment.end, period_of(draft.period)[1])
    if act.on <= over:
        raise Unpublishable(f"{draft.period} 到 {over} 才结束，{act.on} 不能发布")
    async with snapshot(connection):
        signatures = await release.signatures(connection, draft.moment.ledger)
        edition = 1 + await release.last_edition(
            connection, draft.moment.ledger, draft.plan, draft.period
        )
    told = signatures.get((draft.plan, draft.period), [])
    signed = [item for item in (act.signature, *told) if item is not None and item.on <= act.on]
    if not signed:
        raise Unpublishable(
            f"{draft.plan} {draft.period} 尚未签发：用 --signed-by 和 --signed-on 写明签发"
        )
    which = {"plan": draft.plan, "period": draft.period}
    made: list[PlanEvent] = []
    if act.signature is not None:
        on, by = act.signature
        made.append(PlanSigned(**which, signed_on=on, signed_by=by))
    sections = list(parted(draft.says))
    for number, says in enumerate(sections, 1):
        made.append(
            ReleaseSectionRecorded(
                **which, edition=edition, number=number, recorded_on=act.on, says=says
            )
        )
    closing = _closing(draft, act, edition, signed[0], sections)
    recording = await files.recording(
        connection, closing, release.together(sections), draft.moment.ledger
    )
    return [*made, *([] if recording is None else [recording]), closing]


def _closing(
    draft: Draft, act: Act, edition: int, signed: Signature, sections: Sequence[ReleaseContent]
) -> Released:
    return Released(
        plan=draft.plan,
        period=draft.period,
        edition=edition,
        kind=draft.kind,
        title=draft.title,
        audience=draft.audience,
        asof=draft.moment.end,
        at=draft.moment.at,
        published_at=Instant.read(act.at),
        sections=len(sections),
        content=content_of(map(body_of, sections)),
        bureau=None if draft.bureau is None else draft.bureau.digest,
        merged=draft.merged,
        signed=draft.signed or None,
        dated=draft.dated or None,
        signed_on=signed.on,
        signed_by=signed.by,
        published_by=act.by,
        reason=act.why,
    )


def parted(says: ReleaseContent) -> Iterator[ReleaseContent]:
    """The sections of a release, each of at most SECTION_BYTES; at least one."""
    pieces = [piece for block in says.blocks for piece in _pieces(block)]
    groups: list[list[Part]] = [[]]
    size = 0
    for part in (*pieces, *says.values, *says.breakdowns, *says.definitions, *says.told):
        more = len(part.model_dump_json(exclude_defaults=True).encode())
        if size and size + more > SECTION_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(part)
        size += more
    for group in groups:
        yield ReleaseContent(
            blocks=_of(ReleaseBlock, group),
            values=_of(ReleaseValue, group),
            breakdowns=_of(ReleaseBreakdown, group),
            definitions=_of(ReleaseDefinition, group),
            told=_of(ToldNumber, group),
        )


def _of(kind: type[P], parts: Sequence[Part]) -> tuple[P, ...]:
    return tuple(part for part in parts if isinstance(part, kind))


def _pieces(block: ReleaseBlock) -> Iterator[ReleaseBlock]:
    """A block as several, where it is too long: each after the first goes on from the last."""
    if block.table is not None:
        for number, rows in enumerate(_short(block.table.rows)):
            table = block.table.model_copy(update={"rows": rows})
            yield block.model_copy(update={"table": table, "continued": number > 0})
        return
    for number, runs in enumerate(_short([short for run in block.runs for short in _runs(run)])):
        yield block.model_copy(update={"runs": runs, "continued": number > 0})


def _runs(run: ReleaseRun) -> Iterator[ReleaseRun]:
    for start in range(0, max(len(run.text), 1), RUN_CHARACTERS):
        yield run.model_copy(update={"text": run.text[start : start + RUN_CHARACTERS]})


def _short(parts: Sequence[P]) -> Iterator[tuple[P, ...]]:
    """Parts in groups of at most PIECE_BYTES; at least one group, perhaps empty."""
    group: list[P] = []
    size = 0
    for part in parts:
        more = len(part.model_dump_json().encode())
        if group and size + more > PIECE_BYTES:
            yield tuple(group)
            group, size = [], 0
        group.append(part)
        size += more
    yield tuple(group)


def records(
    facts: Sequence[PlanEvent], source: str, number: int, ledger: Ledger, act: Act
) -> list[bytes]:
    """The facts as CloudEvents of a source, numbered from a number on.

    A replay ledger is told when they were received.
    """
    at = act.at.astimezone(SHANGHAI)
    last = ledger.last_recorded_at
    received = at if last is None else max(at, last.astimezone(SHANGHAI))
    messages = (
        message(fact, _id(fact), source, of_it, ledger, at, received)
        for of_it, fact in enumerate(facts, number)
    )
    return [json.dumps(each, ensure_ascii=False).encode() for each in messages]


async def publish(
    connection: asyncpg.Connection, intake: Intake, draft: Draft, act: Act, source: str
) -> list[tuple[PlanEvent, Accepted]]:
    """Tell what makes a draft a release, in one batch; the closing fact is the last.

    Raises Unpublishable.
    """
    return await tell(connection, intake, await facts(connection, draft, act), act, source)


async def tell(
    connection: asyncpg.Connection,
    intake: Intake,
    told: Sequence[PlanEvent],
    act: Act,
    source: str,
) -> list[tuple[PlanEvent, Accepted]]:
    """Take facts in as events of the bureau's source, in one batch. Raises Unpublishable."""
    number = await sequences.following(connection, intake.ledger.name, source)
    lines = records(told, source, number, intake.ledger, act)
    batch = [Record(line, f"publish:{number}") for number, line in enumerate(lines, 1)]
    taken = await intake.take(connection, batch)
    outcomes = [outcome for outcome in taken.outcomes if isinstance(outcome, Accepted)]
    if len(outcomes) < len(told):
        raise Unpublishable(
            f"没有全部记入：{taken.tally}；见 mingjian quarantine / not all of it was taken"
        )
    return list(zip(told, outcomes, strict=True))


def message(
    fact: Event,
    name: str,
    source: str,
    number: int,
    ledger: Ledger,
    at: datetime,
    received: datetime,
) -> dict[str, object]:
    """A fact that happened `at` an instant as a CloudEvent, with its source's name and number.

    When it was `received` is told to a replay ledger.
    """
    said: dict[str, object] = {
        "specversion": "1.0",
        "id": name,
        "source": source,
        "type": full_type(type(fact)),
        "subject": fact.stream(),
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "division": ledger.name,
        "sequence": number,
        "data": fact.model_dump(mode="json", exclude_defaults=True),
    }
    return said | ({"receivedat": received.isoformat()} if ledger.replay else {})


def _id(fact: PlanEvent) -> str:
    """The same fact of the same edition has the same id: it is told once, whoever tells it."""
    name = fact.stream().replace("/", "-")
    match fact:
        case ReleaseSectionRecorded():
            return f"{name}-{fact.edition}-{fact.number}"
        case Released():
            return f"{name}-{fact.edition}"
        case ReleaseFilesRecorded():
            return f"{name}-{fact.edition}-files"
        case ReleaseShownAt():
            where = hashlib.sha256(fact.url.encode()).hexdigest()[:12]
            return f"{name}-{fact.edition}-at-{where}-{fact.shown_on}"
    return f"{name}-signed-{fact.occurred_on()}"
