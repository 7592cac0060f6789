"""Checking a document that came back (回检): which one it is, and what was changed in it.

It is known by its bytes where they were recorded at sign-off, else by what it says of itself, else
by its words; values always come from the ledger. So it makes no difference whether it was edited in
WPS, saved again, pasted into another file or typed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg

from ledger import adopted, store
from projections.snapshot import folded, snapshot
from reports import drafting, files, plans, release
from reports.checking import expected, which
from reports.checking.expected import Expected
from reports.checking.finding import Finding
from reports.checking.judging import Known, judge
from reports.checking.pairing import pair
from reports.checking.tokens import Token
from reports.checking.which import By, Claimed
from reports.document import Document
from reports.handed.file import Handed
from reports.moment import SHANGHAI, Moment, Unanswerable
from reports.plans import spans
from reports.plans.plan import Plan
from reports.plans.spans import Span
from reports.prose.rule import Remark
from reports.release import Release

MOST_PLANS = 2
"""Plans that are drafted to see whether a text is one of them."""
MOST_TOLD = 5
WITH_PARAGRAPHS = ("docx", "html", "md", "text")
"""Forms whose blocks are paragraphs, which can be read as prose."""
_NEARLY = 0.02


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever hands a file in says of it; empty where it is to be found out."""

    plan: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is, and what is found in it."""

    form: str
    by: By | None = None
    """How it was recognised; None where it was not."""
    title: str = ""
    plan: str = ""
    period: str = ""
    at: int | None = None
    release: Release | None = None
    """That it is; None of a draft."""
    standing: Release | None = None
    """The edition that stands, where it is another one."""
    recorded: str = ""
    """The form whose recorded file it is, byte by byte."""
    findings: tuple[Finding, ...] = ()
    prose: tuple[Remark, ...] = ()
    """Of a draft: what is to be said of what people wrote in it."""
    notes: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether it is a document of the ledger and nobody has to put anything right."""
        wrong = any(each.is_fault for each in self.findings)
        return self.by is not None and not wrong and not any(map(_is_fault, self.prose))

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        told = self.release
        return {
            "fine": self.fine,
            "form": self.form,
            "known_by": self.by,
            "recorded_file": self.recorded or None,
            "title": self.title or None,
            "plan": self.plan or None,
            "period": self.period or None,
            "at": self.at,
            "release": None if told is None else told.name,
            "published_at": None if told is None else told.published_at,
            "superseded_by": None if self.standing is None else self.standing.name,
            "findings": [each.as_json() for each in self.findings],
            "prose": [each._asdict() for each in self.prose],
            "notes": list(self.notes),
        }


def _is_fault(remark: Remark) -> bool:
    return remark.weight == "fault"


@dataclass
class _Checking:
    connection: asyncpg.Connection
    ledger: str
    handed: Handed
    asked: Asked
    releases: Sequence[Release]
    reach: int
    drafts: bool
    signs: list[Token] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: dict[str, Expected] = field(default_factory=dict)

    # Which document it is

    async def all(self) -> Checked:
        claim = which.claimed(self.handed.manifest)
        if claim is not None and claim.ledger != self.ledger:
            self.notes.append(f"文件自称属于账本 {claim.ledger[:40]} / it is of another ledger")
            claim = None
        if claim is not None and not self.asked.plan:
            if (found := await self.by_manifest(claim)) is not None:
                return found
            self.notes.append("文件自带的清单在账本中查不到 / what it says it is, is not there")
        return await self.by_words()

    async def by_manifest(self, claim: Claimed) -> Checked | None:
        """The release, or the draft, that it names; None where there is none."""
        if claim.release:
            named = [item for item in self.releases if item.name == claim.release]
            if not named or named[0].content != claim.content:
                return None
            return await self.as_release(named[0], "manifest")
        plan = (await self.plans()).get(claim.plan) if self.drafts else None
        if plan is None or claim.span is None or not spans.fits(claim.span, plan.periods):
            return None
        return await self.as_draft(plan, claim.span, claim.at, "manifest")

    async def by_words(self) -> Checked:
        """What its words are most alike to."""
        self.signs = which.all_tokens(self.handed)
        best: tuple[float, Release | tuple[Plan, Span]] | None = None
        found = await self.alike_release()
        if found is not None:
            best = found
        marked = which.position_in(self.handed) is not None or self.asked.plan
        if self.drafts and (best is None or marked):
            draft = await self.alike_draft()
            if draft is not None and (best is None or draft[0] >= best[0] - _NEARLY):
                best = draft
        if best is None:
            return Checked(self.handed.form, notes=(*self.notes, *self.handed.notes))
        if isinstance(best[1], Release):
            return await self.as_release(best[1], "words")
        plan, span = best[1]
        return await self.as_draft(plan, span, which.position_in(self.handed), "words")

    async def alike_release(self) -> tuple[float, Release] | None:
        """Of those whose period the text names, else of all; the later edition of two alike."""
        mine = [item for item in self.releases if self.asked.plan in ("", item.plan)]
        named = {
            (plan.name, spans.text(span))
            for plan in (await self.plans()).values()
            for span in self.spans_of(plan)
        }
        first = [item for item in mine if (item.plan, item.period) in named]
        for some in (first, [item for item in mine if item not in first]):
            scores = []
            for item in some:
                words, numbers = which.likeness(await self.of_release(item), self.signs)
                if words >= which.ALIKE:
                    scores.append((words + numbers, item.edition, item))
            if scores:
                score, _, item = max(scores, key=lambda each: each[:2])
                return score, item
        return None

    async def alike_draft(self) -> tuple[float, tuple[Plan, Span]] | None:
        """Of plans whose text is found again, drafted for the period that the text names."""
        bureau = (await adopted.versions(self.connection, self.ledger)).latest
        every = list((await self.plans()).values())
        if self.asked.plan:
            likely = [plan for plan in every if plan.name == self.asked.plan]
        else:
            alike = {
                plan.name: which.of_plan(bureau.files[plan.file].decode(), self.signs)
                for plan in every
            }
            every.sort(key=lambda plan: -alike[plan.name])
            likely = [plan for plan in every if alike[plan.name] >= which.SAME_PLAN][:MOST_PLANS]
        best: tuple[float, tuple[Plan, Span]] | None = None
        for plan in likely:
            for span in (await self.likely_spans(plan))[:MOST_PLANS]:
                try:
                    made = await self.drafted(plan, span, which.position_in(self.handed))
                except Unanswerable:
                    continue
                words, numbers = which.likeness(expected.of(made, self.handed.form), self.signs)
                if words >= which.ALIKE and (best is None or words + numbers > best[0]):
                    best = words + numbers, (plan, span)
        return best

    def spans_of(self, plan: Plan) -> list[Span]:
        if self.asked.span is not None:
            return [self.asked.span] if spans.fits(self.asked.span, plan.periods) else []
        return list(which.periods_in(self.handed, plan))

    async def likely_spans(self, plan: Plan) -> list[Span]:
        named = self.spans_of(plan)
        found = await store.find_ledger(self.connection, self.ledger)
        if named or found is None or found.last_recorded_at is None:
            return named
        return [spans.last(plan.periods[0], found.last_recorded_at.astimezone(SHANGHAI).date())]

    async def plans(self) -> Mapping[str, Plan]:
        """Of the folder that the ledger goes by now."""
        return plans.every((await adopted.versions(self.connection, self.ledger)).latest)

    # What was changed in it

    async def as_release(self, item: Release, by: By) -> Checked:
        editions = [
            one for one in self.releases if (one.plan, one.period) == (item.plan, item.period)
        ]
        stands = release.standing(editions)[0]
        reference = await self.of_release(item)
        others = [
            (f"第 {one.edition} 版", (await self.of_release(one)).named())
            for one in editions
            if one is not item
        ]
        findings = judge(pair(reference, self.handed), Known(published=True, earlier=others))
        if stands is not item:
            findings.insert(0, await self.older(item, stands))
        return Checked(
            self.handed.form,
            by,
            item.title,
            item.plan,
            item.period,
            item.moment.at,
            item,
            None if stands is item else stands,
            findings=tuple(findings),
            notes=(*self.notes, *self.handed.notes),
        )

    async def older(self, item: Release, stands: Release) -> Finding:
        """That a later edition stands, and what it says otherwise."""
        was, now = (await self.of_release(item)).named(), (await self.of_release(stands)).named()
        differ = [
            f"{expected.label(now[name])} “{was[name].text}” → “{now[name].text}”"
            for name in was
            if name in now and was[name].text != now[name].text
        ]
        more = f"等 {len(differ)} 处" if len(differ) > MOST_TOLD else ""
        why = f"第 {stands.edition} 版已于 {stands.published_at[:10]} 取代"
        if differ:
            why += f"：{'；'.join(differ[:MOST_TOLD])}{more}"
        return Finding("older", item.title, after=f"第 {item.edition} 版", why=why)

    async def as_draft(self, plan: Plan, span: Span, at: int | None, by: By) -> Checked:
        """Held against what it said when it was drafted, and against what it would say now."""
        if at is not None and at > self.reach:
            self.notes.append(
                f"起草位置 {at} 在账本之后（已到 {self.reach}），按现在核对 / of a later position"
            )
            at = None
        made = await self.drafted(plan, span, at)
        now = await self.drafted(plan, span, None) if at not in (None, self.reach) else None
        best, written = self.judged(made, now, at)
        if made.internal and not made.published and plan.audience == "public":
            # It may have been printed as it would be released (--merged).
            merged = await self.drafted(plan, span, at, merged=True)
            later = None if now is None else await self.drafted(plan, span, None, merged=True)
            other, by_others = self.judged(merged, later, at)
            if len(other) < len(best):
                best, written = other, by_others
        if at is None:
            self.notes.append(
                "文中没有起草位置，按账本现在的数值核对 / held against what is known now"
            )
        return Checked(
            self.handed.form,
            by,
            made.title,
            plan.name,
            spans.text(span),
            made.moment.at,
            findings=tuple(best),
            prose=() if made.published else tuple(await self.remarks(made, written)),
            notes=(*self.notes, *self.handed.notes),
        )

    async def remarks(self, made: Document, written: Collection[int]) -> list[Remark]:
        """What is to be said of the prose of a draft, as far as it is not the ledger's."""
        from reports import prose  # noqa: PLC0415  what was published is past checking

        if self.handed.form not in WITH_PARAGRAPHS:
            return []
        figures, statements = prose.known_of(made)
        found = prose.check(
            [" ".join(block.text.split("\n")) for block in self.handed.blocks],
            bureau=await adopted.at(self.connection, self.ledger, made.moment.at),
            figures=figures,
            statements=statements,
        )
        return [remark for remark in found if remark.paragraph - 1 in written]

    def judged(
        self, made: Document, now: Document | None, at: int | None
    ) -> tuple[list[Finding], Collection[int]]:
        """What differs, and the blocks in which something is not the ledger's."""
        later = {} if now is None else expected.of(now, self.handed.form).named()
        known = Known(
            published=bool(made.published), now=later, drafted=f"起草时（位置 {at}）" if at else ""
        )
        paired = pair(expected.of(made, self.handed.form), self.handed)
        written = paired.written()
        return judge(paired, known), written

    async def drafted(
        self, plan: Plan, span: Span, at: int | None, *, merged: bool = False
    ) -> Document:
        """What a plan said at a position, or says now."""
        position = self.reach if at is None else at
        bureau = await adopted.at(self.connection, self.ledger, position)
        then = plans.every(bureau).get(plan.name, plan)
        moment = Moment(self.ledger, *span, position)
        return await drafting.document(self.connection, then, bureau, moment, merged=merged)

    async def of_release(self, item: Release) -> Expected:
        """As it was published; read once."""
        if item.name not in self.read:
            made = await files.document(self.connection, item)
            self.read[item.name] = expected.of(made, self.handed.form)
        return self.read[item.name]


async def check(
    connection: asyncpg.Connection,
    ledger: str,
    raw: bytes,
    handed: Handed,
    asked: Asked | None = None,
    *,
    audience: Sequence[str] = ("public", "internal"),
    drafts: bool = True,
) -> Checked:
    """What a file is, and what differs in it. Raises LedgerMissing, Unanswerable, Altered.

    What differs tells values: so whoever may see only what was published is told of releases of
    that `audience`, and without `drafts` of nothing else.
    """
    if await store.find_ledger(connection, ledger) is None:
        raise store.LedgerMissing(ledger)
    async with snapshot(connection):
        told = await release.released(connection, ledger)
        reach = await folded(connection, ledger)
    releases = [item for item in told if item.audience in audience]
    checking = _Checking(connection, ledger, handed, asked or Asked(), releases, reach, drafts)
    known = which.by_bytes(raw, releases)
    if known is None:
        return await checking.all()
    checked = await checking.as_release(known[0], "bytes")
    # Its bytes are those that were signed: whatever was made out of them here, nothing was changed.
    kept = tuple(each for each in checked.findings if each.kind == "older")
    return replace(checked, recorded=known[1], findings=kept)
