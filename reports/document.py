"""A document of a report plan, as a tree: renderers turn the same tree into the same bytes.

The tree holds text and references to figures and statements; no number is typed. A value that is
not known prints 〔暂无〕, a section that nobody wrote 〔未填写〕, a claim that does not hold what
is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from reports.aside import Aside
from reports.cells import cell as cells
from reports.cells.cell import Pattern
from reports.lacks import Lacks
from reports.measure import Exact, Value
from reports.moment import Moment
from reports.plans.plan import Audience, Kind
from reports.shown import INVENTED, UNWRITTEN, written_day

NOT_PUBLISHED = "非发布文本"
"""What is no published document says so in its title and across its pages."""
WITHIN = "内部"
CODE = "代码"
"""Heading of the column of an indicator's code, in a statistics return."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class FigureRef:
    """A number in a sentence: a figure, or a measure that has no id (then it leads nowhere).

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
    """A claim in a sentence: the words if it holds, else what is missing.

    `holds` is None where nothing happened to which it applies.
    """

    id: str
    name: str
    text: str
    href: str
    holds: bool | None


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
class Cell:
    """A number in a table, without its unit; `exact` is unrounded (money in 分)."""

    text: str
    value: Value = None
    exact: Exact = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `unit` where rows have one each."""

    heading: str
    cells: tuple[Cell, ...]
    unit: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; neighbours of one group stand under it."""

    heading: str
    group: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns of numbers, and `corner`, the heading of the column of row headings."""

    title: str
    corner: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    units: str = ""
    """As a caption says them: 户、人、万元."""

    @property
    def by_row(self) -> bool:
        """Whether rows have units of their own, which need a column."""
        return any(row.unit for row in self.rows)

    @property
    def numbering(self) -> tuple[str, ...]:
        """How a statistics return numbers its columns: 甲 乙 丙 those of words, then 1 2 3."""
        if not any(column.heading == CODE for column in self.columns):
            return ()
        words = 2 + self.by_row
        return (*"甲乙丙"[:words], *map(str, range(1, len(self.columns))))

    def groups(self) -> list[tuple[str, int]]:
        """Headings above the columns, and over how many each stands."""
        made: list[tuple[str, int]] = []
        for column in self.columns:
            if made and column.group and made[-1][0] == column.group:
                made[-1] = (column.group, made[-1][1] + 1)
            else:
                made.append((column.group, 1))
        return made


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading, up to the next; `code` under which staff write, if they do."""

    level: int
    heading: str
    blocks: tuple[Paragraph | Table, ...]
    code: str = ""

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Its sentences."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def written(self) -> tuple[Paragraph | Table, ...]:
        """What stands in it, but for what somebody should have written and did not."""
        return tuple(
            block
            for block in self.blocks
            if isinstance(block, Table) or block.runs != (Gap(UNWRITTEN),)
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True, slots=True)
class Document:
    """What a plan says for a period, as known at a position."""

    plan: str
    kind: Kind
    audience: Audience
    title: str
    moment: Moment
    sample: bool
    signed: str
    dated: str
    published: str
    """When it was published; empty where it was not."""
    sections: tuple[Section, ...]
    """The first may have no heading (level 0)."""
    aside: Aside
    """What is not in it, since it waits."""
    notice: str = ""
    """Why it is not the published document; empty where it is."""
    internal: bool = False
    """Whether it may name single cases: then it must not leave the office."""
    lacks: Lacks = field(default_factory=Lacks)
    """What is not in it, since read models lack entries."""
    gaps: tuple[str, ...] = ()
    """What is missing: figures without a value, claims that do not hold, sections not written."""
    merged: Pattern = ()
    """What small cells are merged in it."""
    told: tuple[cells.Cell, ...] = ()
    """What it tells, number by number: of persons as a later release must know it."""
    content: str = ""
    """Of a release the digest of all that it says, in hex."""
    release: str = ""
    """Of a release its plan, period and edition: annual/2024/1."""
    site: str = ""
    """Where its figures are seen, without a slash at its end; empty where the folder says none."""

    @property
    def invention(self) -> str:
        """What is to be said of a sample's values."""
        if self.kind != "annual":
            return "文字和数值均为虚构"
        return f"报告文字为示例；标“{INVENTED}”的数值原报告没有"

    @property
    def is_public(self) -> bool:
        """Whether it is what was published for everybody: then it tells nothing of our work."""
        return bool(self.published) and not self.internal

    @property
    def watermark(self) -> str:
        """What is printed across each page of what nobody shall take for the published document."""
        if self.notice and self.audience == "public":
            return NOT_PUBLISHED
        return WITHIN if self.internal else ""

    @property
    def printed(self) -> tuple[Section, ...]:
        """Its sections; of what is public without the paragraphs that nobody wrote."""
        if not self.is_public:
            return self.sections
        made = [(section, section.written) for section in self.sections]
        return tuple(
            replace(section, blocks=written)
            for section, written in made
            if written or not section.blocks
        )

    @property
    def runs_to(self) -> str:
        """How far it runs: readers of what is public are told no numbers of our own."""
        moment, day = self.moment, written_day(self.moment.end)
        if self.is_public:
            return f"数据截至{day}"
        return f"账本 {moment.ledger}，业务截止 {day}，入账至位置 {moment.at}"

    @property
    def origin(self) -> str:
        """What stands at its foot: how far it runs, and by what it can be checked."""
        check = f"，内容校验码 {self.content}" if self.is_public and self.content else ""
        return f"{self.runs_to}{check}"

    def link(self, said: FigureRef | StatementRef) -> str:
        """Where a file leads from it: to a whole address, or nowhere where no site is known."""
        return f"{self.site}{said.href}" if self.site and said.href else ""

    def tables(self) -> Iterator[Table]:
        """All its tables."""
        for section in self.sections:
            yield from section.tables

    def figures(self) -> Iterator[FigureRef]:
        """All numbers in its sentences, in order."""
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield from (run for run in paragraph.runs if isinstance(run, FigureRef))
