"""What a report plan is, once it is read: its head, its figures and statements, its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from reports.formula import Formula
from reports.measure import Figure, Slice, Statement

if TYPE_CHECKING:
    from reports.plans.form import Form as ReturnForm

Kind = Literal["annual", "bulletin", "return"]
PeriodKind = Literal["year", "half-year", "quarter", "month", "ytd"]
Audience = Literal["public", "internal"]
Rounding = Literal["half-up", "down"]
Show = Literal["", "增减", "增长率"]
Form = Literal["", "number", "alone"]
PeriodWord = Literal["period", "year", "month", "asof", "span"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a plan asks for: a slice of a measure, or a formula over others.

    Its period is that of the document, moved by `shift`. Shown against another period it is the
    difference, or the growth in percent.
    """

    name: str
    slice: Slice | None = None
    formula: Formula | None = None
    parts: tuple[Quantity, ...] = ()
    """What the names of the formula stand for, in their order."""
    shift: tuple[str, ...] = ()
    unit: str = ""
    digits: int | None = None
    rounding: Rounding = "half-up"
    show: Show = ""
    against: tuple[str, ...] = ()

    def moved(self, shift: tuple[str, ...]) -> Quantity:
        """The same of another period."""
        return replace(self, shift=(*shift, *self.shift)) if shift else self

    @property
    def called(self) -> str:
        """Its name with its cut and period, where these are not in the name."""
        part = self.slice
        cut = part is not None and self.name == part.measure.name and part.words
        said = [cut] if cut else []
        said += ["、".join(self.shift)] if self.shift else []
        said += [f"{self.show}，对{'、'.join(self.against)}"] if self.show else []
        return f"{self.name}（{'；'.join(said)}）" if said else self.name

    @property
    def is_money(self) -> bool:
        """Whether its exact values are 分."""
        return self.slice is not None and self.slice.measure.is_money


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a sentence.

    `id`: of the figure it is, "" for a measure; `form`: "" with unit and what stands beside it,
    alone without that, number without unit, too.
    """

    quantity: Quantity
    id: str = ""
    form: Form = ""
    beside: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind a measure, one after the other."""

    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Choice:
    """One wording or the other: by whether a number is true, or more than 0."""

    id: str
    quantity: Quantity
    yes: tuple[Node, ...]
    no: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that stand where a statement holds; `nothing`: where it had nothing to apply to."""

    id: str
    words: tuple[Node, ...]
    nothing: tuple[Node, ...] | None


@dataclass(frozen=True, slots=True)
class Period:
    """A word for the period, or for one beside it."""

    word: PeriodWord
    shift: tuple[str, ...] = ()


Node = str | Number | Names | Choice | Claim | Period


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """A figure of a plan: its id and name, what it counts, and where lists show it."""

    id: str
    name: str
    quantity: Quantity
    figure: Figure | None
    """As all of the program knows it; None for one that only this plan can work out."""
    beside: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, and the section that staff write below it."""

    level: int
    nodes: tuple[Node, ...]
    section: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it counts in each row, or a formula over other columns."""

    heading: str
    group: str
    name: str
    quantity: Quantity | None
    """None where each row says what is counted: then only shift and form are its own."""
    formula: Formula | None
    shape: Quantity
    """Period, form and unit, whatever is counted."""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is listed: its heading, and for each column what is counted."""

    heading: str
    quantities: tuple[Quantity | None, ...]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table: rows by a dimension, or listed."""

    title: str
    columns: tuple[Column, ...]
    by: str = ""
    """The dimension whose values are the rows; "" where they are listed."""
    rows: tuple[Row, ...] = ()
    total: str = ""
    """Heading of the row over all; "" for none."""
    total_first: bool = False
    note: tuple[Node, ...] = ()
    corner: str = ""
    """Heading of the first column."""


Block = Heading | Paragraph | TablePlan


@dataclass(frozen=True, slots=True)
class Plan:
    """A report plan of a bureau."""

    name: str
    file: str
    title: tuple[Node, ...]
    kind: Kind
    periods: tuple[PeriodKind, ...]
    audience: Audience
    signed: tuple[Node, ...]
    dated: tuple[Node, ...]
    figures: Mapping[str, FigurePlan] = field(default_factory=dict)
    statements: Mapping[str, Statement] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    form: ReturnForm | None = None
    """Of a statistics return: what it prints instead of a text."""

    @property
    def sections(self) -> Mapping[str, str]:
        """Code of each section that staff may write → its heading, without references."""
        return {
            block.section: "".join(node for node in block.nodes if isinstance(node, str))
            for block in self.blocks
            if isinstance(block, Heading) and block.section is not None
        }

    def tables(self) -> Iterator[TablePlan]:
        """Its tables, in order."""
        return (block for block in self.blocks if isinstance(block, TablePlan))
