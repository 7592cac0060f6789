"""What a roster would do, as people and machines are told; persons' names are masked.

A person's number in the wrong place (a heading, the name of a sheet, of a case) is told nowhere.
"""

from __future__ import annotations

from typing import Any

from domain.misplaced import holds_number
from rosters.preview import Preview, hidden_of

CHANGES = {"new": "新增", "changed": "变更", "ended": "退出", "unchanged": "不变"}


def as_json(preview: Preview) -> dict[str, Any]:
    """For machines. Rows that change nothing are counted and not listed."""
    return {
        "map": preview.made.name,
        "period": preview.month,
        "sheet": told(preview.roster.sheet.name),
        "encoding": preview.book.encoding,
        "counts": {change: preview.counts[change] for change in CHANGES},
        "events": len(preview.events),
        "figures": dict(preview.figures),
        "rows": [
            row._asdict() | {"key": told(row.key)}
            for row in preview.rows
            if row.change != "unchanged"
        ],
        "wrong": [{"cell": place(w.row, w.column), **w._asdict()} for w in preview.wrong],
        "doubts": [told(text) for text in (*preview.doubts, *hidden_of(preview))],
        "unused_columns": [told(text) for text in preview.roster.unused],
        "passed_over": list(preview.roster.remarks),
        "left_out": preview.roster.left_out,
    }


def told(text: str) -> str:
    """A text of the file, unless a person's number stands in it."""
    return "…" if holds_number(text) else text


def place(row: int, column: int) -> str:
    """A cell as a spreadsheet names it; a row as a whole where there is no column."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}" if letters else f"第 {row} 行 / row {row}"
