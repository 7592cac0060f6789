"""The annual report (法治政府建设年度报告) of any year and division, as a tree.

The tree holds text and references to figures and statements; no number is typed. Renderers turn
the same tree into the same bytes. A value that is not known prints 〔暂无〕, a section that nobody
wrote 〔未填写〕, and a claim that does not hold prints what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import asyncpg

from domain.bureau.bureau import Bureau
from domain.identifiers import DIVISIONS
from ledger import adopted, store
from projections.snapshot import snapshot
from reports import aside, definitions, evaluate, publication, published
from reports.annual_text import OPENING, PARTS, SectionText
from reports.aside import Aside
from reports.evaluate import FigureValue, StatementValue
from reports.lacks import Lacks, answerable
from reports.measure import Exact, Value
from reports.moment import Moment, Unanswerable, ahead, recorded_to
from reports.publication import Publication
from reports.shown import (
    UNKNOWN,
    UNWRITTEN,
    written,
    written_asof,
    written_span,
)

_REFERENCE = re.compile(r"\{(F\d\d|S\d\d|asof|span)(?:([:?])([^{}]*))?\}")
_IN_PROSE = re.compile(r"\{(F\d\d)(?:(:)(name|number))?\}")
"""What staff may write in their own text: figures, not claims."""
NOT_PUBLISHED = "（非发布文本）"
"""Behind the title of what is not the published report."""
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class FigureRef:
    """A figure in a sentence.

    `invented` marks a value of a sample ledger that the published report does not contain.
    """

    id: str
    name: str
    text: str
    href: str
    unit: str = ""
    value: Value = None
    exact: Exact = None
    beside: str = ""
    """What stands in brackets after it, e.g. "6 / 7"; in a sample ledger always invented."""
    invented: bool = False


@dataclass(frozen=True, slots=True)
class StatementRef:
    """A claim in a sentence: the words if it holds, else what is missing."""

    id: str
    name: str
    text: str
    href: str
    holds: bool | None
    """None where nothing happened to which it applies."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What should stand here and does not."""

    text: str


Run = Text | FigureRef | StatementRef | Gap


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs of text; `by` says whether staff wrote them or the ledger gives them."""

    runs: tuple[Run, ...]
    by: Literal["staff", "ledger"]

    @property
    def text(self) -> str:
        """The paragraph without its references."""
        return "".join(
            f"{run.text}（{run.beside}）" if isinstance(run, FigureRef) and run.beside else run.text
            for run in self.runs
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A section with the code under which staff write it."""

    code: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the five statutory parts."""

    heading: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The annual report of a division for the year of `moment`, as known at its position."""

    title: str
    bureau: str
    moment: Moment
    sample: bool
    signed: str
    published: str
    opening: Section
    parts: tuple[Part, ...]
    aside: Aside
    """What is not in it, since it waits."""
    notice: str = ""
    """Why it is not the published report; empty where it is."""
    internal: bool = False
    """Whether it may name single cases: then it must not leave the office."""
    lacks: Lacks = field(default_factory=Lacks)
    """What is not in it, since read models lack entries."""
    gaps: tuple[str, ...] = field(default=())
    """What is missing: figures without a value, claims that do not hold, sections not written."""

    @property
    def year(self) -> int:
        """The year reported on."""
        return self.moment.start.year

    def sections(self) -> Iterator[Section]:
        """All sections in order, the opening first."""
        yield self.opening
        for part in self.parts:
            yield from part.sections


async def build(connection: asyncpg.Connection, moment: Moment, *, details: bool = False) -> Report:
    """The report at a moment, in one snapshot; `details` names the conditions that fail.

    Conditions may name single cases or registrations: what may leave the office goes without.
    Raises Unanswerable for a part of a year that is not its beginning.
    """
    async with snapshot(connection):
        known = await definitions.at(connection, moment)
        wanted, claims = list(known.figures.values()), list(known.statements.values())
        valued = await evaluate.figures(connection, moment, wanted)
        answered = await evaluate.statements(connection, moment, claims)
        figures = {value.figure.id: value for value in valued}
        statements = {value.statement.id: value for value in answered}
        waits = await aside.at(connection, moment)
        return await compose(connection, moment, figures, statements, waits, details=details)


async def compose(
    connection: asyncpg.Connection,
    moment: Moment,
    figures: Mapping[str, FigureValue],
    statements: Mapping[str, StatementValue],
    waits: Aside,
    *,
    details: bool,
) -> Report:
    """The report from values worked out already; see `build`."""
    if (moment.start.month, moment.start.day) != (1, 1):
        raise Unanswerable(f"年度报告从一月说起，期间写作 {moment.start.year}")
    async with snapshot(connection):
        ledger = await store.find_ledger(connection, moment.ledger)
        if ledger is None:
            raise store.LedgerMissing(moment.ledger)
        then = await answerable(connection, moment, publication.READS)
        prose = await publication.sections(connection, then.moment)
        publications = await publication.published(connection, moment.ledger)
        recorded = await recorded_to(connection, moment)
        bureau = await adopted.at(connection, moment.ledger, moment.at)
    lacking = [then.lacks, *(value.lacks for value in figures.values())]
    lacking += [value.lacks for value in statements.values()]
    writer = _Writer(
        moment=moment,
        figures=figures,
        statements=statements,
        waits=waits,
        prose=prose,
        lacks=Lacks.of(lacking),
        issued=next((item for item in publications if item.moment == moment), None),
        notice=_notice(moment, publications, ahead(moment, recorded)),
        sample=ledger.sample,
        bureau=bureau,
        details=details,
    )
    return writer.report()


def bureau_of(division: str) -> str:
    """The bureau's name; a division not in the table goes by its code."""
    return f"{DIVISIONS.get(division, division)}民政局"


def _notice(moment: Moment, publications: Sequence[Publication], ahead: str) -> str:
    """What says that a text is not the published report; empty where it is."""
    if any(item.moment == moment for item in publications):
        return ""
    said = f"这不是发布的报告，是由账本生成的文本：业务截止 {moment.end}，所知至位置 {moment.at}"
    issued = publication.of_year(publications, moment.start.year)
    if issued is None:
        said += "；该年度的报告尚未发布"
    else:
        said += f"；发布的报告所知至位置 {issued.moment.at}"
    return f"{said}；{ahead}" if ahead else said


@dataclass
class _Writer:
    """Puts the sentences and the values together."""

    moment: Moment
    figures: Mapping[str, FigureValue]
    statements: Mapping[str, StatementValue]
    waits: Aside
    prose: Mapping[str, str]
    lacks: Lacks
    issued: Publication | None
    """The publication that speaks of the moment, where one does."""
    notice: str
    sample: bool
    bureau: Bureau
    details: bool
    gaps: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        """What leads from the report to a figure's page at the same moment.

        A published report never changes: its links name the position, whatever is published later.
        """
        year, end = self.moment.start.year, self.moment.end
        asof = "" if self.issued else f"&asof={end}"
        return f"?period={year}{asof}&at={self.moment.at}"

    def report(self) -> Report:
        bureau, issued = bureau_of(self.moment.ledger), self.issued
        mark = "" if issued else NOT_PUBLISHED
        opening = self._section(OPENING, "")
        parts = []
        for number, plan in enumerate(PARTS):
            single = len(plan.sections) == 1
            parts.append(
                Part(
                    f"{_NUMERALS[number]}、{plan.heading}",
                    tuple(
                        self._section(
                            section, "" if single else f"（{_NUMERALS[n]}）{section.heading}"
                        )
                        for n, section in enumerate(plan.sections)
                    ),
                )
            )
        return Report(
            title=f"{bureau}{self.moment.start.year}年法治政府建设年度报告{mark}",
            bureau=bureau,
            moment=self.moment,
            sample=self.sample,
            signed=self._time("F64"),
            published=self._time("F63") if issued is None else written(issued.published_at),
            opening=opening,
            parts=tuple(parts),
            aside=self.waits,
            notice=self.notice,
            internal=self.details,
            lacks=self.lacks,
            gaps=tuple(dict.fromkeys(self.gaps)),
        )

    def _time(self, figure_id: str) -> str:
        value = self.figures.get(figure_id)
        return UNKNOWN if value is None else written(value.value)

    def _section(self, plan: SectionText, heading: str) -> Section:
        paragraphs: list[Paragraph] = []
        text = self.prose.get(plan.code)
        if text is None:
            self.gaps.append(plan.code)
            paragraphs.append(Paragraph((Gap(UNWRITTEN),), "staff"))
        else:
            paragraphs += [
                Paragraph(tuple(self._runs(line, _IN_PROSE)), "staff")
                for line in map(str.strip, text.splitlines())
                if line
            ]
        paragraphs += [
            Paragraph(tuple(self._runs(text, _REFERENCE)), "ledger") for text in plan.paragraphs
        ]
        return Section(plan.code, heading, tuple(paragraphs))

    def _runs(self, text: str, references: re.Pattern[str]) -> Iterator[Run]:
        done = 0
        for match in references.finditer(text):
            if match.start() > done:
                yield Text(text[done : match.start()])
            yield self._reference(match[1], match[2], match[3])
            done = match.end()
        if done < len(text):
            yield Text(text[done:])

    def _reference(self, name: str, mark: str | None, words: str | None) -> Run:
        if name == "asof":
            return Text(written_asof(self.moment.end))
        if name == "span":
            return Text(written_span(self.moment.start, self.moment.end))
        if name.startswith("S"):
            return self._claim(name, words or "")
        return self._figure(name, mark, words or "")

    def _figure(self, figure_id: str, mark: str | None, words: str) -> Run:
        value = self.figures.get(figure_id)
        if mark == ":" and words == "name":
            return Text(value.figure.name if value is not None else "")
        if value is None or value.value is None:
            self.gaps.append(figure_id)
            return Gap(UNKNOWN)
        if mark == "?":
            text = words.split("|")[0 if value.value is True else 1]
        else:
            text = written(value.value, "" if words == "number" else value.figure.unit)
        return FigureRef(
            id=figure_id,
            name=value.figure.name,
            text=text,
            href=f"/figures/{figure_id}{self.query}",
            unit=value.figure.unit,
            value=value.value,
            exact=value.exact,
            beside="" if words in ("number", "alone") else value.beside or "",
            invented=self.sample
            and published.invented(self.bureau, figure_id, self.moment.start.year, self.figures),
        )

    def _claim(self, statement_id: str, words: str) -> Run:
        value = self.statements.get(statement_id)
        if value is None:
            self.gaps.append(statement_id)
            return Gap(UNKNOWN)
        text = words
        if value.holds is None:
            text = f"〔{value.statement.name}：{evaluate.NOTHING}〕"
        elif not value.holds:
            self.gaps.append(statement_id)
            text = f"〔{value.statement.name}：未能证实，{missing(value, details=self.details)}〕"
        return StatementRef(
            statement_id,
            value.statement.name,
            text,
            f"/statements/{statement_id}{self.query}",
            value.holds,
        )


def missing(value: StatementValue, *, details: bool) -> str:
    """Why a statement does not hold."""
    if not value.conditions:
        return evaluate.NOTHING
    broken = [what for ok, what, _ in value.conditions if not ok]
    said = f"{len(value.conditions)}项条件中{len(broken)}项不成立"
    if details:
        listed = _listed(broken)
        return f"{said}：{listed}"
    return f"{said}；应有：{value.statement.holds_when}"


def _listed(broken: Sequence[str], limit: int = 3) -> str:
    more = f"等{len(broken)}项" if len(broken) > limit else ""
    return "、".join(broken[:limit]) + more
