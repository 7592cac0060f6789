"""Reading a plan: what its text names is looked up, and all that is wrong is noted by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from domain.bureau.reading.tables import Document, Table, decoded, listed, shown
from domain.bureau.reading.wrong import Wrong
from reports import formula
from reports.measure import Figure, Measure, Parameter, Slice, Statement
from reports.plans import syntax
from reports.plans.phrases import Phrases
from reports.plans.plan import (
    Audience,
    Block,
    FigurePlan,
    Heading,
    Kind,
    Node,
    Paragraph,
    PeriodKind,
    Plan,
    Quantity,
)
from reports.plans.quantities import (
    Known,
    Where,
    cut_of,
    missing,
    parsed,
    shape_of,
    sliced,
    where_of,
)
from reports.plans.tables import TableReader
from reports.plans.values import base, decimal, rounded

KINDS: tuple[Kind, ...] = ("annual", "bulletin", "return")
PERIODS: tuple[PeriodKind, ...] = ("year", "half-year", "quarter", "month", "ytd")
AUDIENCES: tuple[Audience, ...] = ("public", "internal")
NAME = re.compile(r"[a-z][a-z0-9-]*")
"""Of a plan: its file without .md."""


def read(known: Known, file: str, files: Mapping[str, bytes], wrong: list[Wrong]) -> Plan:
    """The plan of a file of a folder; what is wrong is added to `wrong`, and left out of it."""
    return _Reading(known, file, files, wrong).plan()


class _Reading:
    """One plan on its way from text to what it means."""

    def __init__(
        self, known: Known, file: str, files: Mapping[str, bytes], wrong: list[Wrong]
    ) -> None:
        self.known, self.file, self.wrong = known, file, wrong
        self.written = syntax.read(decoded(file, files[file], wrong))
        wrong.extend(Wrong(file, m.line, m.what, m.expected) for m in self.written.mistakes)
        before = len(wrong)
        self.head = self._document(self.written.head, 2).top
        self.heads = [self.head]
        for beside in self._beside(files):
            self.heads.append(Document(beside, files[beside], wrong).top)
        self.readable = len(wrong) == before and self.written.begins
        self.figures: dict[str, FigurePlan] = {}
        self.broken: set[str] = set()
        """Ids of what is defined, and wrong: what names it is not wrong, too."""
        self.statements: dict[str, Statement] = {}

    def _document(self, toml: str, line: int) -> Document:
        """TOML that begins in a line of the file."""
        wrong = _From(self.wrong, line - 1)
        return Document(self.file, ("\n" * (line - 1) + toml).encode(), wrong)

    def _beside(self, files: Mapping[str, bytes]) -> Iterator[str]:
        """The files that define figures and statements, too: its own, and that of another plan."""
        own = self.file.removesuffix(".md") + ".toml"
        if own in files:
            yield own
        if used := self.head.text("uses", needed=False):
            other = f"{self.file.rpartition('/')[0]}/{used}.toml"
            if other in files:
                yield other
            else:
                self.head.note("uses", f"uses = {shown(used)}", f"a plan with a file {other}")

    def _tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables of all heads under a key, by name; each name once."""
        seen: set[str] = set()
        for head in self.heads:
            held = head.table(key) if key in head else None
            if held is None:
                head.raw(key)
                continue
            for name in tuple(held.keys()):
                inside = held.table(name)
                if inside is None:
                    continue
                if not formula.NAME.fullmatch(name):
                    held.note(name, f"{name!r} is no id", "a letter, then letters, digits and _")
                elif name in seen:
                    held.note(name, f"{name!r} is defined twice")
                else:
                    seen.add(name)
                    self.broken.add(name)
                    yield name, inside

    def plan(self) -> Plan:
        """The plan, as far as it is right."""
        if not self.readable:
            return Plan("", self.file, (), "return", (), "internal", (), ())
        self._figures()
        self._statements()
        head, phrases = self.head, Phrases(self.known, self.figures, self.statements, self.broken)
        kind = head.one_of("kind", KINDS) or "bulletin"
        made = Plan(
            name=self.file.rpartition("/")[2].removesuffix(".md"),
            file=self.file,
            title=self._line(head, "title", phrases),
            kind=kind,
            periods=self._periods(),
            audience=head.one_of("audience", AUDIENCES) or "internal",
            signed=self._line(head, "signed", phrases, "{bureau}"),
            dated=self._line(head, "dated", phrases, ""),
            figures=self.figures,
            statements=self.statements,
            blocks=tuple(self._blocks(phrases)),
        )
        for each in self.heads:
            each.end()
        return made

    def _periods(self) -> tuple[PeriodKind, ...]:
        given = self.head.texts("periods", needed=True)
        for word in given:
            if word not in PERIODS:
                self.head.note("periods", f"periods holds {shown(word)}", f"of {listed(PERIODS)}")
        return tuple(kind for word in given for kind in PERIODS if kind == word)

    def _line(
        self, head: Table, key: str, phrases: Phrases, default: str | None = None
    ) -> tuple[Node, ...]:
        text = head.text(key, needed=default is None) or default or ""
        try:
            nodes = syntax.nodes(text)
        except syntax.Misspelt as error:
            head.note(key, error.what, error.expected)
            return ()
        return phrases.nodes(nodes, lambda _, what, expected: head.note(key, what, expected))

    def _figures(self) -> None:
        formulas: list[tuple[str, Table]] = []
        for name, table in self._tables("figures"):
            if "formula" in table:
                formulas.append((name, table))
            else:
                self._figure(name, table, self._counted(table))
        waiting = formulas
        while waiting:
            ready = [item for item in waiting if not self._waits(item[1], waiting)]
            for name, table in ready or waiting:
                if not ready:
                    table.note("formula", f"{name!r} is made of itself", "other figures")
                self._figure(name, table, self._worked_out(table))
            waiting = [item for item in waiting if item not in ready] if ready else []

    @staticmethod
    def _waits(table: Table, waiting: Sequence[tuple[str, Table]]) -> bool:
        """Whether a formula names another one that is not worked out yet."""
        try:
            names = formula.formula(str(table.raw("formula"))).names
        except formula.Malformed:
            return False
        return any(name in names for name, _ in waiting)

    def _counted(self, table: Table) -> Quantity | None:
        shape, where = shape_of(table), where_of(table)
        name = table.text("measure")
        return sliced(self.known, table.note, name, where, shape) if name else None

    def _worked_out(self, table: Table) -> Quantity | None:
        shape = shape_of(table)
        made = parsed(table.note, "formula", table.text("formula"))
        if made is None or missing(table.note, "formula", made.names, self.figures, self.broken):
            return None
        parts = tuple(self.figures[name].quantity for name in made.names)
        return replace(shape, formula=made, parts=parts)

    def _figure(self, name: str, table: Table, quantity: Quantity | None) -> None:
        title = table.text("name", needed=False) or name
        group = table.text("group", needed=False) or "其他"
        front = (table.number("front") if "front" in table else table.raw("front")) or 0
        definition = table.text("definition", needed=False)
        reading = table.text("reading", needed=False)
        phrases = Phrases(self.known, self.figures, {})
        beside = self._line(table, "beside", phrases, "")
        table.end()
        if quantity is None:
            return
        quantity = replace(quantity, name=title)
        figure = None
        if (part := _slice_of(quantity, self.known)) is not None:
            measure = part.measure
            figure = Figure(
                id=name,
                name=title,
                slice=part,
                unit=quantity.unit or measure.unit,
                definition=definition or _defined(part),
                reading=reading or measure.reading,
                group=group,
                front=front,
            )
        self.broken.discard(name)
        self.figures[name] = FigurePlan(name, title, quantity, figure, beside)

    def _statements(self) -> None:
        for name, table in self._tables("statements"):
            if name in self.figures:
                table.note(None, f"{name!r} is a figure already")
            check = self.known.checks.get(table.text("check"))
            if check is None:
                there = listed(self.known.checks)
                table.note("check", f"check = {shown(table.raw('check'))}", f"one of {there}")
            title = table.text("name", needed=False) or name
            said = table.text("holds_when", needed=False)
            held = table.table("with") if "with" in table else None
            table.raw("with")
            table.end()
            if check is None:
                continue
            given = self._parameters(table, held, check.parameters)
            if given is None:
                continue
            wanted = check.uses(given) if check.uses is not None else ()
            figures = [self.figures[i].figure for i in wanted if i in self.figures]
            words = {key: _words(value) for key, value in given.items()}
            self.broken.discard(name)
            self.statements[name] = Statement(
                id=name,
                name=title,
                check=check,
                bureau=self.known.bureau,
                holds_when=said or check.holds_when.format_map(words),
                parameters=given,
                figures=tuple(figure for figure in figures if figure is not None),
            )

    def _parameters(
        self, table: Table, held: Table | None, wanted: Mapping[str, Parameter]
    ) -> dict[str, Any] | None:
        """What a check is given; None where something of it is wrong."""
        if held is None:
            if wanted:
                table.note(None, "with is missing", f"with = {{{', '.join(wanted)}}}")
            return None if wanted else {}
        before = len(self.wrong)
        given = {key: self._parameter(held, key, kind) for key, kind in wanted.items()}
        held.end()
        return given if len(self.wrong) == before else None

    def _parameter(self, held: Table, key: str, kind: Parameter) -> Any:
        if kind == "number":
            return held.number(key)
        if kind == "text":
            return held.text(key)
        if kind == "texts":
            return held.texts(key, needed=True)
        if kind == "cut":
            return self._cuts(held, key)
        texts = held.texts(key, needed=True)
        for text in texts:
            try:
                names = formula.relation(text).names
            except formula.Malformed as error:
                held.note(key, str(error), "F28 = F29 + F30")
                continue
            missing(held.note, key, names, self.figures, self.broken)
        return texts

    @staticmethod
    def _cuts(held: Table, key: str) -> tuple[Where, ...]:
        """One cut or several, each as dimension → values; the check says of what."""
        many = isinstance(held.raw(key), list)
        texts = held.texts(key, needed=True) if many else (held.text(key),)
        return tuple(cut_of(text, partial(held.note, key)) for text in texts)

    def _blocks(self, phrases: Phrases) -> Iterator[Block]:
        tables = TableReader(self.known, self.figures, phrases)
        sections: set[str] = set()
        for block in self.written.blocks:
            if isinstance(block, syntax.TableText):
                before = len(self.wrong)
                document = self._document(block.toml, block.line)
                if len(self.wrong) == before:
                    yield tables.read(document.top)
                continue
            nodes = phrases.nodes(block.nodes, self._note)
            if isinstance(block, syntax.Paragraph):
                yield Paragraph(nodes)
                continue
            if block.section in sections:
                self._note(block.line, f"section {block.section!r} stands twice", "")
            if block.section is not None:
                sections.add(block.section)
            yield Heading(block.level, nodes, block.section, block.optional)

    def _note(self, line: int, what: str, expected: str) -> None:
        self.wrong.append(Wrong(self.file, line, what, expected))


class _From(list[Wrong]):
    """Takes what is wrong with a part of a file, from a line on."""

    def __init__(self, wrong: list[Wrong], first: int) -> None:
        super().__init__()
        self.wrong, self.first = wrong, first

    def append(self, item: Wrong) -> None:
        """What is missing in the part is said of its first line."""
        self.wrong.append(item._replace(line=max(item.line, self.first)))


def _slice_of(quantity: Quantity, known: Known) -> Slice | None:
    """A quantity as all of the program knows it; None where it is only this plan's."""
    if quantity.shift or quantity.show:
        return None
    if quantity.slice is not None:
        return quantity.slice
    parts = tuple(_slice_of(part, known) for part in quantity.parts)
    made = quantity.formula
    if made is None or not parts or not all(parts):
        return None
    measure = Measure(
        name=quantity.name,
        unit=quantity.unit,
        kind="derived",
        definition=made.text,
        cells="whole",
        derive=lambda exacts: decimal(
            made.work(
                {
                    name: base(exacts[name], money=part.is_money)
                    for name, part in zip(made.names, quantity.parts, strict=True)
                }
            )
        ),
        shown=lambda exact: rounded(base(exact), quantity.digits, quantity.rounding),
        uses=made.names,
    )
    return Slice(measure, known.bureau, {}, tuple(part for part in parts if part is not None))


def _defined(part: Slice) -> str:
    """The definition of a measure, with its cut."""
    definition = part.measure.definition
    return f"{definition}（{part.words}）" if part.cut else definition


def _words(value: Any) -> str:
    """A parameter as a sentence has it."""
    if isinstance(value, tuple):
        return "、".join(map(_words, value))
    if isinstance(value, Mapping):
        return "，".join(f"{key}为{'、'.join(each)}" for key, each in value.items())
    return str(value)
