"""Putting a document together: the plan's text, the ledger's numbers, and what staff wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from ledger import store
from projections.snapshot import known_at, snapshot
from reports import aside, evaluate, publication, published
from reports.aside import Aside
from reports.cells.cell import Release
from reports.document import (
    Document,
    FigureRef,
    Gap,
    Paragraph,
    Run,
    Section,
    StatementRef,
    Table,
    Text,
)
from reports.evaluate import FigureValue, StatementValue
from reports.lacks import Lacks, answerable
from reports.measure import Slice, Value
from reports.moment import Moment, Unanswerable, ahead, recorded_to
from reports.plans import filling, layout, spans
from reports.plans.plan import (
    Choice,
    Claim,
    Form,
    Heading,
    Names,
    Node,
    Number,
    Period,
    Plan,
)
from reports.plans.plan import Paragraph as Sentences
from reports.plans.values import Numbers, as_change
from reports.plans.wanted import IN_PROSE, Wanted, key_of
from reports.plans.wording import NOT_PUBLISHED, NOTHING, WITHHELD, missing, notice
from reports.publication import Publication
from reports.shown import UNKNOWN, UNWRITTEN
from reports.table import all_parameters

MOST_NAMES = 30


class Given(NamedTuple):
    """What was worked out already for the moment of a document."""

    figures: Mapping[str, FigureValue]
    statements: Mapping[str, StatementValue]
    waits: Aside


async def build(
    connection: asyncpg.Connection,
    plan: Plan,
    bureau: Bureau,
    moment: Moment,
    *,
    details: bool = False,
    given: Given | None = None,
    earlier: Sequence[Release] | None = None,
    numbers: Numbers | None = None,
) -> Document:
    """What a plan says at a moment, in one snapshot; `details` names the conditions that fail.

    With `earlier`, the public releases before it, small cells are merged; without, it is whole.
    `numbers` may ask for more than the document says.

    Conditions may name single cases or registrations: what may leave the office goes without.
    Raises Unanswerable for a period that the plan is not made for.
    """
    if not spans.fits((moment.start, moment.end), plan.periods):
        kinds = "、".join(spans.NAMES[kind] for kind in plan.periods)
        raise Unanswerable(f"方案 {plan.name} 的期间为{kinds}")
    numbers = numbers or Numbers.of(moment, bureau)
    async with snapshot(connection):
        ledger = await store.find_ledger(connection, moment.ledger)
        if ledger is None:
            raise store.LedgerMissing(moment.ledger)
        then = await answerable(connection, moment, publication.READS)
        prose: dict[str, str] = {}
        issued: list[Publication] = []
        if plan.kind == "annual":
            prose = await publication.sections(connection, then.moment)
            issued = await publication.published(connection, moment.ledger)
        recorded = await recorded_to(connection, moment.ledger, moment.at)
        wanted = Wanted(plan, numbers)
        wanted.all(prose)
        if given is not None:
            numbers.take(given.figures.values())
        await numbers.work_out(connection, moment, merging=earlier is not None)
        if given is None:
            given = await _given(connection, moment, plan, wanted)
        told = () if earlier is None else await numbers.merge(connection, moment, earlier)
        writer = _Writer(
            plan=plan,
            bureau=bureau,
            moment=moment,
            wanted=wanted,
            numbers=numbers,
            given=given,
            names={
                key: await _names(connection, moment, part) for key, part in wanted.names.items()
            },
            prose=prose,
            lacks=Lacks.of(
                [then.lacks, numbers.lacks, *(value.lacks for value in given.statements.values())]
            ),
            notice=notice(plan, moment, issued, ahead(moment, recorded)),
            sample=ledger.sample,
            details=details,
        )
    return replace(writer.document(), merged=numbers.pattern or (), told=told)


async def _names(connection: asyncpg.Connection, moment: Moment, part: Slice) -> tuple[str, ...]:
    """What is behind a measure, each once, in the order of the ledger."""
    sql = f"SELECT what FROM ({known_at(part.rows)}) AS rows GROUP BY what ORDER BY min(position)"
    rows = await connection.fetch(all_parameters(sql), *moment.parameters)
    return tuple(str(row[0]) for row in rows if row[0] is not None)


async def _given(
    connection: asyncpg.Connection, moment: Moment, plan: Plan, wanted: Wanted
) -> Given:
    """The statements, and of figures those whose measure has to say something beside them."""
    claims = [plan.statements[item] for item in wanted.claims]
    statements = await evaluate.statements(connection, moment, claims)
    figures = [plan.figures[i].figure for i in wanted.figures if not plan.figures[i].beside]
    told = [item for item in figures if item is not None and item.measure.beside]
    values = await evaluate.figures(connection, moment, told) if told else []
    return Given(
        {value.figure.id: value for value in values},
        {value.statement.id: value for value in statements},
        await aside.at(connection, moment),
    )


@dataclass
class _Writer:
    """Puts the sentences and the values together."""

    plan: Plan
    bureau: Bureau
    moment: Moment
    wanted: Wanted
    numbers: Numbers
    given: Given
    names: Mapping[str, tuple[str, ...]]
    prose: Mapping[str, str]
    lacks: Lacks
    notice: str
    sample: bool
    details: bool
    gaps: list[str] = field(default_factory=list)

    @property
    def span(self) -> spans.Span:
        return self.moment.start, self.moment.end

    @property
    def query(self) -> str:
        """What leads from the document to a figure's page at the same moment."""
        year, end = self.moment.start.year, self.moment.end
        return f"?period={year}&asof={end}&at={self.moment.at}"

    def document(self) -> Document:
        mark = "" if self.plan.audience == "internal" else NOT_PUBLISHED
        sections = tuple(self._sections())
        return Document(
            plan=self.plan.name,
            kind=self.plan.kind,
            audience=self.plan.audience,
            title=f"{self._words(self.plan.title)}{mark}",
            moment=self.moment,
            sample=self.sample,
            signed=self._words(self.plan.signed),
            dated=self._words(self.plan.dated),
            published="",
            sections=sections,
            aside=self.given.waits,
            notice=self.notice,
            internal=self.details or self.plan.audience == "internal",
            lacks=self.lacks,
            site=self.bureau.site.url,
            gaps=tuple(dict.fromkeys(self.gaps)),
        )

    def _words(self, nodes: Sequence[Node]) -> str:
        """As plain text."""
        return "".join(run.text for run in self._runs(nodes))

    def _sections(self) -> Iterator[Section]:
        if self.plan.form is not None:
            yield from filling.sections(self.numbers, self.plan.form, self.bureau)
        level, heading, code = 0, "", ""
        blocks: list[Paragraph | Table] = []
        for block in self.plan.blocks:
            if isinstance(block, Heading):
                if level or blocks:
                    yield Section(level, heading, tuple(blocks), code)
                level, heading, code = block.level, self._words(block.nodes), block.section or ""
                blocks = list(self._staff(block))
            elif isinstance(block, Sentences):
                runs = tuple(self._runs(block.nodes))
                if any(run.text for run in runs):
                    blocks.append(Paragraph(runs, "ledger"))
            else:
                note = self._words(block.note)
                blocks.append(layout.lay_out(self.numbers, block, self.bureau, note))
        if level or blocks:
            yield Section(level, heading, tuple(blocks), code)

    def _staff(self, heading: Heading) -> Iterator[Paragraph]:
        """What staff wrote under a heading; a gap where they did not and should have."""
        if heading.section is None:
            return
        text = self.prose.get(heading.section)
        if text is None:
            if not heading.optional:
                self.gaps.append(heading.section)
                yield Paragraph((Gap(UNWRITTEN),), "staff")
            return
        for line in map(str.strip, text.splitlines()):
            if line:
                yield Paragraph(tuple(self._prose(line)), "staff")

    def _prose(self, line: str) -> Iterator[Run]:
        done = 0
        for match in IN_PROSE.finditer(line):
            figure = self.plan.figures.get(match[1])
            if figure is None:
                continue
            if match.start() > done:
                yield Text(line[done : match.start()])
            if match[2] == "name":
                yield Text(figure.name)
            else:
                form: Form = "number" if match[2] == "number" else ""
                yield self._number(Number(figure.quantity, figure.id, form, figure.beside))
            done = match.end()
        if done < len(line):
            yield Text(line[done:])

    def _runs(self, nodes: Sequence[Node]) -> Iterator[Run]:
        for node in nodes:
            if isinstance(node, str):
                yield Text(node)
            elif isinstance(node, Period):
                yield Text(spans.said(node.word, spans.shifted(self.span, node.shift)))
            elif isinstance(node, Number):
                yield self._number(node)
            elif isinstance(node, Claim):
                yield from self._claim(node)
            elif isinstance(node, Choice):
                yield from self._choice(node)
            else:
                yield self._listed(node)

    def _listed(self, node: Names) -> Run:
        names = self.names[key_of(node.quantity)]
        if not names:
            self.gaps.append(node.quantity.name)
            return Gap(UNKNOWN)
        more = f"等{len(names)}项" if len(names) > MOST_NAMES else ""
        return Text("、".join(names[:MOST_NAMES]) + more)

    def _number(self, node: Number) -> Run:
        quantity = node.quantity
        answer = self.numbers.answer(quantity)
        name = node.id or quantity.name
        if answer.value is None and self.numbers.hides(quantity):
            return Gap(WITHHELD)
        if answer.value is None:
            self.gaps.append(name)
            return Gap(UNKNOWN)
        text = as_change(answer, quantity.show) if quantity.show else answer.text
        if node.form == "number":
            text = text.removesuffix(answer.unit)
        own = bool(node.id) and quantity == self.plan.figures[node.id].quantity
        return FigureRef(
            id=node.id if own else "",
            name=quantity.name if own else quantity.called,
            text=text,
            href=self._href("figures", node.id) if own else "",
            unit=answer.unit,
            value=answer.value,
            exact=answer.exact,
            beside="" if node.form or not own else self._beside(node),
            invented=own and self._invented(node.id),
        )

    def _beside(self, node: Number) -> str:
        if node.beside:
            return self._words(node.beside)
        value = self.given.figures.get(node.id)
        return "" if value is None else value.beside or ""

    def _invented(self, item: str) -> bool:
        """Whether a value of a sample is in no report; where there is none, that is said once."""
        if not self.sample or self.plan.kind != "annual":
            return False
        return published.invented(self.bureau, item, self.moment.start.year, self.values)

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Of the figures that the document has."""
        figures = ((item, self.plan.figures[item].quantity) for item in self.wanted.figures)
        return {item: self.numbers.answer(quantity).value for item, quantity in figures}

    def _href(self, page: str, item: str) -> str:
        """Only the figures of the annual report have pages of their own."""
        return f"/{page}/{item}{self.query}" if self.plan.kind == "annual" else ""

    def _choice(self, node: Choice) -> Iterator[Run]:
        exact = self.numbers.exact(replace(node.quantity, show="", against=()))
        number = self.numbers.number(node.quantity)
        if number is None and not isinstance(exact, bool):
            self.gaps.append(node.id or node.quantity.name)
            yield Gap(UNKNOWN)
            return
        yes = exact if isinstance(exact, bool) else number is not None and number > 0
        words = node.yes if yes else node.no
        if not node.id or not all(isinstance(word, str) for word in words):
            yield from self._runs(words)
            return
        answer = self.numbers.answer(node.quantity)
        yield FigureRef(
            id=node.id,
            name=node.quantity.name,
            text=self._words(words),
            href=self._href("figures", node.id),
            unit=answer.unit,
            value=answer.value,
            exact=answer.exact,
            invented=self._invented(node.id),
        )

    def _claim(self, node: Claim) -> Iterator[Run]:
        """The words of a claim; figures in them are figures."""
        value = self.given.statements[node.id]
        name = value.statement.name
        words: Sequence[Node] = node.words
        if value.holds is None:
            words = (NOTHING.format(name),) if node.nothing is None else node.nothing
        elif not value.holds:
            self.gaps.append(node.id)
            words = (f"〔{name}：未能证实，{missing(value, details=self.details)}〕",)
        href = self._href("statements", node.id)
        for word in words:
            if isinstance(word, str):
                yield StatementRef(node.id, name, word, href, value.holds)
            else:
                yield from self._runs((word,))
