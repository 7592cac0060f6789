"""What a figure and a statement are: data with a definition over read models.

The SQL of a figure names its *contributing rows*; its value is their sum (or maximum, or the one
value they agree on). So a figure and its lineage cannot disagree. Parameters of every query:

    $1 ledger   $2 position (at)   $3 first day of the period   $4 last day (asof, D)

`{known}` in the SQL stands for "this row is what was known at $2" (`known_at`). A figure query
returns `position` (the entry that made the row) and `contribution`, and where they make sense
`on_date` (date), `township` (9-digit code) and `what` (a short label).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from domain.codes import Labels, labels_of
from domain.money import fen_to_wan_yuan

Value = int | Decimal | str | bool | None
"""A printed value: a number, a date or time as ISO text, true/false, or None (not known)."""
Exact = int | Decimal | date | datetime | str | bool | None

Kind = Annotated[
    Literal["stock", "flow", "event", "date", "rule", "state", "derived"],
    Labels(
        "存量（时点数）",
        "发生数（期间合计）",
        "单次事件",
        "日期",
        "规则",
        "状态",
        "由其他指标计算",
    ),
]


def holds(day: str, table: str = "") -> str:
    """SQL: whether a row of what lasts holds on a day (an SQL expression)."""
    dot = f"{table}." if table else ""
    return f"{dot}valid_from <= {day} AND coalesce({dot}valid_to, 'infinity') > {day}"


def named(column: str, codes: Any) -> str:
    """SQL: what the codes of a column are called; a code that the list does not have, as it is."""
    names = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in labels_of(codes).items())
    return f"CASE {column} {names} ELSE {column} END"


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


@dataclass(frozen=True, slots=True)
class Figure:
    """A named number.

    `kind`: stock = a state at D; flow = a sum over the period, never one for the other; event =
    something that happened once; derived = worked out from other figures.
    `take` says how the rows make the value: their sum, maximum, minimum, or the single value that
    they agree on (None when they differ or there are none).
    """

    id: str
    name: str
    unit: str
    kind: Kind
    definition: str
    """In Chinese: what is counted, over which rows, at which date."""
    group: str = "其他"
    """The heading it stands under in lists."""
    front: int = 0
    """Its place in its group on the first page, from 1; 0 = only in the full list."""
    about_persons: bool = True
    """Whether its rows are about persons or households: then small cells are merged.

    False must be said, so that what nobody thought of is protected.
    """
    reading: str = ""
    """The reading settled among those the wording allows, shown with the figure."""
    rows: str = ""
    take: Literal["sum", "max", "min", "one", "all"] = "sum"
    shown: Callable[[Exact], Value] = whole
    derive: Callable[[Mapping[str, Exact]], Exact] | None = None
    uses: tuple[str, ...] = ()
    """Ids of the figures that `derive` reads."""
    beside: str = ""
    """SQL (same parameters) of one text to show beside the value, e.g. "6 / 7"."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A named yes or no.

    The SQL returns one row per condition: `position` (may be null), `ok`, `what`. The statement
    holds when there is at least one row and every row is ok. `derive` instead checks figures.
    """

    id: str
    name: str
    holds_when: str
    """In Chinese."""
    rows: str = ""
    derive: Callable[[Mapping[str, Exact]], list[tuple[bool, str]]] | None = None
    uses: tuple[str, ...] = ()
