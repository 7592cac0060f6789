"""How wide the columns of a table are on paper, and how large its letters are: so that it fits.

Widths are in characters: a Chinese one is 1 wide, a digit 0.5. A number is never broken; a heading
may be, after any character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from reports.document import Table

SIZES = (12.0, 10.5, 9.0, 7.5, 6.5)
"""小四, 五号, 小五, 六号, 小六: points of the letters of a table, the first that fits."""
_LEAST = 2.0
"""Characters of a heading that stand beside each other, at least."""
_BESIDE = 0.6
"""Left and right of what a cell holds."""
_HEADED = 8.0
"""Characters of the headings of rows that stand beside each other, where there are so many."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The size of the letters in points, and the share of the table's width of each column."""

    size: float
    shares: tuple[float, ...]


def width(text: str) -> float:
    """How wide a text is, in characters."""
    return sum(1.0 if east_asian_width(sign) in "WF" else 0.5 for sign in text)


def fit(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int, room: float) -> Fit:
    """How columns fit into a room of so many points; the first `left` ones hold words.

    Where they do not even at the smallest size, the widest ones give way.
    """
    least, wanted = [], []
    for n, column in enumerate(zip(heads, *rows, strict=True)):
        longest = max(map(width, column))
        if n < left:
            least.append(min(longest, _HEADED if n == 0 else _LEAST))
        else:
            least.append(max(_LEAST, *map(width, column[1:])) if rows else _LEAST)
        wanted.append(max(longest, least[-1]))
    least = [each + _BESIDE for each in least]
    wanted = [each + _BESIDE for each in wanted]
    size = next((each for each in SIZES if sum(least) * each <= room), SIZES[-1])
    over = room / size - sum(least)
    more = [more - less for more, less in zip(wanted, least, strict=True)]
    if over >= sum(more):
        wide = wanted
    elif over > 0:
        wide = [less + each * over / sum(more) for less, each in zip(least, more, strict=True)]
    else:
        wide = least
    return Fit(size, tuple(each / sum(wide) for each in wide))


def lines(table: Table) -> tuple[list[str], list[list[str]], int]:
    """Headings, rows and how many columns hold words, as they stand in columns."""
    heads = [table.corner, *(["单位"] if table.by_row else [])]
    heads += [column.heading for column in table.columns]
    rows = [
        [row.heading, *([row.unit] if table.by_row else []), *(cell.text for cell in row.cells)]
        for row in table.rows
    ]
    return heads, rows, 1 + table.by_row
