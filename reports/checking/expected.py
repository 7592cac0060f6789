"""What a document of ours must say: its lines sign by sign, each number with what it is.

Beside the lines there is a frame: banners, notices, headings of columns, what stands at the foot.
Each form has its own part of it, so it may be there or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infra.visible import visible
from reports import manifest
from reports.aside import MEANING
from reports.checking.tokens import Token, signs, tokens
from reports.document import (
    NOT_PUBLISHED,
    WITHIN,
    Cell,
    Document,
    FigureRef,
    Paragraph,
    StatementRef,
    Table,
)
from reports.manifest import Marked
from reports.shown import INTERNAL, INVENTED, SAMPLE_BANNER, written

CELL = "\t"
_HEADS = ("编号", "名称", "数值", "单位", "备注", "注")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: its text, its tokens, and of each token what number or claim it is of.

    `by_staff` where staff wrote it.
    """

    text: str
    section: str
    tokens: tuple[Token, ...]
    of: tuple[Marked | None, ...]
    by_staff: bool = False


@dataclass(frozen=True)
class Expected:
    """The lines of a document, and the frame around them."""

    document: Document
    lines: Sequence[Line]
    frame: Mapping[tuple[Token, ...], str]
    """Pieces of it as they are compared → as they are printed, the longest first."""
    marks: Sequence[Marked] = field(default_factory=tuple)

    def named(self) -> Mapping[tuple[str, ...], Marked]:
        """What each number and claim is of → as it is printed: the same in every edition."""
        found: dict[tuple[str, ...], Marked] = {}
        times: Counter[tuple[str, ...]] = Counter()
        for each in self.marks:
            name = called(each)
            times[name] += 1
            found[*name, str(times[name])] = each
        return found


def called(each: Marked) -> tuple[str, ...]:
    """What a number is of: its figure, or in a table its row and column."""
    if isinstance(each.said, Cell):
        return ("cell", each.section, each.before, each.after)
    kind = "claim" if isinstance(each.said, StatementRef) else "figure"
    return (kind, each.said.id or each.said.name)


def label(each: Marked) -> str:
    """What people call it: F16 发放低保金额; 低保，发放金额."""
    if isinstance(each.said, Cell):
        return "，".join(part for part in (each.before, each.after) if part)
    return f"{each.said.id} {each.said.name}".strip()


def of(document: Document, form: str = "") -> Expected:
    """What a file of this form must say of a document."""
    marks = tuple(manifest.marked(document))
    written = _Lines(document, iter(marks))
    # The workbook of a statistics return is its form, words and all.
    listed = form == "xlsx" and document.kind != "return"
    lines = [*(written.workbook() if listed else written.all())]
    said = {signs(line.tokens) for line in lines}
    frame = {made: text for text in _frame(document) if signs(made := tuple(tokens(text)))}
    around = sorted((each for each in frame if signs(each) not in said), key=len, reverse=True)
    return Expected(document, lines, {piece: frame[piece] for piece in around}, marks)


class _Lines:
    """Writes lines down, and which tokens are of which number."""

    def __init__(self, document: Document, marks: Iterator[Marked]) -> None:
        self.document, self.marks = document, marks
        self.count = 0

    def all(self) -> Iterator[Line]:
        """As every form but a workbook has them."""
        document = self.document
        yield self.line([(document.title, None)], "")
        for section in document.printed:
            if section.heading:
                yield self.line([(section.heading, None)], section.heading)
            for block in section.blocks:
                if isinstance(block, Table):
                    yield from self.table(block, section.heading)
                else:
                    yield self.paragraph(block, section.heading)
        for text in (document.signed, document.dated):
            if text:
                yield self.line([(text, None)], "落款")

    def workbook(self) -> Iterator[Line]:
        """Its tables, and what stands in its sentences as a list, each once."""
        listed: dict[tuple[str, ...], Line] = {}
        for section in self.document.printed:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield from self.table(block, section.heading)
                    continue
                for run in block.runs:
                    if not isinstance(run, FigureRef | StatementRef):
                        continue
                    mark, key = next(self.marks), (run.id, run.name, _once(run))
                    if key not in listed:
                        listed[key] = self.listed(run, mark, section.heading)
        yield from listed.values()

    def listed(self, run: FigureRef | StatementRef, mark: Marked, section: str) -> Line:
        """A row of the list of a workbook."""
        cells: tuple[tuple[str, Marked | None], ...]
        if isinstance(run, StatementRef):
            cells = ((run.id, None), (run.name, None), (_answer(run), None), (run.text, mark))
        else:
            number, unit = (written(run.value), mark), (run.unit, mark)
            cells = ((run.id, None), (run.name, None), number, unit, (run.beside, mark))
        return self.line([part for cell in cells for part in (cell, (CELL, None))], section)

    def paragraph(self, paragraph: Paragraph, section: str) -> Line:
        parts: list[tuple[str, Marked | None]] = []
        for run in paragraph.runs:
            of_it = next(self.marks) if isinstance(run, FigureRef | StatementRef) else None
            parts.append((run.text, of_it))
            if isinstance(run, FigureRef) and run.beside:
                parts += [("（", None), (run.beside, of_it), ("）", None)]
        return self.line(parts, section, by_staff=paragraph.by == "staff")

    def table(self, table: Table, section: str) -> Iterator[Line]:
        if table.title:
            yield self.line([(table.title, None)], section)
        for row in table.rows:
            parts: list[tuple[str, Marked | None]] = [(row.heading, None)]
            if table.by_row:
                parts += [(CELL, None), (row.unit, None)]
            for cell in row.cells:
                parts += [(CELL, None), (cell.text, next(self.marks))]
            yield self.line(parts, section)
        if table.note:
            yield self.line([(table.note, None)], section)

    def line(
        self,
        parts: Sequence[tuple[str, Marked | None]],
        section: str,
        *,
        by_staff: bool = False,
    ) -> Line:
        owners: list[Marked | None] = []
        pieces = []
        for said, of_it in parts:
            text = visible(said) if said != CELL else said
            pieces.append(text)
            owners += [of_it] * len(text)
        text = "".join(pieces)
        found = tuple(tokens(text, self.count))
        self.count += 1
        return Line(text, section, found, tuple(owners[token.start] for token in found), by_staff)


def _answer(run: StatementRef) -> str:
    """As a workbook says whether a claim holds."""
    if run.holds is None:
        return "不适用"
    return "成立" if run.holds else "未能证实"


def _once(run: FigureRef | StatementRef) -> str:
    return run.text if isinstance(run, FigureRef) else ""


def _frame(document: Document) -> Iterator[str]:
    """All that a renderer may print around the lines."""
    yield document.title
    yield from (NOT_PUBLISHED, WITHIN, SAMPLE_BANNER, INTERNAL, INVENTED, MEANING, "口径说明")
    yield from _HEADS
    yield from (
        *(document.invention, document.notice, document.lacks.text, document.aside.text),
        *(document.aside.footnote, document.runs_to, document.origin, document.site),
        f"发布时间：{document.published}" if document.published else "",
        f"内容校验码{document.content}" if document.content else "",
        *(document.content, document.release, document.signed, document.dated),
    )
    for table in document.tables():
        yield from (table.title, table.corner, f"单位：{table.units}" if table.units else "")
        if document.kind == "return":
            yield CELL.join(table.numbering)
        for column in table.columns:
            yield from (column.heading, column.group, column.unit)
