"""A table that people read, and that they take along as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A column, for people and for programs."""

    name: str
    """What programs call it: a-z, 0-9 and _."""
    title: str
    """What people call it, in Chinese."""
    kind: Literal["text", "number", "money", "date"] = "text"
    """Money is in 分, and shown in 元."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, and what a reader has to know of them."""

    name: str
    """Of its file, before the ending: a-z, 0-9 and -."""
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]
    """What has no value is None: "not told" is never 0."""
    about: Mapping[str, str] = field(default_factory=dict)
    """In the order of printing: 数据截至, 来源, 账本位置 and so on."""
