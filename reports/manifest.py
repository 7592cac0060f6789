"""What a saved document says of itself to programs: which document it is, and each of its numbers.

It stands in every file that is made of a document, so that whoever holds the file finds each
number's figure, and `report check` what was changed by hand. A number is known by its mark, which
is the name of its bookmark, too: fig_3 is the third number in sentences, cell_1_2_4 the fourth cell
in the second row of the first table, claim_2 the second claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from infra.visible import visible
from reports.document import Cell, Document, FigureRef, Section, StatementRef, Table
from reports.release import written

FORMAT = "mingjian-document/1"
"""Of the manifest; another number where a reader of this one would be wrong."""
AROUND = 12
"""Characters of the sentence that are told on each side of a number."""
_MARKUP = re.compile("[<>&]|(?<=-)-")
"""What ends an element or a comment."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A number or a claim of a document, with its mark and the words around it."""

    mark: str
    said: FigureRef | StatementRef | Cell
    section: str
    """The heading that it stands under."""
    before: str
    after: str
    unit: str = ""

    @property
    def text(self) -> str:
        """As it is printed."""
        return self.said.text


def marked(document: Document) -> Iterator[Marked]:
    """All numbers and claims, in the order in which a renderer of `printed` comes to them."""
    figures = claims = tables = 0
    for section in document.printed:
        for block in section.blocks:
            if isinstance(block, Table):
                tables += 1
                yield from _cells(block, tables, section)
                continue
            at = 0
            for run in block.runs:
                at += len(run.text)
                if isinstance(run, FigureRef):
                    figures += 1
                    mark, unit = f"fig_{figures}", run.unit
                elif isinstance(run, StatementRef):
                    claims += 1
                    mark, unit = f"claim_{claims}", ""
                else:
                    continue
                words = "".join(each.text for each in block.runs)
                start = at - len(run.text)
                before, after = words[max(0, start - AROUND) : start], words[at : at + AROUND]
                yield Marked(mark, run, section.heading, before, after, unit)


def _cells(table: Table, number: int, section: Section) -> Iterator[Marked]:
    for r, row in enumerate(table.rows, 1):
        for c, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True), 1):
            heads = "".join(filter(None, (column.group, column.heading)))
            unit = row.unit or column.unit
            yield Marked(f"cell_{number}_{r}_{c}", cell, section.heading, row.heading, heads, unit)


def of(document: Document) -> dict[str, Any]:
    """The manifest of a document; what is not known is null, what it does not have, empty."""
    moment = document.moment
    return {
        "format": FORMAT,
        "ledger": moment.ledger,
        "sample": document.sample,
        "plan": document.plan,
        "release": document.release or None,
        "content": document.content or None,
        "title": document.title,
        "since": moment.start.isoformat(),
        "until": moment.end.isoformat(),
        "at": moment.at,
        "site": document.site or None,
        "numbers": [_number(document, each) for each in marked(document)],
    }


def encoded(document: Document) -> bytes:
    """The manifest as it stands in files: JSON in UTF-8, the same bytes for the same document."""
    return msgspec.json.encode(of(document), order="sorted")


def embedded(document: Document) -> str:
    """The manifest as it stands in texts of any markup: JSON that ends no element and no comment.

    What cannot be seen is written out in it, as everywhere in files.
    """
    text = visible(encoded(document).decode())
    return _MARKUP.sub(lambda sign: rf"\u{ord(sign[0]):04x}", text)


def marker(document: Document) -> Callable[[FigureRef | StatementRef | Cell], str]:
    """The marks for a renderer, which asks for each number and claim once, in order."""
    marks = marked(document)

    def mark(said: FigureRef | StatementRef | Cell) -> str:
        each = next(marks)
        if each.said is not said:
            raise ValueError(f"{each.mark} is {each.text}, and not {said.text}")
        return each.mark

    return mark


def _number(document: Document, each: Marked) -> dict[str, Any]:
    said = each.said
    told: dict[str, Any] = {
        "mark": each.mark,
        "text": said.text,
        "section": each.section,
        "before": each.before,
        "after": each.after,
    }
    if isinstance(said, StatementRef):
        return (
            told | {"key": said.id, "name": said.name, "holds": said.holds} | _link(document, said)
        )
    told |= {"unit": each.unit, "value": written(said.value)[1], "exact": written(said.exact)[1]}
    if isinstance(said, FigureRef):
        told |= {"key": said.id, "name": said.name, "beside": said.beside, **_link(document, said)}
    return told


def _link(document: Document, said: FigureRef | StatementRef) -> dict[str, str]:
    return {"href": document.site + said.href} if said.href else {}
