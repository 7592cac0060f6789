"""What a measure is: a number with a definition over read models, and the ways it can be cut.

The SQL of a measure names its *contributing rows*; its value is their sum (or maximum, or the one
value they agree on). So a value and its lineage cannot disagree, and the cells of a cut add up to
the whole. Parameters of every query:

    $1 ledger   $2 position (at)   $3 first day of the period   $4 last day (asof, D)

`{known}` in the SQL stands for "this row is what was known at $2" (`known_at`). A row has
`position` (the entry that made it), `contribution`, `what` (a short label), the column of each
dimension, and where they make sense `on_date` and `subject` (whom or which case it is about; where
there is none, the stream of the entry). No row may depend on what happens after $4.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from domain.bureau.bureau import Bureau
from domain.codes import Labels, labels_of
from domain.money import fen_to_wan_yuan
from reports.moment import Unanswerable

Value = int | Decimal | str | bool | None
"""A printed value: a number, a date or time as ISO text, true/false, or None (not known)."""
Exact = int | Decimal | date | datetime | str | bool | None

Kind = Annotated[
    Literal["stock", "flow", "event", "date", "rule", "state", "derived"],
    Labels(
        "存量（时点数）",
        "累计数（期间合计）",
        "单次事件",
        "日期",
        "规则",
        "状态",
        "由其他指标计算",
    ),
]
Cells = Literal["persons", "whole", "open"]
"""What may be shown of small cells: those with fewer than three persons are merged; no cells at
all, only the whole district; or every cell, since nobody's affairs stand behind it."""
Take = Literal["sum", "max", "min", "one", "all"]
TAKE: Mapping[Take, str] = {
    "sum": "coalesce(sum(contribution), 0)",
    "max": "max(contribution)",
    "min": "min(contribution)",
    "one": "CASE WHEN count(DISTINCT contribution) = 1 THEN min(contribution) END",
    "all": "CASE WHEN count(*) > 0 THEN bool_and(contribution) END",
}
"""SQL of the value of rows."""

Cut = Mapping[str, tuple[str, ...]]
"""Name of a dimension → the codes that count; a dimension that is not named is not cut."""


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def holds(day: str, table: str = "") -> str:
    """SQL: whether a row of what lasts holds on a day (an SQL expression)."""
    dot = f"{table}." if table else ""
    return f"{dot}valid_from <= {day} AND coalesce({dot}valid_to, 'infinity') > {day}"


def named(column: str, codes: Any) -> str:
    """SQL: what the codes of a column are called; a code that the list does not have, as it is."""
    names = codes if isinstance(codes, Mapping) else labels_of(codes)
    if not names:
        return column
    cases = " ".join(f"WHEN {literal(str(c))} THEN {literal(n)}" for c, n in names.items())
    return f"CASE {column} {cases} ELSE {column} END"


def rows_of(codes: Any, *only: str) -> str:
    """SQL: rows for VALUES of code, name and place (from 1) of a list, or of only some of it."""
    wanted = [pair for pair in labels_of(codes).items() if not only or pair[0] in only]
    return ", ".join(f"('{code}', '{name}', {n})" for n, (code, name) in enumerate(wanted, 1))


def whole(exact: Exact) -> Value:
    """The value as it is."""
    if isinstance(exact, datetime | date):
        return exact.isoformat()
    return exact


def wan_yuan(exact: Exact) -> Value:
    """分 → 万元, half-up to 2 places."""
    return fen_to_wan_yuan(int(exact)) if isinstance(exact, int | Decimal) else None


def yuan(exact: Exact) -> Value:
    """分 → 元; whole 元 as an integer."""
    if not isinstance(exact, int | Decimal):
        return None
    amount = Decimal(int(exact)) / 100
    return int(amount) if amount == amount.to_integral_value() else amount


class Unknown(Unanswerable):
    """A word that names no measure, dimension or code; the message says which there are."""


def no_labels(_: Bureau) -> Mapping[str, str]:
    """A dimension whose codes no list has: a month, a day, the number of a batch."""
    return {}


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to cut: its name, the column of the rows with the code, and what codes are called.

    Labels stand in the order in which tables have them.
    """

    name: str
    column: str
    labels: Callable[[Bureau], Mapping[str, str]] = no_labels
    also: Callable[[Bureau], Mapping[str, str]] = no_labels
    """Other names → code, that a cut may use."""
    pattern: str = ""
    """Of codes that no list has: all of it must match."""
    none: str = "不详"
    """What rows without a code are called."""

    def label(self, bureau: Bureau, code: str | None) -> str:
        """What a code is called; one that the list does not have, as it is."""
        return self.none if code is None else self.labels(bureau).get(code, code)

    def code(self, bureau: Bureau, said: str) -> str:
        """The code of a code or name. Raises Unknown."""
        labels = self.labels(bureau)
        if said in labels or (self.pattern and re.fullmatch(self.pattern, said)):
            return said
        by_name = {**self.also(bureau), **{name: code for code, name in labels.items()}}
        if said not in by_name:
            there = "、".join(labels.values()) or f"写作 {self.pattern} 的"
            raise Unknown(f"{self.name}没有“{said}”；有{there}")
        return by_name[said]


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is counted, summed or stated, with its definition.

    `kind`: stock = a state at D; flow = a sum over the period, never one for the other; event =
    something that happened once; derived = worked out from other measures.
    `take` says how the rows make the value: their sum, maximum, minimum, or the single value that
    they agree on (None when they differ or there are none).
    """

    name: str
    """In Chinese, unique."""
    unit: str
    kind: Kind
    definition: str
    """In Chinese: what is counted, over which rows, at which date."""
    rows: str | Callable[[Bureau], str] = ""
    dimensions: tuple[Dimension, ...] = ()
    reading: str = ""
    """The reading settled among those the wording allows, shown with the value."""
    cells: Cells = "persons"
    """Openness must be said, so that what nobody thought of is protected."""
    take: Take = "sum"
    shown: Callable[[Exact], Value] = whole
    derive: Callable[[Mapping[str, Exact]], Exact] | None = None
    uses: tuple[str, ...] = ()
    """Names of the measures that `derive` reads, each with the same cut."""
    beside: str = ""
    """SQL of one text to show beside the value, e.g. "6 / 7", where `{rows}` are the rows."""
    listed: bool = False
    """Whether a document may name what is behind it: the `what` of its rows, each once."""

    def dimension(self, name: str) -> Dimension:
        """A dimension by its name. Raises Unknown."""
        for dimension in self.dimensions:
            if dimension.name == name:
                return dimension
        there = "、".join(d.name for d in self.dimensions) or "不能细分"
        raise Unknown(f"{self.name}没有维度“{name}”；有{there}")

    @property
    def is_money(self) -> bool:
        """Whether exact values are 分."""
        return self.shown in (wan_yuan, yuan)


@dataclass(frozen=True, eq=False)
class Slice:
    """A measure of a bureau under a cut: what a figure and a reference in a plan stand for."""

    measure: Measure
    bureau: Bureau
    cut: Cut = field(default_factory=dict)
    parts: tuple[Slice, ...] = ()
    """Of a derived one: what it is worked out from, under the same cut."""

    @cached_property
    def rows(self) -> str:
        """SQL of the contributing rows; empty for a derived one."""
        return "" if self.measure.derive else self.cut_to(self.uncut)

    @cached_property
    def uncut(self) -> str:
        """SQL of the rows of the whole measure."""
        rows = self.measure.rows
        return rows if isinstance(rows, str) else rows(self.bureau)

    def cut_to(self, rows: str) -> str:
        """SQL: of rows, those that the cut leaves."""
        if not self.cut:
            return rows
        conditions = " AND ".join(
            f"{self.measure.dimension(name).column} IN ({', '.join(map(literal, codes))})"
            for name, codes in self.cut.items()
        )
        return f"SELECT * FROM ({rows}) AS uncut WHERE {conditions}"

    @cached_property
    def beside(self) -> str:
        """SQL of the text beside the value; empty where there is none."""
        return self.measure.beside.replace("{rows}", f"({self.rows}) AS rows")

    @property
    def words(self) -> str:
        """The cut in words: 保障类别为低保，城乡为城市."""
        said = []
        for name, codes in self.cut.items():
            labels = [self.measure.dimension(name).label(self.bureau, code) for code in codes]
            said.append(f"{name}为{'、'.join(labels)}")
        return "，".join(said)


@dataclass(frozen=True, eq=False)
class Figure:
    """A named slice, as a report plan defines it."""

    id: str
    name: str
    slice: Slice
    unit: str
    definition: str
    reading: str = ""
    group: str = "其他"
    """The heading it stands under in lists."""
    front: int = 0
    """Its place in its group on the first page, from 1; 0 = only in the full list."""

    @property
    def measure(self) -> Measure:
        """What it is a cut of."""
        return self.slice.measure

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that makes its value: another one, another definition."""
        return hashlib.sha256(repr(_made_by(self.slice)).encode()).hexdigest()


def _made_by(part: Slice) -> tuple[Any, ...]:
    """All that makes the value of a slice."""
    measure = part.measure
    return (
        (measure.name, measure.take, measure.definition, part.rows, part.beside),
        tuple((name, tuple(codes)) for name, codes in sorted(part.cut.items())),
        tuple(_made_by(used) for used in part.parts),
    )


Parameter = Literal["number", "text", "texts", "cut", "relations"]
"""What a plan gives a check: a whole number, a text, a list of texts, a cut or list of cuts of the
measure that it looks at, or relations between figures such as `F28 = F29 + F30`."""


@dataclass(frozen=True, slots=True)
class Check:
    """A kind of statement: conditions over read models, with the parameters that a plan gives it.

    `conditions` is the SQL of its conditions, or makes that of a bureau's, one row each: `position`
    (may be null), `ok`, `what`. No row means that nothing happened to which the statement applies:
    what must have happened has a row that is not ok where it did not. `derive` checks figures
    besides.
    """

    name: str
    """In Chinese, unique."""
    holds_when: str
    """In Chinese; a parameter stands as {name}."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    conditions: str | Callable[[Bureau, Mapping[str, Any]], str] = ""
    derive: Callable[[Mapping[str, Any], Mapping[str, Exact]], list[tuple[bool, str]]] | None = None
    uses: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None
    """Ids of the figures that `derive` reads."""


@dataclass(frozen=True, eq=False)
class Statement:
    """A named claim, as a report plan defines it: a check with its parameters."""

    id: str
    name: str
    check: Check
    bureau: Bureau
    holds_when: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    """Those it checks."""

    @cached_property
    def rows(self) -> str:
        """SQL of its conditions; empty where it only checks figures."""
        make = self.check.conditions
        return make if isinstance(make, str) else make(self.bureau, self.parameters)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that makes its answer."""
        made = (self.check.name, self.rows, repr(dict(self.parameters)))
        return hashlib.sha256(repr((made, [f.digest for f in self.figures])).encode()).hexdigest()
